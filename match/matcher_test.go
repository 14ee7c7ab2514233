package match

import (
	"testing"

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

func TestMatchLog4Shell(t *testing.T) {
	items := []inventory.Item{
		{ID: "cpe", CPE: "cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*"},
		{ID: "name", Vendor: "Apache", Product: "Log4j", Version: "2.14.1"},
		{ID: "ja", Vendor: "Apache Software Foundation", Product: "Apache Log4j"},
		{ID: "new", CPE: "cpe:2.3:a:apache:log4j:2.17.1:*:*:*:*:*:*:*"},
		{ID: "purl", PURL: "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"},
		{ID: "in", Product: "受発注システム", Contains: []string{"Apache Log4j 2.14.1"}},
		{ID: "tomcat", Vendor: "Apache", Product: "Tomcat", Version: "9.0.1"},
	}
	m, errs := New(items)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	for _, a := range []*advisory.Advisory{
		{ID: "nvd:CVE-2021-44228", Configs: []advisory.Config{{Matches: []advisory.CPEMatch{
			{CPE: "cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*", Vulnerable: true, StartIncluding: "2.0", EndExcluding: "2.15.0"},
		}}}},
		{ID: "jvndb:1", Products: []advisory.ProductStatus{
			{Vendor: "Apache Software Foundation", Product: "Apache Log4j", CPE: "cpe:/a:apache:log4j", Versions: "2.0-beta9 から 2.14.1 まで", Status: advisory.StatusAffected},
		}},
		{ID: "osv:1", Products: []advisory.ProductStatus{
			{PURL: "pkg:maven/org.apache.logging.log4j/log4j-core", Versions: "vers:maven/>=2.0|<2.15.0", Status: advisory.StatusAffected},
		}},
		{ID: "jpcert:1", Title: "Apache Log4jの任意のコード実行の脆弱性（CVE-2021-44228）に関する注意喚起"},
	} {
		for _, mt := range m.Match(a) {
			t.Logf("%s %s %s %v %+v", a.ID, mt.Item, mt.Verdict, mt.Confidence, mt.Evidence)
		}
	}
}
