//go:build !race

package version

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// unmarked drops the mark before a number and the case, which no comparer looks
// at.
var unmarked = regexp.MustCompile(`(^|[^a-z0-9])v(\d)`)

func ranges(text string) string {
	parts := strings.Split(unmarked.ReplaceAllString(strings.ToLower(text), "$1$2"), " or ")
	slices.Sort(parts)
	return strings.Join(slices.Compact(parts), " or ")
}

// TestVariety reads what publishers write, against what a reader takes it to
// say: an expression may be declared unread, never be read as something else.
func TestVariety(t *testing.T) {
	b, err := os.ReadFile("testdata/variety.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var total, right, unread int
	for line := range strings.Lines(string(b)) {
		text, want, ok := strings.Cut(strings.TrimRight(line, "\n"), "\t")
		if !ok || line[0] == '#' {
			continue
		}
		total++
		r, info := Parse(text, "")
		got := r.words()
		switch {
		case want == "?" && (r.Partial || r.IsZero()), ranges(got) == ranges(want) && !r.Partial:
			right++
		case r.Partial:
			unread++
			t.Logf("unread: %s: %s, unread %q, want %s", text, got, spans(text, info.Unread), want)
		default:
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
	t.Logf("%d expressions, %d read right, %d declared unread", total, right, unread)
	if ratio(right, total) < 0.95 {
		t.Errorf("%d of %d read right", right, total)
	}
}

// words are all intervals of a range, as the table writes them.
func (r Range) words() string {
	var parts []string
	for _, iv := range r.In {
		parts = append(parts, iv.String())
	}
	for _, iv := range r.Not {
		parts = append(parts, "not "+iv.String())
	}
	for _, iv := range r.Maybe {
		parts = append(parts, "maybe "+iv.String())
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, " or ")
}
