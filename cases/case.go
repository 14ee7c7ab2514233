// Package cases holds the case (事案): one event as the company lives it. It
// folds advisories, matches, hand edits and vendors' answers into the state of
// every item, in such a way that the order in which they arrive does not
// matter.
package cases

import (
	"time"

	"hansho/advisory"
	"hansho/match"
)

// State is where a case stands. The values are stored.
type State string

// The states of a case.
const (
	Open      State = "open"
	Contained State = "contained"
	Closed    State = "closed"
)

// ItemState is where one item stands in a case. The values are stored.
type ItemState string

// The states of an item, from the first hour to the last.
const (
	ItemUnknown     ItemState = "unknown" // in scope, and no claim that settles it
	ItemAsked       ItemState = "asked"   // the vendor has been asked
	ItemAffected    ItemState = "affected"
	ItemNotAffected ItemState = "not_affected"
	ItemMitigated   ItemState = "mitigated" // a workaround is in place
	ItemFixed       ItemState = "fixed"
)

// Safe says whether an item in this state needs nothing more for now.
func (s ItemState) Safe() bool { return s == ItemNotAffected || s == ItemFixed }

// Valid says whether s is one of the states.
func (s ItemState) Valid() bool {
	switch s {
	case ItemUnknown, ItemAsked, ItemAffected, ItemNotAffected, ItemMitigated, ItemFixed:
		return true
	}
	return false
}

// Case is one event: the CVEs, every advisory about it, each item's state.
type Case struct {
	ID     string   `json:"id"`   // made from its first key: case:CVE-2021-44228
	Name   string   `json:"name"` // as a person named it; empty until then, see Title
	State  State    `json:"state"`
	CVEs   []string `json:"cves,omitempty"` // sorted
	Refs   []string `json:"refs,omitempty"` // other sources' ids of the matter, sorted
	Opened time.Time
	// Updated is when the case last learned something.
	Updated time.Time
	// Statements are what the sources said of it, by advisory id.
	Statements map[string]Statement
	// Items are the things of ours that it may hit, by item id.
	Items    map[string]*Item
	Timeline []Event
	// Merged are the ids of cases that were found to be this one.
	Merged []string `json:"merged,omitempty"`
	// Apart are the ids of cases that a person split from this one: no advisory
	// joins them again.
	Apart []string `json:"apart,omitempty"`
	// Told says that a notice about the case has been queued.
	Told bool `json:"told,omitempty"`
	// Acked is who has acknowledged it, empty where nobody has.
	Acked string `json:"acked,omitempty"`
	// Assigned is who works on it.
	Assigned string `json:"assigned,omitempty"`
}

// Statement is what a case keeps of one advisory.
type Statement struct {
	ID        string
	Source    string
	Kind      advisory.Kind
	Title     string
	Summary   string
	Link      string
	Severity  advisory.Severity
	Exploited bool
	Trust     advisory.Trust
	Published time.Time
	Updated   time.Time
	Seen      time.Time // when the case first heard of it
	Revision  int
	Keys      []string // CVE ids and references that it speaks of
	Withdrawn bool
	TLP       string
}

// Item is what a case holds on one item of the inventory. State and what
// follows it are derived from Claims, Hands and Asked by Case.Settle.
type Item struct {
	ID     string
	Claims map[string]Claim // by advisory id
	Hands  []Hand           // what people said, oldest first
	Asked  time.Time        // when its vendor was asked; zero where not
	Scoped bool             // a person put it in scope, claim or no claim
	// Checks are the points of its checklist that somebody looked at, by id.
	Checks map[string]Check

	Ran bool // it ran a vulnerable version at some time: treat as attacked

	State      ItemState
	Since      time.Time
	By         string // who said so: an advisory id, or hand:NAME
	Note       string
	Next       string      // next date, YYYY-MM-DD
	Verdict    match.Match // the machine's one verdict out of all claims
	Conflict   string      // what a machine says against a hand, empty where they agree
	Fixed      string      // fixed version, of the deciding claim or else the best known
	Workaround string      // likewise
	Link       string      // page of the deciding claim
}

// Claim is what one advisory means for the item.
type Claim struct {
	Match  match.Match
	Source string
	// Status is what the claim that decided says of the product; empty where the
	// advisory's text met.
	Status advisory.Status
	// Statement is the page of the maker's statement that the claim names, if any.
	Statement  string
	Trust      advisory.Trust
	Fixed      string
	Workaround string
	Link       string
	At         time.Time // when the source said so (its Updated)
	// Hit says that the advisory, in this revision or an earlier one, found the
	// item affected: the item ran a vulnerable version, whatever it runs now.
	Hit bool
}

// Hand is what a person said, or a vendor's answer that a person accepted.
type Hand struct {
	State ItemState
	Who   string
	Note  string
	Next  string
	At    time.Time
	Fixed string // the version that they say has the fix
}

// Event is one line of a case's timeline.
type Event struct {
	At   time.Time
	Kind string // advisory, revision, state, reversal, enquiry, letter, ack, note, snooze, merge, conflict
	Who  string
	Text string
	Ref  string // item, advisory or letter id
}
