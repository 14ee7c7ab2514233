package dictionary

import (
	"strings"
)

// sharedBy is from how many names on one CPE vendor is no maker but a drawer
// for many (cpe:/:misc, or the extensions of a CMS).
const sharedBy = 6

// Add extends the dictionary. A product with the CPE of one that is known gives
// it a further name; every other is an entry of its own.
func (d *Dictionary) Add(products []Product) {
	d.grams.reset()
	shared := sharedVendors(products)
	for _, p := range products {
		if strings.TrimSpace(p.Name) == "" || strings.TrimSpace(p.Vendor) == "" {
			continue
		}
		d.add(p, shared)
	}
}

func (d *Dictionary) add(p Product, shared map[string]bool) {
	v, ok := d.maker(p, shared)
	if !ok {
		return
	}
	key := cpeKey(p.CPE)
	if same := d.cpes[key]; key != "" && len(same) == 1 && int(same[0]) < d.builtin {
		d.nameProduct(same[0], p.Name)
		return
	}
	before := len(d.products)
	var cpes []string
	if key != "" {
		cpes = []string{key}
	}
	d.addProduct(v, []string{p.Name}, cpes)
	if len(d.products[before].names) == 0 { // marks only
		d.products[before].names = []string{p.Name}
	}
}

// maker finds or makes the vendor of a product: by its CPE vendor, which is one
// for all spellings, else by its name.
func (d *Dictionary) maker(p Product, shared map[string]bool) (int32, bool) {
	token := cpeVendor(p.VendorCPE)
	if token != "" && !shared[token] {
		if v, ok := d.makes[token]; ok {
			d.nameVendor(v, p.Vendor)
			return v, true
		}
	}
	if known := d.made[vendorKey(p.Vendor)]; len(known) > 0 {
		if token != "" && !shared[token] {
			d.makes[token] = known[0]
		}
		return known[0], true
	}
	if vendorKey(p.Vendor) == "" {
		return 0, false
	}
	var tokens []string
	if token != "" && !shared[token] {
		tokens = []string{token}
	}
	return d.addVendor([]string{p.Vendor}, tokens), true
}

// sharedVendors are the CPE vendors that stand for many makers.
func sharedVendors(products []Product) map[string]bool {
	names := map[string]map[string]bool{}
	for _, p := range products {
		token := cpeVendor(p.VendorCPE)
		if names[token] == nil {
			names[token] = map[string]bool{}
		}
		names[token][p.Vendor] = true
	}
	shared := map[string]bool{}
	for token, n := range names {
		if len(n) >= sharedBy {
			shared[token] = true
		}
	}
	return shared
}
