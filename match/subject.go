package match

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"hansho/internal/fold"
)

// A Japanese title names first what it is about, then what is wrong with it:
// "P における…", "P の脆弱性…", "P に複数の…", "P に関する…". What stands before
// these words is the subject.
var (
	subjectEnd = regexp.MustCompile(`における|に(?:複数|含まれ|対する|対して|存在|ついて|任意|関する)|には|の(?:複数の|未修正の|未公開の|重大な|深刻な|緊急の|セキュリティ上の)*(?:脆弱性|問題|不具合|弱点)|に.*脆弱性`)
	// lead is what may stand before the subject: marks of an update or a series, the
	// number of an advisory.
	lead = regexp.MustCompile(`^(?:\s|【[^】]*】|\[[^\]]*\]|(?:Weekly Report|更新|続報|緊急|重要)\s*[:：]|(?:CVE|JVN[A-Z]*|USN|[DE]L?SA|RH[SBE]A|VMSA|PAN-SA|FG-IR|GHSA|ICSM?A|GLSA|SUSE-SU|TA)[-#]?\d[\w:-]*\d\b[:：]?)+`)
	// hosted leads from what a thing is made for to the thing.
	hosted = regexp.MustCompile(`用\s*(?:プラグイン|プラグ・イン|モジュール|テーマ|拡張機能|拡張|アドオン|アプリ|コンポーネント|ソフトウェア|ドライバ)?`)
)

// findSubject finds the run of tokens that a Japanese title is about; in others it
// is empty, and where it could begin.
func (r *reading) findSubject() {
	if !r.title {
		return
	}
	end := subjectEnd.FindStringIndex(r.text)
	if end == nil {
		at := r.tokenAt(len(lead.FindString(r.text)))
		r.subject = span{from: at, to: at}
		return
	}
	start := len(lead.FindString(r.text[:end[0]]))
	if host := hosted.FindStringIndex(r.text[start:end[0]]); host != nil {
		start += host[1]
	}
	r.subject = span{from: r.tokenAt(start), to: r.tokenAt(end[0])}
	r.subjectEnd = end[0]
}

// tokenAt is the first token that starts at a byte or after it.
func (r *reading) tokenAt(at int) int {
	i, _ := slices.BinarySearchFunc(r.tokens, at, func(t fold.Token, at int) int { return cmp.Compare(t.Start, at) })
	return i
}

// isSubject says that a name is all that a title is about, but for a version and a
// word for what sort of thing it is; or that it stands in quotation marks there.
func (r *reading) isSubject(s span) bool {
	if len(r.words(s)) < minSubject || r.subjectEnd == 0 && !r.beginsTitle(s) {
		return false
	}
	if r.subjectEnd == 0 {
		return true
	}
	if s.from < r.subject.from || s.to > r.subject.to {
		return false
	}
	start, end := r.tokens[s.from].Start, r.tokens[s.to-1].End
	if strings.HasSuffix(r.text[:start], "「") && strings.HasPrefix(r.text[end:], "」") {
		return true
	}
	return s.from == r.subject.from && sortOfThing.MatchString(r.text[end:r.subjectEnd])
}

// beginsSubject says that a name of several words begins the subject, which goes on
// with what of it is hit: 7-Zip の MotW の脆弱性.
func (r *reading) beginsSubject(s span) bool {
	return r.subjectEnd > 0 && s.from == r.subject.from && s.to-s.from > 1 && s.to < r.subject.to &&
		r.tokens[s.to].Text == "の" && r.tokens[s.from].Class <= fold.Digit
}

// leavesOutMaker says that a title has JVN iPedia's form "VのPにおける", in which the
// maker is left out where it is called as the product: VimにおけるOS…
func (r *reading) leavesOutMaker(s span) bool {
	return r.title && s.from == 0 && strings.HasPrefix(r.text[r.tokens[s.to-1].End:], "における")
}

// beginsTitle says that an English title begins with a name and goes on with what is
// wrong: Sudo Heap-Based Buffer Overflow Vulnerability.
func (r *reading) beginsTitle(s span) bool {
	return r.title && s.from == r.subject.from && s.to < len(r.tokens) && describing[r.tokens[s.to].Text] && r.tellsOfWeakness(s.to)
}

// minSubject is how long a name must be to be taken for the subject, in bytes.
const minSubject = 2

// sortOfThing is what may follow a name in the subject: a version, what sort of
// thing it is, and so on.
var sortOfThing = regexp.MustCompile(`^[\s　]*(?:[Vv](?:er(?:sion)?)?\.?[\s　]*)?[\d.]*[\s　]*(?:系|シリーズ|製品|プラグイン|モジュール|テーマ|ライブラリ|ファームウェア|アプリケーション|アプリ|クライアント|サーバー?|ソフトウェア|サービス|フレームワーク)?[\s　]*(?:等の?(?:複数の?製品|複数ベンダの製品)?|など)?[\s　]*$`)

// isComponent says that a name is only a part of what the title is about: SQLite
// in X の SQLite コンポーネントにおける.
func (r *reading) isComponent(s span) bool {
	if s.from == 0 || s.to == len(r.tokens) || r.tokens[s.from-1].Text != "の" || r.tokens[s.to].Gap == fold.Break {
		return false
	}
	rest := r.text[r.tokens[s.to].Start:]
	return slices.ContainsFunc(partWords, func(w string) bool { return strings.HasPrefix(rest, w) })
}

// partWords say that what stands before them is a part of something.
var partWords = []string{"コンポーネント", "機能", "プロトコル", "処理", "パーサ"}
