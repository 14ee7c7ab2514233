package vendors

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"hansho/advisory"
	"hansho/feeds"
)

// Candidate is a source that was found at an address, with what it says now.
type Candidate struct {
	Entry   feeds.Entry
	Found   Place               // where it was found
	Items   int                 // advisories read; 0 for a CSAF provider, whose documents are many
	Preview []advisory.Advisory // the first few
	Errors  []error             // of entries that could not be read
}

// Place is where a discovery found a source.
type Place string

// The places.
const (
	PlaceItself      Place = "the address itself"
	PlaceFeedLink    Place = "a feed link of the page"
	PlaceProvider    Place = "its CSAF provider metadata"
	PlaceCSAFHost    Place = "the host that CSAF reserves for it"
	PlaceSecurityTxt Place = "its security.txt"
)

// ErrNoSource says that nothing at an address is a source.
var ErrNoSource = errors.New("no feed, CSAF provider or product list found")

// What a discovery looks at, at most.
const (
	maxCandidates = 12
	maxPreview    = 5
)

// Discover looks for sources at an address that a person gives: a feed, a CSAF
// provider or a product list itself, or a page that leads to them by its feed
// links, by security.txt, or by what the CSAF standard puts under .well-known.
// Candidates come in the order of how much they say. It is an error where
// nothing is found.
func Discover(ctx context.Context, client Getter, address string) ([]Candidate, error) {
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	u, err := url.Parse(rawAddress(address))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("vendors: discover: %q is no web address", address)
	}
	d := discovery{client: client, tried: map[string]bool{}}
	doc, err := d.get(ctx, u.String())
	if err != nil {
		d.problems = append(d.problems, err)
	} else if c, err := candidate(doc, PlaceItself); err == nil {
		return []Candidate{c}, nil
	} else if ctx.Err() == nil {
		d.page(ctx, doc)
	}
	d.wellKnown(ctx, u)
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("vendors: discover %s: %w", feeds.Redact(address), err)
	}
	if len(d.found) == 0 {
		return nil, fmt.Errorf("vendors: discover %s: %w: %w", feeds.Redact(address), ErrNoSource, errors.Join(d.problems...))
	}
	slices.SortStableFunc(d.found, func(a, b Candidate) int { return worth(a) - worth(b) })
	d.distinctIDs()
	return d.found, nil
}

// worth orders candidates: CSAF says what RSS only announces.
func worth(c Candidate) int {
	switch {
	case c.Entry.Format == "csaf":
		return 0
	case c.Items > 0:
		return 1
	}
	return 2
}

type discovery struct {
	client   Getter
	tried    map[string]bool
	found    []Candidate
	problems []error
}

var errTried = errors.New("looked at already")

func (d *discovery) get(ctx context.Context, address string) (*feeds.Document, error) {
	if d.tried[address] || len(d.tried) > 3*maxCandidates {
		return nil, errTried
	}
	d.tried[address] = true
	return d.client.Get(ctx, feeds.Request{URL: address})
}

// try looks at an address that something led to.
func (d *discovery) try(ctx context.Context, address string, where Place) {
	if len(d.found) >= maxCandidates || ctx.Err() != nil {
		return
	}
	doc, err := d.get(ctx, address)
	if err != nil {
		return
	}
	if c, err := candidate(doc, where); err == nil {
		d.found = append(d.found, c)
	}
}

// page follows the feed links of a page.
func (d *discovery) page(ctx context.Context, doc *feeds.Document) {
	links, err := feedLinks(doc)
	if err != nil {
		d.problems = append(d.problems, err)
		return
	}
	for _, link := range links[:min(len(links), maxCandidates)] {
		d.try(ctx, link, PlaceFeedLink)
	}
}

// wellKnown looks where the CSAF standard (2.0, sections 7.1.8 to 7.1.10) and
// RFC 9116 put what a publisher offers.
func (d *discovery) wellKnown(ctx context.Context, u *url.URL) {
	root := &url.URL{Scheme: u.Scheme, Host: u.Host}
	d.try(ctx, root.JoinPath(".well-known/csaf/provider-metadata.json").String(), PlaceProvider)
	if site, err := publicsuffix.EffectiveTLDPlusOne(u.Hostname()); err == nil && net.ParseIP(u.Hostname()) == nil {
		d.try(ctx, "https://csaf.data.security."+site, PlaceCSAFHost)
	}
	for _, at := range []string{".well-known/security.txt", "security.txt"} {
		doc, err := d.get(ctx, root.JoinPath(at).String())
		if err != nil {
			continue
		}
		for _, address := range csafFields(string(doc.Body)) {
			d.try(ctx, address, PlaceSecurityTxt)
		}
		return
	}
}

// csafFields gives the addresses of the CSAF fields of a security.txt.
func csafFields(text string) []string {
	var out []string
	for line := range strings.Lines(text[:min(len(text), 64<<10)]) {
		name, value, ok := strings.Cut(line, ":")
		if ok && strings.EqualFold(strings.TrimSpace(name), "CSAF") {
			out = append(out, strings.TrimSpace(value))
		}
	}
	return out[:min(len(out), maxCandidates)]
}

// distinctIDs gives each candidate an id of its own.
func (d *discovery) distinctIDs() {
	seen := map[string]int{}
	for i := range d.found {
		e := &d.found[i].Entry
		if seen[e.ID]++; seen[e.ID] > 1 {
			e.ID = fmt.Sprintf("%s-%d", e.ID, seen[e.ID])
		}
	}
}

var (
	feedWords = regexp.MustCompile(`(?i)\b(?:product|security|advisor(?:y|ies)|bulletins?|notices?|notifications?|alerts?|updates?|vulnerabilit(?:y|ies)|information|publications?|releases?|reports?|psirt|csirt|cert|rss|atom|csaf|feeds?|news|blog|latest|recent|all|the|by|of|from|for|and)\b`)
	feedTerms = regexp.MustCompile(`セキュリティ|アドバイザリー?|脆弱性|製品|重要な|お知らせ|新着|注意喚起|サポート|対策|情報|一覧|に関する|ニュース|ブログ|フィード|更新|の$`)
	feedSigns = regexp.MustCompile(`[-–—|:：/・,()（）［］\[\]【】«»]+`)
)

// listTitle is the first heading of a list in Markdown.
var listTitle = regexp.MustCompile(`(?m)^#\s+(\S.{1,79}?)\s*#*\s*$`)

// coversOf guesses whom a source speaks of by the publisher's name: what is left
// without the words that name a feed. A person sees it before it counts.
func coversOf(s sniffed) []string {
	if s.format == productListFormat {
		return []string{everything}
	}
	name := feedSigns.ReplaceAllString(feedTerms.ReplaceAllString(feedWords.ReplaceAllString(s.publisher, " "), " "), " ")
	name = strings.ToLower(strings.Join(strings.Fields(name), " "))
	if name == "" || len([]rune(name)) > maxCovers || strings.Contains(name, ".") {
		return []string{}
	}
	return []string{name}
}

// maxCovers is the length, in runes, of what is still a name.
const maxCovers = 30

// candidate makes an entry of a document and reads it, an error where it is
// none that hansho reads.
func candidate(doc *feeds.Document, where Place) (Candidate, error) {
	at := doc.FinalURL
	if at == "" {
		at = doc.URL
	}
	text := feeds.DecodeText(doc.Body, doc.ContentType)
	s, ok := sniff(text, at)
	if !ok {
		return Candidate{}, errors.New("no source")
	}
	e := feeds.Entry{
		ID: idOf(at, s.format), Publisher: s.publisher, Format: s.format, URL: at, Page: s.page, Lang: s.lang,
		Schedule: "@every 1h", Covers: coversOf(s), Kind: s.kind, Trust: advisory.TrustMaker, Confidence: "B", Enabled: true,
	}
	if !doc.Fetched.IsZero() {
		e.Checked = doc.Fetched.UTC().Format("2006-01-02")
	}
	if s.format == productListFormat {
		e.Trust = advisory.TrustCommunity
		if m := listTitle.FindStringSubmatch(text); m != nil {
			e.Publisher = m[1]
		}
		if cves := advisory.FindCVEs(text); len(cves) == 1 {
			e.Mapping = map[string]string{"cve": cves[0]}
		}
	}
	c := Candidate{Entry: e, Found: where}
	if s.container {
		return c, nil
	}
	parse, err := ParserFor(e)
	if err != nil {
		return Candidate{}, err
	}
	all, errs := parse(bytes.NewReader(doc.Body), feeds.Meta{Entry: e, URL: at, ContentType: doc.ContentType, Fetched: doc.Fetched})
	if len(all) == 0 {
		return Candidate{}, errors.Join(append(errs, errors.New("nothing in it"))...)
	}
	c.Items, c.Preview, c.Errors = len(all), all[:min(len(all), maxPreview)], errs
	return c, nil
}
