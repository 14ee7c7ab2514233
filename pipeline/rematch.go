package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"hansho/cases"
	"hansho/inventory"
	"hansho/match"
	"hansho/store"
)

// itemNote prefixes the digests of the items that the store has been matched
// against.
const itemNote = "item/"

// rematchPage is how many advisories one transaction of a re-match reads.
const rematchPage = 500

// Rematch takes a new inventory into use, and matches what is new or changed in
// it against all that the store knows: a product declared today is told about
// yesterday's advisory. build makes a matcher over some of the items. The first
// inventory of an empty store costs nothing.
func (p *Pipeline) Rematch(ctx context.Context, items []inventory.Item, build func([]inventory.Item) Matcher) (Report, error) {
	p.setCompany(items, build(items))
	changed, err := p.changedItems(ctx, items)
	if err != nil {
		return Report{}, fmt.Errorf("pipeline: re-match: %w", err)
	}
	rep := Report{Source: "inventory"}
	if len(changed) == 0 {
		rep.Unchanged = true
		return rep, nil
	}
	ids, err := p.concerned(ctx, build(changed))
	if err != nil {
		return rep, fmt.Errorf("pipeline: re-match: %w", err)
	}
	if err := p.commitRematch(ctx, ids, changed, &rep); err != nil {
		return rep, fmt.Errorf("pipeline: re-match: %w", err)
	}
	return rep, nil
}

// changedItems gives the items whose content the store has not been matched
// against.
func (p *Pipeline) changedItems(ctx context.Context, items []inventory.Item) ([]inventory.Item, error) {
	var changed []inventory.Item
	err := p.store.View(ctx, func(tx store.Tx) error {
		changed = nil
		for _, it := range items {
			known, err := tx.Note(itemNote + it.ID)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
			if string(known) != itemDigest(it) {
				changed = append(changed, it)
			}
		}
		return nil
	})
	return changed, err
}

// itemDigest covers what matching reads of an item, and how it reads: another
// owner is no news, a hansho that finds more is.
func itemDigest(it inventory.Item) string {
	b, err := json.Marshal([]any{match.Rules, it.Name, it.Vendor, it.Product, it.Version, it.CPE, it.PURL, it.Aliases, it.Contains})
	if err != nil {
		panic(err) // a number, strings and lists of strings only
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// concerned lists the stored advisories that a matcher finds something in.
func (p *Pipeline) concerned(ctx context.Context, m Matcher) ([]string, error) {
	var ids []string
	for after := ""; ; {
		var page []store.Record
		err := p.store.View(ctx, func(tx store.Tx) (err error) {
			page, err = tx.AdvisoriesAfter(after, rematchPage)
			return err
		})
		if err != nil || len(page) == 0 {
			return ids, err
		}
		for i := range page {
			if a := &page[i].Advisory; !a.Withdrawn && len(m.MatchWith(a, nil)) > 0 {
				ids = append(ids, a.ID)
			}
		}
		after = page[len(page)-1].Advisory.ID
	}
}

func (p *Pipeline) commitRematch(ctx context.Context, ids []string, changed []inventory.Item, rep *Report) error {
	now := p.opts.Now().UTC().Truncate(time.Microsecond)
	return p.store.Update(ctx, func(tx store.Tx) error {
		*rep = Report{Source: "inventory", Fetched: len(ids)}
		ps := p.newPass(tx, now, true, p.opts.Rematch)
		for _, id := range ids {
			if err := ps.rematch(id, rep); err != nil {
				return fmt.Errorf("advisory %s: %w", id, err)
			}
		}
		notices, err := ps.finish(rep)
		if err != nil {
			return err
		}
		rep.Notices = len(notices)
		if rep.Queued, err = p.enqueue(tx, now, notices); err != nil {
			return err
		}
		for _, it := range changed {
			if err := tx.PutNote(itemNote+it.ID, []byte(itemDigest(it))); err != nil {
				return err
			}
		}
		return nil
	})
}

// rematch folds what a stored advisory means for the present inventory. Old
// matters join a case that is open already, but open none.
func (ps *pass) rematch(id string, rep *Report) error {
	rec, err := ps.tx.Advisory(id)
	if err != nil {
		return err
	}
	f := &finding{rec: rec, rematch: true}
	t, err := ps.find(cases.Keys(&rec.Advisory))
	if err != nil || t == nil && !ps.young(&rec.Advisory) {
		return err
	}
	if err := ps.match(f); err != nil {
		return err
	}
	rep.Matches += concerning(f.matches)
	if rec.Quiet {
		f.rec.Quiet = false
		if err := ps.tx.PutAdvisory(f.rec); err != nil {
			return err
		}
	}
	return ps.fold(f)
}
