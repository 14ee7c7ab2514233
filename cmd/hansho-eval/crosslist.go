package main

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"hansho/advisory"
	"hansho/match"
)

// crossed measures one product list against another that strangers wrote: the
// items are one list's rows, the advisories the other's. Gold is what a plain
// spelling of vendor and product, written apart from the matcher's own folding,
// has in common; a pair beyond it may be right all the same.
func crossed(items, claims list) *score {
	s := newStock(named(items.rows), nil)
	m := byName(s.items)
	gold := map[string][]string{}
	for _, it := range s.items {
		k := plainKey(product{Vendor: it.Vendor, Product: it.Product})
		gold[k] = append(gold[k], it.ID)
	}
	sc := newScore(items.short+" items, "+claims.short+" rows", "name", s)
	for _, p := range slices.Compact(slices.SortedFunc(slices.Values(named(claims.rows)), compareProducts)) {
		a := advisory.Advisory{Products: []advisory.ProductStatus{{Vendor: p.Vendor, Product: p.Product, Status: advisory.StatusAffected}}}
		truth := map[string]bool{}
		for _, id := range gold[plainKey(p)] {
			truth[id] = true
		}
		sc.pair(p.Vendor+" / "+p.Product, truth, m.Match(&a))
	}
	return sc
}

func compareProducts(a, b product) int {
	return strings.Compare(a.Vendor+"\x00"+a.Product, b.Vendor+"\x00"+b.Product)
}

// pair counts pairs alone where the documents aren't labelled one by one: a row
// that the other list doesn't have is no document to be found.
func (s *score) pair(title string, truth map[string]bool, matches []match.Match) {
	if len(truth) > 0 {
		s.count(title, truth, matches)
		return
	}
	ids := make([]string, len(matches))
	for i, m := range matches {
		ids[i] = m.Item
	}
	s.pairs += len(ids)
	if len(ids) > 0 {
		s.wrong = append(s.wrong, fmt.Sprintf("extra   %s: %s", title, s.stock.names(ids)))
	}
}

// named are the rows that name a product: not "All", "various" or a blank.
func named(rows []product) []product {
	return slices.DeleteFunc(slices.Clone(rows), func(p product) bool {
		key := plainKey(p)
		vendor, name, _ := strings.Cut(key, "/")
		return vendor == "" || name == "" || generic[name]
	})
}

var generic = map[string]bool{
	"all": true, "allproducts": true, "various": true, "other": true, "others": true, "unknown": true, "none": true, "allother": true, "allotherproducts": true, "products": true, "multiple": true, "multipleproducts": true,
}

var (
	marks    = regexp.MustCompile(`\[|\]\([^)]*\)|<[^>]*>|\([^)]*\)|[®™©]`)
	wordsOf  = regexp.MustCompile(`[\p{L}\p{N}+#]+`)
	corporal = regexp.MustCompile(`^(?:inc|incorporated|corp|corporation|ltd|limited|llc|gmbh|ag|co|company|foundation|software|technologies|systems|group|bv|nv|sa|se|plc)$`)
)

// plainKey spells a vendor and a product in one way: letters and digits in lower
// case, without marks and remarks, the form of the company, or the vendor's name
// before the product's.
func plainKey(p product) string {
	vendor := wordsOf.FindAllString(strings.ToLower(marks.ReplaceAllString(p.Vendor, "")), -1)
	for len(vendor) > 1 && corporal.MatchString(vendor[len(vendor)-1]) {
		vendor = vendor[:len(vendor)-1]
	}
	name := wordsOf.FindAllString(strings.ToLower(marks.ReplaceAllString(p.Product, "")), -1)
	if len(name) > len(vendor) && slices.Equal(name[:len(vendor)], vendor) {
		name = name[len(vendor):]
	}
	return strings.Join(vendor, "") + "/" + strings.Join(name, "")
}

// ncsc reads the fullest revision of NCSC-NL's list.
func (d data) ncsc() (list, error) {
	out := list{name: "NCSC-NL Log4Shell list, own rows", short: "NCSC-NL"}
	f, err := d.open("log4shell/ncsc-nl-revisions.tar.zst")
	if err != nil {
		return out, err
	}
	defer f.Close()
	var fullest []byte
	for tr := tar.NewReader(f); ; {
		head, err := tr.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return out, fmt.Errorf("ncsc-nl revisions: %w", err)
		}
		if head.Size <= int64(len(fullest)) {
			continue
		}
		if fullest, err = io.ReadAll(tr); err != nil {
			return out, fmt.Errorf("ncsc-nl revisions: %s: %w", head.Name, err)
		}
	}
	out.rows = tableRows(string(fullest))
	return out, nil
}
