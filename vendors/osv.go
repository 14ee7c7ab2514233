package vendors

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"slices"
	"strings"

	"hansho/advisory"
	"hansho/feeds"
)

// osvEntry is what hansho reads of an OSV entry (schema 1.x).
type osvEntry struct {
	ID         string        `json:"id"`
	Modified   string        `json:"modified"`
	Published  string        `json:"published"`
	Withdrawn  string        `json:"withdrawn"`
	Aliases    []string      `json:"aliases"`
	Upstream   []string      `json:"upstream"`
	Related    []string      `json:"related"`
	Summary    string        `json:"summary"`
	Details    string        `json:"details"`
	Severity   []osvSeverity `json:"severity"`
	Affected   []osvAffected `json:"affected"`
	References []struct {
		Type string `json:"type"`
		URL  string `json:"url"`
	} `json:"references"`
	Specific struct {
		Severity string `json:"severity"` // GitHub's word
	} `json:"database_specific"`
}

type osvSeverity struct {
	Type  string `json:"type"`
	Score string `json:"score"` // a vector
}

type osvAffected struct {
	Package struct {
		Ecosystem string `json:"ecosystem"`
		Name      string `json:"name"`
		PURL      string `json:"purl"`
	} `json:"package"`
	Severity []osvSeverity `json:"severity"`
	Ranges   []osvRange    `json:"ranges"`
	Versions []string      `json:"versions"`
}

type osvRange struct {
	Type     string     `json:"type"`
	Repo     string     `json:"repo"`
	Events   []osvEvent `json:"events"`
	Specific struct {
		Versions []osvEvent `json:"versions"` // of a range of commits, where they were made of versions
	} `json:"database_specific"`
}

type osvEvent struct {
	Introduced   string `json:"introduced"`
	Fixed        string `json:"fixed"`
	LastAffected string `json:"last_affected"`
	Limit        string `json:"limit"`
}

// ParseOSV reads OSV entries: one, a list, the answer of the API ("vulns"), or a
// zip of entries such as an ecosystem's all.zip. An entry that can't be read is
// an error beside the others. Ids are osv:GHSA-….
func ParseOSV(r io.Reader, doc feeds.Meta) ([]advisory.Advisory, []error) {
	body, err := readAll(r, maxArchiveBytes)
	if err != nil {
		return refuse("osv", err)
	}
	var c collected
	err = eachJSON(body, func(name string, content []byte) error {
		c.entries(name, content)
		return nil
	})
	if err != nil {
		err = fmt.Errorf("osv: %w", err)
	}
	return c.under(doc.Entry).result(err)
}

// entries reads one file of OSV.
func (c *collected) entries(file string, content []byte) {
	content = bytes.TrimSpace(bytes.TrimPrefix(content, utf8BOM))
	list, single, err := osvList(content)
	if err != nil {
		_ = c.add(advisory.Advisory{}, inFile(err, "osv", cmp.Or(file, "document"), -1))
		return
	}
	for i, raw := range list {
		a, err := readOSV(raw)
		if single {
			i = -1
		}
		_ = c.add(a, inFile(err, "osv", cmp.Or(file, "document"), i))
	}
}

// osvList takes a document apart into entries.
func osvList(content []byte) (list []json.RawMessage, single bool, err error) {
	if len(content) > 0 && content[0] == '[' {
		err := json.Unmarshal(content, &list)
		return list, false, err
	}
	var answer struct {
		Vulns []json.RawMessage `json:"vulns"`
	}
	if err := json.Unmarshal(content, &answer); err != nil {
		return nil, true, err
	}
	if answer.Vulns != nil {
		return answer.Vulns, false, nil
	}
	return []json.RawMessage{content}, true, nil
}

// readOSV reads an entry. With an error beside an advisory, a part of it had another
// type than it should.
func readOSV(raw []byte) (advisory.Advisory, error) {
	var e osvEntry
	odd, err := decode(raw, &e)
	if err != nil {
		return advisory.Advisory{}, err
	}
	if e.ID == "" || e.Modified == "" {
		return advisory.Advisory{}, cmp.Or(odd, errors.New("not an OSV entry: no id or no modified date"))
	}
	return e.advisory(), odd
}

func (e *osvEntry) advisory() advisory.Advisory {
	a := advisory.Advisory{
		ID: "osv:" + e.ID, Source: "osv", Kind: advisory.KindVulnerability, Lang: "en",
		Title: e.Summary, Summary: cmp.Or(e.Details, e.Summary),
		CVEs:      advisory.FindCVEs(append(append([]string{e.ID}, e.Aliases...), e.Upstream...)...),
		Products:  []advisory.ProductStatus{},
		Refs:      e.refs(),
		Links:     e.links(),
		Trust:     advisory.TrustDatabase,
		Withdrawn: e.Withdrawn != "",
	}
	a.Title = cmp.Or(a.Title, titleFrom(a.Summary), e.ID)
	scores := osvMetrics(e.Severity)
	for _, p := range e.Affected {
		scores = append(scores, osvMetrics(p.Severity)...)
		a.Products = append(a.Products, p.products()...)
	}
	a.Severity = severity(scores)
	if len(scores) == 0 {
		a.Severity = a.Severity.WithRating(e.Specific.Severity)
	}
	// Unreadable dates stay unset: no advisory is lost for them.
	a.Published, _ = parseTime(e.Published)
	a.Updated, _ = parseTime(e.Modified)
	return a
}

// refs are the names under which others know the matter.
func (e *osvEntry) refs() []string {
	refs := slices.Concat([]string{e.ID}, e.Aliases, e.Upstream)
	return slices.DeleteFunc(unique(refs), func(s string) bool { return len(advisory.FindCVEs(s)) > 0 })
}

// links are the entry's page, then advisories, then the rest.
func (e *osvEntry) links() []string {
	first, rest := []string{"https://osv.dev/vulnerability/" + e.ID}, []string{}
	for _, r := range e.References {
		if r.Type == "ADVISORY" {
			first = append(first, r.URL)
		} else {
			rest = append(rest, r.URL)
		}
	}
	links := webLinks(append(first, rest...))
	return links[:min(len(links), maxLinks)]
}

func osvMetrics(list []osvSeverity) []metric {
	var out []metric
	for _, s := range list {
		if strings.HasPrefix(s.Type, "CVSS_") {
			out = append(out, metric{vector: s.Score})
		}
	}
	return out
}

// osvEcosystems maps OSV's names of ecosystems, without what follows a colon, to
// package URL types.
var osvEcosystems = map[string]string{
	"Go": "golang", "npm": "npm", "PyPI": "pypi", "RubyGems": "gem", "crates.io": "cargo", "Packagist": "composer",
	"Maven": "maven", "NuGet": "nuget", "Hex": "hex", "Pub": "pub", "CRAN": "cran", "Hackage": "hackage",
	"SwiftURL": "swift", "Debian": "deb/debian", "Ubuntu": "deb/ubuntu", "Alpine": "apk/alpine", "Rocky Linux": "rpm/rocky-linux",
	"AlmaLinux": "rpm/almalinux", "SUSE": "rpm/suse", "openSUSE": "rpm/opensuse", "Red Hat": "rpm/redhat", "Wolfi": "apk/wolfi",
	"Chainguard": "apk/chainguard", "GitHub Actions": "githubactions", "Bitnami": "bitnami", "Mageia": "rpm/mageia", "openEuler": "rpm/openeuler",
}

// products gives the claim of one package. Its listed versions count where no
// range can be read.
func (p *osvAffected) products() []advisory.ProductStatus {
	ecosystem, release, _ := strings.Cut(p.Package.Ecosystem, ":")
	kind := osvEcosystems[ecosystem]
	claim := advisory.ProductStatus{
		Product: p.Package.Name, PURL: p.Package.PURL, Status: advisory.StatusAffected, Note: p.Package.Ecosystem,
	}
	if claim.PURL == "" && kind != "" && claim.Product != "" {
		claim.PURL = purlOf(kind, claim.Product)
	}
	if claim.Product == "" && claim.PURL == "" {
		claim.Product, claim.PURL = p.repository()
	}
	if release == "" && kind != "" && !strings.Contains(kind, "/") {
		claim.Note = ""
	}
	scheme := cmp.Or(versSchemes[strings.SplitN(kind, "/", 2)[0]], "generic")
	spans := p.spans()
	if len(spans) == 0 {
		for _, v := range p.Versions {
			spans = append(spans, span{exact: v})
		}
	}
	claim.Fixed = firstFixed(spans)
	switch {
	case claim.Product == "" && claim.PURL == "", len(spans) == 0 && p.Package.Name+p.Package.PURL == "":
		return nil // commits only: they say nothing of what a company runs
	case len(spans) == 0:
		return []advisory.ProductStatus{claim}
	}
	return withVersions(claim, scheme, stretches{spans: spans})
}

// repository names a product of no ecosystem by where its source is.
func (p *osvAffected) repository() (product, purl string) {
	for _, r := range p.Ranges {
		u, err := url.Parse(r.Repo)
		if err != nil || u.Host == "" {
			continue
		}
		at := strings.TrimSuffix(strings.Trim(u.Path, "/"), ".git")
		if u.Host == "github.com" && strings.Count(at, "/") == 1 {
			purl = "pkg:github/" + strings.ToLower(at)
		}
		return path.Base(at), purl
	}
	return "", ""
}

// spans reads the events of all ranges that speak of versions.
func (p *osvAffected) spans() []span {
	var out []span
	for _, r := range p.Ranges {
		events := r.Events
		if r.Type == "GIT" {
			events = r.Specific.Versions
		}
		out = append(out, spansOf(events)...)
	}
	return out
}

// spansOf reads events: each introduced opens a span, fixed, last_affected or
// limit closes it. They may stand in any order; where there is one beginning it
// comes first.
func spansOf(events []osvEvent) []span {
	begins := func(e osvEvent) bool { return e.Introduced != "" }
	if i := slices.IndexFunc(events, begins); i > 0 && !slices.ContainsFunc(events[i+1:], begins) {
		events = slices.Concat(events[i:i+1], events[:i], events[i+1:])
	}
	var out []span
	var open *span
	for _, e := range events {
		switch {
		case begins(e):
			if open != nil {
				out = append(out, *open)
			}
			open = &span{}
			if e.Introduced != "0" {
				open.from = e.Introduced
			}
		case open != nil && e.Fixed+e.LastAffected+e.Limit != "" && e.Limit != "*":
			open.to, open.toInclusive = cmp.Or(e.Fixed, e.LastAffected, e.Limit), e.Fixed == "" && e.LastAffected != ""
			out, open = append(out, *open), nil
		}
	}
	if open != nil {
		out = append(out, *open)
	}
	return out
}
