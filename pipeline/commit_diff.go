package pipeline

import (
	"errors"
	"slices"

	"hansho/advisory"
	"hansho/cases"
	"hansho/store"
)

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
	return &finding{rec: rec, changes: changes, known: old.Advisory}, nil
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
