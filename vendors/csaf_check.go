package vendors

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// check runs the mandatory tests of the standard (CSAF 2.0, section 6.1) that
// the schema doesn't cover, and for 2.1 those of newer.
func (d *csafDocument) check(t *products) []Flaw {
	c := &checker{d: d, t: t}
	c.references()
	c.vulnerabilities()
	c.languages()
	c.versions(d.ProductTree.Branches, 0)
	d.ProductTree.each(func(n *csafProductName) {
		c.purls(&n.Helper)
		c.hashes(&n.Helper)
	})
	c.history()
	c.profile()
	c.newer()
	return c.flaws
}

// notInFileName are the runs of letters that a file name may not hold.
var notInFileName = regexp.MustCompile(`[^+\-a-z0-9]+`)

// fileNameTest is the section on file names, which many publishers don't keep.
const fileNameTest = "5.1"

// unread are the tests of what hansho reads nothing of: file names, weaknesses,
// sharing groups, SSVC, licences, extensions. They are told with a document, and
// nobody is warned of its source for them.
var unread = []string{
	fileNameTest, "6.1.11", "6.1.38", "6.1.39", "6.1.40", "6.1.41", "6.1.46", "6.1.47", "6.1.54", "6.1.55", "6.1.60.1",
}

// checkFileName compares the name under which a document was served with the one
// that its id makes (CSAF 2.0, section 5.1).
func (d *csafDocument) checkFileName(served string) []Flaw {
	name := path.Base(served)
	want := notInFileName.ReplaceAllString(strings.ToLower(d.Document.Tracking.ID), "_") + ".json"
	if !strings.HasSuffix(name, ".json") || name == want {
		return nil
	}
	return []Flaw{{Test: fileNameTest, Text: fmt.Sprintf("served as %s, should be %s", name, want)}}
}

// checker gathers what fails.
type checker struct {
	d     *csafDocument
	t     *products
	flaws []Flaw
	told  map[string]int
}

func (c *checker) flaw(test, format string, args ...any) {
	if c.told == nil {
		c.told = map[string]int{}
	}
	if c.told[test]++; c.told[test] <= maxFlaws {
		c.flaws = append(c.flaws, Flaw{Test: test, Text: fmt.Sprintf(format, args...)})
	}
}

// references checks that ids which are used are defined (6.1.1, 6.1.4).
func (c *checker) references() {
	for _, g := range c.d.ProductTree.Groups {
		c.defined(g.Products)
	}
	for _, v := range c.d.Vulnerabilities {
		for _, name := range sortedKeys(v.Status) {
			c.defined(v.Status[name])
		}
		for _, s := range v.scores() {
			c.defined(s.Products)
		}
		for _, s := range v.scopes() {
			c.definedScope(s)
		}
	}
	for _, n := range c.d.Document.Notes {
		c.definedScope(n.csafScope)
	}
}

func (c *checker) definedScope(s csafScope) {
	c.defined(s.Products)
	for _, g := range s.Groups {
		if c.t.groups[g] == nil {
			c.flaw("6.1.4", "product group %q is not defined", g)
		}
	}
}

func (c *checker) defined(ids []string) {
	for _, id := range ids {
		if c.t.byID[id] == nil {
			c.flaw("6.1.1", "product id %q is not defined", id)
		}
	}
}

// scopes are the scopes of all statements about single products.
func (v *csafVulnerability) scopes() []csafScope {
	var all []csafScope
	for _, r := range v.Remediations {
		all = append(all, r.csafScope)
	}
	for _, t := range v.Threats {
		all = append(all, t.csafScope)
	}
	for _, f := range v.Flags {
		all = append(all, f.csafScope)
	}
	for _, n := range v.Notes {
		all = append(all, n.csafScope)
	}
	for _, id := range v.IDs {
		all = append(all, id.csafScope)
	}
	return all
}

func (c *checker) vulnerabilities() {
	seen := map[string]bool{}
	for i := range c.d.Vulnerabilities {
		v := &c.d.Vulnerabilities[i]
		if v.CVE != "" && seen[v.CVE] {
			c.flaw("6.1.23", "%s has two entries", v.CVE)
		}
		seen[v.CVE] = true
		c.contradictions(v)
		c.scores(v)
		c.weaknesses(v)
		c.involvements(v)
		c.scopesGiven(v)
	}
}

// contradictionSets are the status lists of which a product may only be in one.
var contradictionSets = map[string]string{
	"first_affected": "affected", "known_affected": "affected", "last_affected": "affected",
	"known_not_affected": "not affected", "first_fixed": "fixed", "fixed": "fixed",
	"under_investigation": "under investigation", "unknown": "unknown",
}

// contradictions finds products with two statuses (6.1.6).
func (c *checker) contradictions(v *csafVulnerability) {
	is := map[string]string{}
	for _, name := range sortedKeys(v.Status) {
		set := contradictionSets[name]
		for _, id := range v.Status[name] {
			if was := is[id]; set != "" && was != "" && was != set {
				c.flaw("6.1.6", "product %q is both %s and %s", id, was, set)
			}
			is[id] = cmp.Or(set, is[id])
		}
	}
}

// scores finds several scores of one CVSS version by one source for a product
// (6.1.7), base scores that the vector doesn't give (6.1.9) and what contradicts
// the vector (6.1.10).
func (c *checker) scores(v *csafVulnerability) {
	type scored struct{ version, product, source string }
	seen := map[scored]bool{}
	for _, s := range v.scores() {
		for _, cvss := range s.all() {
			c.complete(cvss)
			c.properties(cvss)
			computed, err := scoreOf(cvss.Vector)
			if err != nil {
				c.flaw("6.1.8", "%v", err)
			} else if computed.Base != cvss.Score {
				c.flaw("6.1.9", "base score %v, but %s gives %v", cvss.Score, cvss.Vector, computed.Base)
			}
			for _, id := range s.Products {
				key := scored{cmp.Or(cvss.Version, cvssVersion(cvss.Vector)), id, s.source}
				if seen[key] {
					c.flaw("6.1.7", "product %q has two CVSS %s scores", id, key.version)
				}
				seen[key] = true
			}
		}
	}
}

// involvements finds a party named twice for one date (6.1.24).
func (c *checker) involvements(v *csafVulnerability) {
	seen := map[csafInvolvement]bool{}
	for _, i := range v.Involvements {
		if seen[i] {
			c.flaw("6.1.24", "involvement of %q on %q is given twice", i.Party, i.Date)
		}
		seen[i] = true
	}
}

// vexJustifications are the flags of which a product may only have one.
var vexJustifications = []string{
	"component_not_present", "inline_mitigations_already_exist", "vulnerable_code_cannot_be_controlled_by_adversary",
	"vulnerable_code_not_in_execute_path", "vulnerable_code_not_present",
}

// scopesGiven finds remedies and flags that name no product (6.1.29, 6.1.32), and
// products with two justifications (6.1.33).
func (c *checker) scopesGiven(v *csafVulnerability) {
	for _, r := range v.Remediations {
		if len(r.Products)+len(r.Groups) == 0 {
			c.flaw("6.1.29", "a remediation (%s) names no product", r.Category)
		}
	}
	justified := map[string]bool{}
	for _, f := range v.Flags {
		if len(f.Products)+len(f.Groups) == 0 {
			c.flaw("6.1.32", "a flag (%s) names no product", f.Label)
			continue
		}
		if !slices.Contains(vexJustifications, f.Label) {
			continue
		}
		for _, id := range c.t.scoped(f.csafScope) {
			if justified[id] {
				c.flaw("6.1.33", "product %q has two justifications", id)
			}
			justified[id] = true
		}
	}
}

// languages checks the tags (6.1.12) and that a translation is one (6.1.15,
// 6.1.28).
func (c *checker) languages() {
	head := &c.d.Document
	for _, tag := range []string{head.Lang, head.SourceLang} {
		if tag == "" {
			continue
		}
		if _, err := language.Parse(tag); err != nil {
			c.flaw("6.1.12", "language %q: %v", tag, err)
		}
	}
	if head.Publisher.Category == "translator" && head.SourceLang == "" {
		c.flaw("6.1.15", "a translator's document without source language")
	}
	if head.SourceLang != "" && strings.EqualFold(head.Lang, head.SourceLang) {
		c.flaw("6.1.28", "translated from %s into itself", head.Lang)
	}
}

// versions finds version names that say a range (6.1.31).
func (c *checker) versions(branches []csafBranch, depth int) {
	if depth > maxBranchDepth {
		return
	}
	for _, b := range branches {
		if b.Category == "product_version" && saysRange(b.Name) {
			c.flaw("6.1.31", "version %q is a range", b.Name)
		}
		c.versions(b.Branches, depth+1)
	}
}

// saysRange knows the signs and words of the standard's list.
func saysRange(version string) bool {
	if strings.ContainsAny(version, "<>") {
		return true
	}
	for _, word := range strings.Fields(strings.ToLower(version)) {
		switch word {
		case "after", "all", "before", "earlier", "later", "prior", "versions":
			return true
		}
	}
	return false
}

// hashes finds files with two hashes by one algorithm (6.1.25).
func (c *checker) hashes(helper *csafHelper) {
	for _, h := range helper.Hashes {
		seen := map[string]bool{}
		for _, f := range h.FileHashes {
			if seen[f.Algorithm] {
				c.flaw("6.1.25", "%s has two %s hashes", h.Filename, f.Algorithm)
			}
			seen[f.Algorithm] = true
		}
	}
}
