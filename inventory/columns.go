package inventory

// column is one field of an item or a partner: its key in YAML and the headings
// that a table may give it, as people write them.
type column[T any] struct {
	key      string
	headings []string
	text     func(*T) *string   // a field of one value
	list     func(*T) *[]string // or of several
	set      func(*T, string)   // or one that lands elsewhere; tables only
	ofLeft   *column[T]         // belongs to the cell on its left, and is this column where that is empty
}

// tableOnly says that the column has no key of its own in YAML.
func (c column[T]) tableOnly() bool { return c.text == nil && c.list == nil }

// put lays a value into the field: a field of one value keeps what came first.
func (c column[T]) put(to *T, value string) {
	switch {
	case value == "":
	case c.set != nil:
		c.set(to, value)
	case c.text != nil:
		if p := c.text(to); *p == "" {
			*p = value
		}
	case c.list != nil:
		p := c.list(to)
		*p = appendNew(*p, value)
	}
}

// values parts a cell, where the field takes several values.
func (c column[T]) values(cell string) []string {
	if c.list == nil {
		return []string{cell}
	}
	return splitList(cell)
}

// itemColumns are the fields of an item. Where two columns could claim a
// heading, the earlier does.
var itemColumns = []column[Item]{
	{
		key: "id", text: func(i *Item) *string { return &i.ID },
		headings: []string{"資産番号", "管理番号", "資産管理番号", "資産ID", "管理ID", "識別番号", "台帳番号", "機器番号", "asset id", "asset number", "asset no", "asset tag"},
	},
	{
		key: "name", text: func(i *Item) *string { return &i.Name },
		headings: []string{
			"名称", "名前", "機器名", "機器名称", "システム名", "システム名称", "システム", "資産名", "資産名称", "サービス名", "サーバ名", "端末名", "PC名",
			"装置名", "業務名", "業務システム", "コンピュータ名", "ホスト名", "資産", "asset", "asset name", "system", "system name", "device", "device name", "display name",
			"hostname", "host", "computer name", "computer", "service",
		},
	},
	{
		key: "vendor", text: func(i *Item) *string { return &i.Vendor },
		headings: []string{
			"メーカー", "メーカー名", "ベンダー", "ベンダー名", "開発元", "製造元", "製造者", "発行元", "提供元", "提供者", "提供会社", "提供事業者", "開発会社", "製造会社", "供給者",
			"manufacturer", "maker", "publisher", "provider", "developer", "company name",
		},
	},
	{
		key: "product", text: func(i *Item) *string { return &i.Product }, set: addProduct,
		headings: []string{
			"製品", "製品名", "製品名称", "ソフトウェア", "ソフトウェア名", "ソフト", "ソフト名", "ソフトウエア", "ソフトウエア名", "商品名", "品名", "パッケージ名", "アプリケーション", "アプリケーション名", "アプリ名",
			"ライブラリ名", "product name", "software", "software name", "package", "package name", "application", "application name", "component",
			"機種", "機種名", "型番", "型式", "型名", "モデル", "モデル名", "model", "model name", "model number",
		},
	},
	{
		key: "version", text: func(i *Item) *string { return &i.Version },
		headings: []string{
			"バージョン", "版数", "版", "バージョン番号", "製品バージョン", "ファームウェア", "ファームウェア版数", "ファームウェアバージョン", "ファーム", "ビルド", "リビジョン", "ver", "Ver.",
			"product version", "software version", "firmware", "firmware version", "display version", "installed version", "os version", "F/W", "F/W version", "F/W Ver.", "FW Ver.", "FWバージョン",
		},
	},
	{key: "cpe", text: func(i *Item) *string { return &i.CPE }, headings: []string{"CPE名", "CPE 2.3", "CPE 2.2", "cpe name", "cpe23", "cpe uri", "cpe23uri"}},
	{key: "purl", text: func(i *Item) *string { return &i.PURL }, headings: []string{"パッケージURL", "package url", "purls"}},
	{
		key: "kind", text: func(i *Item) *string { return (*string)(&i.Kind) },
		headings: []string{
			"種別", "区分", "種類", "分類", "資産種別", "資産区分", "資産分類", "機器種別", "機器区分", "機器分類", "カテゴリ", "カテゴリー", "タイプ",
			"type", "category", "asset type", "class", "device type",
		},
	},
	{
		key: "owner", text: func(i *Item) *string { return &i.Owner },
		headings: []string{
			"部署", "部門", "部署名", "部門名", "管理部門", "管理部署", "主管部門", "主管部署", "所管", "所管部署", "所管課", "所属", "利用部門", "利用部署", "使用部署", "担当部署", "担当部門", "担当課", "課", "課名", "組織", "所有者", "管理元",
			"department", "division", "section", "team", "owned by", "business unit",
		},
	},
	{
		key: "contact", text: func(i *Item) *string { return &i.Contact },
		headings: []string{
			"担当者", "担当者名", "担当", "連絡先", "管理者", "管理責任者", "責任者", "利用者", "使用者", "利用者名", "メールアドレス", "メール", "担当者連絡先",
			"person in charge", "contact person", "email", "e-mail", "mail", "administrator", "user", "user name",
		},
	},
	{
		key: "exposure", text: func(i *Item) *string { return &i.Exposure },
		headings: []string{
			"公開区分", "公開", "公開範囲", "公開設定", "外部公開", "インターネット公開", "設置区分", "ネットワーク区分", "接続区分", "設置", "セグメント", "ゾーン",
			"internet", "internet access", "zone", "network zone", "internet facing", "facing", "reachability",
		},
	},
	{
		key: "supplier", text: func(i *Item) *string { return &i.Supplier },
		headings: []string{
			"購入先", "調達先", "保守業者", "保守会社", "保守先", "保守ベンダー", "委託先", "開発委託先", "販売店", "販売会社", "販売元", "納入業者", "納入元", "導入業者", "構築業者", "運用委託先", "業者", "SIer", "リース会社",
			"reseller", "supplied by", "maintenance", "integrator", "contractor", "purchased from",
		},
	},
	{
		key: "aliases", list: func(i *Item) *[]string { return &i.Aliases },
		headings: []string{"別名", "別称", "通称", "略称", "呼称", "旧名称", "旧称", "alias", "also known as", "other names"},
	},
	{
		key: "contains", list: func(i *Item) *[]string { return &i.Contains },
		headings: []string{
			"内蔵", "同梱", "構成", "構成要素", "構成ソフトウェア", "内包", "使用ライブラリ", "利用ライブラリ", "ウイルス対策", "ウイルス対策ソフト", "アンチウイルス", "セキュリティソフト", "セキュリティ対策ソフト", "ブラウザ", "メールソフト", "antivirus", "browser", "組込ソフトウェア", "組み込みソフトウェア", "搭載ソフトウェア", "導入ソフトウェア", "インストールソフトウェア", "使用ソフトウェア", "主要ソフトウェア",
			"ミドルウェア", "OS", "OS名", "OS名称", "OS製品名", "基本ソフト名", "OS種別", "基本ソフト", "データベース", "DBMS", "components", "libraries", "includes", "installed software", "middleware", "operating system", "os name",
		},
	},
	{key: "release", set: addRelease},
	{key: "office", set: addOffice, headings: []string{"オフィス", "Officeバージョン", "Microsoft Office", "MS Office"}},
	{key: "os version", set: addOSVersion, headings: []string{"OSバージョン", "OS版数", "OSビルド", "os build"}},
	{key: "tags", list: func(i *Item) *[]string { return &i.Tags }, headings: []string{"タグ", "ラベル", "キーワード", "グループ", "重要度", "tag", "label", "labels", "keywords", "group"}},
	{key: "status_page", text: func(i *Item) *string { return &i.StatusPage }, headings: []string{"稼働状況ページ", "稼働状況", "障害情報", "status page"}},
	{key: "security_page", text: func(i *Item) *string { return &i.SecurityPage }, headings: []string{"セキュリティページ", "セキュリティ情報", "security page", "security advisories"}},
}

// addProduct keeps a second name of the product (機種 beside 製品名) as an alias.
func addProduct(i *Item, value string) {
	if i.Product == "" || i.Product == value {
		i.Product = value
		return
	}
	i.Aliases = appendNew(i.Aliases, value)
}

// addOffice takes what a ledger of PCs says in its column Office, often the
// year by itself.
func addOffice(i *Item, value string) {
	if value[0] >= '0' && value[0] <= '9' {
		value = "Office " + value
	}
	i.Contains = appendNew(i.Contains, value)
}

// addOSVersion joins the version to the operating system in the column before.
func addOSVersion(i *Item, value string) {
	if n := len(i.Contains); n > 0 {
		i.Contains[n-1] += " " + value
		return
	}
	if i.Version == "" {
		i.Version = value
	}
}

// partnerColumns are the fields of a partner.
var partnerColumns = []column[Partner]{
	{key: "id", text: func(p *Partner) *string { return &p.ID }, headings: []string{"取引先番号", "取引先コード", "取引先ID", "顧客番号", "顧客コード", "仕入先コード", "partner id", "customer id", "supplier id"}},
	{key: "company", text: func(p *Partner) *string { return &p.Company }, headings: []string{"会社名", "会社", "企業名", "取引先", "取引先名", "社名", "法人名", "顧客名", "仕入先", "仕入先名", "組織名", "company name", "organization", "organisation", "partner"}},
	{key: "person", text: func(p *Partner) *string { return &p.Person }, headings: []string{"氏名", "担当者", "担当者名", "宛名", "ご担当者", "ご担当者名", "お名前", "person name", "contact", "contact name", "contact person"}},
	{key: "title", text: func(p *Partner) *string { return &p.Title }, headings: []string{"部署", "部署名", "役職", "部署役職", "所属", "肩書", "job title", "position", "department"}},
	{key: "honorific", text: func(p *Partner) *string { return &p.Honorific }, headings: []string{"敬称"}},
	{key: "lang", text: func(p *Partner) *string { return &p.Lang }, headings: []string{"言語", "使用言語", "language"}},
	{key: "class", text: func(p *Partner) *string { return &p.Class }, headings: []string{"開示区分", "開示レベル", "開示範囲", "情報区分", "detail", "disclosure"}},
	{key: "vex", text: func(p *Partner) *string { return &p.VEX }, headings: []string{"機械可読形式", "VEX形式"}},
	{key: "channel", text: func(p *Partner) *string { return &p.Channel }, headings: []string{"送信チャンネル", "送信経路"}},
	{key: "role", text: func(p *Partner) *string { return &p.Role }, headings: []string{"取引区分", "取引種別", "役割", "関係", "relation"}},
	{key: "email", list: func(p *Partner) *[]string { return &p.Email }, headings: []string{"メールアドレス", "メール", "電子メール", "Eメール", "e-mail", "mail", "mail address", "email address"}},
	{key: "items", list: func(p *Partner) *[]string { return &p.Items }, headings: []string{"関係資産", "対象資産", "対象システム", "関係システム", "related items"}},
}

// unread are the headings of a ledger that say nothing of use here; a column
// with one of them is passed over without a word.
var unread = []string{
	"備考", "メモ", "注記", "コメント", "摘要", "説明", "内容", "用途", "利用目的", "目的", "No", "No.", "番号", "項番", "連番", "通番", "#", "状態", "ステータス", "状況",
	"IPアドレス", "MACアドレス", "IP", "MAC", "アドレス", "URL", "電話", "電話番号", "内線", "FAX", "住所", "郵便番号", "設置場所", "場所", "拠点", "フロア", "設置拠点", "保管場所", "ラック",
	"日", "日付", "年月日", "年月", "年度", "導入日", "購入日", "更新日", "登録日", "期限", "保守期限", "有効期限", "サポート期限", "EOL", "EOS", "台数", "数量", "数", "本数", "ライセンス数", "金額", "価格", "費用",
	"シリアル番号", "シリアル", "製造番号", "CPU", "メモリ", "ディスク", "容量", "ライセンス", "ライセンス形態", "ライセンス種別", "契約", "契約形態", "契約種別", "回線種別", "契約番号",
	"note", "notes", "comment", "comments", "remarks", "description", "summary", "status", "state", "location", "site", "serial", "serial number", "ip", "ip address", "mac address",
	"quantity", "count", "price", "date", "purchase date", "install date", "installed on", "expires", "license", "row", "url", "phone", "size", "arch", "architecture",
	"source", "install location", "install source", "install_location", "install_source", "identifying number", "language", "revision", "priority", "maintainer", "admindir",
	"major", "minor", "patch", "build", "platform", "platform like", "codename", "extra", "epoch", "sha1", "vendor id", "package group", "provider name", "available", "match", "pid with namespace", "mount namespace id", "upgrade code",
}
