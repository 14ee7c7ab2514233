package match

import (
	"strings"

	"hansho/advisory"
	"hansho/match/cpe"
	"hansho/match/version"
)

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
	switch cpe.Meets(want, have) {
	case cpe.Equal, cpe.Superset:
		return version.In
	case cpe.Subset:
		return version.Unknown
	}
	return version.Out
}

// leadsUpTo says that a name is a pre-release of the version that ends a range,
// 4.5 rc6 of <4.5.0. The bounds speak of the version alone, and in the years
// 2013 to 2018 NVD lists the pre-releases that it means beside the range in one
// such case of six and says nothing in the others: nobody can tell.
func leadsUpTo(name cpe.Name, end string, scheme version.Scheme) bool {
	update := name.Get(cpe.Update)
	if end == "" || !update.IsLiteral() {
		return false
	}
	if c, ok := version.Compare(version.Generic, "1 "+string(update), "1"); !ok || c >= 0 {
		return false
	}
	c, ok := scheme.Compare(string(name.Get(cpe.Version)), unescaped(end))
	return ok && c == 0
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
