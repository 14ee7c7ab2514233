// Package dictionary knows makers and products by all the names under which
// companies write them down: Japanese and English, short and former ones, and
// the makers that bought or became one another. It is a small table of its own,
// which a larger dictionary (JVN iPedia's) extends.
package dictionary

import (
	"iter"
	"slices"
	"strings"

	"hansho/internal/fold"
)

// Product is one entry of a further dictionary, such as JVN iPedia's.
type Product struct {
	Vendor    string // マイクロソフト
	VendorCPE string // cpe:/:microsoft, or the bare vendor of a CPE
	Name      string // Microsoft Windows 10
	CPE       string // cpe:/o:microsoft:windows_10 or a 2.3 name; may be empty
}

// Entry is one product that the dictionary knows.
type Entry struct {
	Vendor  string   `json:"vendor"`
	Product string   `json:"product"`
	Aliases []string `json:"aliases,omitempty"`
	CPEs    []string `json:"cpes,omitempty"` // as cpe:/part:vendor:product
}

// Dictionary finds makers and products by name. Extend it with Add first; after
// that it may be read by many goroutines.
type Dictionary struct {
	vendors  []vendor
	products []product
	made     map[string][]int32 // folded name of a maker → vendors
	makes    map[string]int32   // CPE vendor → vendors
	named    map[string][]int32 // folded name of a product → products
	ledger   map[string][]int32 // folded name that only ledgers give a product
	cpes     map[string][]int32 // part:vendor:product → products
	builtin  int                // how many products are the table's own
	makers   int                // and how many vendors
	grams    gramIndex
}

type vendor struct {
	names   []string // as written, the best known first
	related []int32
}

type product struct {
	vendor int32
	names  []string // as written, the product's own first
	near   []string // those of them, folded, that are also another product's
	cpes   []string // part:vendor:product
}

// VendorAliases gives the other names of a maker, and those of the makers that
// it came from, went to or took over: VMware is known as ヴイエムウェア and as
// Broadcom. It is empty where the maker isn't known.
func (d *Dictionary) VendorAliases(name string) []string {
	var out []string
	for _, v := range d.vendorsNamed(name) {
		out = append(out, d.vendors[v].names...)
		for _, r := range d.vendors[v].related {
			out = append(out, d.vendors[r].names...)
		}
	}
	return without(out, vendorKey(name), vendorKey)
}

// ProductAliases gives the other names of a product of a maker, whatever version or
// edition a ledger writes behind it; for a model of hardware that is not known
// itself, those of what its line runs. Without a maker it takes every product of
// that name.
func (d *Dictionary) ProductAliases(vendorName, productName string) []string {
	var out []string
	found, _ := d.meant(vendorName, productName)
	for _, p := range found {
		out = append(out, d.products[p].names...)
	}
	return without(out, fold.Name(productName), fold.Name)
}

// VendorNames gives the other names of a maker itself, without those of the makers
// that it came from, went to or took over.
func (d *Dictionary) VendorNames(name string) []string {
	var out []string
	for _, v := range d.vendorsNamed(name) {
		out = append(out, d.vendors[v].names...)
	}
	return without(out, vendorKey(name), vendorKey)
}

// NearAliases gives those of ProductAliases that may stand for a product apart: what
// runs on it (iOS for iPhone), what is near it, or that of a maker to which its own
// went.
func (d *Dictionary) NearAliases(vendorName, productName string) []string {
	var out []string
	found, name := d.meant(vendorName, productName)
	if name == "" {
		return d.ProductAliases(vendorName, productName) // of what the line runs
	}
	makers := d.vendorsNamed(vendorName)
	for _, p := range found {
		entry := &d.products[p]
		apart := entry.isNear(name) || vendorName != "" && !slices.Contains(makers, entry.vendor)
		for _, n := range entry.names {
			if apart || entry.isNear(n) {
				out = append(out, n)
			}
		}
	}
	return without(out, fold.Name(productName), fold.Name)
}

// isNear says that a name, with its maker's before it or not, is also that of a
// product apart.
func (p *product) isNear(name string) bool {
	key := fold.Name(name)
	return slices.ContainsFunc(p.near, func(near string) bool { return key == near || strings.HasSuffix(key, " "+near) })
}

// WellKnown says that a product is one of the table's own, of that very maker:
// Android is Google's, whoever else has one.
func (d *Dictionary) WellKnown(vendorName, productName string) bool {
	makers := d.vendorsNamed(vendorName)
	found, name := d.meant(vendorName, productName)
	return name != "" && slices.ContainsFunc(found, func(p int32) bool {
		return int(p) < d.builtin && slices.Contains(makers, d.products[p].vendor)
	})
}

// Lookup gives the products that a name stands for: the product's name, with
// the maker's before it or not, a CPE name, or vendor:product of one. The
// table's own entries come first.
func (d *Dictionary) Lookup(name string) []Entry {
	found := d.cpes[cpeKey(name)]
	if len(found) == 0 {
		found = d.find("", name)
	}
	out := make([]Entry, len(found))
	for i, p := range found {
		out[i] = d.entry(p)
	}
	return out
}

// Len is how many products the dictionary knows.
func (d *Dictionary) Len() int { return len(d.products) }

func (d *Dictionary) entry(i int32) Entry {
	p := d.products[i]
	e := Entry{Vendor: d.vendors[p.vendor].names[0], Product: p.names[0], Aliases: slices.Clone(p.names[1:])}
	for _, c := range p.cpes {
		e.CPEs = append(e.CPEs, "cpe:/"+c)
	}
	return e
}

func (d *Dictionary) vendorsNamed(name string) []int32 {
	if v, ok := d.makes[cpeVendor(name)]; ok && !slices.Contains(d.made[vendorKey(name)], v) {
		return append([]int32{v}, d.made[vendorKey(name)]...)
	}
	return d.made[vendorKey(name)]
}

// without drops a name and all but one of those that fold to the same.
func without(names []string, known string, key func(string) string) []string {
	seen := map[string]bool{known: true, "": true}
	var out []string
	for _, n := range names {
		if k := key(n); !seen[k] {
			seen[k] = true
			out = append(out, n)
		}
	}
	return out
}

// legalForms are what a company's registered name has beyond the name.
var legalForms = []string{
	"株式会社", "(株)", "（株）", "㈱", "有限会社", "(有)", "㈲", "合同会社", "一般社団法人",
	", inc.", " inc.", " inc", ", ltd.", " co., ltd.", " co.,ltd.", " ltd.", " ltd", " corporation", " corp.", " corp", " llc", " gmbh", " limited", " ag", " s.a.", " k.k.", " b.v.", " co.", " company",
}

// vendorKey folds a maker's name without its legal form.
func vendorKey(name string) string {
	s := strings.TrimSpace(strings.ToLower(name))
	for _, form := range legalForms {
		if cut := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(s, form), form)); cut != "" {
			s = cut
		}
	}
	return fold.Name(s)
}

// cpeVendor is the vendor of cpe:/:vendor, of a CPE name, or the word itself.
func cpeVendor(s string) string {
	if rest, ok := strings.CutPrefix(s, "cpe:/"); ok {
		if parts := strings.SplitN(rest, ":", 3); len(parts) > 1 {
			return strings.ToLower(parts[1])
		}
	}
	if rest, ok := strings.CutPrefix(s, "cpe:2.3:"); ok {
		if parts := strings.SplitN(rest, ":", 3); len(parts) > 1 {
			return strings.ToLower(parts[1])
		}
	}
	return strings.ToLower(s)
}

// cpeKey is part:vendor:product of a CPE name of either form, "" for anything
// else.
func cpeKey(s string) string {
	rest, old := strings.CutPrefix(s, "cpe:/")
	if !old {
		var ok bool
		if rest, ok = strings.CutPrefix(s, "cpe:2.3:"); !ok {
			return ""
		}
	}
	parts := splitCPE(rest)
	if len(parts) < 3 || parts[1] == "" || parts[2] == "" {
		return ""
	}
	key := strings.ToLower(strings.Join(parts[:3], ":"))
	if old {
		return unpercent.Replace(key)
	}
	return strings.ReplaceAll(key, `\`, "")
}

// unpercent undoes the quoting of a CPE 2.2 URI that product names carry.
var unpercent = strings.NewReplacer("%2f", "/", "%21", "!", "%26", "&", "%27", "'", "%2b", "+", "%3a", ":", "%28", "(", "%29", ")", "%2c", ",", "%40", "@", "%23", "#", "%24", "$", `\`, "")

// splitCPE parts the first components of a CPE name at colons that aren't
// quoted.
func splitCPE(s string) []string {
	var parts []string
	start := 0
	for i := 0; i < len(s) && len(parts) < 3; i++ {
		switch s[i] {
		case '\\':
			i++
		case ':':
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	if len(parts) < 3 {
		parts = append(parts, s[min(start, len(s)):])
	}
	return parts
}

// nearEnough is the score of a product that is worth a look where nobody asked
// for products like it.
const nearEnough = 0.55

// Nearest gives the names, each with its maker, of the products that a name may
// well mean, best first.
func (d *Dictionary) Nearest(name string, limit int) []string {
	var out []string
	for _, s := range d.Suggest(name, limit) {
		if s.Score >= nearEnough {
			out = append(out, s.Vendor+" "+s.Product)
		}
	}
	return out
}

// All gives every product: its maker's name and its own.
func (d *Dictionary) All() iter.Seq2[string, string] {
	return func(yield func(vendor, product string) bool) {
		for _, p := range d.products {
			for _, name := range p.names {
				if !yield(d.vendors[p.vendor].names[0], name) {
					return
				}
			}
		}
	}
}
