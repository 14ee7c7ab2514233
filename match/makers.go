package match

import (
	"slices"
	"strings"

	"hansho/internal/fold"
)

// vendorBefore is the vendors that stand right before a name.
func (r *reading) vendorBefore(s span) []*vendor {
	var out []*vendor
	for _, v := range r.vendorSpansBefore(s) {
		out = append(out, r.vendorsOfSpan(v)...)
	}
	return out
}

func (r *reading) vendorSpansBefore(s span) []span {
	at := s.from
	for at > 0 && r.tokens[at].Gap != fold.Break && possessive[r.tokens[at-1].Text] {
		at--
	}
	out := r.vendorsEnding(at)
	for at < s.from && len(out) == 0 && at > 0 && r.tokens[at].Gap != fold.Break && legalForms[r.tokens[at-1].Text] {
		at-- // Zoom Communications, Inc. の P
		out = r.vendorsEnding(at)
	}
	return out
}

// vendorsEnding is the longest vendors that end before a token, which doesn't begin
// anew.
func (r *reading) vendorsEnding(at int) []span {
	if at == 0 || at == len(r.tokens) || r.tokens[at].Gap == fold.Break {
		return nil
	}
	var out []span
	for _, v := range r.vendors {
		switch {
		case v.to != at || len(out) > 0 && v.from > out[0].from:
		case len(out) > 0 && v.from < out[0].from:
			out = []span{v} // University at Buffalo, not Buffalo
		default:
			out = append(out, v)
		}
	}
	return out
}

// possessive are the tokens between a vendor and its product: V の P, V 社製 P,
// V's P.
var possessive = words("の 製 社 s")

// listed says that only words of a list stand between two names.
func (r *reading) listed(a, b span) bool {
	if b.from-a.to > 4 || b.from < a.to {
		return false
	}
	joined := strings.ContainsAny(r.text[r.tokens[a.to-1].End:r.tokens[b.from].Start], ",、，/／・&＆;")
	for _, t := range r.tokens[a.to:b.from] {
		if !conjunction[t.Text] && t.Class != fold.Digit {
			return false
		}
		joined = joined || conjunction[t.Text]
	}
	return joined
}

var conjunction = words("お よ び 及 と や な ら 並 に and or 等")

// vendorOfList is the vendors that a list begins with whose first product isn't
// known: Adobe in Adobe Acrobat および Reader.
func (r *reading) vendorOfList(s span) []*vendor {
	at := s.from
	for at > 0 && conjunction[r.tokens[at-1].Text] {
		at--
	}
	if at == 0 || at == s.from && !strings.ContainsAny(r.text[r.tokens[at-1].End:r.tokens[at].Start], ",、，/／・&＆") {
		return nil
	}
	for n := 0; n < maxUnknown && at > 0 && r.tokens[at-1].Class <= fold.Digit; n++ {
		if at--; r.tokens[at].Gap == fold.Break {
			return nil
		}
		for _, v := range r.vendorsEnding(at) {
			return r.vendorsOfSpan(v)
		}
	}
	return nil
}

// maxUnknown is how many words the first name of a list may have beside its maker's.
const maxUnknown = 5

func (r *reading) vendorsOfSpan(s span) []*vendor {
	out := make([]*vendor, len(s.refs))
	for i, ref := range s.refs {
		out[i] = r.names.vendors[ref.of]
	}
	return out
}

// vendorsOf is the vendors of a mention before, for a list that names them once.
func (r *reading) vendorsOf(m *mention) []*vendor {
	var out []*vendor
	for _, n := range m.named {
		if v := r.names.entities[n.entity].vendor; v.named() {
			out = append(out, v)
		}
	}
	return out
}

// isAnothers says that a title begins with the maker of something else, so that a
// name further on, of another maker who isn't named, is only what that thing has
// or runs: Java in V P Java Deserialization Vulnerability.
func (r *reading) isAnothers(s span, own *vendor) bool {
	if !r.title || !own.named() {
		return false
	}
	first := slices.IndexFunc(r.vendors, func(v span) bool { return v.from == r.subject.from && v.to <= s.from })
	if first < 0 {
		return false
	}
	v := r.vendors[first]
	if !distinctive(r.tokens[v.from:v.to]) {
		return false // Security update for P
	}
	isProduct := slices.ContainsFunc(r.products, func(p span) bool { return p.from == v.from && p.to == v.to })
	return !isProduct && !slices.ContainsFunc(v.refs, func(f ref) bool { return own.is(r.names.vendors[f.of]) }) && !r.near(own, s)
}

// nearBy is how far off a vendor may stand in running text, in tokens.
const nearBy = 30

// near says that the vendor stands in the same title or close by in the text.
func (r *reading) near(own *vendor, s span) bool {
	for _, v := range r.vendors {
		overlaps := v.from < s.to && s.from < v.to // Asterisk is no word of its maker
		if overlaps || !r.title && (v.from > s.to+nearBy || s.from > v.to+nearBy) {
			continue
		}
		for _, ref := range v.refs {
			if own.is(r.names.vendors[ref.of]) {
				return true
			}
		}
	}
	return false
}
