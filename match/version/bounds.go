package version

import "strings"

// comparator reads a bound that stands before its version: before 2.3.1, from
// 1.0 to 2.0, >= 1.0 < 2.0, before 2.2.5, 2.3.3 and 2.4.1.
func (p *reader) comparator() {
	first, t := p.i, p.toks[p.i]
	p.fixed = p.fixed && p.fixedAt == first-1
	v := p.versionWithin(first+1, near)
	next := p.skipLabels(first + 1)
	if v < 0 && t.kind == kPrefix && p.at(next).text == "," {
		v = p.versionWithin(next+1, 0)
	}
	switch {
	case v < 0 && t.kind == kPrefix && (p.at(next).kind == kVague || p.at(next).kind == kModel && isDigit(p.text[p.at(next).start])):
		p.giveUp(first, next)
		return
	case v < 0 && t.kind == kPrefix && p.dated(first) > 0:
		p.giveUp(first, p.dated(first))
		return
	case v < 0 && isSymbol(t.text):
		p.giveUp(first, first)
		return
	case v > 0 && t.kind == kTo && t.text == "to" && v == next:
		p.giveUp(first, v)
		return
	case v < 0 || t.kind == kFrom || !p.names(first+1, v) || t.kind == kTo && !p.opensRange(first):
		p.i++
		p.list = nil
		return
	case p.doubled(v):
		p.giveUp(first, v+2)
		return
	}
	if t.side < 0 || t.kind == kTo {
		p.upper(first, v, Interval{})
		return
	}
	p.lower(first, v, "")
}

// names says that only a name stands between a comparator and its version:
// "before Firefox 45.0", but not "after free in V8".
func (p *reader) names(from, v int) bool {
	for _, t := range p.toks[from:v] {
		if t.kind == kOf || (t.kind == kWord || t.kind == kModel) && !t.caps && isLetter(p.text[t.start]) {
			return false
		}
	}
	return true
}

// dated is the version of a month's release, -1 where none follows: "prior to SMR
// Jan-2023 Release 1" is no bound that a version can be held against.
func (p *reader) dated(first int) int {
	month := p.skip(first+1, near)
	if p.at(month).kind != kSkip || p.at(month+1).kind != kLabel {
		return -1
	}
	return p.versionWithin(month+1, 0)
}

// opensRange says that a connector without a version before it is a bound by
// itself: "through 3.10.3", "～1.2".
func (p *reader) opensRange(i int) bool {
	t := p.toks[i]
	if w := strings.ToLower(t.text); strings.HasPrefix(w, "th") || strings.HasPrefix(w, "un") || w == "till" {
		return true
	}
	before := token{phrase: phrase{kind: kStop}}
	if i > 0 {
		before = p.toks[i-1]
	}
	switch before.kind {
	case kStop, kSep, kColon, kOpen, kLabel:
		return t.text == "~" || t.text == "〜"
	}
	return false
}

// doubled says that a second version follows v with nothing but a label
// between, so that it isn't known which of them is meant: ">= 21 version 21.1".
func (p *reader) doubled(v int) bool {
	return p.at(v+1).kind == kLabel && isLetter(p.toks[v+1].text[0]) && p.at(v+2).isVersion()
}

// upper reads "before V" from v on, in base (a branch or a lower bound).
func (p *reader) upper(first, v int, base Interval) {
	op, ver := p.opBefore(v), p.toks[v]
	if ver.stage && base.Lo.Version != "" {
		ver.text = base.Lo.Version + " " + ver.text // 10 before Update 12
	}
	iv := base
	iv.Hi = upperBound(ver, op.inclusive)
	last := v
	if iv.Lo.Version != "" && !ordered(iv.Lo.Version, iv.Hi.Version) {
		p.giveUp(first, last)
		return
	}
	if op.kind == kTo {
		iv.Hi = upperBound(ver, true)
	}
	if j := p.skip(v+1, 0); op.inclusive && p.at(j).kind == kPrefix && p.at(j).side < 0 {
		if w := p.versionWithin(j+1, 0); w > 0 && (ver.branch != "" || inBranch(bareText(ver), p.toks[w].text) == In) {
			iv.Hi, last, v = upperBound(p.toks[w], p.at(j).inclusive), w, w // up to 10.x before 10.3
		}
	}
	if n := p.at(v + 1); n.kind == kSuffix && n.side < 0 && !n.plain {
		last++
		iv.Hi.Inclusive = true
	}
	if base.Branch == "" && ver.branch == "" {
		if next := p.ofBranch(last+1, iv.Hi.Version); next > 0 {
			iv.Branch, last = p.toks[next].branch, next
			if p.at(next+1).kind == kWild {
				iv.Branch, last = bareText(p.toks[next]), next+1
			}
		}
	}
	p.emit(iv, first, last)
	switch {
	case base == (Interval{}), base.Branch == "" && p.toks[v-1].text == "versions":
		p.series(first, last, op)
	case p.at(last+1).kind == kSep && p.at(last+2).kind == kVersion && p.at(last+2).branch == "" && !p.bindsOn(last+3):
		if branchOf(p.at(last+2).text) == branchOf(iv.Hi.Version) {
			p.orphan(last+2, op)
		}
	}
	p.join()
}

// opBefore is the comparator that v belongs to.
func (p *reader) opBefore(v int) token {
	for v--; v >= 0; v-- {
		if p.toks[v].kind == kPrefix || p.toks[v].kind == kTo || p.toks[v].kind == kSuffix {
			return p.toks[v]
		}
	}
	return token{}
}

// ofBranch finds the branch of "2.15.0 より前の 2.x", "20.4R3 より前の 20.4": の,
// labels, then a branch or a version that bound refines; -1 where none follows.
func (p *reader) ofBranch(i int, bound string) int {
	if p.at(i).kind == kLabel {
		i++
	}
	on := p.at(i).text == "on" // the 2.4 line
	if p.at(i).kind != kOf && !on {
		return -1
	}
	j := p.versionWithin(i+1, 0)
	if on && p.at(j+1).kind != kWild {
		return -1
	}
	if j > 0 && (p.toks[j].branch != "" || p.at(j+1).kind == kWild || !p.bindsOn(j+1) && inBranch(p.toks[j].text, bound) == In) {
		return j
	}
	return -1
}

// bindsOn says that what follows a version makes a range of it, so that it is
// no mere item of a list.
func (p *reader) bindsOn(i int) bool {
	j := p.skip(i, 0)
	switch t := p.at(j); t.kind {
	case kPrefix, kSuffix, kTo, kFrom, kWild, kAll, kColon:
		return true
	case kSep:
		n := p.at(p.skip(j+1, 0))
		return n.kind == kSuffix && n.self
	}
	return false
}

// lower reads a lower bound at v, and the upper one that belongs to it.
func (p *reader) lower(first, v int, branch string) {
	op, ver := p.opBefore(v), p.toks[v]
	iv := Interval{Branch: branch, Lo: lowerBound(ver, op.inclusive)}
	last := v
	if p.at(last+1).kind == kSuffix && p.at(last+1).side > 0 {
		last++
		iv.Lo.Inclusive = p.toks[last].inclusive || iv.Lo.Inclusive
	}
	p.closeInterval(iv, first, last)
}

// closeInterval looks for the upper bound of an interval that begins at iv.Lo,
// from behind token last on, and emits the interval.
func (p *reader) closeInterval(iv Interval, first, last int) {
	j := p.skip(last+1, 0)
	for p.at(j).kind == kSep || p.at(j).kind == kOf {
		j = p.skip(j+1, 0)
	}
	if p.at(j).kind == kTo && p.at(j+1).kind == kPrefix && p.at(j+1).side < 0 {
		j++
	}
	switch t := p.at(j); {
	case t.kind == kTo, t.kind == kFrom:
		if v := p.versionWithin(j+1, near); v > 0 {
			p.rangeTo(iv, first, v)
			return
		}
	case t.kind == kPrefix && t.side < 0:
		v := p.versionWithin(j+1, near)
		if v > 0 && ordered(iv.Lo.Version, p.toks[v].text) {
			p.upper(first, v, iv)
			return
		}
	case t.isVersion():
		if s := p.suffixAfter(j); s > 0 && p.toks[s].side < 0 && ordered(iv.Lo.Version, t.text) && !p.toks[s].self {
			iv.Hi = upperBound(t, p.toks[s].inclusive)
			p.emit(iv, first, s)
			return
		}
	}
	if p.toks[last].kind == kFrom {
		p.giveUp(first, last)
		return
	}
	p.emit(iv, first, last)
}

// suffixAfter is the index of the comparator that follows the version at v,
// over labels, a closing parenthesis and, where it refers back, a separator; -1
// where none does.
func (p *reader) suffixAfter(v int) int {
	j := p.skip(v+1, 0)
	switch {
	case p.at(j).kind == kClose:
		j = p.skip(j+1, 0)
	case p.at(j).kind == kOpen && p.at(j+1).isVersion() && p.at(j+2).kind == kClose:
		j = p.skip(j+3, 0) // another name of the version: 1.5.99.901 (1.6 RC1)
	}
	j = p.platform(j)
	if t := p.at(j); t.kind == kOpen || t.kind == kSep {
		n := p.skip(j+1, 0)
		for p.at(n).kind == kSep {
			n = p.skip(n+1, 0) // 、および
		}
		if p.at(n).kind == kSuffix && p.at(n).self {
			return n
		}
		return -1
	}
	if p.at(j).kind == kSuffix {
		return j
	}
	return -1
}

// platform passes over "for Windows" at j where words that refer back follow it:
// "1.2.3 for Windows and earlier".
func (p *reader) platform(j int) int {
	if t := p.at(j); t.text != "for" && t.text != "on" {
		return j
	}
	k := j + 1
	for k <= j+near && (p.at(k).kind == kWord || p.at(k).kind == kModel) && p.at(k).caps {
		k++
	}
	if t := p.at(k); k > j+1 && t.kind == kSuffix && t.self {
		return k
	}
	return j
}

// rangeTo ends an interval at v: "through 2.14.1", "から 2.15.0 より前".
func (p *reader) rangeTo(iv Interval, first, v int) {
	ver, last := p.toks[v], v
	inclusive := true
	switch s := p.suffixAfter(v); {
	case s > 0 && p.toks[s].side < 0:
		inclusive, last = p.toks[s].inclusive, s
	case s > 0:
		p.giveUp(first, s)
		return
	}
	if n := p.at(p.skip(v+1, 0)); n.kind == kPrefix && n.side < 0 && last == v {
		w := p.versionWithin(p.skip(v+1, 0)+1, 0)
		if w > 0 && (ver.branch != "" || inBranch(bareText(ver), p.toks[w].text) == In) {
			ver, last, inclusive = p.toks[w], w, n.inclusive
		}
	}
	if p.at(last+1).kind == kWild && ver.branch == "" {
		ver.branch = strings.TrimLeft(ver.text, "vV")
		last++
	}
	iv.Hi = upperBound(ver, inclusive)
	if !ordered(iv.Lo.Version, iv.Hi.Version) {
		p.giveUp(first, last)
		return
	}
	p.emit(iv, first, last)
}

// between reads "between A and B".
func (p *reader) between() {
	first := p.i
	a := p.versionWithin(first+1, near)
	if a < 0 || p.at(a+1).kind != kSep {
		p.i++
		return
	}
	b := p.versionWithin(a+2, 0)
	if b < 0 {
		p.i++
		return
	}
	p.rangeTo(Interval{Lo: lowerBound(p.toks[a], true)}, first, b)
}

// lowText is the version from which "from V" counts: 11 of 11.x.
func lowText(t token) string {
	if t.branch != "" {
		return t.branch
	}
	return t.text
}

// lowerBound begins an interval at a version or at a branch.
func lowerBound(t token, inclusive bool) Bound {
	return Bound{Version: lowText(t), Inclusive: t.includes(inclusive)}
}

// includes is whether a bound at t belongs to its range: as the comparator says,
// unless the text says otherwise of the version itself.
func (t token) includes(inclusive bool) bool {
	if t.edge != 0 {
		return t.edge > 0
	}
	return inclusive
}

// upperBound ends an interval at a version, or behind a branch: "through 16.x"
// is below 17.
func upperBound(t token, inclusive bool) Bound {
	if t.branch == "" {
		return Bound{Version: t.text, Inclusive: t.includes(inclusive)}
	}
	if !inclusive {
		return Bound{Version: t.branch}
	}
	return Bound{Version: nextBranch(rawNums(t.branch))}
}

// ordered says that lo isn't known to be above hi.
func ordered(lo, hi string) bool {
	c, ok := compareGeneric(clean(lo), clean(hi))
	return !ok || c <= 0
}
