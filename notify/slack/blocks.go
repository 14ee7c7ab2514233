package slack

import (
	"strings"

	"github.com/slack-go/slack"

	"hansho/notify"
	"hansho/notify/markup"
)

// Slack's published limits.
const (
	maxBlocks  = 50
	maxHeader  = 150
	maxContext = 2000
)

// Blocks writes a document for Slack in at most budget characters, and says
// whether something was left out. Text becomes rich_text, whose elements are
// data and not markup: nothing in it can ping anyone or end a style, and bold
// works inside Japanese, where mrkdwn would need spaces around it.
func Blocks(doc notify.Doc, budget int) ([]slack.Block, bool) {
	body, cut := markup.Fit(doc.Body(), budget, doc.More)
	var w blockWriter
	for _, b := range body {
		w.block(b)
	}
	w.flush()
	if len(w.blocks) > maxBlocks-2 { // two are kept for buttons
		return w.blocks[:maxBlocks-2], true
	}
	return w.blocks, cut
}

// Fallback is the text of a message for notifications and old clients.
func Fallback(doc notify.Doc) string { return Escape(markup.Cut(doc.Subject, 1000)) }

// Escape makes text harmless in Slack's mrkdwn: no mention, link or entity can
// begin in it.
func Escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// blockWriter gathers paragraphs and lists into one rich_text block until
// something else comes.
type blockWriter struct {
	blocks  []slack.Block
	rich    []slack.RichTextElement
	section []slack.RichTextSectionElement
	headed  bool // a heading was the last that was written
}

func (w *blockWriter) block(b markup.Block) {
	switch {
	case b.Kind == markup.Heading && b.Level == 1:
		w.flush()
		w.add(slack.NewHeaderBlock(plainText(markup.Cut(markup.Plain(b.Spans), maxHeader))))
	case b.Kind == markup.Heading:
		w.flush()
		w.line(bold(b.Spans))
		w.headed = true
		return
	case b.Kind == markup.List:
		w.closeSection()
		w.list(b, 0)
	case b.Kind == markup.Quote:
		w.closeSection()
		w.rich = append(w.rich, &slack.RichTextQuote{Type: slack.RTEQuote, Elements: elements(flat(b.Blocks))})
	case b.Kind == markup.Code:
		w.closeSection()
		w.rich = append(w.rich, &slack.RichTextPreformatted{Type: slack.RTEPreformatted, Elements: elements(b.Spans)})
	case b.Kind == markup.Rule:
		w.flush()
		w.add(slack.NewDividerBlock())
	case b.SmallPrint():
		w.flush()
		if text := markup.Cut(markup.Plain(b.Spans), maxContext); text != "" {
			w.add(slack.NewContextBlock("", plainText(text)))
		}
	default:
		if !w.headed && len(w.section)+len(w.rich) > 0 {
			w.section = append(w.section, textElement("\n", nil))
		}
		w.line(b.Spans)
	}
	w.headed = false
}

func (w *blockWriter) add(b slack.Block) { w.blocks = append(w.blocks, b) }

// line adds spans and a line end to the running section.
func (w *blockWriter) line(spans []markup.Span) {
	if els := elements(spans); len(els) > 0 {
		w.section = append(append(w.section, els...), textElement("\n", nil))
	}
}

func (w *blockWriter) closeSection() {
	if len(w.section) > 0 {
		w.rich = append(w.rich, slack.NewRichTextSection(w.section...))
		w.section = nil
	}
}

func (w *blockWriter) flush() {
	w.closeSection()
	if len(w.rich) > 0 {
		w.add(slack.NewRichTextBlock("", w.rich...))
		w.rich = nil
	}
}

// list writes a list; one inside an entry becomes a list of its own, further in,
// since Slack nests by indent.
func (w *blockWriter) list(b markup.Block, indent int) {
	style := slack.RTEListBullet
	if b.Ordered {
		style = slack.RTEListOrdered
	}
	var entries []slack.RichTextElement
	done := 0
	flush := func() {
		if len(entries) > 0 {
			l := slack.NewRichTextList(style, min(indent, 8), entries...)
			if b.Ordered {
				l.Offset = done // where its numbers go on
			}
			w.rich = append(w.rich, l)
			done += len(entries)
			entries = nil
		}
	}
	for _, item := range b.Items {
		own, inner := splitItem(item)
		if els := elements(own); len(els) > 0 {
			entries = append(entries, slack.NewRichTextSection(els...))
		}
		for _, l := range inner {
			flush()
			w.list(l, indent+1)
		}
	}
	flush()
}

// splitItem parts an entry's own words from the lists in it.
func splitItem(item markup.Doc) ([]markup.Span, []markup.Block) {
	var text markup.Doc
	var lists []markup.Block
	for _, b := range item {
		if b.Kind == markup.List {
			lists = append(lists, b)
			continue
		}
		text = append(text, b)
	}
	return flat(text), lists
}

// flat joins the words of blocks with line breaks.
func flat(d markup.Doc) []markup.Span {
	var out []markup.Span
	for i, b := range d {
		if i > 0 {
			out = append(out, markup.Span{Break: true})
		}
		out = append(out, b.Spans...)
		for _, item := range b.Items {
			out = append(append(out, markup.Span{Text: "\n• "}), flat(item)...)
		}
		out = append(out, flat(b.Blocks)...)
	}
	return out
}

func elements(spans []markup.Span) []slack.RichTextSectionElement {
	var out []slack.RichTextSectionElement
	for _, s := range spans {
		switch {
		case s.Break:
			out = append(out, textElement("\n", nil))
		case s.Text == "":
		case s.URL != "":
			out = append(out, slack.NewRichTextSectionLinkElement(s.URL, s.Text, style(s)))
		default:
			out = append(out, textElement(s.Text, style(s)))
		}
	}
	return out
}

func textElement(text string, style *slack.RichTextSectionTextStyle) slack.RichTextSectionElement {
	return slack.NewRichTextSectionTextElement(text, style)
}

func style(s markup.Span) *slack.RichTextSectionTextStyle {
	if !s.Bold && !s.Code && !s.Small {
		return nil
	}
	return &slack.RichTextSectionTextStyle{Bold: s.Bold, Code: s.Code, Italic: s.Small}
}

func bold(spans []markup.Span) []markup.Span {
	out := make([]markup.Span, len(spans))
	for i, s := range spans {
		s.Bold = true
		out[i] = s
	}
	return out
}

// plainText is text without emoji codes, mentions or links.
func plainText(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
}
