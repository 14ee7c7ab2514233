package markup

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Safe is Markdown made by us, that is not escaped again.
type Safe string

const special = "\\`*_[]<>&~!|#"

// Escape makes text from outside into Markdown that reads as that text, on one
// line, wherever in a line it is put: it can begin no list, heading, quote,
// link, code or HTML.
func Escape(s string) Safe {
	s = Clean(s)
	s = strings.Join(strings.Fields(s), " ")
	var b strings.Builder
	b.Grow(len(s) + 8)
	for i, c := range s {
		if strings.ContainsRune(special, c) || opensBlock(s, i, c) {
			b.WriteByte('\\')
		}
		b.WriteRune(c)
	}
	return Safe(b.String())
}

// opensBlock says that c, at the beginning of a line, would open a
// list or an underline: "- a", "1. a", "===".
func opensBlock(s string, i int, c rune) bool {
	switch c {
	case '+', '-', '=', ':':
		return i == 0
	case '.', ')':
		return i > 0 && i < 10 && strings.Trim(s[:i], "0123456789") == ""
	}
	return false
}

// EscapeLines is Escape for text of several lines: line breaks stay, an empty
// line becomes one.
func EscapeLines(s string) Safe {
	var lines []string
	for line := range strings.Lines(Clean(s)) {
		lines = append(lines, strings.TrimSpace(line))
	}
	var b strings.Builder
	for i, line := range strings.Split(strings.TrimSpace(strings.Join(lines, "\n")), "\n") {
		if line == "" {
			continue
		}
		if i > 0 {
			b.WriteString("\\\n")
		}
		b.WriteString(string(Escape(line)))
	}
	return Safe(b.String())
}

// Clean drops what no text needs and what hides or turns text around: control
// and bidirectional formatting characters, broken UTF-8. All line ends become
// one newline.
func Clean(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\u0085", "\n").Replace(s)
	return strings.Map(func(c rune) rune {
		switch {
		case c == '\n' || c == '\t':
			return c
		case c == utf8.RuneError:
			return '\uFFFD'
		case unicode.IsControl(c), c >= 0x202A && c <= 0x202E, c >= 0x2066 && c <= 0x2069,
			c == 0x200B, c == 0x200E, c == 0x200F, c == 0x2060, c == 0xFEFF, c >= 0xE0000 && c <= 0xE007F && c < 0xE0020:
			return -1
		}
		return c
	}, s)
}

// CodeSpan shows text from outside as it stands.
func CodeSpan(s string) Safe {
	s = strings.Join(strings.Fields(Clean(s)), " ")
	if s == "" {
		return ""
	}
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	return Safe(fence + " " + s + " " + fence)
}

// Link is a link from outside: where the address is none that a mail reader
// should open, only the words are left.
func Link(words, address string) Safe {
	u := SafeURL(address)
	if strings.TrimSpace(words) == "" {
		words = u
	}
	if u == "" {
		return Escape(words)
	}
	return "[" + Escape(words) + "](<" + Safe(strings.ReplaceAll(u, "\\", "%5C")) + ">)"
}

// SafeURL gives the address of a web page, a mail box or a telephone in a form
// that ends no markup, and nothing for any other.
func SafeURL(address string) string {
	address = strings.TrimSpace(Clean(address))
	if len(address) > 3000 { // Slack's limit for the address of a link
		return ""
	}
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	switch u.Scheme {
	case "http", "https":
		if u.Host == "" || u.User != nil {
			return ""
		}
	case "mailto", "tel":
		if u.Opaque == "" {
			return ""
		}
	default:
		return ""
	}
	return urlEscaper.Replace(u.String())
}

var urlEscaper = strings.NewReplacer("<", "%3C", ">", "%3E", "\"", "%22", "'", "%27", "|", "%7C",
	" ", "%20", "\n", "", "\t", "", "`", "%60", "\\", "%5C", "(", "%28", ")", "%29")
