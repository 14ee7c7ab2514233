package match

import (
	_ "embed"
	"slices"

	"hansho/internal/fold"
)

// everydayList are words that say nothing of a product by themselves: those that
// English advisories write in lower case (an eighth of the time or more, counted
// over six years of NVD), and product names that are words of the office.
//
//go:embed everyday.txt
var everydayList string

var everyday = words(everydayList)

// everydayJapanese are words that Japanese titles use of any product. A name
// that is made of them alone (アクセス解析, 検索システム) is nobody's.
var everydayJapanese = foldAll("システム", "サーバ", "ルータ", "ブラウザ", "メール", "検索", "管理", "製品", "複数", "ソフトウェア", "ソフト",
	"ファームウェア", "ネットワーク", "データベース", "データ", "ウェブ", "アプリ", "アプリケーション", "プラグイン", "モジュール", "ライブラリ",
	"サービス", "クライアント", "カメラ", "プリンタ", "複合機", "スマートフォン", "カレンダー", "ギャラリー", "掲示板", "アクセス", "解析",
	"ポータル", "グループウェア", "セキュリティ", "ゲートウェイ", "スイッチ", "電子", "ファイル", "ニュース", "フォーム", "ショッピングカート",
	"機能", "情報", "会員", "予約", "注文", "商品", "在庫", "販売", "顧客", "勤怠", "給与", "会計", "人事", "文書", "画像", "動画", "音楽", "写真",
	"地図", "日記", "ブログ", "チャット", "アンケート", "お問い合わせ", "カート", "ログイン", "認証", "監視", "制御", "端末", "装置", "機器",
	"無線", "ブロードバンド", "ランチャー", "ビューア", "エディタ", "ツール", "マネージャー", "センター", "パック", "キット", "ページ",
	"サイト", "ホームページ", "一覧", "表示", "入力", "出力", "登録", "更新", "連絡", "案内", "予定", "表", "版", "用", "型")

func foldAll(list ...string) map[string]bool {
	set := map[string]bool{}
	for _, w := range list {
		set[fold.Name(w)] = true
	}
	return set
}

// maxJapaneseWord is the longest of them, in characters.
const maxJapaneseWord = 12

// isEverydayJapanese says that kana and kanji can be cut into everyday words.
func isEverydayJapanese(s []rune) bool {
	reach := make([]bool, len(s)+1)
	reach[0] = true
	for i := range s {
		for n := 1; reach[i] && n <= maxJapaneseWord && i+n <= len(s); n++ {
			if everydayJapanese[fold.Name(string(s[i:i+n]))] {
				reach[i+n] = true
			}
		}
	}
	return reach[len(s)]
}

// minWord and minKana are how long a lone word must be to be somebody's name.
const (
	minWord  = 3
	minModel = 5
	minKana  = 4
	minHan   = 3
)

// distinctive says that a name stands for one product even without its vendor:
// it has a word that isn't an everyday one, or looks like a model number. Go,
// Access and Service Manager are not; Vim, Log4j and WF1200CR are.
func distinctive(tokens []fold.Token) bool {
	if distinctiveWord(tokens) || model(tokens) || edition(tokens) {
		return true
	}
	var japanese []rune
	kana := false
	for _, t := range tokens {
		if t.Class != fold.Letter && t.Class != fold.Digit {
			japanese = append(japanese, []rune(t.Text)...)
			kana = kana || t.Class != fold.Han
		}
	}
	if kana && len(japanese) < minKana || len(japanese) < minHan {
		return false
	}
	return !isEverydayJapanese(japanese)
}

// model says that a name looks like a model number or a name with a number in
// it: letters and digits without a space, long enough.
func model(tokens []fold.Token) bool {
	length, digits, glued := 0, false, false
	for i, t := range tokens {
		if t.Class == fold.Letter || t.Class == fold.Digit {
			length += len(t.Text)
		}
		digits = digits || t.Class == fold.Digit
		glued = glued || i > 0 && t.Gap == fold.Glued && t.Class != tokens[i-1].Class
	}
	return digits && glued && length >= minModel
}

// edition says that a name is a word with a year or a number as long as one:
// Office 365, Word 2016. Nobody writes that of an office.
func edition(tokens []fold.Token) bool {
	n := len(tokens) - 1
	return n >= 1 && tokens[n].Class == fold.Digit && (len(tokens[n].Text) == 3 || len(tokens[n].Text) == 4) &&
		tokens[n-1].Class == fold.Letter && len(tokens[n-1].Text) >= minWord
}

// distinctiveWord says that a name has a Latin word that isn't an everyday one.
func distinctiveWord(tokens []fold.Token) bool {
	return slices.ContainsFunc(tokens, func(t fold.Token) bool {
		return t.Class == fold.Letter && len(t.Text) >= minWord && !everyday[t.Text]
	})
}
