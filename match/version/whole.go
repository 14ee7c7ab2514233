package version

import "strings"

// all reads "all versions": every version, unless a comparator follows and says
// which ("all versions before 2.3").
func (p *reader) all() {
	first := p.i
	j := p.skip(first+1, 2*near)
	switch t := p.at(j); {
	case first > 0 && p.toks[first-1].kind == kVague:
		p.giveUp(first-1, first) // all but the latest
		return
	case p.named(first):
		p.emit(Interval{Branch: bareText(p.toks[first+1])}, first, first+2)
		return
	case t.kind == kTo && isLetter(t.text[0]) && j == first+1 && p.versionWithin(j+1, near) > 0:
		p.rangeTo(Interval{}, first, p.versionWithin(j+1, near))
		return
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

// named reads "all 6.2 versions", a branch.
func (p *reader) named(i int) bool {
	v, plural := p.at(i+1), p.at(i+2)
	return v.kind == kVersion && plural.kind == kLabel && strings.HasSuffix(plural.text, "s") && !p.bindsOn(i+3)
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
