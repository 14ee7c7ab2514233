package notify

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"hansho/advisory"
	"hansho/match"
)

// Kinds are all kinds of notice, in the order of their declaration.
var Kinds = []Kind{
	KindNew, KindUpdate, KindReversal, KindSummary, KindSourceDown, KindSourceUp, KindSourceOdd, KindLetter, KindDigest, KindReminder,
}

// check runs every text with a full and with a minimal sample.
func (t *Templates) check() error {
	var errs []error
	for _, lang := range Langs {
		for _, kind := range Kinds {
			for _, n := range samples(kind, lang) {
				for _, form := range []Form{Root, Reply} {
					_, err := t.Render(n, form)
					errs = append(errs, err)
				}
			}
		}
		for _, kind := range t.Letters(lang) {
			for _, d := range letterSamples() {
				_, err := t.RenderLetter(kind, lang, d)
				errs = append(errs, err)
			}
		}
	}
	return distinct(errs)
}

// distinct joins errors, each text once: one mistake fails many samples.
func distinct(errs []error) error {
	var out []error
	seen := map[string]bool{}
	for _, err := range errs {
		if err == nil {
			continue
		}
		for line := range strings.SplitSeq(err.Error(), "\n") {
			if !seen[line] {
				seen[line] = true
				out = append(out, fmt.Errorf("%s", line))
			}
		}
	}
	return errors.Join(out...)
}

// samples are notices of a kind: everything set, and only what is always there.
func samples(kind Kind, lang string) []Notice {
	at := time.Date(2021, 12, 14, 1, 30, 0, 0, time.UTC)
	c := sampleCase(at)
	full := Notice{
		Kind: kind, Lang: lang, At: at, Urgent: true, Case: &c, News: sampleNews(c.Sources[0]),
		Cases:  []CaseView{c},
		Source: &SourceHealth{ID: "s", Publisher: "P", Page: "https://example.com/", LastSuccess: at, FailedSince: at, Error: "e"},
		Letter: &Letter{ID: "l", Kind: "awareness", Subject: "s", Text: "t", HTML: "<p>t</p>", Markdown: "t"},
		Digest: &Digest{
			Since: at, Until: at, Sources: 1, Polls: 1, OldestSuccess: at, OldestSource: "s", Items: 1,
			Uncovered: []string{"u"}, Failing: []string{"f"}, Gaps: []string{"g"}, Waiting: 1, Overdue: []string{"o"}, Bounced: []string{"b"}, Stuck: []Stuck{{To: "slack:#s", Waiting: 1, Parked: 1}},
		},
		Told: []string{"w"}, Text: "text",
	}
	minimal := Notice{
		Kind: kind, Lang: lang, At: at, Case: &CaseView{ID: "c", Name: "n"}, Source: &SourceHealth{ID: "s"}, Letter: &Letter{},
	}
	return []Notice{full, minimal}
}

func sampleCase(at time.Time) CaseView {
	c := CaseView{
		ID: "c", Name: "n", CVEs: []string{"CVE-2021-44228"}, Severity: advisory.Severity{Rating: "critical", Score: 10},
		Exploited: true, Summary: "s", Acked: "a",
		Sources: []SourceView{{Advisory: "a:1", Source: "a", Publisher: "P", Title: "t", Link: "https://example.com/", Updated: at}},
	}
	for _, v := range []match.Verdict{match.Affected, match.Possible, match.UnderInvestigation, match.Fixed, match.NotAffected} {
		c.Items = append(c.Items, ItemView{
			ID: "i", Name: "n", Product: "p 1", Owner: "o", Kind: "server", Tags: []string{"t"}, Exposure: "internet", Vendor: "v",
			Verdict: v, State: "asked", Fixed: "2", Workaround: "w", Link: "https://example.com/", Spoken: "https://example.com/", Enquiry: EnquiryDrafted,
			Evidence: []match.Evidence{{Method: "name", Item: "p", Found: "P", Where: "title", Test: "1 in <2", Result: "in", Source: "b:2"}},
		})
	}
	return c
}

func sampleNews(s SourceView) []News {
	n := News{SourceView: s, Revised: true, Statement: "https://example.com/"}
	for _, field := range []string{"title", "summary", "cves", "severity", "exploited", "status", "versions", "fixed", "workaround", "products", "links", "withdrawn"} {
		n.Changes = append(n.Changes,
			advisory.Change{Field: field, About: "p", Before: "b", After: "a"},
			advisory.Change{Field: field, After: "true"}, advisory.Change{Field: field, Before: "true"})
	}
	return []News{n, {SourceView: s}}
}

func letterSamples() []LetterData {
	at := time.Date(2021, 12, 14, 1, 30, 0, 0, time.UTC)
	c := sampleCase(at)
	return []LetterData{
		{
			Date: at, Case: c, Items: c.Items, WhatHappened: "w", ReportTo: "r", ReplyBy: at, Token: "T", FormURL: "https://example.com/a/T",
			From: Sender{Company: "c", Department: "d", Name: "n", Phone: "p", Email: "e", Hours: "h"},
			To:   Recipient{Company: "c", Title: "t", Person: "p", Honorific: "h"},
			Again: &Again{
				Since: at, Exploited: true, Rerated: true, Rating: "high", CVEs: []string{"CVE-2021-1"},
				Moves: []Move{{Item: c.Items[0], From: "unknown", To: "affected"}, {Item: c.Items[0], To: "fixed"}}, News: c.Sources,
			},
			Detail: "full", Sharing: "s", Weekday: "Friday", Attached: []string{"a"}, Earlier: &EarlierLetter{Subject: "s", Date: at, Pending: at}, Since: at, NextReport: at,
			Corrections: []Correction{{Item: c.Items[0], Said: "fixed"}},
			Progress: []Progress{
				{Case: c, Items: c.Items, News: c.Sources, Since: at, Did: Deeds{Asked: 2, Answered: 1, Examined: 1, Warned: true}, Moves: []Move{{Item: c.Items[0], From: "unknown", To: "affected"}, {Item: c.Items[0], To: "fixed"}}},
				{Case: c},
			},
		},
		{Date: at, Case: c, Items: c.Items, Detail: "summary", Weekday: "Monday"},
		{Date: at, Case: CaseView{ID: "c", Name: "n"}},
	}
}
