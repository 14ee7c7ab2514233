package feeds

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"hansho/advisory"
)

// myJVN is the union of the MyJVN API's JSON answers: the feed form of lists,
// the CSAF form and the STIX form of details, and the detail as converted from
// XML. A document has the fields of one of them.
type myJVN struct {
	Feed *struct {
		Entries []myJVNEntry `json:"entry"`
		Status  *myJVNState  `json:"status:Status"`
	} `json:"feed"`
	Status *myJVNState `json:"status"`

	jvnCSAF
	Objects []struct {
		Documents []jvnCSAF `json:"VULDEF-Document"`
	} `json:"objects"`

	VulinfoID string          `json:"vulinfoid"`
	Vulinfo   json.RawMessage `json:"vulinfodata"`
}

type myJVNState struct {
	Code    json.RawMessage `json:"retCd"`
	ErrCode string          `json:"errCd"`
	Message string          `json:"errMsg"`
}

func (s *myJVNState) err() error {
	if s == nil || len(s.Code) == 0 || strings.Trim(string(s.Code), `"`) == "0" || string(s.Code) == "null" || string(s.Code) == `""` {
		return nil
	}
	return apiError(s.ErrCode, s.Message)
}

func parseJVNDBJSON(text string, doc Meta, source string) ([]advisory.Advisory, []error) {
	fail := func(err error) ([]advisory.Advisory, []error) {
		return nil, []error{fmt.Errorf("feeds: %s: %w", source, err)}
	}
	var d myJVN
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return fail(&UnreadableError{Reason: ReasonBroken, Err: err})
	}
	if err := d.Status.err(); err != nil {
		return fail(err)
	}
	var c collector
	switch {
	case d.Feed != nil:
		if err := d.Feed.Status.err(); err != nil {
			return fail(err)
		}
		for _, e := range d.Feed.Entries {
			c.add(e.advisory(doc, source))
		}
	case d.Document != nil:
		c.add(d.advisory(doc, source))
	case d.VulinfoID != "":
		c.add(parseConverted(d.VulinfoID, d.Vulinfo, doc, source))
	case d.Objects != nil:
		for _, o := range d.Objects {
			for _, v := range o.Documents {
				c.add(v.advisory(doc, source))
			}
		}
	default:
		return fail(&UnreadableError{Reason: ReasonFormat, Detail: "JSON without advisories"})
	}
	for n, err := range c.errs {
		c.errs[n] = fmt.Errorf("feeds: %s: %w", source, err)
	}
	return c.out, c.errs
}

// collector gathers the advisories of a document and the errors of entries.
type collector struct {
	out  []advisory.Advisory
	errs []error
	n    int
}

func (c *collector) add(a advisory.Advisory, err error) {
	if err != nil {
		c.errs = append(c.errs, itemError(c.n, "", err))
	} else {
		advisory.Normalize(&a)
		c.out = append(c.out, a)
	}
	c.n++
}

// myJVNEntry is an entry of getVulnOverviewList, of the feeds, or of
// getAlertList (whose products are in its items).
type myJVNEntry struct {
	Title      string         `json:"title"`
	ID         string         `json:"id"`
	Summary    string         `json:"summary"`
	Link       string         `json:"link"`
	Modified   string         `json:"modified"`
	Created    string         `json:"created"`
	Published  string         `json:"published"`
	Updated    string         `json:"updated"`
	References []jvnReference `json:"references"`
	Products   []jvnProduct   `json:"products"`
	Metrics    []jvnMetric    `json:"metrics"`
	Items      []myJVNEntry   `json:"items"`
	SecItems   []struct {
		Item struct {
			Title string `json:"sec:title"`
			Link  string `json:"sec:link"`
			CPE   []struct {
				Value string `json:"value"`
			} `json:"sec:cpe"`
		} `json:"sec:item"`
	} `json:"sec:items"`
}

type jvnReference struct {
	Summary string `json:"summary"`
	URL     string `json:"url"`
	Source  string `json:"source"`
}

type jvnProduct struct {
	Vendor  string `json:"vname"`
	Product string `json:"pname"`
	Version string `json:"version"`
	IDs     struct {
		CPE  string     `json:"cpe"`
		Refs []jvnIDRef `json:"id_refs"`
	} `json:"product_ids"`
}

type jvnIDRef struct {
	Type  string `json:"nameType"`
	Value string `json:"value"`
}

// jvnMetric holds CVSS blocks by version (cvss_v2, cvss_v3, cvss_v4).
type jvnMetric struct {
	Content map[string]json.RawMessage `json:"content"`
}

func (e myJVNEntry) advisory(doc Meta, source string) (advisory.Advisory, error) {
	id := jvndbID.FindString(e.ID)
	alert := id == ""
	if alert {
		if id = strings.TrimSpace(e.ID); id == "" {
			return advisory.Advisory{}, errNoID
		}
	}
	a := newJVNDB(id, titleLine(e.Title), e.Summary, doc, source)
	if alert {
		a.Kind = advisory.KindAlert
	}
	a.Links = append(a.Links, e.Link)
	for _, r := range e.References {
		addReference(&a, r.Source, r.Summary, r.URL)
	}
	addEntryProducts(&a, e)
	addMetrics(&a, e.Metrics)
	a.Published, _ = parseDate(firstOf(e.Created, e.Published), tokyo)
	a.Updated, _ = parseDate(firstOf(e.Modified, e.Updated, e.Created), tokyo)
	finishJVNDB(&a)
	return a, nil
}

func addEntryProducts(a *advisory.Advisory, e myJVNEntry) {
	for _, p := range e.Products {
		addJVNProduct(a, p.claim())
	}
	for _, item := range e.Items {
		a.Links = append(a.Links, item.Link)
		a.Summary = strings.TrimSpace(a.Summary + "\n" + item.Title)
		for _, p := range item.Products {
			c := p.claim()
			c.Status, c.Link = advisory.StatusUnknown, item.Link
			a.Products = append(a.Products, c)
		}
	}
	for _, s := range e.SecItems {
		a.Links = append(a.Links, s.Item.Link)
		a.Summary = strings.TrimSpace(a.Summary + "\n" + s.Item.Title)
		for _, c := range s.Item.CPE {
			a.Products = append(a.Products, cpeClaim(c.Value, s.Item.Link))
		}
	}
}

func (p jvnProduct) claim() advisory.ProductStatus {
	c := advisory.ProductStatus{Vendor: p.Vendor, Product: p.Product, Versions: p.Version, CPE: p.IDs.CPE}
	c.PURL = purlOf(p.IDs.Refs)
	return c
}

func purlOf(refs []jvnIDRef) string {
	for _, r := range refs {
		if r.Type == "purl" && strings.HasPrefix(r.Value, "pkg:") {
			return r.Value
		}
	}
	return ""
}

func addMetrics(a *advisory.Advisory, metrics []jvnMetric) {
	for _, m := range metrics {
		names := make([]string, 0, len(m.Content))
		for name := range m.Content {
			if strings.HasPrefix(name, "cvss") {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		for _, name := range names {
			var v struct {
				Version string  `json:"version"`
				Vector  string  `json:"vectorString"`
				Score   float64 `json:"baseScore"`
			}
			if json.Unmarshal(m.Content[name], &v) == nil && v.Version != "" {
				addCVSS(a, v.Version, fmt.Sprint(v.Score), v.Vector)
			}
		}
	}
}

// jvnCSAF is getVulnDetailInfo's JSON: CSAF's layout with JVN's extension,
// which holds the affected versions as JVN states them.
type jvnCSAF struct {
	Document *struct {
		Title string `json:"title"`
		Notes []struct {
			Category string `json:"category"`
			Text     string `json:"text"`
		} `json:"notes"`
		Tracking struct {
			ID      string `json:"id"`
			Current string `json:"current_release_date"`
			Initial string `json:"initial_release_date"`
			History []struct {
				Date    string `json:"date"`
				Summary string `json:"summary"`
			} `json:"revision_history"`
		} `json:"tracking"`
		References []jvnReference `json:"references"`
	} `json:"document"`
	Tree struct {
		Branches []jvnBranch `json:"branches"`
	} `json:"product_tree"`
	Vulnerabilities []struct {
		CVE     string      `json:"cve"`
		Metrics []jvnMetric `json:"metrics"`
		Remedy  []struct {
			Category string `json:"category"`
			Details  string `json:"details"`
		} `json:"remediations"`
	} `json:"vulnerabilities"`
	Extension struct {
		Affected []struct {
			Vendor   string `json:"vendor"`
			Product  string `json:"product"`
			Versions []struct {
				Version     string `json:"version"`
				Status      string `json:"status"`
				LessThan    string `json:"lessThan"`
				AtMost      string `json:"lessThanOrEqual"`
				Description string `json:"description"`
			} `json:"versions"`
		} `json:"affected"`
	} `json:"jvn_extension"`
}

type jvnBranch struct {
	Category string      `json:"category"`
	Name     string      `json:"name"`
	Branches []jvnBranch `json:"branches"`
	Product  struct {
		Helper struct {
			CPE   string   `json:"cpe"`
			PURLs []string `json:"purls"`
		} `json:"product_identification_helper"`
	} `json:"product"`
}

func (d jvnCSAF) advisory(doc Meta, source string) (advisory.Advisory, error) {
	if d.Document == nil {
		return advisory.Advisory{}, &UnreadableError{Reason: ReasonFormat, Detail: "no document"}
	}
	t := d.Document.Tracking
	id := jvndbID.FindString(t.ID)
	if id == "" {
		return advisory.Advisory{}, errNoID
	}
	overview := ""
	for _, n := range d.Document.Notes {
		if n.Category == "description" || n.Category == "summary" {
			overview = firstOf(overview, n.Text)
		}
	}
	a := newJVNDB(id, titleLine(d.Document.Title), overview, doc, source)
	a.Links = append(a.Links, jvndbPage(id))
	for _, r := range d.Document.References {
		addReference(&a, "", r.Summary, unescape(r.URL))
	}
	d.addVulnerabilities(&a)
	for _, b := range d.Tree.Branches {
		d.addBranch(&a, b, "", "", 0)
	}
	for _, h := range t.History {
		if at, ok := parseDate(h.Date, tokyo); ok {
			a.History = append(a.History, advisory.Revision{Date: at.UTC(), Text: historyText(h.Summary)})
		}
	}
	a.Published, _ = parseDate(t.Initial, tokyo)
	a.Updated, _ = parseDate(firstOf(t.Current, t.Initial), tokyo)
	finishJVNDB(&a)
	return a, nil
}

func (d jvnCSAF) addVulnerabilities(a *advisory.Advisory) {
	for _, v := range d.Vulnerabilities {
		a.CVEs = append(a.CVEs, advisory.FindCVEs(v.CVE)...)
		addMetrics(a, v.Metrics)
	}
}

// addBranch walks the product tree: vendor, product name, product version.
func (d jvnCSAF) addBranch(a *advisory.Advisory, b jvnBranch, vendor, product string, depth int) {
	if depth > 16 {
		return
	}
	version := ""
	switch b.Category {
	case "vendor":
		vendor = b.Name
	case "product_name", "product_family":
		product = b.Name
	default:
		version = b.Name
	}
	if h := b.Product.Helper; h.CPE != "" || (product != "" && len(b.Branches) == 0) {
		p := advisory.ProductStatus{Vendor: vendor, Product: product, CPE: h.CPE, Workaround: d.workaround()}
		if len(h.PURLs) > 0 {
			p.PURL = h.PURLs[0]
		}
		for _, v := range versionsOr(append([]string{version}, d.versions(vendor, product, version)...)) {
			p.Versions = v
			addJVNProduct(a, p)
		}
	}
	for _, child := range b.Branches {
		d.addBranch(a, child, vendor, product, depth+1)
	}
}

// versions gives the versions that JVN's extension states for a product which
// the tree gives no version of.
func (d jvnCSAF) versions(vendor, product, version string) []string {
	if version != "" {
		return nil
	}
	var out []string
	for _, x := range d.Extension.Affected {
		if x.Vendor != vendor || x.Product != product {
			continue
		}
		for _, v := range x.Versions {
			switch {
			case v.Description != "":
				out = append(out, oneLine(unescape(v.Description)))
			case v.LessThan != "":
				out = append(out, strings.TrimSpace(v.Version+" < "+v.LessThan))
			case v.AtMost != "":
				out = append(out, strings.TrimSpace(v.Version+" <= "+v.AtMost))
			default:
				out = append(out, v.Version)
			}
		}
	}
	return out
}

func (d jvnCSAF) workaround() string {
	for _, v := range d.Vulnerabilities {
		for _, r := range v.Remedy {
			if w := workaroundOf(r.Details); w != "" {
				return w
			}
			if r.Category == "workaround" || r.Category == "mitigation" {
				return cutRunes(plainText(r.Details), maxWorkaround)
			}
		}
	}
	return ""
}
