package vendors

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// profiles are the document categories of CSAF 2.0 section 4 that have demands
// of their own.
var profiles = []string{
	"csaf_security_incident_response", "csaf_informational_advisory", "csaf_security_advisory", "csaf_vex",
}

// newerProfiles are those that came with 2.1.
var newerProfiles = []string{
	"csaf_deprecated_security_advisory", "csaf_superseded", "csaf_vulnerability_report", "csaf_withdrawn",
}

// profile runs the tests on the document's category (6.1.26, 6.1.27).
func (c *checker) profile() {
	category := c.d.Document.Category
	switch category {
	case "csaf_security_incident_response", "csaf_informational_advisory":
		c.informing()
	case "csaf_withdrawn", "csaf_superseded":
		c.noVulnerabilities()
	case "csaf_security_advisory":
		c.advising()
		if c.d.Document.Version != "2.0" {
			c.affectedNow()
		}
	case "csaf_deprecated_security_advisory":
		c.advising()
	case "csaf_vex":
		c.vex()
	default:
		c.ownCategory(category)
	}
}

// ownCategory refuses categories that only look like a profile (6.1.26).
func (c *checker) ownCategory(category string) {
	known := profiles
	if c.d.Document.Version != "2.0" {
		known = slices.Concat(profiles, newerProfiles)
	}
	if category == "csaf_base" || slices.Contains(known, category) {
		return
	}
	if strings.HasPrefix(strings.ToLower(category), "csaf_") {
		c.flaw("6.1.26", "category %q is no profile, and begins like one", category)
		return
	}
	for _, p := range known {
		if name := foldCategory(p); foldCategory(category) == name || "csaf"+foldCategory(category) == name {
			c.flaw("6.1.26", "category %q is too close to %s", category, p)
		}
	}
}

// foldCategory leaves out case, white space, and dashes and underscores of any form.
func foldCategory(s string) string {
	return strings.Map(func(r rune) rune {
		const minus, lowLine = '\u2212', '\u0332' // neither is punctuation to Unicode
		if unicode.IsSpace(r) || unicode.In(r, unicode.Pd, unicode.Pc) || r == minus || r == lowLine {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// informing demands a note and a reference, and no vulnerabilities of an
// informational advisory.
func (c *checker) informing() {
	head := &c.d.Document
	if !slices.ContainsFunc(head.Notes, func(n csafNote) bool {
		return n.Category == "description" || n.Category == "details" || n.Category == "general" || n.Category == "summary"
	}) {
		c.flaw("6.1.27.1", "no note says what it is about")
	}
	if !slices.ContainsFunc(head.References, func(r csafReference) bool { return r.Category == "external" || r.Category == "" }) {
		c.flaw("6.1.27.2", "no external reference")
	}
	if head.Category == "csaf_informational_advisory" {
		c.noVulnerabilities()
	}
}

func (c *checker) noVulnerabilities() {
	if len(c.d.Vulnerabilities) > 0 {
		c.flaw("6.1.27.3", "a %s with vulnerabilities", c.d.Document.Category)
	}
}

func (c *checker) advising() {
	c.tree()
	for _, v := range c.d.Vulnerabilities {
		if len(v.Notes) == 0 {
			c.flaw("6.1.27.5", "%s has no notes", v.name())
		}
		if len(v.Status) == 0 {
			c.flaw("6.1.27.6", "%s has no product status", v.name())
		}
	}
}

// name is what the vulnerability can be called by.
func (v *csafVulnerability) name() string { return cmp.Or(v.CVE, v.Title, "a vulnerability") }

// tree demands products and vulnerabilities.
func (c *checker) tree() {
	t := &c.d.ProductTree
	if len(t.Branches)+len(t.FullProductNames)+len(t.relationships()) == 0 {
		c.flaw("6.1.27.4", "no product tree")
	}
	if len(c.d.Vulnerabilities) == 0 {
		c.flaw("6.1.27.11", "no vulnerabilities")
	}
}

// vexStatuses are those of which a VEX must give one.
var vexStatuses = []string{"fixed", "known_affected", "known_not_affected", "under_investigation"}

func (c *checker) vex() {
	c.tree()
	for i := range c.d.Vulnerabilities {
		v := &c.d.Vulnerabilities[i]
		if len(v.Notes) == 0 {
			c.flaw("6.1.27.5", "%s has no notes", v.name())
		}
		if !slices.ContainsFunc(vexStatuses, func(s string) bool { return len(v.Status[s]) > 0 }) {
			c.flaw("6.1.27.7", "%s has no VEX status", v.name())
		}
		c.identified(v)
		c.impacts(v)
		c.actions(v)
	}
}

// identified demands an id of a vulnerability, and one for each of its products where
// all of its ids are for single ones (6.1.27.8).
func (c *checker) identified(v *csafVulnerability) {
	if v.CVE != "" {
		return
	}
	if len(v.IDs) == 0 {
		c.flaw("6.1.27.8", "%s has no id", v.name())
	}
	said := map[string]bool{}
	for _, id := range v.IDs {
		if len(id.Products)+len(id.Groups) == 0 {
			return
		}
		c.mark(said, id.csafScope)
	}
	for _, status := range sortedKeys(v.Status) {
		for _, product := range v.Status[status] {
			if !said[product] && len(v.IDs) > 0 {
				c.flaw("6.1.27.8", "%s has no id for product %q", v.name(), product)
			}
		}
	}
}

// impacts demands for each product that isn't affected why (6.1.27.9).
func (c *checker) impacts(v *csafVulnerability) {
	said := map[string]bool{}
	for _, t := range v.Threats {
		if t.Category == "impact" {
			c.mark(said, t.csafScope)
		}
	}
	for _, f := range v.Flags {
		c.mark(said, f.csafScope)
	}
	for _, id := range v.Status["known_not_affected"] {
		if !said[id] {
			c.flaw("6.1.27.9", "product %q isn't affected, and nothing says why", id)
		}
	}
}

// actions demands for each affected product what to do (6.1.27.10).
func (c *checker) actions(v *csafVulnerability) {
	said := map[string]bool{}
	for _, r := range v.Remediations {
		c.mark(said, r.csafScope)
	}
	for _, id := range v.Status["known_affected"] {
		if !said[id] {
			c.flaw("6.1.27.10", "product %q is affected, and nothing says what to do", id)
		}
	}
}

func (c *checker) mark(said map[string]bool, s csafScope) {
	for _, id := range c.t.scoped(s) {
		said[id] = true
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
