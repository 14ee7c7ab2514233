package version

import (
	"cmp"
	"slices"
	"strings"
)

// apart weighs what a text says side by side without saying of what: "8.0.33 以前、
// 5.7.42 以前", "1.2.3 以前 (Windows 版)、1.2.5 以前 (macOS 版)", "A all versions, B
// before 3.2". Each may be a branch's, a platform's or another product's. What is
// in whatever is meant is in, and so is what is within a branch's own bound; what
// is in only if one of them is meant is in doubt.
func (p *reader) apart() {
	p.oneSides(-1, func(iv Interval) (bound, other Bound) { return iv.Hi, iv.Lo })
	p.oneSides(1, func(iv Interval) (bound, other Bound) { return iv.Lo, iv.Hi })
	p.wholes()
}

// oneSides weighs bounds of one side that have no other: the lowest of the upper
// ones (side -1), the highest of the lower ones (side 1).
func (p *reader) oneSides(side int, ends func(Interval) (bound, other Bound)) {
	var bounds []int
	for i, r := range p.ranges {
		if b, other := ends(r.Interval); !r.Not && !r.Maybe && r.Branch == "" && b.Version != "" && other.Version == "" {
			bounds = append(bounds, i)
		}
	}
	if len(bounds) < 2 {
		return
	}
	bound := func(i int) Bound { b, _ := ends(p.ranges[i].Interval); return b }
	sure, known := bound(bounds[0]), true
	for _, i := range bounds {
		b := bound(i)
		c, ok := compareGeneric(clean(b.Version), clean(sure.Version))
		known = known && ok
		if ok && (c*side > 0 || c == 0 && !b.Inclusive) {
			sure = b
		}
	}
	var mine []ProseRange
	for _, i := range bounds {
		b := bound(i)
		if known && b == sure {
			continue
		}
		p.ranges[i].Maybe = true
		others := slices.DeleteFunc(slices.Clone(bounds), func(k int) bool { return bound(k).Version == b.Version })
		if branch := ownBranch(b.Version, side, others, func(k int) string { return bound(k).Version }); known && branch != "" {
			r := p.ranges[i]
			r.Branch, r.Maybe = branch, false
			mine = append(mine, r)
		}
	}
	p.ranges = append(p.ranges, mine...)
}

// ownBranch is the first numbers of a version, as few as tell it from others;
// empty where none do.
func ownBranch(own string, side int, others []int, version func(int) string) string {
	nums := rawNums(own)
	most := len(nums) - 1
	if side > 0 || len(parseVersion(clean(own)).parts) > 0 {
		most++ // 10.6 SP2 is within 10.6, and 5.0.3 above 5.0
	}
	for n := 1; n <= most; n++ {
		branch := dotted(nums[:n])
		if !slices.ContainsFunc(others, func(i int) bool { return inBranch(branch, version(i)) != Out }) {
			return branch
		}
	}
	return ""
}

// dotted writes numbers as a version.
func dotted(nums []string) string {
	out := slices.Clone(nums)
	for i, n := range out {
		out[i] = cmp.Or(n, "0")
	}
	return strings.Join(out, ".")
}

// wholes puts "all versions" in doubt where something beside it is narrower, or
// where the text tells which version is fixed: what comes before that is in.
func (p *reader) wholes() {
	whole := func(r ProseRange) bool { return !r.Not && !r.Maybe && r.Interval == Interval{} }
	at := slices.IndexFunc(p.ranges, whole)
	if at < 0 {
		return
	}
	narrower := slices.ContainsFunc(p.ranges, func(r ProseRange) bool { return !r.Not && r.Interval != Interval{} })
	if !narrower && len(p.fixes) == 0 {
		return
	}
	span := p.ranges[at].Span
	for i := range p.ranges {
		p.ranges[i].Maybe = p.ranges[i].Maybe || whole(p.ranges[i])
	}
	fixes := make([]constraint, len(p.fixes))
	for i, f := range p.fixes {
		fixes[i] = constraint{op: "<", version: f}
	}
	if narrower || !branchFixes(fixes) {
		return
	}
	var before Range
	before.addFixes(Bound{}, fixes)
	for _, iv := range before.In {
		p.ranges = append(p.ranges, ProseRange{Interval: iv, Span: span})
	}
}
