package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"hansho/advisory"
	"hansho/cases"
	"hansho/feeds"
	"hansho/match"
	"hansho/notify"
	"hansho/store"
)

// commit stores what a batch brought, what it means and what is to be told, in
// one transaction. The function may run again, so it begins anew each time.
func (p *Pipeline) commit(ctx context.Context, source string, b feeds.Batch, cursor feeds.Cursor) (Report, error) {
	var rep Report
	now := p.opts.Now().UTC().Truncate(time.Microsecond)
	err := p.store.Update(ctx, func(tx store.Tx) error {
		rep = Report{Source: source, Fetched: len(b.Advisories), Bytes: b.Bytes, Requests: b.Requests, Warnings: b.Warnings}
		for _, e := range b.Errors {
			rep.Errors = append(rep.Errors, e.Error())
		}
		state, err := loadSource(tx, source)
		if err != nil {
			return err
		}
		rep.First = state.FirstPoll.IsZero()
		pass := p.newPass(tx, now, rep.First, p.opts.FirstContact)
		for i := range b.Advisories {
			if err := pass.take(&b.Advisories[i], &rep); err != nil {
				return fmt.Errorf("advisory %s: %w", b.Advisories[i].ID, err)
			}
		}
		notices, err := pass.finish(&rep)
		if err != nil {
			return err
		}
		notices = append(p.succeeded(&state, b, now), notices...)
		state.Cursor, state.Items, state.EntryErrors = cursor, len(b.Advisories), len(b.Errors)
		if b.Products != nil {
			state.Items = len(b.Products)
			if err := putDictionary(tx, b.Products); err != nil {
				return err
			}
		}
		rep.Notices = len(notices)
		if rep.Queued, err = p.enqueue(tx, now, notices); err != nil {
			return err
		}
		return tx.PutSource(state)
	})
	return rep, err
}

// pass is one commit under way: the advisories that are new or changed, and
// the cases that they touch.
type pass struct {
	p       *Pipeline
	tx      store.Tx
	now     time.Time
	quiet   bool          // a first contact or an inventory change: only what is young is told, as one summary
	age     time.Duration // how young
	company company

	fresh []*finding // opened no case yet
	cases map[string]*touched
}

// finding is one advisory that is new or changed, and what it means.
type finding struct {
	rec     store.Record
	changes []advisory.Change // nil where it is new
	matches []match.Match
	rematch bool // nothing changed but the inventory
}

// touched is a case that a pass has read or opened, and what it learned.
type touched struct {
	c      cases.Case
	isNew  bool
	news   []notify.News
	shifts []cases.Shift
	loud   bool // a claim that made an item safe was reversed
	heard  bool
	// reversed are the items that it was reversed for.
	reversed map[string]bool
	told     []string // who had been told "safe" of what is not
}

// reverse marks an item whose claim to be safe was overtaken.
func (t *touched) reverse(item string) {
	if t.reversed == nil {
		t.reversed = map[string]bool{}
	}
	t.reversed[item], t.loud = true, true
}

func (p *Pipeline) newPass(tx store.Tx, now time.Time, quiet bool, age time.Duration) *pass {
	return &pass{p: p, tx: tx, now: now, quiet: quiet, age: age, company: p.currentCompany(), cases: map[string]*touched{}}
}

// take stores one advisory where it differs from what is known, and folds it
// into the case that it belongs to.
func (ps *pass) take(a *advisory.Advisory, rep *Report) error {
	advisory.Normalize(a)
	ps.bulletin(a)
	f, err := ps.diff(a, rep)
	if err != nil || f == nil {
		return err
	}
	if f.changes != nil && len(f.changes) == 0 {
		return ps.linkUp(f)
	}
	if f.rec.Quiet = ps.quiet && !ps.young(a); f.rec.Quiet {
		f.matches = nil
	}
	if err := ps.tx.PutAdvisory(f.rec); err != nil {
		return err
	}
	if f.rec.Quiet {
		return nil
	}
	if err := ps.match(f); err != nil {
		return err
	}
	rep.Matches += concerning(f.matches)
	return ps.fold(f)
}

// diff gives what is new in an advisory against the store, or nil where nothing
// is.
func (ps *pass) diff(a *advisory.Advisory, rep *Report) (*finding, error) {
	old, err := ps.tx.Advisory(a.ID)
	ps.date(a, old)
	digest := advisory.Digest(*a)
	switch {
	case errors.Is(err, store.ErrNotFound):
		rep.New++
		return &finding{rec: store.Record{Advisory: *a, First: ps.now, Changed: ps.now, Digest: digest, Revision: 1}}, nil
	case err != nil:
		return nil, err
	}
	changes := advisory.Diff(old.Advisory, *a)
	if len(changes) == 0 {
		if slices.Equal(old.Advisory.Refs, a.Refs) {
			return nil, nil
		}
		old.Advisory.Refs = a.Refs
		return &finding{rec: old, changes: []advisory.Change{}}, nil
	}
	rep.Revised++
	if a.Withdrawn && !old.Advisory.Withdrawn {
		rep.Withdrawn++
	}
	rec := store.Record{Advisory: *a, First: old.First, Changed: ps.now, Digest: digest, Revision: old.Revision + 1}
	return &finding{rec: rec, changes: changes}, nil
}

// bulletin gives an advisory on a maker's monthly round of updates the reference
// that all who speak of the round share.
func (ps *pass) bulletin(a *advisory.Advisory) {
	b, ok := ps.company.matcher.(interface {
		Bulletin(*advisory.Advisory) string
	})
	if !ok {
		return
	}
	if ref := b.Bulletin(a); ref != "" && !slices.Contains(a.Refs, ref) {
		a.Refs = append(a.Refs, ref)
	}
}

// date completes an advisory's dates: one that has none is as old as our
// knowledge of it, and one that was known before keeps its first date, which an
// update often doesn't repeat.
func (ps *pass) date(a *advisory.Advisory, old store.Record) {
	if a.Published.IsZero() {
		a.Published, a.Updated = ps.now, ps.now
	}
	if first := old.Advisory.Published; !first.IsZero() && first.Before(a.Published) {
		a.Published = first
	}
}

// linkUp stores an advisory that says nothing new but refers to more: no news,
// though it may show that two cases are one.
func (ps *pass) linkUp(f *finding) error {
	if err := ps.tx.PutAdvisory(f.rec); err != nil {
		return err
	}
	t, err := ps.find(cases.Keys(&f.rec.Advisory))
	if err != nil || t == nil {
		return err
	}
	if _, ours := t.c.Statements[f.rec.Advisory.ID]; ours {
		t.c.AddKeys(f.rec.Advisory.Refs)
		t.heard = true
	}
	return nil
}

// young says whether a matter is recent enough to be told on a quiet pass. A
// document without dates (a row of a list) is as young as its reading.
func (ps *pass) young(a *advisory.Advisory) bool {
	at := a.Updated
	if at.IsZero() {
		at = a.Published
	}
	return at.IsZero() || ps.now.Sub(at) <= ps.age
}

// maxOthers bounds how many other advisories on the same CVEs are read for one.
const maxOthers = 200

// match finds what the advisory concerns, with the claims that other sources
// make about the same CVEs.
func (ps *pass) match(f *finding) error {
	a := &f.rec.Advisory
	others, err := ps.others(a)
	if err != nil {
		return err
	}
	f.matches = ps.company.matcher.MatchWith(a, others)
	return nil
}

// others are what else is known of the CVEs of an advisory that names no product
// itself. One that does speaks of those alone.
func (ps *pass) others(a *advisory.Advisory) ([]advisory.Advisory, error) {
	if len(a.Products) > 0 || len(a.Configs) > 0 || cases.IsRoundup(a) {
		return nil, nil
	}
	var others []advisory.Advisory
	seen := map[string]bool{a.ID: true}
	for _, key := range slices.Concat(a.CVEs, a.Refs) {
		ids, err := ps.tx.AdvisoriesBy(key)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			if seen[id] || len(others) >= maxOthers {
				continue
			}
			seen[id] = true
			rec, err := ps.tx.Advisory(id)
			if err != nil {
				return nil, fmt.Errorf("advisory %s on %s: %w", id, key, err)
			}
			if o := rec.Advisory; o.Kind != advisory.KindList && !o.Withdrawn && !cases.IsRoundup(&o) {
				others = append(others, o)
			}
		}
	}
	return others, nil
}

func concerning(matches []match.Match) int {
	n := 0
	for _, m := range matches {
		if m.Verdict == match.Affected || m.Verdict == match.Possible {
			n++
		}
	}
	return n
}

// fold brings a finding into the case it belongs to. Where there is none and it
// concerns us, it waits for finish to open one.
func (ps *pass) fold(f *finding) error {
	t, err := ps.find(cases.Keys(&f.rec.Advisory))
	if err != nil {
		return err
	}
	if t == nil {
		if tracks(f.matches) && !f.rec.Advisory.Withdrawn {
			ps.fresh = append(ps.fresh, f)
		}
		return nil
	}
	if belongs(f, t.c) {
		ps.hear(t, f)
	}
	return nil
}

// tracks says whether matches are worth a case: something may be hit.
func tracks(matches []match.Match) bool {
	return slices.ContainsFunc(matches, func(m match.Match) bool {
		return m.Verdict == match.Affected || m.Verdict == match.Possible || m.Verdict == match.UnderInvestigation
	})
}

// find gives the case that holds any of the keys. Several cases that one
// advisory joins are one event, and are merged into the oldest.
func (ps *pass) find(keys []string) (*touched, error) {
	var found []*touched
	for _, key := range keys {
		id, err := ps.caseBy(key)
		if err != nil {
			return nil, err
		}
		if id == "" {
			continue
		}
		t, err := ps.load(id)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(found, t) {
			found = append(found, t)
		}
	}
	if len(found) == 0 {
		return nil, nil
	}
	return ps.merge(found)
}

// caseBy looks among the cases of this pass first: they are not stored yet.
func (ps *pass) caseBy(key string) (string, error) {
	for _, id := range slices.Sorted(maps.Keys(ps.cases)) {
		if slices.Contains(ps.cases[id].c.Keys(), key) {
			return id, nil
		}
	}
	id, err := ps.tx.CaseBy(key)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return id, err
}

func (ps *pass) load(id string) (*touched, error) {
	if t, ok := ps.cases[id]; ok {
		return t, nil
	}
	c, err := ps.tx.Case(id)
	if err != nil {
		return nil, fmt.Errorf("case %s: %w", id, err)
	}
	t := &touched{c: c}
	ps.cases[id] = t
	return t, nil
}

func (ps *pass) merge(found []*touched) (*touched, error) {
	slices.SortFunc(found, func(a, b *touched) int {
		return cmp.Or(a.c.Opened.Compare(b.c.Opened), cmp.Compare(a.c.ID, b.c.ID))
	})
	into := found[0]
	for _, t := range found[1:] {
		if slices.Contains(into.c.Apart, t.c.ID) {
			continue
		}
		into.c.Merge(t.c)
		into.c.Timeline = append(into.c.Timeline, cases.Event{At: ps.now, Kind: "merge", Text: t.c.ID, Ref: t.c.ID})
		into.news, into.heard = append(into.news, t.news...), true
		into.c.Told = into.c.Told || t.c.Told
		delete(ps.cases, t.c.ID)
		if err := ps.tx.DeleteCase(t.c.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
	}
	return into, nil
}

// belongs says whether an advisory on a case's CVEs is part of how we live it.
// What names our items is; so is what the coordinators and databases say of
// the matter as a whole; a maker's word on products that we don't run is not.
func belongs(f *finding, c cases.Case) bool {
	a := &f.rec.Advisory
	if _, known := c.Statements[a.ID]; known || len(f.matches) > 0 {
		return true
	}
	switch a.Kind {
	case advisory.KindRoundup, advisory.KindList, advisory.KindScore:
		return false
	}
	return a.Trust < advisory.TrustMaker || len(a.Products) == 0
}

// hear folds a finding into a case and keeps what of it is worth telling.
func (ps *pass) hear(t *touched, f *finding) {
	before, knew := t.c.Statements[f.rec.Advisory.ID]
	old := ps.claimsOf(t.c, f.rec.Advisory.ID)
	t.c.Hear(&f.rec.Advisory, f.rec.Revision, f.matches, ps.now)
	t.heard = true
	news := ps.p.newsOf(f, before, knew, old)
	kind := "advisory"
	if knew {
		kind = "revision"
	}
	t.c.Timeline = append(t.c.Timeline, cases.Event{At: ps.now, Kind: kind, Text: f.rec.Advisory.Title, Ref: f.rec.Advisory.ID})
	if reversed(f) {
		for _, m := range f.matches {
			if !m.Verdict.Silent() {
				t.reverse(m.Item)
			}
		}
	}
	if news != nil {
		t.news = append(t.news, *news)
	}
}

// claimsOf lists which verdicts an advisory gave before.
func (ps *pass) claimsOf(c cases.Case, id string) map[string]match.Verdict {
	old := map[string]match.Verdict{}
	for _, it := range c.Items {
		if cl, ok := it.Claims[id]; ok {
			old[it.ID] = cl.Match.Verdict
		}
	}
	return old
}

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
			if err := ps.recall(t, group); err != nil {
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

// recall brings into a new case what the store already held on its keys.
func (ps *pass) recall(t *touched, group []*finding) error {
	fresh := map[string]bool{}
	for _, f := range group {
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
		if t.c.State != cases.Open && !s.To.Safe() {
			t.c.State = cases.Open
		}
	}
}
