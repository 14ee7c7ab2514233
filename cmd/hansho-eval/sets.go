package main

import (
	"fmt"
	"maps"
	"slices"

	"hansho/advisory"
	"hansho/internal/fold"
	"hansho/inventory/dictionary"
	"hansho/match"
)

// identifiers measures claims by CPE alone, on items by CPE alone.
func identifiers(m *match.Matcher, s *stock, docs []document) *score {
	sc := newScore("JVN entries", "identifier", s)
	for _, d := range docs {
		var a advisory.Advisory
		for _, p := range d.Products {
			if cpeKey(p.CPE) != "" {
				a.Products = append(a.Products, advisory.ProductStatus{CPE: p.CPE, Status: advisory.StatusAffected})
			}
		}
		if len(a.Products) > 0 {
			sc.count(d.Title, s.truth(d.Products), m.Match(&a))
		}
	}
	return sc
}

// claimNames measures claims by vendor and product.
func claimNames(m *match.Matcher, s *stock, docs []document) *score {
	sc := newScore("JVN entries", "name", s)
	for _, d := range docs {
		var a advisory.Advisory
		for _, p := range d.Products {
			if !placeholder(p) {
				a.Products = append(a.Products, advisory.ProductStatus{Vendor: p.Vendor, Product: p.Product, Status: advisory.StatusAffected})
			}
		}
		if len(a.Products) > 0 {
			sc.count(d.Title, s.truth(d.Products), m.Match(&a))
		}
	}
	return sc
}

// titlesOf measures the titles alone.
func titlesOf(set string, m *match.Matcher, s *stock, docs []document) *score {
	sc := newScore(set, "text", s)
	for _, d := range docs {
		if truth := s.truth(d.Products); len(truth) > 0 {
			sc.count(d.Title, truth, m.Match(&advisory.Advisory{Title: d.Title}))
		}
	}
	return sc
}

// textsOf measures the titles with their texts.
func textsOf(set string, m *match.Matcher, s *stock, docs []document) *score {
	sc := newScore(set, "text", s)
	for _, d := range docs {
		if truth := s.truth(d.Products); len(truth) > 0 {
			sc.count(d.Title, truth, m.Match(&advisory.Advisory{Title: d.Title, Summary: d.Text}))
		}
	}
	return sc
}

// makersHeard measures titles that speak of a maker's products as a whole, where
// no product of theirs was found: the makers heard, against the makers of what
// the CVEs name.
func makersHeard(m *match.Matcher, s *stock, docs []document) *score {
	names := dictionary.Builtin()
	wide := match.NewVendorWide(s.items, names)
	maker := func(id string) string { return oneMaker(names, s.products[id].Vendor) }
	sc := newScore("JPCERT titles, the rest", "vendor", s)
	for _, d := range docs {
		truth := s.truth(d.Products)
		a := advisory.Advisory{Title: d.Title, Kind: advisory.KindAlert}
		if len(truth) == 0 || slices.ContainsFunc(m.Match(&a), func(mt match.Match) bool { return truth[mt.Item] }) {
			continue
		}
		right := map[string]bool{}
		for id := range truth {
			right[maker(id)] = true
		}
		heard := map[string]string{} // one item of each
		for _, mt := range wide.Match(&a) {
			heard[maker(mt.Item)] = mt.Item
		}
		sc.tally(d.Title, rightOf(heard, right), slices.Collect(maps.Values(heard)))
	}
	return sc
}

// oneMaker is one name for all spellings of a maker.
func oneMaker(names *dictionary.Dictionary, vendor string) string {
	all := []string{fold.Name(vendor)}
	for _, n := range names.VendorNames(vendor) {
		all = append(all, fold.Name(n))
	}
	return slices.Min(all)
}

// rightOf is the items of the makers that are right.
func rightOf(heard map[string]string, right map[string]bool) map[string]bool {
	out := map[string]bool{}
	for vendor, id := range heard {
		if right[vendor] {
			out[id] = true
		}
	}
	return out
}

// ownRows measures a product list on an inventory of its own products: each row
// must meet the item made of it and no other.
func ownRows(l list) *score {
	s := newStock(l.rows, nil)
	m, _ := match.New(s.items)
	sc := newScore(l.name, "name", s)
	for _, it := range s.items {
		p := product{Vendor: it.Vendor, Product: it.Product}
		a := advisory.Advisory{Products: []advisory.ProductStatus{{Vendor: it.Vendor, Product: it.Product, Status: advisory.StatusAffected}}}
		sc.count(p.Vendor+" / "+p.Product, s.truth([]product{p}), m.Match(&a))
	}
	return sc
}

// ownTitles measures titles against an inventory of the products that they are
// labelled with.
func ownTitles(set string, docs []document) *score {
	s := newStock(nil, docs)
	return titlesOf(set, byName(s.items), s, docs)
}

// phrasings are how titles name a product: V is the vendor, P the product.
var phrasings = []struct{ name, format string }{
	{"V の P における", "%[1]sの%[2]sにおけるクロスサイトスクリプティングの脆弱性"},
	{"P における", "%[2]s における任意のコードが実行可能な脆弱性"},
	{"V 製 P に", "%[1]s製%[2]sに複数の脆弱性"},
	{"P の脆弱性に関する", "%[2]s の脆弱性 (CVE-2020-1234) に関する注意喚起"},
	{"WordPress 用プラグイン P", "WordPress 用プラグイン %[2]s における SQL インジェクションの脆弱性"},
}

// every is which dictionary products the invented titles are made of: a sample
// that the order of the file doesn't bias.
const every = 17

// invented makes titles of dictionary products, in the phrasings of real ones,
// to see what tuning on a few real titles would hide.
func invented(m *match.Matcher, s *stock, products []product) []*score {
	var out []*score
	for _, ph := range phrasings {
		sc := newScore("invented: "+ph.name, "text", s)
		for i := 0; i < len(products); i += every {
			p := products[i]
			if placeholder(p) || fold.Name(p.Product) == "" {
				continue
			}
			title := fmt.Sprintf(ph.format, p.Vendor, p.Product)
			sc.count(title, s.truth([]product{p}), m.Match(&advisory.Advisory{Title: title}))
		}
		out = append(out, sc)
	}
	return out
}
