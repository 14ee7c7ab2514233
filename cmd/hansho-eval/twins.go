package main

import (
	"slices"
	"strings"

	"hansho/inventory/dictionary"
)

// A dictionary that grew over twenty years has many products twice: under two
// spellings of the maker (Foxit, Foxit Software Inc), under the maker that was bought
// and the one that bought it, and under the maker that the CPE dictionary makes up of
// the product's name where it knows none (CUPS of CUPS, w3m of the w3m project). The
// labels name one of them; to ring for the other is no false alarm to who runs it. Sets
// are therefore counted twice: as labelled, and with such twins as one product. The
// second is generous: now and then the made-up maker's is another product of that name.

// twins knows which items are one product.
type twins struct {
	names  *dictionary.Dictionary
	makers map[string][]string // plain names of a maker, by the maker as given
}

func newTwins() *twins {
	return &twins{names: dictionary.Builtin(), makers: map[string][]string{}}
}

// are says that two entries are one product under two makers' names.
func (t *twins) are(a, b product) bool {
	maker, name := t.plain(a)
	other, same := t.plain(b)
	if name == "" || name != same {
		return false
	}
	if madeUp(maker, name) || madeUp(other, name) {
		return true
	}
	return slices.ContainsFunc(t.makersOf(a.Vendor), func(m string) bool {
		return slices.ContainsFunc(t.makersOf(b.Vendor), func(o string) bool { return begins(m, o) || begins(o, m) })
	})
}

// plain spells a product without its maker's name and the word firmware.
func (t *twins) plain(p product) (maker, name string) {
	maker, name, _ = strings.Cut(plainKey(p), "/")
	for _, m := range t.makersOf(p.Vendor) {
		if short, ok := strings.CutPrefix(name, m); ok && short != "" {
			name = short
			break
		}
	}
	name = strings.TrimSuffix(strings.TrimSuffix(name, "ファームウェア"), "firmware")
	return maker, name
}

func (t *twins) makersOf(vendor string) []string {
	if known, ok := t.makers[vendor]; ok {
		return known
	}
	var out []string
	for _, n := range append([]string{vendor}, t.names.VendorAliases(vendor)...) {
		if m, _, _ := strings.Cut(plainKey(product{Vendor: n, Product: "-"}), "/"); m != "" {
			out = append(out, m)
		}
	}
	t.makers[vendor] = out
	return out
}

// madeUp says that a maker is only called after the product.
func madeUp(maker, name string) bool {
	rest, ok := strings.CutPrefix(maker, name)
	return ok && (rest == "" || slices.Contains([]string{"project", "team", "org", "プロジェクト", "コンソーシアム"}, rest))
}

// shortMaker is how long a name must be for a longer one that begins with it to be of
// the same maker, in bytes.
const shortMaker = 4

func begins(long, short string) bool {
	return long == short || len(short) >= shortMaker && strings.HasPrefix(long, short)
}
