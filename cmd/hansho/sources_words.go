package main

import (
	"strings"

	"hansho/feeds"
)

// troubles are what goes wrong with a source, in Japanese.
var troubles = []struct{ en, ja string }{
	{string(feeds.ProblemAddress), "アドレスが使えません"},
	{string(feeds.ProblemDNS), "ホスト名を解決できません"},
	{string(feeds.ProblemCertificate), "サーバーの証明書を信頼できません"},
	{string(feeds.ProblemTimeout), "サーバーの応答に時間がかかりすぎました"},
	{string(feeds.ProblemConnection), "サーバーに接続できません"},
	{string(feeds.ProblemRedirect), "転送が多すぎるか、安全でありません"},
	{string(feeds.ProblemTooLarge), "文書が上限より大きすぎます"},
	{string(feeds.ProblemCompressed), "圧縮された文書が壊れています"},
	{string(feeds.ProblemCutShort), "文書が途中で切れています"},
	{string(feeds.ProblemStatus), "サーバーに拒否されました"},
	{string(feeds.ReasonEmpty), "文書が空です"},
	{string(feeds.ReasonChallenge), "文書ではなく、ブラウザーを確かめるページが返されました"},
	{string(feeds.ReasonDenied), "文書ではなく、アクセス拒否のページが返されました"},
	{string(feeds.ReasonHTML), "文書ではなく、ウェブページが返されました"},
	{string(feeds.ReasonFormat), "文書が想定した形式ではありません"},
	{string(feeds.ReasonHostile), "害を与える作りの文書のため、読み込みませんでした"},
	{string(feeds.ReasonTooMuch), "文書の項目が多すぎます"},
	{string(feeds.ReasonBroken), "文書が壊れています"},
	{string(feeds.ReasonAPI), "API がエラーを返しました"},
	{"the server asks to come back later", "しばらく待つようサーバーから求められています"},
	{"the server asks to come back in", "サーバーから待つよう求められています:"},
}

// trouble is the text of a source's error in the reader's language, without the
// names of who passed it on.
func (w words) trouble(id, text string) string {
	for cut := true; cut; {
		cut = false
		for _, by := range []string{"poll ", "feeds: ", "vendors: ", "csaf: "} {
			if rest, ok := strings.CutPrefix(text, by+id+": "); ok {
				text, cut = rest, true
			}
		}
	}
	if w.lang == "en" {
		return text
	}
	text = strings.TrimPrefix(text, "get ")
	for _, t := range troubles {
		text = strings.ReplaceAll(text, t.en, t.ja)
	}
	return text
}
