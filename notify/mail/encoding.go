package mail

import (
	"encoding/base64"
	"fmt"
	"net/mail"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/unicode/norm"
)

// encoding is a character set with its way to write a subject.
type encoding struct {
	charset gomail.Charset
	subject func(string) string
	text    func(string) string
}

func (c *Channel) encoding() encoding {
	if c.opts.ISO2022JP {
		return encoding{charset: "ISO-2022-JP", subject: jisSubject, text: jisPage}
	}
	return encoding{charset: gomail.CharsetUTF8, subject: utf8Subject, text: func(s string) string { return s }}
}

// address writes an address, on one line, with its name in the encoding of the
// text: an old reader that knows one knows no other.
func (e encoding) address(a *mail.Address) string {
	if plainASCII(a.Name) {
		return a.String()
	}
	return strings.ReplaceAll(e.subject(a.Name), "\r\n", "") + " <" + a.Address + ">"
}

// utf8Subject encodes by RFC 2047, one encoded word a line, each of whole
// characters.
func utf8Subject(s string) string {
	return fold(s, func(chunk string) string { return encodedWord("utf-8", chunk) })
}

func jisSubject(s string) string {
	return fold(s, func(chunk string) string { return encodedWord("ISO-2022-JP", jis(chunk)) })
}

// maxWord keeps "Subject: " and an encoded word on a line of 78.
const maxWord = 66

// fold encodes s in words of whole characters, one a line. ASCII that fits a
// line stays as it is.
func fold(s string, encode func(string) string) string {
	if plainASCII(s) {
		return s
	}
	var lines []string
	chunk := ""
	for _, r := range s {
		if len(encode(chunk+string(r))) > maxWord {
			lines = append(lines, encode(chunk))
			chunk = ""
		}
		chunk += string(r)
	}
	return strings.Join(append(lines, encode(chunk)), "\r\n ")
}

// encodedWord encodes text as RFC 2047 has it, even where it is ASCII: a plain
// word beside encoded ones would gain a space.
func encodedWord(charset, text string) string {
	return "=?" + charset + "?B?" + base64.StdEncoding.EncodeToString([]byte(text)) + "?="
}

func plainASCII(s string) bool {
	return len(s) <= maxWord && !strings.Contains(s, "=?") && !strings.ContainsFunc(s, func(r rune) bool { return r > 0x7e || r < ' ' })
}

// jis writes s in ISO-2022-JP; a character that it lacks becomes its plain
// form, or 〓. Half-width katakana have no place in it (RFC 1468).
func jis(s string) string {
	s = norm.NFC.String(halfwidth.ReplaceAllStringFunc(s, norm.NFKC.String)) // macOS takes が apart
	enc := japanese.ISO2022JP.NewEncoder()
	if out, err := enc.String(s); err == nil {
		return out
	}
	var b strings.Builder
	for _, r := range s {
		b.WriteString(jisForm(r))
	}
	out, err := japanese.ISO2022JP.NewEncoder().String(b.String())
	if err != nil {
		return strings.ToValidUTF8(strings.Map(ascii, s), "?")
	}
	return out
}

// jisPage is jis for a text or a page, which then must not call itself UTF-8.
func jisPage(s string) string {
	return jis(strings.Replace(s, `<meta charset="utf-8">`, `<meta charset="iso-2022-jp">`, 1))
}

var halfwidth = regexp.MustCompile(`[\x{FF61}-\x{FF9F}]+`)

// jisReplacements are what ISO-2022-JP says in another way. Some are the same
// character, which Unicode and Windows map differently: the wave dash, the minus.
var jisReplacements = map[rune]string{
	'〜': "～", '−': "－", '‖': "∥", '¢': "￠", '£': "￡", '¬': "￢", '¥': "￥", '‾': "￣", '—': "―", '–': "-", '·': "・", '•': "・",
	'“': "\"", '”': "\"", '’': "'", '‘': "'", '«': "≪", '»': "≫", '‹': "＜", '›': "＞", '©': "(C)", '®': "(R)", 'ß': "ss", '€': "ユーロ",
	'½': "1/2", '¼': "1/4", '¾': "3/4", 'ゔ': "ヴ", 'ゕ': "か", 'ゖ': "け", '𠮷': "吉", '𠮟': "叱",
	'✓': "レ", '✔': "レ", '☑': "■", '✗': "×", '✕': "×", '✖': "×", '❌': "×", '⭕': "○", '✅': "○",
	'⚠': "【注意】", '🔴': "●", '🟠': "●", '🟡': "●", '🔵': "●", '🟢': "●", '⚪': "○", '⚫': "●",
}

func jisForm(r rune) string {
	if encodes(string(r)) {
		return string(r)
	}
	if unicode.In(r, unicode.Cf, unicode.Mn) { // unseen, or a variant of what it follows
		return ""
	}
	base := []rune(norm.NFD.String(string(r)))[0]
	for _, form := range []string{jisReplacements[r], norm.NFKC.String(string(r)), string(base)} {
		if form != "" && encodes(form) {
			return form
		}
	}
	return "〓"
}

func encodes(s string) bool {
	_, err := japanese.ISO2022JP.NewEncoder().String(s)
	return err == nil
}

func ascii(r rune) rune {
	if r > 0x7e {
		return '?'
	}
	return r
}

// percent encodes as an RFC 5987 value.
func percent(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_' {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

func itoa(n int) string { return strconv.Itoa(n) }
