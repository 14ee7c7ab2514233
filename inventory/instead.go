package inventory

import (
	"slices"
	"strings"

	"hansho/internal/fold"
	"hansho/internal/typo"
)

// insteadOf says which key was probably meant.
func insteadOf(key string, known []string) string {
	if c, _ := itemHeads.find(key); c != nil && !c.tableOnly() && slices.Contains(known, c.key) {
		return c.key
	}
	if c, _ := partnerHeads.find(key); c != nil && slices.Contains(known, c.key) {
		return c.key
	}
	if best := nearest(key, known); best != "" {
		return best
	}
	return strings.Join(known, ", ")
}

// closest says which heading was probably meant, "" where none is near.
func closest[T any](heading string, h heads[T]) string {
	var names []string
	for _, c := range h.columns {
		names = append(names, c.key)
		names = append(names, c.headings...)
	}
	best := nearest(heading, names)
	if best == "" {
		return ""
	}
	if c, _ := h.find(best); c != nil && c.key != best {
		return best + " (" + c.key + ")"
	}
	return best
}

// nearest gives the name with the fewest edits to the one given, where a third
// of it is right at least.
func nearest(name string, names []string) string {
	key := []rune(fold.Name(clip(name, 40)))
	best, least := "", len(key)/3+1
	for _, n := range names {
		if e := typo.Edits(key, []rune(fold.Name(n))); e < least {
			best, least = n, e
		}
	}
	return best
}
