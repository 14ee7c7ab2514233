package inventory

// Code names a kind of problem. Scripts may rely on it.
type Code string

// The kinds of problem.
const (
	CodeUnreadable     Code = "unreadable"
	CodeTooLarge       Code = "too-large"
	CodeUnknownFormat  Code = "unknown-format"
	CodeOldFormat      Code = "old-format"
	CodeSyntax         Code = "syntax"
	CodeUnknownKey     Code = "unknown-key"
	CodeDuplicateKey   Code = "duplicate-key"
	CodeWrongType      Code = "wrong-type"
	CodeNotAnItem      Code = "not-an-item"
	CodeNotAPartner    Code = "not-a-partner"
	CodeDuplicateID    Code = "duplicate-id"
	CodeSameTwice      Code = "same-twice"
	CodeByHand         Code = "by-hand"
	CodeNoHeading      Code = "no-heading"
	CodeUnknownColumn  Code = "unknown-column"
	CodeMisspeltColumn Code = "misspelt-column"
	CodeSecondColumn   Code = "second-column"
	CodeCellsBeyond    Code = "cells-beyond"
	CodeWhoseVersion   Code = "whose-version"
	CodeUnknownKind    Code = "unknown-kind"
	CodeBadCPE         Code = "bad-cpe"
	CodeBadPURL        Code = "bad-purl"
	CodeNoIdentifier   Code = "no-identifier"
	CodeBadEmail       Code = "bad-email"
	CodeBadURL         Code = "bad-url"
	CodeBadChoice      Code = "bad-choice"
	CodeExcelError     Code = "excel-error"
	CodeTooLong        Code = "too-long"
	CodeNotUnderstood  Code = "not-understood"
	CodeSheetHidden    Code = "sheet-hidden"
	CodeSheetUnread    Code = "sheet-unread"
	CodeCut            Code = "cut"
	CodeUnknownPartner Code = "unknown-supplier"
	CodeMore           Code = "more"
)

// wording is a problem in one language.
type wording struct{ message, hint template }

// wordings holds each code's texts: English, then Japanese.
var wordings = map[Code][2]wording{
	CodeUnreadable: {
		{"can't be read: %[1]s", ""},
		{"読み取れません: %[1]s", ""},
	},
	CodeTooLarge: {
		{"is larger than %[1]s", "split it into several files"},
		{"%[1]s を超えています", "複数のファイルに分けてください"},
	},
	CodeUnknownFormat: {
		{"is in no form that is known here", "give YAML, CSV with a heading row, XLSX, CycloneDX, SPDX, a package listing, or a list of CPE names or purls"},
		{"形式を判別できません", "YAML、見出し行のある CSV、XLSX、CycloneDX、SPDX、パッケージ一覧、または CPE 名か purl の一覧を指定してください"},
	},
	CodeOldFormat: {
		{"is %[1]s, which isn't read", "save it as %[2]s"},
		{"%[1]s は読み込めません", "%[2]s で保存し直してください"},
	},
	CodeSyntax: {
		{"syntax error: %[1]s", ""},
		{"構文の誤り: %[1]s", ""},
	},
	CodeUnknownKey: {
		{"unknown key %[1]q", "write %[2]s"},
		{"不明なキー %[1]q です", "%[2]s と書いてください"},
	},
	CodeDuplicateKey: {
		{"key %[1]q is given twice; the first is used", "keep one of them"},
		{"キー %[1]q が 2 回書かれています。先の値を使います", "どちらか一方を消してください"},
	},
	CodeWrongType: {
		{"%[1]s isn't allowed here", "write %[2]s"},
		{"ここに %[1]s は書けません", "%[2]s を書いてください"},
	},
	CodeNotAnItem: {
		{"the item has neither name nor product nor identifier", "write name, product, cpe or purl"},
		{"名称・製品名・識別子のいずれもありません", "name、product、cpe、purl のいずれかを書いてください"},
	},
	CodeNotAPartner: {
		{"the partner has no company", "write company"},
		{"取引先の会社名がありません", "company を書いてください"},
	},
	CodeDuplicateID: {
		{"id %[1]q is already used at %[2]s; this one is left out", "give it another id"},
		{"ID %[1]q は %[2]s で使われています。こちらは読み飛ばします", "別の ID を付けてください"},
	},
	CodeSameTwice: {
		{"says the same as %[1]s", "remove one of them"},
		{"%[1]s と同じ内容です", "どちらか一方を消してください"},
	},
	CodeByHand: {
		{"%[1]q is declared by hand at %[2]s, which stands", ""},
		{"%[1]q は %[2]s で手で登録されているため、そちらを使います", ""},
	},
	CodeNoHeading: {
		{"no heading row was found in the first %[1]s rows", "give the columns headings such as name, product, version (名称, 製品名, バージョン)"},
		{"先頭 %[1]s 行に見出し行が見つかりません", "名称、製品名、バージョン（name, product, version）などの見出しを付けてください"},
	},
	CodeUnknownColumn: {
		{"unknown column; it isn't read", ""},
		{"不明な列です。読み込みません", ""},
	},
	CodeMisspeltColumn: {
		{"unknown column; it isn't read", "write %[1]s if that is meant"},
		{"不明な列です。読み込みません", "%[1]s のことであれば、そう書いてください"},
	},
	CodeSecondColumn: {
		{"means %[1]s like the column %[2]q, and is used only where that one is empty", ""},
		{"列 %[2]q と同じ %[1]s を表すため、そちらが空のときだけ使います", ""},
	},
	CodeCellsBeyond: {
		{"the row has %[1]s cells, the heading %[2]s; those beyond aren't read", "put a value that holds the separator in quotes"},
		{"見出しは %[2]s 列ですが、この行は %[1]s 列あります。余りは読み込みません", "区切り文字を含む値は引用符で囲んでください"},
	},
	CodeWhoseVersion: {
		{"%[1]q could be the version of any of %[2]q; it isn't used", "write each version behind its name"},
		{"%[1]q が %[2]q のどれのバージョンか分からないため使いません", "それぞれの名称の後ろにバージョンを書いてください"},
	},
	CodeUnknownKind: {
		{"unknown kind %[1]q; it is kept as a tag", "write server, client, network, iot, cloud, library or service"},
		{"不明な種別 %[1]q です。タグとして残します", "server、client、network、iot、cloud、library、service のいずれかを書いてください"},
	},
	CodeBadCPE: {
		{"%[1]q isn't a CPE name; it isn't used", "write cpe:2.3:a:VENDOR:PRODUCT:VERSION:*:*:*:*:*:*:* or cpe:/a:VENDOR:PRODUCT:VERSION"},
		{"%[1]q は CPE 名ではないため使いません", "cpe:2.3:a:ベンダー:製品:版:*:*:*:*:*:*:* または cpe:/a:ベンダー:製品:版 の形で書いてください"},
	},
	CodeBadPURL: {
		{"%[1]q isn't a package URL; it isn't used", "write pkg:TYPE/NAMESPACE/NAME@VERSION"},
		{"%[1]q は package URL ではないため使いません", "pkg:種類/名前空間/名前@版 の形で書いてください"},
	},
	CodeNoIdentifier: {
		{"%[1]q is neither a CPE name nor a package URL; it isn't used", "write cpe:2.3:… or pkg:…, or give names in a CSV with the heading product"},
		{"%[1]q は CPE 名でも package URL でもないため使いません", "cpe:2.3:… か pkg:… の形で書くか、名称であれば見出し「製品名」のある CSV にしてください"},
	},
	CodeBadEmail: {
		{"%[1]q isn't a mail address; it isn't used", "write name@example.co.jp"},
		{"%[1]q はメールアドレスではないため使いません", "name@example.co.jp の形で書いてください"},
	},
	CodeBadURL: {
		{"%[1]q isn't a web address; it isn't used", "write https://…"},
		{"%[1]q は Web アドレスではないため使いません", "https://… の形で書いてください"},
	},
	CodeBadChoice: {
		{"unknown value %[1]q; it isn't used", "write %[2]s"},
		{"不明な値 %[1]q のため使いません", "%[2]s のいずれかを書いてください"},
	},
	CodeExcelError: {
		{"the cell holds the error %[1]s; it is read as empty", "repair the formula"},
		{"セルがエラー %[1]s です。空として読み込みます", "数式を直してください"},
	},
	CodeTooLong: {
		{"the value is longer than %[1]s characters; it is cut", ""},
		{"値が %[1]s 文字を超えています。切り詰めます", ""},
	},
	CodeNotUnderstood: {
		{"the line isn't understood: %[1]s", ""},
		{"この行を解釈できません: %[1]s", ""},
	},
	CodeSheetHidden: {
		{"the sheet is hidden; it isn't read", "show it if its rows are in use"},
		{"非表示のシートのため読み込みません", "使用中の資産があれば再表示してください"},
	},
	CodeSheetUnread: {
		{"no heading row was found, so the sheet isn't read", "give the columns headings such as name, product, version (名称, 製品名, バージョン) if the sheet lists items"},
		{"見出し行がないため、このシートは読み込みません", "資産の一覧であれば、名称、製品名、バージョンなどの見出しを付けてください"},
	},
	CodeCut: {
		{"only the first %[1]s entries are read", "split the file"},
		{"先頭の %[1]s 件だけを読み込みました", "ファイルを分けてください"},
	},
	CodeUnknownPartner: {
		{"supplier %[1]q isn't among the partners", "add it to partners, so that it can be asked"},
		{"購入先 %[1]q は取引先（partners）にありません", "問い合わせができるよう partners に加えてください"},
	},
	CodeMore: {
		{"there are more problems than the %[1]s shown", ""},
		{"問題が %[1]s 件を超えたため、以降は省きます", ""},
	},
}

func (c Code) text(lang string) wording {
	if lang == "ja" {
		return wordings[c][1]
	}
	return wordings[c][0]
}

// nouns are the arguments that are words of ours, in Japanese.
var nouns = map[string]string{
	"a mapping":          "キーと値の組",
	"a list":             "リスト",
	"an alias":           "別名参照（*）",
	"nothing":            "空の値",
	"a single value":     "単一の値",
	"one value":          "値を一つだけ",
	"a text":             "文字列",
	"a list (- name: …)": "リスト（- name: …）",
	"keys and values (name: …, product: …)": "キーと値（name: …、product: …）",
	"the file is empty":                     "ファイルが空です",
}

// inWords puts the arguments that are words of ours into the language.
func inWords(lang string, args []string) []string {
	if lang != "ja" {
		return args
	}
	out := make([]string, len(args))
	for i, a := range args {
		out[i] = a
		if noun, ok := nouns[a]; ok {
			out[i] = noun
		}
	}
	return out
}
