package markup

import (
	"bytes"
	"html"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
	"golang.org/x/text/width"
)

// maxDepth bounds lists in lists and quotes in quotes; what is deeper is
// dropped.
const maxDepth = 6

// Parse reads Markdown. It never fails: what it doesn't know is text.
func Parse(md string) Doc {
	src := []byte(md)
	parser := goldmark.New(goldmark.WithExtensions(extension.NewCJK(extension.WithEscapedSpace()))).Parser()
	return reader{src}.blocks(parser.Parse(text.NewReader(src)), 0)
}

type reader struct{ src []byte }

func (r reader) blocks(parent ast.Node, depth int) Doc {
	var doc Doc
	if depth > maxDepth {
		return nil
	}
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		if b, ok := r.block(n, depth); ok {
			doc = append(doc, b)
		}
	}
	return doc
}

func (r reader) block(n ast.Node, depth int) (Block, bool) {
	switch n := n.(type) {
	case *ast.Heading:
		return Block{Kind: Heading, Level: min(n.Level, 3), Spans: r.spans(n, Span{})}, true
	case *ast.Paragraph, *ast.TextBlock:
		return aligned(r.spans(n, Span{})), true
	case *ast.List:
		b := Block{Kind: List, Ordered: n.IsOrdered()}
		for item := n.FirstChild(); item != nil; item = item.NextSibling() {
			b.Items = append(b.Items, r.blocks(item, depth+1))
		}
		return b, true
	case *ast.Blockquote:
		return Block{Kind: Quote, Blocks: r.blocks(n, depth+1)}, true
	case *ast.ThematicBreak:
		return Block{Kind: Rule}, true
	case *ast.CodeBlock, *ast.FencedCodeBlock, *ast.HTMLBlock:
		return Block{Kind: Code, Spans: []Span{{Text: r.lines(n), Code: true}}}, true
	}
	return Block{}, false
}

// aligned makes a paragraph of spans, placed by the ideographic spaces that it
// begins with.
func aligned(spans []Span) Block {
	b := Block{Kind: Paragraph, Spans: spans}
	if len(spans) == 0 {
		return b
	}
	text := strings.TrimLeft(spans[0].Text, ideographicSpace)
	switch n := strings.Count(spans[0].Text[:len(spans[0].Text)-len(text)], ideographicSpace); {
	case n >= 2*alignBy:
		b.Align = Right
	case n >= alignBy:
		b.Align = Center
	default:
		return b
	}
	spans[0].Text = text
	return b
}

const (
	ideographicSpace = "\u3000"
	alignBy          = 10
)

func (r reader) lines(n ast.Node) string {
	var b bytes.Buffer
	for i := range n.Lines().Len() {
		seg := n.Lines().At(i)
		b.Write(seg.Value(r.src))
	}
	if h, ok := n.(*ast.HTMLBlock); ok && h.HasClosure() {
		b.Write(h.ClosureLine.Value(r.src))
	}
	return strings.TrimRight(b.String(), "\n")
}

// spans flattens the inlines of n, each in the style that surrounds it.
func (r reader) spans(n ast.Node, style Span) []Span {
	var out []Span
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		out = append(out, r.span(c, style)...)
	}
	return merge(out)
}

func (r reader) span(n ast.Node, style Span) []Span {
	switch n := n.(type) {
	case *ast.Text:
		return r.textSpan(n, style)
	case *ast.String:
		return with(style, string(n.Value))
	case *ast.Emphasis:
		if n.Level >= 2 {
			style.Bold = true
		} else {
			style.Small = true
		}
	case *ast.CodeSpan:
		style.Code = true
	case *ast.Link:
		style.URL = SafeURL(string(util.UnescapePunctuations(n.Destination)))
	case *ast.AutoLink:
		return with(style, string(n.Label(r.src)))
	case *ast.RawHTML:
		return with(style, string(n.Segments.Value(r.src)))
	}
	return r.spans(n, style)
}

func (r reader) textSpan(n *ast.Text, style Span) []Span {
	value := n.Segment.Value(r.src)
	if !style.Code {
		value = []byte(unescape(string(value)))
	}
	out := with(style, string(value))
	switch {
	case n.HardLineBreak():
		out = append(out, Span{Break: true, Small: style.Small})
	case n.SoftLineBreak() && !joinsWide(n, value, r.src):
		out = append(out, with(style, " ")...)
	}
	return out
}

var entity = regexp.MustCompile(`^&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});`)

// unescape resolves backslashes and entities in one pass, so that an escaped
// ampersand begins no entity. A backslash before a space is Markdown's way to
// end emphasis inside Japanese text; both go.
func unescape(s string) string {
	if !strings.ContainsAny(s, "\\&") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && s[i+1] == ' ':
			i++
		case s[i] == '\\' && i+1 < len(s) && util.IsPunct(s[i+1]):
			i++
			b.WriteByte(s[i])
		case s[i] == '&' && entity.MatchString(s[i:]):
			e := entity.FindString(s[i:])
			b.WriteString(html.UnescapeString(e))
			i += len(e) - 1
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// joinsWide says that a line break stands between two wide characters, where
// Japanese has no space.
func joinsWide(n *ast.Text, before, src []byte) bool {
	next, ok := n.NextSibling().(*ast.Text)
	if !ok {
		return false
	}
	last := []rune(string(before))
	first := []rune(string(next.Segment.Value(src)))
	return len(last) > 0 && len(first) > 0 && wide(last[len(last)-1]) && wide(first[0])
}

func wide(c rune) bool {
	k := width.LookupRune(c).Kind()
	return k == width.EastAsianWide || k == width.EastAsianFullwidth
}

func with(style Span, s string) []Span {
	style.Text = s
	return []Span{style}
}

// merge joins neighbours of one style.
func merge(spans []Span) []Span {
	var out []Span
	for _, s := range spans {
		if s.Text == "" && !s.Break {
			continue
		}
		if n := len(out); n > 0 && out[n-1].sameStyle(s) {
			out[n-1].Text += s.Text
			continue
		}
		out = append(out, s)
	}
	return out
}

func (s Span) sameStyle(o Span) bool {
	if s.Break || o.Break {
		return false
	}
	s.Text, o.Text = "", ""
	return s == o
}
