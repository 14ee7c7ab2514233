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
	if distinctiveWord(tokens) {
		return true
	}
	kana, length, digits := "", 0, false
	for _, t := range tokens {
		switch t.Class {
		case fold.Letter:
			length += len(t.Text)
		case fold.Digit:
			digits, length = true, length+len(t.Text)
		default:
			kana += t.Text
		}
	}
	if n := len([]rune(kana)); n >= minKana && !everydayJapanese[fold.Name(kana)] {
		return true
	}
	return digits && length >= minModel && glued(tokens)
}

// distinctiveWord says that a name has a Latin word that isn't an everyday one.
func distinctiveWord(tokens []fold.Token) bool {
	return slices.ContainsFunc(tokens, func(t fold.Token) bool {
		return t.Class == fold.Letter && len(t.Text) >= minWord && !everyday[t.Text]
	})
}

// glued says that letters and digits stand together, as in a model number.
func glued(tokens []fold.Token) bool {
	for i := 1; i < len(tokens); i++ {
		if tokens[i].Gap == fold.Glued && tokens[i].Class != tokens[i-1].Class {
			return true
		}
	}
	return false
}
