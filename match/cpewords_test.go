package match

import (
	"testing"

	"hansho/advisory"
	"hansho/inventory"
)

// whose knows whose the products without a maker in the inventory are.
func whose() lore {
	return lore{
		aliases: aliases{"LineOS": nil, "Line 60F": {"LineOS"}},
		known:   map[string]bool{"maker/lineos": true, "microsoft/office": true},
	}
}

// TestWordsOfNames meets items that say what they are in words with CPE names.
func TestWordsOfNames(t *testing.T) {
	name := func(s string) advisory.CPEMatch { return advisory.CPEMatch{CPE: "cpe:2.3:" + s, Vulnerable: true} }
	before := func(s, end string) advisory.CPEMatch {
		return advisory.CPEMatch{CPE: "cpe:2.3:" + s, Vulnerable: true, EndExcluding: end}
	}
	words := func(vendor, product, version string) inventory.Item {
		return inventory.Item{Vendor: vendor, Product: product, Version: version}
	}
	with := func(part string) inventory.Item { return inventory.Item{Name: "a machine", Contains: []string{part}} }
	for _, c := range []struct {
		item  inventory.Item
		match advisory.CPEMatch
		want  Verdict
	}{
		// the update is part of the version
		{words("Maker", "Gate", "9.1R11.4"), name("a:maker:gate:9.1:r11.4:*:*:*:*:*:*"), Affected},
		{words("Maker", "Gate", "9.1R11.4"), name("a:maker:gate:9.1:r14:*:*:*:*:*:*"), NotAffected},
		{words("Maker", "Gate", "9.1R11.4"), name("a:maker:gate:9.1:*:*:*:*:*:*:*"), Affected},
		{words("Maker", "Gate", "9.1.2"), name("a:maker:gate:9.1:*:*:*:*:*:*:*"), NotAffected},
		{words("Maker", "Gate", "9.1"), name("a:maker:gate:9.1:r14:*:*:*:*:*:*"), Possible},
		{words("Maker", "Post", "2016 CU21"), name("a:maker:post:2016:cumulative_update_21:*:*:*:*:*:*"), Affected},
		{words("Maker", "Post", "2016 Cumulative Update 21"), name("a:maker:post:2016:cumulative_update_22:*:*:*:*:*:*"), NotAffected},
		{words("Maker", "Cup", "1.8.0_291"), name("a:maker:cup:1.8.0:update291:*:*:*:*:*:*"), Affected},
		// a number of the name is the version to CPE
		{words("Maker", "Post 2016", "15.1.2308"), name("a:maker:post:2016:*:*:*:*:*:*:*"), Affected},
		{words("Maker", "Post 2016", "15.1.2308"), name("a:maker:post:2019:*:*:*:*:*:*:*"), NotAffected},
		{words("Maker", "Post 2016", "CU21"), name("a:maker:post:2016:cumulative_update_21:*:*:*:*:*:*"), Affected},
		{words("Maker", "Post 2016", "15.1.2308"), name("a:maker:post:2016:cumulative_update_21:*:*:*:*:*:*"), Possible},
		// what runs on a device
		{words("Maker", "BOX-1", "Rev.1.04"), before("o:maker:box-1_firmware:*:*:*:*:*:*:*:*", "1.05"), Affected},
		{inventory.Item{CPE: "cpe:2.3:h:maker:box-1:-:*:*:*:*:*:*:*", Version: "1.05"}, before("o:maker:box-1_firmware:*:*:*:*:*:*:*:*", "1.05"), Fixed},
		{inventory.Item{CPE: "cpe:2.3:h:maker:box-1:-:*:*:*:*:*:*:*"}, before("o:maker:box-1_firmware:*:*:*:*:*:*:*:*", "1.05"), Possible},
		{words("Maker", "Line-60F", "7.0.1"), before("o:maker:lineos:*:*:*:*:*:*:*:*", "7.0.3"), Affected},
		// whose product it is
		{with("LineOS v7.0.1 build0123"), before("o:maker:lineos:*:*:*:*:*:*:*:*", "7.0.3"), Affected},
		{with("LineOS v7.0.1"), before("o:other:lineos:*:*:*:*:*:*:*:*", "7.0.3"), ""},
		{words("Somebody", "Compressor", "1.7"), before("a:compressor_project:compressor:*:*:*:*:*:*:*:*", "1.8"), Affected},
		{words("Somebody", "Compressor", "1.7"), before("a:other:compressor:*:*:*:*:*:*:*:*", "1.8"), ""},
		{words("Somebody", "Web", "1.7"), before("a:web_project:web:*:*:*:*:*:*:*:*", "1.8"), ""}, // an everyday word
		{words("Maker", "Fox ESR", "115.6.0esr"), before("a:maker:fox:*:*:*:*:esr:*:*:*", "115.7"), Affected},
		{words("Maker", "Fox", "115.6.0"), before("a:maker:fox:*:*:*:*:esr:*:*:*", "115.7"), Possible},
		// a distribution brings fixes back
		{inventory.Item{PURL: "pkg:rpm/redhat/compressor@1.7-5.el9"}, before("a:compressor:compressor:*:*:*:*:*:*:*:*", "1.8"), Possible},
		{inventory.Item{PURL: "pkg:rpm/redhat/compressor@1.8-5.el9"}, before("a:compressor:compressor:*:*:*:*:*:*:*:*", "1.8"), Fixed},
		// Windows
		{with("Windows 10 Pro 22H2"), name("o:microsoft:windows_10_22h2:*:*:*:*:*:*:*:*"), Affected},
		{with("Windows 10 Pro 22H2"), before("o:microsoft:windows_10_22h2:*:*:*:*:*:*:*:*", "10.0.19045.3803"), Possible},
		{with("Windows 10 Pro 22H2"), name("o:microsoft:windows_10_21h2:*:*:*:*:*:*:*:*"), NotAffected},
		{with("Windows 10 Pro 22H2"), name("o:microsoft:windows_10:1607:*:*:*:*:*:*:*"), NotAffected},
		{with("Windows 11 Pro 22H2"), name("o:microsoft:windows_10_22h2:*:*:*:*:*:*:*:*"), ""},
		{words("Microsoft", "Windows 10 Pro", "10.0.19045.3700"), before("o:microsoft:windows_10_22h2:*:*:*:*:*:*:*:*", "10.0.19045.3803"), Affected},
		{words("Microsoft", "Windows Server 2019 Standard", "1809"), before("o:microsoft:windows_server_2019:*:*:*:*:*:*:*:*", "10.0.17763.5206"), Possible},
		{with("Windows Server 2012 R2 Standard"), name("o:microsoft:windows_server_2012:r2:*:*:*:*:*:*:*"), Affected},
		{with("Windows Server 2012 R2 Standard"), name("o:microsoft:windows_server_2012:-:*:*:*:*:*:*:*"), ""},
		{with("Office 2019"), name("a:microsoft:office:2019:*:*:*:*:*:*:*"), Affected},
		{with("Office 2019"), name("a:microsoft:office:2016:*:*:*:*:*:*:*"), NotAffected},
	} {
		c.item.ID = "it"
		m := build(t, []inventory.Item{c.item}, WithNames(whose()))
		a := &advisory.Advisory{Configs: []advisory.Config{{Operator: "OR", Matches: []advisory.CPEMatch{c.match}}}}
		if got := verdicts(m.Match(a))["it"]; got != c.want {
			t.Errorf("%s %s %s %v %s, against %s <%s: %q, want %q", c.item.Vendor, c.item.Product, c.item.Version, c.item.Contains, c.item.CPE, c.match.CPE, c.match.EndExcluding, got, c.want)
		}
	}
}
