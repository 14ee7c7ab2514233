package match

import (
	"slices"
	"unicode/utf8"

	"hansho/advisory"
	"hansho/internal/fold"
)

// The confidence of names in running text.
const (
	sureAdjacent = 0.7 // vendor and product together
	sureNear     = 0.5 // the vendor elsewhere in the same sentence
	sureAlone    = 0.4 // a distinctive product without its vendor
)

// maxText and maxTitle bound what is read of one advisory, in bytes.
const (
	maxText  = 64 << 10
	maxTitle = 4 << 10
)

// text finds names in the title, and in the summary where the advisory claims
// nothing of products: a summary also names what a product runs on, is like, or
// was found with.
func (f *finder) text() {
	if !f.isClaim(f.a.Title) {
		f.read("title", f.a.Title, true)
	}
	if len(f.a.Products) == 0 {
		f.read("summary", f.a.Summary, false)
	}
}

// isClaim says that a title is nothing but the name in a claim, as in a product
// list: the claim has been met or not, and what stands inside the name is no
// product of its own.
func (f *finder) isClaim(title string) bool {
	return slices.ContainsFunc(f.a.Products, func(p advisory.ProductStatus) bool {
		return p.Product != "" && fold.Name(advisory.ClaimName(p)) == fold.Name(title)
	})
}

// read adds what one text names.
func (f *finder) read(where, text string, title bool) {
	r := newReading(&f.m.names, clip(text, title), title)
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
func clip(text string, title bool) string {
	n := maxText
	if title {
		n = maxTitle
	}
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}
