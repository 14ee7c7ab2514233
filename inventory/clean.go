package inventory

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// maxValue bounds one value, in characters.
const maxValue = 2000

// nothing are the ways of a table to leave a cell empty.
var nothing = map[string]bool{
	"-": true, "--": true, "---": true, "–": true, "—": true, "―": true, "−": true, "ー": true, "・": true, "/": true, "×": true,
	"n/a": true, "na": true, "none": true, "null": true, "unknown": true, "tbd": true, "?": true, "??": true,
	"なし": true, "無し": true, "無": true, "該当なし": true, "不明": true, "未定": true, "未確認": true, "未記入": true, "未調査": true, "確認中": true, "調査中": true, "同上": false,
}

// excelErrors are the values of a cell whose formula failed.
var excelErrors = map[string]bool{
	"#N/A": true, "#REF!": true, "#VALUE!": true, "#NAME?": true, "#DIV/0!": true, "#NULL!": true, "#NUM!": true, "#SPILL!": true, "#CALC!": true,
}

// cell cleans a value of a table.
func (d *doc) cell(value string) string {
	value = d.clean(value)
	if excelErrors[strings.ToUpper(value)] {
		d.warn(d.line, d.field, CodeExcelError, value)
		return ""
	}
	if nothing[strings.ToLower(value)] {
		return ""
	}
	return value
}

// clean brings a value to one width, NFC and single spaces (never NFKC, which
// turns ① into 1), and bounds its length.
func (d *doc) clean(value string) string {
	value = tidy(value)
	if utf8.RuneCountInString(value) > maxValue {
		d.warn(d.line, d.field, CodeTooLong, strconv.Itoa(maxValue))
		value = string([]rune(value)[:maxValue])
	}
	return value
}

func tidy(value string) string {
	if isPlain(value) {
		return value
	}
	value = norm.NFC.String(width.Fold.String(strings.ToValidUTF8(value, "\uFFFD")))
	return strings.Join(strings.FieldsFunc(value, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\uFEFF' || r == '\u200B'
	}), " ")
}

// isPlain says that a value is printable ASCII without a space to tidy, as most
// are in a long listing.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// splitList parts a value that holds several. A separator behind a backslash
// belongs to the value, as in a CPE name.
func splitList(value string) []string {
	var out []string
	start := 0
	for i, r := range value + "\n" {
		if !strings.ContainsRune(",、，;；|\n", r) || i > 0 && value[i-1] == '\\' {
			continue
		}
		if part := strings.TrimSpace(value[start:i]); part != "" {
			out = append(out, part)
		}
		start = i + utf8.RuneLen(r)
	}
	return out
}

func appendNew(list []string, values ...string) []string {
	for _, v := range values {
		if v != "" && !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	return list
}

// versionWord is what people write before a version: Ver.5.1, バージョン 5.1, v5.1.
var versionWord = regexp.MustCompile(`(?i)^(?:version|ver|バージョン|v)[.:\s]*(\d)`)

// cleanVersion takes the word before a version off.
func cleanVersion(v string) string { return versionWord.ReplaceAllString(v, "$1") }
