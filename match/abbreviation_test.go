package match

import (
	"testing"

	"hansho/advisory"
	"hansho/inventory"
)

// TestAbbreviations: a few letters that only the dictionary gives a product stand for
// many things.
func TestAbbreviations(t *testing.T) {
	names := aliases{"Deep Example Agent": {"DEA"}}
	m := build(t, []inventory.Item{{ID: "x", Vendor: "Newco", Product: "Deep Example Agent"}, {ID: "own", Vendor: "Newco", Product: "XYZ"}}, WithNames(names))
	for title, want := range map[string]int{
		"[DEA 5678-1] something security update": 0,
		"複数の DEA 関連製品における脆弱性":                    0,
		"Newco DEA の脆弱性":                         1,
		"Newco製DEAにおける脆弱性":                       1,
		"XYZ の脆弱性":                               1, // the item's own word
	} {
		if got := m.Match(&advisory.Advisory{Title: title}); len(got) != want {
			t.Errorf("%s: %v, want %d", title, got, want)
		}
	}
}
