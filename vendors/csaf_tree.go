package vendors

import (
	"cmp"
	"fmt"
	"strings"

	packageurl "github.com/package-url/packageurl-go"
)

// The bounds of a product tree; the standard allows 30 levels.
const (
	maxBranchDepth = 30
	maxProducts    = 200_000
)

// csafProduct is one product id, resolved.
type csafProduct struct {
	id       string
	full     string // the full product name
	vendor   string
	product  string
	cpe      string
	purl     string // without version and architecture, by which it is merged
	scheme   string
	versions stretches
	of       *csafProduct // the product that a relationship puts this one in or on
	how      string       // the relationship's words: "as a component of"
}

// products is a product tree by id.
type products struct {
	byID      map[string][]*csafProduct
	groups    map[string][]string
	maker     string // of products whose branches name no vendor, or the publisher for it
	publisher string // as the document names it, its security team perhaps
}

// newProducts resolves branches, full product names, relationships and groups.
// Of the flaws found on the way each is told once.
func newProducts(t *csafTree) (*products, []Flaw) {
	b := treeReader{products: &products{byID: map[string][]*csafProduct{}, groups: map[string][]string{}}}
	for _, branch := range t.Branches {
		b.branch(branch, branchPath{}, 0)
	}
	for _, name := range t.FullProductNames {
		b.add(name, branchPath{})
	}
	b.relationships(t.relationships())
	for _, g := range t.Groups {
		if b.groups[g.ID] != nil {
			b.flaw("6.1.5", "product group %q is defined twice", g.ID)
		}
		b.groups[g.ID] = append(b.groups[g.ID], g.Products...)
	}
	return b.products, b.flaws
}

type treeReader struct {
	*products
	flaws []Flaw
	count int
}

func (b *treeReader) flaw(test, format string, args ...any) {
	b.flaws = append(b.flaws, Flaw{Test: test, Text: fmt.Sprintf(format, args...)})
}

// branchPath is what the branches above a product say of it.
type branchPath struct{ vendor, family, product, version, versionRange string }

// with goes one branch down.
func (p branchPath) with(b csafBranch) branchPath {
	name := strings.TrimSpace(b.Name)
	switch b.Category {
	case "vendor":
		p.vendor = name
	case "product_family":
		p.family = name
	case "product_name":
		p.product = name
	case "product_version":
		p.version = name
	case "service_pack", "patch_level":
		p.version = deeper(p.version, name)
	case "product_version_range":
		p.versionRange = name
	}
	return p
}

// deeper joins a version with its service pack: "9.16" and "9.16.1" is 9.16.1,
// "10" and "SP1" is 10 SP1.
func deeper(version, name string) string {
	if version == "" || strings.HasPrefix(name, version) || leadingNumber.MatchString(name) && strings.Contains(name, ".") {
		return name
	}
	return version + " " + name
}

func (b *treeReader) branch(branch csafBranch, path branchPath, depth int) {
	if depth > maxBranchDepth {
		b.flaw("schema", "branches nest deeper than %d", maxBranchDepth)
		return
	}
	path = path.with(branch)
	if branch.Product != nil {
		b.add(*branch.Product, path)
	}
	for _, child := range branch.Branches {
		b.branch(child, path, depth+1)
	}
}

func (b *treeReader) add(name csafProductName, path branchPath) {
	if b.count++; b.count == maxProducts {
		b.flaw("schema", "more than %d products; the rest is left out", maxProducts)
	}
	if b.count >= maxProducts || name.ID == "" {
		return
	}
	if len(b.byID[name.ID]) == 1 {
		b.flaw("6.1.2", "product id %q is defined more than once", name.ID)
	}
	b.byID[name.ID] = append(b.byID[name.ID], newProduct(name, path))
}

func newProduct(name csafProductName, path branchPath) *csafProduct {
	p := &csafProduct{
		id: name.ID, full: strings.TrimSpace(name.Name), vendor: path.vendor,
		product: cmp.Or(path.product, path.family), cpe: name.Helper.CPE, scheme: "generic",
	}
	purl := name.Helper.PURL
	if purl == "" && len(name.Helper.PURLs) > 0 {
		purl = name.Helper.PURLs[0]
	}
	packaged := p.packaged(purl)
	p.product = cmp.Or(p.product, p.full)
	switch {
	case path.versionRange != "":
		p.readRange(path.versionRange)
	case path.version != "" && !packaged && !strings.EqualFold(path.version, p.product): // a package of no version
		p.readVersion(path.version)
	}
	return p
}

// packaged takes name, scheme and version from a package URL; false where there
// is none with a version. The version leaves of distributions carry the
// package's whole name ("fence-agents-0:4.2.1-41.el8.src"), which is none.
func (p *csafProduct) packaged(purl string) bool {
	u, err := packageurl.FromString(purl)
	if purl == "" || err != nil {
		p.purl = purl
		return false
	}
	if s, ok := versSchemes[u.Type]; ok {
		p.scheme = s
	}
	p.product = cmp.Or(p.product, u.Name)
	version := u.Version
	for _, q := range u.Qualifiers {
		if q.Key == "epoch" && q.Value != "0" && version != "" {
			version = q.Value + ":" + version
		}
	}
	p.purl = packageurl.NewPackageURL(u.Type, u.Namespace, u.Name, "", kept(u.Qualifiers), u.Subpath).ToString()
	if version == "" {
		return false
	}
	p.versions.spans = append(p.versions.spans, span{exact: version})
	return true
}

// kept are the qualifiers that tell products apart; builds for processors are
// one product.
func kept(all packageurl.Qualifiers) packageurl.Qualifiers {
	var list packageurl.Qualifiers
	for _, q := range all {
		if q.Key != "arch" && q.Key != "epoch" && q.Key != "tag" && q.Key != "repository_url" {
			list = append(list, q)
		}
	}
	return list
}

var branchAll = strings.NewReplacer(" All", ".*", " all", ".*")

// readVersion reads the name of a product_version branch.
func (p *csafProduct) readVersion(name string) {
	v := p.afterName(cutProduct(name, p.product))
	if major, ok := strings.CutSuffix(v, " All"); ok && dotted.MatchString(major) {
		v = branchAll.Replace(v)
	}
	p.readWords(v)
}

// afterName cuts a distribution's mark with the product's name off a version:
// "azl3 ruby 3.3.5-2".
func (p *csafProduct) afterName(words string) string {
	mark, version, ok := strings.Cut(words, " "+p.product+" ")
	if ok && p.product != "" && !strings.Contains(mark, " ") && leadingNumber.MatchString(version) {
		return version
	}
	return words
}

// readRange reads the name of a product_version_range branch: VERS, operators
// or prose.
func (p *csafProduct) readRange(name string) {
	if strings.HasPrefix(name, "vers:") {
		if scheme, spans, ok := readVERS(name, p.product); ok {
			if p.scheme == "generic" && scheme != "all" && scheme != "unknown" && scheme != "none" {
				p.scheme = scheme
			}
			p.versions.spans = spans
			return
		}
	}
	p.readWords(name)
}

// readWords keeps words as a span where they are one, else as they are.
func (p *csafProduct) readWords(words string) {
	trimmed := cutProduct(words, p.product)
	op := strings.TrimRight(trimmed[:len(trimmed)-len(strings.TrimLeft(trimmed, "<>="))], " ")
	trimmed = op + p.afterName(cutProduct(trimmed[len(op):], p.product))
	if s, ok := comparisons(trimmed); ok {
		p.versions.spans = append(p.versions.spans, s)
		return
	}
	if trimmed != "" && isOpen(trimmed) {
		p.versions.spans = append(p.versions.spans, span{})
		return
	}
	if isVersion(trimmed) {
		p.versions.spans = append(p.versions.spans, span{exact: trimmed})
		return
	}
	p.versions.words = append(p.versions.words, trimmed)
}

// relationWords are how a relationship reads between the two names.
var relationWords = map[string]string{
	"default_component_of":  "as a component of",
	"external_component_of": "as an external component of",
	"optional_component_of": "as an optional component of",
	"installed_on":          "installed on",
	"installed_with":        "installed with",
}

// relationships adds the products that relationships make. They may refer to
// each other in any order, so they are gone through until nothing more
// resolves; what is left then is undefined, a circle, or a chain that no honest
// document has.
func (b *treeReader) relationships(list []csafRelationship) {
	for left, pass := len(list), 0; left > 0 && pass <= maxBranchDepth; pass++ {
		var open []csafRelationship
		for _, r := range list {
			if !b.relate(r) {
				open = append(open, r)
			}
		}
		progress := len(open) < left
		list, left = open, len(open)
		if !progress {
			break
		}
	}
	b.unresolved(list)
}

func (b *treeReader) relate(r csafRelationship) bool {
	part, whole := b.first(r.Reference), b.first(r.RelatesTo)
	if part == nil || whole == nil {
		return false
	}
	made := *part
	made.id, made.full = r.Product.ID, strings.TrimSpace(r.Product.Name)
	made.of, made.how = whole, cmp.Or(relationWords[r.Category], strings.ReplaceAll(r.Category, "_", " "))
	if r.Product.Helper.CPE != "" {
		made.cpe = r.Product.Helper.CPE
	}
	if len(b.byID[made.id]) == 1 {
		b.flaw("6.1.2", "product id %q is defined more than once", made.id)
	}
	b.byID[made.id] = append(b.byID[made.id], &made)
	return true
}

func (b *treeReader) first(id string) *csafProduct {
	if list := b.byID[id]; len(list) > 0 {
		return list[0]
	}
	return nil
}

// unresolved tells whether each relationship left refers to itself over others
// (6.1.3) or to nothing (6.1.1), and makes its product all the same, by name.
func (b *treeReader) unresolved(open []csafRelationship) {
	made := map[string]bool{}
	for _, r := range open {
		made[r.Product.ID] = true
	}
	for _, r := range open {
		for _, id := range []string{r.Reference, r.RelatesTo} {
			if b.byID[id] != nil {
				continue
			}
			if made[id] {
				b.flaw("6.1.3", "product id %q is defined by itself", r.Product.ID)
			} else {
				b.flaw("6.1.1", "product id %q is not defined", id)
			}
		}
	}
	for _, r := range open {
		b.add(r.Product, branchPath{})
	}
}
