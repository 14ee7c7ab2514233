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
	hit := map[string]bool{}
	for id, it := range c.Items {
		hit[id] = it.Claims[a.ID].Hit
		delete(it.Claims, a.ID)
	}
	if !a.Withdrawn {
		for _, m := range matches {
			c.claim(a, m, hit[m.Item])
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

// claim keeps what an advisory means for an item; hit says that it found the item
// affected before.
func (c *Case) claim(a *advisory.Advisory, m match.Match, hit bool) {
	it := c.Item(m.Item)
	cl := Claim{Match: m, Source: a.Source, Trust: a.Trust, At: a.Updated, Hit: hit || m.Verdict == match.Affected}
	if len(a.Links) > 0 {
		cl.Link = a.Links[0]
	}
	if m.Claim >= 0 && m.Claim < len(a.Products) {
		p := a.Products[m.Claim]
		cl.Status, cl.Statement = p.Status, p.Link
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
	it.Hands = mergeHands(it.Hands, []Hand{h})
	if h.At.After(c.Updated) {
		c.Updated = h.At
	}
}

func compareHands(a, b Hand) int {
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.State, b.State), cmp.Compare(a.Who, b.Who), cmp.Compare(a.Note, b.Note),
		cmp.Compare(a.Next, b.Next), cmp.Compare(a.Fixed, b.Fixed))
}

// Merge takes another case in: the two were found to be one event. The result
// is the same whichever case is merged into which, but for the id, which is
// that of c, and for what a person gave both: c's name, its assignee.
func (c *Case) Merge(o Case) {
	c.AddKeys(slices.Concat(o.CVEs, o.Refs))
	c.Merged = insert(c.Merged, o.ID)
	for _, id := range o.Merged {
		c.Merged = insert(c.Merged, id)
	}
	for _, id := range o.Apart {
		if id != c.ID {
			c.Apart = insert(c.Apart, id)
		}
	}
	c.Apart = slices.DeleteFunc(c.Apart, func(id string) bool { return id == o.ID })
	newer := c.mergeStatements(o.Statements)
	for id := range newer {
		for _, it := range c.Items {
			delete(it.Claims, id)
		}
	}
	for _, theirs := range o.Items {
		c.Item(theirs.ID).merge(theirs, newer)
	}
	c.Timeline = append(c.Timeline, o.Timeline...)
	slices.SortStableFunc(c.Timeline, compareEvents)
	if o.Opened.Before(c.Opened) {
		c.Opened = o.Opened
	}
	if o.Updated.After(c.Updated) {
		c.Updated = o.Updated
	}
	c.Name, c.Acked, c.Assigned = cmp.Or(c.Name, o.Name), cmp.Or(c.Acked, o.Acked), cmp.Or(c.Assigned, o.Assigned)
	if needsWork(o.State) > needsWork(c.State) {
		c.State = o.State
	}
}

func needsWork(s State) int { return slices.Index([]State{Closed, Contained, Open}, s) }

func compareEvents(a, b Event) int {
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Ref, b.Ref), cmp.Compare(a.Text, b.Text))
}

// mergeStatements keeps of each advisory its newest revision. It gives the ids
// of those that are taken from others.
func (c *Case) mergeStatements(others map[string]Statement) map[string]bool {
	if c.Statements == nil {
		c.Statements = map[string]Statement{}
	}
	newer := map[string]bool{}
	for id, s := range others {
		if old, ok := c.Statements[id]; !ok || s.Revision > old.Revision {
			c.Statements[id], newer[id] = s, true
		}
	}
	return newer
}

// merge takes in what another case holds on the item; the claims of the
// advisories in newer are theirs.
func (it *Item) merge(theirs *Item, newer map[string]bool) {
	for id, cl := range theirs.Claims {
		if newer[id] {
			it.Claims[id] = cl
		}
	}
	it.Hands = mergeHands(it.Hands, theirs.Hands)
	it.Scoped = it.Scoped || theirs.Scoped
	if theirs.Asked.After(it.Asked) {
		it.Asked = theirs.Asked
	}
	it.mergeChecks(theirs.Checks)
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
		newConflict := it.Conflict != "" && conflict == ""
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
	it.Ran = state != ItemNotAffected && it.wasHit()
	it.Conflict, it.Note, it.Next = "", "", ""
	if n := len(it.Hands); n > 0 {
		h := it.Hands[n-1]
		if it.overtaken(h, state, it.Claims[by]) {
			it.Conflict = string(state) + " " + by
		}
		it.Ran = it.ranByHand(h)
		it.Note, it.Next, it.Fixed = h.Note, h.Next, cmp.Or(h.Fixed, it.Fixed)
		state, by = h.State, "hand:"+h.Who
	}
	if state == ItemUnknown && !it.Asked.IsZero() {
		state = ItemAsked
	}
	it.State, it.By = state, by
}

func (it *Item) wasHit() bool {
	for _, cl := range it.Claims {
		if cl.Hit {
			return true
		}
	}
	return false
}

// ranByHand says whether it ran a vulnerable version, where people spoke of it:
// once somebody found it affected, it did.
func (it *Item) ranByHand(last Hand) bool {
	hit := slices.ContainsFunc(it.Hands, func(h Hand) bool { return h.State == ItemAffected || h.State == ItemMitigated })
	return hit || it.Ran && last.State != ItemNotAffected
}

// overtaken says whether a machine's state contradicts what a person said. That
// an item is fixed or has a workaround is contradicted by a later claim only, and
// not by one that names the version which the person gave.
func (it *Item) overtaken(h Hand, machine ItemState, by Claim) bool {
	if machine != ItemAffected {
		return false
	}
	switch h.State {
	case ItemNotAffected:
		return true
	case ItemFixed, ItemMitigated:
		return by.At.After(h.At) && (h.Fixed == "" || !strings.Contains(by.Fixed, h.Fixed))
	}
	return false
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
			p.Hands, p.Asked, p.Scoped, p.Checks = slices.Clone(it.Hands), it.Asked, it.Scoped, maps.Clone(it.Checks)
		}
	}
	return part, nil
}
