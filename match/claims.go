package match

import (
	"fmt"
	"slices"
	"strings"

	"github.com/package-url/packageurl-go"

	"hansho/advisory"
	"hansho/internal/fold"
	"hansho/match/cpe"
	"hansho/match/version"
)

// claim finds the facets that one claim of the advisory is about: by its
// identifiers first, then by name those that no identifier met.
func (f *finder) claim(i int) {
	p := &f.a.Products[i]
	if placeholder(p) {
		return
	}
	from := len(f.found)
	f.claimPURL(i, p)
	f.claimCPE(i, p)
	f.claimName(i, p, from)
}

// placeholder knows the claims that stand for no product in particular, such as
// JVN's （複数の製品） and KEV's Multiple Products.
func placeholder(p *advisory.ProductStatus) bool {
	name := strings.ToLower(p.Product)
	return strings.Contains(p.Product, "複数の製品") || name == "multiple products" ||
		p.PURL == "" && strings.Contains(p.CPE, ":multiple_vendors")
}

func (f *finder) claimPURL(i int, p *advisory.ProductStatus) {
	if p.PURL == "" {
		return
	}
	u, err := packageurl.FromString(p.PURL)
	if err != nil {
		return
	}
	scheme := version.For(u.Type, "", "", u.Version)
	for _, facet := range f.m.purls[purlKey(u)] {
		f.meet(i, facet, hit{kind: byIdentifier, method: "purl", found: p.PURL}, u.Version, scheme)
	}
}

func (f *finder) claimCPE(i int, p *advisory.ProductStatus) {
	if p.CPE == "" {
		return
	}
	n, err := cpe.Parse(p.CPE)
	if err != nil {
		return
	}
	named := versionOf(n)
	test := func(e cpeEntry, scheme version.Scheme) {
		rel := cpe.Match(n, e.name, false)
		if rel == cpe.Disjoint {
			return
		}
		h := hit{kind: byIdentifier, method: "cpe", found: p.CPE}
		if rel == cpe.Subset {
			h.note, h.conf = "the item leaves open what the identifier asks for", sureName
		}
		f.meet(i, e.facet, h, named, scheme)
	}
	if indexable(n) {
		if g := f.m.cpes[n.Key()]; g != nil {
			for _, e := range g.entries {
				test(e, g.scheme)
			}
		}
	}
	for _, e := range f.m.wild {
		test(e, schemeOf(n))
	}
	f.claimWords(i, p, n, named)
}

// backported is why an upstream range decides nothing about a package.
const backported = "a distribution's package: fixes are brought back into older versions"

// claimWords meets the items without a CPE whose names are the words of the
// claim's.
func (f *finder) claimWords(i int, p *advisory.ProductStatus, n cpe.Name, named string) {
	_, release := windowsOf(n)
	for _, w := range f.m.wordEntities(n) {
		for _, facet := range f.m.names.entities[w.entity].facets {
			if anotherRelease(f.m.facets[facet].version, release) {
				continue
			}
			f.meet(i, facet, hit{kind: byName, method: "name", found: p.CPE}, named, schemeOf(n))
		}
	}
}

// claimName meets items by vendor and product, or by a product that is
// distinctive without its vendor. Hits from from on are of the same claim.
func (f *finder) claimName(i int, p *advisory.ProductStatus, from int) {
	met := map[int32]bool{}
	for _, h := range f.found[from:] {
		met[h.facet] = true
	}
	v := f.m.vendorOf(p.Vendor)
	found := p.Product
	if p.Vendor != "" {
		found = fullName(p.Vendor, p.Product)
	}
	scheme := version.For("", p.Vendor, p.Product, "")
	for _, n := range f.claimed(v, p.Product) {
		for _, facet := range f.m.names.entities[n.entity].facets {
			if !met[facet] {
				met[facet] = true
				f.meet(i, facet, hit{kind: n.kind, method: "name", found: found}, "", scheme)
			}
		}
	}
}

// claimed finds the entities that a claim's vendor and product mean. Where the
// inventory has the very product, those that are only written like it are not
// meant.
func (f *finder) claimed(v *vendor, product string) []named {
	if !v.named() {
		return f.named(product)
	}
	if list := f.called(v, product); len(list) > 0 {
		return list
	}
	var list []named
	for _, one := range severalProducts(product) {
		for _, n := range f.called(v, one) {
			list = addNamed(list, n)
		}
	}
	return list
}

// called finds the entities of a vendor's that go by one name.
func (f *finder) called(v *vendor, product string) []named {
	var list []named
	for _, form := range claimForms(v, product) {
		for _, r := range f.m.names.trie.find(fold.Tokens(form.text)) {
			if r.kind != refProduct || form.derived && r.derived || r.strict != f.m.names.trie.strict(form.text) {
				continue
			}
			if kind, ok := f.sameProduct(v, form, r); ok {
				list = addNamed(list, named{entity: r.of, kind: kind, conf: float64(kind), derived: form.derived || r.derived})
			}
		}
	}
	return f.m.names.exact(list)
}

// productCommas makes one mark of what stands between the products of a cell that
// names several. Not "and": it is part of many names. A replacer, since every claim
// that meets nothing passes here.
var productCommas = strings.NewReplacer(
	" / ", between, " | ", between, ", ", between, ";", between, "\r", between, "\n", between,
	"、", between, "，", between, "；", between,
	"および", between, "及び", between, "ならびに", between, "並びに", between, "または", between, "又は", between,
)

const between = "\x00"

// maxSeveral bounds how many products one cell may name.
const maxSeveral = 32

// severalProducts takes a cell apart that names several products, as lists that
// people keep do: "Unified Communications Manager / Session Management Edition".
// One product gives none.
func severalProducts(cell string) []string {
	parts := strings.SplitN(productCommas.Replace(cell), between, maxSeveral)
	if len(parts) < 2 {
		return nil
	}
	// A maker's name with nothing behind it is no product.
	return slices.DeleteFunc(parts, func(p string) bool { return fold.Name(p) == "" })
}

// claimForms are the spellings of a claim's product. A claim on Windows 10 says
// nothing of Windows, so the number stays.
func claimForms(v *vendor, product string) []form {
	forms := slices.DeleteFunc(productForms(v, []string{product}, 1, nil), func(f form) bool { return f.base })
	if !slices.ContainsFunc(forms, func(f form) bool { return f.qualified }) {
		for _, name := range v.names {
			forms = append(forms, form{text: name + " " + product, qualified: true})
		}
	}
	return forms
}

// named reads a product without a vendor as a text that is nothing but its name.
func (f *finder) named(product string) []named {
	r := newReading(&f.m.names, product, true)
	for _, s := range r.known {
		if s.from == 0 && s.to == len(r.tokens) {
			list := r.meant(s, nil)
			for i := range list {
				list[i].kind = byProduct
				if list[i].conf == sureAdjacent {
					list[i].kind = byName
				}
			}
			return list
		}
	}
	return nil
}

// sameProduct decides whether a claim's form and an entity of the same name are
// one product: by the vendor where both have one; else by a name that carries
// its vendor or is nobody's everyday word.
func (f *finder) sameProduct(v *vendor, form form, r ref) (kind, bool) {
	own := f.m.names.entities[r.of].vendor
	switch {
	case v.named() && own.named():
		return byName, own.is(v)
	case form.qualified || r.qualified:
		return byName, true
	}
	return byProduct, distinctive(fold.Tokens(form.text))
}

// meet adds a hit of a claim, with its version test and verdict.
func (f *finder) meet(i int, facet int32, h hit, named string, scheme version.Scheme) {
	p := &f.a.Products[i]
	have := f.m.facets[facet].version
	if scheme == version.Generic {
		scheme = version.For("", p.Vendor, p.Product, have)
	}
	t := testVersion(p, named, have, scheme)
	if f.m.facets[facet].packaged && t.res == version.In && h.method != "purl" && scheme != version.Deb && scheme != version.RPM {
		t.res, h.note = version.Unknown, backported
	}
	v, ok := verdict(p, t, have, scheme)
	if !ok || f.m.loud && v.Silent() && h.kind == byText {
		return
	}
	h.facet, h.claim, h.cve, h.verdict = facet, i, p.CVE, v
	h.safe = p.Status == advisory.StatusNotAffected || p.Status == advisory.StatusFixed
	h.res, h.whole, h.test, h.where = t.res, t.whole, t.words, fmt.Sprintf("products[%d]", i)
	f.found = append(f.found, h)
}
