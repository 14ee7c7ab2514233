package feeds

import (
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"hansho/advisory"
)

// ParseJPCERT reads JPCERT/CC's feed (alerts at…, Weekly Report entries wr… and
// what else it carries), or one alert page as HTML. Entry ids may be jpcert or
// jpcert-weekly: each gives every item of the document under its own name.
func ParseJPCERT(r io.Reader, doc Meta) ([]advisory.Advisory, []error) {
	source := sourceID(doc, "jpcert")
	text, err := readText(r, doc)
	if err != nil {
		return nil, []error{fmt.Errorf("feeds: %s: %w", source, err)}
	}
	if shapeOf(headOf(text)) == ShapeHTML {
		a, err := parseJPCERTPage(text, doc)
		if err != nil {
			return nil, []error{fmt.Errorf("feeds: %s: %w", source, err)}
		}
		return []advisory.Advisory{a}, nil
	}
	items, errs := readFeed(text)
	return countMarks(advisoriesOf(items, errs, source, func(i feedItem) (advisory.Advisory, error) {
		return jpcertItem(i, doc)
	}))
}

func jpcertItem(i feedItem, doc Meta) (advisory.Advisory, error) {
	link := firstOf(i.About, i.Link)
	id := jpcertID(i.ext("dc", "identifier"), link)
	if id == "" {
		return advisory.Advisory{}, errNoID
	}
	title, updated := advisory.CutUpdateMark(titleLine(i.Title))
	a := advisory.Advisory{
		ID: sourceID(doc, "jpcert") + ":" + id, Source: sourceID(doc, "jpcert"),
		Kind: jpcertKind(id), Lang: "ja", Trust: trustOr(doc, advisory.TrustCoordinator),
		Title: firstOf(title, "JPCERT/CC "+id), Summary: jpcertSummary(i), Links: []string{link}, Refs: []string{id},
	}
	if a.Kind == advisory.KindRoundup {
		a.Refs = nil // it refers to many matters and is none of them
	}
	a.CVEs = advisory.FindCVEs(a.Title, a.Summary)
	a.Exploited = a.Kind == advisory.KindAlert && attackTitle.MatchString(a.Title)
	a.Published, a.Updated = markedDates(i, updated)
	a.History = markedHistory(a, updated)
	return a, nil
}

// jpcertID names an item: its identifier, with the fragment of the link where
// several items share one (the entries of a Weekly Report).
func jpcertID(identifier, link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return identifier
	}
	id := firstOf(identifier, lastSegment(u.Path))
	if id != "" && u.Fragment != "" {
		id += "#" + u.Fragment
	}
	return id
}

// lastSegment gives the last telling part of a path, without its extension.
func lastSegment(path string) string {
	parts := strings.Split(path, "/")
	for n := len(parts) - 1; n >= 0; n-- {
		s := parts[n]
		if dot := strings.LastIndexByte(s, '.'); dot > 0 {
			switch s[dot:] {
			case ".html", ".htm", ".php", ".xml", ".asp", ".aspx", ".txt", ".pdf":
				s = s[:dot]
			}
		}
		if s != "" && s != "index" {
			return s
		}
	}
	return ""
}

func jpcertKind(id string) advisory.Kind {
	if strings.HasPrefix(id, "wr") {
		return advisory.KindRoundup
	}
	return advisory.KindAlert
}

// jpcertSummary is the item's text without the link to the rest.
func jpcertSummary(i feedItem) string {
	text := firstOf(plainText(i.Description), plainText(i.Content))
	return strings.TrimSpace(strings.TrimSuffix(text, "続きを読む"))
}

// markedDates gives an item's dates. The feed of an updated item gives the date
// of the update alone: that it was published before is all that is known, and
// Published is put just before it until another document says when.
func markedDates(i feedItem, updated bool) (time.Time, time.Time) {
	pub, upd := i.dates(tokyo)
	if updated && !pub.Before(upd) && !upd.IsZero() {
		pub = upd.Add(-time.Second)
	}
	return pub, upd
}

// markedHistory is what the mark on a title says of its revisions: often it is
// all that shows that a page was revised.
func markedHistory(a advisory.Advisory, updated bool) []advisory.Revision {
	if updated {
		return []advisory.Revision{{Date: a.Updated, Text: "更新"}}
	}
	return []advisory.Revision{{Date: a.Published, Text: "公開"}}
}

// countMarks takes the dates off such histories and counts the updates instead:
// a feed that is dated anew says nothing new, one more update does.
func countMarks(all []advisory.Advisory, errs []error) ([]advisory.Advisory, []error) {
	for _, a := range all {
		updates := 0
		for i, r := range a.History {
			if r.Text == "更新" {
				if updates++; updates > 1 {
					r.Text = fmt.Sprint(r.Text, " ", updates)
				}
			}
			a.History[i] = advisory.Revision{Text: r.Text}
		}
	}
	return all, errs
}

// firstOf gives the first of texts that is not empty, trimmed.
func firstOf(texts ...string) string {
	for _, s := range texts {
		if s = strings.TrimSpace(s); s != "" {
			return s
		}
	}
	return ""
}

func trustOr(doc Meta, t advisory.Trust) advisory.Trust {
	if doc.Entry.Trust != 0 {
		return doc.Entry.Trust
	}
	return t
}
