package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hansho/inventory/dictionary"
	"hansho/vendors"
)

// A maker's own sources speak of its products: neither those of its owner nor
// those of what it took over do, unless the catalogue says so.
func TestRecommendedAreTheMakersOwn(t *testing.T) {
	entries, err := vendors.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	for vendor, want := range map[string][]string{
		"Cisco": {"cisco", "cisco-csaf"}, "シスコ": {"cisco", "cisco-csaf"}, "Splunk": {"splunk"}, "Sourcefire": {"cisco", "cisco-csaf"},
		"Dell": nil, "IBM": nil, "Sun Microsystems": {"oracle", "oracle-alerts"}, "Pulse Secure": {"ivanti"},
	} {
		got := vendors.Cover(entries, []vendors.Wanted{{ID: "it", Vendor: vendor}}, aliases{dictionary.Builtin()})[0]
		if diff := cmp.Diff(want, got.Could); diff != "" {
			t.Errorf("%s: %s", vendor, diff)
		}
	}
}
