package match

import (
	"cmp"
	"slices"

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
	var tested version.Result
	for i := range list {
		have := list[i].name.Get(cpe.Version)
		if i == 0 || have != list[i-1].name.Get(cpe.Version) {
			tested = testName(l.match, want, have, scheme)
		}
		res := tested
		if res == version.Out && leadsUpTo(list[i].name, l.match.EndExcluding, scheme) {
			res = version.Unknown
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
