package match

import (
	"cmp"
	"slices"
	"strings"

	"hansho/internal/fold"
)

// reading is one text with the names that stand in it.
type reading struct {
	names      *nameIndex
	text       string
	title      bool
	tokens     []fold.Token
	known      []span // every known product name
	products   []span // those that stand in no longer one
	vendors    []span
	weakness   int  // in a Japanese title, the token from which it tells of the weakness
	subject    span // what a Japanese title is about
	subjectEnd int  // in bytes
}

// span is a run of tokens that is a known name.
type span struct {
	from, to int
	refs     []ref
}

func newReading(names *nameIndex, text string, title bool) *reading {
	r := &reading{names: names, text: text, title: title, tokens: fold.Tokens(text)}
	for i := range r.tokens {
		if r.startsWord(i) {
			names.trie.walk(r.tokens, i, func(end int, refs []ref) { r.add(i, end, refs) })
		}
	}
	r.weakness = len(r.tokens)
	if title {
		r.weakness = r.find("における")
	}
	r.findSubject()
	r.known = r.withVendors()
	r.products = r.longest(slices.Clone(r.known))
	return r
}

// withVendors adds, for a product right behind its vendor, the longer name that
// the two make together, so that Apache Log4j is one name whichever way the
// inventory splits it.
func (r *reading) withVendors() []span {
	type place struct{ from, to int }
	at := map[place]int{}
	var out []span
	add := func(s span) {
		p := place{s.from, s.to}
		if i, ok := at[p]; ok {
			out[i].refs = append(out[i].refs[:len(out[i].refs):len(out[i].refs)], s.refs...)
			return
		}
		at[p] = len(out)
		out = append(out, s)
	}
	for _, s := range r.known {
		add(s)
		for _, v := range r.vendors {
			if v.to != s.from || r.tokens[s.from].Gap == fold.Break {
				continue
			}
			if refs := r.madeBy(s.refs, v.refs); len(refs) > 0 {
				add(span{v.from, s.to, refs})
			}
		}
	}
	return out
}

// madeBy picks the products whose vendor is one of those, and marks them as named
// with it; beside them those that the inventory names without a vendor.
func (r *reading) madeBy(products, makers []ref) []ref {
	named := make([]*vendor, len(makers))
	for i, v := range makers {
		named[i] = r.names.vendors[v.of]
	}
	var out, nobodys []ref
	for _, p := range products {
		own := r.names.entities[p.of].vendor
		switch {
		case !own.named():
			nobodys = append(nobodys, p)
		case isAny(own, named):
			p.derived = p.derived || !p.qualified && ofDescent(own, named)
			p.qualified = true
			out = append(out, p)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return append(out, nobodys...)
}

// add sorts the things that go by one name into products and vendors.
func (r *reading) add(from, to int, refs []ref) {
	if !r.endsWord(from, to) {
		return
	}
	strict, known := uint32(0), false
	var products, vendors []ref
	for _, ref := range refs {
		if !known {
			strict, known = r.names.trie.strict(r.text[r.tokens[from].Start:r.tokens[to-1].End]), true
		}
		switch {
		case ref.strict != strict:
		case ref.kind == refVendor:
			vendors = append(vendors, ref)
		default:
			products = append(products, ref)
		}
	}
	if len(products) > 0 {
		r.known = append(r.known, span{from, to, products})
	}
	if slices.ContainsFunc(vendors, func(v ref) bool { return !v.derived }) {
		vendors = slices.DeleteFunc(vendors, func(v ref) bool { return v.derived }) // Oracle itself, not who went to it
	}
	if len(vendors) > 0 {
		r.vendors = append(r.vendors, span{from, to, vendors})
	}
}

// find is the token at which words stand, the number of tokens where they don't.
func (r *reading) find(words string) int {
	at := strings.Index(r.text, words)
	if at < 0 {
		return len(r.tokens)
	}
	return r.tokenAt(at)
}

// startsWord says that a name may start at token i: not inside a word of one
// script, and not at the digits of a word such as log4j.
func (r *reading) startsWord(i int) bool {
	if i == 0 || r.tokens[i].Gap != fold.Glued {
		return true
	}
	before, t := r.tokens[i-1].Class, r.tokens[i].Class
	switch t {
	case fold.Letter, fold.Digit:
		return before != fold.Letter && before != fold.Digit
	case fold.Katakana:
		return before != fold.Katakana
	}
	return true
}

// minSuffixed is how long a word must be for a number glued to its end to be a
// version (Struts2, Tomcat9) and not part of a model's name (GT25).
const minSuffixed = 4

// endsWord says that a name may end before token i.
func (r *reading) endsWord(from, i int) bool {
	if i == len(r.tokens) || r.tokens[i].Gap != fold.Glued {
		return true
	}
	last, next := r.tokens[i-1], r.tokens[i]
	switch last.Class {
	case fold.Letter:
		return next.Class != fold.Letter && (next.Class != fold.Digit || len(last.Text) >= minSuffixed || i-from > 2)
	case fold.Digit:
		return next.Class != fold.Letter && next.Class != fold.Digit
	case fold.Katakana:
		return next.Class != fold.Katakana
	}
	return true
}

// longest drops the names that stand inside longer ones. A number at the end of
// the longer one is its version, and hides nothing.
func (r *reading) longest(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int {
		return cmp.Or(cmp.Compare(b.to-b.from, a.to-a.from), cmp.Compare(a.from, b.from))
	})
	var kept []span
	for _, s := range spans {
		if !slices.ContainsFunc(kept, func(k span) bool { return r.hides(k, s) }) && !r.insideVendor(s) {
			kept = append(kept, s)
		}
	}
	slices.SortFunc(kept, func(a, b span) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	return kept
}

func (r *reading) hides(long, short span) bool {
	if long.to <= short.from || short.to <= long.from {
		return false
	}
	if long.from == short.from && long.to > short.to && !r.names.stocked(long) {
		rest := r.tokens[short.to:long.to]
		return slices.ContainsFunc(rest, func(t fold.Token) bool { return t.Class != fold.Digit })
	}
	return true
}

// stocked says that the inventory has something of that name.
func (x *nameIndex) stocked(s span) bool {
	return slices.ContainsFunc(s.refs, func(r ref) bool { return !r.base && len(x.entities[r.of].facets) > 0 })
}

// insideVendor says that a product's name is only part of a vendor's there:
// PyJWT in PyJWT project.
func (r *reading) insideVendor(s span) bool {
	return slices.ContainsFunc(r.vendors, func(v span) bool {
		return v.from <= s.from && s.to <= v.to && v.to-v.from > s.to-s.from
	})
}
