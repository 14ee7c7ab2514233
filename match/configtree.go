package match

import (
	"cmp"
	"slices"
	"strings"

	"hansho/advisory"
	"hansho/match/version"
)

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
