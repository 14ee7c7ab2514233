package feeds

import (
	"html"
	"regexp"
	"strings"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxSummary bounds a summary in runes: what is longer is on the linked page.
const maxSummary = 4000

// unescape resolves character references, also those that were escaped twice
// (&amp;gt;), as JVN iPedia does.
func unescape(s string) string {
	for range 3 {
		if !strings.Contains(s, "&") {
			break
		}
		t := html.UnescapeString(s)
		if t == s {
			break
		}
		s = t
	}
	return s
}

var looksHTML = regexp.MustCompile(`(?i)</?(?:p|br|div|span|a|b|i|em|strong|ul|ol|li|table|tr|td|h[1-6]|pre|code|img|font|hr)\b[^>]*>`)

// plainText gives the text of a description: markup taken off where there is
// any, references resolved, lines kept, cut to a summary's length.
func plainText(s string) string {
	s = strings.ReplaceAll(s, `\n`, "\n")
	s = unescape(s)
	if looksHTML.MatchString(s) {
		s = stripTags(s)
	}
	return cutRunes(blankLines.ReplaceAllString(strings.TrimSpace(unescape(s)), "\n\n"), maxSummary)
}

// blankLines are more of them than part two paragraphs.
var blankLines = regexp.MustCompile(`[ \t]*\n(?:[ \t\r]*\n){2,}`)

// stripTags gives the text of an HTML fragment; block elements and <br> end a
// line, scripts and styles are left out.
func stripTags(s string) string {
	z := xhtml.NewTokenizer(strings.NewReader(s))
	z.SetMaxBuf(maxItemBytes)
	var b strings.Builder
	for skip := 0; ; {
		switch z.Next() {
		case xhtml.ErrorToken:
			return b.String()
		case xhtml.TextToken:
			if skip == 0 {
				b.Write(z.Text())
			}
		case xhtml.StartTagToken, xhtml.SelfClosingTagToken:
			name, _ := z.TagName()
			switch a := atom.Lookup(name); a {
			case atom.Script, atom.Style:
				skip++
			case atom.Li:
				if text := b.String(); text != "" && !strings.HasSuffix(text, "\n") {
					b.WriteByte('\n')
				}
				b.WriteString("- ")
			case atom.Ul, atom.Ol: // their entries begin lines of their own
			default:
				lineBreak(&b, a)
			}
		case xhtml.EndTagToken:
			name, _ := z.TagName()
			switch a := atom.Lookup(name); a {
			case atom.Script, atom.Style:
				skip = max(0, skip-1)
			case atom.Li:
			default:
				lineBreak(&b, a)
			}
		}
	}
}

func lineBreak(b *strings.Builder, a atom.Atom) {
	switch a {
	case atom.Br, atom.P, atom.Div, atom.Tr, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6,
		atom.Ul, atom.Ol, atom.Li, atom.Table, atom.Section, atom.Article, atom.Pre, atom.Dt, atom.Dd, atom.Blockquote:
		b.WriteByte('\n')
	case atom.Td, atom.Th:
		b.WriteByte(' ')
	}
}

// brokenLine is a line break inside Japanese text, which stands for no space.
var brokenLine = regexp.MustCompile(`([\p{Han}\p{Hiragana}\p{Katakana}ー、。・（）「」：])[ \t]*\r?\n\s*([\p{Han}\p{Hiragana}\p{Katakana}ー、。・（）「」：])`)

// titleLine gives a title on one line, without marks of how it is to look.
func titleLine(s string) string {
	s = styleTag.ReplaceAllString(unescape(s), "")
	return oneLine(brokenLine.ReplaceAllString(brokenLine.ReplaceAllString(s, "$1$2"), "$1$2"))
}

// styleTag is what some put into a title; other tags may be what it speaks of.
var styleTag = regexp.MustCompile(`(?i)</?(?:b|i|u|em|strong|span|font|sup|sub|wbr)(?:\s[^<>]*)?>`)

// oneLine joins the words of s by single spaces.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// cutRunes gives the first n runes of s, with … where more was there.
func cutRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return strings.TrimSpace(s[:i]) + "…"
		}
		n--
	}
	return s
}
