package match

import (
	"strings"
	"testing"

	"hansho/advisory"
)

func TestExplainSaysWhatKeptThemApart(t *testing.T) {
	m := build(t, officeItems())
	for _, c := range []struct {
		item string
		a    advisory.Advisory
		why  string
	}{
		{"office", advisory.Advisory{Title: "Microsoft Office Online Server の脆弱性"}, "goes on as a longer name"},
		{"firefox", advisory.Advisory{Title: "Mozilla Firefox ESR の脆弱性"}, "inside the longer name"},
		{"wordpress", advisory.Advisory{Title: "WordPress 用プラグイン X の脆弱性"}, "made for or runs on"},
		{"teams", advisory.Advisory{Title: "Teams を騙る詐欺"}, "everyday word"},
		{"vim", advisory.Advisory{Title: "Example OS の Vim 機能の脆弱性"}, "a part of something else"},
		{"firefox", advisory.Advisory{Title: "Microsoft Server Firefox Deserialization Vulnerability"}, "another vendor"},
		{"vim", advisory.Advisory{Title: "Example における Vim の脆弱性"}, "weakness"},
		{"forms", advisory.Advisory{Products: []advisory.ProductStatus{{Vendor: "Other", Product: "Forms"}}}, "another vendor"},
		{"anyconnect", advisory.Advisory{Products: []advisory.ProductStatus{{Vendor: "Cisco", Product: "AnyConnect VPN"}}}, "a word in common"},
		{"tomcat", advisory.Advisory{Configs: []advisory.Config{{Matches: []advisory.CPEMatch{{CPE: "cpe:2.3:a:apache:tomcat:*:*:*:*:*:*:*:*", EndExcluding: "9"}}}}}, ""},
		{"tomcat", advisory.Advisory{Configs: []advisory.Config{{Matches: []advisory.CPEMatch{{CPE: "cpe:2.3:a:redhat:tomcat:*:*:*:*:*:*:*:*"}}}}}, "another vendor"},
		{"tomcat", advisory.Advisory{Products: []advisory.ProductStatus{{CPE: "cpe:2.3:h:apache:tomcat:*:*:*:*:*:*:*:*"}}}, "part is a, not h"},
	} {
		e, ok := m.Explain(c.item, &c.a)
		if !ok || e.Match != nil {
			t.Errorf("%s, %+v: explained as a match %+v", c.item, c.a, e.Match)
			continue
		}
		if c.why == "" {
			continue
		}
		if len(e.Readings) == 0 || e.Readings[0].Met || !strings.Contains(e.Readings[0].Why, c.why) {
			t.Errorf("%s, %+v:\n got %+v\nwant %q", c.item, c.a, e.Readings, c.why)
		}
	}
}

func TestExplainListsEveryTest(t *testing.T) {
	m := build(t, log4jItems())
	e, ok := m.Explain("cpe", &advisory.Advisory{ID: "x", Products: []advisory.ProductStatus{
		{CPE: "cpe:/a:apache:log4j", Versions: "< 2.3.1", Status: advisory.StatusAffected},
		{CPE: "cpe:/a:apache:log4j", Versions: ">= 2.4, < 2.15.0", Status: advisory.StatusAffected},
	}})
	if !ok || e.Match == nil || e.Match.Verdict != Affected || len(e.Readings) != 2 {
		t.Fatalf("got %+v", e)
	}
	if e.Readings[0].Result != "out" || e.Readings[1].Result != "in" || e.Readings[1].Verdict != Affected {
		t.Errorf("got %+v", e.Readings)
	}
	if _, ok := m.Explain("no such item", &advisory.Advisory{}); ok {
		t.Error("explained an item that isn't there")
	}
}
