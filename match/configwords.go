package match

import (
	"strconv"

	"hansho/advisory"
	"hansho/match/cpe"
	"hansho/match/version"
)

// toHit words what a statement found.
func (s *statements) toHit(h leafHit, res version.Result) hit {
	out := hit{
		facet: h.facet, claim: -1, kind: byIdentifier, method: "config",
		found: h.match.CPE, where: "configs[" + strconv.Itoa(int(h.config)) + "]",
		res: h.res, test: describeTest(s.m.facets[h.facet].version, h.match, h.res),
		verdict: verdictOf(res),
	}
	if s.m.facets[h.facet].packaged && h.res == version.Unknown {
		out.note = backported
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

// describeTest words the version test of a match for people.
func describeTest(have string, m *advisory.CPEMatch, res version.Result) string {
	n, err := cpe.Parse(m.CPE)
	want := "any version"
	switch {
	case err != nil:
	case versionOf(n) != "":
		want = versionOf(n)
	case n.Get(cpe.Version) == cpe.NA:
		want = "no version"
	}
	if bounded(m) {
		want = boundsOf(m).String()
	}
	if err == nil {
		if _, release := windowsOf(n); release != "" && want != release {
			want = release + ": " + want
		}
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
