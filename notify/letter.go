package notify

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"hansho/cases"
	"hansho/notify/markup"
)

// letterPrefix begins the names of letters' texts: letter-awareness/body. An
// override folder may bring letters of its own.
const letterPrefix = "letter-"

// LetterData is what a letter is written from.
type LetterData struct {
	Date         time.Time // 発信日
	Case         CaseView
	Items        []ItemView // those that the letter is about; empty is all
	WhatHappened string     // our own words on it; Case.Summary where empty
	From         Sender
	To           Recipient
	ReportTo     string    // where answers go: an address, a form
	ReplyBy      time.Time // zero where no date is set
	Token        string    // finds the answer; empty where none is expected
	FormURL      string    // the page on which the reader answers; empty where there is none
	Again        *Again    // what changed since it was last issued; nil where it is the first

	// Detail is how much of our state the reader is told: full, summary or
	// minimal.
	Detail  string
	Sharing string // how further news reaches the reader, in our words
	Weekday string // of the weekly letter, in English; empty where none is sent
	// Earlier is the letter that this one reminds of, corrects or follows.
	Earlier *EarlierLetter
	// Corrections are what Earlier said and is no longer so.
	Corrections []Correction
	Progress    []Progress // of a weekly letter: one a case
	Since       time.Time  // where a weekly letter's week begins
	NextReport  time.Time  // when the next one follows; zero where unknown
	Attached    []string   // names of the machine-readable files that go with it
}

// Again is what a letter inside that is issued anew says of the one before.
type Again struct {
	Since     time.Time // when that was issued
	Exploited bool      // attacks have been confirmed since
	Rerated   bool      // the severity is rated otherwise now
	Rating    string    // and how it was rated then; empty where it was not
	CVEs      []string  // that have come in
	Moves     []Move
	News      []SourceView // statements that are new or revised
}

// Any says whether something changed.
func (a Again) Any() bool {
	return a.Exploited || a.Rerated || len(a.CVEs)+len(a.Moves)+len(a.News) > 0
}

// EarlierLetter is a letter that went before.
type EarlierLetter struct {
	Subject string
	Date    time.Time
	Pending time.Time // when its reader answered that they don't know yet; zero where not
}

// Correction is one item that was said to be safe.
type Correction struct {
	Item ItemView
	Said string // cases.ItemState
}

// Progress is what one case came to in a week, for one reader.
type Progress struct {
	Case  CaseView
	Items []ItemView
	Moves []Move       // items whose state changed
	News  []SourceView // statements that are new or revised
	Did   Deeds
	Since time.Time // of the report that it is compared with
}

// Deeds are what we did about a case in a week, beside what shows in the state of
// our items.
type Deeds struct {
	Asked    int  // suppliers that were asked
	Answered int  // suppliers that answered
	Examined int  // systems that were searched for traces of an attack
	Warned   bool // our own people were told what to do
}

// Any says whether something was done.
func (d Deeds) Any() bool { return d.Warned || d.Asked+d.Answered+d.Examined > 0 }

// Move is an item whose state changed in a week.
type Move struct {
	Item     ItemView
	From, To string // cases.ItemState; From is empty where the item is new to the case
}

// Tally counts items by where they stand.
type Tally struct {
	Total, Affected, Mitigated, Fixed, NotAffected, Unknown int
}

// Safe counts the items that need nothing more for now.
func (t Tally) Safe() int { return t.Fixed + t.NotAffected }

// Open counts the items that are not known to be safe.
func (t Tally) Open() int { return t.Affected + t.Mitigated + t.Unknown }

func tally(items []ItemView) Tally {
	t := Tally{Total: len(items)}
	for _, it := range items {
		switch cases.ItemState(it.State) {
		case cases.ItemAffected:
			t.Affected++
		case cases.ItemMitigated:
			t.Mitigated++
		case cases.ItemFixed:
			t.Fixed++
		case cases.ItemNotAffected:
			t.NotAffected++
		default:
			t.Unknown++
		}
	}
	return t
}

// Sender is who writes, from the configuration.
type Sender struct {
	Company    string `yaml:"company" json:"company"`
	Department string `yaml:"department" json:"department"`
	Name       string `yaml:"name" json:"name"`
	Phone      string `yaml:"phone" json:"phone"`
	Email      string `yaml:"email" json:"email"`
	Hours      string `yaml:"hours" json:"hours"` // when the telephone is answered
}

// Recipient is who is written to; all is empty for a letter to everyone.
type Recipient struct {
	Company   string
	Title     string // 部署・役職
	Person    string
	Honorific string // 様, 御中; chosen where empty
}

// RenderLetter writes a letter of a kind (awareness, supplier-request, or any
// other that the templates define) in ja or en. Its Text and HTML are complete
// and are sent as they are.
func (t *Templates) RenderLetter(kind, lang string, d LetterData) (Letter, error) {
	name := letterPrefix + kind
	if t.byLang[known(lang)].Lookup(name+"/body") == nil {
		return Letter{}, fmt.Errorf("notify: no letter is called %q in %s; there are %s", kind, known(lang), strings.Join(t.Letters(lang), ", "))
	}
	doc, err := t.doc(lang, name+"/subject", name+"/body", d)
	if err != nil {
		return Letter{}, err
	}
	return Letter{
		Kind: kind, Subject: doc.Subject, Markdown: doc.Markdown,
		Text: doc.Text(), HTML: doc.HTML(),
	}, nil
}

// progressOf gives the letter's data with the case and items of one progress.
func progressOf(d LetterData, p Progress) LetterData {
	d.Case, d.Items = p.Case, p.Items
	return d
}

// Rewrite gives a letter new words: Markdown, from which its text and HTML are
// made again.
func (t *Templates) Rewrite(l Letter, lang, subject, md string) Letter {
	doc := Doc{Subject: oneLine(subject), Markdown: strings.TrimSpace(md), Lang: known(lang)}
	l.Subject, l.Markdown, l.Text, l.HTML = doc.Subject, doc.Markdown, doc.Text(), doc.HTML()
	return l
}

// Letters lists the kinds of letter that a language has templates for.
func (t *Templates) Letters(lang string) []string {
	var out []string
	for _, name := range names(t.byLang[known(lang)]) {
		kind, isBody := strings.CutSuffix(name, "/body")
		if kind, ok := strings.CutPrefix(kind, letterPrefix); ok && isBody {
			out = append(out, kind)
		}
	}
	slices.Sort(out)
	return out
}

// Text writes the document as the plain part of a mail.
func (d Doc) Text() string { return markup.TextIn(d.Lang, d.Body()) }

// HTML writes the document as a whole page for a mail: one column, readable on
// a phone and on dark, nothing loaded from anywhere.
func (d Doc) HTML() string { return markup.Page(d.Subject, d.Lang, d.Body()) }
