package pipeline

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"hansho/cases"
	"hansho/cases/checklist"
	"hansho/store"
)

// ErrNoChecklist says that there is nothing to look at on an item.
var ErrNoChecklist = errors.New("nothing to look at: the item is no cloud service, and nothing says that it ran a vulnerable version")

// Checklist gives what to look at on an item of a case. lists are the company's.
func (d *Desk) Checklist(ctx context.Context, lists checklist.Lists, ref, item string) (l checklist.List, it cases.Item, err error) {
	err = d.p.store.View(ctx, func(tx store.Tx) error {
		c, err := findCase(tx, ref)
		if err != nil {
			return err
		}
		l, it, err = d.checklist(tx, lists, c, item)
		return err
	})
	return l, it, err
}

func (d *Desk) checklist(tx store.Tx, lists checklist.Lists, c cases.Case, item string) (checklist.List, cases.Item, error) {
	held, ok := c.Items[item]
	if !ok {
		return checklist.List{}, cases.Item{}, fmt.Errorf("item %q is not in the case; hansho case scope puts it in", item)
	}
	indicators, err := indicatorsOf(tx, c)
	if err != nil {
		return checklist.List{}, *held, err
	}
	l, ok := lists.For(d.p.currentCompany().items[item].Kind, *held, indicators)
	if !ok {
		return l, *held, ErrNoChecklist
	}
	return l, *held, nil
}

// maxIndicators bounds the points that a source's list of traces makes.
const maxIndicators = 50

// indicatorsOf are the traces of an attack that the case's sources name.
func indicatorsOf(tx store.Tx, c cases.Case) ([]string, error) {
	var out []string
	for _, id := range slices.Sorted(maps.Keys(c.Statements)) {
		rec, err := tx.Advisory(id)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, ind := range rec.Advisory.Indicators {
			if len(out) < maxIndicators && !slices.Contains(out, ind) {
				out = append(out, ind)
			}
		}
	}
	return out, nil
}

// SetCheck keeps what somebody found at a point of an item's checklist. What is
// suspicious is told to the case's readers.
func (d *Desk) SetCheck(ctx context.Context, lists checklist.Lists, ref, item, point string, found cases.Check) error {
	if !found.State.Valid() {
		return fmt.Errorf("state %q: want clean, suspicious or done", found.State)
	}
	step := func(tx store.Tx, c *cases.Case, now time.Time) error {
		l, _, err := d.checklist(tx, lists, *c, item)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(l.Points, func(p checklist.Point) bool { return p.ID == point }) {
			return fmt.Errorf("the checklist has no point %q", point)
		}
		found.At = now
		c.Items[item].Check(point, found)
		note(c, now, "check", found.By, strings.TrimSpace(point+" "+string(found.State)+" "+found.Finding), item)
		return nil
	}
	if found.State == cases.CheckSuspicious {
		_, err := d.change(ctx, ref, step)
		return err
	}
	return d.p.store.Update(ctx, func(tx store.Tx) error {
		c, err := findCase(tx, ref)
		if err != nil {
			return err
		}
		if err := step(tx, &c, d.now()); err != nil {
			return err
		}
		return tx.PutCase(c)
	})
}
