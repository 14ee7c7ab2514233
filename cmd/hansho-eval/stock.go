package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"hansho/internal/fold"
	"hansho/inventory"
)

// stock is the inventory that everything is measured against: each distinct
// product of the dictionary and of the labels.
type stock struct {
	items    []inventory.Item
	products map[string]product // by item id
	byKey    map[string][]string
	twins    *twins
}

func newStock(dictionary []product, docs []document) *stock {
	s := &stock{products: map[string]product{}, byKey: map[string][]string{}, twins: newTwins()}
	seen := map[product]bool{}
	for _, p := range dictionary {
		s.add(p, seen)
	}
	for _, d := range docs {
		for _, p := range d.Products {
			s.add(p, seen)
		}
	}
	return s
}

func (s *stock) add(p product, seen map[product]bool) {
	if seen[p] || placeholder(p) {
		return
	}
	seen[p] = true
	id := fmt.Sprintf("%d", len(s.items))
	s.items = append(s.items, inventory.Item{ID: id, Vendor: p.Vendor, Product: p.Product, CPE: p.CPE})
	s.products[id] = p
	for _, k := range keys(p) {
		s.byKey[k] = append(s.byKey[k], id)
	}
}

// placeholder knows the entries that stand for no product.
func placeholder(p product) bool {
	return strings.Contains(p.Product, "複数の") || strings.Contains(p.CPE, ":multiple_vendors")
}

// keys are what makes two entries one product: the same CPE vendor and product,
// or the same names.
func keys(p product) []string {
	var out []string
	if p.Product != "" {
		out = append(out, fold.Name(p.Vendor)+"/"+fold.Name(p.Product))
	}
	if k := cpeKey(p.CPE); k != "" {
		out = append(out, k)
	}
	return out
}

// cpeKey is vendor:product of a CPE of either binding. JVN's vendor misc stands
// for none.
func cpeKey(s string) string {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "cpe:/"), "cpe:2.3:")
	f := strings.Split(s, ":")
	if len(f) < 3 || f[1] == "misc" {
		return ""
	}
	return f[1] + ":" + f[2]
}

// truth is the items that are one of these products. The dictionary has some
// products twice, under two CPEs; an item of the same names is the same product.
func (s *stock) truth(products []product) map[string]bool {
	out := map[string]bool{}
	for _, p := range products {
		for _, id := range s.of(p) {
			for _, twin := range s.of(product{Vendor: s.products[id].Vendor, Product: s.products[id].Product}) {
				out[twin] = true
			}
		}
	}
	return out
}

// isTwin says that an item is the same product as one of these.
func (s *stock) isTwin(id string, truth map[string]bool) bool {
	for other := range truth {
		if s.twins.are(s.products[id], s.products[other]) {
			return true
		}
	}
	return false
}

func (s *stock) of(p product) []string {
	var out []string
	for _, k := range keys(p) {
		out = append(out, s.byKey[k]...)
	}
	return out
}

// declared is the same stock as a company declares it, by name alone.
func (s *stock) declared() []inventory.Item {
	out := slices.Clone(s.items)
	for i := range out {
		out[i].CPE = ""
	}
	return out
}

// beside is how many other products stand in a smaller stock.
const beside = 20_000

// sample is the declared items that docs are about, and so many others beside.
func (s *stock) sample(docs []document) []inventory.Item {
	about := map[string]bool{}
	for _, d := range docs {
		maps.Copy(about, s.truth(d.Products))
	}
	share := max(uint32(len(s.items)/beside), 1)
	return slices.DeleteFunc(s.declared(), func(it inventory.Item) bool { return !about[it.ID] && hashed(it.ID)%share != 0 })
}
