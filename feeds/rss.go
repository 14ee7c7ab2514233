package feeds

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"hansho/advisory"
)

// ParseRSS reads any RSS, RDF, Atom or JSON feed. Entry.Mapping says where the
// feed keeps what; without one the id is taken from the item's own id or link,
// CVE ids, CVSS and words for exploitation from its text.
func ParseRSS(r io.Reader, doc Meta) ([]advisory.Advisory, []error) {
	source := sourceID(doc, "rss")
	m, err := newMapping(doc.Entry.Mapping)
	if err != nil {
		return nil, []error{fmt.Errorf("feeds: %s: %w", source, err)}
	}
	return parseFeed(r, doc, source, func(i feedItem) (advisory.Advisory, error) {
		return rssItem(i, doc, source, m)
	})
}

func rssItem(i feedItem, doc Meta, source string, m mapping) (advisory.Advisory, error) {
	id := firstOf(m.first(keyID, i), itemID(i))
	if id == "" {
		return advisory.Advisory{}, errNoID
	}
	text := i.field("text")
	a := advisory.Advisory{
		ID: source + ":" + id, Source: source, Trust: doc.Entry.Trust,
		Kind:    cmp.Or(doc.Entry.Kind, advisory.KindAdvisory),
		Title:   firstOf(m.first(keyTitle, i), i.field("title"), id),
		Summary: firstOf(i.field("description"), i.field("content")),
		Links:   itemLinks(i), Products: mappedProducts(i, m), Severity: mappedSeverity(i, m, text),
	}
	a.Lang = cmp.Or(doc.Entry.Lang, langOf(a.Title+a.Summary))
	a.CVEs = advisory.FindCVEs(text, i.Link, i.GUID)
	if _, ok := m[keyCVEs]; ok {
		a.CVEs = advisory.FindCVEs(m.all(keyCVEs, i)...)
	}
	a.Exploited = saysExploited(text)
	if _, ok := m[keyExploited]; ok {
		a.Exploited = m.first(keyExploited, i) != ""
	}
	zone := zoneOfEntry(doc.Entry)
	a.Published, a.Updated = i.dates(zone)
	if t, ok := parseDate(m.first(keyPublished, i), zone); ok {
		a.Published = t
	}
	if t, ok := parseDate(m.first(keyUpdated, i), zone); ok {
		a.Updated = t
	}
	return a, nil
}

// itemID makes a publisher's id: the item's own where it is short, the telling
// end of its address, or a digest of its title.
func itemID(i feedItem) string {
	if g := strings.TrimSpace(i.GUID); g != "" && len(g) <= 100 && !strings.Contains(g, "://") {
		return oneLine(g)
	}
	for _, address := range []string{i.About, i.Link, i.GUID} {
		if id := addressID(address); id != "" {
			return id
		}
	}
	if title := i.field("title"); title != "" {
		sum := sha256.Sum256([]byte(title))
		return hex.EncodeToString(sum[:8])
	}
	return ""
}

// addressID is the part of an address that tells it from its neighbours.
func addressID(address string) string {
	u, err := url.Parse(advisory.CleanLink(address))
	if err != nil || u.Host == "" {
		return ""
	}
	id := lastSegment(u.Path)
	if len(id) < 6 && !strings.ContainsAny(id, "0123456789") {
		id = strings.Trim(u.Path, "/")
	}
	if u.RawQuery != "" {
		id += "?" + u.RawQuery
	}
	if u.Fragment != "" {
		id += "#" + u.Fragment
	}
	return id
}

func itemLinks(i feedItem) []string {
	out := []string{firstOf(i.Link, i.About)}
	if out[0] == "" && strings.HasPrefix(i.GUID, "http") {
		out[0] = i.GUID
	}
	return append(out, i.Links...)
}

func mappedProducts(i feedItem, m mapping) []advisory.ProductStatus {
	base := advisory.ProductStatus{
		Vendor: m.first(keyVendor, i), Versions: m.first(keyVersions, i), Fixed: m.first(keyFixed, i),
		Status: advisory.StatusAffected,
	}
	if words := m.first(keyStatus, i); words != "" {
		base.Status = advisory.ParseStatus(words)
	}
	var out []advisory.ProductStatus
	for _, name := range m.all(keyProducts, i) {
		p := base
		p.Product = name
		out = append(out, p)
	}
	return out
}

var (
	vectorInText   = regexp.MustCompile(`CVSS:[34]\.[01]/[A-Z]{1,3}:[A-Za-z](?:/[A-Z]{1,3}:[A-Za-z]+)+`)
	scoreInText    = regexp.MustCompile(`(?i)\bCVSS(?:\s*v?([234](?:\.[01])?))?\s*(?:\(?base\)?\s*)?(?:scores?|スコア|基本値)\s*(?:of|is|[:=：])?\s*(\d{1,2}(?:\.\d)?)\b`)
	severityInText = regexp.MustCompile(`(?i)(?:severity|security impact rating|深刻度)(?:\s*(?:level|rating))?\s*[:=：]\s*\**\s*([A-Za-z]+|緊急|重要|警告|注意)`)
)

func mappedSeverity(i feedItem, m mapping, text string) advisory.Severity {
	vectors := vectorInText.FindAllString(text, -1)
	if _, ok := m[keyVector]; ok {
		vectors = m.all(keyVector, i)
	}
	s := advisory.SeverityFromVectors(vectors...)
	if n, err := strconv.ParseFloat(m.first(keyScore, i), 64); err == nil {
		s = s.WithScore("3.1", n)
	} else if f := scoreInText.FindStringSubmatch(text); f != nil {
		if n, err := strconv.ParseFloat(f[2], 64); err == nil {
			s = s.WithScore(cmp.Or(f[1], "3.1"), n)
		}
	}
	if words := m.first(keySeverity, i); words != "" {
		return s.WithRating(words)
	}
	if f := severityInText.FindStringSubmatch(text); f != nil {
		s = s.WithRating(f[1])
	}
	return s
}

// langOf tells Japanese from the rest by its kana.
func langOf(text string) string {
	if strings.IndexFunc(text, func(r rune) bool { return unicode.In(r, unicode.Hiragana, unicode.Katakana) }) >= 0 {
		return "ja"
	}
	return "en"
}
