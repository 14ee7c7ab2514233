package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"hansho/cases"
	"hansho/notify"
)

// Drill watches a replay of what sources said: a channel that counts instead of
// sending, and the cases as they grow. It is safe for concurrent use.
type Drill struct {
	now func() time.Time

	mu     sync.Mutex
	items  map[string]*DrillItem // by case and item
	last   map[string]string     // by case, what was told last
	report DrillReport
}

// DrillReport is what a replay came to.
type DrillReport struct {
	Revisions int         `json:"revisions"`  // documents replayed
	Advisory  int         `json:"advisories"` // new or revised, in all
	Ours      int         `json:"ours"`       // of them, those that concern an item
	Cases     int         `json:"cases"`
	Notices   int         `json:"notices"` // that would have been sent
	Reversals int         `json:"reversals"`
	Noise     int         `json:"noise"`  // notices after which nothing about our items was different
	Missed    []string    `json:"missed"` // items that may be hit and were never named in a notice
	Items     []DrillItem `json:"items"`
}

// DrillItem is how one item fared in one case.
type DrillItem struct {
	Case    string          `json:"case"`
	Item    string          `json:"item"`
	Claimed time.Time       `json:"claimed"` // when the first claim on it was there to be read
	By      string          `json:"by"`      // the advisory that made it
	Told    time.Time       `json:"told"`    // when a notice first named it; zero where none did
	Notices int             `json:"notices"` // that said something new of it
	State   cases.ItemState `json:"state"`   // at the end
}

// NewDrill makes a drill whose time is told by now.
func NewDrill(now func() time.Time) *Drill {
	return &Drill{now: now, items: map[string]*DrillItem{}, last: map[string]string{}}
}

// Deliver counts a notice and sends nothing.
func (d *Drill) Deliver(_ context.Context, m notify.Message) (notify.Receipt, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := m.Delivery.Notice
	d.report.Notices++
	if n.Kind == notify.KindReversal {
		d.report.Reversals++
	}
	views := n.Cases
	if n.Case != nil {
		views = append(views, *n.Case)
	}
	noise := len(views) > 0
	for _, v := range views {
		if p := picture(v); d.last[v.ID] != p {
			d.last[v.ID], noise = p, false
		}
		for _, it := range v.Items {
			x := d.item(v.ID, it.ID)
			if key, now := cases.SaidKey(v.ID, it.ID), stateOf(it); d.last[key] != now || aboutItem(n.News, it.ID) {
				d.last[key] = now
				x.Notices++
			}
			if x.Told.IsZero() {
				x.Told = d.now()
			}
		}
	}
	if noise {
		d.report.Noise++
	}
	return notify.Receipt{ID: m.Delivery.Key, At: d.now()}, nil
}

// picture is what of a case matters to those who act on it.
func picture(v notify.CaseView) string {
	var b strings.Builder
	fmt.Fprintln(&b, v.CVEs, v.Exploited, v.Severity.Rating)
	for _, it := range v.Items {
		fmt.Fprintln(&b, stateOf(it))
	}
	return b.String()
}

func stateOf(it notify.ItemView) string {
	return fmt.Sprint(it.ID, " ", it.Verdict, " ", it.State, " ", it.Fixed, " ", it.Workaround)
}

// aboutItem says whether a notice brings word of an item, other than where it
// stands.
func aboutItem(news []notify.News, id string) bool {
	return slices.ContainsFunc(news, func(n notify.News) bool { return slices.Contains(n.Items, id) })
}

func (d *Drill) item(caseID, id string) *DrillItem {
	key := cases.SaidKey(caseID, id)
	x, ok := d.items[key]
	if !ok {
		x = &DrillItem{Case: caseID, Item: id}
		d.items[key] = x
	}
	return x
}

// Observe takes in the reports of one step of the replay and the cases after it.
func (d *Drill) Observe(reports []Report, list []cases.Case) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range reports {
		d.report.Revisions++
		d.report.Advisory += r.New + r.Revised
		d.report.Ours += r.Matches
	}
	d.report.Cases = len(list)
	for _, c := range list {
		for id, it := range c.Items {
			x := d.item(c.ID, id)
			x.State = it.State
			if x.Claimed.IsZero() {
				x.Claimed, x.By = d.now(), slices.MinFunc(append(slices.Sorted(maps.Keys(it.Claims)), "~"), cmp.Compare)
			}
		}
	}
}

// Report gives what it came to.
func (d *Drill) Report() DrillReport {
	d.mu.Lock()
	defer d.mu.Unlock()
	r := d.report
	r.Items, r.Missed = nil, []string{}
	for _, x := range d.items {
		r.Items = append(r.Items, *x)
		if x.Told.IsZero() && !x.State.Safe() {
			r.Missed = append(r.Missed, x.Item)
		}
	}
	slices.Sort(r.Missed)
	slices.SortFunc(r.Items, func(a, b DrillItem) int {
		return cmp.Or(a.Claimed.Compare(b.Claimed), cmp.Compare(a.Case, b.Case), cmp.Compare(a.Item, b.Item))
	})
	return r
}
