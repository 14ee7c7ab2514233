package cases

import (
	"cmp"
	"maps"
	"slices"

	"hansho/match"
)

// resolve gives one verdict out of the claims of many advisories.
func resolve(claims map[string]Claim) match.Match {
	var best Claim
	for _, id := range slices.Sorted(maps.Keys(claims)) {
		c := claims[id]
		if best.Match.Item == "" || cmp.Or(cmp.Compare(c.Trust, best.Trust), cmp.Compare(c.Match.Confidence, best.Match.Confidence)) > 0 {
			best = c
		}
	}
	return best.Match
}
