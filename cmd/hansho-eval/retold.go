package main

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"

	"hansho/advisory"
	"hansho/internal/fold"
	"hansho/match"
)

// The two halves of the CVEs, by hash: rules are developed on one and measured
// on the other.
const (
	developed = iota
	heldOut
)

var halfNames = [...]string{developed: "developed half", heldOut: "held-out half"}

// everyCVE is which CVEs are retold: one of so many, by hash.
const everyCVE = 6

// telling is a form in which publishers name a product: V is the vendor, P the
// product. The products are those that real vulnerabilities had, as often as they
// had them, under the names of JVN's dictionary.
type telling struct {
	made   bool // names the maker
	format string
}

var tellings = []telling{
	{false, "%[2]s におけるクロスサイトスクリプティングの脆弱性"},
	{false, "%[2]s に複数の脆弱性"},
	{false, "%[2]s の脆弱性 (%[3]s) に関する注意喚起"},
	{false, "%[2]s における任意のコードを実行される脆弱性"},
	{true, "%[1]s の %[2]s における境界外書き込みに関する脆弱性"},
	{true, "%[1]sの%[2]sにおける不正な認証に関する脆弱性"},
	{true, "%[1]s製%[2]sに複数の脆弱性"},
	{true, "%[1]sの%[2]sにおける複数の脆弱性"},
}

// several is the form for a vulnerability of more products than the one named.
const several = "%[1]sの%[2]s等の複数製品における解放済みメモリの使用に関する脆弱性"

// retold is one CVE as a Japanese publisher would title it.
type retold struct {
	document
	half int
	made bool
}

// retell makes titles of CVEs whose products the dictionary knows.
func retell(s *stock, cves map[string][]product) []retold {
	var out []retold
	for _, id := range slices.Sorted(maps.Keys(cves)) {
		h := hashed(id)
		if h%everyCVE != 0 {
			continue
		}
		h /= everyCVE
		known := slices.DeleteFunc(slices.Clone(cves[id]), func(p product) bool { return len(s.of(product{CPE: p.CPE})) == 0 })
		if len(known) == 0 {
			continue
		}
		named := s.products[s.of(product{CPE: known[0].CPE})[0]]
		if fold.Name(named.Product) == "" {
			continue
		}
		t := tellings[h/2%uint32(len(tellings))]
		if len(known) > 1 && t.made {
			t.format = several
		}
		title := fmt.Sprintf(t.format, named.Vendor, named.Product, id)
		out = append(out, retold{document{Title: title, CVEs: []string{id}, Products: known}, int(h % 2), t.made})
	}
	return out
}

func hashed(s string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(s))
	return cmp.Or(h.Sum32(), 1)
}

// retoldTitles measures the titles of one half, those with the maker and those
// without apart.
func retoldTitles(m *match.Matcher, s *stock, list []retold, half int) []*score {
	with := newScore("NVD retold, "+halfNames[half], "V and P", s)
	without := newScore("NVD retold, "+halfNames[half], "P alone", s)
	for _, r := range list {
		if r.half != half {
			continue
		}
		sc := without
		if r.made {
			sc = with
		}
		sc.count(r.Title, s.truth(r.Products), m.Match(&advisory.Advisory{Title: r.Title}))
	}
	return []*score{with, without}
}
