package dictionary_test

import (
	"slices"
	"strings"
	"testing"

	"hansho/internal/fold"
	"hansho/inventory/dictionary"
)

func TestVendorAliases(t *testing.T) {
	d := dictionary.Builtin()
	for _, c := range []struct {
		name      string
		has, lack []string
	}{
		{"マイクロソフト", []string{"Microsoft", "MS"}, []string{"マイクロソフト"}},
		{"MICROSOFT", []string{"マイクロソフト"}, []string{"Microsoft"}},
		{"富士通株式会社", []string{"Fujitsu"}, nil},
		{"(株)日立製作所", []string{"Hitachi", "日立"}, nil},
		{"VMware, Inc.", []string{"Broadcom", "ヴイエムウェア"}, []string{"Symantec"}}, // a sister isn't a former name
		{"Broadcom", []string{"VMware", "Symantec"}, []string{"Red Hat"}},
		{"Pulse Secure", []string{"Ivanti"}, nil},
		{"ｻｲﾎﾞｳｽﾞ", []string{"Cybozu"}, nil},
		{"paloaltonetworks", []string{"Palo Alto Networks", "パロアルト"}, nil}, // as a CPE has it
		{"どこにもない社", nil, nil},
		{"", nil, nil},
	} {
		got := d.VendorAliases(c.name)
		for _, want := range c.has {
			if !slices.Contains(got, want) {
				t.Errorf("VendorAliases(%q) lacks %q: %q", c.name, want, got)
			}
		}
		for _, not := range c.lack {
			if slices.Contains(got, not) {
				t.Errorf("VendorAliases(%q) has %q: %q", c.name, not, got)
			}
		}
		if c.has == nil && len(got) > 0 {
			t.Errorf("VendorAliases(%q) = %q, want none", c.name, got)
		}
	}
}

func TestProductAliases(t *testing.T) {
	d := dictionary.Builtin()
	for _, c := range []struct{ vendor, product, has, lack string }{
		{"Apache", "log4j", "Apache Log4j", "Apache Tomcat"},
		{"Apache", "httpd", "Apache HTTP Server", "Apache Tomcat"},
		{"サイボウズ", "ガルーン", "Garoon", "kintone"},
		{"Broadcom", "vCenter", "vCenter Server", "ESXi"}, // declared under the new maker
		{"Pulse Secure", "Pulse Connect Secure", "Ivanti Connect Secure", "Policy Secure"},
		{"", "フォーティゲート", "FortiOS", "FortiMail"},
		{"マイクロソフト", "Microsoft Windows 10", "Windows 10", "Windows 11"},
		{"Facebook", "react.js", "React Server Components", "React Native"},
		{"", "GoAnywhere", "GoAnywhere Managed File Transfer", "Fortra"},
		{"ノースグリッド", "プロセルフ", "Proself", "North Grid"},
	} {
		got := d.ProductAliases(c.vendor, c.product)
		if !slices.Contains(got, c.has) || slices.Contains(got, c.lack) {
			t.Errorf("ProductAliases(%q, %q) = %q, want %q and not %q", c.vendor, c.product, got, c.has, c.lack)
		}
	}
	if got := d.ProductAliases("Cisco", "Log4j"); len(got) > 0 {
		t.Errorf("another maker's product has aliases %q", got)
	}
}

func TestLookup(t *testing.T) {
	d := dictionary.Builtin()
	for _, name := range []string{"Apache Tomcat", "tomcat", "トムキャット", "アパッチ tomcat", "cpe:/a:apache:tomcat:9.0.50", "cpe:2.3:a:apache:tomcat:9.0.50:*:*:*:*:*:*:*"} {
		got := d.Lookup(name)
		if len(got) != 1 || got[0].Product != "Apache Tomcat" || got[0].Vendor != "Apache" || !slices.Equal(got[0].CPEs, []string{"cpe:/a:apache:tomcat"}) {
			t.Errorf("Lookup(%q) = %+v", name, got)
		}
	}
	for _, name := range []string{"", "cpe:/", "cpe:2.3:a", "顔認証ゲート", "Apache"} {
		if got := d.Lookup(name); len(got) > 0 {
			t.Errorf("Lookup(%q) = %+v, want none", name, got)
		}
	}
}

func TestAdd(t *testing.T) {
	d := dictionary.Builtin()
	before := d.Len()
	d.Add([]dictionary.Product{
		{"アパッチ財団", "cpe:/:apache", "Tomcat サーブレットコンテナ", "cpe:/a:apache:tomcat"}, // a further name
		{"あけぼの精機", "cpe:/:akebono-seiki", "計測ゲートウェイ AG-7", "cpe:/h:akebono-seiki:ag-7"},
		{"Akebono Seiki", "cpe:/:akebono-seiki", "AG-9", "cpe:/h:akebono-seiki:ag-9"},
		{"", "", "nobody's", ""},
		{"あけぼの精機", "cpe:/:akebono-seiki", "", ""},
	})
	if got := d.Len() - before; got != 2 {
		t.Errorf("%d products came, want 2", got)
	}
	if got := d.ProductAliases("Apache", "Tomcat サーブレットコンテナ"); !slices.Contains(got, "Apache Tomcat") {
		t.Errorf("the further name leads to %q", got)
	}
	if got := d.VendorAliases("あけぼの精機"); !slices.Equal(got, []string{"Akebono Seiki"}) {
		t.Errorf("the two spellings of one CPE vendor: %q", got)
	}
	if got := d.Suggest("計測ゲートウエイ AG7", 1); len(got) != 1 || got[0].Product != "計測ゲートウェイ AG-7" {
		t.Errorf("the added product isn't suggested: %+v", got)
	}
}

// A CPE vendor that is a drawer for many makers makes none of them another.
func TestAddKeepsMakersOfSharedCPEApart(t *testing.T) {
	d := dictionary.Builtin()
	var ps []dictionary.Product
	for _, n := range []string{"A", "B", "C", "D", "E", "F", "G"} {
		ps = append(ps, dictionary.Product{Vendor: "maker" + n, VendorCPE: "cpe:/:misc", Name: "thing" + n, CPE: "cpe:/a:misc:thing" + strings.ToLower(n)})
	}
	d.Add(ps)
	if got := d.VendorAliases("makerA"); len(got) > 0 {
		t.Errorf("makerA is also %q", got)
	}
}

func TestSuggest(t *testing.T) {
	d := dictionary.Builtin()
	for typed, want := range map[string]string{
		"Microsft Exchange": "Exchange Server",
		"フォーティゲイト":          "FortiOS",
		"サイボーズ ガルーン":        "Garoon",
		"apatch tomcat":     "Apache Tomcat",
		"log4J2":            "Apache Log4j",
		"vcentre":           "vCenter Server",
		"一太朗":               "一太郎",
		"ウィルスバスタークラウド":      "ウイルスバスター クラウド",
		"富士通 インターステイジ":      "Interstage Application Server",
		"SKYSEE Clientview": "SKYSEA Client View",
		"勘定奉行":              "奉行シリーズ",
	} {
		got := d.Suggest(typed, 3)
		if len(got) == 0 || got[0].Product != want {
			t.Errorf("Suggest(%q) = %+v, want %s", typed, got, want)
		}
		if len(got) > 3 {
			t.Errorf("Suggest(%q) gives %d, more than asked for", typed, len(got))
		}
	}
	for _, typed := range []string{"", "   ", "ぬるぽ", strings.Repeat("長", 5000)} {
		if got := d.Suggest(typed, 5); len(got) > 0 {
			t.Errorf("Suggest(%.20q) = %+v, want none", typed, got)
		}
	}
}

// The table is written by hand: each of its names must lead to its own product.
func TestBuiltinIsSound(t *testing.T) {
	d := dictionary.Builtin()
	if d.Len() < 400 {
		t.Errorf("only %d products", d.Len())
	}
	for _, p := range dictionary.BuiltinProducts(d) {
		for _, name := range append([]string{p.Product}, p.Aliases...) {
			if fold.Name(name) == "" {
				t.Errorf("%s: %q folds to nothing", p.Product, name)
			}
			found := d.Lookup(name)
			if !slices.ContainsFunc(found, func(e dictionary.Entry) bool { return e.Vendor == p.Vendor && e.Product == p.Product }) {
				t.Errorf("Lookup(%q) doesn't lead to %s %s: %+v", name, p.Vendor, p.Product, found)
			}
		}
		if len(d.VendorAliases(p.Vendor)) == 0 && len(p.CPEs) == 0 && len(p.Aliases) == 0 {
			t.Errorf("%s %s says nothing that its name doesn't", p.Vendor, p.Product)
		}
	}
}
