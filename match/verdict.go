package match

import (
	"hansho/advisory"
	"hansho/match/version"
)

// test is what a version test said.
type test struct {
	res   version.Result // empty where none ran
	words string
	// above says that the version is newer than all that the claim names, and
	// that the claim's end is the first version with the fix.
	above bool
	// whole says that the claim holds of every version there is.
	whole bool
}

// testVersion tests a running version against what a claim says of versions: its
// range, else its fixed version, else the version of its identifier.
func testVersion(p *advisory.ProductStatus, named, have string, scheme version.Scheme) test {
	switch {
	case p.Versions != "":
		r, info := version.Parse(p.Versions, scheme)
		res := r.Contains(info.Scheme, have)
		return test{
			res: res, words: r.Why(res, info.Scheme, have),
			above: res == version.Out && aboveAll(r, info.Scheme, have), whole: r.IsAll(),
		}
	case named != "":
		iv := version.Exactly(named)
		res := iv.Contains(scheme, have)
		if have == "" {
			res = version.Unknown
		}
		return test{res: res, words: wordTest(have, iv.String(), res)}
	case p.Fixed != "" && p.Status != advisory.StatusFixed:
		return testFixed(p.Fixed, have, scheme)
	}
	return test{}
}

// testFixed asks whether a version comes before the fixed one.
func testFixed(fixed, have string, scheme version.Scheme) test {
	c, ok := scheme.Compare(have, fixed)
	res := version.Unknown
	switch {
	case ok && c < 0:
		res = version.In
	case ok:
		res = version.Out
	}
	return test{res: res, words: wordTest(have, "<"+fixed, res), above: ok && c >= 0}
}

// aboveAll says that a version is newer than every interval of a range.
func aboveAll(r version.Range, s version.Scheme, have string) bool {
	for _, iv := range r.In {
		if iv.Hi.Version == "" {
			return false
		}
		if c, ok := s.Compare(have, iv.Hi.Version); !ok || c < 0 {
			return false
		}
	}
	return len(r.In) > 0 && len(r.Maybe) == 0
}

// verdict is what a claim and its version test mean for the item; ok is false
// where the claim is not about the running version at all.
func verdict(p *advisory.ProductStatus, t test, have string, scheme version.Scheme) (Verdict, bool) {
	switch p.Status {
	case advisory.StatusFixed:
		return fixedVerdict(p, t, have, scheme)
	case advisory.StatusNotAffected:
		switch t.res {
		case version.Out:
			return "", false
		case version.Unknown:
			return Possible, true
		}
		return NotAffected, true
	case advisory.StatusUnderInvestigation:
		return UnderInvestigation, t.res != version.Out
	}
	return affectedVerdict(p, t, have, scheme), true
}

func affectedVerdict(p *advisory.ProductStatus, t test, have string, scheme version.Scheme) Verdict {
	switch t.res {
	case version.In:
		if p.Status != advisory.StatusAffected {
			return Possible
		}
		return Affected
	case version.Out:
		if t.above && p.Fixed != "" || hasFix(p.Fixed, have, scheme) {
			return Fixed
		}
		return NotAffected
	}
	return Possible
}

// fixedVerdict reads "fixed": the versions that a claim names have the fix, and
// so have newer ones; of older ones it says nothing, except where the claim is
// only the version of the fix.
func fixedVerdict(p *advisory.ProductStatus, t test, have string, scheme version.Scheme) (Verdict, bool) {
	switch {
	case t.res == version.In, t.above, hasFix(p.Fixed, have, scheme):
		return Fixed, true
	case p.Fixed != "" && lacksFix(p.Fixed, have, scheme):
		return Affected, true
	}
	return Possible, true
}

func hasFix(fixed, have string, scheme version.Scheme) bool {
	c, ok := scheme.Compare(have, fixed)
	return ok && c >= 0
}

func lacksFix(fixed, have string, scheme version.Scheme) bool {
	c, ok := scheme.Compare(have, fixed)
	return ok && c < 0
}
