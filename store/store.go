// Package store says what hansho remembers, in the words of the domain: the
// advisories, the sources' cursors, the cases, the letters and the outbox. A
// store of a technology is a package below (boltstore); storetest is the
// contract that each passes.
//
// Rules of a transaction, so that every technology can keep them: the function
// calls nothing but the transaction, since it may run again; records go in and
// out by value; lists take an after-key and a limit (0 is all), and are in
// bytewise order of their keys; times are UTC to the microsecond; an identifier
// of more than 512 bytes is stored but not found by.
package store

import (
	"context"
	"errors"
	"time"

	"hansho/advisory"
	"hansho/cases"
	"hansho/feeds"
	"hansho/notify"
)

// ErrNotFound says that the store holds no such record.
var ErrNotFound = errors.New("not found")

// A Store runs transactions. Update commits all that fn did, or nothing where
// fn returns an error.
type Store interface {
	View(ctx context.Context, fn func(Tx) error) error
	Update(ctx context.Context, fn func(Tx) error) error
	Close() error
}

// Tx is one transaction, made of what each part of the program needs.
type Tx interface {
	Advisories
	Sources
	Cases
	Outbox
	Letters
	Subscriptions
	Notes
}

// Advisories are what the sources said.
type Advisories interface {
	// Advisory gives the present state of an advisory, or ErrNotFound.
	Advisory(id string) (Record, error)
	// PutAdvisory stores a record under its advisory's id.
	PutAdvisory(r Record) error
	// AdvisoriesAfter lists records by id.
	AdvisoriesAfter(after string, limit int) ([]Record, error)
	// AdvisoriesBy lists the ids of the advisories that carry a key: a CVE id
	// or a Ref (JVN#…).
	AdvisoriesBy(key string) ([]string, error)
	// AdvisoriesOf lists the ids of a source's advisories.
	AdvisoriesOf(source, after string, limit int) ([]string, error)
}

// Record is an advisory as the store holds it.
type Record struct {
	Advisory advisory.Advisory
	First    time.Time // first seen
	Changed  time.Time // last time its content changed
	Digest   string    // advisory.Digest of the content
	Revision int       // 1 for the first state
	Quiet    bool      // stored by a first contact, not told
}

// Sources are the states of what is polled.
type Sources interface {
	Source(id string) (SourceState, error)
	PutSource(s SourceState) error
	SourceStates() ([]SourceState, error)
}

// SourceState is what is remembered of a source.
type SourceState struct {
	ID          string
	Cursor      feeds.Cursor
	FirstPoll   time.Time
	LastPoll    time.Time // last try
	LastSuccess time.Time // last try that could be read, changed or not
	NextPoll    time.Time // after a failure: not before
	Failures    int       // in a row
	FailedSince time.Time
	LastError   string
	ToldDown    bool // its failure has been told
	// ToldHealth are the alarms about the source that have been told.
	ToldHealth  []string
	Items       int // advisories in the last changed poll
	Reads       int // polls that could be read, in all
	Bytes       int64
	EntryErrors int
	Warnings    []string
	Moved       string // where permanent redirects lead
}

// Cases are the events as the company lives them.
type Cases interface {
	Case(id string) (cases.Case, error)
	PutCase(c cases.Case) error
	DeleteCase(id string) error // merged into another
	CasesAfter(after string, limit int) ([]cases.Case, error)
	// CaseBy gives the id of the case that holds a key (CVE id, Ref, the id of
	// an advisory other than a round-up, or of a case merged into it), or
	// ErrNotFound. The case put last holds a key that two claim.
	CaseBy(key string) (string, error)
}

// Outbox is what is to be told, and what was. The deliveries of one thread (or
// group, where they have one) to one address are a queue: one at a time is
// claimed, so that order is kept, and one that waits for its next try holds up
// those behind it.
type Outbox interface {
	// Enqueue stores a delivery as Due unless its key is known, in whatever
	// state; it says whether it did. What is queued later in a queue is created
	// later, whatever the clock says.
	Enqueue(d notify.Delivery) (bool, error)
	Delivery(key string) (notify.Delivery, error)
	// Claim leases up to limit deliveries that are due, the longest due first,
	// at most one a thread and address, and none over the channels in except. One
	// whose lease ran out, or whose process died, comes again as Unsure.
	Claim(now time.Time, lease time.Duration, limit int, except []string) ([]notify.Delivery, error)
	// Rewind brings back what a clock that was ahead by more than slack put into
	// the future: what was created there is created now, in the same order, and
	// waits as long from now; what failed is due now, what is claimed after slack.
	Rewind(now time.Time, slack time.Duration) error
	// Settle ends a delivery as Sent, Parked or Folded, and keeps the receipt;
	// what has ended stays as it is.
	Settle(key string, s notify.State, r notify.Receipt, reason string) error
	// Postpone gives a claimed delivery back for a later try, or revives a
	// parked one; what was sent or folded stays as it is.
	Postpone(key string, p notify.Postponement) error
	// Fold settles the overtaken deliveries as Folded into d, whose claim and
	// merged notice it stores.
	Fold(d notify.Delivery, overtaken []string) error
	// Deliveries lists by key; state "" is all.
	Deliveries(state notify.State, after string, limit int) ([]notify.Delivery, error)
	// NextDue gives when the next delivery or lease is due that Claim would give,
	// zero where none is.
	NextDue(except []string) (time.Time, error)
	// Pending lists all deliveries in the queue of d that have not ended,
	// claimed or not, oldest first.
	Pending(d notify.Delivery) ([]notify.Delivery, error)
	// Thread gives what went before under notify.ThreadKey, or ErrNotFound.
	Thread(key string) (notify.Thread, error)
	PutThread(t notify.Thread) error
}

// Letters are documents on their way.
type Letters interface {
	Letter(id string) (cases.Letter, error)
	PutLetter(l cases.Letter) error
	LettersAfter(after string, limit int) ([]cases.Letter, error)
	Enquiry(id string) (cases.Enquiry, error)
	PutEnquiry(e cases.Enquiry) error
	EnquiriesAfter(after string, limit int) ([]cases.Enquiry, error)
}

// Subscriptions are what channels and people asked to be told, beside the
// routes of the configuration.
type Subscriptions interface {
	PutSubscription(s notify.Subscription) error
	DeleteSubscription(id string) error
	SubscriptionsAfter(after string, limit int) ([]notify.Subscription, error)
}

// Notes are small named values: when the weekly notice last went, the dictionary's
// version, silences. Each part of the program prefixes its names; after is a
// whole name.
type Notes interface {
	Note(name string) ([]byte, error)
	PutNote(name string, value []byte) error
	DeleteNote(name string) error
	NotesAfter(prefix, after string, limit int) ([]Note, error)
}

// Note is one named value.
type Note struct {
	Name  string
	Value []byte
}
