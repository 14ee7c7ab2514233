package cases

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"hansho/advisory"
	"hansho/match"
)

// maxEventCVEs is how many CVEs a single event can have. A document with more
// is a round-up: it refers to cases and joins none to another.
const maxEventCVEs = 12

// BulletinPrefix begins the reference of a maker's monthly round of updates: the
// round is one event, however many CVEs it fixes.
const BulletinPrefix = "bulletin/"

// IsRoundup says whether an advisory speaks of many matters at once.
func IsRoundup(a *advisory.Advisory) bool {
	return a.Kind == advisory.KindRoundup || len(a.CVEs) > maxEventCVEs
}

// Keys are what makes two advisories speak of one event: the CVE ids and other
// references, and the advisory's own id. A round-up has its own id only.
func Keys(a *advisory.Advisory) []string {
	keys := []string{a.ID}
	if !IsRoundup(a) {
		keys = append(keys, a.CVEs...)
		keys = append(keys, a.Refs...)
	}
	for _, ref := range a.Refs {
		if strings.HasPrefix(ref, BulletinPrefix) {
			keys = append(keys, ref)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// New opens a case under the given keys (CVE ids, references, advisory ids).
// Its id is made of the first CVE, else of the first key.
func New(keys []string, at time.Time) Case {
	c := Case{State: Open, Opened: at, Updated: at}
	c.AddKeys(keys)
	id := ""
	switch {
	case len(c.CVEs) > 0:
		id = c.CVEs[0]
	case len(keys) > 0:
		id = slices.Min(keys)
	}
	c.ID = "case:" + id
	return c
}

// AddKeys adds CVE ids and references to the case; an advisory id (source:…) is
// known by its statement and left out.
func (c *Case) AddKeys(keys []string) {
	for _, k := range keys {
		switch {
		case strings.HasPrefix(k, "CVE-"):
			c.CVEs = insert(c.CVEs, k)
		case !strings.Contains(k, ":"):
			c.Refs = insert(c.Refs, k)
		}
	}
}

func insert(list []string, s string) []string {
	if i, found := slices.BinarySearch(list, s); !found {
		return slices.Insert(list, i, s)
	}
	return list
}

// Keys are all the keys by which the case is found.
func (c *Case) Keys() []string {
	return slices.Concat(c.CVEs, c.Refs, slices.Sorted(maps.Keys(c.Statements)), c.Merged)
}

// Hear takes in the present state of an advisory: what it says, and what it
// means for our items. An advisory heard again replaces what it said before.
func (c *Case) Hear(a *advisory.Advisory, revision int, matches []match.Match, at time.Time) {
	if c.Statements == nil {
		c.Statements = map[string]Statement{}
	}
	s := statementOf(a, revision, at)
	if old, ok := c.Statements[a.ID]; ok {
		s.Seen = old.Seen
	}
	c.Statements[a.ID] = s
	c.AddKeys(Keys(a))
	for _, it := range c.Items {
		delete(it.Claims, a.ID)
	}
	if !a.Withdrawn {
		for _, m := range matches {
			c.claim(a, m)
		}
	}
	if at.After(c.Updated) {
		c.Updated = at
	}
}

func statementOf(a *advisory.Advisory, revision int, at time.Time) Statement {
	s := Statement{
		ID: a.ID, Source: a.Source, Kind: a.Kind, Title: a.Title, Summary: a.Summary,
		Severity: a.Severity, Exploited: a.Exploited, Trust: a.Trust,
		Published: a.Published, Updated: a.Updated, Seen: at, Revision: revision,
		Withdrawn: a.Withdrawn, TLP: a.TLP,
	}
	if !IsRoundup(a) {
		s.Keys = slices.Concat(a.CVEs, a.Refs)
	}
	if len(a.Links) > 0 {
		s.Link = a.Links[0]
	}
	return s
}

func (c *Case) claim(a *advisory.Advisory, m match.Match) {
	it := c.Item(m.Item)
	cl := Claim{Match: m, Source: a.Source, Trust: a.Trust, At: a.Updated}
	if len(a.Links) > 0 {
		cl.Link = a.Links[0]
	}
	if m.Claim >= 0 && m.Claim < len(a.Products) {
		p := a.Products[m.Claim]
		cl.Fixed, cl.Workaround = p.Fixed, p.Workaround
		cl.Link = cmp.Or(p.Link, cl.Link)
	}
	it.Claims[a.ID] = cl
}

// Item gives what the case holds on an item, opening it as unknown.
func (c *Case) Item(id string) *Item {
	if c.Items == nil {
		c.Items = map[string]*Item{}
	}
	it, ok := c.Items[id]
	if !ok {
		it = &Item{ID: id, State: ItemUnknown, Claims: map[string]Claim{}}
		c.Items[id] = it
	}
	if it.Claims == nil {
		it.Claims = map[string]Claim{}
	}
	return it
}

// Set keeps what a person said of an item.
func (c *Case) Set(item string, h Hand) {
	it := c.Item(item)
	it.Hands = append(it.Hands, h)
	slices.SortStableFunc(it.Hands, compareHands)
	if h.At.After(c.Updated) {
		c.Updated = h.At
	}
}

func compareHands(a, b Hand) int {
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.State, b.State), cmp.Compare(a.Who, b.Who), cmp.Compare(a.Note, b.Note))
}

// Merge takes another case in: the two were found to be one event. The result
// is the same whichever case is merged into which, but for the id, which is
// that of c.
func (c *Case) Merge(o Case) {
	c.AddKeys(slices.Concat(o.CVEs, o.Refs))
	c.Merged = insert(c.Merged, o.ID)
	for _, id := range o.Merged {
		c.Merged = insert(c.Merged, id)
	}
	c.mergeStatements(o.Statements)
	for _, theirs := range o.Items {
		ours := c.Item(theirs.ID)
		for id, cl := range theirs.Claims {
			if old, ok := ours.Claims[id]; !ok || cl.At.After(old.At) {
				ours.Claims[id] = cl
			}
		}
		ours.Hands = mergeHands(ours.Hands, theirs.Hands)
		ours.Ran, ours.Scoped = ours.Ran || theirs.Ran, ours.Scoped || theirs.Scoped
		if theirs.Asked.After(ours.Asked) {
			ours.Asked = theirs.Asked
		}
	}
	c.Timeline = append(c.Timeline, o.Timeline...)
	slices.SortStableFunc(c.Timeline, func(a, b Event) int { return a.At.Compare(b.At) })
	if o.Opened.Before(c.Opened) {
		c.Opened = o.Opened
	}
	if o.Updated.After(c.Updated) {
		c.Updated = o.Updated
	}
	c.Name, c.Acked, c.Assigned = cmp.Or(c.Name, o.Name), cmp.Or(c.Acked, o.Acked), cmp.Or(c.Assigned, o.Assigned)
	if o.State == Open {
		c.State = Open
	}
}

func (c *Case) mergeStatements(others map[string]Statement) {
	if c.Statements == nil {
		c.Statements = map[string]Statement{}
	}
	for id, s := range others {
		if old, ok := c.Statements[id]; !ok || s.Revision > old.Revision {
			c.Statements[id] = s
		}
	}
}

func mergeHands(a, b []Hand) []Hand {
	all := slices.Concat(a, b)
	slices.SortStableFunc(all, compareHands)
	return slices.Compact(all)
}

// Shift is an item whose state is no longer what it was.
type Shift struct {
	Item     string
	From, To ItemState
	// First says that the case had not held the item before.
	First bool
	// Reversal says that a claim which made the item safe was overtaken.
	Reversal bool
	Conflict string // set where a machine now disagrees with a person
	// Gone says that nothing speaks of the item any more: it left the case.
	Gone bool
}

// Settle derives every item's state from what is known and says which changed.
// What a person said stands over what machines say; a machine that disagrees is
// kept as the item's Conflict.
func (c *Case) Settle(at time.Time) []Shift {
	var shifts []Shift
	for _, id := range slices.Sorted(maps.Keys(c.Items)) {
		it := c.Items[id]
		if it.forgotten() {
			delete(c.Items, id)
			if !it.Since.IsZero() {
				shifts = append(shifts, Shift{Item: id, From: it.State, To: ItemNotAffected, Gone: true})
			}
			continue
		}
		before, first, conflict := it.State, it.Since.IsZero(), it.Conflict
		it.settle()
		changed := first || it.State != before
		if changed {
			it.Since = at
		}
		newConflict := it.Conflict != "" && it.Conflict != conflict
		if !changed && !newConflict {
			continue
		}
		shifts = append(shifts, Shift{
			Item: id, From: before, To: it.State, First: first,
			Reversal: !first && before.Safe() && !it.State.Safe() || newConflict && it.State.Safe(),
			Conflict: it.Conflict,
		})
	}
	return shifts
}

// forgotten says that no claim, person or enquiry speaks of the item.
func (it *Item) forgotten() bool {
	return len(it.Claims) == 0 && len(it.Hands) == 0 && it.Asked.IsZero() && !it.Scoped
}

// settle derives the item's state. It reads Claims, Hands and Asked only, so
// the order in which they came makes no difference.
func (it *Item) settle() {
	it.Verdict = resolve(it.Claims)
	state, by := machineState(it.Verdict), it.Verdict.Advisory
	it.Fixed, it.Workaround, it.Link = best(it.Claims, by)
	it.Ran = it.Ran || state == ItemAffected
	if state == ItemUnknown && !it.Asked.IsZero() {
		state = ItemAsked
	}
	it.Conflict, it.Note, it.Next = "", "", ""
	if n := len(it.Hands); n > 0 {
		h := it.Hands[n-1]
		if disagree(h.State, state) {
			it.Conflict = string(state) + " " + by
		}
		state, by = h.State, "hand:"+h.Who
		it.Note, it.Next, it.Fixed = h.Note, h.Next, cmp.Or(h.Fixed, it.Fixed)
		it.Ran = it.Ran || h.State == ItemAffected || h.State == ItemMitigated
	}
	it.State, it.By = state, by
}

// disagree says whether a machine's state is worse than what a person said.
func disagree(hand, machine ItemState) bool {
	return hand == ItemNotAffected && machine == ItemAffected
}

func machineState(m match.Match) ItemState {
	switch m.Verdict {
	case match.Affected:
		return ItemAffected
	case match.Fixed:
		return ItemFixed
	case match.NotAffected:
		return ItemNotAffected
	}
	return ItemUnknown
}

// best gives what to do: the deciding claim's words, else those of the most
// trusted claim that has any.
func best(claims map[string]Claim, by string) (fixed, workaround, link string) {
	ids := slices.SortedFunc(maps.Keys(claims), func(a, b string) int {
		return cmp.Or(cmp.Compare(claims[b].Trust, claims[a].Trust), cmp.Compare(a, b))
	})
	if c, ok := claims[by]; ok {
		fixed, workaround, link = c.Fixed, c.Workaround, c.Link
	}
	for _, id := range ids {
		fixed, workaround, link = cmp.Or(fixed, claims[id].Fixed), cmp.Or(workaround, claims[id].Workaround), cmp.Or(link, claims[id].Link)
	}
	return fixed, workaround, link
}

// Split takes the statements on the given keys, and those keys, out of the case
// into a new one. What people said of the items stays with both.
func (c *Case) Split(keys []string, at time.Time) (Case, error) {
	part := New(keys, at)
	part.Opened = c.Opened
	for _, k := range keys {
		if !slices.Contains(c.Keys(), k) {
			return Case{}, fmt.Errorf("%s is no key of the case", k)
		}
	}
	if part.ID == c.ID {
		return Case{}, fmt.Errorf("the case itself goes by %s: split off the others", strings.TrimPrefix(part.ID, "case:"))
	}
	part.Apart, c.Apart = insert(part.Apart, c.ID), insert(c.Apart, part.ID)
	gone := func(k string) bool { return slices.Contains(keys, k) }
	c.CVEs, c.Refs = slices.DeleteFunc(c.CVEs, gone), slices.DeleteFunc(c.Refs, gone)
	part.Statements = map[string]Statement{}
	for id, s := range c.Statements {
		if gone(id) || slices.ContainsFunc(s.Keys, gone) && !slices.ContainsFunc(s.Keys, func(k string) bool { return !gone(k) }) {
			part.Statements[id] = s
			delete(c.Statements, id)
		}
	}
	for id, it := range c.Items {
		for adv, cl := range it.Claims {
			if _, moved := part.Statements[adv]; moved {
				part.Item(id).Claims[adv] = cl
				delete(it.Claims, adv)
			}
		}
		if p, ok := part.Items[id]; ok {
			p.Hands, p.Asked, p.Scoped, p.Ran = slices.Clone(it.Hands), it.Asked, it.Scoped, it.Ran
		}
	}
	return part, nil
}
