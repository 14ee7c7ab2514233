package version

import (
	"cmp"
	"slices"
	"strings"
)

// apart weighs several upper bounds by themselves: "8.0.33 以前、5.7.42 以前", "1.2.3
// 以前 (Windows 版)、1.2.5 以前 (macOS 版)". Each may be a branch's, a platform's or
// an edition's. What is within the lowest is in whatever is meant, and so is what
// is within a branch's own; what lies between is in doubt.
func (p *reader) apart() {
	var uppers []int
	for i, r := range p.ranges {
		if !r.Not && !r.Maybe && r.Branch == "" && r.Lo.Version == "" && r.Hi.Version != "" {
			uppers = append(uppers, i)
		}
	}
	if len(uppers) < 2 {
		return
	}
	lowest, known := uppers[0], true
	for _, i := range uppers {
		c, ok := compareGeneric(clean(p.ranges[i].Hi.Version), clean(p.ranges[lowest].Hi.Version))
		known = known && ok
		if ok && (c < 0 || c == 0 && !p.ranges[i].Hi.Inclusive) {
			lowest = i
		}
	}
	least := p.ranges[lowest].Hi
	var mine []ProseRange
	for _, i := range uppers {
		r := p.ranges[i]
		if known && r.Hi == least {
			continue
		}
		p.ranges[i].Maybe = true
		if branch := p.ownBranch(r.Hi, uppers); known && branch != "" {
			r.Branch = branch
			mine = append(mine, r)
		}
	}
	p.ranges = append(p.ranges, mine...)
}

// ownBranch is the first numbers of a bound, as few as tell it from the others;
// empty where none do.
func (p *reader) ownBranch(own Bound, uppers []int) string {
	nums := rawNums(own.Version)
	most := len(nums) - 1
	if len(parseVersion(clean(own.Version)).parts) > 0 {
		most++ // 10.6 SP2 is within 10.6
	}
	for n := 1; n <= most; n++ {
		branch := dotted(nums[:n])
		shared := slices.ContainsFunc(uppers, func(i int) bool {
			return p.ranges[i].Hi.Version != own.Version && inBranch(branch, p.ranges[i].Hi.Version) != Out
		})
		if !shared {
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
