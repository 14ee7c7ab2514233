package match

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"hansho/internal/fold"
)

// The confidence of names in running text.
const (
	sureAdjacent = 0.7 // vendor and product together
	sureNear     = 0.5 // the vendor elsewhere in the same sentence
	sureAlone    = 0.4 // a distinctive product without its vendor
)

// maxText bounds the running text of one advisory that is read, in bytes.
const maxText = 64 << 10

// text finds names in the title, and in the summary where the advisory claims
// nothing of products: a summary also names what a product runs on, is like, or
// was found with.
func (f *finder) text() {
	f.read("title", f.a.Title, true)
	if len(f.a.Products) == 0 {
		f.read("summary", f.a.Summary, false)
	}
}

func (f *finder) read(where, text string, title bool) {
	text = clip(text)
	r := newReading(&f.m.names, text, title)
	for _, s := range r.mentions() {
		for _, n := range s.named {
			e := &f.m.names.entities[n.entity]
			for _, facet := range e.facets {
				f.found = append(f.found, hit{
					facet: facet, claim: -1, kind: byText, method: "text", where: where,
					found:   text[r.tokens[s.from].Start:r.tokens[s.to-1].End],
					verdict: Possible, conf: n.conf,
				})
			}
		}
	}
}

// clip bounds a text, between two runes.
func clip(text string) string {
	if len(text) <= maxText {
		return text
	}
	n := maxText
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// reading is one text with the names that stand in it.
type reading struct {
	names    *nameIndex
	text     string
	title    bool
	tokens   []fold.Token
	known    []span // every known product name
	products []span // those that stand in no longer one
	vendors  []span
	weakness int // in a Japanese title, the token from which it tells of the weakness
}

// span is a run of tokens that is a known name.
type span struct {
	from, to int
	refs     []ref
}

// mention is a span that names products.
type mention struct {
	span
	named []named
}

// named is one product that a mention means.
type named struct {
	entity  int32
	kind    kind
	conf    float64
	derived bool // something that may tell products apart was left off
	bare    bool // the vendor was
}

// exact drops the products that are only written like another of the same
// vendor which the inventory has under that very name.
func (x *nameIndex) exact(list []named) []named {
	var very []vendor
	for _, n := range list {
		if e := &x.entities[n.entity]; !n.derived && len(e.facets) > 0 {
			very = append(very, e.vendor)
		}
	}
	return slices.DeleteFunc(list, func(n named) bool {
		return n.derived && isAny(x.entities[n.entity].vendor, very)
	})
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

// madeBy picks the products whose vendor is one of those, and marks them as
// named with it.
func (r *reading) madeBy(products, vendors []ref) []ref {
	var out []ref
	for _, p := range products {
		own := r.names.entities[p.of].vendor
		if !p.qualified && slices.ContainsFunc(vendors, func(v ref) bool { return own.is(r.names.vendors[v.of]) }) {
			p.qualified = true
			out = append(out, p)
		}
	}
	return out
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
	i, _ := slices.BinarySearchFunc(r.tokens, at, func(t fold.Token, at int) int { return cmp.Compare(t.Start, at) })
	return i
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

// stands says that a name means a product without its vendor right before it:
// it is distinctive, or in a title it has words enough and stands alone between
// Japanese ones.
func (r *reading) stands(s span, f ref) bool {
	tokens := r.tokens[s.from:s.to]
	if f.bare {
		return distinctiveWord(tokens) || model(tokens)
	}
	return distinctive(tokens) || r.title && !f.derived && wordy(tokens) && r.isolated(s)
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

// insideVendor says that a product's name is only part of a vendor's there:
// PyJWT in PyJWT project.
func (r *reading) insideVendor(s span) bool {
	return slices.ContainsFunc(r.vendors, func(v span) bool {
		return v.from <= s.from && s.to <= v.to && v.to-v.from > s.to-s.from
	})
}

// mentions decides which names mean products.
func (r *reading) mentions() []mention {
	var out []mention
	for _, s := range r.products {
		if s.from >= r.weakness || r.isPlatform(s) || r.continues(s) {
			continue
		}
		var before *mention
		if len(out) > 0 {
			before = &out[len(out)-1]
		}
		if named := r.meant(s, before); len(named) > 0 {
			out = append(r.withoutMaker(out, s, named), mention{s, named})
		}
	}
	return out
}

// withoutMaker drops the mention before where it turns out to be the vendor of
// this one: Drupal の Views means Views.
func (r *reading) withoutMaker(list []mention, s span, found []named) []mention {
	if len(list) == 0 {
		return list
	}
	last := list[len(list)-1]
	maker := slices.ContainsFunc(r.vendorSpansBefore(s), func(v span) bool {
		return v.from <= last.from && last.to <= v.to && slices.ContainsFunc(v.refs, func(f ref) bool {
			return slices.ContainsFunc(found, func(n named) bool {
				return r.names.entities[n.entity].vendor.is(r.names.vendors[f.of])
			})
		})
	})
	if maker {
		return list[:len(list)-1]
	}
	return list
}

// meant picks, of the products that go by a name, those that the text means.
func (r *reading) meant(s span, before *mention) []named {
	adjacent := r.vendorBefore(s)
	if len(adjacent) == 0 && before != nil && r.listed(before.span, s) {
		adjacent = r.vendorsOf(before)
	}
	var out []named
	for _, ref := range s.refs {
		own := r.names.entities[ref.of].vendor
		if ref.base && s.to < len(r.tokens) && r.tokens[s.to].Class == fold.Digit {
			continue // Windows 7 says nothing of Windows 10
		}
		conf := 0.0
		switch {
		case isAny(own, adjacent), ref.qualified && len(adjacent) == 0:
			conf = sureAdjacent
		case len(adjacent) > 0 && len(own) > 0:
			continue // another vendor's
		case ref.qualified:
			conf = sureAdjacent
		case !r.stands(s, ref):
			continue
		case !r.title && !r.looksNamed(s):
			continue
		case r.near(own, s):
			conf = sureNear
		default:
			conf = sureAlone
		}
		out = addNamed(out, named{entity: ref.of, conf: conf, derived: ref.derived, bare: ref.bare})
	}
	return r.unambiguous(s, r.names.exact(out))
}

// addNamed keeps the surest reading of each product.
func addNamed(list []named, n named) []named {
	for i := range list {
		if list[i].entity == n.entity {
			list[i].conf = max(list[i].conf, n.conf)
			list[i].derived = list[i].derived && n.derived
			list[i].bare = list[i].bare && n.bare
			return list
		}
	}
	return append(list, n)
}

// unambiguous drops the vague readings where there are surer ones, and all of
// them where products of several vendors go by the name and nothing tells which
// is meant.
func (r *reading) unambiguous(s span, list []named) []named {
	best := 0.0
	for _, n := range list {
		best = max(best, n.conf)
	}
	list = slices.DeleteFunc(list, func(n named) bool {
		return n.conf < best && len(r.names.entities[n.entity].vendor) > 0
	})
	if best > sureAlone {
		return list
	}
	if slices.ContainsFunc(list, func(n named) bool { return r.names.own(n) }) {
		list = slices.DeleteFunc(list, func(n named) bool { return !r.names.own(n) })
	}
	name := fold.Name(r.text[r.tokens[s.from].Start:r.tokens[s.to-1].End])
	selfNamed := slices.DeleteFunc(slices.Clone(list), func(n named) bool {
		return !slices.Contains(r.names.entities[n.entity].vendor, name)
	})
	if len(selfNamed) > 0 {
		return selfNamed
	}
	var makers []vendor
	for _, n := range list {
		e := &r.names.entities[n.entity]
		if len(e.facets) > 0 && len(e.vendor) > 0 && !isAny(e.vendor, makers) {
			makers = append(makers, e.vendor)
		}
	}
	if len(makers) > maxMakers {
		return nil
	}
	return list
}

// maxMakers is how many vendors of the inventory may have a product of one name
// for the name alone to mean each of them: of Android there are two or three,
// of Calendar dozens.
const maxMakers = 3

// own says that a product of the inventory goes by that very name.
func (x *nameIndex) own(n named) bool {
	return !n.bare && !n.derived && len(x.entities[n.entity].facets) > 0
}

func isAny(own vendor, list []vendor) bool {
	return slices.ContainsFunc(list, own.is)
}

// vendorBefore is the vendors that stand right before a name.
func (r *reading) vendorBefore(s span) []vendor {
	var out []vendor
	for _, v := range r.vendorSpansBefore(s) {
		for _, ref := range v.refs {
			out = append(out, r.names.vendors[ref.of])
		}
	}
	return out
}

func (r *reading) vendorSpansBefore(s span) []span {
	at := s.from
	for at > 0 && r.tokens[at].Gap != fold.Break && possessive[r.tokens[at-1].Text] {
		at--
	}
	if at == 0 || at == len(r.tokens) || r.tokens[at].Gap == fold.Break {
		return nil
	}
	var out []span
	for _, v := range r.vendors {
		if v.to == at {
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
	for _, t := range r.tokens[a.to:b.from] {
		if !conjunction[t.Text] && t.Class != fold.Digit {
			return false
		}
	}
	return true
}

var conjunction = words("お よ び 及 と や な ら 並 に and or 等")

// vendorsOf is the vendors of a mention before, for a list that names them once.
func (r *reading) vendorsOf(m *mention) []vendor {
	var out []vendor
	for _, n := range m.named {
		if v := r.names.entities[n.entity].vendor; len(v) > 0 {
			out = append(out, v)
		}
	}
	return out
}

// nearBy is how far off a vendor may stand in running text, in tokens.
const nearBy = 30

// near says that the vendor stands in the same title or close by in the text.
func (r *reading) near(own vendor, s span) bool {
	for _, v := range r.vendors {
		if !r.title && (v.from > s.to+nearBy || s.from > v.to+nearBy) {
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
