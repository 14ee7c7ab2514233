//go:build !race

// Quality is measured in one goroutine: the race detector has nothing to find there,
// and takes ten times as long.

package main

import (
	"os"
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
	declared := byName(inv.declared())
	m, _ := match.New(inv.items)
	exploited, err := d.exploited()
	if err != nil {
		t.Fatal(err)
	}
	want := []wanted{
		{identifiers(m, inv, labelled), 1, 1},
		{claimNames(m, inv, labelled), 1, 1},
		{titlesOf("JVN titles", m, inv, labelled), 0.96, 0.94},
		{titlesOf("JVN titles, declared by name", declared, inv, labelled), 0.95, 0.94},
		{ownTitles("KEV titles, own products", exploited), 0.88, 0.89},
	}
	for _, set := range invented(m, inv, products) {
		want = append(want, wanted{set, 0.90, 0.98})
	}
	for _, set := range paired(declared, inv, products) {
		want = append(want, wanted{set, 0.82, 0.90})
	}
	holds(t, want)
}

// TestRetold holds the matcher to what it reached on the products that NVD's years
// name. The gate leaves it out: HANSHO_FULL=1 reads the years.
func TestRetold(t *testing.T) {
	if os.Getenv("HANSHO_FULL") == "" {
		t.Skip("reads six years of NVD: HANSHO_FULL=1")
	}
	l, err := data{dir: realdata.Dir(t)}.load()
	if err != nil {
		t.Fatal(err)
	}
	inv := newStock(l.products, l.labelled)
	declared, told := byName(inv.declared()), retell(inv, l.cves)
	var want []wanted
	for half := range halfNames {
		scores := retoldTitles(declared, inv, told, half)
		want = append(want, wanted{scores[0], 0.94, 0.99}, wanted{scores[1], 0.87, 0.98})
	}
	holds(t, want)
}

// TestVersionsHeard holds what is said of versions in running text to what NVD's
// ranges say: a version that NVD holds is called safe in one case of fifty at most,
// most of them NVD's own contradictions.
func TestVersionsHeard(t *testing.T) {
	if os.Getenv("HANSHO_FULL") == "" {
		t.Skip("reads six years of NVD: HANSHO_FULL=1")
	}
	h, err := versionsHeard(data{dir: realdata.Dir(t)})
	if err != nil {
		t.Fatal(err)
	}
	if h.affected < 3000 || h.silent < 1500 || h.silentWrong*50 > h.silent {
		t.Errorf("%+v", h)
	}
}

// wanted is what a set must reach.
type wanted struct {
	set               *score
	precision, recall float64
}

func holds(t *testing.T, want []wanted) {
	t.Helper()
	for _, w := range want {
		if p, r := w.set.precision(), w.set.recall(); p < w.precision || r < w.recall || w.set.docs == 0 {
			t.Errorf("%s by %s: precision %.3f, recall %.3f of %d; want %.2f and %.2f", w.set.set, w.set.method, p, r, w.set.docs, w.precision, w.recall)
		}
	}
}
