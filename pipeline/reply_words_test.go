package pipeline

import (
	"strings"
	"testing"
)

func TestStillLooking(t *testing.T) {
	tests := map[string]struct {
		text string
		want bool
	}{
		"investigating":            {"お世話になっております。\n本件、現在調査中です。\n判明次第ご連絡いたします。", true},
		"investigating, polite":    {"ご照会の件につきましては、ただいま弊社開発部門にて調査を進めております。", true},
		"checking whether":         {"影響の有無を確認しております。今しばらくお待ちください。", true},
		"whether it is hit":        {"影響を受けるかどうか、現在確認中でございます。", true},
		"perhaps hit":              {"影響を受ける可能性があり、現在検証中です。", true},
		"not yet known":            {"申し訳ございませんが、現時点ではまだ分かりません。", true},
		"unconfirmed":              {"弊社製品への影響は未確認です。", true},
		"as soon as":               {"開発元に問い合わせ中ですので、回答が得られ次第お知らせします。", true},
		"will check and come back": {"担当部署に確認のうえ、改めてご連絡いたします。", true},
		"full-width, broken lines": {"現在、調査中\nです。", true},
		"under investigation":      {"Hi,\nThis is still under investigation. We will let you know as soon as we have an answer.", true},
		"don't know yet":           {"We don't know yet.", true},
		"cannot confirm":           {"We cannot confirm at this time whether the product is affected.", true},
		"looking into it":          {"Our engineers are looking into it, and will get back to you when they are done.", true},
		"typographic apostrophe":   {"We don’t know that yet", true},

		"affected":                      {"影響を受けます。対策版は 3.3 です。", false},
		"not affected":                  {"弊社製品は影響を受けません。", false},
		"not used":                      {"Log4j は使用しておりません。", false},
		"confirmed that it isn't":       {"影響がないことを確認しております。", false},
		"one is, one is looked at":      {"受発注Web は影響を受けます。EDI は調査中です。", false},
		"the investigation is over":     {"調査が完了いたしました。影響はございません。", false},
		"was looked at":                 {"先日まで調査中でしたが、影響なしと判明しました。", false},
		"not affected, but keeps on":    {"影響はありません。引き続き情報収集を続けてまいります。", false},
		"we can only be sent":           {"ご連絡ありがとうございます。", false},
		"nothing":                       {"", false},
		"en affected":                   {"Version 3.2 is affected. It is fixed in 3.3.", false},
		"en no longer":                  {"It is no longer under investigation: we are not affected.", false},
		"en done":                       {"We have completed our investigation. Nothing was found.", false},
		"en partly":                     {"Product A is not affected. Product B is under investigation.", false},
		"our own words, quoted":         {"影響ありません。\n\n> 調査中の場合は、その旨をお知らせください。\n> 調査中です", false},
		"only a quotation":              {"> 現在調査中です。", false},
		"quoted below a header":         {"了解しました。\n\n2021年12月13日(月) 18:00 みなと精工 <it@example.jp>:\n現在調査中です。", false},
		"quoted below an english head":  {"Thanks.\n\nOn Mon, 13 Dec 2021 at 18:00, IT <it@example.jp> wrote:\nThis is under investigation.", false},
		"quoted below an outlook head":  {"影響なしです。\n\n-----Original Message-----\nFrom: it@example.jp\nSubject: x\n\n調査中です。", false},
		"outlook, japanese":             {"承知しました。\n________________________________\n差出人: 小林\n件名: 調査中\n調査中です", false},
		"signature":                     {"影響なし\n-- \n調査中株式会社", false},
		"a condition":                   {"調査中の場合はこちらからご連絡します。", false},
		"below its quotation":           {"> 影響を受けますか\n調査中です。", true},
		"answer above, looking quoted":  {"対策版 3.3 を提供しています。\n> 調査中", false},
		"asked back":                    {"どの製品についてのお問い合わせでしょうか。", false},
		"out of scope":                  {"弊社のサービスは対象外です。", false},
		"workaround while they look on": {"回避策は設定の変更です。詳細は調査中です。", false},
	}
	for name, tt := range tests {
		if got := StillLooking(tt.text); got != tt.want {
			t.Errorf("%s: still looking is %v, want %v\n%s", name, got, tt.want, ownWords(tt.text))
		}
	}
}

// What is quoted is never taken for what was answered.
func FuzzStillLooking(f *testing.F) {
	f.Add("調査中です。\n> 引用\n-- \n署名")
	f.Add("On Mon wrote:\nWe don't know yet")
	f.Fuzz(func(t *testing.T, text string) {
		StillLooking(text)
		if quoted := "> " + strings.ReplaceAll(text, "\n", "\n> "); StillLooking(quoted) {
			t.Errorf("a quotation was taken for an answer: %q", quoted)
		}
	})
}
