package match

import (
	"slices"
	"strings"

	"hansho/match/cpe"
	"hansho/match/version"
)

// cpeGroup is the facets of one vendor:product, ordered by version, so that a
// pattern with a version touches only those that have it.
type cpeGroup struct {
	entries []cpeEntry
	open    int // how many of the first entries have no version to compare
	scheme  version.Scheme
}

type cpeEntry struct {
	facet int32
	name  cpe.Name
}

func (m *Matcher) addCPE(e cpeEntry) {
	if !indexable(e.name) {
		m.wild = append(m.wild, e)
		return
	}
	key := e.name.Key()
	g := m.cpes[key]
	if g == nil {
		g = &cpeGroup{}
		m.cpes[key] = g
	}
	g.entries = append(g.entries, e)
}

// indexable says that a name can be found by its vendor and product.
func indexable(n cpe.Name) bool {
	return n.Get(cpe.Vendor).IsLiteral() && n.Get(cpe.Product).IsLiteral()
}

// sort orders the entries: those without a literal version first.
func (g *cpeGroup) sort() {
	slices.SortStableFunc(g.entries, func(a, b cpeEntry) int {
		return strings.Compare(versionKey(a.name), versionKey(b.name))
	})
	g.open, _ = slices.BinarySearchFunc(g.entries, "\x00\x00", func(e cpeEntry, key string) int {
		return strings.Compare(versionKey(e.name), key)
	})
	last := g.entries[len(g.entries)-1].name
	g.scheme = schemeOf(last)
}

// schemeOf finds by which rules the versions of a name are ordered.
func schemeOf(n cpe.Name) version.Scheme {
	return version.For("", string(n.Get(cpe.Vendor)), string(n.Get(cpe.Product)), string(n.Get(cpe.Version)))
}

// versionKey sorts names that leave their version open before all others.
func versionKey(n cpe.Name) string {
	v := n.Get(cpe.Version)
	if !v.IsLiteral() {
		return ""
	}
	return "\x00\x00" + string(v)
}

// exactly is the entries that have this version.
func (g *cpeGroup) exactly(v cpe.Value) []cpeEntry {
	closed := g.entries[g.open:]
	lo, _ := slices.BinarySearchFunc(closed, string(v), func(e cpeEntry, v string) int {
		return strings.Compare(string(e.name.Get(cpe.Version)), v)
	})
	hi := lo
	for hi < len(closed) && closed[hi].name.Get(cpe.Version) == v {
		hi++
	}
	return closed[lo:hi]
}

// groupOf finds the group of a CPE as published, without taking it apart where
// it is a plain formatted string, as nearly all are.
func (m *Matcher) groupOf(published string) (g *cpeGroup, ok bool) {
	rest, plain := strings.CutPrefix(published, "cpe:2.3:")
	if !plain || len(rest) < 2 || rest[1] != ':' {
		return nil, false
	}
	rest = rest[2:]
	vendor := plainEnd(rest)
	if vendor <= 0 {
		return nil, false
	}
	n := plainEnd(rest[vendor+1:])
	if n <= 0 {
		return nil, false
	}
	return m.cpes[rest[:vendor+1+n]], true
}

// plainEnd is the length of a field of plain lower-case characters, -1 where
// the field has others or doesn't end.
func plainEnd(s string) int {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == ':':
			if i == 1 && s[0] == '-' {
				return -1
			}
			return i
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '_', c == '.', c == '-':
		default:
			return -1
		}
	}
	return -1
}
