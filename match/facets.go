package match

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"github.com/package-url/packageurl-go"

	"hansho/internal/fold"
	"hansho/inventory"
	"hansho/match/cpe"
)

// identity is what one facet says of itself.
type identity struct {
	cpe, purl       string
	vendor, product string
	version         string
	aliases         []string
	cpeName         string // a looser name: the CPE's words for the product, Windows 10 for its 22H2
	maker           string // the CPE's word for the vendor, where the item has its own
}

// add indexes one item and what it contains.
func (b *builder) add(i int32) {
	item := &b.m.items[i]
	b.identify(i, itself, identityOf(item))
	for part, contained := range item.Contains {
		b.identify(i, int32(part), identityOfPart(contained))
	}
}

// identityOf reads an item. The company's own name for it stands for the product
// only where nothing else says what it is.
func identityOf(item *inventory.Item) identity {
	id := identity{
		cpe: item.CPE, purl: item.PURL,
		vendor: item.Vendor, product: item.Product,
		version: bareVersion(item.Version), aliases: item.Aliases,
	}
	if id.product == "" && id.cpe == "" && id.purl == "" {
		id.product = item.Name
	}
	return plainWindows(id)
}

// identityOfPart reads an entry of Contains: a CPE, a purl, or words such as
// "Apache Log4j 2.14.1".
func identityOfPart(s string) identity {
	s = strings.TrimSpace(s)
	switch {
	case strings.HasPrefix(strings.ToLower(s), "cpe:"):
		return identity{cpe: s}
	case strings.HasPrefix(strings.ToLower(s), "pkg:"):
		return identity{purl: s}
	}
	product, version := splitVersion(s)
	return plainWindows(identity{product: product, version: version})
}

// versionEnd is a version at the end of a name, with what is said of its build and
// updates: FortiOS v7.0.12 build0523, ESXi 7.0 Update 3, Oracle Database 19c.
var versionEnd = regexp.MustCompile(`(?i)[\s　]+(?:version[\s　]+|ver[.\s　]*|v|rev[.\s　]*)?` +
	`(\d+\.\d\S*|\d{1,2}[cgi]|\d{1,2}u\d+)((?:[\s　]+(?:build|update|patch|hotfix|hf|sp|cu|u|rev|service pack)[\s.#-]*\d\S*)*)$`)

// splitVersion takes a version off the end of a product's name. A lone number
// stays, for it may belong to the name (Windows 10).
func splitVersion(s string) (product, version string) {
	m := versionEnd.FindStringSubmatchIndex(s)
	if m == nil || m[0] == 0 {
		return s, ""
	}
	return s[:m[0]], strings.ToLower(s[m[2]:m[5]])
}

// namedVersion is a version written with the name of what it is of: FortiOS
// 7.0.3, PAN-OS 10.1.2.
var namedVersion = regexp.MustCompile(`^([A-Za-z][A-Za-z -]*[A-Za-z])\s+[Vv]?(?:er(?:sion)?\.?\s*)?(\d.*)$`)

// versionWords lead a number that is no version by itself: Update 3, Service
// Pack 2, build 1809.
var versionWords = regexp.MustCompile(`(?i)\b(?:update|upd|service|pack|sp|cu|build|release|rel|patch|fix|hotfix|rev|revision|level|beta|alpha|rc|preview|edition|milestone|maintenance|cumulative|v|ver|version)\b`)

// bareVersion takes the name off an item's version.
func bareVersion(v string) string {
	m := namedVersion.FindStringSubmatch(strings.TrimSpace(v))
	if m == nil || versionWords.MatchString(m[1]) {
		return v
	}
	return m[2]
}

// identify makes a facet and puts it in every index that can lead to it.
func (b *builder) identify(i, part int32, id identity) {
	at := int32(len(b.m.facets))
	b.m.facets = append(b.m.facets, facet{item: i, part: part, version: id.version})
	f := &b.m.facets[at]
	complete := id.cpe != "" && b.indexCPE(i, at, &id)
	if id.purl != "" {
		f.packaged = b.indexPURL(i, at, &id)
	}
	if f.version == "" {
		f.version = id.version
	}
	if id.vendor == "" && id.purl == "" {
		id.vendor = maker(b.names, id.product)
	}
	if entity, ok := b.entity(id); ok {
		e := &b.m.names.entities[entity]
		e.facets = append(e.facets, at)
		if !complete {
			b.indexWords(entity, id)
		}
	}
}

// maker is who makes a product that stands without its maker.
func maker(names Names, product string) string {
	if k, ok := names.(Kinship); ok {
		return k.Maker(product)
	}
	return ""
}

// indexCPE also gives the identity the words of the name where it has none. It is
// false where the name doesn't say all: it can't be read, or it is a device's, of
// which a company says nothing about the firmware in it.
func (b *builder) indexCPE(i, at int32, id *identity) (complete bool) {
	n, err := cpe.Parse(id.cpe)
	if err != nil {
		b.fail(i, err)
		return false
	}
	id.version = cmp.Or(id.version, versionOf(n))
	vendor, product := n.Get(cpe.Vendor), n.Get(cpe.Product)
	b.m.addCPE(cpeEntry{facet: at, name: n})
	if vendor.IsLiteral() && product.IsLiteral() {
		b.cpeNames(id, string(vendor), string(product))
	}
	return n.Get(cpe.Part) != "h" || b.m.complete
}

// cpeNames lets an item be met by the words of its CPE too.
func (b *builder) cpeNames(id *identity, vendor, product string) {
	product = strings.ReplaceAll(product, "_", " ")
	if vendor = strings.ReplaceAll(vendor, "_", " "); id.vendor == "" {
		id.vendor = vendor
	} else if vendor != "misc" && fold.Name(vendor) != fold.Name(id.vendor) {
		id.maker = vendor
	}
	if id.product == "" {
		id.product = product
		return
	}
	if fold.Name(id.product) != fold.Name(product) {
		id.cpeName = product
	}
}

// indexPURL says whether the package is a distribution's.
func (b *builder) indexPURL(i, at int32, id *identity) (packaged bool) {
	p, err := packageurl.FromString(id.purl)
	if err != nil {
		b.fail(i, fmt.Errorf("purl %.80q: %w", id.purl, err))
		return false
	}
	if id.version == "" {
		id.version = p.Version
	}
	if id.product == "" {
		id.product = p.Name
	}
	key := purlKey(p)
	b.m.purls[key] = append(b.m.purls[key], at)
	return p.Type == packageurl.TypeDebian || p.Type == packageurl.TypeRPM || p.Type == packageurl.TypeApk
}

// purlKey is what two purls must have in common to be of one package. Versions,
// qualifiers and subpaths don't tell packages apart.
func purlKey(p packageurl.PackageURL) string {
	return strings.ToLower(p.Type + "/" + p.Namespace + "/" + p.Name)
}
