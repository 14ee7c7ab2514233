package cases

import "time"

// LetterState is where a letter stands. The values are stored.
type LetterState string

// The states of a letter.
const (
	LetterQueued   LetterState = "queued" // waits for a person
	LetterApproved LetterState = "approved"
	LetterRejected LetterState = "rejected"
	LetterSent     LetterState = "sent"
	LetterBounced  LetterState = "bounced"
	LetterAnswered LetterState = "answered"
)

// Letter (文書) is a rendered template for an audience. The text approved is the
// text sent, byte for byte.
type Letter struct {
	ID       string // made of its content's subject, case, audience and date
	Case     string
	Kind     string // awareness, supplier-request, partner-request, status, weekly, correction
	Lang     string
	Audience string // partner id, or everyone, owners, management
	To       []string
	Outside  bool // leaves the company: needs approval
	State    LetterState
	Subject  string
	Text     string
	HTML     string
	Markdown string
	Created  time.Time
	Approved time.Time
	By       string // who approved or rejected
	Reason   string // why rejected, or how it bounced
	Sent     time.Time
	// MessageID is given when the letter is made, so that a reply finds it.
	MessageID string
	// Token is in the subject or body of what expects an answer.
	Token string
}

// Enquiry (問い合わせ) is the three questions put to a vendor or supplier about
// our items in a case (affected? fixed version? workaround if none?), and the
// answer.
type Enquiry struct {
	ID       string
	Case     string
	Partner  string // the supplier
	Items    []string
	Letter   string // id of the letter that carries it
	Opened   time.Time
	Sent     time.Time
	Due      string // YYYY-MM-DD, in working days
	Reminded []time.Time
	Answers  []Answer
	Closed   time.Time
}

// Answer is what came back, kept as evidence until a person turns it into a
// state.
type Answer struct {
	At        time.Time
	From      string
	Text      string
	MessageID string
	State     ItemState // empty until a person read it
	Fixed     string
	By        string // who read it
}
