package markup

import (
	"math"
	"strings"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

// Ellipsis ends a text that was cut.
const Ellipsis = "…"

// Cut shortens s to at most limit characters (code points), an ellipsis
// included, between two graphemes.
func Cut(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	if limit < 1 {
		return ""
	}
	var b strings.Builder
	left := limit - 1
	for g := graphemes.FromString(s); g.Next(); {
		n := utf8.RuneCountInString(g.Value())
		if n > left {
			break
		}
		b.WriteString(g.Value())
		left -= n
	}
	return strings.TrimRight(b.String(), " \n") + Ellipsis
}

// Len counts the characters (code points) that a reader of the text gets.
func (d Doc) Len() int {
	n := 0
	for _, b := range d {
		n += b.Len()
	}
	return n
}

// Len counts the characters of one block.
func (b Block) Len() int {
	n := spansLen(b.Spans) + b.Blocks.Len()
	for _, item := range b.Items {
		n += item.Len() + 1
	}
	return n
}

func spansLen(spans []Span) int {
	n := 0
	for _, s := range spans {
		n += utf8.RuneCountInString(s.Text)
		if s.Break {
			n++
		}
	}
	return n
}

// CutSpans shortens a run of spans to limit characters; a link keeps its whole
// address or is left out.
func CutSpans(spans []Span, limit int) []Span {
	if spansLen(spans) <= limit {
		return spans
	}
	var out []Span
	for _, s := range spans {
		n := spansLen([]Span{s})
		if n < limit {
			out, limit = append(out, s), limit-n
			continue
		}
		s.Text, s.Break = Cut(s.Text+Ellipsis, limit), false
		return append(out, s)
	}
	return out
}

// Fit shortens a text to limit characters: the longest paragraphs are cut, then
// lists lose their last entries, whole, and say how many (more gives the words),
// each step harder than the one before. It says whether anything was left out.
func Fit(d Doc, limit int, more func(n int) string) (Doc, bool) {
	if d.Len() <= limit {
		return d, false
	}
	for _, s := range []squeeze{{leaf: 1500, keep: all}, {leaf: 700, keep: 5}, {leaf: 200, keep: 2}, {leaf: 60, keep: 1}} {
		s.more = more
		short := s.lists(s.doc(d, 0), limit)
		if short.Len() <= limit {
			return short, true
		}
		d = short
	}
	return head(d, limit), true
}

const all = math.MaxInt

// squeeze is one step of Fit: how long a paragraph may stay, and how many
// entries a list keeps at least.
type squeeze struct {
	leaf, keep int
	more       func(n int) string
}

// doc cuts the paragraphs of d, and the lists inside other blocks.
func (s squeeze) doc(d Doc, depth int) Doc {
	out := make(Doc, len(d))
	for i, b := range d {
		b.Spans = CutSpans(b.Spans, s.leaf)
		b.Blocks = s.doc(b.Blocks, depth+1)
		items := make([]Doc, len(b.Items))
		for j, item := range b.Items {
			items[j] = s.doc(item, depth+1)
		}
		b.Items = items
		if depth > 0 && len(items)-1 > s.keep {
			b = s.hide(b, len(items)-s.keep)
		}
		out[i] = b
	}
	return out
}

// lists hides entries of the longest lists until d fits or all are short.
func (s squeeze) lists(d Doc, limit int) Doc {
	over := d.Len() - limit
	hidden, sizes := make([]int, len(d)), make([]int, len(d))
	for i, b := range d {
		sizes[i] = b.Len()
	}
	for over > 0 {
		i := s.longest(d, hidden, sizes)
		if i < 0 {
			break
		}
		freed := d[i].Items[len(d[i].Items)-hidden[i]-1].Len() + 1
		if hidden[i] == 0 {
			over += utf8.RuneCountInString(s.more(len(d[i].Items))) + 1
		}
		hidden[i]++
		sizes[i] -= freed
		over -= freed
	}
	for i, n := range hidden {
		if n > 0 {
			d[i] = s.hide(d[i], n)
		}
	}
	return d
}

func (s squeeze) longest(d Doc, hidden, sizes []int) int {
	at := -1
	for i, b := range d {
		if b.Kind == List && len(b.Items)-hidden[i] > s.keep && (at < 0 || sizes[i] > sizes[at]) {
			at = i
		}
	}
	return at
}

// hide takes the last n entries of a list and says so in their place. Entries
// hidden by an earlier step are counted on.
func (s squeeze) hide(b Block, n int) Block {
	items := b.Items
	if b.Hidden > 0 {
		items = items[:len(items)-1]
		n--
	}
	b.Hidden += n
	line := Block{Spans: []Span{{Text: s.more(b.Hidden), Small: true}}}
	b.Items = append(append([]Doc{}, items[:len(items)-n]...), Doc{line})
	return b
}

// head is the first blocks of d that fit.
func head(d Doc, limit int) Doc {
	for i, b := range d {
		if limit -= b.Len(); limit < 0 {
			return d[:i]
		}
	}
	return d
}
