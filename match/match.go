// Package match finds where what sources say and what the company runs meet. A
// Matcher is built once from an inventory and is read-only after; its cost per
// advisory follows what the advisory says, not how long the inventory is. Every
// match says why.
package match

// Rules numbers what decides who meets whom. It is raised with a change after which
// stored advisories may concern other items than before: a store is then matched
// anew, once.
const Rules = 4

// Verdict is what an advisory means for an item. The values are stored and part
// of the JSON contract.
type Verdict string

// The verdicts, loudest first.
const (
	Affected           Verdict = "affected"            // identified, and the version test says so
	Possible           Verdict = "possible"            // met, but a version or a status is missing or unreadable
	UnderInvestigation Verdict = "under_investigation" // the maker says it is looking
	Fixed              Verdict = "fixed"               // the running version has the fix
	NotAffected        Verdict = "not_affected"        // a claim says that it isn't hit
)

// Match is one item that an advisory concerns. The JSON names are the public
// contract of `hansho match`.
type Match struct {
	Item       string     `json:"item"`     // inventory.Item.ID
	Advisory   string     `json:"advisory"` // advisory.Advisory.ID
	Verdict    Verdict    `json:"verdict"`
	Confidence float64    `json:"confidence"` // 0–1: 1 an exact identifier with a version test that ran
	Evidence   []Evidence `json:"evidence"`   // never empty

	// Claim is the index in Advisory.Products of the claim that decided, -1
	// where the text of the advisory met.
	Claim int `json:"-"`
}

// Evidence is one reason for a verdict.
type Evidence struct {
	Method string `json:"method"` // cpe, purl, name, text, contains, cve, config, status
	Item   string `json:"item"`   // the words or identifier of the item that met
	Found  string `json:"found"`  // the words or identifier of the advisory, as they stand there
	Where  string `json:"where"`  // title, summary, products[3], configs[0]
	Test   string `json:"test"`   // the version test that ran: "2.14.1 in >=2.0-beta9, <2.15.0", empty where none
	Result string `json:"result"` // in, out, unknown; empty where no test ran
	Source string `json:"source"` // the advisory that stated the claim, where it is another one (CVE cross-reference)
}
