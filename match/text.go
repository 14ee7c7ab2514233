package match

import (
	"slices"
	"unicode/utf8"

	"hansho/advisory"
	"hansho/internal/fold"
	"hansho/match/version"
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
	from := len(f.found)
	if !f.isClaim(f.a.Title) {
		f.read("title", f.a.Title, true)
	}
	if len(f.a.Products) == 0 {
		f.read("summary", f.a.Summary, false)
	}
	f.found = append(f.found[:from], tested(f.found[from:])...)
}

// tested leaves out the mere names of what the text elsewhere names with versions.
func tested(hits []hit) []hit {
	known := map[int32]bool{}
	for _, h := range hits {
		known[h.facet] = known[h.facet] || h.res != ""
	}
	return slices.DeleteFunc(hits, func(h hit) bool { return h.res == "" && known[h.facet] })
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
	mentions := r.mentions()
	if len(mentions) == 0 {
		return
	}
	said := r.said(mentions, len(r.text) < len(text))
	for i, s := range mentions {
		found := text[r.tokens[s.from].Start:r.tokens[s.to-1].End]
		for _, n := range s.named {
			for _, facet := range f.m.names.entities[n.entity].facets {
				h := hit{
					facet: facet, claim: -1, kind: byText, method: "text", where: where,
					found: found, verdict: Possible, conf: n.conf,
				}
				f.testSaid(&h, said[i], len(s.named) == 1)
				f.found = append(f.found, h)
			}
		}
	}
}

// testSaid tests the running version against what the text says of versions. A name
// that several makers' products go by, and nothing else, says of none that it is
// hit.
func (f *finder) testSaid(h *hit, s *said, only bool) {
	if s == nil {
		return
	}
	own := f.m.facets[h.facet]
	scheme := version.For("", "", "", own.version)
	if item := &f.m.items[own.item]; own.part == itself {
		scheme = version.For("", item.Vendor, item.Product, own.version)
	}
	s.test(h, own.version, scheme)
	if own.packaged && h.res == version.In {
		h.res, h.note = version.Unknown, backported
	}
	switch {
	case h.res == version.In && (only || h.conf > sureAlone):
		h.verdict = Affected
	case h.res == version.Out:
		h.verdict = NotAffected
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
