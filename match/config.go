package match

import (
	"cmp"
	"slices"
	"strconv"
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
	leaf
	res version.Result
}

// leaf is one CPE match with its place in the tree.
type leaf struct {
	at     int32 // in the order of collect
	config int32 // which of the advisory's statements
	match  *advisory.CPEMatch
}

// statements evaluates the configurations of one advisory (NISTIR 7698) against
// the items that any of its matches names.
type statements struct {
	m      *Matcher
	leaves int32                         // looked at so far
	spans  map[*advisory.Config][2]int32 // the leaves below each node
	hits   []leafHit
	named  map[*cpeGroup]leaf // groups met, with the first leaf that met them
}

// configs finds what the configurations meet.
func (f *finder) configs() {
	if len(f.a.Configs) == 0 {
		return
	}
	s := &statements{m: f.m}
	for i := range f.a.Configs {
		s.collect(&f.a.Configs[i], int32(i))
	}
	if len(s.hits) == 0 && len(s.named) == 0 {
		return
	}
	s.addSilent()
	slices.SortFunc(s.hits, func(a, b leafHit) int {
		return cmp.Or(cmp.Compare(a.item, b.item), cmp.Compare(a.at, b.at), cmp.Compare(a.facet, b.facet))
	})
	s.span(f.a.Configs)
	f.found = slices.Grow(f.found, s.items())
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

// items counts the items that were hit; the hits are in their order.
func (s *statements) items() int {
	n := 0
	for i := range s.hits {
		if i == 0 || s.hits[i].item != s.hits[i-1].item {
			n++
		}
	}
	return n
}

// collect looks up every match of the tree.
func (s *statements) collect(c *advisory.Config, config int32) {
	for i := range c.Matches {
		if s.leaves == maxLeaves {
			return
		}
		s.lookUp(leaf{s.leaves, config, &c.Matches[i]})
		s.leaves++
	}
	for i := range c.Children {
		s.collect(&c.Children[i], config)
	}
}

// lookUp finds the facets that one match names.
func (s *statements) lookUp(l leaf) {
	g, plain := s.m.groupOf(l.match.CPE)
	if plain && g == nil && len(s.m.wild) == 0 && len(s.m.words) == 0 {
		return // as nearly always
	}
	pattern, err := cpe.Parse(l.match.CPE)
	if err != nil {
		return
	}
	switch {
	case g != nil:
		s.group(l, pattern, g)
	case !indexable(pattern):
		s.everywhere(l, pattern)
	case !plain:
		if g := s.m.cpes[pattern.Key()]; g != nil {
			s.group(l, pattern, g)
		}
	}
	if len(s.m.wild) > 0 {
		s.entries(l, pattern, s.m.wild, schemeOf(pattern))
	}
	s.wordsOf(l, pattern)
}

// everywhere compares a pattern without a definite vendor and product to each
// product of the inventory: the one look-up whose cost follows the inventory.
func (s *statements) everywhere(l leaf, pattern cpe.Name) {
	for _, g := range s.m.cpes {
		if cpe.Match(pattern.Product(), g.entries[0].name.Product(), true) != cpe.Disjoint {
			s.group(l, pattern, g)
		}
	}
}

func (s *statements) group(l leaf, pattern cpe.Name, g *cpeGroup) {
	v := pattern.Get(cpe.Version)
	if bounded(l.match) || !v.IsLiteral() {
		s.entries(l, pattern, g.entries, g.scheme)
		return
	}
	s.entries(l, pattern, g.entries[:g.open], g.scheme)
	s.entries(l, pattern, g.exactly(v), g.scheme)
	if s.m.loud || !l.match.Vulnerable {
		return
	}
	if s.named == nil {
		s.named = map[*cpeGroup]leaf{}
	}
	if _, ok := s.named[g]; !ok {
		s.named[g] = l
	}
}

// entries tests names against one match. They are ordered by version, so that
// each version is tested once.
func (s *statements) entries(l leaf, pattern cpe.Name, list []cpeEntry, scheme version.Scheme) {
	want := pattern.Get(cpe.Version)
	var res version.Result
	for i := range list {
		have := list[i].name.Get(cpe.Version)
		if i == 0 || have != list[i-1].name.Get(cpe.Version) {
			res = testName(l.match, want, have, scheme)
		}
		if res == version.Out && s.m.loud && l.match.Vulnerable {
			continue
		}
		rel := cpe.Match(pattern, list[i].name, false)
		switch {
		case rel == cpe.Disjoint:
		case rel == cpe.Subset && res == version.In:
			s.hit(l, list[i].facet, version.Unknown) // the name leaves open what the match asks for
		default:
			s.hit(l, list[i].facet, res)
		}
	}
}

func (s *statements) hit(l leaf, facet int32, res version.Result) {
	if res == version.Out && s.m.loud && l.match.Vulnerable {
		return
	}
	s.hits = append(s.hits, leafHit{s.m.facets[facet].item, facet, l, res})
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
		Lo: version.Bound{Version: unescaped(m.StartIncluding), Inclusive: true},
		Hi: version.Bound{Version: unescaped(m.EndIncluding), Inclusive: true},
	}
	if m.StartExcluding != "" {
		iv.Lo = version.Bound{Version: unescaped(m.StartExcluding)}
	}
	if m.EndExcluding != "" {
		iv.Hi = version.Bound{Version: unescaped(m.EndExcluding)}
	}
	return iv
}

// unescaped is a bound without the quoting of the formatted string, which NVD
// leaves in some: 9.1\(2\).
func unescaped(v string) string {
	if strings.IndexByte(v, '\\') < 0 {
		return v
	}
	return strings.ReplaceAll(v, `\`, "")
}

// wordsOf finds the entities without a CPE whose vendor and product the pattern
// names.
func (s *statements) wordsOf(l leaf, pattern cpe.Name) {
	for _, e := range s.m.wordEntities(pattern) {
		for _, facet := range s.m.names.entities[e].facets {
			s.hit(l, facet, s.testWords(l, pattern, facet))
		}
	}
}

// testWords tests the declared version of a facet without a CPE. What else the
// pattern asks for (an edition, a platform) such a facet can't say.
func (s *statements) testWords(l leaf, pattern cpe.Name, facet int32) version.Result {
	m, have := l.match, s.m.facets[facet].version
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
		if h.match.Vulnerable {
			hit[h.facet] = true
		}
	}
	for g, l := range s.named {
		for _, e := range g.entries {
			if !hit[e.facet] {
				s.hit(l, e.facet, version.Out)
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
		h := loudest(own)
		if h == nil {
			continue
		}
		res := version.Out // what matches only a platform isn't vulnerable
		if h.res != version.Out {
			res = s.eval(&a.Configs[i], own)
		}
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
	byLeaf := func(h leafHit, at int32) int { return cmp.Compare(h.at, at) }
	from, _ := slices.BinarySearchFunc(hits, lo, byLeaf)
	to, _ := slices.BinarySearchFunc(hits, hi, byLeaf)
	return hits[from:to]
}

// loudest is the hit on a vulnerable match that says most, nil where there is
// none: an item that is only the platform isn't vulnerable.
func loudest(hits []leafHit) *leafHit {
	var best *leafHit
	for i := range hits {
		h := &hits[i]
		if !h.match.Vulnerable {
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

// eval is three-valued logic over the tree: OR takes the loudest of its legs,
// AND the quietest.
func (s *statements) eval(c *advisory.Config, hits []leafHit) version.Result {
	var res version.Result
	if strings.EqualFold(c.Operator, "AND") {
		res = s.all(c, hits)
	} else {
		res = s.any(c, hits)
	}
	if c.Negate {
		return negate(res)
	}
	return res
}

func (s *statements) any(c *advisory.Config, hits []leafHit) version.Result {
	first := s.spans[c][0]
	res := bestOf(within(hits, first, first+int32(len(c.Matches))))
	for i := range c.Children {
		span := s.spans[&c.Children[i]]
		if r := s.eval(&c.Children[i], within(hits, span[0], span[1])); loudness(r) > loudness(res) {
			res = r
		}
	}
	return res
}

func (s *statements) all(c *advisory.Config, hits []leafHit) version.Result {
	first, res := s.spans[c][0], version.In
	quietest := func(r version.Result) {
		if loudness(r) < loudness(res) {
			res = r
		}
	}
	for i := range c.Matches {
		own := within(hits, first+int32(i), first+int32(i)+1)
		quietest(s.leg(c.Matches[i].Vulnerable, own, bestOf(own)))
	}
	for i := range c.Children {
		child := &c.Children[i]
		span := s.spans[child]
		own := within(hits, span[0], span[1])
		quietest(s.leg(anyVulnerable(child), own, s.eval(child, own)))
	}
	return res
}

// leg weighs one leg of an AND: a platform of which the item says nothing at
// all is unknown, unless items are complete.
func (s *statements) leg(vulnerable bool, hits []leafHit, res version.Result) version.Result {
	if !vulnerable && len(hits) == 0 && res == version.Out && !s.m.complete {
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
	out := hit{
		facet: h.facet, claim: -1, kind: byIdentifier, method: "config",
		found: h.match.CPE, where: "configs[" + strconv.Itoa(int(h.config)) + "]",
		res: h.res, test: testWords(s.m.facets[h.facet].version, h.match, h.res),
		verdict: verdictOf(res),
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
	m := h.match
	if m.EndExcluding == "" || h.res != version.Out {
		return false
	}
	n, err := cpe.Parse(m.CPE)
	if err != nil {
		return false
	}
	c, ok := schemeOf(n).Compare(s.m.facets[h.facet].version, unescaped(m.EndExcluding))
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
