package advisory

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// Change is one field of an advisory that differs from what was known, in the
// words of the two states as published: a summary, a workaround and a note may
// have several lines. For lists (cves, links, products, history) Before is
// what is gone and After what is new.
type Change struct {
	Field  string `json:"field"`  // title, summary, cves, severity, exploited, status, versions, fixed, workaround, note, products, links, due, ransomware, withdrawn, history
	About  string `json:"about"`  // the product, for a claim's field
	Before string `json:"before"` // empty where it was not there
	After  string `json:"after"`  // empty where it is gone
	// Status is that of a claim that came or is gone, for products.
	Status Status `json:"status,omitempty"`
}

// Digest names the content of an advisory: two states have the same digest
// exactly where Diff finds no change between them. Dates, order, repeats, white
// space, the width of letters and tracking parameters are no content.
func Digest(a Advisory) string {
	b, err := json.Marshal(contentOf(a))
	if err != nil {
		panic(fmt.Sprintf("advisory: digest of %s: %v", a.ID, err)) // strings, lists and finite numbers only
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Diff gives what changed between two states of one advisory, compared as
// Digest does, with product claims paired by what they are about, so that a new
// fixed version reads as one change and not as a claim gone and another come.
func Diff(before, after Advisory) []Change {
	b, a := contentOf(before), contentOf(after)
	var d differ
	d.prose("title", "", b.Title, a.Title, before.Title, after.Title)
	d.prose("summary", "", b.Summary, a.Summary, before.Summary, after.Summary)
	d.list("cves", b.CVEs, a.CVEs)
	d.field("severity", "", b.Severity, a.Severity)
	d.field("exploited", "", b.Exploited, a.Exploited)
	d.claims(b.Claims, a.Claims)
	d.field("versions", "", b.Configs, a.Configs)
	d.list("links", b.Links, a.Links)
	d.field("due", "", b.Due, a.Due)
	d.field("ransomware", "", b.Ransomware, a.Ransomware)
	d.field("withdrawn", "", b.Withdrawn, a.Withdrawn)
	d.field("history", "", strings.Join(without(b.History, a.History), " / "), strings.Join(without(a.History, b.History), " / "))
	return d.changes
}

// content is what of an advisory counts as said, in comparable form.
type content struct {
	Title, Summary, Severity, Configs, Due string
	Exploited, Ransomware, Withdrawn       string // "" or "true"
	CVEs, Links, History                   []string
	Claims                                 []claim
}

// tokyo is where the days of a history are told apart: most readers' day.
var tokyo = time.FixedZone("JST", 9*60*60)

// claim is a product claim in comparable form, with the words to show.
type claim struct {
	Vendor, Product, CPE, PURL, CVE                  string
	Versions, Status, Fixed, Workaround, Note, Links string

	about, workaround, note string // as published
}

func contentOf(a Advisory) content {
	Normalize(&a)
	c := content{
		Title: plain(a.Title), Summary: plain(a.Summary), Due: plain(a.Due),
		Severity: severityWords(a.Severity), Configs: configWords(a.Configs),
		Exploited: flag(a.Exploited), Ransomware: flag(a.Ransomware), Withdrawn: flag(a.Withdrawn),
		CVEs: a.CVEs,
	}
	for _, l := range a.Links {
		c.Links = append(c.Links, plainLink(l))
	}
	slices.Sort(c.Links)
	c.Links = slices.Compact(c.Links)
	for _, r := range a.History {
		text := plain(r.Text)
		if text != "" && !r.Date.IsZero() {
			text = r.Date.In(tokyo).Format(time.DateOnly) + " " + text
		}
		if text != "" {
			c.History = append(c.History, text)
		}
	}
	slices.Sort(c.History)
	c.History = slices.Compact(c.History)
	for _, p := range a.Products {
		c.Claims = append(c.Claims, claimOf(p))
	}
	slices.SortFunc(c.Claims, func(x, y claim) int {
		return cmp.Or(strings.Compare(x.full(), y.full()), strings.Compare(x.about, y.about))
	})
	c.Claims = slices.CompactFunc(c.Claims, func(x, y claim) bool { return x.full() == y.full() })
	return c
}

// ClaimName names what a claim is about, as Change.About does.
func ClaimName(p ProductStatus) string {
	about := strings.TrimSpace(p.Vendor + " " + p.Product)
	if p.Vendor != "" && strings.HasPrefix(strings.ToLower(p.Product), strings.ToLower(p.Vendor)) {
		about = p.Product
	}
	return cmp.Or(about, p.PURL, p.CPE)
}

func claimOf(p ProductStatus) claim {
	vendor, product := strings.ToLower(plain(p.Vendor)), strings.ToLower(plain(p.Product))
	if vendor != "" { // "Cisco" "Cisco MDS" is "Cisco" "MDS"
		product = strings.TrimPrefix(product, vendor+" ")
	}
	return claim{
		CVE:    p.CVE,
		Vendor: vendor, Product: product,
		CPE: strings.ToLower(p.CPE), PURL: p.PURL,
		Versions: plain(p.Versions), Status: string(p.Status), Fixed: plain(p.Fixed),
		Workaround: plain(p.Workaround), Note: plain(p.Note), Links: plainLink(p.Link),
		about: ClaimName(p), workaround: p.Workaround, note: p.Note,
	}
}

func (c claim) name() string       { return key(c.Vendor, c.Product) }
func (c claim) nameAndCVE() string { return key(c.name(), c.CVE) }

func (c claim) identity() string { return key(c.name(), c.CPE, c.PURL, c.CVE) }
func (c claim) versioned() string {
	return key(c.identity(), c.Versions)
}

func (c claim) full() string {
	return key(c.versioned(), c.Status, c.Fixed, c.Workaround, c.Note, c.Links)
}

// words show a whole claim, for one that came or went.
func (c claim) words() string {
	parts := []string{c.about, c.CVE, c.Versions, c.Status}
	if c.Fixed != "" {
		parts = append(parts, "→ "+c.Fixed)
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

// ids show by which identifiers a claim names its product.
func (c claim) ids() string {
	return strings.Join(slices.DeleteFunc([]string{c.CPE, c.PURL, c.CVE}, func(s string) bool { return s == "" }), " ")
}

func key(parts ...string) string { return strings.Join(parts, "\x00") }

type differ struct{ changes []Change }

func (d *differ) field(field, about, before, after string) {
	if before != after {
		d.changes = append(d.changes, Change{Field: field, About: about, Before: before, After: after})
	}
}

// prose compares a text in comparable form and shows it as it was published: its
// lines and its punctuation are what its readers know it by.
func (d *differ) prose(field, about, before, after, was, is string) {
	if before != after {
		d.field(field, about, strings.TrimSpace(was), strings.TrimSpace(is))
	}
}

func (d *differ) list(field string, before, after []string) {
	d.field(field, "", strings.Join(without(before, after), ", "), strings.Join(without(after, before), ", "))
}

// claims pairs the claims of two states by ever looser keys, each key only
// where it names one claim on both sides, and compares the pairs.
func (d *differ) claims(before, after []claim) {
	type pair struct{ b, a claim }
	var pairs []pair
	for _, by := range []func(claim) string{claim.full, claim.versioned, claim.identity, claim.nameAndCVE} {
		afterBy := uniqueBy(after, by)
		beforeBy := uniqueBy(before, by)
		for k, b := range beforeBy {
			if a, ok := afterBy[k]; ok {
				pairs = append(pairs, pair{b, a})
			}
		}
		paired := func(c claim) bool {
			_, inBefore := beforeBy[by(c)]
			_, inAfter := afterBy[by(c)]
			return inBefore && inAfter
		}
		before = slices.DeleteFunc(slices.Clone(before), paired)
		after = slices.DeleteFunc(slices.Clone(after), paired)
	}
	slices.SortFunc(pairs, func(x, y pair) int { return strings.Compare(x.a.full(), y.a.full()) })
	for _, p := range pairs {
		d.claim(p.b, p.a)
	}
	for _, c := range before {
		d.changes = append(d.changes, Change{Field: "products", About: c.about, Before: c.words(), Status: Status(c.Status)})
	}
	for _, c := range after {
		d.changes = append(d.changes, Change{Field: "products", About: c.about, After: c.words(), Status: Status(c.Status)})
	}
}

func (d *differ) claim(b, a claim) {
	d.field("status", a.about, b.Status, a.Status)
	d.field("versions", a.about, b.Versions, a.Versions)
	d.field("fixed", a.about, b.Fixed, a.Fixed)
	d.prose("workaround", a.about, b.Workaround, a.Workaround, b.workaround, a.workaround)
	d.prose("note", a.about, b.Note, a.Note, b.note, a.note)
	d.field("links", a.about, b.Links, a.Links)
	if b.identity() != a.identity() {
		d.field("products", a.about, b.ids(), a.ids())
	}
}

// uniqueBy indexes the claims whose key no other claim of the list has.
func uniqueBy(claims []claim, by func(claim) string) map[string]claim {
	count := make(map[string]int, len(claims))
	for _, c := range claims {
		count[by(c)]++
	}
	out := make(map[string]claim, len(claims))
	for _, c := range claims {
		if k := by(c); count[k] == 1 {
			out[k] = c
		}
	}
	return out
}

// without gives the elements of all that are not in less.
func without(all, less []string) []string {
	var out []string
	for _, s := range all {
		if !slices.Contains(less, s) {
			out = append(out, s)
		}
	}
	return out
}

func flag(b bool) string {
	if b {
		return "true"
	}
	return ""
}

// severityWords write a severity in one line: "critical 9.8 CVSS:3.1/…".
func severityWords(s Severity) string {
	parts := []string{s.Rating}
	if s.Score > 0 {
		parts = append(parts, fmt.Sprintf("%.1f", s.Score))
	}
	parts = append(parts, slices.Sorted(slices.Values(s.Vectors))...)
	return strings.TrimSpace(strings.Join(parts, " "))
}

// configWords write applicability statements in one comparable line.
func configWords(configs []Config) string {
	if len(configs) == 0 {
		return ""
	}
	parts := make([]string, 0, len(configs))
	for _, c := range configs {
		parts = append(parts, configLine(c))
	}
	slices.Sort(parts)
	return strings.Join(slices.Compact(parts), "; ")
}

func configLine(c Config) string {
	parts := make([]string, 0, len(c.Matches)+len(c.Children))
	for _, m := range c.Matches {
		parts = append(parts, matchWords(m))
	}
	for _, child := range c.Children {
		parts = append(parts, "("+configLine(child)+")")
	}
	slices.Sort(parts)
	line := strings.Join(slices.Compact(parts), " "+cmp.Or(strings.ToUpper(c.Operator), "OR")+" ")
	if c.Negate {
		return "NOT (" + line + ")"
	}
	return line
}

func matchWords(m CPEMatch) string {
	w := m.CPE
	for _, bound := range []struct{ sign, version string }{
		{">=", m.StartIncluding}, {">", m.StartExcluding}, {"<=", m.EndIncluding}, {"<", m.EndExcluding},
	} {
		if bound.version != "" {
			w += " " + bound.sign + bound.version
		}
	}
	if !m.Vulnerable {
		w += " [platform]"
	}
	return w
}

// plain folds what is no content in a text: width, line breaks, runs of spaces.
func plain(s string) string {
	return oneLine(norm.NFC.String(foldWidth(s)))
}

// plainLink folds what is no content in a link: scheme and a closing slash.
func plainLink(l string) string {
	if rest, ok := strings.CutPrefix(l, "http://"); ok {
		l = "https://" + rest
	}
	return strings.TrimSuffix(l, "/")
}
