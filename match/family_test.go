package match

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"hansho/advisory"
	"hansho/inventory"
)

func TestFamilies(t *testing.T) {
	item := func(vendor, product string) inventory.Item {
		return inventory.Item{ID: product, Vendor: vendor, Product: product}
	}
	c, errs := NewCompany([]inventory.Item{
		item("Newco", "Skylark WG1200"), item("Newco", "Skylark WG1300HP"), item("Newco", "Router 9300"), item("Newco", "Router 2960X"),
		item("Newco", "Panel2000シリーズ P27モデル"), item("Elsewhere", "Office 2019"),
	}, descent())
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	for title, want := range map[string]string{
		"Newco Skylarkシリーズにおける複数の脆弱性":             "Skylark WG1200 Skylark WG1300HP",
		"Skylark 製品における複数の脆弱性":                    "Skylark WG1200 Skylark WG1300HP",
		"Newco Skylark WG1200 における複数の脆弱性":         "Skylark WG1200",
		"Newco Skylark WG9999 における複数の脆弱性":         "",
		"Newco製 Panel2000 シリーズの TCP/IP 機能における脆弱性": "Panel2000シリーズ P27モデル",
		"Newco Router 9000 Series Vulnerability":  "Router 9300",
		"Router 製品の脆弱性":                           "", // an everyday word
		"Somebody's Office における脆弱性":               "",
		"Newcomer Skylarking シリーズの脆弱性":            "",
	} {
		for _, kind := range []advisory.Kind{advisory.KindAlert, advisory.KindRoundup} {
			got := strings.Join(slices.Sorted(maps.Keys(verdicts(c.MatchWith(&advisory.Advisory{Title: title, Kind: kind}, nil)))), " ")
			if got != want {
				t.Errorf("%s\n got %q\nwant %q", title, got, want)
			}
		}
	}
	found := c.MatchWith(&advisory.Advisory{Title: "Newco Skylarkシリーズの脆弱性", Kind: advisory.KindAlert}, nil)
	if len(found) == 0 || found[0].Verdict != Possible || found[0].Evidence[0].Found != "Skylark" {
		t.Errorf("got %+v, want possible by the line's name", found)
	}
}
