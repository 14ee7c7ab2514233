package version

import "strings"

// Result is the answer of a version test.
type Result string

// The answers. Unknown is neither: the scheme can't order the two, or a part of
// the range could not be read.
const (
	In      Result = "in"
	Out     Result = "out"
	Unknown Result = "unknown"
)

// Bound is one end of an interval; an empty Version leaves it open.
type Bound struct {
	Version   string
	Inclusive bool
}

// Interval is the versions between two bounds. A Branch ("8", "7.2") limits it
// to the versions that begin with those numbers: 8.x. The zero Interval is all
// versions; an exact version is an interval with that version as both bounds.
type Interval struct {
	Branch string
	Lo, Hi Bound
}

// Range is a union of intervals. The zero Range says nothing of versions, and
// no version can be tested against it.
type Range struct {
	In []Interval
	// Not is taken away from In: the fixed branches, VERS's "!=".
	Not []Interval
	// Maybe is what may or may not belong to the range: between the fixed
	// versions of several branches ("before 10.1.9, 10.2.4 and 11.0.1").
	Maybe []Interval
	// Partial says that a part of the source could not be read, so that a
	// version outside In may still be meant.
	Partial bool
	// Empty says that the range holds no version at all (vers:none/*).
	Empty bool
}

// All is the range of every version.
func All() Range { return Range{In: []Interval{{}}} }

// Exactly is the interval of one version.
func Exactly(v string) Interval {
	b := Bound{Version: v, Inclusive: true}
	return Interval{Lo: b, Hi: b}
}

// IsZero says that r says nothing of versions.
func (r Range) IsZero() bool {
	return len(r.In) == 0 && len(r.Not) == 0 && len(r.Maybe) == 0 && !r.Empty
}

// Contains says whether version v, ordered by s, is in r.
func (r Range) Contains(s Scheme, v string) Result {
	if r.Empty {
		return Out
	}
	if len(r.In) == 0 && len(r.Maybe) == 0 || clean(v) == "" && !r.isAll() {
		return Unknown
	}
	in, not := anyContains(r.In, s, v), anyContains(r.Not, s, v)
	switch {
	case not == In:
		return Out
	case in == In && not == Out:
		return In
	case in == Unknown || in == In || r.Partial:
		return Unknown
	case anyContains(r.Maybe, s, v) != Out:
		return Unknown
	}
	return Out
}

// isAll says that r holds every version, so that even a missing one is in it.
func (r Range) isAll() bool {
	if len(r.Not) > 0 {
		return false
	}
	for _, iv := range r.In {
		if iv == (Interval{}) {
			return true
		}
	}
	return false
}

func anyContains(ivs []Interval, s Scheme, v string) Result {
	res := Out
	for _, iv := range ivs {
		switch iv.Contains(s, v) {
		case In:
			return In
		case Unknown:
			res = Unknown
		}
	}
	return res
}

// Contains says whether version v, ordered by s, is in the interval.
func (iv Interval) Contains(s Scheme, v string) Result {
	if iv == (Interval{}) {
		return In
	}
	if iv.Lo == iv.Hi && iv.Branch == "" && strings.EqualFold(clean(v), iv.Lo.Version) {
		return In
	}
	res := In
	if iv.Branch != "" {
		res = inBranch(iv.Branch, v)
	}
	for _, r := range []Result{within(s, v, iv.Lo, 1), within(s, v, iv.Hi, -1)} {
		if res == Out || r == Out {
			return Out
		}
		if r == Unknown {
			res = Unknown
		}
	}
	return res
}

// within tests v against one bound: side 1 wants v above it, -1 below.
func within(s Scheme, v string, b Bound, side int) Result {
	if b.Version == "" {
		return In
	}
	c, ok := s.Compare(v, b.Version)
	switch {
	case !ok:
		return Unknown
	case c == 0 && b.Inclusive, c*side > 0:
		return In
	}
	return Out
}

// inBranch says whether v begins with the numbers of branch. A version with
// fewer numbers than the branch (8 against 8.2) can't tell.
func inBranch(branch, v string) Result {
	v = clean(v)
	if !plausible(v) {
		return Unknown
	}
	want, got := rawNums(branch), rawNums(v)
	if len(want) == 0 || len(got) == 0 || !sameEra(want[:1], got[:1]) {
		return Unknown
	}
	for i, n := range want {
		if i >= len(got) {
			return Unknown
		}
		if got[i] != n {
			return Out
		}
	}
	return In
}

// rawNums is the leading numbers of a version, trailing zeros kept.
func rawNums(v string) []string {
	s := strings.ToLower(v)
	nums, _ := leadingNums(s[prefixLen(s):])
	return nums
}

// String gives the range in VERS notation without the scheme: ">=2.0|<2.15.0",
// "*" for all. What VERS can't say (branches, doubts) is given as the nearest
// bounds; a "?" marks a part that could not be read.
func (r Range) String() string {
	if r.Empty {
		return "none"
	}
	var parts []string
	for _, iv := range r.In {
		parts = append(parts, iv.vers())
	}
	for _, iv := range r.Not {
		if iv.Lo == iv.Hi {
			parts = append(parts, "!="+iv.Lo.Version)
		}
	}
	if r.Partial || len(r.Maybe) > 0 {
		parts = append(parts, "?")
	}
	return strings.Join(parts, "|")
}

// VERS gives the range as a VERS string of the scheme.
func (r Range) VERS(s Scheme) string {
	if s == "" {
		s = Generic
	}
	return "vers:" + string(s) + "/" + r.String()
}

func (iv Interval) vers() string { return iv.join("|") }

// String gives the interval for people: ">=2.0-beta9, <2.15.0", "2.14.1", "8.x".
func (iv Interval) String() string { return iv.join(", ") }

func (iv Interval) join(sep string) string {
	var parts []string
	if iv.Branch != "" {
		parts = append(parts, iv.Branch+".x")
	}
	switch {
	case iv == (Interval{}):
		return "*"
	case iv.Lo == iv.Hi && iv.Lo.Version != "":
		return strings.Join(append(parts, iv.Lo.Version), sep)
	}
	if iv.Lo.Version != "" {
		parts = append(parts, op(">", iv.Lo)+iv.Lo.Version)
	}
	if iv.Hi.Version != "" {
		parts = append(parts, op("<", iv.Hi)+iv.Hi.Version)
	}
	return strings.Join(parts, sep)
}

func op(sign string, b Bound) string {
	if b.Inclusive {
		return sign + "="
	}
	return sign
}
