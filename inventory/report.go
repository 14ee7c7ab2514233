package inventory

import (
	"slices"
	"strings"
	"time"
)

// ReportState is where a staff report stands. The values are stored.
type ReportState string

// The states of a report.
const (
	ReportNew      ReportState = "new" // waits for somebody to look at it
	ReportAccepted ReportState = "accepted"
	ReportDropped  ReportState = "dropped"
	// ReportNothing says that the department uses nothing more: an answer, and
	// nothing to decide on.
	ReportNothing ReportState = "nothing"
)

// Report (利用報告) is what a member of staff says that a department uses. It is a
// candidate: an item only once somebody has accepted it.
type Report struct {
	ID         string      `json:"id"`
	At         time.Time   `json:"at"`
	Who        string      `json:"who"`
	Department string      `json:"department"`
	Product    string      `json:"product"` // software or service, as the person calls it; empty: uses nothing beyond what is known
	Version    string      `json:"version,omitempty"`
	Remarks    string      `json:"remarks,omitempty"`
	State      ReportState `json:"state"`
	By         string      `json:"by,omitempty"` // who accepted or dropped it
	Decided    time.Time   `json:"decided,omitzero"`
	Letter     string      `json:"letter,omitempty"` // id of the letter whose page it came by
	Remote     string      `json:"remote,omitempty"` // the address it came from, as far as it is known
}

// Item gives the item that an accepted report becomes.
func (r Report) Item() Item {
	return Item{
		ID: "report-" + r.ID, Name: r.Product, Product: r.Product, Version: r.Version,
		Owner: r.Department, Contact: r.Who, Tags: []string{"reported"}, Origin: "staff report " + r.ID,
	}
}

// Unanswered lists, of the departments that own items, those from which nobody
// has reported since a time.
func Unanswered(items []Item, reports []Report, since time.Time) []string {
	var out []string
	for _, dept := range Departments(items) {
		answered := slices.ContainsFunc(reports, func(r Report) bool {
			return strings.EqualFold(r.Department, dept) && !r.At.Before(since)
		})
		if !answered {
			out = append(out, dept)
		}
	}
	return out
}

// Departments lists the owners of items, sorted.
func Departments(items []Item) []string {
	var out []string
	for _, it := range items {
		if it.Owner != "" && !it.Missing {
			out = append(out, it.Owner)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
