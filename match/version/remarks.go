package version

import (
	"regexp"
	"strings"
)

// maxRemark is how many words a remark may have.
const maxRemark = 10

var (
	includes = regexp.MustCompile(`^(?:(?:を|も)?(?:含む|含みます|含めて)|inclusive|including|included|incl\.?)$`)
	excludes = regexp.MustCompile(`^(?:(?:を|は)?(?:含まない|含まず|含みません|除く)|exclusive|excluding|excluded|excl\.?|not included|non-inclusive|not inclusive)$`)
)

// remarks takes out of a text's tokens what only comments on a version: its
// platform or state in parentheses, quotes around it, and the words that say
// whether a bound belongs to its range, which the version keeps as its edge.
type remarks struct {
	lower string // the text, ASCII in lower case
	in    []token
	out   []token
}

func withoutRemarks(toks []token, lower string) []token {
	r := remarks{lower: lower, in: toks, out: make([]token, 0, len(toks))}
	for i := 0; i < len(r.in); {
		i = r.next(i)
	}
	return r.out
}

// next copies or drops what stands at i, and returns where it ends.
func (r *remarks) next(i int) int {
	t := r.in[i]
	if t.kind == kWord && r.bareEdge(t) {
		return i + 1
	}
	if t.kind != kOpen {
		r.out = append(r.out, t)
		return i + 1
	}
	end := r.closing(i)
	if end < 0 {
		r.out = append(r.out, t)
		return i + 1
	}
	inside := r.in[i+1 : end]
	switch {
	case r.edge(t.end, inside, end):
		return end + 1
	case isQuote(t) && loneVersion(inside):
		r.out = append(r.out, inside...)
		return end + 1
	case r.behindVersion() && meaningless(inside):
		return end + 1
	}
	r.out = append(r.out, t)
	return i + 1
}

// closing is where the parenthesis at i closes, -1 where it holds another one or
// too much.
func (r *remarks) closing(i int) int {
	for k := i + 1; k < len(r.in) && k <= i+maxRemark; k++ {
		switch r.in[k].kind {
		case kOpen:
			return -1
		case kClose:
			return k
		}
	}
	return -1
}

// edge reads "(inclusive)" and "(6.4.12 を含む)", from byte start to the token
// end, as an edge of the version before.
func (r *remarks) edge(start int, inside []token, end int) bool {
	for k, t := range inside {
		if t.isVersion() {
			if !onlyLabels(inside[:k]) {
				return false
			}
			e := edgeOf(r.lower[t.end:r.in[end].start])
			return e != 0 && r.setEdge(e, t.text)
		}
	}
	e := edgeOf(r.lower[start:r.in[end].start])
	return e != 0 && r.setEdge(e, "")
}

// bareEdge reads "1.0 to 1.4, inclusive".
func (r *remarks) bareEdge(t token) bool {
	e := edgeOf(r.lower[t.start:t.end])
	return e != 0 && r.setEdge(e, "")
}

// edgeOf is 1 for words that include a bound, -1 for those that exclude it.
func edgeOf(words string) int {
	words = strings.TrimSpace(words)
	switch {
	case includes.MatchString(words):
		return 1
	case excludes.MatchString(words):
		return -1
	}
	return 0
}

// setEdge marks the last version, or the last one of that text; false where the
// words can't be about one.
func (r *remarks) setEdge(e int, text string) bool {
	for k := len(r.out) - 1; k >= 0 && k >= len(r.out)-maxRemark; k-- {
		t := &r.out[k]
		switch {
		case t.isVersion() && (text == "" || strings.EqualFold(t.text, text)):
			t.edge = e
			return true
		case t.isVersion() && text == "", t.kind == kStop:
			return false
		case text == "" && t.kind != kSep && t.kind != kSuffix && t.kind != kLabel && t.kind != kWild:
			return false
		}
	}
	return false
}

func (r *remarks) behindVersion() bool {
	n := len(r.out)
	return n > 0 && (r.out[n-1].isVersion() || n > 1 && r.out[n-1].kind == kWild && r.out[n-2].isVersion())
}

func isQuote(t token) bool { return strings.Contains("「『“‘\"", t.text) }

func loneVersion(toks []token) bool {
	n := len(toks)
	return n > 0 && toks[n-1].isVersion() && onlyLabels(toks[:n-1])
}

func onlyLabels(toks []token) bool {
	for _, t := range toks {
		if t.kind != kLabel {
			return false
		}
	}
	return true
}

// meaningless says that no word of a remark speaks of versions.
func meaningless(toks []token) bool {
	for _, t := range toks {
		switch t.kind {
		case kWord, kModel, kSkip, kSep, kAside, kOf, kLabel:
		default:
			return false
		}
	}
	return true
}
