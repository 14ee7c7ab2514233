package advisory

// Change is one field of an advisory that differs from what was known, in the
// words of the two states.
type Change struct {
	Field  string `json:"field"`  // title, summary, cves, severity, exploited, status, versions, fixed, workaround, products, links, withdrawn
	About  string `json:"about"`  // the product, for a claim's field
	Before string `json:"before"` // empty where it was not there
	After  string `json:"after"`  // empty where it is gone
}
