package vendors

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"hansho/advisory"
	"hansho/feeds"
)

// maxCSAFBytes is four times the size that the standard asks consumers to take
// (CSAF 2.0, appendix C.2).
const maxCSAFBytes = 60 << 20

// Flaw is what is wrong with a document that could still be read: a schema
// violation or a failed mandatory test of its standard.
type Flaw struct {
	Document string // its id
	Test     string // the standard's number of the test ("6.1.6"), or "schema"
	Text     string
}

func (f *Flaw) Error() string { return fmt.Sprintf("%s: %s: %s", f.Document, f.Test, f.Text) }

// ParseCSAF reads one CSAF document (2.0; 2.1 without a schema check) into one
// advisory. What can't be trusted is refused: text that is not JSON, more than
// one value, a document without version, title or id, another form than CSAF's.
// Everything else that the standard forbids is told beside the advisory, as a
// *Flaw each: makers do publish such documents, and their readers are better
// off with them.
func ParseCSAF(r io.Reader, doc feeds.Meta) ([]advisory.Advisory, []error) {
	name := cmp.Or(doc.Entry.ID, "csaf")
	body, err := readAll(r, maxCSAFBytes)
	if err != nil {
		return refuse(name, err)
	}
	d, odd, err := decodeCSAF(body)
	if err != nil {
		return refuse(name, fmt.Errorf("%s: %w", cmp.Or(doc.URL, "document"), err))
	}
	tree, flaws := newProducts(&d.ProductTree)
	tree.maker, tree.publisher = d.maker(), strings.TrimSpace(d.Document.Publisher.Name)
	a := d.advisory(name, tree, doc)
	errs := d.flawed(slices.Concat(odd, csafSchema(&d, body), flaws, d.check(tree), d.checkFileName(doc.URL)))
	fileUnder(&a, doc.Entry)
	return []advisory.Advisory{a}, errs
}

// readAll reads at most limit bytes and refuses more.
func readAll(r io.Reader, limit int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(body)) > limit {
		return nil, fmt.Errorf("larger than %d MiB", limit>>20)
	}
	return body, nil
}

// utf8BOM may stand before a document; JSON forbids it and editors write it.
var utf8BOM = []byte("\xef\xbb\xbf")

// decodeCSAF reads a document, and tells what of it has another type than it should.
func decodeCSAF(body []byte) (csafDocument, []Flaw, error) {
	var in struct {
		csafDocument
		Vulnerabilities []json.RawMessage `json:"vulnerabilities"`
	}
	odd, err := decode(bytes.TrimPrefix(body, utf8BOM), &in)
	if err != nil {
		return csafDocument{}, nil, err
	}
	flaws := oddity(nil, odd)
	d := in.csafDocument
	d.Vulnerabilities, flaws = decodeVulnerabilities(in.Vulnerabilities, 0, flaws)
	head := &d.Document
	switch {
	case head.Version == "":
		return d, nil, errors.New("no csaf_version: not a CSAF document")
	case !strings.HasPrefix(head.Version, "2."):
		return d, nil, fmt.Errorf("CSAF version %.10q is not known", head.Version)
	case strings.TrimSpace(head.Tracking.ID) == "":
		return d, nil, errors.New("no tracking id")
	case strings.TrimSpace(head.Title) == "":
		return d, nil, errors.New("no title")
	}
	return d, flaws, nil
}

// maxNesting is how deep a list of vulnerabilities may hold lists of them, as
// Fortinet's have done.
const maxNesting = 2

func decodeVulnerabilities(raw []json.RawMessage, depth int, flaws []Flaw) ([]csafVulnerability, []Flaw) {
	var list []csafVulnerability
	for _, body := range raw {
		var inner []json.RawMessage
		if depth < maxNesting && json.Unmarshal(body, &inner) == nil {
			var found []csafVulnerability
			flaws = append(flaws, Flaw{Test: "schema", Text: "a list of vulnerabilities within the list"})
			found, flaws = decodeVulnerabilities(inner, depth+1, flaws)
			list = append(list, found...)
			continue
		}
		var v csafVulnerability
		odd, err := decode(body, &v)
		flaws = oddity(flaws, cmp.Or(err, odd))
		list = append(list, v)
	}
	return list, flaws[:min(len(flaws), maxFlaws)]
}

// oddity adds what decode found.
func oddity(flaws []Flaw, odd error) []Flaw {
	if odd == nil {
		return flaws
	}
	return append(flaws, Flaw{Test: "schema", Text: odd.Error()})
}

func (d *csafDocument) flawed(flaws []Flaw) []error {
	var errs []error
	for _, f := range flaws {
		f.Document = d.Document.Tracking.ID
		errs = append(errs, &f)
	}
	return errs
}

func (d *csafDocument) advisory(source string, tree *products, doc feeds.Meta) advisory.Advisory {
	head := &d.Document
	a := advisory.Advisory{
		ID:        source + ":" + strings.TrimSpace(head.Tracking.ID),
		Source:    source,
		Kind:      advisory.KindAdvisory,
		Lang:      cmp.Or(head.Lang, doc.Entry.Lang, "en"),
		Title:     head.Title,
		Summary:   d.summary(),
		CVEs:      d.cves(),
		Severity:  d.severity(),
		Exploited: d.exploited(),
		Products:  claimsOf(d, tree),
		Links:     d.links(doc.URL),
		Refs:      d.refs(),
		History:   d.history(),
		TLP:       tlp(head.Distribution.TLP.Label),
		Trust:     d.trust(),
		Withdrawn: head.Category == "csaf_withdrawn" || head.Category == "csaf_superseded",
	}
	// Unreadable dates are the schema check's to tell.
	a.Published, _ = parseTime(head.Tracking.InitialReleaseDate)
	a.Updated, _ = parseTime(head.Tracking.CurrentReleaseDate)
	return a
}

// tlp gives a label of TLP 1 or 2 in the words of 2.
func tlp(label string) string {
	label = strings.ToUpper(strings.TrimPrefix(strings.TrimSpace(label), "TLP:"))
	if label == "WHITE" {
		return "CLEAR"
	}
	return label
}

// trust ranks the document by who publishes it.
func (d *csafDocument) trust() advisory.Trust {
	switch d.Document.Publisher.Category {
	case "vendor":
		return advisory.TrustMaker
	case "coordinator", "multiplier":
		return advisory.TrustCoordinator
	}
	return advisory.TrustDatabase
}

// maxSummary bounds a summary made of many vulnerabilities' notes, in runes.
const maxSummary = 8000

// summary is the first of the document's notes that describes it, and what the
// vulnerabilities say.
func (d *csafDocument) summary() string {
	head := d.Document.Notes
	texts := []string{cmp.Or(noteText(head, "summary"), noteText(head, "description"))}
	for _, v := range d.Vulnerabilities {
		texts = append(texts, cmp.Or(noteText(v.Notes, "summary"), noteText(v.Notes, "description")))
	}
	if len(unique(texts)) == 0 {
		texts = d.lesserNotes()
	}
	return cutRunes(strings.Join(unique(texts), "\n\n"), maxSummary)
}

// lesserNotes are what is said where no note describes the matter: the impact of
// each vulnerability, or else a general note.
func (d *csafDocument) lesserNotes() []string {
	var texts []string
	for _, v := range d.Vulnerabilities {
		for _, t := range v.Threats {
			if t.Category == "impact" {
				texts = append(texts, strings.TrimSpace(t.Details))
			}
		}
	}
	if len(unique(texts)) > 0 {
		return texts
	}
	return []string{noteText(d.Document.Notes, "general")}
}

// teamWords are what a maker calls its security team.
var teamWords = regexp.MustCompile(`(?i)[,\s]+(?:(?:product )?security (?:incident )?(?:response )?(?:center|centre|team)|product security(?: team)?|psirt|productcert|product cert|cert|csirt|security)$`)

// maker is the publisher where it speaks of its own products, for a tree that
// names no vendor, or the publisher's security team.
func (d *csafDocument) maker() string {
	if d.Document.Publisher.Category != "vendor" {
		return ""
	}
	return teamWords.ReplaceAllString(strings.TrimSpace(d.Document.Publisher.Name), "")
}

// noteText is the first note of a category. A title that says more than the
// category does ("PAN-OS: command injection in GlobalProtect") goes before it.
func noteText(notes []csafNote, category string) string {
	for _, n := range notes {
		text := strings.TrimSpace(n.Text)
		if n.Category != category || text == "" {
			continue
		}
		if title := strings.TrimSpace(n.Title); len(strings.Fields(title)) > 3 && !strings.HasPrefix(text, title) {
			return title + "\n" + text
		}
		return text
	}
	return ""
}

func (d *csafDocument) cves() []string {
	var ids []string
	for _, v := range d.Vulnerabilities {
		ids = append(ids, v.CVE)
		for _, id := range v.IDs {
			ids = append(ids, id.Text)
		}
	}
	return advisory.FindCVEs(ids...)
}

// severity joins all scores. Where there are none, the publisher's word for the
// whole counts.
func (d *csafDocument) severity() advisory.Severity {
	var metrics []metric
	for i := range d.Vulnerabilities {
		for _, s := range d.Vulnerabilities[i].scores() {
			for _, c := range s.all() {
				metrics = append(metrics, metric{vector: c.Vector, score: c.Score})
			}
		}
	}
	if len(metrics) > 0 {
		return severity(metrics)
	}
	return advisory.Severity{}.WithRating(d.Document.AggregateSeverity.Text)
}

// maxLinks bounds the links of one advisory; documents with hundreds of
// vulnerabilities list thousands.
const maxLinks = 100

// links are the document's own page, its other references, those of the
// vulnerabilities, and where it was served if nothing names its own page.
func (d *csafDocument) links(served string) []string {
	refs := slices.Clone(d.Document.References)
	slices.SortStableFunc(refs, func(x, y csafReference) int { return selfFirst(x) - selfFirst(y) })
	if len(refs) == 0 || refs[0].Category != "self" {
		refs = append([]csafReference{{URL: served}}, refs...)
	}
	for _, v := range d.Vulnerabilities {
		refs = append(refs, v.References...)
	}
	var list []string
	for _, r := range refs {
		list = append(list, strings.TrimSpace(r.URL))
	}
	list = webLinks(list)
	return list[:min(len(list), maxLinks)]
}

// selfFirst sorts pages for people before the document's own JSON, and both
// before the rest.
func selfFirst(r csafReference) int {
	switch {
	case r.Category != "self":
		return 2
	case strings.HasSuffix(r.URL, ".json"):
		return 1
	}
	return 0
}

func (d *csafDocument) refs() []string {
	refs := append([]string{d.Document.Tracking.ID}, d.Document.Tracking.Aliases...)
	for _, v := range d.Vulnerabilities {
		for _, id := range v.IDs {
			refs = append(refs, id.Text)
		}
	}
	return slices.DeleteFunc(unique(refs), func(s string) bool { return len(advisory.FindCVEs(s)) > 0 })
}

// history is the revision history, oldest first as published dates say.
func (d *csafDocument) history() []advisory.Revision {
	var list []advisory.Revision
	for _, r := range d.Document.Tracking.RevisionHistory {
		date, err := parseTime(r.Date)
		if err == nil {
			list = append(list, advisory.Revision{Date: date, Text: r.Summary})
		}
	}
	slices.SortStableFunc(list, func(a, b advisory.Revision) int { return a.Date.Compare(b.Date) })
	return list
}
