package notify

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hansho/match"
)

// Route says who is told of what, in which language and when.
type Route struct {
	Name string    `yaml:"name" json:"name"`
	When Filter    `yaml:"when" json:"when"`
	To   []Address `yaml:"to" json:"to"`
	Lang string    `yaml:"lang" json:"lang"` // ja where empty

	// Hours are the working hours outside of which it waits ("mon-fri
	// 09:00-18:00"), Quiet the hours in which it does ("22:00-07:00"). What is
	// critical and exploited, and every reversal, breaks through.
	Hours string `yaml:"hours" json:"hours,omitempty"`
	Quiet string `yaml:"quiet" json:"quiet,omitempty"`
	// Group gathers what comes within such a time into one message, Digest what
	// comes until its hour: "daily 09:00", "weekly mon 09:00".
	Group  time.Duration `yaml:"group" json:"group,omitempty"`
	Digest string        `yaml:"digest" json:"digest,omitempty"`
	// Stop keeps what this route took from the routes after it.
	Stop bool `yaml:"stop" json:"stop,omitempty"`
}

// Filter is what a route takes. Each empty field takes everything; what is set
// must hold together. Words are compared without case. The fields from Kinds on
// choose items: a notice is told with those items only, and not at all where
// there are none.
type Filter struct {
	// Severity is the lowest rating taken: low, medium, high, critical. An
	// unrated matter passes: unknown is not low.
	Severity  string   `yaml:"severity" json:"severity,omitempty"`
	Exploited *bool    `yaml:"exploited" json:"exploited,omitempty"`
	Sources   []string `yaml:"sources" json:"sources,omitempty"` // ids of sources that speak in the notice
	Notices   []Kind   `yaml:"notices" json:"notices,omitempty"` // kinds of notice

	Kinds    []string        `yaml:"kinds" json:"kinds,omitempty"` // kinds of item: server, network, …
	Owners   []string        `yaml:"owners" json:"owners,omitempty"`
	Tags     []string        `yaml:"tags" json:"tags,omitempty"`
	Verdicts []match.Verdict `yaml:"verdicts" json:"verdicts,omitempty"`
	Items    []string        `yaml:"items" json:"items,omitempty"` // ids
	Exposure []string        `yaml:"exposure" json:"exposure,omitempty"`
	Vendors  []string        `yaml:"vendors" json:"vendors,omitempty"`
	Products []string        `yaml:"products" json:"products,omitempty"` // part of the product or name
}

// Check gives every mistake in a route.
func (r Route) Check() error {
	_, timing := r.timing()
	errs := []error{timing}
	if len(r.To) == 0 {
		errs = append(errs, errors.New("to: no address; write channel:address, such as slack:#security"))
	}
	if r.Lang != "" && !slices.Contains(Langs, r.Lang) {
		errs = append(errs, fmt.Errorf("lang: %q is not one of %s", r.Lang, strings.Join(Langs, ", ")))
	}
	errs = append(errs, r.When.check())
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("notify: route %q: %w", r.Name, err)
	}
	return nil
}

func (f Filter) check() error {
	var errs []error
	if f.Severity != "" && rank(f.Severity) < 0 {
		errs = append(errs, fmt.Errorf("severity: %q is not one of %s", f.Severity, strings.Join(ratings, ", ")))
	}
	for _, k := range f.Notices {
		if !slices.Contains(Kinds, k) {
			errs = append(errs, fmt.Errorf("notices: %q is no kind of notice", k))
		}
	}
	all := []match.Verdict{match.Affected, match.Possible, match.UnderInvestigation, match.Fixed, match.NotAffected}
	for _, v := range f.Verdicts {
		if !slices.Contains(all, v) {
			errs = append(errs, fmt.Errorf("verdicts: %q is not one of %v", v, all))
		}
	}
	return errors.Join(errs...)
}

// take gives the notice as the filter lets it through, with the items that it
// chooses.
func (f Filter) take(n Notice) (Notice, bool) {
	if len(f.Notices) > 0 && !slices.Contains(f.Notices, n.Kind) {
		return n, false
	}
	switch n.Kind {
	case KindNew, KindUpdate, KindReversal, KindReminder:
		return f.takeCase(n)
	case KindSummary, KindDigest:
		return f.takeCases(n)
	}
	// What is about no case goes where it is asked for, or where all goes.
	return n, len(f.Notices) > 0 && f.speaks(n.sourceIDs()) || f.all()
}

func (f Filter) takeCase(n Notice) (Notice, bool) {
	if n.Case == nil {
		return n, f.all()
	}
	c, ok := f.view(*n.Case, n.Kind == KindReversal)
	if !ok || !f.speaks(n.sourceIDs()) {
		return n, false
	}
	if n.Kind == KindReversal && reverses(*n.Case) && !reverses(c) {
		n.Kind = KindUpdate // for these readers: none of their items was held to be safe
	}
	n.Case = &c
	if !f.choosesItems() {
		return n, true
	}
	told := len(n.News) > 0 || n.Step != nil
	n = n.forItems()
	return n, n.Kind != KindUpdate || !told || len(n.News) > 0 || n.Step != nil || anyMoved(c.Items)
}

// forItems leaves out what is said of other items than those of the notice.
func (n Notice) forItems() Notice {
	c := *n.Case
	n.News = slices.DeleteFunc(slices.Clone(n.News), func(s News) bool { return c.elsewhere(s.Items) })
	c.Sources = slices.DeleteFunc(slices.Clone(c.Sources), func(s SourceView) bool { return c.elsewhere(s.Items) })
	if n.Step != nil && c.elsewhere(n.Step.Items) {
		n.Step = nil
	}
	n.Case = &c
	return n
}

// elsewhere says that what is said of the given items is about none of the case's;
// what is about no item in particular is about all.
func (c CaseView) elsewhere(ids []string) bool {
	return len(ids) > 0 && !slices.ContainsFunc(c.Items, func(it ItemView) bool { return slices.Contains(ids, it.ID) })
}

func anyMoved(items []ItemView) bool {
	return slices.ContainsFunc(items, func(it ItemView) bool { return it.Moved })
}

// reverses says whether any item of a case was held to be safe and is not.
func reverses(c CaseView) bool {
	return slices.ContainsFunc(c.Items, func(it ItemView) bool { return it.Reversed })
}

// takeCases keeps the lines that the filter lets through. A digest without any
// is still told: that nothing is new is its news.
func (f Filter) takeCases(n Notice) (Notice, bool) {
	var kept []CaseView
	for _, c := range n.Cases {
		if v, ok := f.view(c, c.Reversed); ok && f.speaks(c.sourceIDs()) && v.hasNews() {
			kept = append(kept, v)
		}
	}
	n.Cases = kept
	return n, len(kept) > 0 || n.Kind == KindDigest
}

// view gives a case with the items that the filter chooses. A reversal is told
// whatever its severity.
func (f Filter) view(c CaseView, reversal bool) (CaseView, bool) {
	if !reversal && !f.grave(c) {
		return c, false
	}
	if !f.choosesItems() {
		return c, true
	}
	var items []ItemView
	for _, it := range c.Items {
		if f.item(it) {
			items = append(items, it)
		}
	}
	c.Items = items
	return c, len(items) > 0
}

func (f Filter) grave(c CaseView) bool {
	if f.Exploited != nil && *f.Exploited != c.Exploited {
		return false
	}
	r := rank(rating(c.Severity))
	return r < 0 || r >= rank(f.Severity)
}

func (f Filter) speaks(sources []string) bool {
	return len(f.Sources) == 0 || slices.ContainsFunc(sources, func(s string) bool { return oneOf(f.Sources, s) })
}

func (f Filter) item(it ItemView) bool {
	return oneOf(f.Kinds, it.Kind) && oneOf(f.Owners, it.Owner) && oneOf(f.Items, it.ID) &&
		oneOf(f.Exposure, it.Exposure) && oneOf(f.Vendors, it.Vendor) &&
		(len(f.Verdicts) == 0 || slices.Contains(f.Verdicts, Standing(it)) || it.Moved && slices.Contains(f.Verdicts, it.Was)) &&
		(len(f.Tags) == 0 || slices.ContainsFunc(it.Tags, func(t string) bool { return oneOf(f.Tags, t) })) &&
		partOf(f.Products, it)
}

func (f Filter) choosesItems() bool {
	return len(f.Kinds)+len(f.Owners)+len(f.Items)+len(f.Exposure)+len(f.Vendors)+len(f.Verdicts)+len(f.Tags)+len(f.Products) > 0
}

// all says that the filter takes everything.
func (f Filter) all() bool {
	return f.Severity == "" && f.Exploited == nil && len(f.Sources)+len(f.Notices) == 0 && !f.choosesItems()
}

// oneOf says whether words is empty or holds value.
func oneOf(words []string, value string) bool {
	return len(words) == 0 || slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, value) })
}

func partOf(words []string, it ItemView) bool {
	text := strings.ToLower(it.Product + "\n" + it.Name)
	return len(words) == 0 || slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, strings.ToLower(w)) })
}

// sourceIDs are the sources that a notice is from.
func (n Notice) sourceIDs() []string {
	var out []string
	for _, news := range n.News {
		out = append(out, news.Source)
	}
	if n.Source != nil {
		out = append(out, n.Source.ID)
	}
	if len(out) == 0 && n.Case != nil {
		out = n.Case.sourceIDs()
	}
	return out
}

// hasNews says whether what is new in a line of a summary is about its items.
func (c CaseView) hasNews() bool {
	return len(c.News) == 0 || anyMoved(c.Items) || slices.ContainsFunc(c.News, func(s SourceView) bool { return !c.elsewhere(s.Items) })
}

// sourceIDs are the sources that a case's line is from.
func (c CaseView) sourceIDs() []string {
	said := c.News
	if len(said) == 0 {
		said = c.Sources
	}
	var out []string
	for _, s := range said {
		out = append(out, s.Source)
	}
	return out
}

// UnmarshalText reads an address written channel:place, or a channel alone.
func (a *Address) UnmarshalText(text []byte) error {
	channel, to, _ := strings.Cut(string(text), ":")
	if strings.TrimSpace(channel) == "" {
		return errors.New("write channel:address, such as slack:#security or mail:joho@example.co.jp")
	}
	*a = Address{Channel: strings.TrimSpace(channel), To: strings.TrimSpace(to)}
	return nil
}

// String writes an address as it is read.
func (a Address) String() string {
	if a.To == "" {
		return a.Channel
	}
	return a.Channel + ":" + a.To
}

// filter gives a subscription the form of a route's filter.
func (s Subscription) filter() (Filter, bool) {
	v := []string{s.Value}
	switch s.Field {
	case "product":
		return Filter{Products: v}, true
	case "vendor":
		return Filter{Vendors: v}, true
	case "owner":
		return Filter{Owners: v}, true
	case "tag":
		return Filter{Tags: v}, true
	case "item":
		return Filter{Items: v}, true
	case "source":
		return Filter{Sources: v}, true
	case "severity":
		return Filter{Severity: s.Value}, rank(s.Value) >= 0
	}
	return Filter{}, false
}
