package pipeline

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"hansho/cases"
	"hansho/notify"
	"hansho/store"
)

// Digest tells our own people what the week was, and why that can be believed:
// the sources that were read, the oldest of them, those that fail, the gaps, the
// items that nobody speaks of, and what is waited for. It says whether it was
// told: a second call for the day tells nothing.
func (d *Desk) Digest(ctx context.Context, due time.Time) (bool, error) {
	told := false
	err := d.p.store.Update(ctx, func(tx store.Tx) (err error) {
		s := d.secretary(tx)
		told, err = s.once(digestNote, due, func() error {
			n, err := s.digest()
			if err != nil {
				return err
			}
			_, err = d.p.enqueue(tx, s.now, []notify.Notice{n})
			return err
		})
		return err
	})
	return told, err
}

func (s *secretary) digest() (notify.Notice, error) {
	last, err := readDigestState(s.tx)
	if err != nil {
		return notify.Notice{}, err
	}
	if last.At.IsZero() {
		last.At = s.now.AddDate(0, 0, -7)
	}
	dg := notify.Digest{Since: last.At, Until: s.now, Items: len(s.p.currentCompany().items)}
	next := digestState{At: s.now, Reads: map[string]int{}}
	if err := s.proofOfLife(&dg, last, &next); err != nil {
		return notify.Notice{}, err
	}
	if s.o.Blind != nil {
		dg.Uncovered = s.o.Blind()
	}
	if err := s.waitedFor(&dg); err != nil {
		return notify.Notice{}, err
	}
	if dg.Stuck, err = s.stuck(last.At); err != nil {
		return notify.Notice{}, err
	}
	n := notify.Notice{Kind: notify.KindDigest, At: s.now, Digest: &dg}
	list, err := s.tx.CasesAfter("", 0)
	if err != nil {
		return n, err
	}
	for _, c := range list {
		if c.Updated.After(last.At) && c.Told {
			v := s.p.View(c)
			v.Sources = onePage(v.Sources)
			n.Cases = append(n.Cases, v)
		}
	}
	raw, err := json.Marshal(next)
	if err != nil {
		return n, err
	}
	return n, s.tx.PutNote(digestNote+"/state", raw)
}

// onePage keeps one of several statements on the same page: the rows of a list.
func onePage(sources []notify.SourceView) []notify.SourceView {
	seen := map[[2]string]bool{}
	return slices.DeleteFunc(slices.Clone(sources), func(s notify.SourceView) bool {
		key := [2]string{s.Source, s.Link}
		again := seen[key]
		seen[key] = true
		return again
	})
}

// proofOfLife says which sources were read since the last digest.
func (s *secretary) proofOfLife(dg *notify.Digest, last digestState, next *digestState) error {
	states, err := s.tx.SourceStates()
	if err != nil {
		return err
	}
	for _, st := range states {
		next.Reads[st.ID] = st.Reads
		e, known := s.p.entries[st.ID]
		if known && !e.Enabled {
			continue
		}
		name := cmp.Or(e.PublisherJA, e.Publisher, st.ID)
		if s.o.Lang != "ja" {
			name = cmp.Or(e.Publisher, st.ID)
		}
		if st.LastSuccess.After(last.At) {
			dg.Sources++
		}
		dg.Polls += max(st.Reads-last.Reads[st.ID], 0)
		if st.Failures > 0 {
			dg.Failing = append(dg.Failing, name)
		}
		if !st.LastSuccess.IsZero() && (dg.OldestSuccess.IsZero() || st.LastSuccess.Before(dg.OldestSuccess)) {
			dg.OldestSuccess, dg.OldestSource = st.LastSuccess, name
		}
		// The feeds say in a warning that they ran over between two polls.
		if slices.ContainsFunc(st.Warnings, func(w string) bool { return strings.Contains(w, "gap") }) {
			dg.Gaps = append(dg.Gaps, name)
		}
	}
	return nil
}

// waitedFor lists the letters that wait for approval and the answers that are
// overdue.
func (s *secretary) waitedFor(dg *notify.Digest) error {
	all, err := s.tx.LettersAfter("", 0)
	if err != nil {
		return err
	}
	today := s.today().Format(time.DateOnly)
	for _, l := range all {
		who := l.Audience
		if p, ok := s.partner(l.Audience); ok {
			who = p.Company
		}
		what := who + " (" + strings.TrimPrefix(l.Case, "case:") + ")"
		if l.Kind == "reminder" && l.State != cases.LetterQueued {
			continue
		}
		switch l.Standing(today) {
		case cases.StandQueued:
			dg.Waiting++
		case cases.StandSilent:
			dg.Overdue = append(dg.Overdue, what)
		case cases.StandBounced:
			dg.Bounced = append(dg.Bounced, what)
		}
	}
	return nil
}

// slow is how long a notice may be on its way before the digest speaks of it.
const slow = time.Hour

// stuck lists the places that could not be told: what fails for longer, and what
// was given up since a time. Letters are spoken of by themselves.
func (s *secretary) stuck(since time.Time) ([]notify.Stuck, error) {
	var out []notify.Stuck
	place := func(a notify.Address) *notify.Stuck {
		i := slices.IndexFunc(out, func(o notify.Stuck) bool { return o.To == a.String() })
		if i < 0 {
			out, i = append(out, notify.Stuck{To: a.String()}), len(out)
		}
		return &out[i]
	}
	for _, state := range []notify.State{notify.Due, notify.Parked} {
		list, err := s.tx.Deliveries(state, "", 0)
		if err != nil {
			return nil, err
		}
		for _, d := range list {
			switch {
			case d.Notice.Kind == notify.KindLetter:
			case state == notify.Due && d.Fails > 0 && s.now.Sub(d.Created) > slow:
				place(d.Address).Waiting++
			case state == notify.Parked && d.Receipt.At.After(since):
				place(d.Address).Parked++
			}
		}
	}
	slices.SortFunc(out, func(a, b notify.Stuck) int { return cmp.Compare(a.To, b.To) })
	return out, nil
}
