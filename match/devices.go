package match

import (
	"regexp"
	"slices"
	"strings"

	"hansho/internal/fold"
	"hansho/inventory"
)

// devices are the words by which a title speaks of all devices of a sort that a
// maker makes ("バッファロー製無線LANルーター"), and what such an item is declared as.
var devices = []struct {
	words []string
	kinds []inventory.Kind
}{
	{
		[]string{
			"ルーター", "無線LANルーター", "Wi-Fiルーター", "ブロードバンドルーター", "VPNルーター", "アクセスポイント", "中継機", "スイッチ", "スイッチングハブ",
			"ファイアウォール", "UTM", "モデム", "ゲートウェイ", "VPN装置", "VPN機器", "ネットワーク機器", "無線LAN機器", "通信機器",
		},
		[]inventory.Kind{inventory.KindNetwork, inventory.KindIoT},
	},
	{
		[]string{
			"複合機", "プリンター", "レーザープリンター", "レーザービームプリンター", "インクジェットプリンター", "スキャナー", "MFP", "デジタル複合機", "カメラ", "ネットワークカメラ",
			"IPカメラ", "監視カメラ", "防犯カメラ", "レコーダー", "ネットワークレコーダー", "NAS", "HMI", "PLC", "シーケンサー", "プログラマブルコントローラー", "インターホン", "プロジェクター",
		},
		[]inventory.Kind{inventory.KindIoT, inventory.KindNetwork, inventory.KindServer},
	},
}

// deviceQualities go before such a word and choose among the maker's devices, by
// what no inventory says.
var deviceQualities = []string{
	"一部の", "複数の", "企業向け", "法人向け", "家庭向け", "家庭用", "個人向け", "スモールオフィス向け", "オフィス向け", "小規模事業者向け", "業務用", "産業用", "医療用", "小型", "大型",
	"有線", "無線", "無線LAN", "モバイル", "ネットワーク", "ブロードバンド", "スマート", "カラー", "モノクロ", "デジタル",
}

// madeDevices reads what follows a maker's name in a folded title, up to the flaw.
var madeDevices = regexp.MustCompile(`^ *製 *(?:の)?((?:` + anyOf(deviceQualities) + `|` + anyOf(deviceWords()) + `|および|及び|ならびに|または|や|と|等|など| )+)(?:における|に関する|の|に|で|を|$)`)

func deviceWords() []string {
	var out []string
	for _, d := range devices {
		out = append(out, d.words...)
	}
	return out
}

// anyOf is a pattern of any of the words as fold.Name writes them, longest first.
func anyOf(words []string) string {
	folded := make([]string, 0, len(words))
	for _, w := range words {
		folded = append(folded, regexp.QuoteMeta(fold.Name(w)))
	}
	slices.SortFunc(folded, longFirst)
	return strings.Join(slices.Compact(folded), "|")
}

// devicesAfter gives the kinds of item that a folded title, read from behind a
// maker's name, is about as a sort of device; nil where it is about none.
func devicesAfter(rest string) []inventory.Kind {
	m := madeDevices.FindStringSubmatch(rest)
	if m == nil {
		return nil
	}
	var kinds []inventory.Kind
	for _, d := range devices {
		if slices.ContainsFunc(d.words, func(w string) bool { return strings.Contains(m[1], fold.Name(w)) }) {
			kinds = append(kinds, d.kinds...)
		}
	}
	return kinds
}
