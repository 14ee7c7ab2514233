package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hansho/inventory"
	"hansho/store"
)

// ErrNoReport says that no report goes by an id.
var ErrNoReport = errors.New("no such report")

// Report keeps what a member of staff says is in use, as a candidate. ref is what
// the report came by (a form's id): the same one again is the same report.
func (d *Desk) Report(ctx context.Context, ref string, r inventory.Report) (inventory.Report, error) {
	if strings.TrimSpace(r.Department) == "" || strings.TrimSpace(r.Product) == "" {
		return r, errors.New("a report needs a department and a product")
	}
	r.ID, r.State = shortID(ref, r.Who, r.Department, r.Product, r.Version), inventory.ReportNew
	err := d.p.store.Update(ctx, func(tx store.Tx) error {
		known, err := getNote(tx, reportNotes+r.ID, &r)
		if err != nil || known {
			return err
		}
		r.At = d.now()
		return putNote(tx, reportNotes+r.ID, r)
	})
	return r, err
}

// Reports lists the reports in a state, or all for "", oldest first.
func (d *Desk) Reports(ctx context.Context, state inventory.ReportState) (list []inventory.Report, err error) {
	err = d.p.store.View(ctx, func(tx store.Tx) error {
		list, err = listNotes[inventory.Report](tx, reportNotes)
		return err
	})
	list = slices.DeleteFunc(list, func(r inventory.Report) bool { return state != "" && r.State != state })
	slices.SortStableFunc(list, func(a, b inventory.Report) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return list, err
}

// DecideReport accepts or drops a report. The first decision stands.
func (d *Desk) DecideReport(ctx context.Context, id string, s inventory.ReportState, who string) (inventory.Report, error) {
	var r inventory.Report
	err := d.p.store.Update(ctx, func(tx store.Tx) error {
		known, err := getNote(tx, reportNotes+id, &r)
		switch {
		case err != nil:
			return err
		case !known:
			return fmt.Errorf("%w: %s", ErrNoReport, id)
		case r.State != inventory.ReportNew && r.State != s:
			return fmt.Errorf("report %s was %s by %s", id, r.State, r.By)
		case r.State == s:
			return nil
		}
		r.State, r.By, r.Decided = s, who, d.now()
		return putNote(tx, reportNotes+id, r)
	})
	return r, err
}

// Unanswered lists the departments of the inventory that have reported nothing.
func (d *Desk) Unanswered(ctx context.Context) ([]string, error) {
	reports, err := d.Reports(ctx, "")
	if err != nil {
		return nil, err
	}
	return inventory.Unanswered(d.items(), reports, time.Time{}), nil
}

// Departments lists the departments that own items.
func (d *Desk) Departments() []string { return inventory.Departments(d.items()) }

func (d *Desk) items() []inventory.Item {
	var out []inventory.Item
	for _, it := range d.p.currentCompany().items {
		out = append(out, it)
	}
	return out
}
