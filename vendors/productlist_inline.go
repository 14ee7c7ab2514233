package vendors

import (
	"html"
	"net/url"
	"regexp"
	"strings"
)

// cellText is a cell or line of a list as people read it: its text without
// markup, and where its links lead.
type cellText struct {
	text  string
	links []string // http and https only
}

// maxCell bounds a cell's text; what is longer is prose that the link shows.
const maxCell = 2000

// maxMarked bounds a cell with its markup, maxMark how far on the end of one mark is
// looked for, and maxBroken how often in vain, before marks count as text: marks
// that never end would make reading quadratic.
const (
	maxMarked = 16 << 10
	maxMark   = 2 << 10
	maxBroken = 32
)

// inline reads Markdown with HTML in it, as cells of lists have it. Struck text
// is taken back and gone. It is not goldmark's reader since a list has tens of
// thousands of cells, most without any markup, and since it must save what is
// broken: an unclosed bracket, an address with blanks about it.
func (l *listRules) inline(s string) cellText {
	s = strings.TrimSpace(s)
	if !strings.ContainsAny(s, "[<*~`\\&") && !strings.Contains(s, "://") {
		return cellText{text: cutRunes(s, maxCell)}
	}
	in := inliner{rules: l, rest: strings.ToValidUTF8(s[:min(len(s), maxMarked)], "")}
	for in.rest != "" {
		in.step()
	}
	text := strings.Join(strings.Fields(html.UnescapeString(in.text.String())), " ")
	return cellText{text: cutRunes(text, maxCell), links: in.links}
}

type inliner struct {
	rules  *listRules
	rest   string
	text   strings.Builder
	links  []string
	broken int // marks without an end so far
}

var (
	struckText  = regexp.MustCompile(`^~~[^~]+~~|^(?i:<(?:s|del|strike)>.*?</(?:s|del|strike)>)`)
	strike      = regexp.MustCompile(`^(?i:<(?:s|del|strike)>)`)
	htmlLink    = regexp.MustCompile(`^(?i:<a\s[^>]*?href\s*=\s*["']?([^"'\s>]+)[^>]*>)`)
	htmlComment = regexp.MustCompile(`^(?s:<!--.*?-->)`)
	htmlTag     = regexp.MustCompile(`^</?[a-zA-Z][^<>]*>`)
	bareAddress = regexp.MustCompile(`^https?://[^\s<>"|]+`)
	// looseAddress is that of a link with a blank too many, or a forgotten one.
	looseAddress = regexp.MustCompile(`^ ?\(\s*(https?://[^\s()]*)?\s*\)`)
	emphasisMark = regexp.MustCompile("^(?:\\*{1,3}|~~|`+|__)")
	// linkLabels say that there is a link and nothing else.
	linkLabels = regexp.MustCompile(`(?i)^(?:source|link|here|url|statement|advisory|reference|リンク|こちら)s?(?: ?\d+)?$`)
)

// step reads one thing at the beginning of the rest: markup, or text up to the
// next character that may be markup.
func (in *inliner) step() {
	mark := in.rest[0]
	if in.broken > maxBroken && strings.IndexByte("~<![", mark) >= 0 {
		in.take(1)
		return
	}
	switch mark {
	case '~', '*', '`', '_':
		in.mark()
	case '<':
		in.angle()
	case '!', '[':
		in.bracket()
	case '\\':
		in.escape()
	default:
		if in.rest[0] == 'h' && in.address() {
			return
		}
		in.take(1 + max(0, nextMark(in.rest[1:])))
	}
}

func nextMark(s string) int {
	if i := strings.IndexAny(s, "~*`_<![\\h"); i >= 0 {
		return i
	}
	return len(s)
}

// ahead is the part of the rest in which a mark that begins here must end.
func (in *inliner) ahead() string { return in.rest[:min(len(in.rest), maxMark)] }

// take moves n bytes into the text.
func (in *inliner) take(n int) {
	in.text.WriteString(in.rest[:n])
	in.rest = in.rest[n:]
}

func (in *inliner) mark() {
	if m := struckText.FindString(in.ahead()); m != "" {
		in.rest = in.rest[len(m):]
		return
	}
	if m := emphasisMark.FindString(in.ahead()); m != "" {
		in.rest = in.rest[len(m):]
		return
	}
	in.unended()
}

// unended takes the beginning of a mark without an end as text.
func (in *inliner) unended() {
	if len(in.rest) > 1 && in.rest[1] > ' ' { // "< 2.0" begins nothing
		in.broken++
	}
	in.take(1)
}

func (in *inliner) angle() {
	if strike.MatchString(in.rest) {
		if m := struckText.FindString(in.ahead()); m != "" {
			in.rest = in.rest[len(m):]
			return
		}
		in.broken++
	}
	if m := htmlLink.FindStringSubmatch(in.ahead()); m != nil {
		in.link(html.UnescapeString(m[1]))
		in.rest = in.rest[len(m[0]):]
		in.text.WriteByte(' ')
		return
	}
	if end := strings.IndexByte(in.ahead(), '>'); end > 0 && strings.HasPrefix(in.rest, "<http") {
		in.link(in.rest[1:end])
		in.rest = in.rest[end+1:]
		return
	}
	for _, gone := range []*regexp.Regexp{htmlComment, htmlTag} {
		if m := gone.FindString(in.ahead()); m != "" {
			in.rest = in.rest[len(m):]
			in.text.WriteByte(' ')
			return
		}
	}
	in.unended()
}

// bracket reads [text](address "title") and ![alt](address), whose text counts
// and whose picture doesn't.
func (in *inliner) bracket() {
	picture := strings.HasPrefix(in.rest, "![")
	start := strings.IndexByte(in.ahead(), '[')
	if start > 1 || start == 1 && !picture || start < 0 {
		in.take(1)
		return
	}
	label, after, ok := between(in.rest[start:], '[', ']')
	if loose := looseAddress.FindStringSubmatch(after); ok && loose != nil && !picture {
		after = "(" + loose[1] + ")" + after[len(loose[0]):]
	}
	if !ok {
		in.unended()
		return
	}
	if !strings.HasPrefix(after, "(") {
		in.take(1)
		return
	}
	target, after, ok := between(after, '(', ')')
	if !ok { // an address without its end: all up to the next blank
		target, _, _ = strings.Cut(after[1:], " ")
		after = after[1+len(target):]
	}
	in.rest = after
	target = strings.TrimSpace(target)
	target, _, _ = strings.Cut(strings.Trim(target, "<>"), ` "`)
	if !picture {
		in.link(strings.TrimSpace(target))
	}
	inner := in.rules.inline(label)
	for _, l := range inner.links {
		in.link(l)
	}
	if !linkLabels.MatchString(inner.text) {
		in.text.WriteString(inner.text)
	}
}

// between splits s, which begins with open, after the close that belongs to it.
func between(s string, open, end byte) (inner, after string, ok bool) {
	depth := 0
	for i := range min(len(s), maxMark) {
		switch s[i] {
		case open:
			depth++
		case end:
			if depth--; depth == 0 {
				return s[1:i], s[i+1:], true
			}
		}
	}
	return "", s, false
}

func (in *inliner) escape() {
	if len(in.rest) > 1 && strings.IndexByte("\\`*_{}[]()<>#+-.!|~&", in.rest[1]) >= 0 {
		in.rest = in.rest[1:]
	}
	in.take(1)
}

// address reads an address that stands in the text.
func (in *inliner) address() bool {
	m := bareAddress.FindString(in.ahead())
	if m == "" {
		return false
	}
	m = strings.TrimRight(m, ".,;:!?*~'`")
	for strings.HasSuffix(m, ")") && strings.Count(m, ")") > strings.Count(m, "(") {
		m = m[:len(m)-1]
	}
	in.rest = in.rest[len(m):]
	in.link(m)
	in.text.WriteByte(' ')
	return true
}

// link keeps an address that can be followed; one without a host is relative to
// the list's.
func (in *inliner) link(address string) {
	if address == "" || strings.HasPrefix(address, "#") {
		return
	}
	u, err := url.Parse(html.UnescapeString(address))
	if err != nil {
		return
	}
	if u.Scheme == "" {
		base, err := url.Parse(in.rules.doc.URL)
		if err != nil || base.Host == "" {
			return
		}
		u = base.ResolveReference(u)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return
	}
	in.links = append(in.links, u.String())
}
