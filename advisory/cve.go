package advisory

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/width"
)

// cvePattern finds a CVE id written with any dash, any case and any gap that
// publishers were seen to use ("CVE-2021-44228", "CVE‐2021‐44228", "CVE 2021-44228").
// CAN- is the candidate form of before 2005.
var cvePattern = regexp.MustCompile(`(?i)\b(?:CVE|CAN)[\s_]?[\-‐‑‒–—―−]?[\s]?((?:19|20)\d{2})[\-‐‑‒–—―−]\s?(\d{4,})`)

// maxCVEDigits bounds the number part: what is longer is no CVE id.
const maxCVEDigits = 10

// FindCVEs gives the CVE ids named in texts, in normal form (CVE-2021-44228),
// sorted by year and number, each once. It is never nil.
func FindCVEs(texts ...string) []string {
	found := []string{}
	for _, text := range texts {
		for _, m := range cvePattern.FindAllStringSubmatch(foldWidth(text), -1) {
			if id, ok := cveID(m[1], m[2]); ok {
				found = append(found, id)
			}
		}
	}
	return SortCVEs(found)
}

// SortCVEs sorts CVE ids by year and number in place and drops repeats.
func SortCVEs(ids []string) []string {
	slices.SortFunc(ids, compareCVE)
	return slices.Compact(ids)
}

// cveID writes year and number as the CVE programme does: at least four
// digits, no leading zeros beyond them.
func cveID(year, number string) (string, bool) {
	if len(number) > maxCVEDigits {
		return "", false
	}
	n, err := strconv.ParseUint(number, 10, 64)
	if err != nil || n == 0 {
		return "", false
	}
	digits := strconv.FormatUint(n, 10)
	return "CVE-" + year + "-" + strings.Repeat("0", max(0, 4-len(digits))) + digits, true
}

// compareCVE orders CVE-2021-9999 before CVE-2021-10000.
func compareCVE(a, b string) int {
	const head = len("CVE-YYYY-")
	if len(a) < head || len(b) < head || a[:head] != b[:head] || len(a) == len(b) {
		return strings.Compare(a, b)
	}
	return len(a) - len(b)
}

// foldWidth turns full-width Latin letters and digits into plain ones.
func foldWidth(s string) string {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return width.Fold.String(s)
		}
	}
	return s
}
