package version

import (
	"cmp"
	"regexp"
	"strings"
)

// part is one word of a version with the number after it: rc2, sp1, k. A number
// alone is a part without a word.
type part struct {
	rank rank
	word string // canonical; empty for a number alone
	num  string // digits without leading zeros; empty is zero
}

// rank orders what may follow the numbers of a release; below rankEnd comes
// before the release itself, above it after.
type rank int

const (
	rankDev rank = iota
	rankAlpha
	rankBeta
	rankPreview
	rankRC
	rankEnd // nothing more
	rankPost
	rankLetter // the k of 1.0.2k
	rankNumber // a number after a suffix: 7.4.3-2
	rankOther  // a word of unknown meaning: a Cisco train, an edition
)

// parsed is a version taken apart: its dotted numbers without trailing zeros,
// then what follows.
type parsed struct {
	nums  []string
	parts []part
	none  bool // no number leads: CU12
	// written is how many numbers lead, trailing zeros counted.
	written int
}

// suffixes gives known words their rank and one spelling.
var suffixes = map[string]part{
	"dev": {rank: rankDev, word: "dev"}, "nightly": {rank: rankDev, word: "dev"}, "snapshot": {rank: rankDev, word: "snapshot"},
	"alpha": {rank: rankAlpha, word: "alpha"}, "beta": {rank: rankBeta, word: "beta"},
	"preview": {rank: rankPreview, word: "preview"}, "pre": {rank: rankPreview, word: "preview"}, "ea": {rank: rankPreview, word: "ea"},
	"milestone": {rank: rankPreview, word: "milestone"},
	"rc":        {rank: rankRC, word: "rc"}, "cr": {rank: rankRC, word: "rc"},
	"final": {rank: rankEnd}, "ga": {rank: rankEnd}, "release": {rank: rankEnd}, "stable": {rank: rankEnd}, "fcs": {rank: rankEnd},
	"sp": {rank: rankPost, word: "sp"}, "servicepack": {rank: rankPost, word: "sp"},
	"u": {rank: rankPost, word: "update"}, "update": {rank: rankPost, word: "update"}, "upd": {rank: rankPost, word: "update"},
	"p": {rank: rankPost, word: "patch"}, "patch": {rank: rankPost, word: "patch"}, "pl": {rank: rankPost, word: "patch"}, "patchlevel": {rank: rankPost, word: "patch"},
	"h": {rank: rankPost, word: "hotfix"}, "hf": {rank: rankPost, word: "hotfix"}, "hotfix": {rank: rankPost, word: "hotfix"},
	"build": {rank: rankPost, word: "build"}, "cu": {rank: rankPost, word: "cu"}, "fp": {rank: rankPost, word: "fp"}, "fixpack": {rank: rankPost, word: "fp"},
	"if": {rank: rankPost, word: "ifix"}, "ifix": {rank: rankPost, word: "ifix"}, "r": {rank: rankPost, word: "r"}, "rev": {rank: rankPost, word: "rev"},
	"revision": {rank: rankPost, word: "rev"}, "post": {rank: rankPost, word: "post"}, "spc": {rank: rankPost, word: "spc"},
	"sr": {rank: rankPost, word: "sr"}, "mr": {rank: rankPost, word: "mr"}, "mp": {rank: rankPost, word: "mp"}, "ru": {rank: rankPost, word: "ru"},
	"hp": {rank: rankPost, word: "hp"}, "ptf": {rank: rankPost, word: "ptf"}, "q": {rank: rankPost, word: "q"},
}

// compareGeneric orders dotted numbers with suffixes. One total order lies
// under all versions, and comparable only withholds answers from it, so the
// answers that are given never contradict each other.
func compareGeneric(a, b string) (int, bool) {
	if a == b {
		return 0, true
	}
	if isDotted(a) && isDotted(b) {
		return compareDotted(a, b)
	}
	return compareParsed(parseVersion(a), parseVersion(b), comparableParts)
}

// isDotted says that v is numbers and single dots alone, as most versions are.
func isDotted(v string) bool {
	for i := range len(v) {
		if !isDigit(v[i]) && (v[i] != '.' || i == 0 || i == len(v)-1 || v[i-1] == '.') {
			return false
		}
	}
	return v != ""
}

// compareDotted gives compareGeneric's answer for dotted numbers, without
// taking them apart.
func compareDotted(a, b string) (int, bool) {
	for first := true; a != "" || b != ""; first = false {
		var x, y string
		x, a, _ = strings.Cut(a, ".")
		y, b, _ = strings.Cut(b, ".")
		x, y = strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
		if first && eraOf(x) != eraOf(y) {
			return 0, false
		}
		if c := compareDigits(x, y); c != 0 {
			return c, true
		}
	}
	return 0, true
}

func compareParsed(a, b parsed, may func(x, y part) bool) (int, bool) {
	if a.none != b.none || !sameEra(a.nums, b.nums) {
		return 0, false
	}
	if c := compareNums(a.nums, b.nums); c != 0 {
		return c, !a.patchUnder(b) && !b.patchUnder(a)
	}
	for i := range max(len(a.parts), len(b.parts)) {
		x, y := partAt(a.parts, i), partAt(b.parts, i)
		if x == y {
			continue
		}
		if !may(x, y) {
			return 0, false
		}
		return comparePart(x, y), true
	}
	return 0, true
}

// patchUnder says that a has a patch where b counts on in numbers: whether 8.5.3
// FP4 comes before 8.5.3.2 only the maker knows.
func (p parsed) patchUnder(b parsed) bool {
	return len(p.parts) > 0 && p.parts[0].rank > rankEnd && p.written < len(b.nums) && compareNums(p.nums, b.nums[:p.written]) == 0
}

func partAt(ps []part, i int) part {
	if i < len(ps) {
		return ps[i]
	}
	return part{rank: rankEnd}
}

func comparePart(x, y part) int {
	return cmp.Or(cmp.Compare(x.rank, y.rank), strings.Compare(x.word, y.word), compareDigits(x.num, y.num))
}

// comparableParts says that the order of two suffixes is known: of one kind, or
// one of them before the release, or something against nothing.
func comparableParts(x, y part) bool {
	if x.rank == rankOther || y.rank == rankOther {
		return x.rank == y.rank && x.word == y.word
	}
	if x.rank < rankEnd && y.rank < rankEnd {
		loose := func(p part) bool { return p.rank == rankDev || p.rank == rankPreview }
		return x.word == y.word || !loose(x) && !loose(y)
	}
	if x.rank > rankEnd && y.rank > rankEnd {
		return x.rank == y.rank && (x.word == y.word || x.rank == rankLetter)
	}
	return true
}

// sameEra withholds the order of a date or a year against a counted version:
// products change from one to the other in either direction.
func sameEra(a, b []string) bool {
	return era(a) == era(b)
}

func era(nums []string) int {
	if len(nums) == 0 {
		return 0
	}
	return eraOf(nums[0])
}

// eraOf tells a date (2) and a year (1) from a counted number (0).
func eraOf(first string) int {
	switch {
	case len(first) == 8 && (strings.HasPrefix(first, "19") || strings.HasPrefix(first, "20")):
		return 2
	case len(first) == 4 && (first >= "1990" && first <= "2099"):
		return 1
	}
	return 0
}

func compareNums(a, b []string) int {
	for i := range max(len(a), len(b)) {
		var x, y string
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if c := compareDigits(x, y); c != 0 {
			return c
		}
	}
	return 0
}

// compareDigits orders numbers of any length; leading zeros are gone.
func compareDigits(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

var javaLook = regexp.MustCompile(`^1\.([5-8])\.0(?:_0*|[ _-]?(?:update|u)[ _]?)(\d+)$`)

// parseVersion takes a version apart. It never fails; odd words get rankOther.
func parseVersion(v string) parsed {
	s := strings.ToLower(v)
	s = s[prefixLen(s):]
	if m := javaLook.FindStringSubmatch(s); m != nil {
		s = m[1] + "u" + m[2] // Java counts 1.8.0_401 and 8u401 alike
	}
	p := parsed{none: s == "" || !isDigit(s[0])}
	i := 0
	if !p.none {
		p.nums, i = leadingNums(s)
		p.written = len(p.nums)
	}
	for i < len(s) {
		var pt part
		pt, i = nextPart(s, i)
		if pt != (part{}) {
			p.parts = append(p.parts, pt)
		}
	}
	return p.normal()
}

// normal drops what says nothing: trailing zeros of the release, and words that
// mean "the release itself" at the end.
func (p parsed) normal() parsed {
	for len(p.nums) > 0 && p.nums[len(p.nums)-1] == "" {
		p.nums = p.nums[:len(p.nums)-1]
	}
	for len(p.parts) > 0 && p.parts[len(p.parts)-1] == (part{rank: rankEnd}) {
		p.parts = p.parts[:len(p.parts)-1]
	}
	return p
}

// prefixLen is the length of what only introduces a version: v, Ver., Release,
// the R of R80.40, a Debian-like epoch is not one.
func prefixLen(s string) int {
	for _, p := range []string{"version", "ver", "v", "release", "rel", "revision", "rev", "r", "firmware", "fw"} {
		rest, ok := strings.CutPrefix(s, p)
		if !ok {
			continue
		}
		rest = strings.TrimLeft(rest, ". ")
		if rest != "" && isDigit(rest[0]) {
			return len(s) - len(rest)
		}
	}
	return 0
}

// leadingNums reads 15.2(7) or 1.2.3 as numbers, and where they end.
func leadingNums(s string) (nums []string, end int) {
	i := 0
	for i < len(s) && isDigit(s[i]) {
		j := digitsEnd(s, i)
		nums = append(nums, strings.TrimLeft(s[i:j], "0"))
		i = j
		for i < len(s) && s[i] == ')' {
			i++
		}
		switch {
		case i+1 < len(s) && (s[i] == '.' || s[i] == '(') && isDigit(s[i+1]):
			i++
		case i+2 < len(s) && s[i] == '(' && s[i+1] == '.' && isDigit(s[i+2]):
			i += 2 // 3.1(.02043)
		}
	}
	return nums, i
}

// nextPart reads one suffix at i: separators, a word, separators, a number.
func nextPart(s string, i int) (part, int) {
	start := i
	i = skipSeparators(s, i)
	if i >= len(s) {
		return part{}, i
	}
	if isDigit(s[i]) {
		j := digitsEnd(s, i)
		return part{rank: rankNumber, num: strings.TrimLeft(s[i:j], "0")}, j
	}
	if !isLetter(s[i]) {
		return part{rank: rankOther, word: s[i : i+1]}, i + 1
	}
	j := wordEnd(s, i)
	word := s[i:j]
	if rest := strings.TrimLeft(s[j:], " "); word == "cumulative" && strings.HasPrefix(rest, "update") {
		word, j = "cu", len(s)-len(rest)+len("update")
	}
	if rest := strings.TrimLeft(s[j:], " "); word == "service" && strings.HasPrefix(rest, "pack") {
		word, j = "sp", len(s)-len(rest)+len("pack")
	}
	k := j
	for k < len(s) && (s[k] == '.' || s[k] == ' ' || s[k] == '-' || s[k] == '_' || s[k] == '#') {
		k++
	}
	num, end := "", j
	if k < len(s) && isDigit(s[k]) {
		end = digitsEnd(s, k)
		num = strings.TrimLeft(s[k:end], "0")
	}
	return wordPart(word, num, end > j, i == start && i > 0 && isDigit(s[i-1])), end
}

// wordPart gives a word its meaning. attached says that it follows a digit
// without a separator: the k of 1.0.2k is a patch (after z comes za), the a1 of
// 1.0a1 an alpha.
func wordPart(word, num string, numbered, attached bool) part {
	if attached && !numbered && (len(word) == 1 || len(word) == 2 && word[0] == 'z') {
		return part{rank: rankLetter, word: word}
	}
	if numbered && (word == "a" || word == "b") {
		word = map[string]string{"a": "alpha", "b": "beta"}[word]
	}
	if p, ok := suffixes[word]; ok {
		if p.rank != rankEnd {
			p.num = num
		} else if num != "" {
			p = part{rank: rankPost, word: "r", num: num}
		}
		return p
	}
	return part{rank: rankOther, word: word, num: num}
}

func skipSeparators(s string, i int) int {
	for i < len(s) && strings.IndexByte(" ._-+()~,:/[]", s[i]) >= 0 {
		i++
	}
	return i
}

func digitsEnd(s string, i int) int {
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	return i
}

func wordEnd(s string, i int) int {
	for i < len(s) && isLetter(s[i]) {
		i++
	}
	return i
}
