package cases

import "hansho/match"

func resolve(claims map[string]Claim) match.Match {
	panic("TODO: match.Resolve")
}
