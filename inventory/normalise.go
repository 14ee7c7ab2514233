package inventory

import (
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/package-url/packageurl-go"

	"hansho/internal/fold"
)

// kinds are the words for a kind, as ledgers have them.
var kinds = words(map[Kind][]string{
	KindServer:  {"server", "servers", "サーバ", "サーバー", "物理サーバ", "仮想サーバ", "仮想マシン", "VM", "virtual machine", "オンプレミス", "host", "ホスト", "AP", "DB", "WEB", "APサーバ", "DBサーバ", "WEBサーバ", "メールサーバ", "ファイルサーバ"},
	KindClient:  {"client", "pc", "パソコン", "端末", "クライアント", "クライアントPC", "ノートPC", "デスクトップPC", "ノートパソコン", "デスクトップ", "ノート", "ラップトップ", "laptop", "desktop", "workstation", "endpoint", "エンドポイント", "ワークステーション", "シンクライアント", "スマートフォン", "スマホ", "タブレット", "モバイル", "携帯端末", "mobile", "smartphone", "tablet", "業務端末", "貸与端末"},
	KindNetwork: {"network", "ネットワーク", "ネットワーク機器", "NW機器", "NW", "通信機器", "ルータ", "ルーター", "スイッチ", "L2スイッチ", "L3スイッチ", "ファイアウォール", "FW", "UTM", "VPN", "VPN装置", "無線LAN", "無線AP", "アクセスポイント", "ロードバランサ", "負荷分散装置", "プロキシ", "router", "switch", "firewall", "load balancer", "access point", "network device", "ネットワーク装置", "セキュリティ機器"},
	KindIoT:     {"iot", "IoT機器", "OT", "制御機器", "制御装置", "PLC", "カメラ", "監視カメラ", "ネットワークカメラ", "防犯カメラ", "複合機", "プリンタ", "プリンター", "NAS", "センサー", "工場設備", "産業機器", "入退室管理", "camera", "printer", "sensor", "controller", "組込機器", "FA機器", "設備", "テレビ会議"},
	KindCloud:   {"cloud", "クラウド", "クラウドサービス", "SaaS", "PaaS", "IaaS", "ASP", "外部サービス", "cloud service"},
	KindLibrary: {"library", "ライブラリ", "ライブラリー", "OSS", "オープンソース", "部品", "コンポーネント", "モジュール", "フレームワーク", "framework", "component", "package", "パッケージ", "module", "依存ライブラリ"},
	KindService: {"service", "サービス", "業務サービス", "委託サービス", "外部委託", "アウトソーシング"},
})

// exposures are the words for who can reach an item.
var exposures = words(map[string][]string{
	"internet": {"internet", "インターネット", "インターネット公開", "公開", "外部公開", "社外公開", "外部", "社外", "DMZ", "グローバル", "公開系", "external", "public", "yes", "有", "あり", "○", "インターネット接続"},
	"internal": {"internal", "社内", "内部", "イントラ", "イントラネット", "LAN", "社内LAN", "内部LAN", "社内のみ", "非公開", "ローカル", "private", "intranet", "no", "業務LAN", "業務系", "基幹系"},
	"isolated": {"isolated", "閉域", "閉域網", "隔離", "スタンドアロン", "スタンドアローン", "オフライン", "offline", "air gapped", "ネットワーク非接続", "未接続", "工場LAN", "制御系"},
	"partner":  {"partner", "取引先", "取引先接続", "専用線", "拠点間", "VPN経由", "extranet", "エクストラネット"},
})

var (
	roles    = words(map[string][]string{"supplier": {"supplier", "仕入先", "購入先", "委託先", "保守業者", "ベンダー", "調達先", "vendor"}, "customer": {"customer", "client", "顧客", "得意先", "販売先", "お客様", "納入先"}, "both": {"both", "両方", "双方", "仕入先・得意先", "取引先"}})
	classes  = words(map[string][]string{"full": {"full", "全て", "すべて", "詳細", "全部", "A"}, "summary": {"summary", "概要", "要約", "B"}, "minimal": {"minimal", "最小限", "最小", "最低限", "C"}})
	vexForms = words(map[string][]string{"openvex": {"openvex"}, "csaf": {"csaf", "csaf vex"}})
	langs    = words(map[string][]string{"ja": {"ja", "jp", "ja-JP", "日本語", "japanese", "日", "和"}, "en": {"en", "en-US", "en-GB", "英語", "english", "英"}})
)

// words turns a table of spellings round.
func words[K ~string](table map[K][]string) map[string]K {
	out := map[string]K{}
	for k, spellings := range table {
		for _, s := range spellings {
			out[headingKey(s)] = k
		}
	}
	return out
}

func (d *doc) checkItem(it *Item) {
	it.Version = cleanVersion(it.Version)
	d.checkKind(it)
	if e, ok := exposures[headingKey(it.Exposure)]; ok {
		it.Exposure = e
	}
	if it.CPE != "" && !isCPE(it.CPE) {
		d.problem(d.line, "cpe", CodeBadCPE, it.CPE)
		it.CPE = ""
	}
	if it.PURL != "" && !isPURL(it.PURL) {
		d.problem(d.line, "purl", CodeBadPURL, it.PURL)
		it.PURL = ""
	}
	it.Contains = slices.DeleteFunc(it.Contains, d.badIdentifier)
	it.StatusPage = d.checkURL("status_page", it.StatusPage)
	it.SecurityPage = d.checkURL("security_page", it.SecurityPage)
}

// badIdentifier names an entry of contains that begins like an identifier and
// isn't one.
func (d *doc) badIdentifier(s string) bool {
	switch {
	case strings.HasPrefix(s, "cpe:") && !isCPE(s):
		d.problem(d.line, "contains", CodeBadCPE, s)
		return true
	case strings.HasPrefix(s, "pkg:") && !isPURL(s):
		d.problem(d.line, "contains", CodeBadPURL, s)
		return true
	}
	return false
}

// checkKind reads the kind in the words of a ledger: Webサーバ(仮想) is a server.
func (d *doc) checkKind(it *Item) {
	if it.Kind == "" {
		return
	}
	if k, ok := findKind(string(it.Kind)); ok {
		it.Kind = k
		return
	}
	if !slices.Contains(d.told, it.Kind) && len(d.told) < maxProblems {
		d.warn(d.line, "kind", CodeUnknownKind, string(it.Kind))
		d.told = append(d.told, it.Kind)
	}
	it.Tags = appendNew(it.Tags, string(it.Kind))
	it.Kind = ""
}

// kindNamed reads a word that is a kind's and nothing else.
func kindNamed(word string) (Kind, bool) {
	k, ok := kinds[headingKey(word)]
	return k, ok
}

func findKind(word string) (Kind, bool) {
	if k, ok := kindNamed(word); ok {
		return k, true
	}
	key := headingKey(word)
	for cut, r := range key { // 基幹系サーバ: in Japanese the noun comes last
		if cut > 0 && r > 0x7f {
			if k, ok := kinds[key[cut:]]; ok {
				return k, true
			}
		}
	}
	for _, part := range headingParts(word)[1:] {
		if k, ok := kinds[headingKey(part)]; ok {
			return k, true
		}
	}
	return "", false
}

func (d *doc) checkPartner(p *Partner) {
	p.Role = choose(d, "role", p.Role, roles, "supplier, customer, both")
	p.Class = choose(d, "class", p.Class, classes, "full, summary, minimal")
	p.Lang = choose(d, "lang", p.Lang, langs, "ja, en")
	p.VEX = choose(d, "vex", p.VEX, vexForms, "openvex, csaf")
	p.Email = slices.DeleteFunc(p.Email, func(address string) bool {
		a, err := mail.ParseAddress(address)
		if err != nil || a.Address != address && a.Name == "" || strings.ContainsAny(address, "\r\n") {
			d.problem(d.line, "email", CodeBadEmail, address)
			return true
		}
		return false
	})
}

// choose reads one of a few words, or names what isn't one.
func choose(d *doc, field, value string, from map[string]string, allowed string) string {
	if value == "" {
		return ""
	}
	v, ok := from[headingKey(value)]
	if !ok {
		d.problem(d.line, field, CodeBadChoice, value, allowed)
	}
	return v
}

func (d *doc) checkURL(field, value string) string {
	if value == "" {
		return ""
	}
	if u, err := url.Parse(value); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		d.problem(d.line, field, CodeBadURL, value)
		return ""
	}
	return value
}

// cpeForm is a CPE 2.3 formatted string or a 2.2 URI with at least a vendor and
// a product (NISTIR 7695, 6.1 and 6.2).
var cpeForm = regexp.MustCompile(`^(?i:cpe:2\.3:[aoh*\-](?::(?:\\.|[^:\\\s])+){2,10}|cpe:/[aoh](?::[^:\s]*){2,7})$`)

func isCPE(s string) bool { return cpeForm.MatchString(s) }

func isPURL(s string) bool {
	p, err := packageurl.FromString(s)
	return err == nil && p.Name != "" && fold.Name(p.Type) != ""
}
