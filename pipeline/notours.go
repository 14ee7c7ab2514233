package pipeline

import (
	"context"
	"errors"
	"strings"
	"time"

	"hansho/cases"
	"hansho/notify"
	"hansho/store"
)

// NotOurs says of items in a case that it does not hit them, and why: one step,
// told as one.
func (d *Desk) NotOurs(ctx context.Context, ref string, items []string, who, why string) (cases.Case, error) {
	if strings.TrimSpace(why) == "" || len(items) == 0 {
		return cases.Case{}, errors.New("say which items it does not hit, and why")
	}
	return d.change(ctx, ref, func(_ store.Tx, c *cases.Case, now time.Time) error {
		for _, id := range items {
			c.Set(id, cases.Hand{State: cases.ItemNotAffected, Who: who, Note: why, At: now})
		}
		c.Settle(now)
		note(c, now, "state", who, string(cases.ItemNotAffected)+" "+why, strings.Join(items, ", "))
		return nil
	})
}

// View gives the present state of a case as its readers see it.
func (d *Desk) View(c cases.Case) notify.CaseView { return d.p.View(c) }
