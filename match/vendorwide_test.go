package match

import (
	"slices"
	"strings"
	"testing"

	"hansho/advisory"
	"hansho/inventory"
)

type makers map[string][]string

func (m makers) VendorAliases(name string) []string { return m[name] }
func (makers) ProductAliases(_, _ string) []string  { return nil }

func TestVendorWide(t *testing.T) {
	w := NewVendorWide([]inventory.Item{
		{ID: "pc", Vendor: "マイクロソフト"},
		{ID: "mail", Vendor: "Microsoft"},
		{ID: "db", Vendor: "Oracle"},
		{ID: "pdf", Vendor: "アドビ"},
		{ID: "nothing"},
		{ID: "hp", Vendor: "HP"},
	}, makers{"マイクロソフト": {"Microsoft"}, "Microsoft": {"マイクロソフト"}, "Oracle": {"オラクル"}, "アドビ": {"Adobe"}})
	for _, tt := range []struct {
		title string
		want  []string
	}{
		{"2021年12月マイクロソフトセキュリティ更新プログラムに関する注意喚起", []string{"mail", "pc"}},
		{"Microsoft 製品の脆弱性対策について(2021年12月)", []string{"mail", "pc"}},
		{"2018年 7月 Oracle 製品のクリティカルパッチアップデートに関する注意喚起", []string{"db"}},
		{"オラクルおよびマイクロソフト製品の月例更新", []string{"db", "mail", "pc"}},
		{"Microsoft Exchange Server の脆弱性に関する注意喚起", nil}, // names a product: the Matcher's
		{"マイクロソフトウェア製品の脆弱性", nil},                       // inside a longer word
		{"NetOracle 製品の脆弱性", nil},
		{"HP 製品の脆弱性", nil}, // too short to be looked for
		{"製品の脆弱性", nil},
	} {
		var got []string
		for _, m := range w.Match(&advisory.Advisory{ID: "a", Title: tt.title}) {
			got = append(got, m.Item)
			if m.Verdict != Possible || len(m.Evidence) == 0 {
				t.Errorf("%s: %+v", tt.title, m)
			}
		}
		if b := w.Bulletin(&advisory.Advisory{Title: tt.title}); strings.Contains(tt.title, "2021年12月") && b != "bulletin/microsoft/2021-12" {
			t.Errorf("%s: bulletin %q", tt.title, b)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.title, got, tt.want)
		}
	}
}
