package version

import (
	"cmp"
	"regexp"
	"strings"
)

var mavenLook = regexp.MustCompile(`^[vV]?\d[0-9A-Za-z._+-]*$`)

// mavenItem is one element of Maven's version order: a number or a qualifier,
// with the separator in front of it.
type mavenItem struct {
	hyphen bool
	num    string // without leading zeros
	word   string // empty for a number
}

// mavenQualifiers is the order of the qualifiers that Maven knows; the empty
// one is the release. Others come after "sp", in their own order.
var mavenQualifiers = []string{"alpha", "beta", "milestone", "rc", "snapshot", "", "sp"}

// compareMaven orders by Maven's version order specification (POM reference,
// "Version Order Specification").
func compareMaven(a, b string) (int, bool) {
	if !fits(mavenLook, a, b) {
		return 0, false
	}
	x, y := mavenItems(a), mavenItems(b)
	for i := range max(len(x), len(y)) {
		var c int
		switch {
		case i >= len(x):
			c = -compareMavenPad(y[i])
		case i >= len(y):
			c = compareMavenPad(x[i])
		default:
			c = compareMavenItem(x[i], y[i])
		}
		if c != 0 {
			return c, true
		}
	}
	return 0, true
}

// mavenItems splits at separators and between digits and letters, which count
// as a hyphen, and trims null values before each hyphen and the end.
func mavenItems(v string) []mavenItem {
	v = strings.TrimPrefix(strings.ToLower(v), "v")
	var out []mavenItem
	hyphen := false
	for i := 0; i < len(v); {
		switch {
		case isDigit(v[i]):
			j := digitsEnd(v, i)
			hyphen = hyphen || i > 0 && isLetter(v[i-1])
			if hyphen {
				out = trimMaven(out)
			}
			out = append(out, mavenItem{hyphen: hyphen, num: strings.TrimLeft(v[i:j], "0")})
			i, hyphen = j, false
		case isLetter(v[i]):
			j := wordEnd(v, i)
			// 1.0.beta and 1.0-beta are the same to Maven since 3.0.
			out = trimMaven(out)
			out = append(out, mavenItem{hyphen: true, word: mavenWord(v[i:j], j < len(v) && isDigit(v[j]))})
			i, hyphen = j, false
		default:
			hyphen = v[i] != '.'
			i++
		}
	}
	return trimMaven(out)
}

// mavenRelease stands for the words that mean the release itself.
const mavenRelease = "\x00"

func mavenWord(w string, beforeDigit bool) string {
	switch w {
	case "a":
		if beforeDigit {
			return "alpha"
		}
	case "b":
		if beforeDigit {
			return "beta"
		}
	case "m":
		if beforeDigit {
			return "milestone"
		}
	case "cr":
		return "rc"
	case "ga", "final", "release":
		return mavenRelease
	}
	return w
}

func trimMaven(items []mavenItem) []mavenItem {
	for n := len(items); n > 1; n-- {
		last := items[n-1]
		if last.num != "" || last.word != "" && last.word != mavenRelease {
			break
		}
		items = items[:n-1]
	}
	return items
}

// compareMavenItem orders items at one place: qualifier < hyphen-number <
// dot-number, and dot-qualifier < hyphen-qualifier where they are the same.
func compareMavenItem(x, y mavenItem) int {
	return cmp.Or(
		cmp.Compare(mavenKind(x), mavenKind(y)),
		cmp.Compare(mavenRank(x.word), mavenRank(y.word)),
		strings.Compare(x.word, y.word),
		compareDigits(x.num, y.num),
	)
}

func mavenKind(x mavenItem) int {
	switch {
	case x.word != "":
		return 0
	case x.hyphen:
		return 1
	}
	return 2
}

func mavenRank(word string) int {
	if word == mavenRelease {
		word = ""
	}
	for i, q := range mavenQualifiers {
		if q == word {
			return i
		}
	}
	return len(mavenQualifiers)
}

// compareMavenPad orders an item against the null value that pads the shorter
// version: a release for a qualifier, zero for a number.
func compareMavenPad(x mavenItem) int {
	if x.word != "" {
		return cmp.Compare(mavenRank(x.word), mavenRank(""))
	}
	return compareDigits(x.num, "")
}
