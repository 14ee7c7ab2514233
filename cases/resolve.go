package cases

import "hansho/match"

// resolve gives one verdict out of the claims of many advisories.
func resolve(claims map[string]Claim) match.Match {
	sourced := make([]match.Sourced, 0, len(claims))
	for _, c := range claims {
		sourced = append(sourced, match.Sourced{Match: c.Match, Source: c.Source, Trust: c.Trust})
	}
	return match.Resolve(sourced)
}
