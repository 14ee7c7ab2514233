package match

import (
	"testing"

	"hansho/advisory"
	"hansho/inventory"
)

func TestVerdicts(t *testing.T) {
	const none = Verdict("")
	for _, c := range []struct {
		status                advisory.Status
		versions, fixed, have string
		want                  Verdict
	}{
		{"affected", "< 2.0", "", "1.0", Affected},
		{"affected", "< 2.0", "", "2.0", NotAffected},
		{"affected", "< 2.0", "2.0", "2.0", Fixed},
		{"affected", "< 2.0", "2.0", "", Possible},
		{"affected", "< 2.0", "", "banana", Possible},
		{"affected", "一部のバージョン", "", "1.0", Possible},
		{"affected", "すべてのバージョン", "", "", Affected},
		{"affected", "", "", "1.0", Possible},
		{"affected", "", "2.0", "1.0", Affected},
		{"affected", "", "2.0", "2.1", Fixed},
		{"affected", "", "", "", Possible},
		{"unknown", "< 2.0", "", "1.0", Possible},
		{"unknown", "", "", "", Possible},
		{"unknown", "< 2.0", "", "3.0", NotAffected},
		{"fixed", "2.3", "", "2.3", Fixed},
		{"fixed", "2.3", "", "2.4", Fixed},
		{"fixed", "2.3", "", "1.9", Possible},
		{"fixed", "", "2.0", "1.9", Affected},
		{"fixed", "", "2.0", "2.0", Fixed},
		{"fixed", "", "2.0", "", Possible},
		{"fixed", "", "", "1.0", Possible},
		{"not_affected", "", "", "", NotAffected},
		{"not_affected", "< 2.0", "", "1.0", NotAffected},
		{"not_affected", "< 2.0", "", "2.0", none},
		{"not_affected", "< 2.0", "", "", Possible},
		{"under_investigation", "", "", "1.0", UnderInvestigation},
		{"under_investigation", "< 2.0", "", "3.0", none},
		{"under_investigation", "< 2.0", "", "", UnderInvestigation},
	} {
		m := build(t, []inventory.Item{{ID: "x", Vendor: "Example", Product: "Zabbix", Version: c.have}})
		got := verdicts(m.Match(&advisory.Advisory{Products: []advisory.ProductStatus{
			{Vendor: "Example", Product: "Zabbix", Versions: c.versions, Fixed: c.fixed, Status: c.status},
		}}))
		if got["x"] != c.want {
			t.Errorf("%s %q fixed %q, running %q: %q, want %q", c.status, c.versions, c.fixed, c.have, got["x"], c.want)
		}
	}
}

func TestClaimAboutTheRunningVersionDecides(t *testing.T) {
	m := build(t, []inventory.Item{{ID: "x", Vendor: "Example", Product: "Zabbix", Version: "2.15.0"}})
	claim := func(versions string, s advisory.Status) advisory.ProductStatus {
		return advisory.ProductStatus{Vendor: "Example", Product: "Zabbix", Versions: versions, Status: s}
	}
	for _, c := range []struct {
		claims []advisory.ProductStatus
		want   Verdict
	}{
		{[]advisory.ProductStatus{claim("2.14.1", "affected"), claim("2.15.0", "fixed")}, Fixed},
		{[]advisory.ProductStatus{claim("< 1.5", "affected"), claim(">= 2.0, < 2.16", "affected")}, Affected},
		{[]advisory.ProductStatus{claim("< 1.5", "affected"), claim("", "affected")}, Possible},
		{[]advisory.ProductStatus{claim("2.15.0", "affected"), claim("2.15.0", "fixed")}, Affected},
		{[]advisory.ProductStatus{claim("", "not_affected"), claim("2.15.0", "affected")}, Affected},
	} {
		if got := verdicts(m.Match(&advisory.Advisory{Products: c.claims})); got["x"] != c.want {
			t.Errorf("%v: %q, want %q", c.claims, got["x"], c.want)
		}
	}
}
