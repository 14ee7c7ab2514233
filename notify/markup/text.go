package markup

import (
	"strconv"
	"strings"

	"golang.org/x/text/width"
)

// marks are what headings and entries begin with in plain text.
type marks struct {
	headings [4]string // by level
	entry    string
	pad      string // of the lines below an entry's first
	rule     string // under headings of level 1 and 2
}

var (
	marksJA = marks{headings: [4]string{2: "■ ", 3: "● "}, entry: "・", pad: ideographicSpace}
	marksEN = marks{entry: "- ", pad: "  ", rule: "=-"}
)

// Text writes d as plain text for a mail: headings marked with ■, entries with
// ・, addresses of links after their words.
func Text(d Doc) string { return textWith(d, marksJA) }

// TextIn writes d as the language has it: in English, headings are underlined and
// entries have dashes.
func TextIn(lang string, d Doc) string {
	if lang == "en" {
		return textWith(d, marksEN)
	}
	return Text(d)
}

func textWith(d Doc, m marks) string {
	w := textWriter{m: m}
	w.doc(d, "")
	return strings.Trim(w.b.String(), " \n") + "\n"
}

// Plain writes spans as one line without marks, for a subject or a preview.
func Plain(spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		if s.Break {
			b.WriteByte(' ')
		}
		b.WriteString(s.Text)
	}
	return b.String()
}

type textWriter struct {
	b strings.Builder
	m marks
}

func (w *textWriter) doc(d Doc, indent string) {
	for i, b := range d {
		if i > 0 && indent == "" && !(w.sticks(d[i-1]) && b.Kind != Heading) {
			w.b.WriteByte('\n')
		}
		w.block(b, indent)
	}
}

// sticks says whether what follows a block stands right below it: so it does below
// a section's heading.
func (w *textWriter) sticks(b Block) bool { return b.Kind == Heading && b.Level > 1 && w.m.rule == "" }

func (w *textWriter) heading(b Block, indent string) {
	text := spansText(b.Spans, "")
	w.line(indent, w.m.headings[b.Level]+text)
	if b.Level <= len(w.m.rule) {
		w.line(indent, strings.Repeat(w.m.rule[b.Level-1:b.Level], min(columns(text), maxRule)))
	}
}

// maxRule bounds the line below a heading.
const maxRule = 60

// columns is how many columns a line takes in a fixed font: two for each character
// of full width.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n++
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			n++
		}
	}
	return n
}

func (w *textWriter) block(b Block, indent string) {
	switch b.Kind {
	case Heading:
		w.heading(b, indent)
	case List:
		w.list(b, indent)
	case Quote:
		w.doc(b.Blocks, indent+"> ")
	case Code:
		w.line(indent, strings.ReplaceAll(b.Spans[0].Text, "\n", "\n"+indent))
	case Rule:
		w.line(indent, strings.Repeat("-", 40))
	default:
		indent += strings.Repeat(ideographicSpace, alignBy*int(b.Align))
		w.line(indent, spansText(b.Spans, indent))
	}
}

func (w *textWriter) list(b Block, indent string) {
	for i, item := range b.Items {
		mark, pad := w.m.entry, w.m.pad
		if b.Ordered {
			mark, pad = strconv.Itoa(i+1)+". ", "   "
		}
		in := textWriter{m: w.m}
		in.doc(item, indent+pad)
		w.b.WriteString(indent + mark + strings.TrimPrefix(in.b.String(), indent+pad))
	}
}

func (w *textWriter) line(indent, s string) { w.b.WriteString(indent + s + "\n") }

func spansText(spans []Span, indent string) string {
	var b strings.Builder
	for _, s := range spans {
		switch {
		case s.Break:
			b.WriteString("\n" + indent)
		case s.URL != "" && s.Text != s.URL && "mailto:"+s.Text != s.URL && "tel:"+s.Text != s.URL:
			b.WriteString(s.Text + " <" + s.URL + ">")
		default:
			b.WriteString(s.Text)
		}
	}
	return b.String()
}
