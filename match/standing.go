package match

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"hansho/internal/fold"
)

// stands says that a name means a product without its vendor right before it:
// it is distinctive, or in a title it has words enough and stands alone between
// Japanese ones.
func (r *reading) stands(s span, f ref) bool {
	tokens := r.tokens[s.from:s.to]
	if f.alias && isAbbreviation(tokens) {
		return false
	}
	if f.bare {
		return distinctiveWord(tokens) || model(tokens)
	}
	return distinctive(tokens) || r.title && !f.derived && wordy(tokens) && r.isolated(s)
}

// isAbbreviation says that a name is a few letters, which stand for many things: DSA
// is Deep Security Agent and Debian's advisories.
func isAbbreviation(tokens []fold.Token) bool {
	return len(tokens) == 1 && tokens[0].Class == fold.Letter && len(tokens[0].Text) <= minWord
}

// standsAsSubject says that a name may be taken for the product when the title is
// about nothing else: as the inventory gives it, or without its maker or its release
// where everybody knows whose it is (Teams, BIND); any form of it where its maker
// stands elsewhere in the title.
func (r *reading) standsAsSubject(s span, f ref) bool {
	e := &r.names.entities[f.of]
	if f.derived || (f.base || f.bare) && !e.wellKnown {
		return r.isSubject(s) && r.near(e.vendor, s)
	}
	return r.isSubject(s) || e.wellKnown && r.beginsSubject(s)
}

// looksNamed says that a name in running text is written like one, not like a
// word of the sentence: it has words enough, or a capital or digit inside
// (FortiOS, Log4j), or isn't Latin at all.
func (r *reading) looksNamed(s span) bool {
	first := r.tokens[s.from]
	words := r.text[first.Start:r.tokens[s.to-1].End]
	initial, n := utf8.DecodeRuneInString(words)
	if first.Class != fold.Letter {
		return true
	}
	inside := strings.ContainsFunc(words[n:], func(c rune) bool { return unicode.IsUpper(c) || unicode.IsDigit(c) })
	return inside || unicode.IsUpper(initial) && wordy(r.tokens[s.from:s.to])
}

// wordy says that a name has two words or more that aren't mere letters.
func wordy(tokens []fold.Token) bool {
	n := 0
	for _, t := range tokens {
		if t.Class == fold.Letter && len(t.Text) >= minWord {
			n++
		}
	}
	return n > 1
}

// isolated says that no other Latin word or number stands next to a name.
func (r *reading) isolated(s span) bool {
	latin := func(i int) bool {
		c := r.tokens[i].Class
		return c == fold.Letter || c == fold.Digit
	}
	before := s.from > 0 && r.tokens[s.from].Gap != fold.Break && latin(s.from-1)
	after := s.to < len(r.tokens) && r.tokens[s.to].Gap != fold.Break && latin(s.to)
	return !before && !after && latin(s.from)
}
