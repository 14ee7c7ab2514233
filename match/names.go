package match

import (
	"regexp"
	"slices"
	"strings"

	"hansho/internal/fold"
)

// entity is one product as the inventory names it: every item that gives the
// same vendor, product and aliases.
type entity struct {
	vendor *vendor
	facets []int32 // none for a shield
	worded bool
	// wellKnown says that everybody knows the product as this vendor's.
	wellKnown bool
}

// vendor is the names under which one vendor goes, folded: its own, then those of
// the makers that it came from or went to. A product without a vendor has none.
type vendor struct {
	names []string
	own   int // how many of them are its own
}

// named says that there is a vendor at all.
func (v *vendor) named() bool { return len(v.names) > 0 }

func (v *vendor) is(w *vendor) bool {
	for _, name := range v.names {
		if slices.Contains(w.names, name) {
			return true
		}
	}
	return false
}

// itself says that two vendors are one, not only of one descent.
func (v *vendor) itself(w *vendor) bool {
	for _, name := range v.names[:v.own] {
		if slices.Contains(w.names[:w.own], name) {
			return true
		}
	}
	return false
}

// nameIndex finds entities and vendors by their names.
type nameIndex struct {
	entities []entity
	vendors  []*vendor
	trie     trie
}

// form is one spelling under which a product is looked for.
type form struct {
	text string
	// qualified says that the vendor's name is part of it: Microsoft Edge.
	qualified bool
	// bare says that the vendor's name was taken off: Edge.
	bare bool
	// derived says that something was left off that may tell products apart:
	// what stood in brackets, the word firmware.
	derived bool
	// alias says that it is a name which only the dictionary gives.
	alias bool
	// base says that the number was left off the end: Windows for Windows 10.
	base bool
}

// entity makes or finds the entity of an identity, and indexes its names.
func (b *builder) entity(id identity) (int32, bool) {
	if fold.Name(id.product) == "" {
		return 0, false
	}
	key := strings.Join(append([]string{id.vendor, id.maker, id.product, id.cpeName}, id.aliases...), "\x00")
	if e, ok := b.entities[key]; ok {
		return e, true
	}
	at := int32(len(b.m.names.entities))
	b.entities[key] = at
	v := b.vendor(id.vendor, id.maker)
	b.m.names.entities = append(b.m.names.entities, entity{
		vendor:    b.m.names.vendors[v],
		wellKnown: b.kinship != nil && b.kinship.WellKnown(id.vendor, id.product),
	})
	for _, f := range b.productForms(id) {
		b.trie.add(f, ref{kind: refProduct, of: at})
	}
	return at, true
}

// shield makes a name known without an item behind it.
func (b *builder) shield(vendorName, product string) {
	b.entity(identity{vendor: vendorName, product: product})
}

// vendor makes or finds the names of a vendor, and indexes them.
func (b *builder) vendor(name, maker string) int32 {
	key := "\x01" + name + "\x00" + maker
	if v, ok := b.entities[key]; ok {
		return v
	}
	at := int32(len(b.m.names.vendors))
	b.entities[key] = at
	v := vendorNames(b.names, name, maker)
	b.m.names.vendors = append(b.m.names.vendors, v)
	for i, n := range v.names {
		b.trie.add(form{text: n, derived: i >= v.own}, ref{kind: refVendor, of: at})
	}
	return at
}

// vendorOf is the names of a vendor that an advisory mentions.
func (m *Matcher) vendorOf(name string) *vendor {
	return vendorNames(m.aliases, name)
}

// vendorNames folds the names of a vendor, with and without its legal form, and
// their aliases.
func vendorNames(names Names, given ...string) *vendor {
	out := &vendor{}
	given = slices.DeleteFunc(given, func(name string) bool { return strings.TrimSpace(name) == "" })
	for _, name := range given {
		out.add(name)
	}
	if k, ok := names.(Kinship); ok {
		for _, name := range given {
			out.add(k.VendorNames(name)...)
		}
	}
	out.own = len(out.names)
	if names != nil {
		for _, name := range given {
			out.add(names.VendorAliases(name)...)
		}
	}
	return out
}

// add folds names and adds those that are not there yet.
func (v *vendor) add(names ...string) {
	for _, name := range names {
		for _, n := range coreNames(name) {
			if !slices.Contains(v.names, n) {
				v.names = append(v.names, n)
			}
		}
	}
}

// productForms lists the spellings of a product: as given, without and with its
// vendor's name, without what stands in brackets, without the word firmware, and
// its aliases.
func (b *builder) productForms(id identity) []form {
	v := vendorNames(b.names, id.vendor, id.maker)
	given := append([]string{id.product}, id.aliases...)
	if b.names != nil {
		given = append(given, b.names.ProductAliases(id.vendor, b.knownAs(id))...)
	}
	forms := productForms(v, given, 1+len(id.aliases), b.nearAliases(id))
	if id.cpeName != "" {
		forms = appendForms(forms, v, form{text: id.cpeName, derived: true})
	}
	return forms
}

// nearAliases are the other names that may stand for a product apart, folded.
func (b *builder) nearAliases(id identity) map[string]bool {
	if b.kinship == nil {
		return nil
	}
	near := map[string]bool{}
	for _, n := range b.kinship.NearAliases(id.vendor, b.knownAs(id)) {
		near[fold.Name(n)] = true
	}
	return near
}

// hyphenModel is a model set off from its line by a hyphen: FortiGate-60F.
var hyphenModel = regexp.MustCompile(`^(\pL+)-(\d[\w-]*)$`)

// knownAs is the product as the names know it: FortiGate 60F where it is written
// with a hyphen.
func (b *builder) knownAs(id identity) string {
	if m := hyphenModel.FindStringSubmatch(id.product); m != nil && len(b.names.ProductAliases(id.vendor, id.product)) == 0 {
		return m[1] + " " + m[2]
	}
	return id.product
}

// productForms lists the spellings of names of one product, of which the first own are
// what it is called itself; what is only near is derived.
func productForms(v *vendor, given []string, own int, near map[string]bool) []form {
	var out []form
	for n, name := range given {
		line := isLine(name, given[0])
		for i, spelling := range spellings(name) {
			out = appendForms(out, v, form{text: spelling, derived: i > 0 || near[fold.Name(name)], base: line, alias: n >= own})
		}
	}
	if short, ok := undescribed(given[0]); ok {
		out = appendForms(out, v, form{text: short})
	}
	return out
}

// isLine says that a name of a product is only the line of its model or release:
// FortiGate of FortiGate 100F, Windows of Windows Server 2019.
func isLine(name, product string) bool {
	rest, ok := strings.CutPrefix(fold.Name(product), fold.Name(name))
	return ok && strings.ContainsAny(rest, "0123456789")
}

func appendForms(out []form, v *vendor, f form) []form {
	add := func(f form) {
		if fold.Name(f.text) != "" && !slices.ContainsFunc(out, func(g form) bool { return g.text == f.text }) {
			out = append(out, f)
		}
	}
	short := f
	var kin bool
	short.text, f.qualified, kin = withoutVendor(f.text, v)
	short.bare, short.derived = true, f.derived || kin
	add(f)
	if f.qualified {
		add(short)
	}
	var ok bool
	if f.text, ok = withoutNumber(f.text); ok && !v.calls(f.text) {
		f.base = true
		add(f)
	}
	if short.text, ok = withoutNumber(short.text); ok && f.qualified && !v.calls(short.text) {
		short.base = true
		add(short)
	}
	return out
}

// calls says whether a name is the vendor's own: Microsoft 365 without its number is
// no product.
func (v *vendor) calls(name string) bool {
	folded := fold.Name(name)
	return slices.ContainsFunc(v.names, func(n string) bool { return fold.Name(n) == folded })
}

// withoutVendor takes the vendor's name off the front of a product's; kin says that
// it was only the name of a maker that it came from or went to.
func withoutVendor(product string, v *vendor) (short string, ok, kin bool) {
	tokens := fold.Tokens(product)
	best := 0
	for i, name := range v.names {
		n := prefixTokens(tokens, fold.Tokens(name))
		if n > best && n < len(tokens) && tokens[n].Gap != fold.Glued && product[tokens[n-1].End:tokens[n].Start] != "-" { // not PAN-OS
			best, kin = n, i >= v.own
		}
	}
	if best == 0 {
		return product, false, false
	}
	return product[tokens[best].Start:], true, kin
}

// prefixTokens is the length of prefix where tokens start with it, else 0.
func prefixTokens(tokens, prefix []fold.Token) int {
	if len(prefix) > len(tokens) {
		return 0
	}
	for i, t := range prefix {
		if tokens[i].Text != t.Text {
			return 0
		}
	}
	return len(prefix)
}

// withoutNumber leaves a lone number off the end: Windows 10, Office 2016, BIND 9.
func withoutNumber(product string) (string, bool) {
	tokens := fold.Tokens(product)
	n := len(tokens) - 1
	if n < 1 || tokens[n].Class != fold.Digit || tokens[n].Gap == fold.Glued || tokens[n-1].Class == fold.Digit || !isRelease(tokens[n].Text) {
		return product, false
	}
	return strings.TrimSpace(product[:tokens[n-1].End]), true
}

// isRelease says that a number counts releases: a small one or a year. Others are
// models (e-STUDIO 232) or brands (Office 365).
func isRelease(digits string) bool {
	return len(digits) <= 2 || len(digits) == 4 && (digits[:2] == "19" || digits[:2] == "20") || strings.Contains(digits, ".")
}
