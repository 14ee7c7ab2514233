package version

import (
	"regexp"
	"slices"
	"strings"
)

// kind is what a token of version prose does.
type kind int

const (
	kNone    kind = iota
	kVersion      // a version, sure from its look: 2.14.1, v6, 8u401
	kWeak         // a version only where its neighbours say so: 8, R14, CU12, a date
	kPrefix       // a comparator before its version: before, >=
	kSuffix       // a comparator after its version: 以前, and earlier
	kTo           // between two versions: から, through, -
	kFrom         // a lower bound if a range follows: から, より
	kBetween      // between A and B
	kAll          // all versions
	kWild         // makes a branch of the version before it: 系
	kSep          // a list goes on: , and および
	kStop         // a sentence or a row ends
	kOpen
	kClose
	kColon
	kOf     // の: joins a comparison to the branch it is about
	kLabel  // version, Ver., バージョン
	kWord   // anything else
	kModel  // a word with digits: GT23, Log4j
	kExcept // takes what follows out
	kBut    // takes what precedes out: を除く
	kFixed  // versions that follow are fixes; plain where they are only what to go to
	kFixes  // versions before it are fixes
	kDoubt  // versions before it may or may not be meant
	kSafe   // the clause is about what is not affected
	kVague  // a version that the text doesn't give: latest, current
	kAside  // the versions that follow, with self their ranges too, belong to something else: on, using
	kSkip   // a number that is no version: a CVE id, a date
)

// phrase is what a run of words means.
type phrase struct {
	kind      kind
	side      int  // of comparators: -1 upper bound, 1 lower
	inclusive bool // of comparators
	self      bool // of suffixes: refers back over "and": およびそれ以前
	plain     bool // an everyday word too: without a version it says nothing; of labels: marks none
}

// Bounds, as phrases make them.
var (
	below   = phrase{kind: kPrefix, side: -1}
	upTo    = phrase{kind: kPrefix, side: -1, inclusive: true}
	above   = phrase{kind: kPrefix, side: 1}
	atLeast = phrase{kind: kPrefix, side: 1, inclusive: true}

	jaBelow   = phrase{kind: kSuffix, side: -1, plain: true}
	jaUpTo    = phrase{kind: kSuffix, side: -1, inclusive: true, plain: true}
	jaAbove   = phrase{kind: kSuffix, side: 1, plain: true}
	jaAtLeast = phrase{kind: kSuffix, side: 1, inclusive: true, plain: true}

	selfUpTo    = phrase{kind: kSuffix, side: -1, inclusive: true, self: true}
	selfAtLeast = phrase{kind: kSuffix, side: 1, inclusive: true, self: true}
)

// phraseGroups lists the words by meaning; a space stands for any run of
// spaces, or for none in Japanese.
var phraseGroups = []struct {
	means phrase
	words []string
}{
	{below, []string{
		"before", "prior to", "prior than", "previous to", "earlier than", "older than", "lower than", "less than", "smaller than", "below", "preceding",
		"<", "strictly before", "until the fix in", "until fixed in", "until it was fixed in", "predating", "earlier versions than", "older versions than", "lower versions than", "earlier releases than", "previous versions to", "versions under", "version under", "releases under",
	}},
	{below, crossed([]string{"up to", "until", "through", "to"}, []string{
		" but not including", ", but not including", ", but not including,", " (but not including)", " (not including)", ", not including", ", not including,", " not including",
		" but excluding", ", but excluding", ", but excluding,", " (but excluding)", " (excluding)", ", excluding", ", excluding,", " excluding", " (exclusive)", " (exclusive of)",
	})},
	{upTo, []string{
		"up to", "up to & including", "up to and including", "up to, and including", "up to, and including,", "up to and including,", "up to (and including)", "up to (including)", "up to including",
		"up to, including", "up to, including,", "up to (inclusive)", "prior to and including", "prior to, and including", "prior to, and including,", "before, and including,", "prior or equal to", "before and including", "less than or equal to", "lower than or equal to",
		"earlier than or equal to", "equal or less than", "equal to or less than", "no later than", "not later than", "<=", "=<", "≦", "≤",
		"through and including", "through (and including)", "until and including", "at most", "prior to and", "on or below", "at or below", "on or before", "at or before", "on or prior to", "at or prior to",
	}},
	{above, []string{"later than", "newer than", "greater than", "higher than", "above", "after", ">", "more than", "more recent than"}},
	{atLeast, []string{
		"from", "since", "starting from", "starting with", "starting at", "starting in", "beginning with", "beginning in", "beginning from", "beginning at",
		"greater than or equal to", "later than or equal to", "higher than or equal to", "equal or greater than", "equal to or greater than",
		"at least", ">=", "=>", "≧", "≥", "introduced in", "first introduced in", "first affected in", "first appeared in", "affected since", "as of", "from and including", "on or above", "at or above", "on or after", "at or after",
	}},
	{jaBelow, []string{"より前", "よりも前", "未満", "より古い", "よりも古い", "より小さい", "より低い", "より以前", "よりも以前", "より下位", "より前方", "よりも低い", "より古く", "よりも古く", "に満たない"}},
	{jaUpTo, []string{"以前", "以下", "まで", "までの間"}},
	{jaAbove, []string{"より後", "よりも後", "より新しい", "よりも新しい", "より大きい", "を超える", "を超えた", "を超え", "を越える", "を越え", "より新しく", "よりも新しく", "より上位", "より高い"}},
	{jaAtLeast, slices.Concat(
		[]string{"以降", "以上", "以後", "から最新まで"},
		crossed([]string{"から最新版", "から最新の バージョン", "から最新バージョン", "から現行版", "から現行バージョン", "以降最新版", "以降最新バージョン"}, []string{"", "まで", "までの"}),
		crossed([]string{"to ", "through ", "up to ", "until "}, []string{"latest", "the latest", "latest version", "the latest version", "the latest release", "the current version", "present"}),
	)},
	{selfUpTo, slices.Concat(
		[]string{"またはそれ以前", "およびその以前", "および以前", "及び以前", "または以前", "又は以前", "とその以前", "以前のすべて", "を含む以前", "を含むそれ以前", "およびその前", "(およびそれ以前)", "(以前)", "(以前を含む)", "(それ以前を含む)"},
		crossed([]string{"それ", "これ", "それら", "これら"}, []string{"以前", "より前", "以下", "より古い", "よりも前", "よりも古い", "未満"}),
		crossed(conjunctions, []string{"earlier", "prior", "previous", "older", "lower", "below", "before", "under", "less", "lesser", "preceding"}),
		crossed(conjunctions, []string{"prior to that", "prior to this", "before that", "before this", "below that", "older than that", "earlier than that"}),
		[]string{", earlier", ", older", "(earlier", ", prior versions", ", and all earlier", ", and all prior"},
	)},
	{selfAtLeast, slices.Concat(
		[]string{"onward", "onwards", "upward", "upwards", "and forward", "および以降", "及び以降", "または以降", "又は以降", "とその以降", "を含む以降"},
		crossed([]string{"それ", "これ", "それら", "これら"}, []string{"以降", "以後", "より後", "以上", "より新しい", "よりも新しい"}),
		crossed(conjunctions, []string{"later", "newer", "above", "higher", "greater", "up", "onward", "onwards", "after", "beyond", "subsequent", "upward", "upwards", "over", "following"}),
		[]string{", later", ", newer", "(later"},
	)},
	{phrase{kind: kTo}, []string{"through", "thru", "though", "to", "to and including", "to & including", "to (and including)", "->", "-->", "乃至", "ないし", "〜", "-", "~", "--", "...", "..", "until", "till"}},
	{phrase{kind: kFrom}, []string{"から", "より"}},
	{phrase{kind: kBetween}, []string{"between"}},
	{phrase{kind: kAll}, crossed(
		[]string{"すべての ", "全ての ", "全 ", "総ての ", "いずれの ", "あらゆる ", "すべての製品"},
		[]string{"バージョン", "ヴァージョン", "版", "リリース", "ファームウェア", "ファームウエア", "ファームウェア バージョン", "ファームウエア バージョン", "ソフトウェア バージョン", "製品バージョン"},
	)},
	{phrase{kind: kAll}, []string{
		"all versions", "all version", "all", "any version", "any versions", "any", "all releases", "every version", "all current versions", "all known versions", "all previous versions",
		"versions all", "全て", "すべて",
		"all firmware versions", "all software versions", "all verisons", "各バージョン", "いずれのバージョン",
	}},
	{phrase{kind: kWild}, []string{"系", "系列", "系統", "シリーズ", "series", "branch", "branches", "train", "trains", "release line", "line", "release train", "stream"}},
	{phrase{kind: kSep}, []string{
		",", "、", "，", "and", "or", "and/or", "&", "及び", "および", "並びに", "ならびに", "または", "又は", "もしくは", "若しくは", "あるいは", "或いは", "と", "/", "|", "・", "plus", "as well as", "in addition to", "かつ", "で", "but", "with also", "<br>", "<br/>", "<br />",
	}},
	{phrase{kind: kStop}, []string{"。", ";", "；", "！", "!"}},
	{phrase{kind: kOpen}, []string{"(", "[", "{", "「", "『", "【", "\"", "“", "‘"}},
	{phrase{kind: kClose}, []string{")", "]", "}", "」", "』", "】", "”", "’"}},
	{phrase{kind: kColon}, []string{":"}},
	{phrase{kind: kOf}, []string{"の", "における", "にあたる", "のうち", "of", "in", "for"}},
	{phrase{kind: kLabel}, []string{
		"version", "versions", "ver", "ver.", "vers", "vers.", "v.", "v", "release", "releases", "rel", "rel.", "バージョン", "ヴァージョン", "ﾊﾞｰｼﾞｮﾝ", "リリース", "ファームウェア", "ファームウエア",
		"firmware", "fw", "f/w", "supported versions that are affected are", "supported versions affected are", "supported versions that are affected:", "バージョンが", "のバージョン", "version:", "versions:", "product version",
	}},
	{phrase{kind: kLabel, plain: true}, []string{"the", "only", "core", "software", "=", "==", "ソフトウェア", "ソフトウエア", "番号", "のみ", "builds", "ビルド番号"}},
	{phrase{kind: kExcept}, []string{"except", "except for", "excluding", "other than", "but not", "with the exception of", "not including", "!=", "<>"}},
	{phrase{kind: kBut}, []string{"を除く", "は除く", "を除いた", "を除き", "以外"}},
	{phrase{kind: kFixed}, []string{
		"fixed in", "fixed with", "is fixed by", "was fixed in", "resolved in", "patched in", "addressed in", "corrected in", "remediated in", "mitigated in", "fix:", "fixed version", "fixed versions", "fixed release", "fixed releases", "fixed version:", "fixed versions:", "fixed:", "first fixed in", "fixed the issue in", "fixed this issue in", "fixed the vulnerability in", "fixed these issues in", "fixed this vulnerability in", "addressed this issue in", "addressed the issue in", "resolved this issue in", "fixed by", "fixed as of", "patches are available in", "patch is available in", "fix is available in", "fixes are available in", "patched versions:", "patched version:", "are available in",
		"修正バージョン", "修正版", "対策版", "対策済みバージョン", "修正済みバージョン", "対策バージョン", "fixes in", "removed in",
	}},
	{phrase{kind: kFixed, plain: true}, []string{"upgrade to", "upgrading to", "upgraded to", "update to", "updating to", "updated to", "patch to", "solution:", "backported to"}},
	{phrase{kind: kFixes}, slices.Concat(
		crossed([]string{"contains ", "contain ", "includes ", "include ", "has ", "have "}, []string{"a fix", "the fix", "a patch", "the patch", "fixes", "patches", "an updated fix"}),
		crossed([]string{"fixes ", "fix ", "fixed ", "patches ", "patch ", "resolves ", "resolve ", "addresses ", "address ", "corrects ", "correct ", "remediates "}, []string{"the", "this", "these", "it"}),
	)},
	{phrase{kind: kFixes}, []string{
		"で修正", "では修正", "では対策", "では対応済", "は修正され", "は修正済", "にて修正", "において修正", "で対策", "にて対策", "で対応済", "にて対応済", "で解決", "にアップデート", "へアップデート", "にアップグレード", "へアップグレード", "に更新", "へ更新", "へのアップデート", "へのアップグレード", "へバージョンアップ", "にバージョンアップ", "をリリース", "を公開", "が公開", "を提供",
	}},
	{phrase{kind: kDoubt}, []string{
		"はサポートが終了", "はサポート終了", "のサポートが終了", "のサポートは終了", "はサポート対象外", "は既にサポートが終了", "はすでにサポートが終了", "は開発が終了", "is end of life", "are end of life", "is end-of-life", "are end-of-life",
		"is no longer supported", "are no longer supported", "has reached end of", "have reached end of",
	}},
	{phrase{kind: kSafe}, []string{
		"no version", "no versions", "not affected", "unaffected", "not vulnerable", "not impacted", "n't affected", "n't vulnerable", "isn't affected", "aren't affected", "影響を受けない", "影響を受けません", "影響はありません", "影響なし", "影響ありません", "対象外", "該当しない", "該当しません", "影響しない", "影響がない", "影響しません",
	}},
	{phrase{kind: kVague}, []string{
		"all supported", "supported versions", "latest version", "latest versions", "current version", "current versions", "unsupported versions", "some versions", "certain versions", "other versions",
		"unspecified versions", "unknown versions", "possibly earlier", "and possibly earlier", "and possibly other versions", "possibly other versions", "and possibly later", "possibly later",
		"一部の バージョン", "一部バージョン", "特定の バージョン", "最新版より前", "最新版以前", "最新版未満", "最新版以外", "適用前の", "未適用の", "最新版を除く", "最新版を除いた", "最新バージョンを除く", "最新の バージョンを除く", "最新バージョンより前", "最新バージョン以前", "最新バージョン未満", "最新バージョン以外", "サポート対象の バージョン", "サポート中の バージョン", "サポート対象の すべての バージョン",
	}},
	{phrase{kind: kAside, self: true}, []string{"used with", "when used with", "in conjunction with", "in combination with", "と併用", "と組み合わせ"}},
	{phrase{kind: kAside}, []string{"on", "using", "with", "running", "runs", "when", "via", "requires", "require", "上", "上で", "protocol", "プロトコル"}},
}

// conjunctions lead to a word that refers back.
var conjunctions = []string{
	"and ", "or ", "and/or ", "& ", "and all ", "or any ", "and any ", "(and ", "(or ", ", and ", ", or ", ", and all ",
	"and versions ", "and all versions ", "and any versions ", "or versions ", "and releases ", "and those ", "and anything ", "and everything ", ", and versions ", "& all ", "as well as ", "and its ",
}

// crossed joins every word of a with every word of b.
func crossed(a, b []string) []string {
	var out []string
	for _, x := range a {
		for _, y := range b {
			out = append(out, x+y)
		}
	}
	return out
}

// lexicon is the phrases by their first byte, longest first.
type lexicon map[byte][]entry

type entry struct {
	words string
	means phrase
}

var phrases = newLexicon()

func newLexicon() lexicon {
	lex := lexicon{}
	for _, g := range phraseGroups {
		for _, w := range g.words {
			lex[w[0]] = append(lex[w[0]], entry{w, g.means})
		}
	}
	for _, es := range lex {
		slices.SortStableFunc(es, func(a, b entry) int { return len(b.words) - len(a.words) })
	}
	return lex
}

// match finds the longest phrase at s[i:], s being lower case, and where it
// ends.
func (lex lexicon) match(s string, i int) (phrase, int) {
	for _, e := range lex[s[i]] {
		if end, ok := matchWords(s, i, e.words); ok && !(e.means.self && compares(e.words, s[end:])) {
			return e.means, end
		}
	}
	return phrase{}, i
}

// matchWords matches one phrase at i. A space matches spaces and line ends, and
// nothing before a Japanese word; an English phrase ends at a word's end.
func matchWords(s string, i int, words string) (end int, ok bool) {
	for k := 0; k < len(words); k++ {
		c := words[k]
		if c == ' ' {
			from := i
			for i < len(s) && isSpace(s[i]) {
				i++
			}
			if i == from && k+1 < len(words) && words[k+1] < 0x80 {
				return 0, false
			}
			continue
		}
		if i >= len(s) || s[i] != c {
			return 0, false
		}
		i++
	}
	last := words[len(words)-1]
	if isAlnum(last) && i < len(s) && (isLetter(s[i]) || isDigit(s[i]) && last != 'v' || s[i] == '_' || s[i] == '\'') {
		return 0, false
	}
	return i, true
}

// compares says that what follows makes a comparator of words that else refer
// back: "and prior to 2.0", "and before 2.0".
func compares(words, rest string) bool {
	rest = strings.TrimLeft(rest, " ")
	if strings.HasPrefix(rest, "to ") || strings.HasPrefix(rest, "than ") {
		return true
	}
	if !compareLook.MatchString(words) {
		return false
	}
	return versionNext.MatchString(rest[:min(len(rest), 24)])
}

var (
	compareLook = regexp.MustCompile(`(?:before|below|after|above|under|over)$`)
	versionNext = regexp.MustCompile(`^(?:the )?(?:versions? |ver\.? ?|release )?v?\d`)
)

func isSpace(c byte) bool { return strings.IndexByte(" \n\r\t", c) >= 0 }
