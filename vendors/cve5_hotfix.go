package vendors

import (
	"regexp"
	"slices"
	"strconv"
)

// hotfix is a version such as 10.2.1-h2: the second hotfix of one maintenance
// release. A change at it speaks of that release alone, which the schema can't
// say: Palo Alto Networks lists one for each release, in any order.
var hotfix = regexp.MustCompile(`^([0-9]{1,9}(?:\.[0-9]{1,9})+)-h([0-9]{1,9})$`)

// hotfixed says whether the entry's changes name hotfixes.
func (v cveVersion) hotfixed() bool {
	return slices.ContainsFunc(v.Changes, func(c cveTurn) bool { return hotfix.MatchString(c.At) })
}

// hotfixSpans cuts the entry's span by release: of each release with a hotfix
// the part before it is affected, the rest is not, and the next release is
// affected again until its own.
func (v cveVersion) hotfixSpans(s span, give func(status string, s span)) {
	turns := slices.Clone(v.Changes)
	slices.SortStableFunc(turns, func(a, b cveTurn) int { return compareHotfix(a.At, b.At) })
	status := v.Status
	for _, turn := range turns {
		next, isHotfix := releaseAfter(turn.At)
		switch {
		case turn.Status == status:
		case !isHotfix:
			give(status, span{from: s.from, to: turn.At})
			s.from, status = turn.At, turn.Status
		case turn.Status == "unaffected" && compareHotfix(s.from, turn.At) < 0:
			give(status, span{from: s.from, to: turn.At})
			give(turn.Status, span{from: turn.At, to: next})
			s.from = next
		}
	}
	if s.to == "" || compareHotfix(s.from, s.to) < 0 {
		give(status, s)
	}
}

// releaseAfter is the release that follows the one of a hotfix: 10.2.2 for
// 10.2.1-h2.
func releaseAfter(version string) (string, bool) {
	m := hotfix.FindStringSubmatch(version)
	if m == nil {
		return "", false
	}
	return nextLine(m[1] + ".*")
}

// compareHotfix orders dotted numbers and their hotfixes; what is neither is
// equal to everything.
func compareHotfix(a, b string) int {
	baseA, numberA := hotfixParts(a)
	baseB, numberB := hotfixParts(b)
	switch {
	case surelyBelow(baseA, baseB):
		return -1
	case surelyBelow(baseB, baseA):
		return 1
	}
	return numberA - numberB
}

func hotfixParts(version string) (base string, number int) {
	m := hotfix.FindStringSubmatch(version)
	if m == nil {
		return version, 0
	}
	number, _ = strconv.Atoi(m[2]) // nine digits fit
	return m[1], number
}
