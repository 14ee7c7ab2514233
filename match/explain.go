package match

import (
	"fmt"
	"slices"

	"hansho/advisory"
	"hansho/internal/fold"
	"hansho/inventory"
	"hansho/match/cpe"
)

// Explanation is how an item and an advisory were brought together or kept
// apart: what `hansho why` and `why-not` print.
type Explanation struct {
	Item     string    `json:"item"`
	Advisory string    `json:"advisory"`
	Match    *Match    `json:"match,omitempty"` // nil where the advisory doesn't concern the item
	Readings []Reading `json:"readings"`        // what met, then what nearly did
}

// Reading is one claim or name in the advisory, and what became of it.
type Reading struct {
	Where   string  `json:"where"` // products[3], configs[0], title, summary
	Found   string  `json:"found"` // the advisory's words or identifier
	Item    string  `json:"item"`  // the item's
	Met     bool    `json:"met"`
	Verdict Verdict `json:"verdict,omitempty"` // of this reading alone, where it met
	Test    string  `json:"test,omitempty"`    // the version test that ran
	Result  string  `json:"result,omitempty"`  // in, out, unknown
	Why     string  `json:"why"`               // how it met, or what kept it from it
}

// maxReadings bounds an explanation.
const maxReadings = 50

// Explain says how an item, by its id, and an advisory meet, and what nearly
// met. ok is false where the inventory has no such item. Its cost follows the
// inventory.
func (m *Matcher) Explain(itemID string, a *advisory.Advisory) (e Explanation, ok bool) {
	at := slices.IndexFunc(m.items, func(it inventory.Item) bool { return it.ID == itemID })
	if at < 0 {
		return Explanation{}, false
	}
	x := explainer{m: m, a: a, item: int32(at)}
	e = Explanation{Item: itemID, Advisory: a.ID}
	var own []hit
	for _, h := range m.hits(a) {
		if m.facets[h.facet].item == x.item {
			own = append(own, h)
		}
	}
	if ms := m.decide(a, own); len(ms) > 0 {
		e.Match = &ms[0]
	}
	e.Readings = append(x.met(own), x.nearly(own)...)
	e.Readings = e.Readings[:min(len(e.Readings), maxReadings)]
	return e, true
}

type explainer struct {
	m    *Matcher
	a    *advisory.Advisory
	item int32
}

// howMet words the methods.
var howMet = map[string]string{
	"cpe":    "the CPE names meet",
	"purl":   "the package URLs are of one package",
	"name":   "vendor and product are the same",
	"text":   "the name stands in the text",
	"config": "the configuration covers the CPE name",
}

func (x *explainer) met(hits []hit) []Reading {
	out := make([]Reading, 0, len(hits))
	for i := range hits {
		ev := x.m.evidence(&hits[i])
		out = append(out, Reading{
			Where: ev.Where, Found: ev.Found, Item: ev.Item, Met: true,
			Verdict: hits[i].verdict, Test: ev.Test, Result: ev.Result, Why: howMet[ev.Method],
		})
	}
	return out
}

// nearly lists what the hits leave out and yet resembles the item.
func (x *explainer) nearly(hits []hit) []Reading {
	met := map[string]bool{}
	for i := range hits {
		met[hits[i].where] = true
	}
	var out []Reading
	for i := range x.a.Products {
		if where := fmt.Sprintf("products[%d]", i); !met[where] {
			out = append(out, x.nearClaim(where, &x.a.Products[i])...)
		}
	}
	for i := range x.a.Configs {
		if where := fmt.Sprintf("configs[%d]", i); !met[where] {
			out = append(out, x.nearConfig(where, &x.a.Configs[i])...)
		}
	}
	if len(x.a.Configs) == 0 {
		out = append(out, x.nearText("title", x.a.Title, true)...)
		out = append(out, x.nearText("summary", x.a.Summary, false)...)
	}
	return out
}

// nearClaim compares a claim with the item's own words.
func (x *explainer) nearClaim(where string, p *advisory.ProductStatus) []Reading {
	id := identityOf(&x.m.items[x.item])
	if p.CPE != "" && id.cpe != "" {
		if why := nearCPE(p.CPE, id.cpe); why != "" {
			return []Reading{{Where: where, Found: p.CPE, Item: id.cpe, Why: why}}
		}
	}
	product, vendor := id.product, x.m.vendorOf(id.vendor)
	if product == "" || p.Product == "" {
		return nil
	}
	claimed := x.m.vendorOf(p.Vendor)
	r := Reading{Where: where, Found: fullName(p.Vendor, p.Product), Item: fullName(id.vendor, product)}
	same := sameForm(productForms(vendor, []string{product}, 1, nil), productForms(claimed, []string{p.Product}, 1, nil))
	switch {
	case same && claimed.named() && vendor.named() && !vendor.is(claimed):
		r.Why = "same product name, another vendor"
	case same:
		r.Why = "same product name, but an everyday word, and the vendor is missing on one side"
	case vendor.is(claimed) && shareWord(product, p.Product):
		r.Why = "same vendor, another product with a word in common"
	default:
		return nil
	}
	return []Reading{r}
}

func sameForm(a, b []form) bool {
	for _, x := range a {
		for _, y := range b {
			if fold.Name(x.text) == fold.Name(y.text) {
				return true
			}
		}
	}
	return false
}

// shareWord says that two names have a word in common that isn't an everyday one.
func shareWord(a, b string) bool {
	seen := map[string]bool{}
	for _, t := range fold.Tokens(a) {
		seen[t.Text] = t.Class == fold.Letter && !everyday[t.Text]
	}
	return slices.ContainsFunc(fold.Tokens(b), func(t fold.Token) bool { return seen[t.Text] })
}

// nearCPE says what keeps two CPE names of one vendor or product apart.
func nearCPE(pattern, own string) string {
	p, err := cpe.Parse(pattern)
	if err != nil {
		return ""
	}
	n, err := cpe.Parse(own)
	if err != nil {
		return ""
	}
	vendor := cpe.CompareValues(p.Get(cpe.Vendor), n.Get(cpe.Vendor)) != cpe.Disjoint
	product := cpe.CompareValues(p.Get(cpe.Product), n.Get(cpe.Product)) != cpe.Disjoint
	switch {
	case product && !vendor:
		return "same CPE product, another vendor"
	case !product || !vendor:
		return ""
	}
	for a, r := range cpe.Compare(p, n) {
		if r == cpe.Disjoint {
			return fmt.Sprintf("same CPE product, but %s is %s, not %s", cpe.Attr(a), shown(n.Get(cpe.Attr(a))), shown(p.Get(cpe.Attr(a))))
		}
	}
	return ""
}

func shown(v cpe.Value) string {
	switch v {
	case cpe.ANY:
		return "any"
	case cpe.NA:
		return "none"
	}
	return string(v)
}

func (x *explainer) nearConfig(where string, c *advisory.Config) []Reading {
	var out []Reading
	own := x.m.items[x.item].CPE
	for _, m := range c.Matches {
		if why := nearCPE(m.CPE, own); why != "" {
			out = append(out, Reading{Where: where, Found: m.CPE, Item: own, Why: why})
		}
	}
	for i := range c.Children {
		out = append(out, x.nearConfig(where, &c.Children[i])...)
	}
	return out
}

// nearText lists the places where a name of the item stands and yet isn't taken
// for it.
func (x *explainer) nearText(where, text string, title bool) []Reading {
	r := newReading(&x.m.names, clip(text, title), title)
	taken := map[[2]int]bool{}
	for _, mention := range r.mentions() {
		if slices.ContainsFunc(mention.named, func(n named) bool { return x.owns(n.entity) }) {
			taken[[2]int{mention.from, mention.to}] = true
		}
	}
	var out []Reading
	for _, s := range r.known {
		at := slices.IndexFunc(s.refs, func(f ref) bool { return x.owns(f.of) })
		if at < 0 || taken[[2]int{s.from, s.to}] || x.fuller(r, s) {
			continue
		}
		out = append(out, Reading{
			Where: where, Found: r.words(s), Item: x.m.wordsOf(&hit{facet: x.facet(s.refs[at].of), method: "text"}),
			Why: r.whyNot(s, s.refs[at]),
		})
	}
	return out
}

// fuller says that the item's own name goes beyond this part of it.
func (x *explainer) fuller(r *reading, s span) bool {
	return slices.ContainsFunc(r.known, func(k span) bool {
		return k.from <= s.from && s.to <= k.to && k.to-k.from > s.to-s.from &&
			slices.ContainsFunc(k.refs, func(f ref) bool { return x.owns(f.of) })
	})
}

func (x *explainer) owns(entity int32) bool { return x.facet(entity) >= 0 }

// facet is the item's facet in an entity, -1 where it has none.
func (x *explainer) facet(entity int32) int32 {
	for _, f := range x.m.names.entities[entity].facets {
		if x.m.facets[f].item == x.item {
			return f
		}
	}
	return -1
}

// words is what stands in the text.
func (r *reading) words(s span) string {
	return r.text[r.tokens[s.from].Start:r.tokens[s.to-1].End]
}

// whyNot says what keeps a known name in a text from being a mention.
func (r *reading) whyNot(s span, f ref) string {
	for _, long := range r.products {
		if (long.from != s.from || long.to != s.to) && r.hides(long, s) {
			return fmt.Sprintf("inside the longer name %q", r.words(long))
		}
	}
	adjacent := r.vendorBefore(s)
	switch {
	case r.insideVendor(s):
		return "part of a vendor's name"
	case s.from >= r.weakness:
		return "stands where the title tells of the weakness"
	case r.isPlatform(s):
		return "named as what something else is made for or runs on"
	case r.isComponent(s):
		return "named as a part of something else"
	case r.continues(s):
		return fmt.Sprintf("goes on as a longer name: %q", r.words(span{s.from, s.to + 1, nil}))
	case len(adjacent) > 0 && !isAny(r.names.entities[f.of].vendor, adjacent), !f.qualified && r.isAnothers(s, r.names.entities[f.of].vendor):
		return "another vendor's"
	case !f.qualified && !r.stands(s, f):
		return "an everyday word without its vendor"
	case !r.title && !f.qualified && !r.looksNamed(s):
		return "written like a word of the sentence, without its vendor"
	}
	return "the name alone could mean products of several vendors, or another product is meant more surely"
}
