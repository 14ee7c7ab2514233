package peers

import (
	"hansho/notify"
	"hansho/notify/notifytest"
)

type named struct {
	name   string
	notice notify.Notice
}

// everyNotice gives one of each kind of notice and letter, in both languages.
func everyNotice() []named {
	templates, err := embedded()
	if err != nil {
		panic(err)
	}
	var out []named
	for _, lang := range notify.Langs {
		for _, k := range notify.Kinds {
			if k != notify.KindLetter {
				out = append(out, named{lang + " " + string(k), notifytest.Notice(k, lang)})
			}
		}
		for _, kind := range templates.Letters(lang) {
			letter, err := templates.RenderLetter(kind, lang, letterData())
			if err != nil {
				panic(err)
			}
			letter.ID, letter.Kind = lang+"-"+kind, kind
			n := notifytest.Notice(notify.KindLetter, lang)
			n.Letter = &letter
			out = append(out, named{lang + " letter " + kind, n})
		}
	}
	return out
}

func letterData() notify.LetterData {
	return notify.LetterData{
		Date: notifytest.At, Case: notifytest.Case(), WhatHappened: "Java のログ出力ライブラリに重大な脆弱性が見つかりました。",
		From:     notify.Sender{Company: "株式会社例示製作所", Department: "情報システム部", Name: "山田 太郎", Phone: "03-0000-0000", Email: "it@example.test", Hours: "平日 9:00–17:30"},
		To:       notify.Recipient{Company: "株式会社サンプル商事", Person: "佐藤 花子"},
		ReportTo: "it@example.test", ReplyBy: notifytest.At.AddDate(0, 0, 3), Token: "HNS-ABCDEF",
	}
}
