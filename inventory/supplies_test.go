package inventory

import "testing"

func TestSupplies(t *testing.T) {
	p := Partner{ID: "toto", Company: "東都システム株式会社"}
	for supplier, want := range map[string]bool{
		"toto": true, "TOTO": true, "東都システム株式会社": true, "東都ｼｽﾃﾑ株式会社": true, "東都": false, "": false,
	} {
		if got := p.Supplies(Item{Supplier: supplier}); got != want {
			t.Errorf("%q: %v", supplier, got)
		}
	}
	if (Partner{ID: "x"}).Supplies(Item{}) {
		t.Error("an item without a supplier has one")
	}
}
