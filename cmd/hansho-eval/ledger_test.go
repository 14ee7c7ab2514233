package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"hansho/advisory"
	"hansho/inventory"
	"hansho/inventory/dictionary"
	"hansho/match"
)

// ledger is what companies write down, "maker/product", with the maker in Japanese, in
// English or left out, and versions and editions wherever the writer put them.
var ledger = []string{
	"Fortinet/FortiGate 100F", "/フォーティゲート60F", "フォーティネット/FortiGate-60E",
	"Microsoft/Windows Server 2019", "/Windows Server 2019 Standard", "マイクロソフト/ウィンドウズ10", "/Windows 11 Pro 23H2",
	"/Microsoft Office Professional Plus 2016", "/Exchange Server 2019", "/Outlook", "/Edge",
	"ジャストシステム/一太郎2023", "弥生/弥生会計", "/弥生会計 24 ネットワーク", "/サイボウズOffice10", "/Garoon", "/キントーン",
	"/Trend Micro Apex One", "/vCenter Server 8", "Pulse Secure/Pulse Connect Secure", "Ivanti/Connect Secure",
	"/Zoom", "Adobe/Adobe Reader", "/Acrobat Reader DC", "/Google Chrome 120", "/Log4j", "/Apache 2.4", "/Struts2",
	"ヤマハ/RTX1210", "/RTX1210", "Cisco/Cisco RV340 Dual WAN Gigabit VPN Router", "Cisco/Catalyst 9300", "/Catalyst 2960X",
	"/SonicWall TZ370", "Synology/DS920+", "QNAP/TS-453D", "/LANDISK HDL-AA2W", "/BIND 9.16", "ISC/BIND", "/HULFT8",
	"NEC/Aterm WG1200HP4", "富士通/PRIMERGY RX2540 M5", "F5/BIG-IP i2600", "/7-Zip", "/SKYSEA Client View Ver.17", "/ESET Endpoint Security",
	"キヤノン/imageRUNNER ADVANCE C5535", "/Confluence", "/iPhone 13", "/Box",
}

// TestLedger holds what a company's own words are met by, in titles as publishers
// write them.
func TestLedger(t *testing.T) {
	items := make([]inventory.Item, len(ledger))
	for i, line := range ledger {
		vendor, product, _ := strings.Cut(line, "/")
		items[i] = inventory.Item{ID: line, Vendor: vendor, Product: product}
	}
	c, errs := match.NewCompany(items, dictionary.Builtin())
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	for _, want := range []struct {
		title string
		items []string
	}{
		{"フォーティネット製 FortiOS における認証回避の脆弱性に関する注意喚起", []string{"Fortinet/FortiGate 100F", "/フォーティゲート60F", "フォーティネット/FortiGate-60E"}},
		{"FortiGate の脆弱性に関する注意喚起", []string{"Fortinet/FortiGate 100F", "/フォーティゲート60F", "フォーティネット/FortiGate-60E"}},
		{"FortiManager の脆弱性に関する注意喚起", nil},
		{"Windows の印刷機能の脆弱性に関する注意喚起", []string{"Microsoft/Windows Server 2019", "/Windows Server 2019 Standard", "マイクロソフト/ウィンドウズ10", "/Windows 11 Pro 23H2"}},
		{"マイクロソフトのMicrosoft Windows Server 2019における脆弱性", []string{"Microsoft/Windows Server 2019", "/Windows Server 2019 Standard"}},
		{"Microsoft Windows 10 における権限昇格の脆弱性", []string{"マイクロソフト/ウィンドウズ10"}},
		{"Microsoft Office における脆弱性", []string{"/Microsoft Office Professional Plus 2016"}},
		{"Microsoft Exchange Server の複数の脆弱性に関する注意喚起", []string{"/Exchange Server 2019"}},
		{"Microsoft Outlook Elevation of Privilege Vulnerability", []string{"/Outlook"}},
		{"一太郎シリーズの脆弱性に関する注意喚起", []string{"ジャストシステム/一太郎2023"}},
		{"弥生会計におけるアクセス制限不備の脆弱性", []string{"弥生/弥生会計", "/弥生会計 24 ネットワーク"}},
		{"サイボウズ Office における複数の脆弱性", []string{"/サイボウズOffice10"}},
		{"サイボウズ ガルーンに複数の脆弱性", []string{"/Garoon"}},
		{"サイボウズ製品における複数の脆弱性", []string{"/サイボウズOffice10", "/Garoon", "/キントーン"}},
		{"トレンドマイクロ製 Apex One における脆弱性", []string{"/Trend Micro Apex One"}},
		{"VMware vCenter Server の脆弱性に関する注意喚起", []string{"/vCenter Server 8"}},
		{"Pulse Connect Secure の脆弱性に関する注意喚起", []string{"Pulse Secure/Pulse Connect Secure", "Ivanti/Connect Secure"}},
		{"Zoom Video Communications, Inc.のZoomにおける脆弱性", []string{"/Zoom"}},
		{"Zoom クライアントにおける脆弱性", []string{"/Zoom"}},
		{"Adobe Acrobat および Reader の脆弱性に関する注意喚起", []string{"Adobe/Adobe Reader", "/Acrobat Reader DC"}},
		{"GoogleのGoogle Chromeにおける解放済みメモリの使用に関する脆弱性", []string{"/Google Chrome 120"}},
		{"Apache HTTP Web Server 2.4 における複数の脆弱性に対するアップデート", []string{"/Apache 2.4"}},
		{"Apache Struts 2 の脆弱性に関する注意喚起", []string{"/Struts2"}},
		{"Apache Commons Text における脆弱性", nil},
		{"RTX1210 における複数の脆弱性", []string{"ヤマハ/RTX1210", "/RTX1210"}},
		{"ヤマハ製ルーターにおける脆弱性", []string{"ヤマハ/RTX1210", "/RTX1210"}},
		{"シスコシステムズのRV340 ファームウェアにおける脆弱性", []string{"Cisco/Cisco RV340 Dual WAN Gigabit VPN Router"}},
		{"Cisco IOS XE の Web UI における権限昇格の脆弱性に関する注意喚起", []string{"Cisco/Catalyst 9300"}},
		{"Cisco Catalyst 9000 Series Switches Denial of Service Vulnerability", []string{"Cisco/Catalyst 9300"}},
		{"アップルのiOS等の複数製品における脆弱性", []string{"/iPhone 13"}},
		{"SonicWall SonicOS における脆弱性", []string{"/SonicWall TZ370"}},
		{"Synology の DiskStation Manager における脆弱性", []string{"Synology/DS920+"}},
		{"QNAP Systems の QTS における脆弱性", []string{"QNAP/TS-453D"}},
		{"アイ・オー・データ製 NAS「LAN DISK」における脆弱性", []string{"/LANDISK HDL-AA2W"}},
		{"ISC BIND 9 における複数の脆弱性に関する注意喚起", []string{"/BIND 9.16", "ISC/BIND"}},
		{"BIND のセキュリティ上の弱点に関する注意喚起", []string{"/BIND 9.16", "ISC/BIND"}},
		{"HULFT 製品における脆弱性", []string{"/HULFT8"}},
		{"NEC Aterm シリーズにおける複数の脆弱性", []string{"NEC/Aterm WG1200HP4"}},
		{"Aterm WG2600HP4 における複数の脆弱性", nil},
		{"富士通製 PRIMERGY サーバにおける脆弱性", []string{"富士通/PRIMERGY RX2540 M5"}},
		{"BIG-IP 製品の脆弱性に関する注意喚起", []string{"F5/BIG-IP i2600"}},
		{"7-Zip の MotW の脆弱性", []string{"/7-Zip"}},
		{"SKYSEA Client View における複数の脆弱性", []string{"/SKYSEA Client View Ver.17"}},
		{"ESET 製品における権限昇格の脆弱性", []string{"/ESET Endpoint Security"}},
		{"Atlassian Confluence Server および Data Center の脆弱性に関する注意喚起", []string{"/Confluence"}},
		{"Android アプリ「Box」におけるアクセス制限不備の脆弱性", []string{"/Box"}},
		{"Windows 用 Thunderbird における脆弱性", nil},
		{"アクセスの増加に関する注意喚起", nil},
	} {
		got := map[string]bool{}
		for _, m := range c.MatchWith(&advisory.Advisory{Title: want.title, Kind: advisory.KindAlert}, nil) {
			got[m.Item] = true
		}
		found, wanted := slices.Sorted(maps.Keys(got)), slices.Sorted(slices.Values(want.items))
		if fmt.Sprint(found) != fmt.Sprint(wanted) {
			t.Errorf("%s\n got %q\nwant %q", want.title, found, wanted)
		}
	}
}
