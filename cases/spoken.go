package cases

import (
	"cmp"
	"maps"
	"slices"

	"hansho/advisory"
	"hansho/match"
)

// Spoken gives the page of its maker's statement on an item, where a product
// list names one and nothing, neither a source nor a person, says what that means
// for the item; empty otherwise.
func (c *Case) Spoken(item string) string {
	it, ok := c.Items[item]
	if !ok || len(it.Hands) > 0 {
		return ""
	}
	page := ""
	for _, id := range slices.Sorted(maps.Keys(it.Claims)) {
		cl := it.Claims[id]
		if cl.saysWhether() {
			return ""
		}
		if c.Statements[id].Kind == advisory.KindList {
			page = cmp.Or(page, cl.Statement)
		}
	}
	return page
}

// saysWhether says that the claim gives its item a status.
func (cl Claim) saysWhether() bool {
	return cl.Match.Verdict != match.Possible || cl.Status != "" && cl.Status != advisory.StatusUnknown
}
