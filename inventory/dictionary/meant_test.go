package dictionary

import "testing"

func TestMakerOfWhatALedgerNames(t *testing.T) {
	d := Builtin()
	for product, want := range map[string]string{
		"Windows Server 2019 Standard": "Microsoft",
		"ウィンドウズ10":                     "Microsoft",
		"Exchange Server 2019":         "Microsoft",
		"一太郎2023":                      "JustSystems",
		"フォーティゲート60F":                  "Fortinet",
		"ESET Something Unheard Of":    "ESET",
		"HULFT8":                       "Appresso",
		"Catalyst 2960X":               "Cisco",
		"SKYSEA Client View Ver.17":    "Sky",
		"帳票システム":                       "",
		"Unheard Of 3000":              "",
	} {
		if got := d.Maker(product); got != want {
			t.Errorf("Maker(%q) = %q, want %q", product, got, want)
		}
	}
}

func TestWhatALedgerMeans(t *testing.T) {
	d := Builtin()
	for _, c := range []struct{ vendor, product, want string }{
		{"Microsoft", "Windows Server 2019 Datacenter x64", "Windows Server 2019"},
		{"Microsoft", "Microsoft Office Professional Plus 2016", "Office"},
		{"", "Google Chrome 120", "Chrome"},
		{"", "弥生会計 24 ネットワーク", "弥生会計"},
		{"", "Oracle Database 19c", "Oracle Database"},
		{"Apache", "Apache 2.4", "Apache HTTP Server"},
		{"SonicWall", "TZ370", "SonicOS"},
		{"Fortinet", "FortiGate-60E", "FortiOS"},
		{"QNAP", "TS-453D", "QTS"},
		{"NEC", "Aterm WG1200HP4", ""},       // its line is itself a product
		{"Microsoft", "Outlook Express", ""}, // another product
		{"", "Unheard Of 2.1", ""},
	} {
		got := ""
		if found, _ := d.meant(c.vendor, c.product); len(found) > 0 {
			got = d.products[found[0]].names[0]
		}
		if got != c.want {
			t.Errorf("%s %s means %q, want %q", c.vendor, c.product, got, c.want)
		}
	}
}
