package markup

import (
	"fmt"
	"html"
	"strings"
)

// HTML writes d as the inside of a mail: elements with inline styles, which is
// what mail readers keep.
func HTML(d Doc) string {
	var b strings.Builder
	for _, block := range d {
		b.WriteString(htmlBlock(block, true))
	}
	return b.String()
}

// The colours are readable on white and, where a reader turns them around, on
// dark: middle tones, no colour that carries meaning alone.
const (
	styleP     = "margin:0 0 12px;"
	styleSmall = "color:#6b7280;font-size:13px;line-height:1.6;"
	styleCode  = "font-family:Consolas,Menlo,monospace;font-size:13px;background:#eef1f5;color:#1f2937;border-radius:3px;padding:1px 4px;overflow-wrap:anywhere;"
)

var styleH = map[int]string{
	1: "margin:0 0 12px;font-size:19px;line-height:1.45;",
	2: "margin:20px 0 8px;font-size:16px;line-height:1.45;border-left:4px solid #b4232c;padding-left:8px;",
	3: "margin:14px 0 6px;font-size:15px;line-height:1.45;",
}

func htmlBlock(b Block, top bool) string {
	switch b.Kind {
	case Heading:
		return fmt.Sprintf("<h%d style=\"%s\">%s</h%d>\n", b.Level, styleH[b.Level], htmlSpans(b.Spans), b.Level)
	case List:
		return htmlList(b)
	case Quote:
		return "<blockquote style=\"margin:0 0 12px;padding:0 0 0 12px;border-left:3px solid #9ca3af;\">\n" + HTML(b.Blocks) + "</blockquote>\n"
	case Code:
		return "<pre style=\"" + styleP + styleCode + "white-space:pre-wrap;\">" + html.EscapeString(b.Spans[0].Text) + "</pre>\n"
	case Rule:
		return "<hr style=\"border:0;border-top:1px solid #9ca3af;margin:16px 0;\">\n"
	}
	if !top {
		return htmlSpans(b.Spans)
	}
	style := styleP + [...]string{Left: "", Center: "text-align:center;", Right: "text-align:right;"}[b.Align]
	return "<p style=\"" + style + "\">" + htmlSpans(b.Spans) + "</p>\n"
}

func htmlList(b Block) string {
	tag := "ul"
	if b.Ordered {
		tag = "ol"
	}
	var w strings.Builder
	w.WriteString("<" + tag + " style=\"margin:0 0 12px;padding-left:22px;\">\n")
	for _, item := range b.Items {
		w.WriteString("<li style=\"margin:0 0 6px;\">")
		for i, child := range item {
			if i > 0 && child.Kind == Paragraph {
				w.WriteString("<br>")
			}
			w.WriteString(htmlBlock(child, false))
		}
		w.WriteString("</li>\n")
	}
	w.WriteString("</" + tag + ">\n")
	return w.String()
}

func htmlSpans(spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(htmlSpan(s))
	}
	return b.String()
}

func htmlSpan(s Span) string {
	if s.Break {
		return "<br>\n"
	}
	out := html.EscapeString(s.Text)
	if s.Code {
		out = "<code style=\"" + styleCode + "\">" + out + "</code>"
	}
	if s.Bold {
		out = "<strong>" + out + "</strong>"
	}
	if s.Small {
		out = "<span class=\"hansho-small\" style=\"" + styleSmall + "\">" + out + "</span>"
	}
	if s.URL != "" {
		out = "<a href=\"" + html.EscapeString(s.URL) + "\" style=\"color:#1d6fd1;overflow-wrap:anywhere;\">" + out + "</a>"
	}
	return out
}

// Page writes d as a whole document for a mail reader: one column in a table,
// since that is what all of them lay out, nothing loaded from outside.
func Page(title, lang string, d Doc) string {
	return fmt.Sprintf(page, html.EscapeString(lang), html.EscapeString(title), HTML(d))
}

const page = `<!DOCTYPE html>
<html lang="%s">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>%s</title>
<style>
@media (prefers-color-scheme: dark) {
  .hansho-back { background: #16191d !important; }
  .hansho-body { background: #1f2328 !important; color: #e6e8eb !important; border-color: #3a4048 !important; }
  .hansho-body a { color: #7ab4ff !important; }
  .hansho-small { color: #a3adb8 !important; }
  .hansho-body code, .hansho-body pre { background: #2d333b !important; color: #e6e8eb !important; }
}
@page { size: A4; margin: 22mm 20mm; }
@media print {
  .hansho-back { background: #ffffff !important; }
  .hansho-back td { padding: 0 !important; }
  .hansho-body { border: 0 !important; font-size: 10.5pt !important; color: #000000 !important; }
  .hansho-body a { color: #000000 !important; }
  h1, h2, h3 { break-after: avoid; }
  li { break-inside: avoid; }
}
</style>
</head>
<body class="hansho-back" style="margin:0;padding:0;background:#f3f4f6;">
<table role="presentation" class="hansho-back" width="100%%" cellpadding="0" cellspacing="0" border="0" style="background:#f3f4f6;">
<tr><td align="center" style="padding:16px 8px;">
<table role="presentation" width="100%%" cellpadding="0" cellspacing="0" border="0" style="max-width:680px;">
<tr><td class="hansho-body" style="padding:20px 22px;background:#ffffff;color:#1f2328;border:1px solid #d5d9de;border-radius:6px;font-family:'Hiragino Sans','Hiragino Kaku Gothic ProN','Noto Sans JP','Noto Sans CJK JP','Yu Gothic',Meiryo,Helvetica,Arial,sans-serif;font-size:15px;line-height:1.7;overflow-wrap:anywhere;word-break:normal;">
%s</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`
