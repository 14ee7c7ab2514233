package version

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// token is one word of version prose.
type token struct {
	phrase
	text       string // of versions: as it is compared; else as it stands there
	branch     string // of versions: the numbers that stay, for 8.x
	start, end int    // bytes in the folded text
	other      bool   // of versions: alone it is one of a protocol's, a port, a score
	stage      bool   // of versions: only a suffix, Update 12
	caps       bool   // holds a capital letter
	edge       int    // of versions: 1 where the text says that a bound at it is included, -1 excluded
}

func (t token) isVersion() bool { return t.kind == kVersion || t.kind == kWeak }

// The looks of words with digits, lower case.
var (
	cveLook     = regexp.MustCompile(`^(?:cve|cwe|jvndb|jvnvu|jvnta|jvn|icsa|icsma|ghsa|zdi|rhsa)-`)
	dateLook    = regexp.MustCompile(`^(?:19|20)\d\d[-/.](?:0[1-9]|1[0-2])[-/.](?:0[1-9]|[12]\d|3[01])$`)
	unitLook    = regexp.MustCompile(`^\d+(?:\.\d+)?-?(?:bits?|bytes?|mb|gb|kb|tb|ms|px|mm|inch|hz|mhz|ghz)$|^\d+-?(?:th|st|nd|rd|g|k|d|fa|way|port|days?|hours?|factor|step|zip|tier|ch)$`)
	dottedLook  = regexp.MustCompile(`^v?\d+(?:\.\d+)+(?:\([0-9a-z.-]+\))*(?:[._+~-]?[0-9a-z]+(?:\([0-9a-z.]+\))*)*$`)
	parenLook   = regexp.MustCompile(`^\d+(?:\.\d+)*\([0-9a-z.-]+\)[0-9a-z.()-]*$`)
	wildLook    = regexp.MustCompile(`^v?(\d+(?:\.\d+)*)\.(?:x{1,4}|\*|z)(?:\.(?:x{1,4}|\*))*$`)
	epochLook   = regexp.MustCompile(`^\d:\d+\.\d[0-9a-z.+~-]*$`)
	drupalLook  = regexp.MustCompile(`^\d+\.x-\d+(?:\.\d+)*(?:-[0-9a-z]+)?$`)
	blurLook    = regexp.MustCompile(`^v?\d+(?:\.\d+)+x$`) // 1.2x may be 1.2.x or 1.20 to 1.29
	itemLook    = regexp.MustCompile(`^\((?:[0-9]{1,2}|[a-z])\)`)
	stageLook   = regexp.MustCompile(`^(?:update|interim fix|ifix|service pack|sp|patch|hotfix|cumulative update|cu|fix pack|fp|builds?|build number|revision|ビルド番号|ビルド|修正パッチ|パッチ|リビジョン|アップデート|サービスパック|ホットフィックス)[ .#]?[0-9][0-9a-z]*(?:[.-][0-9][0-9a-z]*)*|^(?:sr|cf|cr|su|if|hf|rp|mr)[0-9]+`)
	markedLook  = regexp.MustCompile(`^v\d+(?:\.\d+)*(?:[a-z]{1,4}\d+)*[a-z]?(?:[._-][0-9a-z]*[0-9][0-9a-z]*|-(?:rc|beta|alpha|final|ga|snapshot|stable))*$`)
	updateLook  = regexp.MustCompile(`^\d+u\d+(?:-[a-z][a-z0-9]*)?$|^\d\dh[12]$`)
	joinedLook  = regexp.MustCompile(`^\d{1,4}(?:_\d+){2,}$|^\d\d-\d\d-(?:\d\d|/[a-z])$|^\d\d-\d\d-\d\d-/[a-z]$|^(?:0[1-9]|1\d)-(?:00|[4-9]0)$`) // 9_12_370, Hitachi's 11-10-02 and 09-50
	editionLook = regexp.MustCompile(`^第([0-9]+(?:\.[0-9]+)*)版`)
	slashDate   = regexp.MustCompile(`^(?:19|20)\d\d/(?:1[0-2]|0?[1-9])/(?:[12]\d|3[01]|0?[1-9])`)
	preLook     = regexp.MustCompile(`^(pre-|pre |prior )v?\d+\.\d`)
	ownRevision = regexp.MustCompile(`^(?:rev\.?|revision|リビジョン)[ .]?([0-9]+(?:\.[0-9]+)+)`)
	weakLook    = regexp.MustCompile(`^\d{1,4}[a-z]$|^r\d+[a-z]?(?:sp\d+)?(?:\.\d+)*(?:[.-][a-z0-9]+)*$|^(?:cu|sp|ru|fp|su|mr|rp|hf|build)\d+$|^\d+[-_](?:sp|r|p|h|u|cu)\d+$|^\d{4}r\d$`)
	gluedLook   = regexp.MustCompile(`^(?:ver\.?|version|rev\.?|[a-z]+|(?:[a-z][a-z0-9]*[-_])+)v?(\d+(?:\.(?:\d+|x\b|\*))+[0-9a-z._+-]*)$`)
	continued   = regexp.MustCompile(`^[ _-]?\(?(build|bld|update|upd|u|sp|service pack|patch|patch level|patchlevel|hotfix|hot fix|hf|cu|cumulative update|fp|fix pack|fixpack|ifix|interim fix|if|esd|sr|rp|rev|revision|r|ru|mr|mp|m|p|rc|beta|alpha|preview|milestone|release|maintenance release|ビルド|修正パッチ|パッチ|リビジョン|アップデート|サービスパック|ホットフィックス)[ .#:-]{0,2}([0-9][0-9a-z]*(?:[.-][0-9][0-9a-z]*)*)\)?`)
	shortSuffix = regexp.MustCompile(`^[ _]([A-Z]{1,4}[v-]?\d{1,4}[a-z]?)\b`)
	bareStage   = regexp.MustCompile(`^[ _-](alpha|beta|rc|ga|final|snapshot|preview)\b`)
	monthYear   = regexp.MustCompile(`^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?[ -](?:\d{1,2}(?:st|nd|rd|th)?,? )?(?:19|20)\d\d\b`)
	counted     = regexp.MustCompile(`^ ?(?:年|月|日|件|個|つ|台|社|名|人|回|時|分|秒|ページ|番|種|点|%|ビット|円|章|項|桁|文字|世代|度|ヶ|か月|カ月|週|箇所|か所|カ所|段|行|列|バイト|mb\b|gb\b|kb\b|bytes?\b|bits?\b|days?\b|minutes?\b|hours?\b|seconds?\b|times\b|characters\b|vulnerabilit|issues\b|users\b|products\b|°)`)
)

// translated gives the Japanese words inside a version their ASCII form.
var translated = strings.NewReplacer(
	"ビルド番号", "build ", "ビルド", "build ", "builds", "build", "build number", "build", "修正パッチ", "patch", "パッチ", "patch", "リビジョン", "rev", "アップデート", "update", "サービスパック", "sp", "ホットフィックス", "hotfix",
)

// ascii is a suffix in its ASCII form, single-spaced.
func ascii(suffix string) string {
	return strings.Join(strings.Fields(translated.Replace(suffix)), " ")
}

// lexer cuts folded text into tokens.
type lexer struct {
	text  string // folded
	lower string // the same length, ASCII letters in lower case
	toks  []token
}

func lex(text string) []token {
	l := lexer{text: text, lower: asciiLower(text)}
	for i := 0; i < len(text); {
		i = l.next(i)
	}
	return l.toks
}

// asciiLower lowers ASCII letters only, so that offsets stay.
func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// next reads one token at i and returns where the next begins.
func (l *lexer) next(i int) int {
	c := l.lower[i]
	switch {
	case c == '\n' || c == '\r':
		l.add(token{phrase: phrase{kind: kSep}, start: i, end: i + 1})
		return i + 1
	case c == ' ' || c == '\t':
		return i + 1
	}
	if end := l.digits(i); end > i {
		return end
	}
	if m, end := phrases.match(l.lower, i); m.kind != kNone && l.wordStarts(i) {
		l.add(token{phrase: m, text: l.text[i:end], start: i, end: end})
		return end
	}
	return l.word(i)
}

func (l *lexer) add(t token) {
	t.caps = l.text[t.start:t.end] != l.lower[t.start:t.end]
	t.other = t.isVersion() && l.elsewhere()
	if t.kind == kWeak && allDigits(t.text) && l.countsBuilds() {
		t.text, t.stage = "build "+t.text, true
	}
	l.toks = append(l.toks, t)
}

// countsBuilds says that a number is a build's: builds before 4567.
func (l *lexer) countsBuilds() bool {
	n := len(l.toks)
	return n > 1 && l.toks[n-1].kind == kPrefix && l.toks[n-2].text == "builds"
}

// otherNumbers are the words whose number, alone, is no product's version.
var otherNumbers = map[string]bool{
	"cvss": true, "score": true, "vector": true, "http": true, "https": true, "tls": true, "dtls": true, "ssl": true, "snmp": true, "smb": true, "oauth": true,
	"saml": true, "soap": true, "bluetooth": true, "usb": true, "ieee": true, "port": true, "ports": true, "section": true, "chapter": true, "figure": true, "rfc": true,
	"bug": true, "bugs": true, "issue": true, "id": true, "ids": true, "ticket": true, "line": true, "step": true, "ポート": true, "スコア": true, "cvssv": true, "pdf": true,
	"html": true, "xml": true, "unicode": true, "wpa": true, "基本値": true, "現状値": true, "値": true, "ipv": true, "upnp": true, "ntlm": true, "番号": true,
}

// elsewhere says that the word before makes a number one of its own kind: CVSS
// 3.0, TLS 1.2, port 8080.
func (l *lexer) elsewhere() bool {
	n := len(l.toks)
	for n > 0 && (l.toks[n-1].kind == kColon || l.toks[n-1].kind == kLabel || l.toks[n-1].text == "/") {
		n--
	}
	if n == 0 || l.toks[n-1].kind != kWord {
		return false
	}
	w := l.lower[l.toks[n-1].start:l.toks[n-1].end]
	return otherNumbers[strings.Trim(w, "/:-# ")]
}

// wordStarts says that no ASCII word runs into i.
func (l *lexer) wordStarts(i int) bool {
	return !isAlnum(l.lower[i]) || i == 0 || !isAlnum(l.lower[i-1])
}

// word passes over what means nothing here: an ASCII word, or one rune, joined
// to the word before.
func (l *lexer) word(i int) int {
	end := i
	switch {
	case isAlnum(l.lower[i]):
		end = l.runEnd(i)
		end = max(end, i+1)
	case l.lower[i] == '.' && (i+1 == len(l.lower) || isSpace(l.lower[i+1])):
		l.add(token{phrase: phrase{kind: kStop}, start: i, end: i + 1})
		return i + 1
	default:
		_, n := utf8.DecodeRuneInString(l.text[i:])
		end = i + n
	}
	if n := len(l.toks); n > 0 && l.toks[n-1].kind == kWord && l.toks[n-1].end == i {
		l.toks[n-1].end = end
		return end
	}
	l.add(token{phrase: phrase{kind: kWord}, text: l.text[i:end], start: i, end: end})
	return end
}

// runEnd is the end of the run of ASCII word and version characters at i.
// Punctuation at its end is left outside.
func (l *lexer) runEnd(i int) int {
	s := l.lower
	j := i
	for j < len(s) {
		c := s[j]
		switch {
		case isAlnum(c) || c == '_' || c == '.' || c == '*':
			j++
		case (c == '-' || c == '+') && j+1 < len(s) && isAlnum(s[j+1]):
			j++
		case c == ':' && j == i+1 && isDigit(s[i]) && j+1 < len(s) && isDigit(s[j+1]):
			j++ // a package's epoch: 1:4.2.6
		case c == '~' && j > i && isDigit(s[j-1]) && j+1 < len(s) && isLetter(s[j+1]) && !isMarked(s[j+1:]):
			j++
		case c == '(' && j > i && isAlnum(s[j-1]):
			end := parenEnd(s, j)
			if end < 0 {
				return trimRun(s, i, j)
			}
			j = end
		default:
			return trimRun(s, i, j)
		}
	}
	return trimRun(s, i, j)
}

// isMarked says that s begins with a mark of a version: v1, ver.1.
func isMarked(s string) bool {
	rest := strings.TrimLeft(strings.TrimPrefix(strings.TrimPrefix(s, "v"), "er"), ". ")
	return s[0] == 'v' && rest != "" && isDigit(rest[0])
}

// dotNumber is the .1 of Cisco's 3.7S(.1).
func dotNumber(s string) bool { return len(s) > 1 && s[0] == '.' && isDigit(s[1]) }

// regionLook is the model and build in a firmware's version: V5.10(AAAA.2)C0.
var regionLook = regexp.MustCompile(`^\([a-z]{2,6}\.[0-9]+\)`)

// parenEnd is the end of "(7)", "(1.18900-16)", "(2f)" at j, -1 where the
// parenthesis holds something else.
func parenEnd(s string, j int) int {
	if j+1 >= len(s) || !isDigit(s[j+1]) && !dotNumber(s[j+1:]) && !regionLook.MatchString(s[j:min(len(s), j+12)]) {
		return -1
	}
	for k := j + 1; k < len(s) && k < j+16; k++ {
		switch {
		case s[k] == ')':
			return k + 1
		case !isAlnum(s[k]) && s[k] != '.' && s[k] != '-':
			return -1
		}
	}
	return -1
}

func trimRun(s string, i, j int) int {
	for j > i && strings.IndexByte("._-+*", s[j-1]) >= 0 {
		if s[j-1] == '*' && j-2 >= i && s[j-2] == '.' {
			break
		}
		j--
	}
	return j
}

// digits reads a word that holds a digit, with the words that belong to its
// version (10.0 SP1, 6.0 (Build 1284)); it returns i where there is none.
func (l *lexer) digits(i int) int {
	if end := l.phraseWithDigits(i); end > i {
		return end
	}
	if !isAlnum(l.lower[i]) || !l.wordStarts(i) {
		return i
	}
	end := l.runEnd(i)
	if end-i > maxVersion || !hasDigit(l.lower[i:end]) {
		return i
	}
	if m := labelled.FindStringSubmatch(l.lower[i:end]); m != nil {
		m := m[1]
		l.add(token{phrase: phrase{kind: kLabel}, text: l.text[i : i+len(m)], start: i, end: i + len(m)})
		i += len(m)
	}
	if set := bracketSet.FindString(l.lower[end:min(len(l.lower), end+32)]); set != "" {
		l.add(token{phrase: phrase{kind: kVague}, start: i, end: end + len(set)})
		return end + len(set)
	}
	if m := revised.FindString(l.lower[end:min(len(l.lower), end+4)]); m != "" && joinedLook.MatchString(l.lower[i:end]) {
		end += len(m)
	}
	end = l.splitRange(i, end)
	t := l.classify(i, end)
	if t.isVersion() && t.branch == "" {
		l.extend(&t)
	}
	l.add(t)
	return l.plus(t)
}

// revised is the revision of Hitachi's 09-50-/G.
var revised = regexp.MustCompile(`^-/[a-z]\b`)

// labelled is a label that runs into its version: Ver.5.1.
var labelled = regexp.MustCompile(`^((?:version|vers?|rel|release)\.?)(?:v?[0-9]|r[0-9])`)

// phraseWithDigits reads what has a digit only after a space or a parenthesis:
// "(1)" of an enumeration, "Dec 10, 2021", "Update 12"; it returns i where there
// is none.
func (l *lexer) phraseWithDigits(i int) int {
	c := l.lower[i]
	if c == '(' {
		if m := itemLook.FindString(l.lower[i:min(len(l.lower), i+4)]); m != "" {
			l.add(token{phrase: phrase{kind: kSkip}, start: i, end: i + len(m)})
			return i + len(m)
		}
		return i
	}
	if isDigit(c) && l.wordStarts(i) {
		if m := slashDate.FindString(l.lower[i:min(len(l.lower), i+12)]); m != "" && boundaryAt(l.lower, i+len(m)) {
			l.add(token{phrase: phrase{kind: kWeak}, text: m, start: i, end: i + len(m)})
			return i + len(m)
		}
	}
	if isDigit(c) || !l.wordStarts(i) || c < 0x80 && strings.IndexByte("jfmasondubphcri", c) < 0 {
		return i
	}
	rest := l.lower[i:min(len(l.lower), i+64)]
	if end := l.marked(i, rest); end > i {
		return end
	}
	if !hasDigit(rest[:min(len(rest), 36)]) {
		return i
	}
	if m := monthYear.FindString(rest); m != "" {
		l.add(token{phrase: phrase{kind: kSkip}, start: i, end: i + len(m)})
		return i + len(m)
	}
	if m := stageLook.FindString(rest); m != "" && boundaryAt(l.lower, i+len(m)) {
		l.add(token{phrase: phrase{kind: kWeak}, text: ascii(l.text[i : i+len(m)]), stage: true, start: i, end: i + len(m)})
		return i + len(m)
	}
	return i
}

// marked reads what says itself what the digits behind it are: 第3版, pre-2.0,
// Rev. 2.1; it returns i where there is none.
func (l *lexer) marked(i int, rest string) int {
	if m := editionLook.FindStringSubmatch(rest); m != nil {
		l.add(token{phrase: phrase{kind: kVersion}, text: m[1], start: i, end: i + len(m[0])})
		return i + len(m[0])
	}
	if m := preLook.FindStringSubmatch(rest); m != nil {
		l.add(token{phrase: below, text: "pre", start: i, end: i + len(m[1])})
		return i + len(m[1])
	}
	if m := ownRevision.FindStringSubmatchIndex(rest); m != nil {
		l.add(token{phrase: phrase{kind: kLabel}, text: l.text[i : i+m[2]], start: i, end: i + m[2]})
		return i + m[2]
	}
	return i
}

// bracketSet is the end of 6.3.[0-3].
var bracketSet = regexp.MustCompile(`^\.?\[[0-9][0-9,. -]*\]`)

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

// plus reads the + of "1.6+" as "or later".
func (l *lexer) plus(t token) int {
	if t.isVersion() && t.end < len(l.lower) && l.lower[t.end] == '+' {
		l.add(token{phrase: selfAtLeast, start: t.end, end: t.end + 1})
		return t.end + 1
	}
	return t.end
}

// rangeLook is two dotted versions with a hyphen between: 7.0.0-7.0.15.
var rangeLook = regexp.MustCompile(`^(v?(\d+)(?:\.(?:\d+|x))+[a-z]?)-(v?(\d+)(?:\.(?:\d+|x))+(?:[a-z]|(?:rc|beta|alpha|a|b)\d+)?)$|^(\d{1,2}|(?:19|20)\d\d)-(\d{1,2}|(?:19|20)\d\d)$`)

// splitRange ends the run before the hyphen of "7.0.0-7.0.15". A package
// release (5.10.0-237.0.0) looks alike, but seldom counts on from the version.
func (l *lexer) splitRange(i, end int) int {
	m := rangeLook.FindStringSubmatch(l.lower[i:end])
	if n := len(l.toks); m == nil || n > 0 && l.toks[n-1].kind == kPrefix {
		return end
	}
	low, high, from, to := m[1], m[3], m[2], m[4]
	if low == "" {
		low, high, from, to = m[5], m[6], m[5], m[6]
	}
	c, ok := compareGeneric(strings.TrimSuffix(low, ".x"), strings.TrimSuffix(high, ".x"))
	if !ok || c >= 0 || len(to) > 4 || len(from) > 4 || number(to)-number(from) > maxSpan {
		return end
	}
	return i + len(low)
}

// maxSpan is how far apart the first numbers of 7.0-9.3 may be for the hyphen
// to be read as a range.
const maxSpan = 12

// number is the value of a few digits.
func number(digits string) int {
	n := 0
	for i := range len(digits) {
		n = n*10 + int(digits[i]-'0')
	}
	return n
}

// classify says what a word with digits is.
func (l *lexer) classify(i, end int) token {
	w := l.lower[i:end]
	t := token{phrase: phrase{kind: kModel}, text: l.text[i:end], start: i, end: end}
	switch {
	case cveLook.MatchString(w) || unitLook.MatchString(w) || l.isAddress(w, end):
		t.kind = kSkip
	case allDigits(w):
		t.kind = kWeak
		if counted.MatchString(l.lower[end:min(len(l.lower), end+20)]) || l.grouped(i, end) {
			t.kind = kSkip
		}
	case dateLook.MatchString(w) || joinedLook.MatchString(w):
		t.kind = kWeak
	case blurLook.MatchString(w):
		t.kind = kVague
	case wildLook.MatchString(w):
		t.kind, t.branch = kVersion, wildLook.FindStringSubmatch(w)[1]
	case epochLook.MatchString(w) || drupalLook.MatchString(w):
		t.kind = kVersion
	case dottedLook.MatchString(w) || updateLook.MatchString(w) || parenLook.MatchString(w) || markedLook.MatchString(w):
		t.kind = kVersion
		switch {
		case strings.Contains(w, ".x") || strings.Contains(w, "..") || isFile(w):
			t.kind = kModel
		case allDigits(w[1:]):
			t.kind = kWeak // v6, but V8 is an engine too
		}
	case weakLook.MatchString(w):
		t.kind = kWeak
	case gluedLook.MatchString(w) && !otherNumbers[w[:wordEnd(w, 0)]]:
		m := gluedLook.FindStringSubmatchIndex(w)
		t.start = i + m[2]
		t.text, t.kind = l.text[i+m[2]:end], kVersion
		if b := wildLook.FindStringSubmatch(l.lower[t.start:end]); b != nil {
			t.branch = b[1]
		}
	}
	return t
}

// isFile says that a word ends like a file's name: V2.php. A stage (1.0.Final)
// does not.
func isFile(w string) bool {
	ext := w[strings.LastIndexByte(w, '.')+1:]
	if len(ext) < 2 || wordEnd(ext, 0) < len(ext) {
		return false
	}
	_, stage := suffixes[ext]
	return !stage
}

// isAddress knows loopback and private addresses, and networks (10.0.0.0/8).
func (l *lexer) isAddress(w string, end int) bool {
	if strings.Count(w, ".") != 3 {
		return false
	}
	cidr := end+1 < len(l.lower) && l.lower[end] == '/' && isDigit(l.lower[end+1])
	return w == "127.0.0.1" || w == "0.0.0.0" || strings.HasPrefix(w, "192.168.") || cidr && strings.HasSuffix(w, ".0")
}

// grouped says that a number is a part of 1,000 or of $50.
func (l *lexer) grouped(i, end int) bool {
	if i > 0 && (l.lower[i-1] == '$' || l.lower[i-1] == '#') {
		return true
	}
	return end+4 <= len(l.lower) && l.lower[end] == ',' && allDigits(l.lower[end+1:end+4]) && end-i <= 3 && (end+4 == len(l.lower) || !isAlnum(l.lower[end+4]) && l.lower[end+4] != '.')
}

// extend takes in what follows a version and belongs to it.
func (l *lexer) extend(t *token) {
	for range 4 {
		rest := l.lower[t.end:min(len(l.lower), t.end+48)]
		if m := continued.FindStringSubmatchIndex(rest); m != nil && boundaryAt(l.lower, t.end+m[1]) {
			t.text += " " + ascii(l.text[t.end+m[2]:t.end+m[5]])
			t.end += closed(rest, m[1])
			t.kind = kVersion
			continue
		}
		raw := l.text[t.end:min(len(l.text), t.end+16)]
		if m := shortSuffix.FindStringSubmatchIndex(raw); m != nil && t.kind == kVersion {
			t.text += " " + raw[m[2]:m[3]]
			t.end += m[1]
			continue
		}
		if m := bareStage.FindStringSubmatchIndex(rest); m != nil {
			t.text += " " + rest[m[2]:m[3]]
			t.end += m[1]
			continue
		}
		return
	}
}

// closed leaves a closing parenthesis outside that was not opened inside.
func closed(rest string, end int) int {
	if rest[end-1] == ')' && strings.IndexByte(rest[:end], '(') < 0 {
		return end - 1
	}
	return end
}

func boundaryAt(s string, i int) bool {
	return i >= len(s) || !isAlnum(s[i])
}
