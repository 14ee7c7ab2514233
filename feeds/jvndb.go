package feeds

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	ext "github.com/mmcdole/gofeed/extensions"

	"hansho/advisory"
)

var (
	jvndbID = regexp.MustCompile(`JVNDB-\d{4}-\d{6,}`)
	// jvndbMark is how JVN iPedia translates the marks of a CVE description.
	jvndbMark = regexp.MustCompile(`^\s*\*\*\s*(削除|未確定|サポート外|REJECT|DISPUTED|UNSUPPORTED[^*]*)\s*\*\*`)
)

// ParseJVNDB reads what JVN iPedia publishes about vulnerabilities: its feeds
// (new, yearly), its detailed feeds, and the answers of the MyJVN API
// (getVulnOverviewList, getVulnDetailInfo, getAlertList) as XML or JSON.
func ParseJVNDB(r io.Reader, doc Meta) ([]advisory.Advisory, []error) {
	source := sourceID(doc, "jvndb")
	text, err := readText(r, doc)
	if err != nil {
		return nil, []error{fmt.Errorf("feeds: %s: %w", source, err)}
	}
	shape, err := Classify(text, ShapeXML, ShapeJSON)
	if err != nil {
		return nil, []error{fmt.Errorf("feeds: %s: %w", source, err)}
	}
	if shape == ShapeJSON {
		return parseJVNDBJSON(text, doc, source)
	}
	return parseJVNDBXML(text, doc, source)
}

func parseJVNDBXML(text string, doc Meta, source string) ([]advisory.Advisory, []error) {
	cut, err := cutXML(text, "item", "entry", "Vulinfo")
	if err != nil {
		return nil, []error{fmt.Errorf("feeds: %s: %w", source, err)}
	}
	if err := myJVNStatus(text); err != nil {
		return nil, []error{fmt.Errorf("feeds: %s: %w", source, err)}
	}
	switch cut.Root {
	case "VULDEF-Document":
		return parseVULDEF(cut, doc, source)
	case "RDF", "feed":
		items, errs := readItems(cut)
		return advisoriesOf(items, errs, source, func(i feedItem) (advisory.Advisory, error) {
			if cut.Root == "feed" {
				return jvndbAlert(i, doc, source)
			}
			return jvndbItem(i, doc, source)
		})
	}
	return nil, []error{fmt.Errorf("feeds: %s: %w", source,
		&UnreadableError{Reason: ReasonFormat, Detail: fmt.Sprintf("root element <%.40s> holds no advisories", cut.Root)})}
}

// myJVNStatus fails where an answer of the API says that the request failed.
func myJVNStatus(text string) error {
	tail := text[max(0, len(text)-8<<10):]
	for i := strings.Index(tail, "Status"); i >= 0; {
		start := strings.LastIndexByte(tail[:i], '<')
		if t, ok := readTag(tail, max(start, 0)); ok && t.local == "Status" && !t.end {
			el := tail[t.from:t.to]
			if code := attribute(el, "retCd"); code != "" && code != "0" {
				return apiError(attribute(el, "errCd"), attribute(el, "errMsg"))
			}
			return nil
		}
		next := strings.Index(tail[i+1:], "Status")
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return nil
}

func apiError(code, message string) error {
	return &UnreadableError{Reason: ReasonAPI, Detail: cutRunes(oneLine(code+" "+message), 200)}
}

func jvndbItem(i feedItem, doc Meta, source string) (advisory.Advisory, error) {
	link := firstOf(i.About, i.Link)
	id := jvndbID.FindString(firstOf(i.ext("sec", "identifier"), i.ext("dc", "identifier"), link))
	if id == "" {
		return advisory.Advisory{}, errNoID
	}
	a := newJVNDB(id, titleLine(i.Title), i.Description, doc, source)
	a.Links = append(a.Links, link)
	addJVNRSS(&a, i)
	a.Published, a.Updated = i.dates(tokyo)
	finishJVNDB(&a)
	return a, nil
}

// newJVNDB starts an advisory with what every form states.
// addJVNRSS adds what an item says in the elements of JVNRSS: names elsewhere,
// products, scores.
func addJVNRSS(a *advisory.Advisory, i feedItem) {
	for _, ref := range i.exts("sec", "references") {
		addReference(a, ref.Attrs["source"], ref.Attrs["id"], ref.Value)
	}
	for _, c := range i.exts("sec", "cpe") {
		addJVNProduct(a, advisory.ProductStatus{Vendor: c.Attrs["vendor"], Product: c.Attrs["product"], CPE: strings.TrimSpace(c.Value)})
	}
	for _, c := range i.exts("sec", "cvss") {
		if t := c.Attrs["type"]; t == "" || strings.EqualFold(t, "base") {
			addCVSS(a, c.Attrs["version"], c.Attrs["score"], c.Attrs["vector"])
		}
	}
}

func newJVNDB(id, title, overview string, doc Meta, source string) advisory.Advisory {
	a := advisory.Advisory{
		ID: source + ":" + id, Source: source, Kind: advisory.KindVulnerability, Lang: "ja",
		Trust: trustOr(doc, advisory.TrustDatabase), Title: firstOf(title, id), Summary: plainText(overview),
		Refs: []string{id},
	}
	if m := jvndbMark.FindStringSubmatch(a.Summary); m != nil {
		a.Withdrawn = m[1] == "削除" || m[1] == "REJECT"
	}
	return a
}

// finishJVNDB finds the CVE ids in the text where no reference states them. The
// text of a withdrawn entry names the one to use instead.
func finishJVNDB(a *advisory.Advisory) {
	if len(a.CVEs) == 0 && !a.Withdrawn {
		a.CVEs = advisory.FindCVEs(a.Title, a.Summary)
	}
}

// addReference sorts one reference: CVE ids, JVN numbers, links worth a click.
func addReference(a *advisory.Advisory, source, id, link string) {
	link = strings.TrimSpace(link)
	switch {
	case source == "CVE", source == "NVD", strings.HasPrefix(id, "CVE-"):
		a.CVEs = append(a.CVEs, advisory.FindCVEs(id)...)
	case strings.HasPrefix(id, "CWE-"):
	default:
		if ref := jvnRef.FindString(id); ref != "" {
			a.Refs = append(a.Refs, ref)
		}
		if strings.HasPrefix(link, "http") {
			a.Links = append(a.Links, link)
		}
	}
}

// addJVNProduct adds a claim, but not JVN's placeholder for "several products".
func addJVNProduct(a *advisory.Advisory, p advisory.ProductStatus) {
	name := strings.Trim(strings.TrimSpace(p.Product), "（）()")
	if strings.Contains(p.CPE, ":misc:multiple_") || name == "複数の製品" || (name == "" && p.CPE == "") {
		return
	}
	p.Status = advisory.StatusAffected
	a.Products = append(a.Products, p)
}

func addCVSS(a *advisory.Advisory, version, score, vector string) {
	a.Severity = advisory.MaxSeverity(a.Severity, advisory.SeverityFromVectors(vector))
	if n, err := strconv.ParseFloat(score, 64); err == nil && vector == "" {
		a.Severity = a.Severity.WithScore(version, n)
	}
}

// jvndbAlert reads an entry of getAlertList: an alert of IPA's 注意警戒サービス
// with the products that it is about.
func jvndbAlert(i feedItem, doc Meta, source string) (advisory.Advisory, error) {
	id := firstOf(i.GUID, i.Link)
	if id == "" {
		return advisory.Advisory{}, errNoID
	}
	a := newJVNDB(id, oneLine(i.Title), i.Description, doc, source)
	a.Kind = advisory.KindAlert
	a.Links = append(a.Links, i.Link)
	for _, list := range i.exts("sec", "items") {
		for _, item := range list.Children["item"] {
			addAlertItem(&a, item)
		}
	}
	a.Published, a.Updated = i.dates(tokyo)
	a.CVEs = advisory.FindCVEs(a.Title, a.Summary)
	return a, nil
}

func addAlertItem(a *advisory.Advisory, item ext.Extension) {
	child := func(name string) ext.Extension {
		if c := item.Children[name]; len(c) > 0 {
			return c[0]
		}
		return ext.Extension{}
	}
	link := child("link").Attrs["href"]
	a.Links = append(a.Links, link)
	a.Summary = strings.TrimSpace(a.Summary + "\n" + firstOf(child("title").Value, child("summary").Value))
	for _, c := range item.Children["cpe"] {
		a.Products = append(a.Products, cpeClaim(c.Value, link))
	}
}

// cpeClaim names a product of which only the CPE is given.
func cpeClaim(cpe, link string) advisory.ProductStatus {
	cpe = strings.TrimSpace(cpe)
	p := advisory.ProductStatus{CPE: cpe, Link: link, Status: advisory.StatusUnknown}
	parts := strings.Split(strings.TrimPrefix(strings.TrimPrefix(cpe, "cpe:2.3:"), "cpe:/"), ":")
	if len(parts) >= 3 {
		p.Vendor, p.Product = parts[1], strings.ReplaceAll(parts[2], "_", " ")
	}
	return p
}
