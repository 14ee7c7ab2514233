package match

import (
	"cmp"
	"slices"

	"hansho/advisory"
	"hansho/match/version"
)

// kind ranks how an item was met, most specific last.
type kind uint8

const (
	byText       kind = iota // in running text
	byProduct                // a claim's product, without its vendor
	byName                   // a claim's vendor and product
	byIdentifier             // CPE or purl
)

// hit is one claim that meets one facet.
type hit struct {
	facet   int32
	claim   int    // index in Products, -1 for a configuration or the text
	cve     string // the one CVE that the claim is about, empty for all
	kind    kind
	method  string
	found   string
	where   string
	res     version.Result // empty where no test ran
	whole   bool           // the test was against every version there is
	safe    bool           // the claim says that the versions it names are not hit
	test    string
	verdict Verdict
	conf    float64 // of the name; 0 takes the kind's
	note    string
}

// The confidence of a match by how it was met, where a version test gave an
// answer; without one it is less. An item met through what it contains is a
// little less sure again, for lists of contents age.
const (
	sureIdentifier = 1.0
	sureName       = 0.9
	sureProduct    = 0.7
	sureText       = 0.7 // vendor and product in the text; less where the vendor stands apart or is missing
	untested       = 0.9 // factor
	contained      = 0.95
)

func (h *hit) confidence(contains bool) float64 {
	c := h.conf
	if c == 0 {
		c = [...]float64{sureText, sureProduct, sureName, sureIdentifier}[h.kind]
	}
	if h.res != version.In && h.res != version.Out {
		c *= untested
	}
	if contains {
		c *= contained
	}
	return float64(int(c*1000+0.5)) / 1000
}

// decide folds the hits of one advisory into one match an item, in the order of
// the inventory.
func (m *Matcher) decide(a *advisory.Advisory, hits []hit) []Match {
	if len(hits) == 0 {
		return nil
	}
	order := func(x, y hit) int {
		return cmp.Or(
			cmp.Compare(m.facets[x.facet].item, m.facets[y.facet].item),
			cmp.Compare(x.facet, y.facet),
			cmp.Compare(x.cve, y.cve),
		)
	}
	if !slices.IsSortedFunc(hits, order) {
		slices.SortStableFunc(hits, order)
	}
	out := make([]Match, 0, len(hits))
	for from := 0; from < len(hits); {
		item := m.facets[hits[from].facet].item
		to := from
		for to < len(hits) && m.facets[hits[to].facet].item == item {
			to++
		}
		if mt := m.fold(a, hits[from:to]); !m.loud || !mt.Verdict.Silent() {
			out = append(out, mt)
		}
		from = to
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// fold makes one match of the hits on one item: each facet and each CVE has its
// own verdict, and the loudest of them is the item's.
func (m *Matcher) fold(a *advisory.Advisory, hits []hit) Match {
	var best []hit
	for from := 0; from < len(hits); {
		to := from
		for to < len(hits) && hits[to].facet == hits[from].facet {
			to++
		}
		for _, group := range byCVE(hits[from:to]) {
			deciding := deciding(group)
			if best == nil || louder(deciding[0].verdict, best[0].verdict) {
				best = deciding
			}
		}
		from = to
	}
	return m.toMatch(a, best)
}

// byCVE splits the hits on a facet by the CVE that each is about; one that is
// about all of them belongs to each.
func byCVE(hits []hit) [][]hit {
	if hits[len(hits)-1].cve == "" {
		return [][]hit{hits}
	}
	n := 0
	for hits[n].cve == "" {
		n++
	}
	var out [][]hit
	for from := n; from < len(hits); {
		to := from
		for to < len(hits) && hits[to].cve == hits[from].cve {
			to++
		}
		out = append(out, append(slices.Clone(hits[:n]), hits[from:to]...))
		from = to
	}
	return out
}

// deciding picks, of the hits on one facet, those that give its verdict, the
// strongest first: the most specific kind, and of these the claims that hold the
// running version over those that can't tell, and these over those that leave
// it out. Of equal ones the loudest verdict wins.
func deciding(hits []hit) []hit {
	if len(hits) == 1 {
		return hits
	}
	ranked := slices.Clone(hits)
	slices.SortStableFunc(ranked, func(x, y hit) int {
		return cmp.Or(
			cmp.Compare(y.kind, x.kind),
			cmp.Compare(about(y), about(x)),
			cmp.Compare(rank(x.verdict), rank(y.verdict)),
			cmp.Compare(y.conf, x.conf),
		)
	})
	n := 1
	for n < len(ranked) && ranked[n].kind == ranked[0].kind && about(ranked[n]) == about(ranked[0]) && ranked[n].verdict == ranked[0].verdict {
		n++
	}
	return ranked[:n]
}

// about ranks how surely a claim is about the running version: one that names
// its branch over one on every version, which has exceptions ("affected by
// default"); an exception that can't be tested may be the one.
func about(h hit) int {
	switch {
	case h.res == version.In && !h.whole:
		return 4
	case h.safe && h.res == version.Unknown:
		return 3
	case h.res == version.In:
		return 2
	case h.res == version.Out:
		return 0
	}
	return 1
}

// rank orders verdicts, loudest first.
func rank(v Verdict) int {
	switch v {
	case Affected:
		return 0
	case Possible:
		return 1
	case UnderInvestigation:
		return 2
	case Fixed:
		return 3
	}
	return 4
}

func louder(a, b Verdict) bool { return rank(a) < rank(b) }

// Silent says that a verdict needs nobody's attention.
func (v Verdict) Silent() bool { return v == Fixed || v == NotAffected }

// maxEvidence bounds the evidence of one match.
const maxEvidence = 5

func (m *Matcher) toMatch(a *advisory.Advisory, hits []hit) Match {
	f := m.facets[hits[0].facet]
	item := &m.items[f.item]
	out := Match{
		Item: item.ID, Advisory: a.ID, Verdict: hits[0].verdict, Claim: hits[0].claim,
		Confidence: hits[0].confidence(f.part != itself),
	}
	if f.part != itself {
		out.Evidence = append(out.Evidence, Evidence{Method: "contains", Item: item.Contains[f.part], Found: hits[0].found, Where: hits[0].where})
	}
	for i := range hits {
		if len(out.Evidence) == maxEvidence {
			break
		}
		out.Evidence = append(out.Evidence, m.evidence(&hits[i]))
	}
	return out
}

func (m *Matcher) evidence(h *hit) Evidence {
	e := Evidence{Method: h.method, Item: m.wordsOf(h), Found: h.found, Where: h.where, Test: h.test, Result: string(h.res)}
	if h.note != "" {
		if e.Test != "" {
			e.Test += "; "
		}
		e.Test += h.note
	}
	return e
}

// wordsOf is what the item says of itself that was met.
func (m *Matcher) wordsOf(h *hit) string {
	f := m.facets[h.facet]
	item := &m.items[f.item]
	switch {
	case f.part != itself:
		return item.Contains[f.part]
	case (h.method == "cpe" || h.method == "config") && item.CPE != "":
		return item.CPE
	case h.method == "purl" && item.PURL != "":
		return item.PURL
	case item.Product != "" && item.Vendor != "":
		return fullName(item.Vendor, item.Product)
	case item.Product != "":
		return item.Product
	case item.CPE != "":
		return item.CPE
	case item.PURL != "":
		return item.PURL
	}
	return item.Name
}

// fullName writes a vendor and its product; the vendor once, where the product's
// name begins with it.
func fullName(vendor, product string) string {
	return advisory.ClaimName(advisory.ProductStatus{Vendor: vendor, Product: product})
}
