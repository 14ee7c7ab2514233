package match

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"hansho/advisory"
	"hansho/match/cpe"
	"hansho/match/version"
)

// maxLeaves bounds the CPE matches of one advisory that are looked at. NVD's
// longest has some thousands.
const maxLeaves = 100_000

// leafHit is one CPE match of a configuration that a facet meets. Out is a
// facet of that product whose version the match leaves out.
type leafHit struct {
	item, facet int32
	leaf        int32
	res         version.Result
}

// leaf is one CPE match with its place in the tree.
type leaf struct {
	match  *advisory.CPEMatch
	config int // which of the advisory's statements
}

// statements evaluates the configurations of one advisory (NISTIR 7698) against
// the items that any of its matches names.
type statements struct {
	m      *Matcher
	leaves []leaf
	spans  map[*advisory.Config][2]int32 // the leaves below each node
	hits   []leafHit
	named  map[*cpeGroup]int32 // groups met, with the first leaf that met them
}

// configs finds what the configurations meet.
func (f *finder) configs() {
	if len(f.a.Configs) == 0 {
		return
	}
	s := &statements{m: f.m, named: map[*cpeGroup]int32{}}
	for i := range f.a.Configs {
		s.collect(&f.a.Configs[i], i)
	}
	if len(s.hits) == 0 && len(s.named) == 0 {
		return
	}
	s.addSilent()
	slices.SortFunc(s.hits, func(a, b leafHit) int {
		return cmp.Or(cmp.Compare(a.item, b.item), cmp.Compare(a.leaf, b.leaf), cmp.Compare(a.facet, b.facet))
	})
	s.span(f.a.Configs)
	for from := 0; from < len(s.hits); {
		to := from + 1
		for to < len(s.hits) && s.hits[to].item == s.hits[from].item {
			to++
		}
		if h, ok := s.judge(f.a, s.hits[from:to]); ok {
			f.found = append(f.found, h)
		}
		from = to
	}
}

// collect looks up every match of the tree.
func (s *statements) collect(c *advisory.Config, config int) {
	for i := range c.Matches {
		if len(s.leaves) == maxLeaves {
			return
		}
		at := int32(len(s.leaves))
		s.leaves = append(s.leaves, leaf{&c.Matches[i], config})
		s.lookUp(at)
	}
	for i := range c.Children {
		s.collect(&c.Children[i], config)
	}
}

// lookUp finds the facets that one match names.
func (s *statements) lookUp(at int32) {
	m := s.leaves[at].match
	g, product, plain := s.m.groupOf(m.CPE)
	if plain && g == nil && len(s.m.wild) == 0 && len(s.m.words[product]) == 0 {
		return // as nearly always
	}
	pattern, err := cpe.Parse(m.CPE)
	if err != nil {
		return
	}
	switch {
	case g != nil:
		s.group(at, pattern, g)
	case !indexable(pattern):
		s.everywhere(at, pattern)
	case !plain:
		if g := s.m.cpes[pattern.Key()]; g != nil {
			s.group(at, pattern, g)
		}
	}
	for _, e := range s.m.wild {
		s.entry(at, pattern, e, schemeOf(pattern))
	}
	s.wordsOf(at, pattern)
}

// everywhere compares a pattern without a definite vendor and product to each
// product of the inventory: the one look-up whose cost follows the inventory.
func (s *statements) everywhere(at int32, pattern cpe.Name) {
	for _, g := range s.m.cpes {
		if cpe.Match(pattern.Product(), g.entries[0].name.Product(), true) != cpe.Disjoint {
			s.group(at, pattern, g)
		}
	}
}

func (s *statements) group(at int32, pattern cpe.Name, g *cpeGroup) {
	m := s.leaves[at].match
	v := pattern.Get(cpe.Version)
	if !bounded(m) && v.IsLiteral() {
		for _, e := range g.entries[:g.open] {
			s.entry(at, pattern, e, g.scheme)
		}
		for _, e := range g.exactly(v) {
			s.entry(at, pattern, e, g.scheme)
		}
		if _, ok := s.named[g]; !ok && m.Vulnerable {
			s.named[g] = at
		}
		return
	}
	for _, e := range g.entries {
		s.entry(at, pattern, e, g.scheme)
	}
}

// entry tests one name against one match.
func (s *statements) entry(at int32, pattern cpe.Name, e cpeEntry, scheme version.Scheme) {
	rel := cpe.Match(pattern, e.name, false)
	if rel == cpe.Disjoint {
		return
	}
	res := testName(s.leaves[at].match, pattern.Get(cpe.Version), e.name.Get(cpe.Version), scheme)
	if res == version.In && rel == cpe.Subset {
		res = version.Unknown // the name leaves open what the match asks for
	}
	s.hit(at, e.facet, res)
}

func (s *statements) hit(at, facet int32, res version.Result) {
	if res == version.Out && s.m.loud && s.leaves[at].match.Vulnerable {
		return
	}
	s.hits = append(s.hits, leafHit{s.m.facets[facet].item, facet, at, res})
}

// testName tests a name's version against a match: its bounds, or its version
// by the rules of name matching.
func testName(m *advisory.CPEMatch, want, have cpe.Value, scheme version.Scheme) version.Result {
	if bounded(m) {
		switch {
		case want.IsLiteral() && want == have:
			return version.In
		case !have.IsLiteral():
			return version.Unknown
		}
		return boundsOf(m).Contains(scheme, string(have))
	}
	switch cpe.CompareValues(want, have) {
	case cpe.Equal, cpe.Superset:
		return version.In
	case cpe.Subset:
		return version.Unknown
	}
	return version.Out
}

func bounded(m *advisory.CPEMatch) bool {
	return m.StartIncluding != "" || m.StartExcluding != "" || m.EndIncluding != "" || m.EndExcluding != ""
}

// boundsOf is the interval of a match. Where both kinds of a bound are given,
// the excluding one, which says less, is taken.
func boundsOf(m *advisory.CPEMatch) version.Interval {
	iv := version.Interval{
		Lo: version.Bound{Version: m.StartIncluding, Inclusive: true},
		Hi: version.Bound{Version: m.EndIncluding, Inclusive: true},
	}
	if m.StartExcluding != "" {
		iv.Lo = version.Bound{Version: m.StartExcluding}
	}
	if m.EndExcluding != "" {
		iv.Hi = version.Bound{Version: m.EndExcluding}
	}
	return iv
}

// wordsOf finds the entities without a CPE whose vendor and product the pattern
// names.
func (s *statements) wordsOf(at int32, pattern cpe.Name) {
	entities := s.m.words[string(pattern.Get(cpe.Product))]
	if len(entities) == 0 {
		return
	}
	vendor := s.m.vendorOf(strings.ReplaceAll(string(pattern.Get(cpe.Vendor)), "_", " "))
	for _, e := range entities {
		entity := &s.m.names.entities[e]
		if !entity.madeBy(vendor) {
			continue
		}
		for _, facet := range entity.facets {
			s.hit(at, facet, s.testWords(at, pattern, facet))
		}
	}
}

// testWords tests the declared version of a facet without a CPE. What else the
// pattern asks for (an edition, a platform) such a facet can't say.
func (s *statements) testWords(at int32, pattern cpe.Name, facet int32) version.Result {
	m, have := s.leaves[at].match, s.m.facets[facet].version
	want := pattern.Get(cpe.Version)
	res := version.Unknown
	switch {
	case bounded(m):
		res = boundsOf(m).Contains(schemeOf(pattern), have)
	case want == cpe.ANY:
		res = version.In
	case want.IsLiteral() && have != "":
		res = version.Exactly(string(want)).Contains(schemeOf(pattern), have)
	}
	if res == version.In && pattern.IsSpecific() {
		return version.Unknown
	}
	return res
}

// addSilent adds, for each product met by listed versions, the items that none
// of them names.
func (s *statements) addSilent() {
	if s.m.loud {
		return
	}
	hit := map[int32]bool{}
	for _, h := range s.hits {
		hit[h.facet] = true
	}
	for g, at := range s.named {
		for _, e := range g.entries {
			if !hit[e.facet] {
				s.hit(at, e.facet, version.Out)
			}
		}
	}
}

// span notes which leaves lie below each node, in the order of collect.
func (s *statements) span(configs []advisory.Config) {
	s.spans = map[*advisory.Config][2]int32{}
	var next int32
	var walk func(c *advisory.Config)
	walk = func(c *advisory.Config) {
		from := next
		next += int32(len(c.Matches))
		for i := range c.Children {
			walk(&c.Children[i])
		}
		s.spans[c] = [2]int32{from, next}
	}
	for i := range configs {
		walk(&configs[i])
	}
}

// judge gives the verdict of all statements on one item.
func (s *statements) judge(a *advisory.Advisory, hits []leafHit) (hit, bool) {
	var best *leafHit
	bestRes := version.Out
	for i := range a.Configs {
		span := s.spans[&a.Configs[i]]
		own := within(hits, span[0], span[1])
		h := s.loudest(own)
		if h == nil {
			continue
		}
		res := s.eval(&a.Configs[i], own)
		if best == nil || loudness(res) > loudness(bestRes) {
			best, bestRes = h, res
		}
	}
	if best == nil || bestRes == version.Out && s.m.loud {
		return hit{}, false
	}
	return s.toHit(*best, bestRes), true
}

// within is the hits on the leaves from lo to hi.
func within(hits []leafHit, lo, hi int32) []leafHit {
	byLeaf := func(h leafHit, leaf int32) int { return cmp.Compare(h.leaf, leaf) }
	from, _ := slices.BinarySearchFunc(hits, lo, byLeaf)
	to, _ := slices.BinarySearchFunc(hits, hi, byLeaf)
	return hits[from:to]
}

// loudest is the hit on a vulnerable match that says most, nil where there is
// none: an item that is only the platform isn't vulnerable.
func (s *statements) loudest(hits []leafHit) *leafHit {
	var best *leafHit
	for i := range hits {
		h := &hits[i]
		if !s.leaves[h.leaf].match.Vulnerable {
			continue
		}
		if best == nil || loudness(h.res) > loudness(best.res) {
			best = h
		}
	}
	return best
}

// loudness orders results so that OR is the maximum and AND the minimum.
func loudness(r version.Result) int {
	switch r {
	case version.In:
		return 2
	case version.Unknown:
		return 1
	}
	return 0
}

// eval is three-valued logic over the tree.
func (s *statements) eval(c *advisory.Config, hits []leafHit) version.Result {
	and := strings.EqualFold(c.Operator, "AND")
	res := version.Out
	if and {
		res = version.In
	}
	fold := func(r version.Result) {
		if and == (loudness(r) < loudness(res)) && r != res {
			res = r
		}
	}
	first := s.spans[c][0]
	for i := range c.Matches {
		own := within(hits, first+int32(i), first+int32(i)+1)
		fold(s.leg(and, c.Matches[i].Vulnerable, own, bestOf(own)))
	}
	for i := range c.Children {
		child := &c.Children[i]
		span := s.spans[child]
		own := within(hits, span[0], span[1])
		fold(s.leg(and, anyVulnerable(child), own, s.eval(child, own)))
	}
	if c.Negate {
		return negate(res)
	}
	return res
}

// leg weighs one leg of an AND: a platform of which the item says nothing at
// all is unknown, unless items are complete.
func (s *statements) leg(and, vulnerable bool, hits []leafHit, res version.Result) version.Result {
	if and && !vulnerable && len(hits) == 0 && res == version.Out && !s.m.complete {
		return version.Unknown
	}
	return res
}

func bestOf(hits []leafHit) version.Result {
	res := version.Out
	for _, h := range hits {
		if loudness(h.res) > loudness(res) {
			res = h.res
		}
	}
	return res
}

func anyVulnerable(c *advisory.Config) bool {
	for i := range c.Matches {
		if c.Matches[i].Vulnerable {
			return true
		}
	}
	return slices.ContainsFunc(c.Children, func(child advisory.Config) bool { return anyVulnerable(&child) })
}

func negate(r version.Result) version.Result {
	switch r {
	case version.In:
		return version.Out
	case version.Out:
		return version.In
	}
	return r
}

// toHit words what a statement found.
func (s *statements) toHit(h leafHit, res version.Result) hit {
	l := s.leaves[h.leaf]
	out := hit{
		facet: h.facet, claim: -1, kind: byIdentifier, method: "config",
		found: l.match.CPE, where: fmt.Sprintf("configs[%d]", l.config),
		res: h.res, test: testWords(s.m.facets[h.facet].version, l.match, h.res),
		verdict: verdictOf(res), ran: true,
	}
	if res == version.Out && h.res == version.In {
		out.note = "needs a platform that the item doesn't have"
	} else if res != h.res {
		out.note = "needs a platform of which the item says nothing"
	}
	if res == version.Out && fixedAbove(s, h) {
		out.verdict = Fixed
	}
	return out
}

func verdictOf(r version.Result) Verdict {
	switch r {
	case version.In:
		return Affected
	case version.Out:
		return NotAffected
	}
	return Possible
}

// fixedAbove says that the version lies at or above the end of the range, where
// the end is the first version with the fix.
func fixedAbove(s *statements, h leafHit) bool {
	m := s.leaves[h.leaf].match
	if m.EndExcluding == "" || h.res != version.Out {
		return false
	}
	n, err := cpe.Parse(m.CPE)
	if err != nil {
		return false
	}
	c, ok := schemeOf(n).Compare(s.m.facets[h.facet].version, m.EndExcluding)
	return ok && c >= 0
}

func testWords(have string, m *advisory.CPEMatch, res version.Result) string {
	want := "any version"
	if bounded(m) {
		want = boundsOf(m).String()
	} else if n, err := cpe.Parse(m.CPE); err == nil && n.Get(cpe.Version).IsLiteral() {
		want = string(n.Get(cpe.Version))
	} else if err == nil && n.Get(cpe.Version) == cpe.NA {
		want = "no version"
	}
	return wordTest(have, want, res)
}

// wordTest is a version test for people: "2.14.1 in >=2.0, <2.15.0".
func wordTest(have, want string, res version.Result) string {
	if have == "" {
		have = "(no version)"
	}
	switch res {
	case version.In:
		return have + " in " + want
	case version.Out:
		return have + " not in " + want
	}
	return have + " can't be tested against " + want
}
