package match

import (
	"strings"
	"unicode/utf8"

	"hansho/internal/fold"
)

// legalForms are the words at the end of a vendor's name that say what sort of
// body it is, folded. They are written or left out at will.
var legalForms = words(`inc incorporated corp corporation co company ltd limited llc llp lp plc gmbh ag kg sa sas sarl
	srl spa bv nv ab as oy oyj aps pty pte pvt private kk sro software foundation project community team group holdings
	technologies technology systems international development organization org com labs .org .com .net`)

// companyWords stand before or after a Japanese company's name.
var companyWords = []string{"株式会社", "有限会社", "合同会社", "合資会社", "一般社団法人", "一般財団法人", "公益財団法人", "公益社団法人", "国立研究開発法人", "独立行政法人", "特定非営利活動法人", "（株）", "(株)", "㈱", "プロジェクト", "コンソーシアム"}

// coreNames folds a vendor's name as given, then without what stands in
// brackets, then without one legal form after another, as long as a name is
// left. What brackets give as a former name is a name too.
func coreNames(name string) []string {
	var out []string
	add := func(s string) {
		if s = fold.Name(s); s != "" {
			out = append(out, s)
		}
	}
	add(name)
	for _, w := range companyWords {
		name = strings.ReplaceAll(name, w, " ")
	}
	outside, inside := brackets(name)
	if former, ok := strings.CutPrefix(strings.TrimSpace(inside), "旧"); ok {
		out = append(out, stripped(former)...)
	}
	add(outside)
	return append(out, stripped(outside)...)
}

// stripped is the name without its legal forms, one after another.
func stripped(name string) []string {
	var out []string
	tokens := fold.Tokens(name)
	for n := len(tokens); n > 0; n-- {
		if s := fold.Name(name[tokens[0].Start:tokens[n-1].End]); s != "" {
			out = append(out, s)
		}
		if !legalForms[tokens[n-1].Text] {
			break
		}
	}
	return out
}

// brackets splits a name into what stands outside and inside its first brackets.
func brackets(s string) (outside, inside string) {
	open := strings.IndexAny(s, "(（")
	if open < 0 {
		return s, ""
	}
	before, rest := s[:open], s[open:]
	rest = strings.TrimLeft(rest, "(（")
	end := strings.IndexAny(rest, ")）")
	if end < 0 {
		return before, rest
	}
	after := strings.TrimLeft(rest[end:], ")）")
	return before + " " + after, rest[:end]
}

// genericTails are the words that a product's name is written with or without.
var genericTails = []string{"ファームウェア", "ファームウエア", "シリーズ", "firmware", "software", "series", "本体"}

// spellings are the ways in which a product's name is written.
func spellings(name string) []string {
	out := []string{name}
	if outside, inside := brackets(name); inside != "" {
		out = append(out, strings.TrimSpace(outside))
	}
	for _, s := range out {
		if short, ok := withoutTail(s); ok {
			out = append(out, short)
		}
	}
	return out
}

// withoutTail takes a generic word off the end, where what is left still looks
// like a name: it has a number, or more than one word.
func withoutTail(s string) (string, bool) {
	low := strings.ToLower(s)
	for _, tail := range genericTails {
		if !strings.HasSuffix(low, tail) || len(low) != len(s) {
			continue
		}
		short := strings.TrimSpace(s[:len(s)-len(tail)])
		tokens := fold.Tokens(short)
		if len(tokens) > 1 || len(tokens) == 1 && len(short) > 4 {
			return short, true
		}
	}
	return s, false
}

// sorts are the words at the end of a model's name that only say what sort of device
// it is.
var sorts = words(`router routers switch switches firewall gateway appliance camera printer scanner projector nas
	ルータ ルーター スイッチ スイッチングハブ アクセスポイント カメラ プリンタ プリンター 複合機 スキャナ スキャナー プロジェクタ プロジェクター 中継機 ファイアウォール サーバ サーバー`)

// undescribed is a model without the words for what it is: RV340 of RV340 Dual WAN
// Gigabit VPN Router, WSR-1166DHP of WSR-1166DHP 無線LANルーター.
func undescribed(name string) (string, bool) {
	words := strings.Fields(strings.ReplaceAll(name, "　", " "))
	n := len(words)
	if n < 2 || !sortsEnd(words[n-1]) {
		return "", false
	}
	for n > 1 && !strings.ContainsAny(words[n-1], "0123456789") {
		n--
	}
	if n == len(words) || !model(fold.Tokens(words[n-1])) {
		return "", false
	}
	return strings.Join(words[:n], " "), true
}

// sortsEnd says that a word is one for a sort of device, or ends with a Japanese one.
func sortsEnd(word string) bool {
	low := strings.ToLower(word)
	for at := range low {
		if (at == 0 || low[at] >= utf8.RuneSelf) && sorts[low[at:]] {
			return true
		}
	}
	return false
}

// words makes a set of a list.
func words(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}
