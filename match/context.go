package match

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"hansho/internal/fold"
)

// isPlatform says that a name is only what something else is made for or runs
// on: WordPress 用プラグイン X, X for Windows, on Linux.
func (r *reading) isPlatform(s span) bool {
	if r.inBrackets(s) {
		return true
	}
	to := s.to
	for to < len(r.tokens) && r.tokens[to].Class == fold.Digit && r.tokens[to].Gap != fold.Break {
		to++
	}
	if to < len(r.tokens) && r.tokens[to].Gap != fold.Break {
		rest := r.text[r.tokens[to].Start:]
		for _, w := range madeFor {
			if strings.HasPrefix(rest, w) {
				return true
			}
		}
	}
	return s.from > 0 && r.tokens[s.from].Gap != fold.Break && preposition[r.tokens[s.from-1].Text] && !r.isNotice(s.from-2)
}

// inBrackets says that a name stands in brackets behind another one, as one of
// several things or as the system on which the other runs: X (Windows), X (A, B).
func (r *reading) inBrackets(s span) bool {
	before, after := r.text[:r.tokens[s.from].Start], r.text[r.tokens[s.to-1].End:]
	open, end := strings.LastIndexAny(before, "(（)）"), strings.IndexAny(after, "(（)）")
	if open <= 0 || end < 0 || strings.HasPrefix(before[open:], ")") || strings.HasPrefix(before[open:], "）") {
		return false
	}
	inside := before[open:] + after[:end]
	return strings.ContainsAny(inside, ",、") || systems[r.tokens[s.from].Text]
}

// systems are what software runs on, by the first word of their names.
var systems = words("windows linux unix macos mac osx android ios ipados solaris aix")

// madeFor are the words after the name of a platform.
var madeFor = []string{"用", "向け", "対応", "版", "上の", "上で", "プラグイン", "アドオン", "拡張機能", "plugin", "plug-in", "extension", "add-on", "addon", "theme"}

var preposition = words("for on via under atop")

// isNotice says that the word before the preposition is about the product all
// the same: update for, patch for.
func (r *reading) isNotice(i int) bool {
	return i >= 0 && notices[r.tokens[i].Text]
}

var notices = words("available update updates patch patches fix fixes hotfix advisory advisories bulletin exploit exploits release releases vulnerability vulnerabilities support")

// continues says that a name goes on past its end, so that it is part of a
// longer one that isn't known: Windows in Windows Server, Acrobat in Acrobat
// Reader. Words that titles use to tell of the weakness don't continue it, and
// neither do a maker's own words for a part of its product in an English title
// (V P Web UI Command Injection Vulnerability).
func (r *reading) continues(s span) bool {
	if s.to == len(r.tokens) {
		return false
	}
	last, next := r.tokens[s.to-1], r.tokens[s.to]
	between := r.text[last.End:next.Start]
	if next.Class != fold.Letter || between != " " && between != "-" && between != "　" {
		return false
	}
	first, _ := utf8.DecodeRuneInString(r.text[next.Start:])
	return unicode.IsUpper(first) && !describing[next.Text] && !r.tellsOfPart(s)
}

// tellsOfPart says that a title in English names the maker before the product, and
// the weakness after what follows it.
func (r *reading) tellsOfPart(s span) bool {
	return r.title && r.named(s) && r.tellsOfWeakness(s.to)
}

// tellsOfWeakness says that a text is in English and has a word for a weakness from
// a token on.
func (r *reading) tellsOfWeakness(from int) bool {
	latin := !slices.ContainsFunc(r.tokens, func(t fold.Token) bool { return t.Class != fold.Letter && t.Class != fold.Digit })
	return latin && slices.ContainsFunc(r.tokens[from:], func(t fold.Token) bool { return weaknesses[t.Text] })
}

// named says that the maker's name stands before a product's, begins it, or is the
// same.
func (r *reading) named(s span) bool {
	if len(r.vendorSpansBefore(s)) > 0 {
		return true
	}
	name := r.words(s)
	return slices.ContainsFunc(s.refs, func(f ref) bool {
		return f.qualified || r.names.entities[f.of].vendor.calls(name)
	})
}

var weaknesses = words("vulnerability vulnerabilities flaw flaws")

// describing are capitalised words that may follow a product's name in a title
// without being part of it.
var describing = words(`vulnerability vulnerabilities remote local code command execution arbitrary denial privilege privileges elevation
	escalation information disclosure cross sql os security multiple buffer heap stack memory integer use out path directory traversal
	improper missing incorrect insufficient unauthenticated authentication authorization authenticated bypass spoofing tampering
	injection deserialization update updates patch advisory bulletin dos xss csrf ssrf xxe rce zero critical high medium flaw flaws bug
	issue issues alert before through prior and or in is has with allows versions version ver v release open type null race
	unrestricted uncontrolled hardcoded hard default weak session file upload request response server-side stored reflected
	exposed exposure active exploitation exploited attack attacks service cve jvn jvnvu ta`)
