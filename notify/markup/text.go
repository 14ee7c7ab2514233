package markup

import (
	"strconv"
	"strings"
)

// Text writes d as plain text for a mail: headings marked with ■, entries with
// ・, addresses of links after their words.
func Text(d Doc) string {
	var w textWriter
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

type textWriter struct{ b strings.Builder }

func (w *textWriter) doc(d Doc, indent string) {
	for i, b := range d {
		if i > 0 && indent == "" && !(d[i-1].Kind == Heading && b.Kind != Heading) {
			w.b.WriteByte('\n')
		}
		w.block(b, indent)
	}
}

func (w *textWriter) block(b Block, indent string) {
	switch b.Kind {
	case Heading:
		w.line(indent, map[int]string{1: "", 2: "■ ", 3: "● "}[b.Level]+spansText(b.Spans, ""))
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
		mark, pad := "・", "　"
		if b.Ordered {
			mark, pad = strconv.Itoa(i+1)+". ", "   "
		}
		var in textWriter
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
