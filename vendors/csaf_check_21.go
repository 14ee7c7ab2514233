package vendors

import (
	"slices"
	"strings"
)

// newer runs the tests of CSAF 2.1 beyond 2.0's: the tree (6.1.34, 6.1.57 to
// 6.1.59), its identifiers (6.1.43, 6.1.44, 6.1.61), its ranges (6.1.50),
// contradictory remedies (6.1.35, 6.1.36), dates (6.1.37, 6.1.45 to 6.1.53),
// documents taken back (6.1.27.14 to 6.1.27.19), sharing groups (6.1.38 to 6.1.41),
// metrics (6.1.46, 6.1.47, 6.1.56), licences (6.1.54, 6.1.55) and extensions
// (6.1.60.1). Left out are the decision points of SSVC (6.1.48), a register of
// hundreds that grows, and what the authors of extensions demand of them (6.1.60.2,
// 6.1.60.3).
func (c *checker) newer() {
	if c.d.Document.Version == "2.0" {
		return
	}
	c.paths(c.d.ProductTree.Branches, nil)
	c.d.ProductTree.each(func(n *csafProductName) { c.wildcards(n.Helper) })
	for i := range c.d.Vulnerabilities {
		c.remedies(&c.d.Vulnerabilities[i])
		c.metrics(&c.d.Vulnerabilities[i])
	}
	c.dates()
	c.inTime()
	c.gone()
	c.sharing()
	c.license()
	c.extensions()
}

// maxPath is how many branches 2.1 allows from the root to a product.
const maxPath = 30

// paths checks the categories from the root to each product.
func (c *checker) paths(branches []csafBranch, above []string) {
	if len(above) > maxBranchDepth {
		return
	}
	for _, b := range branches {
		if len(above) == maxPath {
			c.flaw("6.1.34", "branch %q is deeper than %d", b.Name, maxPath)
		}
		if b.Category != "product_family" && slices.Contains(above, b.Category) {
			c.flaw("6.1.57", "branch %q is a %s within a %s", b.Name, b.Category, b.Category)
		}
		if b.Category == "product_version_range" && slices.Contains(above, "product_version") || b.Category == "product_version" && slices.Contains(above, "product_version_range") {
			c.flaw("6.1.58", "branch %q: a version and a range in one path", b.Name)
		}
		if b.Category == "product_version_range" && saysOne(b.Name) {
			c.flaw("6.1.59", "range %q is a single version", b.Name)
		}
		if b.Category == "product_version_range" {
			c.rangeForm(b.Name)
		}
		c.paths(b.Branches, append(slices.Clip(above), b.Category))
	}
}

// saysOne says whether a range, VERS or its constraints alone, is one version. Words
// without a number are none.
func saysOne(name string) bool {
	constraint := name
	if strings.HasPrefix(name, "vers:") {
		_, constraint, _ = strings.Cut(name, "/")
	}
	return strings.ContainsAny(constraint, "0123456789") && !strings.ContainsAny(constraint, "<>!|* \t")
}

// wildcards finds identifiers with more than one star.
func (c *checker) wildcards(h csafHelper) {
	for test, list := range map[string][]string{"6.1.43": h.ModelNumbers, "6.1.44": h.SerialNumbers, "6.1.61": h.SKUs} {
		for _, id := range list {
			if strings.Count(strings.ReplaceAll(id, `\*`, ""), "*") > 1 {
				c.flaw(test, "%q has more than one star", id)
			}
		}
	}
}

// against are the categories of remedies that one doesn't stand beside.
var against = map[string][]string{
	"none_available": {"workaround", "mitigation", "vendor_fix", "optional_patch"},
	"no_fix_planned": {"vendor_fix", "fix_planned", "optional_patch"},
	"fix_planned":    {"vendor_fix", "optional_patch"},
	"optional_patch": {"vendor_fix"},
}

// pointless are the categories of remedies that a product with a status has no
// use for.
var pointless = map[string][]string{
	"affected":     {"optional_patch"},
	"not affected": {"workaround", "mitigation", "vendor_fix", "none_available", "no_fix_planned", "fix_planned"},
	"fixed":        {"none_available", "no_fix_planned", "fix_planned"},
}

// remedies finds those that contradict each other (6.1.35) and the status of their
// product (6.1.36).
func (c *checker) remedies(v *csafVulnerability) {
	given := map[string][]string{}
	for _, r := range v.Remediations {
		for _, id := range c.t.scoped(r.csafScope) {
			given[id] = append(given[id], r.Category)
		}
	}
	for _, id := range sortedKeys(given) {
		for _, one := range given[id] {
			for _, other := range given[id] {
				if slices.Contains(against[one], other) {
					c.flaw("6.1.35", "product %q has both %s and %s", id, one, other)
				}
			}
		}
	}
	for _, status := range sortedKeys(v.Status) {
		for _, id := range v.Status[status] {
			for _, category := range given[id] {
				if set := contradictionSets[status]; slices.Contains(pointless[set], category) {
					c.flaw("6.1.36", "product %q is %s and has %s", id, set, category)
				}
			}
		}
	}
}
