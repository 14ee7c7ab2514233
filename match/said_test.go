package match

import (
	"slices"
	"strings"
	"testing"

	"hansho/advisory"
	"hansho/inventory"
)

// TestVersionsInText tests running versions against what a text says right behind
// a product's name, and only against that.
func TestVersionsInText(t *testing.T) {
	fortios := func(version string) inventory.Item {
		return inventory.Item{ID: "x", Vendor: "Fortinet", Product: "FortiOS", Version: version}
	}
	movable := inventory.Item{ID: "x", Vendor: "シックス・アパート", Product: "Movable Type", Version: "7.9.0"}
	for _, c := range []struct {
		name           string
		item           inventory.Item
		title, summary string
		want           Verdict
	}{
		{"inside", fortios("7.0.5"), "FortiOS 7.0.0 から 7.0.13 における境界外書き込みの脆弱性", "", Affected},
		{"outside", fortios("7.2.5"), "FortiOS 7.0.0 から 7.0.13 における境界外書き込みの脆弱性", "", NotAffected},
		{"no version declared", fortios(""), "FortiOS 7.0.0 から 7.0.13 における境界外書き込みの脆弱性", "", Possible},
		{"English", fortios("7.0.5"), "Fortinet FortiOS versions 7.0.0 through 7.0.13 out-of-bounds write", "", Affected},
		{"before a fix", fortios("7.0.14"), "Out-of-bounds write in FortiOS before 7.0.14", "", NotAffected},
		{"second branch", fortios("7.2.3"), "", "Fortinet FortiOS 7.0.0 から 7.0.13、7.2.0 から 7.2.4 には脆弱性があります。", Affected},
		{"between branches", fortios("7.1.2"), "", "Fortinet FortiOS 7.0.0 から 7.0.13、および 7.2.0 から 7.2.4 には脆弱性があります。", NotAffected},
		{"beside another product", fortios("7.2.5"), "Fortinet FortiOS 7.0.0 through 7.0.13 and シックス・アパート Movable Type 7.9.1 and earlier", "", NotAffected},
		{"in brackets", movable, "", "シックス・アパートの Movable Type（バージョン 7.9.1 およびそれ以前）には脆弱性があります。", Affected},
		{"title without, summary with", fortios("7.2.5"), "Fortinet FortiOS の脆弱性", "FortiOS 7.0.0 から 7.0.13 に脆弱性があります。", NotAffected},
		{"one of those named", fortios("7.0.1"), "", "Affected are FortiOS versions 7.0.0, 7.0.1, and 7.2.0. Fixed in 7.0.14 and 7.2.5.", Affected},
		{"one of those named, in Japanese", fortios("7.2.0"), "FortiOS 7.0.0、7.0.1 および 7.2.0 における脆弱性", "", Affected},
		{"none of those named", fortios("7.0.2"), "", "Affected are FortiOS versions 7.0.0, 7.0.1, and 7.2.0.", Possible},
		{"one of the fixes", fortios("7.0.14"), "", "Update to FortiOS 7.0.14, 7.2.5 or 7.4.0.", Possible},
		{"one of what contains the fix", fortios("7.0.14"), "", "FortiOS 7.0.14 and 7.2.5 contain the fix.", Possible},
		{"one of what is released", fortios("7.0.14"), "Fortinet Releases FortiOS 7.0.14 and 7.2.5", "", Possible},
		{"one of what updates are for", fortios("7.0.14"), "", "FortiOS has a flaw. Security updates are available: FortiOS 7.0.14, 7.2.5.", Possible},
		{"one of those named before the fixes", fortios("7.0.1"), "", "A flaw is in FortiOS 7.0.1 and 7.2.0. FortiOS 7.0.14 and 7.2.5 have been released.", Affected},
		{"one of the fixes, in Japanese", fortios("7.0.14"), "", "FortiOS 7.0.14、7.2.5 で修正されました。", Possible},
		{"told twice", fortios("7.2.3"), "FortiOS 7.0.0 から 7.0.13 の脆弱性", "FortiOS 7.2.0 から 7.2.4 に脆弱性があります。", Affected},

		{"each branch with its product", fortios("7.2.3"), "", "This affects Fortinet FortiOS 6.4.9 and earlier, FortiOS 7.0.13 and earlier, and FortiOS 7.2.4 and earlier.", Affected},
		{"above its branch", fortios("7.0.15"), "", "This affects Fortinet FortiOS 6.4.9 and earlier, FortiOS 7.0.13 and earlier, and FortiOS 7.2.4 and earlier.", Possible},

		// what doesn't say all keeps others in doubt
		{"and others", fortios("7.2.5"), "FortiOS 7.0.0 から 7.0.13 などの脆弱性", "", Possible},
		{"the next sentence goes on", fortios("7.2.3"), "", "Fortinet FortiOS 7.0.0 から 7.0.13 に脆弱性があります。7.2.0 から 7.2.4 も影響を受けます。", Possible},
		{"said before the name", fortios("7.2.3"), "", "7.2.0 から 7.2.4 の Fortinet FortiOS と、FortiOS 7.0.0 から 7.0.13 に脆弱性があります。", Possible},
		{"one version unread", fortios("7.2.3"), "", "Fortinet FortiOS 7.0.0 から 7.0.13、7.2 の一部のビルドに脆弱性があります。", Possible},

		{"a text that was cut", fortios("7.2.5"), "", "Fortinet FortiOS 7.0.0 から 7.0.13 に脆弱性があります。" + strings.Repeat("あ", maxText/3), Possible},
		{"a part of the item", inventory.Item{ID: "x", Product: "帳票システム", Contains: []string{"Apache Log4j 2.14.1"}}, "Apache Log4j 2.15.0 より前における脆弱性", "", Affected},

		// what isn't this product's range decides nothing
		{"one version", fortios("7.2.3"), "FortiOS 7.0 の脆弱性", "", Possible},
		{"only the fix", fortios("7.0.14"), "FortiOS 7.0.14 で複数の脆弱性を修正", "", Possible},
		{"a product unknown here", fortios("9.0.0"), "", "Fortinet FortiOS と Example Gateway 7.0.0 から 7.0.13 に脆弱性があります。", Possible},
		{"another's range behind its own", fortios("8.1.0"), "", "Fortinet FortiOS 7.0.0 から 7.0.13、Example Gateway 8.0 から 8.2 に脆弱性があります。", Possible},
		{"a distribution's package", inventory.Item{ID: "x", PURL: "pkg:deb/debian/openssl@1.1.1n-0%2Bdeb11u5"}, "OpenSSL 1.1.1 から 1.1.1t における脆弱性", "", Possible},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := build(t, []inventory.Item{c.item, {ID: "other", Vendor: "シックス・アパート", Product: "Movable Type", Version: "9"}})
			got := slices.DeleteFunc(m.Match(&advisory.Advisory{ID: "a", Title: c.title, Summary: c.summary}), func(m Match) bool { return m.Item != c.item.ID })
			if len(got) != 1 {
				t.Fatalf("%d matches, want one", len(got))
			}
			if got[0].Verdict != c.want {
				t.Errorf("%s, want %s: %+v", got[0].Verdict, c.want, got[0].Evidence)
			}
		})
	}
}

// TestVersionsOfHomonyms leaves it open which of two makers' products a bare name
// means, even where both run a version in the range.
func TestVersionsOfHomonyms(t *testing.T) {
	m := build(t, []inventory.Item{
		{ID: "a", Vendor: "Example", Product: "NetGuard9", Version: "1.2"},
		{ID: "b", Vendor: "Sample", Product: "NetGuard9", Version: "1.2"},
	})
	got := m.Match(&advisory.Advisory{ID: "a", Title: "NetGuard9 1.0 から 1.5 における脆弱性"})
	if len(got) != 2 || got[0].Verdict != Possible || got[1].Verdict != Possible {
		t.Errorf("got %+v, want both possible", got)
	}
}
