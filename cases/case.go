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
	ItemUnknown     ItemState = "unknown" // in scope, no claim from any source
	ItemAsked       ItemState = "asked"   // the vendor has been asked
	ItemAffected    ItemState = "affected"
	ItemNotAffected ItemState = "not_affected"
	ItemMitigated   ItemState = "mitigated" // a workaround is in place
	ItemFixed       ItemState = "fixed"
)

// Case is one event: the CVEs, every advisory about it, each item's state.
type Case struct {
	ID      string `json:"id"`   // made from its first key: case:CVE-2021-44228
	Name    string `json:"name"` // Log4Shell; the most telling title until a person names it
	State   State  `json:"state"`
	CVEs    []string
	Refs    []string
	Opened  time.Time
	Updated time.Time
	// Advisories are what the case knows of each statement about it, by id.
	Advisories map[string]Statement
	// Items is the state of every item that may be hit, by item id.
	Items    map[string]*Item
	Timeline []Event
	// Merged are the ids of cases that were found to be this one.
	Merged []string
}

// Statement is what a case keeps of one advisory.
type Statement struct {
	ID        string
	Source    string
	Kind      advisory.Kind
	Title     string
	Link      string
	Severity  advisory.Severity
	Exploited bool
	Trust     advisory.Trust
	Published time.Time
	Updated   time.Time
	Revisions int
}

// Item is what a case holds on one item of the inventory.
type Item struct {
	ID     string
	State  ItemState
	Since  time.Time
	By     string // who said so: an advisory id, hand:NAME, answer:ENQUIRY
	Note   string
	Next   string           // next date, YYYY-MM-DD
	Claims map[string]Claim // by advisory id
	Hands  []Hand           // what people said, oldest first
}

// Claim is what one advisory means for the item.
type Claim struct {
	Match      match.Match
	Source     string
	Trust      advisory.Trust
	Fixed      string
	Workaround string
	Link       string
	At         time.Time
}

// Hand is what a person, or a vendor's answer accepted by a person, said.
type Hand struct {
	State ItemState
	Who   string
	Note  string
	Next  string
	At    time.Time
}

// Event is one line of a case's timeline.
type Event struct {
	At   time.Time
	Kind string // advisory, revision, state, enquiry, letter, ack, note, merge
	Who  string
	Text string
	Ref  string
}
