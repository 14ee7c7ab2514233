package match

import (
	"testing"

	"hansho/advisory"
	"hansho/inventory"
)

// A CVE record that is "affected by default" names the versions that aren't; the
// narrower claim is the one about them.
func TestANarrowerClaimWins(t *testing.T) {
	m, errs := New([]inventory.Item{
		{ID: "old", Vendor: "Acme", Product: "Widget Server", Version: "1.2.0"},
		{ID: "new", Vendor: "Acme", Product: "Widget Server", Version: "3.1.0"},
		{ID: "unknown", Vendor: "Acme", Product: "Widget Server"},
	})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	claim := func(versions string, s advisory.Status) advisory.ProductStatus {
		return advisory.ProductStatus{Vendor: "Acme", Product: "Widget Server", Versions: versions, Status: s}
	}
	a := &advisory.Advisory{ID: "cve:CVE-2031-1", Products: []advisory.ProductStatus{
		claim("vers:generic/*", advisory.StatusAffected), claim("vers:generic/>=3.0.0", advisory.StatusNotAffected),
	}}
	want := map[string]Verdict{"old": Affected, "new": NotAffected, "unknown": Possible}
	for _, got := range m.Match(a) {
		if got.Verdict != want[got.Item] {
			t.Errorf("%s: %s, want %s", got.Item, got.Verdict, want[got.Item])
		}
	}
}
