package match

import (
	"cmp"
	"fmt"
	"slices"

	"hansho/advisory"
)

// Sourced is a match with who says it.
type Sourced struct {
	Match  Match
	Source string         // catalogue id of the source, for the evidence
	Trust  advisory.Trust // of the source; zero counts lowest
}

// Resolve gives one item's one verdict in a case from the matches of all
// advisories of the case. The order of claims doesn't matter. What decides:
//
//   - A claim about products goes before a name in running text.
//   - A verdict (affected, fixed, not affected) goes before "can't tell", for
//     not knowing contradicts nothing; but silence is only taken from a source
//     that is at least as much trusted as the one that can't tell.
//   - Then the more trusted source, the more specific meeting (identifier, name,
//     text), the louder verdict.
//
// The evidence is the deciding match's, then one entry for each claim that
// contradicts it. The zero Match is returned where there are no claims.
func Resolve(claims []Sourced) Match {
	if len(claims) == 0 {
		return Match{}
	}
	ranked := slices.Clone(claims)
	slices.SortFunc(ranked, compareSourced)
	win := ranked[0]
	if win.Match.Verdict.Silent() {
		if doubt, ok := trustedDoubt(ranked, win); ok {
			win = doubt
		}
	}
	out := win.Match
	out.Evidence = slices.Clone(out.Evidence)
	for _, c := range ranked {
		if contradicts(c, win) {
			out.Evidence = append(out.Evidence, contradiction(c))
		}
	}
	return out
}

// compareSourced orders claims, the deciding one first; it is total, so that the
// outcome depends on nothing else.
func compareSourced(a, b Sourced) int {
	return cmp.Or(
		cmp.Compare(decisiveness(b), decisiveness(a)),
		cmp.Compare(b.Trust, a.Trust),
		cmp.Compare(specificity(b.Match), specificity(a.Match)),
		cmp.Compare(rank(a.Match.Verdict), rank(b.Match.Verdict)),
		cmp.Compare(b.Match.Confidence, a.Match.Confidence),
		cmp.Compare(a.Source, b.Source),
		cmp.Compare(a.Match.Advisory, b.Match.Advisory),
		cmp.Compare(a.Match.Claim, b.Match.Claim),
		cmp.Compare(fmt.Sprint(a.Match.Evidence), fmt.Sprint(b.Match.Evidence)),
	)
}

// decisiveness ranks what a claim can decide: a verdict, then a maker that is
// looking, then a claim that can't tell, then a name in running text.
func decisiveness(s Sourced) int {
	switch {
	case !claimed(s.Match):
		return 0
	case s.Match.Verdict == Possible:
		return 1
	case s.Match.Verdict == UnderInvestigation:
		return 2
	}
	return 3
}

// claimed says that a match rests on a claim, not on running text.
func claimed(m Match) bool { return specificity(m) > int(byText) }

// specificity is how the item was met, the most specific meeting counting.
func specificity(m Match) int {
	best := int(byText)
	for _, e := range m.Evidence {
		switch e.Method {
		case "cpe", "purl", "config":
			best = max(best, int(byIdentifier))
		case "name", "status":
			best = max(best, int(byName))
		}
	}
	return best
}

// trustedDoubt finds a claim that can't tell, or is looking, from a source more
// trusted than the one that would give silence.
func trustedDoubt(ranked []Sourced, win Sourced) (Sourced, bool) {
	for _, c := range ranked {
		if claimed(c.Match) && !c.Match.Verdict.Silent() && c.Match.Verdict != Affected && c.Trust > win.Trust {
			return c, true
		}
	}
	return Sourced{}, false
}

// contradicts says that two claims can't both be right: one is loud, the other
// silent.
func contradicts(c, win Sourced) bool {
	if !claimed(c.Match) {
		return false
	}
	loud := func(v Verdict) bool { return v == Affected }
	a, b := c.Match.Verdict, win.Match.Verdict
	return loud(a) && b.Silent() || loud(b) && a.Silent()
}

// contradiction words a claim that lost, as evidence.
func contradiction(c Sourced) Evidence {
	e := Evidence{Method: "status", Found: string(c.Match.Verdict), Source: c.Match.Advisory}
	if len(c.Match.Evidence) > 0 {
		first := c.Match.Evidence[len(c.Match.Evidence)-1]
		e.Item, e.Where, e.Test, e.Result = first.Item, first.Where, first.Test, first.Result
	}
	return e
}
