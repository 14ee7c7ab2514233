package feeds

import (
	"encoding/xml"
	"fmt"
	"strings"

	"hansho/advisory"
)

// vulinfo is one entry of a VULDEF document, JVN iPedia's detailed form
// (VULDEF 3.2).
type vulinfo struct {
	ID   string      `xml:"VulinfoID"`
	Data vulinfoData `xml:"VulinfoData"`
}

type vulinfoData struct {
	Title    string         `xml:"Title"`
	Overview string         `xml:"VulinfoDescription>Overview"`
	Affected []affectedItem `xml:"Affected>AffectedItem"`
	CVSS     []vulinfoCVSS  `xml:"Impact>Cvss"`
	Solution []string       `xml:"Solution>SolutionItem>Description"`
	Related  []relatedItem  `xml:"Related>RelatedItem"`
	History  []historyItem  `xml:"History>HistoryItem"`
	First    string         `xml:"DateFirstPublished"`
	Last     string         `xml:"DateLastUpdated"`
	Public   string         `xml:"DatePublic"`
}

type affectedItem struct {
	Name     string   `xml:"Name"`
	Product  string   `xml:"ProductName"`
	CPE      string   `xml:"Cpe"`
	Versions []string `xml:"VersionNumber"`
}

type vulinfoCVSS struct {
	Version string `xml:"version,attr"`
	Base    string `xml:"Base"`
	Vector  string `xml:"Vector"`
}

type relatedItem struct {
	Type string `xml:"type,attr"`
	Name string `xml:"Name"`
	ID   string `xml:"VulinfoID"`
	URL  string `xml:"URL"`
}

type historyItem struct {
	Date string `xml:"DateTime"`
	Text string `xml:"Description"`
}

func parseVULDEF(cut cutDocument, doc Meta, source string) ([]advisory.Advisory, []error) {
	var (
		out  []advisory.Advisory
		errs []error
	)
	for n, item := range cut.Items {
		if item.Err != nil {
			errs = append(errs, fmt.Errorf("feeds: %s: %w", source, itemError(n, "", item.Err)))
		}
		if item.to == 0 {
			continue
		}
		a, err := parseVulinfo(cut.XML(item), doc, source)
		if err != nil {
			errs = append(errs, fmt.Errorf("feeds: %s: %w", source, itemError(n, "", err)))
			continue
		}
		out = append(out, a)
	}
	if err := cut.wellFormed(); err != nil {
		errs = append(errs, fmt.Errorf("feeds: %s: %w", source, err))
	}
	return out, errs
}

func parseVulinfo(text string, doc Meta, source string) (advisory.Advisory, error) {
	var wrap struct {
		Info vulinfo `xml:"Vulinfo"`
	}
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict = false
	if err := d.Decode(&wrap); err != nil {
		return advisory.Advisory{}, &UnreadableError{Reason: ReasonBroken, Err: err}
	}
	return wrap.Info.advisory(doc, source)
}

func (v vulinfo) advisory(doc Meta, source string) (advisory.Advisory, error) {
	id := jvndbID.FindString(v.ID)
	if id == "" {
		return advisory.Advisory{}, errNoID
	}
	d := v.Data
	a := newJVNDB(id, titleLine(d.Title), d.Overview, doc, source)
	a.Links = append(a.Links, jvndbPage(id))
	for _, r := range d.Related {
		if r.Type == "cwe" {
			continue
		}
		name := ""
		if strings.Contains(r.Name, "(CVE)") || strings.Contains(r.Name, "(NVD)") {
			name = "CVE"
		}
		addReference(&a, name, r.ID, r.URL)
	}
	workaround := workaroundOf(strings.Join(d.Solution, "\n"))
	for _, item := range d.Affected {
		p := advisory.ProductStatus{Vendor: item.Name, Product: item.Product, CPE: strings.TrimSpace(item.CPE), Workaround: workaround}
		for _, v := range versionsOr(item.Versions) {
			p.Versions = oneLine(unescape(v))
			addJVNProduct(&a, p)
		}
	}
	for _, c := range d.CVSS {
		addCVSS(&a, c.Version, c.Base, c.Vector)
	}
	for _, h := range d.History {
		if t, ok := parseDate(h.Date, tokyo); ok {
			a.History = append(a.History, advisory.Revision{Date: t.UTC(), Text: historyText(h.Text)})
		}
	}
	a.Published, _ = parseDate(firstOf(d.First, d.Public), tokyo)
	a.Updated, _ = parseDate(firstOf(d.Last, d.First, d.Public), tokyo)
	finishJVNDB(&a)
	advisory.Normalize(&a)
	return a, nil
}

// jvndbPage is the page of an entry for people.
func jvndbPage(id string) string {
	return "https://jvndb.jvn.jp/ja/contents/" + id[len("JVNDB-"):len("JVNDB-2006")] + "/" + id + ".html"
}

// versionsOr gives the versions that say something, or one empty one, so that
// the product is named in any case.
func versionsOr(versions []string) []string {
	var out []string
	for _, v := range versions {
		if strings.TrimSpace(v) != "" {
			out = append(out, v)
		}
	}
	if len(out) == 0 {
		return []string{""}
	}
	return out
}

// historyText joins the lines of a history entry, whose line breaks are a
// backslash and an n.
func historyText(s string) string {
	return oneLine(strings.ReplaceAll(unescape(s), `\n`, " "))
}

// workaroundOf gives the part of a solution that stands under the heading of
// workarounds.
func workaroundOf(solution string) string {
	solution = plainText(solution)
	for _, head := range []string{"[ワークアラウンドを実施する]", "[回避策を適用する]", "[軽減策を実施する]", "[緩和策を適用する]"} {
		if i := strings.Index(solution, head); i >= 0 {
			rest := solution[i+len(head):]
			if end := strings.Index(rest, "\n["); end >= 0 {
				rest = rest[:end]
			}
			return cutRunes(strings.TrimSpace(rest), maxWorkaround)
		}
	}
	return ""
}

// maxWorkaround bounds a workaround in runes: it is kept with every product.
const maxWorkaround = 1000
