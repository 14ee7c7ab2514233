package version

import "strings"

// version reads what begins with a version: a bound behind it, a range, a
// branch, a list, or the version alone.
func (p *reader) version() {
	first := p.i
	t := p.toks[first]
	j := p.skip(first+1, 0)
	next := p.at(j)
	switch s := p.suffixAfter(first); {
	case p.alias(first):
		p.i = j + 1
	case s > 0:
		p.suffixed(first, s)
	case next.kind == kWild && (t.kind == kVersion || next.text[0] >= 0x80 || p.labelled(first) || p.bare(first)):
		p.branch(first, j)
	case t.branch != "":
		p.branch(first, first)
	case next.kind == kTo || next.kind == kFrom:
		p.span(first, j)
	case next.kind == kPrefix:
		p.infix(first, j)
	case next.kind == kAll && t.kind == kVersion:
		p.emit(Interval{Branch: bareText(t)}, first, j)
	case next.kind == kOf && p.at(j+1).kind == kAll:
		p.emit(Interval{Branch: bareText(t)}, first, j+1)
	case p.allOfIt(j):
		p.emit(Interval{Branch: bareText(t)}, first, j+2)
	case t.kind == kVersion && j > first+1 && next.isVersion() && p.suffixAfter(j) > 0 && p.narrowed(first, j, bareText(t)): // 22.2 versions 22.2R1 and later
	case p.elsewhere(first, j):
		p.i = j + 1
	case (next.kind == kColon || next.kind == kOpen) && p.bounds(j+1) && p.narrowed(first, j, bareText(t)):
	case next.kind == kColon && p.heads(first, j):
		p.i = j + 1
	default:
		p.single(first)
	}
}

// elsewhere says that a version is that of the place where the product runs
// ("Java 8 上で"), or a name's number ("V8 in Chrome"). next follows it.
func (p *reader) elsewhere(first, next int) bool {
	t, n := p.toks[first], p.at(next)
	if n.kind == kAside && strings.HasPrefix(n.text, "上") {
		return true
	}
	return t.kind == kWeak && n.text == "in" && p.at(next+1).kind == kWord && !p.labelled(first) && !isDigit(t.text[0])
}

// allOfIt says that "(all versions)" stands at i.
func (p *reader) allOfIt(i int) bool {
	return p.at(i).kind == kOpen && p.at(i+1).kind == kAll && p.at(i+2).kind == kClose
}

// bounds says that a comparator stands at i, or behind "all patch levels" there.
func (p *reader) bounds(i int) bool {
	return p.at(i).kind == kPrefix || p.at(i).kind == kAll && p.at(p.skip(i+1, 2)).kind == kPrefix
}

// wholeCell says that "all versions" stands at i and nothing that limits it.
func (p *reader) wholeCell(i int) bool {
	return p.at(i).kind == kAll && p.ends(p.skipLabels(i+1))
}

// alias says that a version in parentheses only names again what was just read:
// "4.0 SP 9.2 (4.0.9.1541235)", "7.2.0 から 7.2.4 (7.2 系)". A branch there limits
// a bound of its own: "7.2.5 より前 (7.2 系)".
func (p *reader) alias(first int) bool {
	n, open, end := len(p.ranges), first-1, first+1
	for open >= 0 && p.toks[open].kind == kLabel {
		open--
	}
	wild := p.at(end).kind == kWild
	if wild {
		end++
	}
	if open < 0 || p.toks[open].kind != kOpen || p.at(end).kind != kClose || n == p.clause {
		return false
	}
	last := &p.ranges[n-1]
	if last.Lo == last.Hi {
		return false
	}
	name := bareText(p.toks[first])
	if (wild || p.toks[first].branch != "") && last.Lo.Version == "" && last.Branch == "" && inBranch(name, last.Hi.Version) == In {
		last.Branch = name
	}
	return true
}

// bareText is a version's numbers as a branch: 10.4 of v10.4.
func bareText(t token) string {
	if t.branch != "" {
		return t.branch
	}
	s := strings.ToLower(t.text)
	return t.text[prefixLen(s):]
}

// suffixed reads "2.14.1 以前", "7.0.0 以上 7.0.15 未満", "2.15.0 より前の 2.x",
// and the list that such a bound may close.
func (p *reader) suffixed(first, s int) {
	t, op := p.toks[first], p.toks[s]
	if slashDate.MatchString(t.text) && p.at(s+1).kind == kWord { // 2023/12/15 より前にリリースされた
		p.giveUp(first, s)
		return
	}
	if op.side > 0 {
		p.closeInterval(Interval{Lo: lowerBound(t, op.inclusive)}, first, s)
		return
	}
	iv, last := Interval{Hi: upperBound(t, op.inclusive)}, s
	if b := p.ofBranch(s+1, iv.Hi.Version); b > 0 {
		iv.Branch, last = bareText(p.toks[b]), b
		if p.at(b+1).kind == kWild {
			last++
		}
	}
	if n := p.at(s + 1); op.inclusive && n.kind == kPrefix && n.side < 0 {
		if v := p.versionWithin(s+2, 0); v > 0 && t.branch != "" && inBranch(t.branch, p.toks[v].text) == In {
			iv.Hi, last = upperBound(p.toks[v], n.inclusive), v // 10.x and prior before 10.3.0
		}
	}
	if iv.Branch == "" && !op.self {
		if fixes := p.listBefore(t, op); fixes != nil {
			start := p.list[0]
			from := p.tokenAt(p.ranges[start].Span.Start)
			p.ranges = p.ranges[:start]
			p.list = nil
			p.emitFixes(Bound{}, fixes, from, s, false)
			return
		}
	}
	p.emit(iv, first, last)
	p.list = nil
}

// branch reads "8.x", "8 系", "8.x before 8.5.3", "8.x: 8.0 から 8.5.2".
func (p *reader) branch(first, last int) {
	name := bareText(p.toks[first])
	j := p.skip(last+1, 0)
	if p.at(j).kind == kOf {
		j = p.skip(j+1, 0)
	}
	if p.at(j).kind == kAll {
		p.emit(Interval{Branch: name}, first, j)
		return
	}
	switch t := p.at(j); {
	case p.allOfIt(j):
		p.emit(Interval{Branch: name}, first, j+2)
		return
	case t.kind == kColon && p.wholeCell(j+1):
		p.emit(Interval{Branch: name}, first, j+1)
		return
	case t.kind == kSuffix && !t.self:
		p.branchSuffixed(first, j)
		return
	case t.kind == kTo && p.at(j+1).kind == kAll && p.narrowed(first, j, name):
		return
	case t.kind == kTo || t.kind == kFrom:
		p.span(first, j)
		return
	case t.kind == kPrefix:
		p.infix(first, j)
		return
	case t.kind == kColon || t.kind == kOpen || p.at(j-1).kind == kOf:
		if p.narrowed(first, j, name) {
			return
		}
	case t.isVersion() && j == last+1 && p.toks[last].kind == kWild && p.bindsOn(j+1) && inBranch(name, t.text) == In:
		if p.narrowed(first, j, name) {
			return
		}
	case t.isVersion() && j == last+1 && p.toks[last].kind == kWild && p.suffixAfter(j) > 0:
		if !p.narrowed(first, j, strings.TrimSuffix(name, ".0")) { // 10.0.0 系 10.0.5 以前
			p.giveUp(first, p.suffixAfter(j))
		}
		return
	}
	p.emit(Interval{Branch: name}, first, last)
}

// branchSuffixed reads "8.x 以前".
func (p *reader) branchSuffixed(first, s int) {
	t := p.toks[first]
	if t.branch == "" {
		t.branch = bareText(t)
	}
	op := p.toks[s]
	if op.side > 0 {
		lo := Bound{Version: t.branch, Inclusive: op.inclusive}
		if !op.inclusive {
			lo = Bound{Version: nextBranch(rawNums(t.branch)), Inclusive: true}
		}
		p.closeInterval(Interval{Lo: lo}, first, s)
		return
	}
	p.emit(Interval{Hi: upperBound(t, op.inclusive)}, first, s)
}

// narrowed reads the range that stands behind a branch and is about it:
// "7.2.x: 7.2.0 から 7.2.4", "8 系の 8.5.3 未満". j is the colon or parenthesis.
func (p *reader) narrowed(first, j int, name string) bool {
	k := j
	if kind := p.at(j).kind; kind == kColon || kind == kOpen || kind == kTo {
		k++
	}
	k = p.skip(k, 0)
	if p.at(k).kind == kAll && p.bounds(k) {
		k = p.skip(k+1, 2)
	}
	t := p.at(k)
	if !t.isVersion() && t.kind != kPrefix {
		return false
	}
	v := k
	if t.kind == kPrefix {
		if v = p.versionWithin(k+1, 0); v < 0 {
			return false
		}
	} else if !p.bindsOn(k+1) && p.suffixAfter(k) < 0 {
		return false
	}
	if inBranch(name, lowText(p.toks[v])) != In {
		return false
	}
	before := len(p.ranges)
	p.i = k
	if t.kind == kPrefix {
		p.comparator()
	} else {
		p.version()
	}
	for n := before; n < len(p.ranges); n++ {
		if p.ranges[n].Branch == "" && (p.ranges[n].Lo.Version == "" || p.ranges[n].Hi.Version == "") {
			p.ranges[n].Branch = name
		}
		p.ranges[n].Span.Start = p.toks[first].start
	}
	return len(p.ranges) > before
}

// heads says that a version and a colon only head the range that follows:
// "7.2: 7.2.0 から 7.2.4".
func (p *reader) heads(first, colon int) bool {
	v := p.versionWithin(colon+1, 0)
	return v > 0 && p.bindsOn(v+1) && inBranch(bareText(p.toks[first]), lowText(p.toks[v])) == In
}

// span reads "A through B", "A から B まで", "A - B"; to is the connector.
func (p *reader) span(first, to int) {
	t := p.toks[first]
	iv := Interval{Lo: lowerBound(t, true)}
	if p.at(first+1).kind == kWild {
		iv.Lo.Version = bareText(t)
	}
	j := p.skip(to+1, 0)
	if p.toks[to].text == "から" && p.at(j).kind == kSep {
		if v := p.versionWithin(j+1, 0); v > 0 && p.suffixAfter(v) > 0 && p.at(p.suffixAfter(v)).side < 0 {
			p.rangeTo(iv, first, v)
			return
		}
	}
	if n := p.at(j); n.kind == kPrefix && n.side < 0 {
		if v := p.versionWithin(j+1, near); v > 0 {
			p.upper(first, v, iv)
			return
		}
	}
	if v := p.versionWithin(to+1, near); v > 0 {
		p.rangeTo(iv, first, v)
		return
	}
	switch {
	case p.wholeCell(to + 1):
		p.emit(Interval{Branch: bareText(t)}, first, to+1)
	case (p.toks[to].text == "から" || p.toks[to].text == "~" || p.toks[to].text == "〜") && p.ends(to+1):
		p.emit(iv, first, to)
	case p.toks[to].kind == kFrom || p.toks[to].text == "to" || strings.HasPrefix(p.toks[to].text, "un"):
		p.single(first)
	default:
		p.giveUp(first, to)
	}
}

// ends says that a list item or the text ends at token i.
func (p *reader) ends(i int) bool {
	k := p.at(i).kind
	return k == kStop || k == kSep || k == kClose
}

// infix reads "2.4 before 2.4.5", "1.x < 1.2.3", and "4.0 <= version", where
// the version stands on the left.
func (p *reader) infix(first, at int) {
	t, op := p.toks[first], p.toks[at]
	v := p.versionWithin(at+1, near)
	if n := p.at(p.skipLabels(at + 1)); v < 0 && (n.kind == kModel || n.kind == kVague) {
		p.giveUp(first, p.skipLabels(at+1))
		return
	}
	if v < 0 {
		if isSymbol(op.text) && p.at(at+1).kind == kLabel || isSymbol(op.text) && p.at(at+1).kind == kWord {
			p.flipped(first, at)
			return
		}
		if strings.HasPrefix(op.text, "at ") { // "1.2.3 at most"
			p.giveUp(first, at)
			return
		}
		p.single(first)
		return
	}
	if isSymbol(op.text) && p.toks[v].isVersion() && v > at+1 && p.at(v-1).kind == kLabel {
		p.flipped(first, at)
		return
	}
	name := bareText(t)
	inside := inBranch(name, p.toks[v].text) == In
	if p.toks[v].stage {
		t.kind = kVersion
	}
	switch {
	case op.side < 0 && t.branch != "" && inside:
		p.upper(first, v, Interval{Branch: name})
	case op.side < 0 && t.kind == kWeak && !inside:
		p.i = at // the number belonged to a name: Windows 10 before 1909
	case op.side < 0 && !p.toks[v].stage && !ordered(lowText(t), p.toks[v].text):
		p.single(first)
	case op.side < 0:
		p.upper(first, v, Interval{Lo: lowerBound(t, true)})
	case inside:
		p.lower(first, v, name)
	default:
		p.single(first)
	}
}

// flipped reads "4.0 <= version <= 6.3.2".
func (p *reader) flipped(first, at int) {
	op := p.toks[at]
	b := Bound{Version: p.toks[first].text, Inclusive: op.inclusive}
	if op.side < 0 {
		last := at
		for k := at + 1; p.at(k).kind == kLabel || p.at(k).kind == kWord; k++ {
			last = k
		}
		p.closeInterval(Interval{Lo: b}, first, last)
		return
	}
	p.emit(Interval{Hi: b}, first, at+1)
}

func isSymbol(s string) bool {
	return s != "" && strings.Contains("<>=≦≧≤≥", s[:1]) || strings.HasPrefix(s, "≦") || strings.HasPrefix(s, "≧") || strings.HasPrefix(s, "≤") || strings.HasPrefix(s, "≥")
}

// single reads a version that stands alone. A weak one counts where a label
// marks it or nothing else is in its cell; in a sentence it is a name's number.
func (p *reader) single(first int) {
	t := p.toks[first]
	if t.other {
		p.i++
		return
	}
	if t.kind == kWeak && !p.labelled(first) && !p.bare(first) {
		p.number(first)
		return
	}
	n := len(p.ranges)
	list := p.list
	p.emit(p.asHeaded(t), first, first)
	if len(p.ranges) > n {
		p.list = append(list, n)
	}
}

// number passes over a weak version that a sentence only mentions: a date, a fix
// or another product's says nothing, any other is unread.
func (p *reader) number(first int) {
	t := p.toks[first]
	switch {
	case p.fixed || dateLook.MatchString(t.text):
		p.i++
	case p.aside:
		p.asides = append(p.asides, Span{t.start, t.end})
		p.i++
	default:
		p.giveUp(first, first)
	}
}

// asHeaded is a version alone, or the bound that the heading over it makes of it:
// "the following versions and lower: 2021.4".
func (p *reader) asHeaded(t token) Interval {
	switch {
	case p.heading == nil:
		return Exactly(t.text)
	case p.heading.side < 0:
		return Interval{Hi: upperBound(t, p.heading.inclusive)}
	}
	return Interval{Lo: lowerBound(t, p.heading.inclusive)}
}

func (p *reader) labelled(i int) bool {
	return i > 0 && p.toks[i-1].kind == kLabel && !p.toks[i-1].plain
}

// bare says that the text holds nothing but versions and what lists them, so
// that a number alone is a version too.
func (p *reader) bare(i int) bool {
	for k := i - 1; k >= 0 && k >= i-maxConstraints; k-- {
		if !isListed(p.toks[k].kind) {
			return false
		}
	}
	for k := i + 1; k < len(p.toks) && k <= i+maxConstraints; k++ {
		if p.toks[k].kind == kOpen {
			break
		}
		if !isListed(p.toks[k].kind) {
			return false
		}
	}
	return true
}

func isListed(k kind) bool {
	switch k {
	case kVersion, kWeak, kSep, kLabel, kStop, kSkip, kWild, kSuffix, kPrefix, kTo, kFrom, kAll:
		return true
	}
	return false
}

// settle looks at the text as a whole once all is read: names with digits are
// unread versions only where nothing else was one.
func (p *reader) settle() {
	p.capByFixes()
	p.apart()
	if len(p.ranges) > 0 || len(p.unread) > 0 {
		return
	}
	opaque := p.onlyNames()
	for _, t := range p.toks {
		switch {
		case t.kind != kModel:
		case opaque:
			p.ranges = append(p.ranges, ProseRange{Interval: Exactly(t.text), Span: Span{t.start, t.end}})
		case len(p.unread) < maxConstraints:
			p.unread = append(p.unread, Span{t.start, t.end})
		}
	}
}

// onlyNames says that the text lists names with digits and nothing else: "B.13
// and B.15". Each is a version that no other is ordered against.
func (p *reader) onlyNames() bool {
	for _, t := range p.toks {
		switch t.kind {
		case kSep, kLabel, kStop:
		case kModel:
			if strings.Contains(t.text, "-") && strings.Contains(t.text, ".") {
				return false // 2019-2020.1 may be a range
			}
		default:
			return false
		}
	}
	return len(p.toks) <= maxConstraints
}
