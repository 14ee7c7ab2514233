package feeds

import (
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"hansho/advisory"
)

// TestPageProducts: the ways in which an alert lists what is hit and what mends it.
func TestPageProducts(t *testing.T) {
	const hit, safe = advisory.StatusAffected, advisory.StatusNotAffected
	tests := map[string]struct {
		title, targets, fixes string
		want                  []advisory.ProductStatus
	}{
		"a line a range": {
			targets: "対象となるバージョンは次のとおりです。\n\n- FortiOS 7.2.0から7.2.1まで\n- FortiOS 7.0.0から7.0.6まで\n- FortiProxy 7.2.0\n- FortiProxy 2.0.0および2.0.1",
			fixes:   "次のバージョンが公開されています。\n- FortiOS 7.2.2あるいはそれ以降\n- FortiOS 7.0.7\n- FortiProxy 7.2.1またはそれ以降",
			want: []advisory.ProductStatus{
				{Product: "FortiOS", Versions: "7.2.0から7.2.1まで", Status: hit, Fixed: "7.2.2あるいはそれ以降"},
				{Product: "FortiOS", Versions: "7.0.0から7.0.6まで", Status: hit, Fixed: "7.0.7"},
				{Product: "FortiProxy", Versions: "7.2.0", Status: hit, Fixed: "7.2.1またはそれ以降"},
				{Product: "FortiProxy", Versions: "2.0.0および2.0.1", Status: hit, Fixed: "7.2.1またはそれ以降"},
			},
		},
		"ranges below their branch": {
			targets: "- PAN-OS 11.1系\n- 11.1.2-h3より前のバージョン\n- PAN-OS 10.2\n- 10.2.9-h1より前のバージョン\n- Panorama 9.1系",
			fixes:   "- PAN-OS 11.1.2-h3\n- PAN-OS 10.2.9-h1",
			want: []advisory.ProductStatus{
				{Product: "PAN-OS", Versions: "11.1系 11.1.2-h3より前のバージョン", Status: hit, Fixed: "11.1.2-h3"},
				{Product: "PAN-OS", Versions: "10.2系 10.2.9-h1より前のバージョン", Status: hit, Fixed: "10.2.9-h1"},
				{Product: "Panorama", Versions: "9.1系", Status: hit},
			},
		},
		"headings without bullets": {
			targets: "次の製品が影響を受けます。\n\nIvanti Connect Secure\n- バージョン9.x系および22.x系\n\nFortiOS 7.0\n\n- 7.0.0から7.0.8まで\n- 7.0.10",
			want: []advisory.ProductStatus{
				{Product: "Ivanti Connect Secure", Versions: "バージョン9.x系および22.x系", Status: hit},
				{Product: "FortiOS", Versions: "7.0系 7.0.0から7.0.8まで", Status: hit},
				{Product: "FortiOS", Versions: "7.0系 7.0.10", Status: hit},
			},
		},
		"by CVE": {
			targets: "- CVE-2030-0001\n・ 例示DNS 9.18.0から9.18.15まで\n【CVE-2030-0002】\n・ 例示DNS 9.18.7から9.18.15まで\n・ 例示DHCP（CVE-2030-0003） 4.4.0以前",
			want: []advisory.ProductStatus{
				{Product: "例示DNS", Versions: "9.18.0から9.18.15まで", Status: hit, CVE: "CVE-2030-0001"},
				{Product: "例示DNS", Versions: "9.18.7から9.18.15まで", Status: hit, CVE: "CVE-2030-0002"},
				{Product: "例示DHCP", Versions: "4.4.0以前", Status: hit, CVE: "CVE-2030-0003"},
			},
		},
		"what is not hit": {
			targets: "- 例示OS 7.0系\n\nなお、次の製品は影響を受けません。\n- 例示Manager\n- 例示Web 7.0.0から7.0.3まで",
			fixes:   "- 例示OS 7.0.9",
			want: []advisory.ProductStatus{
				{Product: "例示OS", Versions: "7.0系", Status: hit, Fixed: "7.0.9"},
				{Product: "例示Manager", Status: safe},
				{Product: "例示Web", Versions: "7.0.0から7.0.3まで", Status: safe},
			},
		},
		"names that end in a number": {
			targets: "- Windows Server 2019\n- 例示 Office 2.0\n- ISC BIND 9",
			want:    []advisory.ProductStatus{{Product: "Windows Server 2019", Status: hit}, {Product: "例示 Office 2.0", Status: hit}, {Product: "ISC BIND 9", Status: hit}},
		},
		"branches parted by a dash": {
			targets: "- 例示ADCおよび例示ゲートウェイ 13.1-49.13より前の13.1系のバージョン\n- 例示ADCおよび例示ゲートウェイ 13.0-91.13より前の13.0系のバージョン\n- 例示ADC 12.1-NDcPP 12.1-55.297より前のバージョン",
			fixes:   "- 例示ADCおよび例示ゲートウェイ 13.1-49.13あるいはそれ以降\n- 例示ADCおよび例示ゲートウェイ 13.0-91.13あるいはそれ以降の13.0系",
			want: []advisory.ProductStatus{
				{Product: "例示ADCおよび例示ゲートウェイ", Versions: "13.1-49.13より前の13.1系のバージョン", Status: hit, Fixed: "13.1-49.13あるいはそれ以降"},
				{Product: "例示ADCおよび例示ゲートウェイ", Versions: "13.0-91.13より前の13.0系のバージョン", Status: hit, Fixed: "13.0-91.13あるいはそれ以降"},
				{Product: "例示ADC 12.1-NDcPP", Versions: "12.1-55.297より前のバージョン", Status: hit},
			},
		},
		"what makers put behind a number": {
			targets: "- 例示CMS 7 r.5002 およびそれ以前（例示CMS 7系）\n- 例示リーダー Continuous (2020.009.20074) およびそれ以前 (Windows, macOS)\n- 例示JDK 8 Update 251\n- 例示JDK 7 Update 261\n- 例示対策ソフト 10.0 SP1\n- 例示クラウド 4.x、5.x\n- 例示箱 100シリーズ（箱 200、箱 210） 10.2.1-72sv およびそれ以前\n- 例示スイッチ 2.0.0 ～ 2.4.1",
			fixes:   "- 例示CMS 7 r.5003\n- 例示JDK 8 Update 261\n- 例示JDK 11.0.8\n- 例示リーダー Continuous (2020.012.20041) (Windows, macOS)",
			want: []advisory.ProductStatus{
				{Product: "例示CMS", Versions: "7 r.5002 およびそれ以前", Status: hit, Fixed: "7 r.5003", Note: "例示CMS 7系"},
				{Product: "例示リーダー Continuous", Versions: "2020.009.20074 およびそれ以前", Status: hit, Fixed: "2020.012.20041", Note: "Windows, macOS"},
				{Product: "例示JDK", Versions: "8 Update 251", Status: hit, Fixed: "8 Update 261"},
				{Product: "例示JDK", Versions: "7 Update 261", Status: hit},
				{Product: "例示対策ソフト", Versions: "10.0 SP1", Status: hit},
				{Product: "例示クラウド", Versions: "4.x、5.x", Status: hit},
				{Product: "例示箱 100シリーズ(箱 200、箱 210)", Versions: "10.2.1-72sv およびそれ以前", Status: hit},
				{Product: "例示スイッチ", Versions: "2.0.0 ~ 2.4.1", Status: hit},
			},
		},
		"versions in brackets, and branches of the fix": {
			targets: "- 例示Office（すべてのバージョン）\n- 例示DS 20.0 （Agent 20.0.0-2395 より前）\n- 例示IP 16系 16.1.0から16.1.2まで",
			fixes:   "- 例示IP 16系 16.1.2.2",
			want: []advisory.ProductStatus{
				{Product: "例示Office", Versions: "すべてのバージョン", Status: hit},
				{Product: "例示DS 20.0", Versions: "20.0.0-2395 より前", Status: hit, Note: "Agent"},
				{Product: "例示IP", Versions: "16系 16.1.0から16.1.2まで", Status: hit, Fixed: "16.1.2.2"},
			},
		},
		"versions of the title's product": {
			title:   "例示 BIND 9 の脆弱性 (CVE-2030-0001) に関する注意喚起",
			targets: "以下のバージョンが影響を受けます。\n\n- 9.16 系列 9.16.0 から 9.16.2 まで\n- 9.14 系列 9.14.0 から 9.14.11 まで\n- BIND Preview Edition 9.9.3-S1 から 9.11.18-S1 まで\n\nなお、サポートが終了した 9.10 系も影響を受けます。",
			fixes:   "例示 BIND\n- BIND 9.14.12\n- BIND 9.16.3",
			want: []advisory.ProductStatus{
				{Product: "例示 BIND 9", Versions: "9.16 系列 9.16.0 から 9.16.2 まで", Status: hit, Fixed: "9.16.3"},
				{Product: "例示 BIND 9", Versions: "9.14 系列 9.14.0 から 9.14.11 まで", Status: hit, Fixed: "9.14.12"},
				{Product: "BIND Preview Edition", Versions: "9.9.3-S1 から 9.11.18-S1 まで", Status: hit, Fixed: "9.14.12, 9.16.3"},
			},
		},
		"a sentence says of what": {
			title:   "例示製品群の複数の脆弱性に関する注意喚起",
			targets: "次のバージョンの例示OS AGが本脆弱性の影響を受けます。\n・9.4.0.466およびそれ以前\n・例示OS AG 10系は影響を受けません。",
			want: []advisory.ProductStatus{
				{Product: "例示OS AG", Versions: "9.4.0.466およびそれ以前", Status: hit},
				{Product: "例示OS AG", Versions: "10系", Status: safe},
			},
		},
		"products above their versions": {
			targets: "- 例示Struts 2\n- 2.0.0 から 2.5.25 まで\n- 例示サーバー\n- 8.0.0 から 8.0.4\n- 7.0.9 以前",
			fixes:   "- 例示Struts 2\n- 2.5.26",
			want: []advisory.ProductStatus{
				{Product: "例示Struts 2", Versions: "2.0.0 から 2.5.25 まで", Status: hit, Fixed: "2.5.26"},
				{Product: "例示サーバー", Versions: "8.0.0 から 8.0.4", Status: hit},
				{Product: "例示サーバー", Versions: "7.0.9 以前", Status: hit},
			},
		},
		"conditions are no products": {
			targets: "以下の条件をすべて満たす場合に影響を受けます。\n- 管理画面を公開している\n- 機能Aが有効\n\n対象となるバージョンは次のとおりです。\n- 例示OS 9.4.5.8およびそれ以前",
			want:    []advisory.ProductStatus{{Product: "例示OS", Versions: "9.4.5.8およびそれ以前", Status: hit}},
		},
		"what old branches are said of is no list": {
			targets: "- 例示OS 7.0系\n\nなお、1系は影響を受けません。\n更新: 2030年5月2日追記\n- 例示箱 3.0から3.1まで",
			want:    []advisory.ProductStatus{{Product: "例示OS", Versions: "7.0系", Status: hit}, {Product: "例示箱", Versions: "3.0から3.1まで", Status: hit}},
		},
		"an update has no CVE of the list above": {
			targets: "CVE-2030-0001、CVE-2030-0002\n- 例示B 2.0より前\n\n更新: 2030年5月2日追記\n- 例示E 3.0から3.1まで",
			want: []advisory.ProductStatus{
				{Product: "例示B", Versions: "2.0より前", Status: hit, CVE: "CVE-2030-0001"},
				{Product: "例示B", Versions: "2.0より前", Status: hit, CVE: "CVE-2030-0002"},
				{Product: "例示E", Versions: "3.0から3.1まで", Status: hit},
			},
		},
		"lines without bullets, and a link with its title": {
			targets: "対象は次のとおりです。\n例示VPN 9.1R1から9.1R14まで\n例示ルーター Ver.1.2.3以前\n\n例示社\nFixed in Example 2.15.0\nhttps://example.com/advisory\n",
			fixes:   "例示VPN 9.1R15",
			want: []advisory.ProductStatus{
				{Product: "例示VPN", Versions: "9.1R1から9.1R14まで", Status: hit, Fixed: "9.1R15"},
				{Product: "例示ルーター", Versions: "Ver.1.2.3以前", Status: hit},
			},
		},
		"prose": {
			title:   "例示VPNおよび例示箱の脆弱性に関する注意喚起",
			targets: "例示VPNのバージョン9.1R1から9.1R14までが本脆弱性の影響を受けます。上記に含まれないバージョンは影響を受けません。",
			fixes:   "例示VPN 9.1R15にアップデートしてください。",
			want:    []advisory.ProductStatus{{Product: "例示VPN", Versions: "バージョン9.1R1から9.1R14まで", Status: hit, Fixed: "9.1R15"}},
		},
		"a table": {
			targets: "| 製品 | 影響を受けるバージョン | 修正バージョン |\n\n| 例示OS 7.4 | 7.4.0から7.4.2 | 7.4.3以上 |\n| 例示箱 | 影響なし | - |",
			want: []advisory.ProductStatus{
				{Product: "例示OS", Versions: "7.4系 7.4.0から7.4.2", Status: hit, Fixed: "7.4.3以上"},
				{Product: "例示箱", Status: safe},
			},
		},
		"nothing but a title": {
			title:   "例示ConnectおよびゲートウェイXの脆弱性（CVE-2030-0001）に関する注意喚起",
			targets: "詳細は開発者の情報を参照してください。",
			want:    []advisory.ProductStatus{{Product: "例示Connect", Status: hit}, {Product: "ゲートウェイX", Status: hit}},
		},
	}
	for name, tt := range tests {
		s := sections{sectionTarget: strings.Split(tt.targets, "\n"), sectionFix: strings.Split(tt.fixes, "\n")}
		if diff := cmp.Diff(tt.want, pageProducts(s, tt.title)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestPageTables: cells that span rows and columns stand in each of them, and a
// table that only lays out the page is no list.
func TestPageTables(t *testing.T) {
	tests := map[string]string{
		`<table><tr><th>製品</th><th>版</th></tr><tr><td rowspan="2">例示OS</td><td>7.4.0<br>7.4.1</td></tr><tr><td>7.2.0</td></tr></table>`: "| 製品 | 版 |/| 例示OS | 7.4.0、7.4.1 |/| 例示OS | 7.2.0 |",
		`<table><tr><td colspan="2">a|b</td><td>c</td></tr></table>`:                                                                    "| a/b | a/b | c |",
		`<table><tr><td>概要<table><tr><td>x</td><td>y</td></tr></table></td></tr></table>`:                                               "概要/| x | y |",
		`<table><tr><td rowspan="99999" colspan="99999">x</td></tr></table>`:                                                            "",
	}
	for in, want := range tests {
		page, err := goquery.NewDocumentFromReader(strings.NewReader("<body>" + in + "</body>"))
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(slices.DeleteFunc(pageLines(page), func(l string) bool { return l == "" }), "/")
		if want == "" && len(got) > 10*maxTableCells || want != "" && got != want {
			t.Errorf("%.80s: %.200q, want %q", in, got, want)
		}
	}
}
