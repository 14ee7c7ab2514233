// Package notify decides who is told what, and tells them: routes, the words of
// each notice in Japanese and English, the outbox's delivery worker and the
// seam that each channel implements in a package of its own.
package notify

import (
	"context"
	"fmt"
	"time"

	"hansho/advisory"
	"hansho/match"
)

// Kind is why something is told. The values are stored.
type Kind string

// The kinds of notice.
const (
	KindNew        Kind = "new"        // a case opened, or first concerned us
	KindUpdate     Kind = "update"     // the case goes on: another source, a revision, a new item
	KindReversal   Kind = "reversal"   // "safe" turned unsafe: at once, unmuted
	KindSummary    Kind = "summary"    // first contact, or a storm: many matters as one message
	KindSourceDown Kind = "sourcedown" // a source has failed for too long
	KindSourceUp   Kind = "sourceup"   // and is back
	KindSourceOdd  Kind = "sourceodd"  // a source answers, and is not what it was
	KindLetter     Kind = "letter"     // a rendered document, as approved
	KindDigest     Kind = "digest"     // the weekly or daily line
	KindReminder   Kind = "reminder"   // nobody has acknowledged
)

// Notice is what is to be told, before it has a form. It is complete: a channel
// needs nothing else to render it, now or after a restart.
type Notice struct {
	Kind   Kind      `json:"kind"`
	Lang   string    `json:"lang"` // ja or en, set by the route
	At     time.Time `json:"at"`
	Urgent bool      `json:"urgent,omitempty"` // breaks quiet hours
	Case   *CaseView `json:"case,omitempty"`
	News   []News    `json:"news,omitempty"` // what this notice adds
	// Cases are the lines of a summary or digest.
	Cases  []CaseView    `json:"cases,omitempty"`
	Source *SourceHealth `json:"source,omitempty"`
	Letter *Letter       `json:"letter,omitempty"`
	Digest *Digest       `json:"digest,omitempty"`
	// Told are those who had been told "safe", in a reversal.
	Told []string `json:"told,omitempty"`
	Text string   `json:"text,omitempty"` // Markdown of ours, added to a digest or a reminder
	// InsteadOf is set where this is told here because the address that it was
	// for could not be reached in time; the reader is to be told so.
	InsteadOf *Address `json:"instead_of,omitempty"`
	// Since is, in a reminder, when the case began to wait for somebody.
	Since time.Time `json:"since,omitzero"`
	// Step is what a person did, in an update that has no news of a source but
	// for wake.
	Step *Step `json:"step,omitempty"`
}

// Step is one thing that a person did to a case.
type Step struct {
	Kind  string    `json:"kind"` // as cases.Event.Kind: ack, state, check, note, snooze, merge; or wake, the end of a snooze
	Who   string    `json:"who"`
	Text  string    `json:"text,omitempty"`
	Ref   string    `json:"ref,omitempty"`   // an item's name
	Items []string  `json:"items,omitempty"` // the ids of the items it is about; none for the case as a whole
	State string    `json:"state,omitempty"` // that items were given: cases.ItemState
	Until time.Time `json:"until,omitzero"`  // of a snooze
}

// CaseView is the present state of a case as its readers see it.
type CaseView struct {
	ID        string            `json:"id"`
	Name      string            `json:"name"`
	CVEs      []string          `json:"cves"`
	Opened    time.Time         `json:"opened"`
	Severity  advisory.Severity `json:"severity"`
	Exploited bool              `json:"exploited,omitempty"`
	Summary   string            `json:"summary,omitempty"`
	Items     []ItemView        `json:"items"`
	Sources   []SourceView      `json:"sources"`
	Acked     string            `json:"acked,omitempty"`    // who acknowledged
	Assigned  string            `json:"assigned,omitempty"` // who works on it
	Reversed  bool              `json:"reversed,omitempty"` // in a summary: "safe" turned unsafe
	// News are, in a summary, the statements that are new in a case that was told
	// before; empty where the whole case is.
	News []SourceView `json:"news,omitempty"`
}

// ItemView is one of our items in a case, and why it is there.
type ItemView struct {
	ID         string           `json:"id"`
	Name       string           `json:"name"`
	Product    string           `json:"product"` // vendor product version, as declared
	Owner      string           `json:"owner,omitempty"`
	Kind       string           `json:"kind,omitempty"`
	Tags       []string         `json:"tags,omitempty"`
	Exposure   string           `json:"exposure,omitempty"` // internet, internal, …
	Vendor     string           `json:"vendor,omitempty"`
	Verdict    match.Verdict    `json:"verdict"`
	State      string           `json:"state,omitempty"` // cases.ItemState where it says more than the verdict
	Evidence   []match.Evidence `json:"evidence"`
	Fixed      string           `json:"fixed,omitempty"`
	Workaround string           `json:"workaround,omitempty"`
	Link       string           `json:"link,omitempty"`
	// StatusPage and SecurityPage are a cloud service's own.
	StatusPage   string `json:"status_page,omitempty"`
	SecurityPage string `json:"security_page,omitempty"`
	// Spoken is the page of its maker's statement, where a list names one and
	// nobody says what it means for the item.
	Spoken string `json:"spoken,omitempty"`
	// Enquiry says what becomes of that: see the constants.
	Enquiry string `json:"enquiry,omitempty"`
	// Reversed says, in a reversal, that this item was safe before.
	Reversed bool `json:"reversed,omitempty"`
	// Moved says, in an update, that the item stands where it did not before:
	// Was is its standing until now, empty for an item that is new to the case.
	// Gone says that nothing speaks of it any more: it leaves the case.
	Moved bool          `json:"moved,omitempty"`
	Was   match.Verdict `json:"was,omitempty"`
	Gone  bool          `json:"gone,omitempty"`
}

// The values of ItemView.Enquiry.
const (
	EnquiryDrafted = "drafted" // a letter to the supplier has been written and waits for approval
	EnquiryNobody  = "nobody"  // the inventory names no supplier who can be asked
)

// SourceView is one statement about the case.
type SourceView struct {
	Advisory  string    `json:"advisory"`
	Source    string    `json:"source"`
	Publisher string    `json:"publisher"` // in English; PublisherJA in Japanese
	Title     string    `json:"title"`
	Link      string    `json:"link"`
	Updated   time.Time `json:"updated"`

	PublisherJA string `json:"publisher_ja,omitempty"`
	// Items are the ids of our items that it is about; none where it speaks of
	// the matter as a whole.
	Items []string `json:"items,omitempty"`
}

// News is one thing that a notice adds to what was told before.
type News struct {
	SourceView
	Digest   string            `json:"digest,omitempty"`   // advisory.Digest of the state told
	Revision int               `json:"revision,omitempty"` // of the advisory in the store, 1 for the first
	Revised  bool              `json:"revised,omitempty"`
	Changes  []advisory.Change `json:"changes,omitempty"`
	// Statement is the page of the maker's statement that a list's row names.
	Statement string `json:"statement,omitempty"`
	// Rated is how severe the case is held to be since this, where it is another
	// rating than Was, and Exploited says that it is the first word of attacks.
	Rated     *advisory.Severity `json:"rated,omitempty"`
	Was       string             `json:"was,omitempty"`
	Exploited bool               `json:"exploited,omitempty"`
}

// Digest is the daily or weekly line: nothing new, or what was, and why that can
// be believed. The lines on cases are Notice.Cases.
type Digest struct {
	Since         time.Time `json:"since"`
	Until         time.Time `json:"until"`
	Sources       int       `json:"sources"`        // polled in the period
	Polls         int       `json:"polls"`          // that could be read
	OldestSuccess time.Time `json:"oldest_success"` // of the source that was read longest ago
	OldestSource  string    `json:"oldest_source"`
	Items         int       `json:"items"`               // of the inventory
	Uncovered     []string  `json:"uncovered,omitempty"` // items that no source covers
	Failing       []string  `json:"failing,omitempty"`   // sources that can't be read now
	Gaps          []string  `json:"gaps,omitempty"`      // feeds that ran over between two polls
	Waiting       int       `json:"waiting,omitempty"`   // letters that wait for approval
	Overdue       []string  `json:"overdue,omitempty"`   // answers that are overdue: who, about what
	Bounced       []string  `json:"bounced,omitempty"`   // letters that never arrived
	Stuck         []Stuck   `json:"stuck,omitempty"`     // places that can't be told
}

// Stuck is a place for which notices wait that could not be delivered.
type Stuck struct {
	To      string `json:"to"`      // channel:address
	Waiting int    `json:"waiting"` // to be tried again
	Parked  int    `json:"parked"`  // given up since the last digest
}

// SourceHealth is how a source does.
type SourceHealth struct {
	ID          string    `json:"id"`
	Publisher   string    `json:"publisher"`
	PublisherJA string    `json:"publisher_ja,omitempty"`
	Page        string    `json:"page"`
	LastSuccess time.Time `json:"last_success"`
	FailedSince time.Time `json:"failed_since"`
	Error       string    `json:"error"`
	// Alarms are what is odd about it.
	Alarms []Alarm `json:"alarms,omitempty"`
}

// Alarm is one thing that is odd about a source.
type Alarm struct {
	Kind   string `json:"kind"` // as feeds.AlarmKind
	Detail string `json:"detail,omitempty"`
}

// Letter is a document as approved, sent byte for byte.
type Letter struct {
	ID          string       `json:"id"`
	Kind        string       `json:"kind"` // awareness, supplier-request, partner-request, status, weekly, correction
	Subject     string       `json:"subject"`
	Text        string       `json:"text"`           // plain text
	HTML        string       `json:"html,omitempty"` // the same words
	Markdown    string       `json:"markdown,omitempty"`
	Attachments []Attachment `json:"attachments,omitempty"`
	MessageID   string       `json:"message_id,omitempty"` // of the mail, without brackets; made from the delivery's key where empty
}

// Attachment is a file that goes with a letter.
type Attachment struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Data []byte `json:"data"`
}

// Address is where a notice goes: a channel of config.yaml and a place in it.
type Address struct {
	Channel string `json:"channel"` // name of a configured channel: slack, mail, teams-ops
	To      string `json:"to"`      // #security, a mail address; empty for webhooks
}

// State is where a delivery stands. The values are stored.
type State string

// The states of a delivery.
const (
	Due    State = "due"    // to be sent at or after NotBefore
	Sent   State = "sent"   // receipted
	Parked State = "parked" // can never be sent; Error says why
	Folded State = "folded" // overtaken: told inside another delivery, named in Error
)

// Delivery is one notice to one address: a row of the outbox.
type Delivery struct {
	Key       string    `json:"key"` // made of what it says and to whom; the same key is never queued twice
	Address   Address   `json:"address"`
	Thread    string    `json:"thread,omitempty"` // case id; order is kept and messages are threaded within it
	Notice    Notice    `json:"notice"`
	Created   time.Time `json:"created"`
	State     State     `json:"state"`
	NotBefore time.Time `json:"not_before"`
	// Group names the deliveries that wait for the same digest: they are sent
	// as one (Summarise). Empty sends it by itself.
	Group string    `json:"group,omitempty"`
	Lease time.Time `json:"lease"` // claimed until; zero where not claimed
	Tries int       `json:"tries"`
	// Fails are the tries that failed; one that our own end cut short is none.
	Fails   int     `json:"fails,omitempty"`
	Error   string  `json:"error,omitempty"`
	Receipt Receipt `json:"receipt"`
	// Unsure says that an earlier try may have arrived: its process died, or
	// the peer's answer was lost.
	Unsure bool `json:"unsure,omitempty"`
}

// Receipt is what a channel answered.
type Receipt struct {
	ID string    `json:"id"` // Slack ts, Message-ID
	At time.Time `json:"at"`
	// Root and Extra are the channel's own: the ts of the thread's first
	// message, the Slack channel id that a name resolved to.
	Root  string `json:"root,omitempty"`
	Extra string `json:"extra,omitempty"`
	// Raw is a letter's mail as it went over the wire. It is no part of the stored
	// receipt: the outbox keeps it as a note, MailNote.
	Raw []byte `json:"-"`
}

// Thread is what went before in one thread at one address.
type Thread struct {
	Key     string    `json:"key"`      // thread + address
	Root    Receipt   `json:"root"`     // the first message
	Last    Receipt   `json:"last"`     // the newest
	RootKey string    `json:"root_key"` // delivery key of the first message
	Refs    []string  `json:"refs"`     // Message-IDs, oldest first, for mail
	Updated time.Time `json:"updated"`
	// Summary is the key of the newest summary that has a line on it. Where all
	// else is zero, nothing but that was told.
	Summary string `json:"summary,omitempty"`
}

// Opened says whether the thread has a first message.
func (t Thread) Opened() bool { return t.RootKey != "" }

// Message is what a channel is handed: a delivery with its thread so far.
type Message struct {
	Delivery Delivery
	Thread   *Thread // nil where this opens the thread, or there is none
	// Retry says that an earlier try may have arrived: a channel that can ask
	// does so before it sends again.
	Retry bool
	At    time.Time // of this try
	// Heard says that the thread's readers had a line on it in a summary: what
	// changed since then is news to them, though the thread is not open.
	Heard bool
	// Wait is until when a summary goes first that has a line on the thread and
	// has not arrived, zero where none does.
	Wait time.Time
}

// A Channel delivers one message. *Permanent settles it as parked, *RetryAfter
// waits as told, any other error backs off and tries again; with *Blocked, what
// is urgent does not wait for that.
type Channel interface {
	Deliver(ctx context.Context, m Message) (Receipt, error)
}

// Permanent is an error of the message itself, which no retry will mend.
type Permanent struct{ Err error }

func (e *Permanent) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *Permanent) Unwrap() error { return e.Err }

// Blocked is a refusal of all that goes there, until a person mends something: a
// token that was revoked, a channel that was archived, a proxy's 403.
type Blocked struct{ Err error }

func (e *Blocked) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *Blocked) Unwrap() error { return e.Err }

// RetryAfter is an error with the peer's own waiting time.
type RetryAfter struct {
	Wait time.Duration
	Err  error
}

func (e *RetryAfter) Error() string { return fmt.Sprintf("%v (retry after %v)", e.Err, e.Wait) }

// Unwrap gives the cause.
func (e *RetryAfter) Unwrap() error { return e.Err }
