package match

import (
	_ "embed"
	"slices"
	"unicode/utf8"

	"hansho/internal/fold"
)

// everydayList are words that say nothing of a product by themselves: those that
// English advisories write in lower case (an eighth of the time or more, counted
// over six years of NVD), and product names that are words of the office.
//
//go:embed everyday.txt
var everydayList string

var everyday = words(everydayList)

// everydayJapanese are words, folded into tokens, that Japanese titles use of
// any product.
var everydayJapanese = foldAll("システム", "サーバ", "サーバー", "ルータ", "ルーター", "ブラウザ", "メール", "検索", "管理", "製品", "複数",
	"ソフトウェア", "ソフト", "ファームウェア", "ネットワーク", "データベース", "ウェブ", "アプリ", "アプリケーション", "プラグイン", "モジュール",
	"サービス", "クライアント", "カメラ", "プリンタ", "複合機", "スマートフォン", "カレンダー", "ギャラリー", "掲示板", "アクセス", "ポータル",
	"グループウェア", "セキュリティ", "ゲートウェイ", "スイッチ", "電子メール", "ファイル", "ニュース", "フォーム", "ショッピングカート", "機能")

func foldAll(list ...string) map[string]bool {
	set := map[string]bool{}
	for _, w := range list {
		set[fold.Name(w)] = true
	}
	return set
}

// minWord and minKana are how long a lone word must be to be somebody's name.
const (
	minWord  = 3
	minModel = 5
	minKana  = 4
)

// distinctive says that a name stands for one product even without its vendor:
// it has a word that isn't an everyday one, or looks like a model number. Go,
// Access and Service Manager are not; Vim, Log4j and WF1200CR are.
func distinctive(tokens []fold.Token) bool {
	if distinctiveWord(tokens) || model(tokens) {
		return true
	}
	kana := ""
	for _, t := range tokens {
		if t.Class != fold.Letter && t.Class != fold.Digit {
			kana += t.Text
		}
	}
	return utf8.RuneCountInString(kana) >= minKana && !everydayJapanese[fold.Name(kana)]
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

// distinctiveWord says that a name has a Latin word that isn't an everyday one.
func distinctiveWord(tokens []fold.Token) bool {
	return slices.ContainsFunc(tokens, func(t fold.Token) bool {
		return t.Class == fold.Letter && len(t.Text) >= minWord && !everyday[t.Text]
	})
}
