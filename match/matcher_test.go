package match

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hansho/advisory"
	"hansho/inventory"
)

func verdicts(ms []Match) map[string]Verdict {
	out := map[string]Verdict{}
	for _, m := range ms {
		out[m.Item] = m.Verdict
	}
	return out
}

// log4jItems are one library in every form in which an inventory declares it.
func log4jItems() []inventory.Item {
	return []inventory.Item{
		{ID: "cpe", CPE: "cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*"},
		{ID: "cpe22", CPE: "cpe:/a:apache:log4j:2.14.1"},
		{ID: "name", Vendor: "Apache", Product: "Log4j", Version: "2.14.1"},
		{ID: "unversioned", Vendor: "Apache Software Foundation", Product: "Apache Log4j"},
		{ID: "new", CPE: "cpe:2.3:a:apache:log4j:2.17.1:*:*:*:*:*:*:*"},
		{ID: "purl", PURL: "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1?type=jar"},
		{ID: "contains", Name: "受発注システム", Product: "受発注", Contains: []string{"Apache Log4j 2.14.1"}},
		{ID: "contains-purl", Product: "帳票", Contains: []string{"pkg:maven/org.apache.logging.log4j/log4j-core@2.17.1"}},
		{ID: "contains-cpe", Product: "勤怠", Contains: []string{"cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*"}},
		{ID: "other", Vendor: "Apache", Product: "Log4net", Version: "2.0.8"},
	}
}

func TestEveryFormOfClaimMeetsEveryFormOfItem(t *testing.T) {
	m := build(t, log4jItems())
	for _, c := range []struct {
		name string
		a    advisory.Advisory
		want map[string]Verdict
	}{
		{
			"configuration",
			advisory.Advisory{Configs: []advisory.Config{{Matches: []advisory.CPEMatch{
				{CPE: "cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*", Vulnerable: true, StartIncluding: "2.0.1", EndExcluding: "2.15.0"},
			}}}},
			map[string]Verdict{
				"cpe": Affected, "cpe22": Affected, "name": Affected, "unversioned": Possible, "new": Fixed,
				"contains": Affected, "contains-cpe": Affected,
			},
		},
		{
			"CPE and Japanese prose",
			advisory.Advisory{Products: []advisory.ProductStatus{
				{CPE: "cpe:/a:apache:log4j", Versions: "2.0-beta9 から 2.14.1 まで", Fixed: "2.15.0", Status: advisory.StatusAffected},
			}},
			map[string]Verdict{
				"cpe": Affected, "cpe22": Affected, "name": Affected, "unversioned": Possible, "new": Fixed,
				"contains": Affected, "contains-cpe": Affected,
			},
		},
		{
			"vendor and product",
			advisory.Advisory{Products: []advisory.ProductStatus{
				{Vendor: "Apache Software Foundation", Product: "Log4j", Versions: "< 2.15.0", Status: advisory.StatusAffected},
			}},
			map[string]Verdict{
				"cpe": Affected, "cpe22": Affected, "name": Affected, "unversioned": Possible, "new": NotAffected,
				"contains": Affected, "contains-cpe": Affected,
			},
		},
		{
			"product without its vendor",
			advisory.Advisory{Products: []advisory.ProductStatus{{Product: "Apache Log4j", Versions: "2.14.1", Status: advisory.StatusAffected}}},
			map[string]Verdict{
				"cpe": Affected, "cpe22": Affected, "name": Affected, "unversioned": Possible, "new": NotAffected,
				"contains": Affected, "contains-cpe": Affected,
			},
		},
		{
			"purl and VERS",
			advisory.Advisory{Products: []advisory.ProductStatus{
				{PURL: "pkg:maven/org.apache.logging.log4j/log4j-core", Versions: "vers:maven/>=2.0-beta9|<2.15.0", Fixed: "2.15.0", Status: advisory.StatusAffected},
			}},
			map[string]Verdict{"purl": Affected, "contains-purl": Fixed},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, verdicts(m.Match(&c.a))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestEvidenceSaysWhatMetAndWhichTestRan(t *testing.T) {
	m := build(t, log4jItems()[:1])
	got := m.Match(&advisory.Advisory{ID: "nvd:CVE-2021-44228", Configs: []advisory.Config{{Matches: []advisory.CPEMatch{
		{CPE: "cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*", Vulnerable: true, StartIncluding: "2.0.1", EndExcluding: "2.15.0"},
	}}}})
	want := []Match{{
		Item: "cpe", Advisory: "nvd:CVE-2021-44228", Verdict: Affected, Confidence: 1, Claim: -1,
		Evidence: []Evidence{{
			Method: "config", Item: "cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*", Found: "cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*",
			Where: "configs[0]", Test: "2.14.1 in >=2.0.1, <2.15.0", Result: "in",
		}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestBadIdentifiersAreReported(t *testing.T) {
	m, errs := New([]inventory.Item{
		{ID: "a", CPE: "cpe:2.3:a:b", Vendor: "Apache", Product: "Log4j"},
		{ID: "b", PURL: "pkg:", Product: "Ghostscript"},
		{ID: "c", Product: "Portal", Contains: []string{"cpe:nonsense"}},
	})
	if len(errs) != 3 {
		t.Fatalf("errors: %v", errs)
	}
	for i, id := range []string{"a", "b", "c"} {
		if !strings.Contains(errs[i].Error(), `item "`+id+`"`) {
			t.Errorf("error %d does not name %s: %v", i, id, errs[i])
		}
	}
	got := m.Match(&advisory.Advisory{Products: []advisory.ProductStatus{{Vendor: "Apache", Product: "Log4j", Status: advisory.StatusAffected}}})
	if len(got) != 1 {
		t.Errorf("the item is no longer met by its name: %v", got)
	}
}

func TestClaimsOfDifferentVendorsAreApart(t *testing.T) {
	m := build(t, []inventory.Item{
		{ID: "a", Vendor: "Alpha", Product: "Portal", Version: "1.0"},
		{ID: "b", Vendor: "Beta", Product: "Portal", Version: "1.0"},
		{ID: "bare", Product: "Portal", Version: "1.0"},
		{ID: "named", Product: "Zabbix", Version: "1.0"},
	})
	for _, c := range []struct {
		vendor, product string
		want            map[string]Verdict
	}{
		{"Beta Inc.", "Portal", map[string]Verdict{"b": Affected}},
		{"", "Portal", map[string]Verdict{}},
		{"Zabbix LLC", "Zabbix", map[string]Verdict{"named": Affected}},
		{"", "Zabbix", map[string]Verdict{"named": Affected}},
		{"Microsoft", "Multiple Products", map[string]Verdict{}},
	} {
		a := advisory.Advisory{Products: []advisory.ProductStatus{{Vendor: c.vendor, Product: c.product, Versions: "1.0", Status: advisory.StatusAffected}}}
		if diff := cmp.Diff(c.want, verdicts(m.Match(&a))); diff != "" {
			t.Errorf("%s/%s (-want +got)\n%s", c.vendor, c.product, diff)
		}
	}
}

func TestACellMayNameSeveralProducts(t *testing.T) {
	m := build(t, []inventory.Item{
		{ID: "cucm", Vendor: "Cisco", Product: "Unified Communications Manager"},
		{ID: "sme", Vendor: "Cisco", Product: "Cisco Unified Communications Manager Session Management Edition"},
		{ID: "am", Vendor: "NetIQ", Product: "Access Manager"},
		{ID: "vcenter", Vendor: "VMware", Product: "vCenter Server"},
		{ID: "log", Vendor: "Apache", Product: "Log4j"},
		{ID: "zabbix", Vendor: "Zabbix", Product: "Zabbix"},
	})
	for _, c := range []struct {
		vendor, product string
		want            []string
	}{
		{"Cisco", "Cisco Unified Communications Manager / Cisco Unified Communications Manager Session Management Edition", []string{"cucm", "sme"}},
		{"Cisco", "Unity, Unified Communications Manager", []string{"cucm"}},
		{"VMware", "ESXi、vCenter Server", []string{"vcenter"}},
		{"VMware", "ESXi および vCenter Server", []string{"vcenter"}},
		{"NetIQ", "Identity and Access Manager", nil},
		{"Cisco", "ESXi / vCenter Server", nil},
		{"Apache", "Log4j/Chainsaw", nil},
		{"Zabbix", "Zabbix Agent、", nil},
	} {
		a := advisory.Advisory{Products: []advisory.ProductStatus{{Vendor: c.vendor, Product: c.product, Status: advisory.StatusAffected}}}
		got := slices.Sorted(maps.Keys(verdicts(m.Match(&a))))
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s (-want +got)\n%s", c.vendor, c.product, diff)
		}
	}
}

func TestVeryNameGoesBeforeNamesLikeIt(t *testing.T) {
	claim := advisory.Advisory{Products: []advisory.ProductStatus{{Vendor: "Corega", Product: "CG-WGR1200", Status: advisory.StatusAffected}}}
	firmware := inventory.Item{ID: "firmware", Vendor: "Corega", Product: "CG-WGR1200 ファームウェア"}
	if got := build(t, []inventory.Item{firmware}).Match(&claim); len(got) != 1 {
		t.Errorf("firmware alone: %v", got)
	}
	both := build(t, []inventory.Item{firmware, {ID: "router", Vendor: "Corega", Product: "CG-WGR1200"}})
	if diff := cmp.Diff(map[string]Verdict{"router": Possible}, verdicts(both.Match(&claim))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestEachCVEOfAnAdvisoryIsJudgedByItself(t *testing.T) {
	m := build(t, []inventory.Item{{ID: "x", Vendor: "Example", Product: "Zabbix", Version: "2.0"}})
	claim := func(cve string, s advisory.Status) advisory.ProductStatus {
		return advisory.ProductStatus{Vendor: "Example", Product: "Zabbix", Versions: "2.0", Status: s, CVE: cve}
	}
	a := advisory.Advisory{Products: []advisory.ProductStatus{
		claim("CVE-2021-0001", advisory.StatusNotAffected), claim("CVE-2021-0002", advisory.StatusAffected),
	}}
	if got := verdicts(m.Match(&a)); got["x"] != Affected {
		t.Errorf("got %v, want affected by the second CVE", got)
	}
	a.Products = a.Products[:1]
	if got := verdicts(m.Match(&a)); got["x"] != NotAffected {
		t.Errorf("got %v, want not affected", got)
	}
}
