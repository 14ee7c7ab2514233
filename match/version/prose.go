package version

import (
	"slices"
	"strings"
)

// ProseRange is one range that a text states, and where.
type ProseRange struct {
	Interval
	Span Span
	// Not says that the text takes the interval out: "except 2.3.1", "2.x is
	// not affected".
	Not bool
	// Maybe says that the text may or may not mean the interval: what lies
	// between the branches of "before 10.1.9 and 11.0.1".
	Maybe bool
}

// ParseProse finds the version ranges that a Japanese or English text states,
// and what looks like a version and could not be read. Spans are bytes of text.
// Numbers that are no versions (CVE ids, dates, counts, a model's name) are
// neither. Text beyond 64 KiB is one unread span.
func ParseProse(text string) (ranges []ProseRange, unread []Span) {
	if len(text) > maxText {
		return nil, []Span{{0, len(text)}}
	}
	folded, at := fold(text)
	p := reader{toks: lex(folded), text: folded}
	p.read()
	p.settle()
	for i := range p.ranges {
		p.ranges[i].Span = p.ranges[i].Span.unfold(at)
	}
	for i := range p.unread {
		p.unread[i] = p.unread[i].unfold(at)
	}
	return p.ranges, p.unread
}

// unfold takes a span of folded text back to the source.
func (s Span) unfold(at []int32) Span {
	if at == nil {
		return s
	}
	return Span{int(at[s.Start]), int(at[s.End])}
}

// parseProse is Parse for prose.
func parseProse(text string, info ParseInfo) (Range, ParseInfo) {
	ranges, unread := ParseProse(text)
	info.Read, info.Unread = nil, unread
	r := Range{Partial: len(unread) > 0, Coarse: true}
	for _, pr := range ranges {
		info.Notation = "prose"
		info.Read = append(info.Read, pr.Span)
		switch {
		case pr.Not:
			r.Not = append(r.Not, pr.Interval)
		case pr.Maybe:
			r.Maybe = append(r.Maybe, pr.Interval)
		default:
			r.In = append(r.In, pr.Interval)
		}
	}
	return r, info
}

// reader turns tokens into ranges, left to right, each token looked at a
// bounded number of times.
type reader struct {
	toks    []token
	text    string
	i       int
	ranges  []ProseRange
	unread  []Span
	clause  int  // where the ranges of this clause begin
	except  bool // what follows is taken out
	fixedAt int
	fixed   bool   // what follows are fixes
	aside   bool   // single versions that follow are another product's
	other   bool   // and so are ranges
	asides  []Span // those versions
	list    []int  // ranges of single versions that the list at hand holds
}

// near is how many words may stand between a comparator and its version: a
// product's name, no more.
const near = 4

func (p *reader) read() {
	for p.i < len(p.toks) {
		switch t := p.toks[p.i]; t.kind {
		case kVersion, kWeak:
			p.version()
		case kPrefix, kFrom, kTo:
			p.comparator()
		case kBetween:
			p.between()
		case kAll:
			p.all()
		default:
			p.mark(t)
			p.i++
		}
	}
	p.endClause()
}

// mark notes what a word does to the versions around it.
func (p *reader) mark(t token) {
	switch t.kind {
	case kStop:
		p.endClause()
	case kExcept:
		p.except = p.versionWithin(p.i+1, near) > 0 || p.at(p.skip(p.i+1, near)).kind == kPrefix
		p.list = nil
	case kFixed:
		p.fixed, p.fixedAt = true, p.i
	case kClose:
		p.fixed = false
	case kFixedJa:
		p.dropSingles()
	case kBut:
		p.takeOut()
	case kSafe:
		p.safe()
	case kVague:
		p.unread = append(p.unread, Span{t.start, t.end})
	case kAside:
		p.aside, p.other = true, p.other || t.self
	case kSuffix:
		p.strandedSuffix(t)
	case kSep:
		p.aside = p.aside && t.text != "," && t.text != "、"
	default:
		p.list = nil
	}
}

func (p *reader) endClause() {
	if len(p.ranges) == p.clause {
		p.unread = append(p.unread, p.asides...)
	}
	p.asides = p.asides[:0]
	p.clause, p.except, p.fixed, p.aside, p.other, p.list = len(p.ranges), false, false, false, false, nil
}

// strandedSuffix is "and earlier" without a version before it.
func (p *reader) strandedSuffix(t token) {
	if !t.plain {
		p.unread = append(p.unread, Span{t.start, t.end})
	}
}

// dropSingles takes back the single versions of the clause: they were fixes.
func (p *reader) dropSingles() {
	kept := p.ranges[:p.clause]
	for _, r := range p.ranges[p.clause:] {
		if r.Lo != r.Hi || r.Lo.Version == "" {
			kept = append(kept, r)
		}
	}
	p.ranges, p.list = kept, nil
}

// takeOut makes the last range an exception: "2.3.1 を除く".
func (p *reader) takeOut() {
	if n := len(p.ranges); n > p.clause {
		p.ranges[n-1].Not = true
	}
}

// safe takes out what "is not affected" is said of: the ranges before it, as
// long as they are one list of one shape, else those that follow.
func (p *reader) safe() {
	n := len(p.ranges)
	if n == p.clause {
		p.except = true
		return
	}
	for i := n - 1; i >= p.clause; i-- {
		if i < n-1 && (p.ranges[i].oneSided() != p.ranges[i+1].oneSided() || !p.onlySeparated(p.ranges[i].Span.End, p.ranges[i+1].Span.Start)) {
			return
		}
		p.ranges[i].Not = true
	}
}

// oneSided says that r has one bound alone.
func (r ProseRange) oneSided() bool {
	return (r.Lo.Version == "") != (r.Hi.Version == "")
}

// skip passes over labels and up to words words from i on.
func (p *reader) skip(i, words int) int {
	for ; i < len(p.toks); i++ {
		switch p.toks[i].kind {
		case kLabel:
		case kWord, kModel, kOf:
			if words == 0 {
				return i
			}
			words--
		default:
			return i
		}
	}
	return i
}

// skipLabels passes over labels from i on.
func (p *reader) skipLabels(i int) int {
	for p.at(i).kind == kLabel {
		i++
	}
	return i
}

// versionWithin is the index of the version that follows i after labels and at
// most words words, -1 where none does.
func (p *reader) versionWithin(i, words int) int {
	j := p.skip(i, words)
	if j < len(p.toks) && p.toks[j].isVersion() {
		return j
	}
	return -1
}

func (p *reader) at(i int) token {
	if i < len(p.toks) {
		return p.toks[i]
	}
	return token{phrase: phrase{kind: kStop}}
}

// emit records a range read from tokens first to last, and goes on after them.
func (p *reader) emit(iv Interval, first, last int) {
	last = min(last, len(p.toks)-1)
	r := ProseRange{Interval: iv, Span: Span{p.toks[first].start, p.toks[last].end}, Not: p.except}
	p.i = last + 1
	if p.fixed || p.other || p.aside && iv.Lo == iv.Hi {
		if !p.fixed {
			p.asides = append(p.asides, r.Span)
		}
		return
	}
	p.ranges = append(p.ranges, r)
}

// giveUp records tokens first to last as unread, and goes on after them.
func (p *reader) giveUp(first, last int) {
	last = min(last, len(p.toks)-1)
	p.unread = append(p.unread, Span{p.toks[first].start, p.toks[last].end})
	p.i = last + 1
	p.list = nil
}

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

// opensRange says that a connector without a version before it is a bound by
// itself: "through 3.10.3", "～1.2".
func (p *reader) opensRange(i int) bool {
	t := p.toks[i]
	if strings.HasPrefix(strings.ToLower(t.text), "th") {
		return true
	}
	before := token{phrase: phrase{kind: kStop}}
	if i > 0 {
		before = p.toks[i-1]
	}
	switch before.kind {
	case kStop, kSep, kColon, kOpen, kLabel:
		return t.text == "~"
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
				iv.Branch, last = strings.TrimLeft(p.toks[next].text, "vV"), next+1
			}
		}
	}
	p.emit(iv, first, last)
	switch {
	case base == (Interval{}):
		p.series(first, last, op)
	case p.at(last+1).kind == kSep && p.at(last+2).kind == kVersion && p.at(last+2).branch == "" && !p.bindsOn(last+3):
		if branchOf(p.at(last+2).text) == branchOf(iv.Hi.Version) {
			p.orphan(last+2, op)
		}
	}
	p.join()
}

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
	p.emitFixes(fixes, p.tokenAt(a.Span.Start), p.i-1, true)
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
	if p.at(i).kind != kOf {
		return -1
	}
	j := p.versionWithin(i+1, 0)
	if j > 0 && (p.toks[j].branch != "" || p.at(j+1).kind == kWild || !p.bindsOn(j+1) && inBranch(p.toks[j].text, bound) == In) {
		return j
	}
	return -1
}

// series reads what follows "before 2.2.5": ", 2.3.3, and 2.4.1" are the fixes
// of further branches as long as they ascend and no comparator of their own
// follows them.
func (p *reader) series(first, last int, op token) {
	fixes := []constraint{{op: "<", version: p.lastHi()}}
	if op.inclusive || op.kind == kTo {
		fixes[0].op = "<="
	}
	j := last + 1
	for p.at(j).kind == kSep {
		for p.at(j).kind == kSep {
			j++
		}
		v := p.versionWithin(j, 0)
		if v < 0 || p.labelled(v) || p.toks[v].branch != "" || p.toks[v].kind == kWeak || p.bindsOn(v+1) {
			break
		}
		more := append(slices.Clone(fixes), constraint{op: fixes[0].op, version: p.toks[v].text})
		if !branchFixes(slices.Clone(more)) || p.toks[v].other {
			p.orphan(v, op)
			break
		}
		fixes, last, j = more, v, v+1
	}
	if len(fixes) > 1 && len(p.ranges) > p.clause {
		branchFixes(fixes)
		p.ranges = p.ranges[:len(p.ranges)-1]
		p.emitFixes(fixes, first, last, !op.inclusive)
	}
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
func (p *reader) emitFixes(fixes []constraint, first, last int, sure bool) {
	var r Range
	r.addFixes(Bound{}, fixes)
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
	iv := Interval{Branch: branch, Lo: Bound{Version: lowText(ver), Inclusive: op.inclusive}}
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
	if t := p.at(j); t.kind == kOpen || t.kind == kSep {
		if n := p.skip(j+1, 0); p.at(n).kind == kSuffix && p.at(n).self {
			return n
		}
		return -1
	}
	if p.at(j).kind == kSuffix {
		return j
	}
	return -1
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
	p.rangeTo(Interval{Lo: Bound{Version: lowText(p.toks[a]), Inclusive: true}}, first, b)
}

// all reads "all versions": every version, unless a comparator follows and says
// which ("all versions before 2.3").
func (p *reader) all() {
	first := p.i
	j := p.skip(first+1, 2*near)
	switch t := p.at(j); {
	case first > 0 && len(p.ranges) > p.clause && isTail(p.toks[first-1].kind):
		p.i++ // 2.3.1 より前のすべてのバージョン
		return
	case t.kind == kExcept:
		p.emit(Interval{}, first, first)
		return
	case p.compared(first - 1):
		p.giveUp(first-1, first)
		return
	case t.kind == kPrefix && p.versionWithin(j+1, near) < 0:
		p.giveUp(first, j)
		return
	case t.kind == kPrefix && p.versionWithin(j+1, near) > 0, t.kind == kBetween, t.isVersion():
		p.i++
		return
	case !isWholeAll(p.toks[first].text) && len(p.toks) > 1:
		if !p.alone(first) {
			p.i++
			return
		}
	}
	p.emit(Interval{}, first, first)
}

// compared says that a comparator stands at i, or the の behind one.
func (p *reader) compared(i int) bool {
	if i > 0 && p.toks[i].kind == kOf {
		i--
	}
	return i >= 0 && p.toks[i].kind == kSuffix
}

// isTail says that "all versions" behind such a word only rounds off the range
// before it.
func isTail(k kind) bool {
	return k == kOf || k == kSuffix || k == kLabel || k == kWild
}

// isWholeAll says that the words speak of versions: "all" alone may speak of
// anything.
func isWholeAll(words string) bool {
	w := strings.ToLower(words)
	return strings.Contains(w, "version") || strings.Contains(w, "release") || strings.Contains(w, "バージョン") || strings.Contains(w, "版") || strings.Contains(w, "ファームウェア") || strings.Contains(w, "verison")
}

// alone says that token i has its cell for itself, save punctuation and a
// remark in parentheses.
func (p *reader) alone(i int) bool {
	if i > 0 && p.toks[i-1].kind != kSep && p.toks[i-1].kind != kColon && p.toks[i-1].kind != kModel && p.toks[i-1].kind != kWord {
		return false
	}
	n := p.at(i + 1)
	return n.kind == kStop || n.kind == kSep || n.kind == kOpen
}

// lowText is the version from which "from V" counts: 11 of 11.x.
func lowText(t token) string {
	if t.branch != "" {
		return t.branch
	}
	return t.text
}

// upperBound ends an interval at a version, or behind a branch: "through 16.x"
// is below 17.
func upperBound(t token, inclusive bool) Bound {
	if t.branch == "" {
		return Bound{Version: t.text, Inclusive: inclusive}
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
