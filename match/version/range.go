package version

import (
	"fmt"
	"slices"
	"strings"
)

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
	// Coarse says that the bounds are words of prose, where "through 9" and "8.0"
	// often mean 9.3 and 8.0.2 too: a version that only refines such a bound is
	// not held to be outside.
	Coarse bool
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
	if r.IsZero() || clean(v) == "" && !r.IsAll() {
		return Unknown
	}
	in, not := anyContains(r.In, s, v), anyContains(r.Not, s, v)
	switch {
	case not == In:
		return Out
	case len(r.In) == 0 && len(r.Maybe) == 0:
		return Unknown // only exceptions are known
	case in == In && not == Out:
		return In
	case in == Unknown || in == In || r.Partial:
		return Unknown
	case anyContains(r.Maybe, s, v) != Out, r.refines(v):
		return Unknown
	}
	return Out
}

// refines says that v is a finer version of an inclusive bound of prose (9.3 of 9,
// 9.7 FP2 of 9.7, 15.04 rc1 of 15.04), or says less than a single version: 5.1 of
// 5.1 build 51029.
func (r Range) refines(v string) bool {
	p := parseVersion(clean(v))
	for _, iv := range r.In {
		for _, b := range []Bound{iv.Lo, iv.Hi} {
			if b.Inclusive && (r.Coarse && finer(p, clean(v), b, b == iv.Lo && iv.Lo != iv.Hi) || iv.Lo == iv.Hi && coarser(p, b)) {
				return true
			}
		}
	}
	return false
}

// coarser says that v is the bound without its patch or build: 5.1 of 5.1 build
// 51029.
func coarser(v parsed, b Bound) bool {
	bound := parseVersion(clean(b.Version))
	return len(v.parts) == 0 && len(bound.parts) > 0 && bound.parts[0].rank > rankEnd && !v.none && slices.Equal(v.nums, bound.nums)
}

// finer says that v begins with all that the bound says. Under a lower bound
// only its own pre-releases matter; what else is finer is above it anyway.
func finer(v parsed, text string, b Bound, lower bool) bool {
	bound := parseVersion(clean(b.Version))
	if len(bound.parts) > 0 || bound.none != v.none || len(bound.nums) > len(v.nums) || contradicts(text, clean(b.Version)) {
		return false
	}
	for i, n := range bound.nums {
		if v.nums[i] != n {
			return false
		}
	}
	return !lower || len(v.nums) == len(bound.nums)
}

// contradicts says that two versions differ in a number that both write out,
// zeros at the end too: 2.1 is no finer 2.0.
func contradicts(a, b string) bool {
	as, bs := writtenNumbers(a), writtenNumbers(b)
	for i := range min(len(as), len(bs)) {
		if strings.TrimLeft(as[i], "0") != strings.TrimLeft(bs[i], "0") {
			return true
		}
	}
	return false
}

// writtenNumbers are the dotted numbers that a version begins with, as written.
func writtenNumbers(v string) []string {
	end := strings.IndexFunc(v, func(r rune) bool { return r != '.' && (r < '0' || r > '9') })
	if end >= 0 {
		v = v[:end]
	}
	return strings.Split(strings.Trim(v, "."), ".")
}

// IsAll says that r holds every version, so that even a missing one is in it.
func (r Range) IsAll() bool {
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

// String gives the range for people: ">=1.0, <1.5 or 2.x, without 2.3". A "?"
// ends a range in which something is in doubt.
func (r Range) String() string {
	if r.Empty {
		return "none"
	}
	text := listed(r.In)
	if len(r.Not) > 0 {
		text += ", without " + listed(r.Not)
	}
	if r.Partial || len(r.Maybe) > 0 {
		text += " ?"
	}
	return text
}

// maxListed is how many intervals a text lists before it counts the rest.
const maxListed = 8

func listed(ivs []Interval) string {
	parts := make([]string, 0, maxListed+1)
	for i, iv := range ivs {
		if i == maxListed {
			parts = append(parts, fmt.Sprintf("%d more", len(ivs)-i))
			break
		}
		parts = append(parts, iv.String())
	}
	return strings.Join(parts, " or ")
}

// String gives the interval for people: ">=2.0-beta9, <2.15.0", "2.14.1", "8.x".
func (iv Interval) String() string {
	var parts []string
	if iv.Branch != "" {
		parts = append(parts, iv.Branch+".x")
	}
	for _, c := range iv.bounds() {
		parts = append(parts, c.op+c.version)
	}
	if len(parts) == 0 {
		return "*"
	}
	return strings.Join(parts, ", ")
}

// bounds is the interval's ends as comparators.
func (iv Interval) bounds() []constraint {
	if iv.Lo == iv.Hi && iv.Lo.Version != "" {
		return []constraint{{version: iv.Lo.Version}}
	}
	var cs []constraint
	if iv.Lo.Version != "" {
		cs = append(cs, constraint{op: op(">", iv.Lo), version: iv.Lo.Version})
	}
	if iv.Hi.Version != "" {
		cs = append(cs, constraint{op: op("<", iv.Hi), version: iv.Hi.Version})
	}
	return cs
}

func op(sign string, b Bound) string {
	if b.Inclusive {
		return sign + "="
	}
	return sign
}
