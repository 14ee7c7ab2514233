package notify

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"hansho/advisory"
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
	ReportTo     string            // where answers go: an address, a form
	ReplyBy      time.Time         // zero where no date is set
	Token        string            // finds the answer; empty where none is expected
	Changes      []advisory.Change // since the letter was last issued
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
func (d Doc) Text() string { return markup.Text(d.Body()) }

// HTML writes the document as a whole page for a mail: one column, readable on
// a phone and on dark, nothing loaded from anywhere.
func (d Doc) HTML() string { return markup.Page(d.Subject, d.Lang, d.Body()) }
