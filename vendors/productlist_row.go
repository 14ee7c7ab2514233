package vendors

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"hansho/advisory"
	"hansho/internal/fold"
)

// listRow is what one row of a list says, as it stands there.
type listRow struct {
	line                                 int
	apart                                bool // a sign parts the name from its address
	vendor, product                      string
	version, affected, fixed, unaffected string
	hasAffected, hasFixed, hasUnaffected bool // a version list is there, be it of no versions
	statuses                             []listStatus
	notes, workaround                    string
	links                                []string
	cves                                 []string
	updated                              time.Time
}

// listStatus is one status cell; cve is empty where the column names none.
type listStatus struct {
	cve, words string
	versions   *listVersions // the row's own where nil
}

// listVersions are versions that are said for one CVE only.
type listVersions struct {
	affected, fixed, unaffected          string
	hasAffected, hasFixed, hasUnaffected bool
}

// RowError is a row of a product list that doesn't fit its columns.
type RowError struct {
	Line   int    // in the document, 1 is the first
	Row    string // its beginning
	Reason string
}

func (e *RowError) Error() string {
	return fmt.Sprintf("line %d: %s: %s", e.Line, e.Reason, e.Row)
}

// maxRowShown is how much of a row an error shows, in runes.
const maxRowShown = 80

func rowError(line int, row, format string, args ...any) error {
	return &RowError{Line: line, Row: cutRunes(strings.TrimSpace(row), maxRowShown), Reason: fmt.Sprintf(format, args...)}
}

// set puts a cell into the row by its column.
func (r *listRow) set(c column, cell cellText) {
	text := cell.text
	if c.asks {
		c.role, text = r.answer(c.role, text)
	}
	switch c.role {
	case roleVendor:
		r.vendor = text
	case roleProduct:
		r.product = text
	case roleVersion:
		r.version = text
	case roleAffected:
		if !noneOfThem[strings.ToLower(text)] {
			r.affected, r.hasAffected = joinVersions(r.affected, text), r.hasAffected || text != ""
		}
	case roleFixed:
		if fixed := knownVersions(text); fixed != "" && !noneOfThem[strings.ToLower(text)] {
			r.fixed, r.hasFixed = joinVersions(r.fixed, fixed), true
		}
	case roleUnaffected:
		if noneOfThem[strings.ToLower(text)] {
			return
		}
		if strings.EqualFold(text, "yes") {
			text, r.hasUnaffected = "", true
		}
		r.unaffected, r.hasUnaffected = joinVersions(r.unaffected, text), r.hasUnaffected || text != ""
	case roleStatus:
		r.statuses = append(r.statuses, listStatus{cve: c.cve, words: text})
	case roleCVE:
		r.cves = append(r.cves, advisory.FindCVEs(text)...)
	case roleNotes:
		r.notes = joined(r.notes, text)
	case roleWorkaround:
		r.workaround = joined(r.workaround, text)
	case roleLink:
		if len(cell.links) == 0 {
			r.notes = joined(r.notes, text)
		}
	case roleUpdated:
		r.updated = listDate(text)
	}
	if c.role != roleNone {
		r.links = append(r.links, cell.links...)
	}
}

// answered is an answer with a remark: "Yes (1.0 - 2.3)".
var answered = regexp.MustCompile(`^(?i:(yes|no|y|n|はい|いいえ|あり|有り|有|なし|無し|無))(?:\s*[,;:.、。(（–—-]\s*|\s+)(\S.*?)\s*[)）]?$`)

// answer reads a cell below a heading that asks whether there is a flaw: yes or
// no, with versions or a remark, or the versions that are hit. A "no" with
// reserves stays as it is, and isn't understood.
func (r *listRow) answer(as role, text string) (role, string) {
	if isVersions(text) {
		return roleAffected, text
	}
	m := answered.FindStringSubmatch(text)
	if m == nil {
		return as, cmp.Or(haveOrNot[text], text)
	}
	word := cmp.Or(haveOrNot[m[1]], m[1])
	yes := advisory.ParseStatus(cmp.Or(oneLetter[strings.ToLower(word)], word)) == advisory.StatusAffected
	switch {
	case yes && isVersions(m[2]):
		r.affected, r.hasAffected = joinVersions(r.affected, m[2]), true
	case yes || !reserves.MatchString(m[2]):
		r.notes = joined(r.notes, m[2])
	default:
		return as, text
	}
	return as, word
}

// haveOrNot are the answers of Japanese columns that ask whether there is a flaw.
var haveOrNot = map[string]string{
	"あり": "影響あり", "有り": "影響あり", "有": "影響あり", "なし": "影響なし", "無し": "影響なし", "無": "影響なし",
}

// joinVersions joins versions that stand in several cells or lines.
func joinVersions(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return cutRunes(a+", "+b, maxCell)
}

func isVersions(s string) bool { return hasDigit(s) && versionOnly.MatchString(strings.TrimSpace(s)) }

func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " / " + b
}

func listDate(s string) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04", time.DateOnly, "2006/01/02", "2006/1/2", "01/02/2006", "1/2/2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// allProducts are the ways in which lists say that a row is about all that a
// vendor makes, or don't say what.
var allProducts = map[string]bool{
	"": true, "all": true, "all products": true, "all product": true, "all services": true, "all software": true,
	"all products and services": true, "all products / services": true, "all versions": true, "any": true,
	"*": true, "-": true, "n/a": true, "na": true, "various": true, "multiple": true,
	"全製品": true, "すべて": true, "全て": true, "すべての製品": true, "全ての製品": true,
}

// noVersions are the ways in which lists say nothing of versions.
var noVersions = map[string]bool{
	"unknown": true, "unkown": true, "n/a": true, "na": true, "-": true, "--": true, "?": true, "tbd": true, "tba": true,
	"see notes": true, "see note": true, "see link": true, "see links": true, "see advisory": true, "see statement": true,
	"see source": true, "不明": true, "未定": true, "—": true, "–": true,
}

// noneOfThem are answers to which versions are hit, or have the fix, that name
// none.
var noneOfThem = map[string]bool{
	"none": true, "no": true, "no versions": true, "not yet": true, "not fixed": true, "no fix": true, "not available": true, "pending": true,
	"なし": true, "無し": true, "無": true, "未定": true, "未対応": true, "該当なし": true,
}

// advisories makes one advisory of the rows of one product.
func (l *listRules) advisories(rows []listRow) []advisory.Advisory {
	out := make([]advisory.Advisory, 0, len(rows))
	at := make(map[string]int, len(rows))
	for _, r := range rows {
		if r.vendor == "" {
			r.vendor = l.vendor
		}
		if allProducts[strings.ToLower(r.product)] {
			r.product = ""
		}
		slug := slugOf(r.vendor, r.product)
		if slug == "" {
			continue
		}
		i, ok := at[slug]
		if !ok {
			i = len(out)
			at[slug] = i
			out = append(out, l.advisory(slug, r))
		}
		l.add(&out[i], r)
	}
	return out
}

// slugOf names a product for good: names that fold to the same are the same, and
// so is one that says its vendor again.
func slugOf(vendor, product string) string {
	v, p := strings.ReplaceAll(fold.Name(vendor), " ", "-"), strings.ReplaceAll(fold.Name(product), " ", "-")
	if v != "" {
		p = strings.TrimPrefix(p, v+"-")
	}
	switch {
	case v == "" && p == "":
		return ""
	case v == "":
		return p
	case p == "":
		return v + "/all"
	}
	return v + "/" + p
}

func (l *listRules) advisory(slug string, r listRow) advisory.Advisory {
	e := l.doc.Entry
	a := advisory.Advisory{
		ID:     e.ID + ":" + slug,
		Source: e.ID,
		Kind:   advisory.KindList,
		Lang:   e.Lang,
		Title:  titleOf(r.vendor, r.product),
		CVEs:   []string{},
		Links:  []string{},
		Trust:  e.Trust,
	}
	if page := cmp.Or(e.Page, e.URL, l.doc.URL); page != "" {
		a.Links = append(a.Links, page)
	}
	return a
}

func titleOf(vendor, product string) string {
	if product == "" || strings.HasPrefix(strings.ToLower(product), strings.ToLower(vendor)) {
		return cmp.Or(product, vendor)
	}
	return strings.TrimSpace(vendor + " " + product)
}

// add puts a row's claims into its product's advisory.
func (l *listRules) add(a *advisory.Advisory, r listRow) {
	for _, c := range l.claims(r) {
		if !slices.Contains(a.Products, c) {
			a.Products = append(a.Products, c)
		}
		if c.CVE != "" {
			a.CVEs = append(a.CVEs, c.CVE)
		}
	}
	a.CVEs = advisory.SortCVEs(append(append(a.CVEs, l.cves...), r.cves...))
	for _, link := range r.links {
		if !slices.Contains(a.Links, link) {
			a.Links = append(a.Links, link)
		}
	}
	when := r.updated
	if when.IsZero() {
		when = l.doc.Fetched.UTC()
	}
	if a.Published.IsZero() || when.Before(a.Published) {
		a.Published = when
	}
	if when.After(a.Updated) {
		a.Updated = when
	}
}
