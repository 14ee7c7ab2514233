package main

import (
	"testing"

	"hansho/internal/realdata"
	"hansho/match"
)

// TestQuality holds the matcher to what it reached on real documents, with the
// whole dictionary as the inventory.
func TestQuality(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a matcher of 76,000 products")
	}
	d := data{dir: realdata.Dir(t)}
	products, err := d.dictionary()
	if err != nil {
		t.Fatal(err)
	}
	labelled, err := d.labelled()
	if err != nil {
		t.Fatal(err)
	}
	inv := newStock(products, labelled)
	m, _ := match.New(inv.items)
	want := []struct {
		set               *score
		precision, recall float64
	}{
		{identifiers(m, inv, labelled), 1, 1},
		{claimNames(m, inv, labelled), 1, 1},
		{titlesOf("JVN titles", m, inv, labelled), 0.96, 0.94},
	}
	for _, set := range invented(m, inv, products) {
		want = append(want, struct {
			set               *score
			precision, recall float64
		}{set, 0.92, 0.94})
	}
	for _, w := range want {
		if p, r := w.set.precision(), w.set.recall(); p < w.precision || r < w.recall {
			t.Errorf("%s by %s: precision %.3f, recall %.3f; want %.2f and %.2f", w.set.set, w.set.method, p, r, w.precision, w.recall)
		}
	}
}
