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
	Kind     string // awareness, guide, supplier-request, partner-request, status, weekly, correction, reminder
	Lang     string
	Audience string   // partner id, or everyone, owners, management
	To       []string // addresses, channel:place
	Outside  bool     // leaves the company: needs approval
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
	// Form is the web page that the letter links to; nil where it links to none.
	Form *Form
	// Digest is of the words as approved: what leaves is checked against it.
	Digest string
	// Said is where each item stood as the letter tells it, by SaidKey, so that
	// whoever was told "safe" is known when that proves wrong.
	Said map[string]ItemState
	// Gist is what it told of the case as a whole, so that the next issue can say
	// what changed; nil for a letter to the outside.
	Gist *Gist `json:",omitempty"`
	// Failed are the addresses, channel:place, that it can't reach. It bounced
	// where they are all that it goes to.
	Failed []string `json:",omitempty"`
	// After is before when an approved letter does not leave; zero is at once.
	After time.Time
	// Earlier is the id of the letter that this one reminds of, corrects or
	// follows.
	Earlier  string
	Due      string // YYYY-MM-DD by which an answer is asked for; empty where none is
	Reminded []time.Time
	Answers  []Answer
	Edited   string // who changed its words by hand
	// Attachments go with it, and are approved with it.
	Attachments []Attachment `json:",omitempty"`
}

// Gist is what a letter tells of a case as a whole.
type Gist struct {
	Rating    string // of the severity; empty where it is not rated
	Exploited bool
	CVEs      []string
}

// Attachment is a file that goes with a letter.
type Attachment struct {
	Name string
	Type string // media type
	Data []byte
}

// SaidKey is the key in Letter.Said of an item in a case.
func SaidKey(caseID, item string) string { return caseID + "|" + item }

// Standing is how a letter stands with its reader: one more than its State, so
// that silence is never taken for an answer. The values are shown.
type Standing string

// The standings of a letter.
const (
	StandQueued   Standing = "queued"
	StandApproved Standing = "approved"
	StandRejected Standing = "rejected"
	StandSent     Standing = "sent"      // and the answer is not due yet, or none is asked for
	StandBounced  Standing = "bounced"   // it never reached them
	StandAnswered Standing = "answered"  // with something to go by
	StandDontKnow Standing = "dont_know" // they answered that they don't know yet
	StandSilent   Standing = "silent"    // due, and nothing came
)

// Standing gives how the letter stands on a day, YYYY-MM-DD.
func (l Letter) Standing(today string) Standing {
	switch l.State {
	case LetterAnswered:
		if n := len(l.Answers); n > 0 && l.Answers[n-1].Pending {
			return StandDontKnow
		}
		return StandAnswered
	case LetterSent:
		if l.Due != "" && today > l.Due {
			return StandSilent
		}
		return StandSent
	}
	return Standing(l.State)
}

// PendingSince gives when the reader last said that they don't know yet; false
// where that is not how the letter stands.
func (l Letter) PendingSince() (time.Time, bool) {
	if l.Standing("") != StandDontKnow {
		return time.Time{}, false
	}
	return l.Answers[len(l.Answers)-1].At, true
}

// Awaited says whether an answer to the letter is still waited for.
func (l Letter) Awaited() bool {
	s := l.Standing("")
	return l.Token != "" && (s == StandSent || s == StandDontKnow)
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
	By       string // who opened it
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
	Item      string // the item that State is about
	// Pending says that they don't know yet.
	Pending bool
	// Choice is what was chosen on the letter's page; empty where the answer came
	// another way.
	Choice Choice
	// Remote is the address that the page was answered from, as far as it is known.
	Remote string
}
