package pipeline

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"hansho/advisory"
	"hansho/cases"
	"hansho/notify"
)

// finish opens the cases of what is fresh, settles every case that was touched,
// stores them and gives the notices.
func (ps *pass) finish(rep *Report) ([]notify.Notice, error) {
	for _, group := range ps.groups() {
		if err := ps.open(group); err != nil {
			return nil, err
		}
	}
	var notices []notify.Notice
	for _, id := range slices.Sorted(maps.Keys(ps.cases)) {
		t := ps.cases[id]
		if !t.heard {
			continue
		}
		t.shifts = t.c.Settle(ps.now)
		ps.record(t)
		told, err := ps.toldSafe(t)
		if err != nil {
			return nil, fmt.Errorf("case %s: %w", id, err)
		}
		t.told = told
		if t.asked, err = ps.askSuppliers(&t.c); err != nil {
			return nil, fmt.Errorf("case %s: enquiry: %w", id, err)
		}
		if n := ps.notice(t); n != nil {
			t.c.Told = true
			notices = append(notices, *n)
		}
		if err := ps.tx.PutCase(t.c); err != nil {
			return nil, fmt.Errorf("case %s: %w", id, err)
		}
		rep.Cases = append(rep.Cases, id)
	}
	return ps.summarise(notices), nil
}

// groups puts together what one source said at once about the same items: a
// browser release with thirty CVEs is one event.
func (ps *pass) groups() [][]*finding {
	index := map[string]int{}
	var groups [][]*finding
	for _, f := range ps.fresh {
		key := groupKey(f)
		i, ok := index[key]
		if !ok {
			i = len(groups)
			index[key] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], f)
	}
	return groups
}

func groupKey(f *finding) string {
	a := &f.rec.Advisory
	if a.Kind == advisory.KindAlert || cases.IsRoundup(a) {
		return a.ID
	}
	var items []string
	for _, m := range f.matches {
		items = append(items, m.Item)
	}
	slices.Sort(items)
	return fmt.Sprint(a.Source, a.Published.Format(time.DateOnly), items)
}

// open opens a case for findings that are one event, and brings in what other
// sources had already said of it.
func (ps *pass) open(group []*finding) error {
	for _, f := range group {
		keys := cases.Keys(&f.rec.Advisory)
		t, err := ps.find(keys)
		if err != nil {
			return err
		}
		if t == nil {
			t = &touched{c: cases.New(allKeys(group), ps.now), isNew: true}
			ps.cases[t.c.ID] = t
			if err := ps.recall(t); err != nil {
				return err
			}
		}
		ps.hear(t, f)
	}
	return nil
}

func allKeys(group []*finding) []string {
	var keys []string
	for _, f := range group {
		keys = append(keys, cases.Keys(&f.rec.Advisory)...)
	}
	return keys
}

// recall brings into a new case what the store held on its keys before this pass.
func (ps *pass) recall(t *touched) error {
	fresh := map[string]bool{}
	for _, f := range ps.fresh {
		fresh[f.rec.Advisory.ID] = true
	}
	for _, key := range slices.Concat(t.c.CVEs, t.c.Refs) {
		ids, err := ps.tx.AdvisoriesBy(key)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if _, known := t.c.Statements[id]; known || fresh[id] {
				continue
			}
			rec, err := ps.tx.Advisory(id)
			if err != nil {
				return fmt.Errorf("advisory %s on %s: %w", id, key, err)
			}
			f := &finding{rec: rec}
			if rec.Advisory.Withdrawn || cases.IsRoundup(&rec.Advisory) {
				continue
			}
			if err := ps.match(f); err != nil {
				return err
			}
			if belongs(f, t.c) {
				t.c.Hear(&rec.Advisory, rec.Revision, f.matches, ps.now)
			}
		}
	}
	return nil
}

// record writes the shifts of a case into its timeline, and reopens it where
// something got worse.
func (ps *pass) record(t *touched) {
	for _, s := range t.shifts {
		kind := "state"
		if s.Reversal {
			kind = "reversal"
			t.reverse(s.Item)
		}
		t.c.Timeline = append(t.c.Timeline, cases.Event{At: ps.now, Kind: kind, Ref: s.Item, Text: string(s.From) + " → " + string(s.To)})
		if t.c.State != cases.Open && (!s.To.Safe() || s.Conflict != "") {
			t.c.State = cases.Open
		}
	}
}
