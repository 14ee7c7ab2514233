package pipeline

import (
	"context"
	"fmt"
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
	err := p.update(ctx, func(tx store.Tx) error {
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

	enquiries map[string][]cases.Enquiry // by case; nil until they are asked for
}

// finding is one advisory that is new or changed, and what it means.
type finding struct {
	rec     store.Record
	changes []advisory.Change // nil where it is new
	known   advisory.Advisory // as it was stored; zero where it is new
	matches []match.Match
	rematch bool // nothing changed but the inventory
}

// touched is a case that a pass has read or opened, and what it learned.
type touched struct {
	c      cases.Case
	before map[string]notify.ItemView // the items as the case's readers last saw them
	isNew  bool
	news   []notify.News
	shifts []cases.Shift
	loud   bool // a claim that made an item safe was reversed
	heard  bool
	// reversed are the items that it was reversed for.
	reversed map[string]bool
	told     []string // who had been told "safe" of what is not
	asked    []string // the items that a letter to their supplier was written about
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
