// Package fold brings names to the form in which they are compared: one width,
// composed (NFC, never NFKC, which would turn ① into 1), lower case, with the
// spellings that Japanese writers use for one word made one (サーバ, サーバー,
// ｻｰﾊﾞ; middle dots; hyphens, underscores and spaces). Text is cut into tokens
// that remember where they stood, so that evidence can quote the original.
package fold

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// Class is the script of a token. A step from one class to another is a word
// boundary even where no space is written: Windowsサーバ, Office2016.
type Class uint8

// The classes of token. A letter or digit token is a whole run; kana and kanji
// tokens are one character each, for Japanese writes no spaces.
const (
	Letter Class = iota + 1
	Digit
	Katakana
	Hiragana
	Han
)

// Gap is what stands between a token and the one before it.
type Gap uint8

// The gaps. The first token of a text stands after a Break.
const (
	Glued  Gap = iota // nothing
	Spaced            // spaces, hyphens, dots, brackets and other marks
	Slash             // a slash, which may part two names: Acrobat/Reader
	Break             // a mark that no name spans: 。 、 ; or a new line
)

// Token is one word of a folded text.
type Token struct {
	Text       string // folded
	Start, End int    // byte span in the original
	Class      Class
	Gap        Gap
}

// Tokens cuts a text into folded tokens. Every long-vowel mark after katakana is
// left out, so that all spellings of a word give the same tokens wherever it
// stands; Name tells the few words apart that differ by it alone.
func Tokens(s string) []Token {
	return AppendTokens(nil, s)
}

// AppendTokens is Tokens into a slice that the caller brings.
func AppendTokens(dst []Token, s string) []Token {
	c := cutter{src: s, tokens: dst, gap: Break}
	c.out.Grow(len(s) + 8)
	c.run()
	return c.tokens
}

// Name returns the key under which two spellings of one name are equal:
// "Windows Server 2016" and "windows_server2016", "サーバー" and "ｻｰﾊﾞ". It is
// idempotent, and empty where s has no letter, digit, kana or kanji.
func Name(s string) string {
	if plain(s) {
		return s
	}
	c := cutter{src: s, gap: Break, vowels: true}
	c.out.Grow(len(s) + 8)
	c.run()
	return join(c.tokens)
}

// plain says that s is one lower-case ASCII word, which folds to itself.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 'a' || s[i] > 'z' {
			return false
		}
	}
	return true
}

// join writes tokens with a space only where two words of one class meet, so
// that a boundary of class needs none.
func join(tokens []Token) string {
	var b strings.Builder
	var before Class
	for _, t := range tokens {
		if t.Class == before && (t.Class == Letter || t.Class == Digit) || before != 0 && t.Text[0] == '.' {
			b.WriteByte(' ')
		}
		b.WriteString(t.Text)
		before = t.Class
	}
	return b.String()
}

// cutter walks the source once, writing folded text to out and the bounds of
// each token to tokens.
type cutter struct {
	src    string
	out    strings.Builder
	tokens []Token
	gap    Gap
	class  Class // of the open token, 0 where none is
	from   int   // where the open token starts in out
	start  int   // and in src
	end    int   // where it ends in src
	kana   int   // katakana written since the last other character
	vowels bool  // keep the long-vowel marks that tell words apart
}

// longVowelFrom is how many katakana must precede a long-vowel mark for it to be
// a matter of spelling: JIS Z 8301 drops it from words of three sounds or more
// (サーバ), never from shorter ones (キー, カバー).
const longVowelFrom = 3

func (c *cutter) run() {
	for i := 0; i < len(c.src); {
		if b := c.src[i]; b < utf8.RuneSelf && !combinesNext(c.src[i+1:]) {
			c.ascii(lower(b), i)
			i++
			continue
		}
		n := segment(c.src[i:])
		c.segment(c.src[i:i+n], i)
		i += n
	}
	c.close()
}

// lower is the lower case of an ASCII byte.
func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}

// combinesNext says that the text starts with something that may join the
// character before it.
func combinesNext(s string) bool {
	if s == "" || s[0] < utf8.RuneSelf {
		return false
	}
	r, _ := utf8.DecodeRuneInString(s)
	return joins(r)
}

// joins says that a rune belongs to the one before: a combining mark, or the
// half-width voicing marks.
func joins(r rune) bool {
	return r == 'ﾞ' || r == 'ﾟ' || unicode.Is(unicode.Mn, r)
}

// segment is the length of the first character of s with all that joins it.
func segment(s string) int {
	_, n := utf8.DecodeRuneInString(s)
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		if !joins(r) {
			break
		}
		n += size
	}
	return n
}

// segment folds one character that isn't plain ASCII.
func (c *cutter) segment(s string, at int) {
	if r, n := utf8.DecodeRuneInString(s); n == len(s) && settled(r) {
		c.rune(r, at, at+n)
		return
	}
	for _, r := range norm.NFC.String(width.Fold.String(s)) {
		r = unicode.ToLower(r)
		if r < utf8.RuneSelf {
			c.asciiSpan(byte(r), at, at+len(s))
			continue
		}
		c.rune(r, at, at+len(s))
	}
}

// settled says that a rune alone is already in its folded form: the kana and
// kanji that most text is made of.
func settled(r rune) bool {
	return 0x3041 <= r && r <= 0x30FF || 0x4E00 <= r && r <= 0x9FFF
}

func (c *cutter) ascii(b byte, at int) { c.asciiSpan(b, at, at+1) }

func (c *cutter) asciiSpan(b byte, at, end int) {
	switch {
	case 'a' <= b && b <= 'z':
		c.put(Letter, rune(b), at, end)
	case '0' <= b && b <= '9':
		c.put(Digit, rune(b), at, end)
	case (b == '+' || b == '#') && c.class == Letter:
		c.put(Letter, rune(b), at, end) // C++, C#
	case b == '.' && c.dotJoins(end):
		c.put(c.dotClass(), '.', at, end)
	case b == '\n' || b == ';':
		c.separate(Break)
	case b == '/':
		c.separate(Slash)
	default:
		c.separate(Spaced)
	}
}

// dotJoins says that a full stop belongs to the word: 7.0, .NET, Node.js; not
// the one that ends a sentence.
func (c *cutter) dotJoins(next int) bool {
	if next == len(c.src) {
		return false
	}
	if c.class == Digit {
		return isDigit(c.src[next])
	}
	return isLetter(c.src[next])
}

func (c *cutter) dotClass() Class {
	if c.class == Digit {
		return Digit
	}
	c.close() // ".js" is a token of its own, glued
	return Letter
}

func isDigit(b byte) bool  { return '0' <= b && b <= '9' }
func isLetter(b byte) bool { b |= 0x20; return 'a' <= b && b <= 'z' }

// rune takes one folded character outside ASCII.
func (c *cutter) rune(r rune, at, end int) {
	switch {
	case r == 'ー' && c.kana > 0:
		c.longVowel(at, end)
	case r == '・' || r == '·' || r == '•' || r == '‧':
		c.separate(Spaced)
	case unicode.Is(unicode.Katakana, r) || r == 'ー':
		c.single(Katakana, r, at, end)
	case unicode.Is(unicode.Hiragana, r):
		c.single(Hiragana, r, at, end)
	case unicode.Is(unicode.Han, r):
		c.single(Han, r, at, end)
	case unicode.IsLetter(r) || unicode.IsNumber(r) || c.class == Letter && unicode.Is(unicode.Mn, r):
		c.put(Letter, r, at, end)
	case unicode.Is(unicode.Mn, r) || joins(r): // marks nothing that it could
	case r == '。' || r == '、' || r == '\u2028' || r == '\u2029':
		c.separate(Break)
	default:
		c.separate(Spaced)
	}
}

// longVowel keeps the mark as a token of its own only where it tells words
// apart and the caller wants that; else it widens the token before.
func (c *cutter) longVowel(at, end int) {
	if c.vowels && c.kana < longVowelFrom {
		c.single(Katakana, 'ー', at, end)
		return
	}
	if c.class != 0 {
		c.end = end
		return
	}
	c.tokens[len(c.tokens)-1].End = end
}

// put adds a character to the open token of its class, or opens one.
func (c *cutter) put(class Class, r rune, at, end int) {
	if c.class != class {
		c.close()
		c.class, c.from, c.start = class, c.out.Len(), at
	}
	c.out.WriteRune(r)
	c.end, c.kana = end, 0
}

// single is a token of one character.
func (c *cutter) single(class Class, r rune, at, end int) {
	c.close()
	kana := c.kana
	c.class, c.from, c.start, c.end = class, c.out.Len(), at, end
	c.out.WriteRune(r)
	c.kana = 0
	if class == Katakana {
		c.kana = kana + 1
	}
}

// separate ends the open token. Katakana is counted across spaces and dots,
// for マイクロ・フォーカス and マイクロフォーカス are one name.
func (c *cutter) separate(gap Gap) {
	c.close()
	c.gap = max(c.gap, gap)
}

func (c *cutter) close() {
	if c.class == 0 {
		return
	}
	text := c.out.String()[c.from:]
	c.tokens = append(c.tokens, Token{Text: text, Start: c.start, End: c.end, Class: c.class, Gap: c.gap})
	c.class, c.gap = 0, Glued
}
