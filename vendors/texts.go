package vendors

import (
	"slices"
	"strings"
	"unicode"
)

// maxTitle is the length of a title made from a description, in runes.
const maxTitle = 120

// titleFrom makes one line of a description: its first sentence, cut at a word
// where it is long.
func titleFrom(text string) string {
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	if end := strings.Index(text, ". "); end > 0 {
		text = text[:end]
	}
	text = strings.TrimSuffix(text, ".")
	cut := cutRunes(text, maxTitle)
	if cut == text {
		return text
	}
	if space := strings.LastIndexFunc(cut, unicode.IsSpace); space > len(cut)/2 {
		cut = cut[:space]
	}
	return cut + "…"
}

// cutRunes is the first n runes of s.
func cutRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// unique drops the empty and the repeated, and keeps the order.
func unique(list []string) []string {
	seen := make(map[string]bool, len(list))
	out := []string{}
	for _, s := range list {
		if s != "" && !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

// webLinks keeps the http and https addresses of list, unique, in order.
func webLinks(list []string) []string {
	return unique(slices.DeleteFunc(slices.Clone(list), func(s string) bool {
		return !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://")
	}))
}
