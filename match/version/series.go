package version

import "slices"

// join makes one series of bounds that follow each other with only a separator
// between: "prior to 5.1.32 and prior to 5.2.6".
func (p *reader) join() {
	n := len(p.ranges)
	if n < p.clause+2 || p.fixed || p.other {
		return
	}
	a, b := p.ranges[n-2], p.ranges[n-1]
	if !a.plainUpper() || !b.plainUpper() || !p.onlySeparated(a.Span.End, b.Span.Start) {
		return
	}
	fixes := []constraint{{op("<", a.Hi), a.Hi.Version}, {op("<", b.Hi), b.Hi.Version}}
	if !branchFixes(fixes) {
		return
	}
	p.ranges = p.ranges[:n-2]
	p.emitFixes(Bound{}, fixes, p.tokenAt(a.Span.Start), p.i-1, true)
}

// plainUpper says that r is an exclusive upper bound alone.
func (r ProseRange) plainUpper() bool {
	return !r.Not && !r.Maybe && r.Branch == "" && r.Lo.Version == "" && r.Hi.Version != "" && !r.Hi.Inclusive
}

// onlySeparated says that between two places of the text stand separators and
// labels alone.
func (p *reader) onlySeparated(from, to int) bool {
	for k := p.i - 1; k >= 0 && p.toks[k].start >= from; k-- {
		if t := p.toks[k]; t.start < to && t.kind != kSep && t.kind != kLabel {
			return false
		}
	}
	return true
}

// series reads what follows "before 2.2.5": ", 2.3.3, and 2.4.1" are the fixes
// of further branches as long as they ascend and no comparator of their own
// follows them.
func (p *reader) series(first, last int, op token) {
	fixes := []constraint{{op: "<", version: p.lastHi()}}
	inclusive := op.inclusive || op.kind == kTo
	if inclusive {
		fixes[0].op = "<="
	}
	j := last + 1
	if other := p.otherProduct(first, j); other > 0 {
		p.giveUp(j, other)
		return
	}
	for j = p.pastAlias(j); p.at(j).kind == kSep; j = p.pastAlias(j) {
		for p.at(j).kind == kSep {
			j++
		}
		v := p.versionWithin(j, 0)
		if v < 0 || p.labelled(v) || p.toks[v].branch != "" || p.toks[v].kind == kWeak || p.bindsOn(v+1) {
			break
		}
		more := append(slices.Clone(fixes), constraint{op: fixes[0].op, version: p.toks[v].text})
		if op.kind == kTo && !sameDepth(fixes[0].version, p.toks[v].text) {
			break // "through 5.10.11 and 5.11-rc1"
		}
		if !branchFixes(slices.Clone(more)) || p.toks[v].other {
			p.orphan(v, op)
			break
		}
		fixes, last, j = more, v, v+1
	}
	if len(fixes) > 1 && len(p.ranges) > p.clause {
		branchFixes(fixes)
		lo := p.ranges[len(p.ranges)-1].Lo
		p.ranges = p.ranges[:len(p.ranges)-1]
		p.emitFixes(lo, fixes, first, last, !inclusive)
	}
}

// sameDepth says that two versions count in as many numbers.
func sameDepth(a, b string) bool { return len(rawNums(a)) == len(rawNums(b)) }

// otherProduct is the version of "before Firefox 45.0 and Thunderbird 38.7" that
// the comparator before the first name may bind too; -1 where there is none.
func (p *reader) otherProduct(first, j int) int {
	if p.at(p.skipLabels(first+1)).kind == kWord {
		for p.at(j).kind == kWord || p.at(j).kind == kWeak && p.at(j).stage {
			j++
		}
		if v := p.versionWithin(j+1, near); v > j+1 && p.at(j).kind == kSep && p.names(j+1, v) && !p.bindsOn(v+1) {
			return v
		}
	}
	return p.otherPlatform(j)
}

// otherPlatform is the version of "before 57.0.98 for Mac and 57.0.108 for
// Android"; -1 where there is none.
func (p *reader) otherPlatform(j int) int {
	if t := p.at(j); t.text != "for" && t.text != "on" {
		return -1
	}
	k := j + 1
	for k <= j+2*near && (p.at(k).kind == kWord && p.at(k).caps || p.at(k).kind == kSep) {
		k++
	}
	if n := p.at(k + 1); k > j+2 && p.at(k).kind == kVersion && p.at(k-1).kind == kSep && (n.text == "for" || n.text == "on") {
		return k
	}
	return -1
}

// pastAlias passes over another name of a version: 2021.0.6 (13.0.6).
func (p *reader) pastAlias(i int) int {
	if p.at(i).kind == kOpen && p.at(i+1).isVersion() && p.at(i+1).branch == "" && p.at(i+2).kind == kClose {
		return i + 3
	}
	return i
}

// orphan is a version behind "before 14.1R8-S5," that may be a fix like it or a
// version meant by itself.
func (p *reader) orphan(v int, op token) {
	if !op.inclusive && !p.fixed && p.at(v).kind == kVersion && ordered(p.lastHi(), p.toks[v].text) {
		p.giveUp(v, v)
	}
}

func (p *reader) lastHi() string {
	if len(p.ranges) == 0 {
		return ""
	}
	return p.ranges[len(p.ranges)-1].Hi.Version
}

// emitFixes records the bounds of several branches. sure says that each of them
// can only be a fix; else what is newer than a fix in its branch stays in doubt.
func (p *reader) emitFixes(lo Bound, fixes []constraint, first, last int, sure bool) {
	var r Range
	r.addFixes(lo, fixes)
	span := Span{p.toks[first].start, p.toks[last].end}
	for _, iv := range r.In {
		p.ranges = append(p.ranges, ProseRange{Interval: iv, Span: span, Not: p.except})
	}
	for _, iv := range r.Not {
		if sure && !p.except {
			p.ranges = append(p.ranges, ProseRange{Interval: iv, Span: span, Not: true})
		}
	}
	for _, iv := range r.Maybe {
		p.ranges = append(p.ranges, ProseRange{Interval: iv, Span: span, Maybe: true})
	}
	p.i = last + 1
}

// listBefore reads the list of "2.3.1、2.4.2 より前" as the bounds of branches:
// single versions that ascend up to t. nil where the list is none.
func (p *reader) listBefore(t token, op token) []constraint {
	if len(p.list) == 0 || p.toks[p.i-1].kind != kSep || t.branch != "" {
		return nil
	}
	sign := "<"
	if op.inclusive {
		sign = "<="
	}
	var out []constraint
	for _, r := range p.list {
		out = append(out, constraint{op: sign, version: p.ranges[r].Lo.Version})
	}
	out = append(out, constraint{op: sign, version: t.text})
	if !branchFixes(out) {
		return nil
	}
	return out
}

// branchFixes says that versions can be the bounds of several branches: each in
// another branch, rising or falling. It sorts them.
func branchFixes(cs []constraint) bool {
	falling := len(cs) > 1 && ordered(cs[1].version, cs[0].version)
	for k := 1; k < len(cs); k++ {
		c, ok := compareGeneric(cs[k-1].version, cs[k].version)
		if !ok || c == 0 || (c > 0) != falling || branchOf(cs[k-1].version) == branchOf(cs[k].version) {
			return false
		}
	}
	if falling {
		slices.Reverse(cs)
	}
	return true
}

// capByFixes ends a range that the text leaves open above at the versions that
// it says are fixed: "introduced in 1.2, fixed in 1.5". Where it can't be known
// which of them ends it, the range is in doubt.
func (p *reader) capByFixes() {
	open := slices.IndexFunc(p.ranges, ProseRange.openAbove)
	if open < 0 || len(p.fixes) == 0 {
		return
	}
	r := p.ranges[open]
	fixes := make([]constraint, len(p.fixes))
	known := !slices.ContainsFunc(p.ranges[open+1:], ProseRange.openAbove)
	for i, f := range p.fixes {
		fixes[i] = constraint{op: "<", version: f}
		c, ok := compareGeneric(clean(r.Lo.Version), clean(f))
		known = known && ok && c < 0
	}
	if !known || !branchFixes(fixes) {
		p.ranges[open].Maybe = true
		return
	}
	var capped Range
	capped.addFixes(r.Lo, fixes)
	p.ranges = slices.Delete(p.ranges, open, open+1)
	for _, iv := range capped.In {
		p.ranges = append(p.ranges, ProseRange{Interval: iv, Span: r.Span})
	}
	for _, iv := range capped.Not {
		p.ranges = append(p.ranges, ProseRange{Interval: iv, Span: r.Span, Not: true})
	}
	for _, iv := range capped.Maybe {
		p.ranges = append(p.ranges, ProseRange{Interval: iv, Span: r.Span, Maybe: true})
	}
}

// openAbove says that r has a lower bound alone.
func (r ProseRange) openAbove() bool {
	return !r.Not && !r.Maybe && r.Branch == "" && r.Lo.Version != "" && r.Hi.Version == ""
}

// tokenAt is the index of the token that starts at a byte.
func (p *reader) tokenAt(start int) int {
	for i := p.i; i >= 0; i-- {
		if i < len(p.toks) && p.toks[i].start <= start {
			return i
		}
	}
	return 0
}
