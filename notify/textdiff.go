package notify

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"hansho/advisory"
	"hansho/notify/markup"
)

// otherChanges are the changes of a statement, besides the first word of attacks,
// which the news itself gives, and besides that it was revised where they tell how.
func otherChanges(n News) []advisory.Change {
	out := slices.DeleteFunc(slices.Clone(n.Changes), func(c advisory.Change) bool { return n.Exploited && c.Field == "exploited" })
	if told := slices.DeleteFunc(slices.Clone(out), unsaid); len(told) > 0 {
		return told
	}
	return out
}

// unsaid says that all that is known of a revision is that there was one, such as
// the second.
func unsaid(c advisory.Change) bool {
	return c.Field == "history" && revisionMark.MatchString(c.After)
}

var revisionMark = regexp.MustCompile(`^更新(?: \d+)?$`)

// rewrote says that a change is of a text too long to be shown as it was and as
// it is: what it adds is shown instead.
func rewrote(c advisory.Change) bool {
	return c.Before != "" && c.After != "" && slices.Contains([]string{"summary", "workaround", "note"}, c.Field) &&
		(c.Field == "summary" || utf8.RuneCountInString(c.Before+c.After) > maxBoth)
}

// maxBoth is up to how many runes two states of a text are shown beside each other.
const maxBoth = 80

// maxAdded bounds, in runes, what is quoted of a text that grew.
const maxAdded = 240

// addedText gives the sentences of a text that were not in it before, in their
// order; empty where there are none.
func addedText(before, after string) string {
	old := sentences(before)
	var out []string
	for _, s := range sentences(after) {
		if !slices.Contains(old, s) {
			out = append(out, s)
		}
	}
	return markup.Cut(strings.Join(out, " "), maxAdded)
}

// sentences splits prose at the ends of lines and sentences. A full stop ends one
// only before white space: versions and addresses have them inside.
func sentences(text string) []string {
	var out []string
	rs, from := []rune(text), 0
	cut := func(to int) {
		if s := strings.Join(strings.Fields(string(rs[from:to])), " "); s != "" {
			out = append(out, s)
		}
		from = to
	}
	for i, r := range rs {
		switch {
		case r == '\n' || strings.ContainsRune("。！？", r):
			cut(i + 1)
		case strings.ContainsRune(".!?", r) && i+1 < len(rs) && unicode.IsSpace(rs[i+1]):
			cut(i + 1)
		}
	}
	cut(len(rs))
	return out
}
