package notify

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// DefaultStorm is how many cases one address is told of singly in one commit.
const DefaultStorm = 20

// Rules are what a Router decides by.
type Rules struct {
	Routes []Route
	// Storm is the number of cases for one address in one commit above which
	// they become one summary; DefaultStorm where zero.
	Storm int
	// Zone is where hours are meant; Tokyo where nil.
	Zone *time.Location
	// Holiday says which days have no working hours; nil knows none.
	Holiday func(time.Time) bool
}

// Router decides who is told of a notice, and when. It is pure but for what it
// is given by SetSubscriptions and SetSilences, and safe for concurrent use.
type Router struct {
	rules         Rules
	timings       []timing
	subscriptions atomic.Pointer[[]Subscription]
	silences      atomic.Pointer[[]Silence]
}

// Silence is a wish not to hear of something until an end, for a reason. What is
// set must hold together; a silence of nothing in particular silences nothing. A
// reversal is never silenced.
type Silence struct {
	ID     string    `json:"id"`
	Case   string    `json:"case,omitempty"`   // id of a case
	CVE    string    `json:"cve,omitempty"`    // one of the case's
	Item   string    `json:"item,omitempty"`   // id: the item is left out
	Owner  string    `json:"owner,omitempty"`  // 部署: its items are left out
	Source string    `json:"source,omitempty"` // id: its failures are not told
	To     *Address  `json:"to,omitempty"`     // only there
	Until  time.Time `json:"until"`
	Reason string    `json:"reason"`
	By     string    `json:"by"`
}

// NewRouter makes a router, or gives every mistake in the routes.
func NewRouter(rules Rules) (*Router, error) {
	if rules.Storm == 0 {
		rules.Storm = DefaultStorm
	}
	if rules.Zone == nil {
		rules.Zone = time.FixedZone("JST", 9*60*60)
	}
	r := &Router{rules: rules}
	var errs []error
	for _, route := range rules.Routes {
		errs = append(errs, route.Check())
		t, _ := route.timing()
		r.timings = append(r.timings, t)
	}
	return r, errors.Join(errs...)
}

// SetSubscriptions replaces the subscriptions that add to the routes.
func (r *Router) SetSubscriptions(s []Subscription) {
	s = slices.Clone(s)
	r.subscriptions.Store(&s)
}

// SetSilences replaces the silences.
func (r *Router) SetSilences(s []Silence) {
	s = slices.Clone(s)
	r.silences.Store(&s)
}

// Route turns the notices of one commit into deliveries, in the order of the
// notices. An address gets each notice once, with the items of all routes that
// lead there.
func (r *Router) Route(now time.Time, notices []Notice) []Delivery {
	now = now.In(r.rules.Zone)
	var out []Delivery
	for _, n := range notices {
		out = append(out, r.one(now, n)...)
	}
	return r.calm(out)
}

// one routes a single notice.
func (r *Router) one(now time.Time, n Notice) []Delivery {
	var out []Delivery
	left := n
	for i, route := range r.rules.Routes {
		took, ok := route.When.take(left)
		if !ok {
			continue
		}
		for _, to := range route.To {
			out = r.add(out, now, took, to, route.Lang, r.timings[i])
		}
		if route.Stop {
			if left = without(left, took); nothingIn(left) {
				break
			}
		}
	}
	return r.subscribed(out, now, n)
}

func (r *Router) subscribed(out []Delivery, now time.Time, n Notice) []Delivery {
	subs := r.subscriptions.Load()
	if subs == nil {
		return out
	}
	for _, s := range *subs {
		f, ok := s.filter()
		if !ok {
			continue
		}
		if took, ok := f.take(n); ok && n.Kind != KindDigest {
			out = r.add(out, now, took, s.To, s.Lang, timing{})
		}
	}
	return out
}

// add queues a notice for an address, or adds its items to what is queued there
// already.
func (r *Router) add(out []Delivery, now time.Time, n Notice, to Address, lang string, t timing) []Delivery {
	n, ok := r.unsilenced(now, n, to)
	if !ok {
		return out
	}
	n.Lang = known(lang)
	at, group := now, ""
	if !breaksThrough(n) {
		at = t.next(now, r.rules.Holiday)
		if (t.digest != nil || t.group > 0) && at.After(now) && (n.Case != nil || n.Kind == KindSummary) {
			group = fmt.Sprintf("%s@%s", to, at.UTC().Format(time.RFC3339))
		}
	}
	if n.Kind == KindSummary {
		group = cmp.Or(group, summaries)
	}
	if i := slices.IndexFunc(out, func(d Delivery) bool { return d.Address == to }); i >= 0 {
		out[i] = join(out[i], n, at, group)
		return out
	}
	d := Delivery{Address: to, Thread: threadOf(n), Notice: n, Created: now.UTC(), State: Due, NotBefore: at.UTC(), Group: group}
	d.Key = KeyOf(n, to)
	return append(out, d)
}

// summaries is the group of the summaries that wait for one address: on the first
// day, ten sources speak of one matter.
const summaries = "summary"

// join adds to a delivery what another route would tell the same address. The
// sooner one wins.
func join(d Delivery, n Notice, at time.Time, group string) Delivery {
	d.Notice = union(d.Notice, n)
	if at.Before(d.NotBefore) {
		d.NotBefore, d.Group = at.UTC(), group
	}
	d.Key = KeyOf(d.Notice, d.Address)
	return d
}

// breaksThrough says what doesn't wait for hours or digests.
func breaksThrough(n Notice) bool {
	grave := n.Case != nil && n.Case.Exploited && rating(n.Case.Severity) == "critical"
	return n.Urgent || grave || n.Kind == KindReversal
}

// threadOf names the conversation that a notice belongs to; empty for none.
func threadOf(n Notice) string {
	switch {
	case n.Kind == KindLetter, n.Kind == KindSummary, n.Kind == KindDigest:
		return ""
	case n.Case != nil:
		return n.Case.ID
	case n.Source != nil:
		return "source:" + n.Source.ID
	}
	return ""
}

// unsilenced gives the notice without what is silenced now.
func (r *Router) unsilenced(now time.Time, n Notice, to Address) (Notice, bool) {
	silences := r.silences.Load()
	if silences == nil || n.Kind == KindReversal || n.Kind == KindLetter {
		return n, true
	}
	for _, s := range *silences {
		if !now.Before(s.Until) || s.To != nil && *s.To != to {
			continue
		}
		if n = s.apply(n); nothingIn(n) {
			return n, false
		}
	}
	return n, true
}

// apply takes out of a notice what the silence is about.
func (s Silence) apply(n Notice) Notice {
	if n.Source != nil && s.Source == n.Source.ID && s.Source != "" {
		n.Source = nil
	}
	if n.Case != nil {
		if c, ok := s.quiet(*n.Case); ok {
			n.Case = &c
		} else {
			n.Case = nil
		}
	}
	var kept []CaseView
	for _, c := range n.Cases {
		if c, ok := s.quiet(c); ok {
			kept = append(kept, c)
		}
	}
	n.Cases = kept
	return n
}

// quiet gives a case without the silenced items; not ok where all of it is
// silenced.
func (s Silence) quiet(c CaseView) (CaseView, bool) {
	about := (s.Case == "" || s.Case == c.ID) && (s.CVE == "" || slices.ContainsFunc(c.CVEs, func(id string) bool { return strings.EqualFold(id, s.CVE) }))
	if !about || s.Case+s.CVE+s.Item+s.Owner == "" || c.Reversed {
		return c, true
	}
	if s.Item == "" && s.Owner == "" {
		return c, false
	}
	before := len(c.Items)
	c.Items = slices.DeleteFunc(slices.Clone(c.Items), func(it ItemView) bool {
		return (s.Item == "" || s.Item == it.ID) && (s.Owner == "" || s.Owner == it.Owner)
	})
	return c, len(c.Items) > 0 || before == 0
}

// nothingIn says that a notice has nothing left to tell.
func nothingIn(n Notice) bool {
	switch n.Kind {
	case KindNew, KindUpdate, KindReversal, KindReminder:
		return n.Case == nil
	case KindSummary:
		return len(n.Cases) == 0
	case KindSourceDown, KindSourceUp, KindSourceOdd:
		return n.Source == nil
	}
	return false
}

// calm makes one summary of what would be a storm at an address. Reversals stay
// themselves, unless they are the storm.
func (r *Router) calm(ds []Delivery) []Delivery {
	for _, reversals := range []bool{false, true} {
		for _, to := range addresses(ds) {
			stormy := func(d Delivery) bool {
				return d.Address == to && d.Notice.Case != nil && d.Group == "" && (d.Notice.Kind == KindReversal) == reversals
			}
			ds = r.fold(ds, stormy)
		}
	}
	return ds
}

func (r *Router) fold(ds []Delivery, stormy func(Delivery) bool) []Delivery {
	var storm, rest []Delivery
	at := -1
	for _, d := range ds {
		if stormy(d) {
			if at < 0 {
				at = len(rest)
			}
			storm = append(storm, d)
			continue
		}
		rest = append(rest, d)
	}
	if len(storm) <= r.rules.Storm {
		return ds
	}
	return slices.Insert(rest, at, Summarise(storm))
}

func addresses(ds []Delivery) []Address {
	var out []Address
	for _, d := range ds {
		if !slices.Contains(out, d.Address) {
			out = append(out, d.Address)
		}
	}
	return out
}

// Summarise makes one delivery of several to one address: a line a case. ds must
// not be empty.
func Summarise(ds []Delivery) Delivery {
	out := ds[0]
	n := Notice{Kind: KindSummary, Lang: out.Notice.Lang, At: out.Notice.At}
	for _, d := range ds {
		if d.Notice.Case != nil {
			c := *d.Notice.Case
			c.Reversed = d.Notice.Kind == KindReversal
			n.Cases = append(n.Cases, c)
		}
		n.Cases = append(n.Cases, d.Notice.Cases...)
		n.Urgent = n.Urgent || d.Notice.Urgent
		if d.NotBefore.Before(out.NotBefore) {
			out.NotBefore = d.NotBefore
		}
		if d.Notice.At.After(n.At) {
			n.At = d.Notice.At
		}
	}
	out.Notice, out.Thread, out.Group = n, "", summaries
	out.Key = KeyOf(n, out.Address)
	return out
}
