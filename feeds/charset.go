package feeds

import (
	"bytes"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

// DecodeText gives the text of a document in UTF-8, without byte order mark and
// without characters that XML forbids. What a document or its server declares
// of its character set is a hint only: Japanese publishers were seen to declare
// UTF-8 over Shift_JIS and the other way round, or nothing at all.
func DecodeText(body []byte, contentType string) string {
	if text, ok := decodeByMark(body); ok {
		return cleanXML(text)
	}
	if isISO2022JP(body) {
		return cleanXML(decodeAs(japanese.ISO2022JP, body))
	}
	if utf8.Valid(body) {
		return cleanXML(string(body))
	}
	return cleanXML(bestGuess(body, declaredCharset(body, contentType)))
}

// decodeByMark reads a text that says by its first bytes what it is.
func decodeByMark(b []byte) (string, bool) {
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		return strings.ToValidUTF8(string(b[3:]), "\ufffd"), true
	case bytes.HasPrefix(b, []byte("\xfe\xff")), bytes.HasPrefix(b, []byte("\x00<\x00")):
		return decodeAs(unicode.UTF16(unicode.BigEndian, unicode.UseBOM), b), true
	case bytes.HasPrefix(b, []byte("\xff\xfe")), bytes.HasPrefix(b, []byte("<\x00")) && len(b) > 3 && b[3] == 0:
		return decodeAs(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), b), true
	}
	return "", false
}

// isISO2022JP says whether b is 7-bit text with the escape sequences that
// switch to Japanese characters.
func isISO2022JP(b []byte) bool {
	if bytes.IndexByte(b, 0x1b) < 0 {
		return false
	}
	for _, esc := range []string{"\x1b$B", "\x1b$@", "\x1b$(D", "\x1b(I"} {
		if bytes.Contains(b, []byte(esc)) {
			return bytes.IndexFunc(b, func(r rune) bool { return r >= 0x80 }) < 0
		}
	}
	return false
}

func decodeAs(e encoding.Encoding, b []byte) string {
	out, err := e.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	return string(out)
}

// declaration finds a charset in the head of an XML or HTML document.
var declaration = regexp.MustCompile(`(?i)(?:encoding|charset)\s*=\s*["']?\s*([a-z0-9_\-:.]+)`)

// declaredCharset gives the name that the server or the document's head states.
func declaredCharset(b []byte, contentType string) string {
	if _, params, err := mime.ParseMediaType(contentType); err == nil && params["charset"] != "" {
		return params["charset"]
	}
	if m := declaration.FindSubmatch(b[:min(len(b), 2048)]); m != nil {
		return string(m[1])
	}
	return ""
}

// bestGuess decodes b, which is no UTF-8, in the way that leaves the least
// rubbish: as declared, as one of the Japanese sets, or as damaged UTF-8.
func bestGuess(b []byte, declared string) string {
	var candidates []encoding.Encoding
	if e := lookupCharset(declared); e != nil {
		candidates = append(candidates, e)
	}
	candidates = append(candidates, unicode.UTF8, japanese.ShiftJIS, japanese.EUCJP)
	if !isJapaneseName(declared) && declared != "" && lookupCharset(declared) != nil {
		candidates = candidates[:2] // a declared foreign set is believed before a guess
	}
	best, least := "", -1
	for _, e := range candidates {
		text := decodeAs(e, b)
		if n := rubbish(text); least < 0 || n < least {
			best, least = text, n
		}
	}
	// One broken character in a hundred is damage; more is another set, of the
	// Western ones in all likelihood.
	if least > 10+len(b)/10 {
		if declared == "" {
			return decodeAs(charmap.Windows1252, b)
		}
	}
	return best
}

// lookupCharset knows the names of the WHATWG Encoding Standard and the ones
// that Japanese software writes.
func lookupCharset(name string) encoding.Encoding {
	switch strings.ToLower(strings.NewReplacer("_", "-", " ", "").Replace(name)) {
	case "cp932", "ms932", "windows-932", "x-ms-cp932", "sjis-win", "shift-jisx0213", "sjis":
		return japanese.ShiftJIS
	case "eucjp", "x-euc-jp", "ujis", "eucjp-win", "cp51932", "eucjp-ms":
		return japanese.EUCJP
	case "", "utf-8", "utf8":
		return nil
	}
	e, err := htmlindex.Get(name)
	if err != nil {
		return nil
	}
	return e
}

func isJapaneseName(name string) bool {
	switch lookupCharset(name) {
	case japanese.ShiftJIS, japanese.EUCJP, japanese.ISO2022JP:
		return true
	}
	return false
}

// rubbish counts what decoding with a wrong set leaves: replacement characters
// weigh most, half-width katakana in long runs and C1 controls less.
func rubbish(text string) int {
	n := 0
	for _, r := range text {
		switch {
		case r == utf8.RuneError:
			n += 10
		case r >= 0x80 && r < 0xa0, r >= 0xe000 && r < 0xf900:
			n += 5
		case r >= 0xff61 && r <= 0xff9f:
			n++
		}
	}
	return n
}

// cleanXML drops the characters that XML 1.0 forbids (section 2.2).
func cleanXML(s string) string {
	forbidden := func(r rune) bool {
		return r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff
	}
	if strings.IndexFunc(s, forbidden) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if forbidden(r) {
			return -1
		}
		return r
	}, s)
}
