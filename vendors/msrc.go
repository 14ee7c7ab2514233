package vendors

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"hansho/advisory"
	"hansho/feeds"
)

// ParseMSRC reads one document of Microsoft's security update guide (CVRF API
// 3.0, XML or JSON): a month of updates. It makes a round-up of the month and
// one advisory for each product family (Windows, Microsoft Office, …) with the
// updates of its products, because those are what a company installs: ninety
// CVEs are a dozen decisions. Ids are msrc:2024-Mar and msrc:2024-Mar/windows.
func ParseMSRC(r io.Reader, doc feeds.Meta) ([]advisory.Advisory, []error) {
	name := cmp.Or(doc.Entry.ID, "msrc")
	body, err := readAll(r, maxCSAFBytes)
	if err != nil {
		return refuse(name, err)
	}
	decode := decodeCVRF
	if trimmed := bytes.TrimLeft(bytes.TrimPrefix(body, utf8BOM), " \t\r\n"); len(trimmed) > 0 && trimmed[0] == '{' {
		decode = decodeMSRC
	}
	d, err := decode(body)
	if err != nil {
		return refuse(name, fmt.Errorf("%s: %w", cmp.Or(doc.URL, "document"), err))
	}
	list := newMonth(d, name).advisories(doc.Entry)
	for i := range list {
		fileUnder(&list[i], doc.Entry)
	}
	return list, nil
}

// month is a document of the guide with its products by family.
type month struct {
	doc      *cvrfDocument
	source   string
	families []string          // in the order of the tree
	family   map[string]string // by product id
	product  map[string]string // name by product id
}

// otherFamily holds the products that the tree puts in no family.
const otherFamily = "Other"

func newMonth(d *cvrfDocument, source string) *month {
	m := &month{doc: d, source: source, family: map[string]string{}, product: map[string]string{}}
	for _, b := range d.Tree.Branches {
		m.branch(b, otherFamily, 0)
	}
	for _, n := range d.Tree.Names {
		m.name(n, otherFamily)
	}
	return m
}

func (m *month) branch(b cvrfBranch, family string, depth int) {
	if depth > maxBranchDepth {
		return
	}
	if word(b.Type) == "product_family" {
		family = b.Name
	}
	for _, n := range b.Names {
		m.name(n, family)
	}
	for _, child := range b.Branches {
		m.branch(child, family, depth+1)
	}
}

func (m *month) name(n cvrfName, family string) {
	if m.family[n.ID] != "" {
		return
	}
	m.family[n.ID], m.product[n.ID] = family, strings.TrimSpace(n.Name)
	if !slices.Contains(m.families, family) {
		m.families = append(m.families, family)
	}
}

func (m *month) advisories(e feeds.Entry) []advisory.Advisory {
	all := m.base(e)
	all.Kind = advisory.KindRoundup
	m.fill(&all, "")
	list := []advisory.Advisory{all}
	for _, family := range m.families {
		a := m.base(e)
		a.ID += "/" + slug(family)
		a.Title += ": " + family
		m.fill(&a, family)
		if a.Products = m.updates(family); len(a.CVEs) > 0 && len(a.Products) > 0 {
			list = append(list, a)
		}
	}
	return list
}

// slug is a family's name as a part of an id.
func slug(name string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return r != '.' && (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}), "-")
}

func (m *month) base(e feeds.Entry) advisory.Advisory {
	t := &m.doc.Tracking
	id := strings.TrimSpace(t.ID)
	a := advisory.Advisory{
		ID: m.source + ":" + id, Source: m.source, Kind: advisory.KindAdvisory, Lang: cmp.Or(e.Lang, "en"),
		Title:    strings.TrimSpace(m.doc.Title),
		Products: []advisory.ProductStatus{},
		Links:    []string{"https://msrc.microsoft.com/update-guide/releaseNote/" + id},
		Trust:    advisory.TrustMaker,
	}
	// Unreadable dates stay unset: no advisory is lost for them.
	a.Published, _ = parseTime(t.Initial)
	a.Updated, _ = parseTime(t.Current)
	return a
}

// fill sets what the vulnerabilities of a family say, or of all where it is
// empty.
func (m *month) fill(a *advisory.Advisory, family string) {
	var lines []string
	var severities []advisory.Severity
	for i := range m.doc.Vulnerabilities {
		v := &m.doc.Vulnerabilities[i]
		if !m.concerns(v, family) {
			continue
		}
		s, exploited := v.rated(func(id string) bool { return family == "" || m.family[id] == family })
		severities = append(severities, s)
		a.Exploited = a.Exploited || exploited
		a.CVEs = append(a.CVEs, v.CVE)
		lines = append(lines, vulnerabilityLine(v, s, exploited))
	}
	a.Severity = advisory.MaxSeverity(severities...)
	a.Severity.Vectors = nil // of dozens of matters, none is the whole's
	a.Summary = cutRunes(strings.Join(lines, "\n"), maxSummary)
}

func vulnerabilityLine(v *cvrfVulnerability, s advisory.Severity, exploited bool) string {
	line := strings.TrimSpace(v.CVE) + " " + strings.TrimSpace(v.Title)
	words := []string{s.Rating}
	if exploited {
		words = append(words, "exploited")
	}
	if words = unique(words); len(words) > 0 {
		line += " (" + strings.Join(words, ", ") + ")"
	}
	return line
}

func (m *month) concerns(v *cvrfVulnerability, family string) bool {
	if family == "" {
		return true
	}
	for _, s := range v.Status {
		for _, id := range s.Products {
			if m.family[id] == family {
				return true
			}
		}
	}
	return false
}

// rated is how bad the vulnerability is for the products asked for, and whether
// Microsoft says that it is exploited.
func (v *cvrfVulnerability) rated(of func(product string) bool) (s advisory.Severity, exploited bool) {
	var metrics []metric
	for _, score := range v.Scores {
		if len(score.Products) == 0 || slices.ContainsFunc(score.Products, of) {
			c := score.csaf()
			for _, cvss := range c.all() {
				metrics = append(metrics, metric{vector: cvss.Vector, score: cvss.Score})
			}
		}
	}
	s = severity(metrics)
	for _, t := range v.Threats {
		switch {
		case word(t.Type) == "exploit_status":
			exploited = exploited || saysExploited(t.Text)
		case word(t.Type) == "severity" && (len(t.Products) == 0 || slices.ContainsFunc(t.Products, of)):
			s = s.WithRating(t.Text)
		}
	}
	return s, exploited
}

// update is one update of one product: a build, a KB, or both.
type update struct{ product, build, kb, link string }

// updates gives one claim for each product of the family and update that ends
// its vulnerabilities. Which of the month's CVEs each ends is left out: they are
// installed together.
func (m *month) updates(family string) []advisory.ProductStatus {
	seen := map[update]bool{}
	fixed := map[string]bool{}
	affected := map[string]bool{}
	var list []update
	for i := range m.doc.Vulnerabilities {
		v := &m.doc.Vulnerabilities[i]
		for _, s := range v.Status {
			for _, id := range s.Products {
				affected[id] = affected[id] || word(s.Type) == "known_affected"
			}
		}
		for _, r := range v.Remediations {
			for _, id := range r.Products {
				u := update{id, strings.TrimSpace(r.FixedBuild), kbOf(r.Text), strings.TrimSpace(r.URL)}
				if m.family[id] != family || word(r.Type) != "vendor_fix" || seen[u] {
					continue
				}
				seen[u], fixed[id] = true, true
				list = append(list, u)
			}
		}
	}
	for id := range affected { // affected, and nothing to install yet
		if affected[id] && !fixed[id] && m.family[id] == family {
			list = append(list, update{product: id})
		}
	}
	slices.SortFunc(list, func(a, b update) int {
		return cmp.Or(cmp.Compare(m.product[a.product], m.product[b.product]), cmp.Compare(a.product, b.product), cmp.Compare(a.build, b.build), cmp.Compare(a.kb, b.kb))
	})
	out := []advisory.ProductStatus{}
	for _, u := range list[:min(len(list), maxClaims)] {
		out = append(out, m.claim(u))
	}
	return out
}

func (m *month) claim(u update) advisory.ProductStatus {
	c := advisory.ProductStatus{
		Vendor: "Microsoft", Product: m.product[u.product], Status: advisory.StatusAffected, Link: u.link,
		Fixed: cmp.Or(u.build, u.kb),
	}
	if isVersion(u.build) {
		c.Versions = versRanges("generic", []span{{to: u.build}})[0]
	}
	if u.build != "" && u.kb != "" {
		c.Fixed = u.build + " (" + u.kb + ")"
	}
	return c
}

// kbOf names the knowledge base article that a remedy's text is the number of.
func kbOf(text string) string {
	text = strings.TrimSpace(text)
	if len(text) >= 6 && len(text) <= 8 && strings.Trim(text, "0123456789") == "" {
		return "KB" + text
	}
	return text
}
