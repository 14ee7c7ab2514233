package pipeline

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	"hansho/advisory"
	"hansho/cases"
	"hansho/match"
	"hansho/notify"
	"hansho/store"
)

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
	t := &touched{c: c, before: map[string]notify.ItemView{}}
	for _, it := range ps.p.view(c, ps.company).Items {
		t.before[it.ID] = it
	}
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
		for id, it := range t.before {
			if _, ok := into.before[id]; !ok && into.before != nil {
				into.before[id] = it
			}
		}
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
	_, knew := t.c.Statements[f.rec.Advisory.ID]
	old := ps.claimsOf(t.c, f.rec.Advisory.ID)
	was := gravityOf(t.c)
	t.c.Hear(&f.rec.Advisory, f.rec.Revision, f.matches, ps.now)
	t.heard = true
	news := ps.p.newsOf(f, knew, old)
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
		now := gravityOf(t.c)
		if was.same(now) {
			news.Items = aboutItems(t.c, t.c.Statements[f.rec.Advisory.ID], old)
		}
		if was.rerated(now) {
			news.Rated, news.Was = &now.severity, was.severity.Rating
		}
		news.Exploited = now.exploited && !was.exploited
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
