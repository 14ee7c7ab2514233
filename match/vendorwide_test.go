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
		{"HP 製品の脆弱性", []string{"hp"}},
		{"複数の HP 製品の脆弱性", nil}, // too short to be looked for anywhere
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

// A list's row that names a maker and nothing of its products is about what we
// run of it; which of it is hit, the maker's page may say.
func TestARowOnAMaker(t *testing.T) {
	c, errs := NewCompany([]inventory.Item{
		{ID: "fw", Vendor: "フォーティネット", Product: "FortiGate"},
		{ID: "manager", Vendor: "Fortinet", Product: "FortiManager"},
		{ID: "printer", Vendor: "HP", Product: "LaserJet 4"},
	}, makers{"フォーティネット": {"Fortinet"}})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	page := advisory.ProductStatus{Status: advisory.StatusUnknown, Link: "https://maker.example/"}
	said := func(vendor, product string, s advisory.Status) advisory.ProductStatus {
		p := page
		p.Vendor, p.Product, p.Status = vendor, product, s
		return p
	}
	for name, tt := range map[string]struct {
		claim advisory.ProductStatus
		kind  advisory.Kind
		want  []string
	}{
		"a name and a link":       {said("", "FORTINET", advisory.StatusUnknown), advisory.KindList, []string{"fw", "manager"}},
		"all of a vendor":         {said("Fortinet", "", advisory.StatusAffected), advisory.KindList, []string{"fw", "manager"}},
		"a short name":            {said("", "HP", advisory.StatusUnknown), advisory.KindList, []string{"printer"}},
		"a product":               {said("", "FortiGate", advisory.StatusUnknown), advisory.KindList, []string{"fw"}},
		"another product of it":   {said("Fortinet", "FortiSIEM", advisory.StatusUnknown), advisory.KindList, nil},
		"part of another's name":  {said("", "Fortinet Fan Club", advisory.StatusUnknown), advisory.KindList, nil},
		"all safe":                {said("Fortinet", "", advisory.StatusNotAffected), advisory.KindList, nil},
		"neither link nor status": {advisory.ProductStatus{Product: "Fortinet", Status: advisory.StatusUnknown}, advisory.KindList, nil},
		"no list":                 {said("Fortinet", "", advisory.StatusAffected), advisory.KindVulnerability, nil},
	} {
		var got []string
		for _, m := range c.MatchWith(&advisory.Advisory{ID: "list:1", Kind: tt.kind, Products: []advisory.ProductStatus{tt.claim}}, nil) {
			got = append(got, m.Item)
			if m.Verdict != Possible || m.Claim != 0 || len(m.Evidence) == 0 {
				t.Errorf("%s: %+v", name, m)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

// A title that speaks of a sort of device is about the maker's devices of that
// sort, not about its other products, and not about a model that it names.
func TestASortOfDevice(t *testing.T) {
	w := NewVendorWide([]inventory.Item{
		{ID: "wifi", Vendor: "バッファロー", Kind: inventory.KindNetwork},
		{ID: "tool", Vendor: "バッファロー", Kind: inventory.KindClient},
		{ID: "undeclared", Vendor: "Buffalo"},
		{ID: "printer", Vendor: "リコー", Kind: inventory.KindIoT},
		{ID: "ricohsoft", Vendor: "リコー", Kind: inventory.KindClient},
		{ID: "yamaha", Vendor: "ヤマハ", Kind: inventory.KindNetwork},
		{ID: "nec", Vendor: "日本電気", Kind: inventory.KindNetwork},
	}, makers{"バッファロー": {"Buffalo"}, "Buffalo": {"バッファロー"}})
	for title, want := range map[string][]string{
		"バッファロー製無線LANルーターにおける複数の脆弱性":        {"undeclared", "wifi"},
		"バッファロー製NASにおける脆弱性":                 {"undeclared", "wifi"},
		"リコー製プリンターおよび複合機における複数の脆弱性":         {"printer"},
		"リコー製の一部のレーザープリンタの脆弱性":              {"printer"},
		"ヤマハ製ルータにおける脆弱性":                    {"yamaha"},
		"日本電気製ブロードバンドルーターに複数の脆弱性":           {"nec"},
		"バッファロー製 WSR-2533DHP における脆弱性":       nil,
		"バッファロー製無線LANルーター WSR-300HPにおける脆弱性": nil,
		"リコー製デバイス管理ソフトウェアにおける脆弱性":           nil,
		"エレコム製無線LANルーターにおける脆弱性":             nil,
		"ルーターにおける脆弱性":                       nil,
	} {
		var got []string
		for _, m := range w.Match(&advisory.Advisory{ID: "a", Title: title}) {
			got = append(got, m.Item)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", title, got, want)
		}
	}
}
