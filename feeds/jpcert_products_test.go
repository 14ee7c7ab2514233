package feeds

import (
	"strings"
	"testing"

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
