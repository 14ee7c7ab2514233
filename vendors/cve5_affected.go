package vendors

import (
	"strings"

	packageurl "github.com/package-url/packageurl-go"

	"hansho/advisory"
)

// cveAffected is one product of a CVE record's affected list (CVE JSON 5.x,
// schema definition product); NVD's API repeats it in its affected block.
type cveAffected struct {
	Vendor        string       `json:"vendor"`
	Product       string       `json:"product"`
	CollectionURL string       `json:"collectionURL"`
	PackageName   string       `json:"packageName"`
	PackageURL    string       `json:"packageURL"`
	CPEs          []string     `json:"cpes"`
	Modules       []string     `json:"modules"`
	ProgramFiles  []string     `json:"programFiles"`
	Platforms     []string     `json:"platforms"`
	DefaultStatus string       `json:"defaultStatus"`
	Versions      []cveVersion `json:"versions"`
}

// cveVersion is one version, or the stretch from Version to a bound.
type cveVersion struct {
	Version         string    `json:"version"`
	Status          string    `json:"status"`
	VersionType     string    `json:"versionType"`
	LessThan        string    `json:"lessThan"`
	LessThanOrEqual string    `json:"lessThanOrEqual"`
	Changes         []cveTurn `json:"changes"`
}

// cveTurn is a version at which the status changes.
type cveTurn struct {
	At     string `json:"at"`
	Status string `json:"status"`
}

// cveStatuses are the words of the schema.
var cveStatuses = map[string]advisory.Status{
	"affected":   advisory.StatusAffected,
	"unaffected": advisory.StatusNotAffected,
	"unknown":    advisory.StatusUnknown,
}

// statusOrder is the order in which the claims of one product are given.
var statusOrder = []advisory.Status{
	advisory.StatusAffected, advisory.StatusNotAffected, advisory.StatusUnknown,
}

// claimProducts turns the affected lists of a record into claims: for each
// product one a status. Where the default is affected, that claim is about all
// versions and the narrower not_affected claim beside it says which are out.
func claimProducts(list []cveAffected) []advisory.ProductStatus {
	out := []advisory.ProductStatus{}
	for _, p := range list {
		out = append(out, p.products()...)
	}
	return out
}

func (p cveAffected) products() []advisory.ProductStatus {
	if !p.named() {
		return nil
	}
	base := p.base()
	ranges := p.ranges()
	var out []advisory.ProductStatus
	for _, status := range statusOrder {
		if r := ranges[status]; r != nil {
			claim := base
			claim.Status = status
			if status == advisory.StatusAffected {
				claim.Fixed = firstFixed(r.spans)
			}
			out = append(out, withVersions(claim, p.scheme(), *r)...)
		}
	}
	if len(out) == 0 {
		base.Status = advisory.StatusUnknown
		out = append(out, base)
	}
	return p.everyCPE(out)
}

// named says whether the block names anything at all: "n/a" is what the
// conversion from older records left.
func (p cveAffected) named() bool {
	return !placeholder(p.Product) || p.PackageName != "" || len(p.CPEs) > 0
}

// placeholder knows the words that stand for nothing.
func placeholder(s string) bool {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "", "n/a", "na", "-", "unknown", "unspecified", "not specified":
		return true
	}
	return false
}

// base is the claim without status and versions.
func (p cveAffected) base() advisory.ProductStatus {
	claim := advisory.ProductStatus{Vendor: p.Vendor, Product: p.Product, PURL: p.purl()}
	if placeholder(claim.Vendor) {
		claim.Vendor = ""
	}
	claim.Note = p.note()
	switch {
	case placeholder(claim.Product):
		claim.Product = p.PackageName
	case p.packaged():
		claim.Product = p.PackageName
		claim.Note = joinNotes("in "+p.Product, claim.Note)
	}
	if len(p.CPEs) > 0 && !p.packaged() {
		claim.CPE = p.CPEs[0]
	}
	return claim
}

// packaged says that the claim is about a package of a distribution, as Red Hat
// writes them: the distribution, and its CPE, are then only where it lies. Read
// as a claim about the distribution it would ring for every server.
func (p cveAffected) packaged() bool {
	return p.PackageName != "" && !placeholder(p.Product) && strings.Contains(p.CollectionURL, "redhat.com")
}

// note says to what part of the product the claim is limited.
func (p cveAffected) note() string {
	var parts []string
	for _, limit := range []struct {
		label string
		list  []string
	}{{"Platforms", p.Platforms}, {"Modules", p.Modules}, {"Files", p.ProgramFiles}} {
		if len(limit.list) > 0 {
			parts = append(parts, limit.label+": "+strings.Join(limit.list, ", "))
		}
	}
	return strings.Join(parts, "; ")
}

// everyCPE repeats the claims for further products that the block names by CPE.
func (p cveAffected) everyCPE(claims []advisory.ProductStatus) []advisory.ProductStatus {
	if len(p.CPEs) < 2 || p.packaged() {
		return claims
	}
	seen := map[string]bool{cpeProduct(p.CPEs[0]): true}
	first := len(claims)
	for _, cpe := range p.CPEs[1:] {
		if seen[cpeProduct(cpe)] {
			continue
		}
		seen[cpeProduct(cpe)] = true
		for _, claim := range claims[:first:first] {
			claim.CPE = cpe
			claims = append(claims, claim)
		}
	}
	return claims
}

// stretches are the versions of one status: what could be read, and the
// publisher's words where not.
type stretches struct {
	spans []span
	words []string
	whole bool // something was said of the product without any version
}

func (p cveAffected) ranges() map[advisory.Status]*stretches {
	out := map[advisory.Status]*stretches{}
	at := func(word string) *stretches {
		status, ok := cveStatuses[word]
		if !ok {
			status = advisory.StatusAffected // the field's meaning where a CNA left it out
		}
		if out[status] == nil {
			out[status] = &stretches{}
		}
		return out[status]
	}
	for _, v := range p.Versions {
		if v.VersionType == "git" {
			continue // commits say nothing of what a company runs
		}
		if words := v.prose(); words != "" {
			at(v.Status).words = append(at(v.Status).words, words)
			continue
		}
		v.spans(func(status string, s span) { at(status).spans = append(at(status).spans, s) })
	}
	if p.DefaultStatus == "affected" || len(p.Versions) == 0 && p.DefaultStatus == "unaffected" {
		at(p.DefaultStatus).spans = []span{{}}
	}
	return out
}

// prose is the version where it is words that no range can be made of.
func (v cveVersion) prose() string {
	if v.LessThan != "" || v.LessThanOrEqual != "" || len(v.Changes) > 0 {
		return ""
	}
	if _, ok := comparisons(v.Version); ok || isVersion(v.Version) || isOpen(v.Version) {
		return ""
	}
	return strings.TrimSpace(v.Version)
}

// spans calls give for each stretch of the entry, cut at its changes.
func (v cveVersion) spans(give func(status string, s span)) {
	s := span{}
	if !isOpen(v.Version) {
		s.from = v.Version
	}
	switch {
	case v.LessThan != "" && !isOpen(v.LessThan):
		s.end(v.LessThan, false)
	case v.LessThanOrEqual != "" && !isOpen(v.LessThanOrEqual):
		s.end(v.LessThanOrEqual, true)
	}
	if v.LessThan == "" && v.LessThanOrEqual == "" && len(v.Changes) == 0 {
		give(v.Status, v.single())
		return
	}
	if v.hotfixed() {
		v.hotfixSpans(s, give)
		return
	}
	status := v.Status
	for _, change := range v.Changes {
		if s.to != "" && (change.At == s.to || surelyBelow(s.to, change.At)) {
			// A change at the end or behind it says how it goes on from there.
			give(status, s)
			s, status = span{from: change.At}, change.Status
			continue
		}
		give(status, span{from: s.from, to: change.At})
		s.from, status = change.At, change.Status
	}
	give(status, s)
}

// single is the span of an entry without bounds.
func (v cveVersion) single() span {
	if s, ok := comparisons(v.Version); ok {
		return s
	}
	if isOpen(v.Version) {
		return span{}
	}
	return span{exact: v.Version}
}

// withVersions gives the claim once for each range that says its versions, and
// once for each of the publisher's words.
func withVersions(claim advisory.ProductStatus, scheme string, v stretches) []advisory.ProductStatus {
	var out []advisory.ProductStatus
	for _, versions := range append(versRanges(scheme, v.spans), unique(v.words)...) {
		claim.Versions = versions
		out = append(out, claim)
	}
	return out
}

// firstFixed lists the versions that end affected spans without being affected
// themselves.
func firstFixed(spans []span) string {
	var ends []string
	for _, s := range spans {
		if s.to != "" && !s.toInclusive && !s.line {
			ends = append(ends, s.to)
		}
	}
	return strings.Join(unique(ends), ", ")
}

// versSchemes maps the version types of the schema's vocabulary, and package
// types, to VERS schemes.
var versSchemes = map[string]string{
	"semver": "semver", "maven": "maven", "python": "pypi", "pypi": "pypi", "rpm": "rpm", "dpkg": "deb",
	"deb": "deb", "npm": "npm", "gem": "gem", "rubygems": "gem", "golang": "golang", "go": "golang", "nuget": "nuget",
	"cargo": "cargo", "composer": "composer", "apk": "apk", "alpine": "apk", "alpm": "alpm", "gentoo": "gentoo",
}

// scheme is the VERS scheme by which the versions are ordered.
func (p cveAffected) scheme() string {
	if u, err := packageurl.FromString(p.purl()); err == nil {
		if s, ok := versSchemes[u.Type]; ok {
			return s
		}
	}
	for _, v := range p.Versions {
		if s, ok := versSchemes[strings.ToLower(v.VersionType)]; ok {
			return s
		}
	}
	return "generic"
}

// collections are the package registries by a part of their address.
var collections = []struct{ host, purlType string }{
	{"repo.maven.apache.org", "maven"},
	{"repo1.maven.org", "maven"},
	{"search.maven.org", "maven"},
	{"registry.npmjs.org", "npm"},
	{"npmjs.com", "npm"},
	{"pypi.python.org", "pypi"},
	{"pypi.org", "pypi"},
	{"rubygems.org", "gem"},
	{"crates.io", "cargo"},
	{"packagist.org", "composer"},
	{"nuget.org", "nuget"},
	{"pkg.go.dev", "golang"},
	{"proxy.golang.org", "golang"},
	{"access.redhat.com", "rpm/redhat"},
	{"hex.pm", "hex"},
	{"pub.dev", "pub"},
	{"metacpan.org", "cpan"},
}

// purl is the package URL that the block gives, or that its registry and
// package name make.
func (p cveAffected) purl() string {
	if p.PackageURL != "" || p.PackageName == "" {
		return p.PackageURL
	}
	for _, c := range collections {
		if strings.Contains(p.CollectionURL, c.host) {
			return purlOf(c.purlType, p.PackageName)
		}
	}
	return ""
}

// purlOf writes a package URL for a name as a registry writes it: the last part
// is the name, what is before it the namespace.
func purlOf(purlType, name string) string {
	if purlType == "maven" {
		name = strings.Replace(name, ":", "/", 1)
	}
	purlType, namespace, _ := strings.Cut(purlType, "/")
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		namespace, name = name[:i], name[i+1:]
	}
	return packageurl.NewPackageURL(purlType, namespace, name, "", nil, "").ToString()
}
