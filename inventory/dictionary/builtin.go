package dictionary

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"hansho/internal/fold"
)

//go:embed vendors.tsv
var vendorTable string

//go:embed products.tsv
var productTable string

// Builtin gives a dictionary of the makers and products that nearly every
// company in Japan has, to be extended with Add.
func Builtin() *Dictionary {
	d := &Dictionary{
		made:   map[string][]int32{},
		makes:  map[string]int32{},
		named:  map[string][]int32{},
		ledger: map[string][]int32{},
		cpes:   map[string][]int32{},
		grams:  gramIndex{once: new(sync.Once)},
	}
	rows := tableRows(vendorTable)
	for _, r := range rows {
		d.addVendor(append([]string{r[0]}, split(r[1])...), split(r[2]))
	}
	for _, r := range rows {
		d.relate(r[0], split(r[3]))
	}
	for _, r := range tableRows(productTable) {
		v := d.made[vendorKey(r[0])][0]
		var cpes []string
		for _, c := range split(r[3]) {
			cpes = append(cpes, cpeKey("cpe:2.3:"+c))
		}
		d.addProduct(v, append([]string{r[1]}, split(r[2])...), cpes)
	}
	d.builtin, d.makers = len(d.products), len(d.vendors)
	return d
}

// tableRows parts a table of ours; lines that begin with # explain it.
func tableRows(table string) [][]string {
	var out [][]string
	for line := range strings.Lines(table) {
		if line = strings.TrimRight(line, "\n"); line != "" && line[0] != '#' {
			out = append(out, strings.Split(line, "\t"))
		}
	}
	return out
}

func split(cell string) []string {
	if cell == "" {
		return nil
	}
	return strings.Split(cell, "|")
}

func (d *Dictionary) addVendor(names, cpes []string) int32 {
	v := int32(len(d.vendors))
	d.vendors = append(d.vendors, vendor{})
	for _, n := range names {
		d.nameVendor(v, n)
	}
	for _, c := range cpes {
		if _, ok := d.makes[c]; !ok {
			d.makes[c] = v
		}
	}
	return v
}

func (d *Dictionary) nameVendor(v int32, name string) {
	key := vendorKey(name)
	if key == "" || slices.Contains(d.made[key], v) {
		return
	}
	d.vendors[v].names = append(d.vendors[v].names, name)
	d.made[key] = append(d.made[key], v)
}

// relate links a maker with others, both ways.
func (d *Dictionary) relate(name string, others []string) {
	v := d.made[vendorKey(name)][0]
	for _, o := range others {
		for _, r := range d.made[vendorKey(o)] {
			if r == v {
				continue
			}
			d.vendors[v].related = appendNew(d.vendors[v].related, r)
			d.vendors[r].related = appendNew(d.vendors[r].related, v)
		}
	}
}

// nearMark stands before a name in the table that is also that of a product near
// by: of the same line, or what runs on it.
const nearMark = "~"

// ledgerMark stands before a name by which a ledger means the product, and which a
// title gives to more (Apache).
const ledgerMark = "<"

func (d *Dictionary) addProduct(v int32, names, cpes []string) {
	p := int32(len(d.products))
	d.products = append(d.products, product{vendor: v, cpes: cpes})
	for _, n := range names {
		if short, ok := strings.CutPrefix(n, ledgerMark); ok {
			d.ledger[fold.Name(short)] = append(d.ledger[fold.Name(short)], p)
			continue
		}
		near, ok := strings.CutPrefix(n, nearMark)
		if d.nameProduct(p, near); ok {
			d.products[p].near = append(d.products[p].near, fold.Name(near))
		}
	}
	for _, c := range cpes {
		d.cpes[c] = append(d.cpes[c], p)
	}
}

func (d *Dictionary) nameProduct(p int32, name string) {
	key := fold.Name(name)
	if key == "" || slices.Contains(d.named[key], p) {
		return
	}
	d.products[p].names = append(d.products[p].names, name)
	d.named[key] = append(d.named[key], p)
}

func appendNew(list []int32, v int32) []int32 {
	if slices.Contains(list, v) {
		return list
	}
	return append(list, v)
}
