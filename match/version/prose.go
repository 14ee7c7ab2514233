package version

import "strings"

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
	p := reader{toks: withoutRemarks(lex(folded), asciiLower(folded)), text: folded}
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
	for _, pr := range ranges {
		info.Notation = "prose"
		info.Read = append(info.Read, pr.Span)
	}
	return RangeOf(ranges, len(unread) > 0), info
}

// RangeOf joins the ranges that a text states, and says whether a part of it could
// not be read.
func RangeOf(ranges []ProseRange, partial bool) Range {
	r := Range{Partial: partial, Coarse: true}
	for _, pr := range ranges {
		switch {
		case pr.Not:
			r.Not = append(r.Not, pr.Interval)
		case pr.Maybe, partial && pr.Interval == Interval{}: // what is unread may limit "all"
			r.Maybe = append(r.Maybe, pr.Interval)
		default:
			r.In = append(r.In, pr.Interval)
		}
	}
	return r
}

// reader turns tokens into ranges, left to right, each token looked at a
// bounded number of times.
type reader struct {
	toks      []token
	text      string
	i         int
	ranges    []ProseRange
	unread    []Span
	clause    int  // where the ranges of this clause begin
	except    bool // what follows is taken out
	fixedAt   int
	fixed     bool     // what follows are fixes
	announced bool     // the single versions of the rest of the text are
	advice    bool     // only what to go to: a later one may fix too
	aside     bool     // single versions that follow are another product's
	other     bool     // and so are ranges
	asides    []Span   // those versions
	fixes     []string // the versions that fix, of the whole text
	heading   *token   // of the clause: what its versions are bounds as
	list      []int    // ranges of single versions that the list at hand holds
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
		p.fixed, p.advice, p.fixedAt = true, t.plain, p.i
	case kClose:
		p.fixed = false
	case kFixes:
		p.dropFixes()
	case kDoubt:
		p.doubt()
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
	p.announced = p.announced || p.fixed && p.announces()
	p.clause, p.except, p.fixed, p.aside, p.other, p.list, p.heading = len(p.ranges), false, false, false, false, nil, nil
}

// announces says that the clause only announces fixes, which the next ones list:
// "fixed in the following versions."
func (p *reader) announces() bool {
	for k := p.fixedAt + 1; k < p.i && k < len(p.toks); k++ {
		if p.toks[k].isVersion() {
			return false
		}
	}
	end := len(p.text)
	if p.i < len(p.toks) {
		end = p.toks[p.i].start
	}
	words := strings.ToLower(p.text[p.toks[p.fixedAt].end:end])
	return strings.Contains(words, "following") || strings.Contains(words, "次の") || strings.Contains(words, "以下の")
}

// strandedSuffix is "and earlier" without a version before it: a heading's, or
// unread.
func (p *reader) strandedSuffix(t token) {
	if t.self && p.at(p.i+1).kind == kColon && p.labelled(p.i) {
		p.heading = &t
	} else if !t.plain {
		p.unread = append(p.unread, Span{t.start, t.end})
	}
}

// dropFixes takes back the single versions and lower bounds that the clause ends
// with: they were fixes.
func (p *reader) dropFixes() {
	n := len(p.ranges)
	for n > p.clause {
		r := p.ranges[n-1]
		if r.Lo.Version == "" || r.Lo != r.Hi && r.Hi.Version != "" {
			break
		}
		p.fixes = append(p.fixes, r.Lo.Version)
		n--
	}
	p.ranges, p.list = p.ranges[:n], nil
}

// doubt puts the last range in doubt: "3.3 系はサポートが終了".
func (p *reader) doubt() {
	if n := len(p.ranges); n > p.clause {
		p.ranges[n-1].Maybe = true
	}
}

// takeOut makes the last range an exception: "2.3.1 を除く". Words between say that
// something else is one.
func (p *reader) takeOut() {
	n := len(p.ranges)
	if n == p.clause {
		return
	}
	for k := p.i - 1; k >= 0 && p.toks[k].start >= p.ranges[n-1].Span.End; k-- {
		if p.toks[k].kind == kWord || p.toks[k].kind == kModel {
			return
		}
	}
	p.ranges[n-1].Not = true
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
	if p.fixed || p.other || (p.aside || p.announced) && iv.Lo == iv.Hi {
		if !p.fixed && !p.announced {
			p.asides = append(p.asides, r.Span)
		} else if !p.advice && iv.Lo.Version != "" {
			p.fixes = append(p.fixes, iv.Lo.Version)
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
