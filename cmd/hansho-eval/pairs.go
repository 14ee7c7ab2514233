package main

import (
	"fmt"
	"slices"

	"hansho/advisory"
	"hansho/internal/fold"
	"hansho/match"
)

// pairForms are titles that name two products: V and P, then W and Q.
var pairForms = []form{
	{"V P and W Q (English)", "Multiple vulnerabilities in %[1]s %[2]s and %[3]s %[4]s"},
	{"VのPおよびWのQ", "%[1]sの%[2]sおよび%[3]sの%[4]sにおける複数の脆弱性"},
	{"V P、W Q", "%[1]s %[2]s、%[3]s %[4]s の脆弱性に関する注意喚起"},
	{"V 製 P と W 製 Q", "%[1]s製%[2]sと%[3]s製%[4]sに情報漏えいの脆弱性"},
	{"V P、Q", "%[1]s %[2]s、%[4]s の脆弱性に関する注意喚起"},
	{"P および Q", "%[2]s および %[4]s における複数の脆弱性"},
	{"P and Q (English)", "Multiple vulnerabilities in %[2]s and %[4]s"},
	{"V P / W Q", "%[1]s %[2]s / %[3]s %[4]s Security Update"},
}

// everyPair is which products stand in a title of two, one of so many by hash.
const everyPair = 48

// paired measures titles that name products of two makers: each of the two must be
// met.
func paired(m *match.Matcher, s *stock, products []product) []*score {
	var out []*score
	for i, f := range pairForms {
		sc := newScore("two: "+f.name, "text", s)
		var first *product
		for _, p := range products {
			h := hashed(fmt.Sprint("two", i, p.Vendor, "/", p.Product))
			if h%everyPair != 0 || placeholder(p) || fold.Name(p.Product) == "" {
				continue
			}
			if first == nil {
				first = &p
				continue
			}
			sc.two(fmt.Sprintf(f.format, first.Vendor, first.Product, p.Vendor, p.Product), *first, p, m)
			first = nil
		}
		out = append(out, sc)
	}
	return out
}

// two counts a title once for each of its products.
func (s *score) two(title string, p, q product, m *match.Matcher) {
	found := m.Match(&advisory.Advisory{Title: title})
	one, other := s.stock.truth([]product{p}), s.stock.truth([]product{q})
	for _, truth := range []map[string]bool{one, other} {
		s.count(title, truth, slices.DeleteFunc(slices.Clone(found), func(mt match.Match) bool {
			return !truth[mt.Item] && (one[mt.Item] || other[mt.Item])
		}))
	}
}
