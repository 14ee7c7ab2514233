package vendors

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"hansho/advisory"
)

// advice is what a vulnerability says of single products beside their status:
// remedies, justifications, impact statements.
type advice struct {
	maker, publisher        string
	fixed, workaround, note map[string][]string // by product id; "" is all products
}

func newAdvice(v *csafVulnerability, tree *products) *advice {
	a := &advice{maker: tree.maker, publisher: tree.publisher, fixed: map[string][]string{}, workaround: map[string][]string{}, note: map[string][]string{}}
	for _, r := range v.Remediations {
		text := strings.TrimSpace(r.Details)
		switch r.Category {
		case "vendor_fix", "optional_patch":
			a.say(a.fixed, tree, r.csafScope, cmp.Or(fixedVersion(text), r.URL))
		case "workaround", "mitigation":
			a.say(a.workaround, tree, r.csafScope, text)
		default: // none_available, no_fix_planned, fix_planned
			a.say(a.note, tree, r.csafScope, joinNotes(strings.ReplaceAll(r.Category, "_", " "), text))
		}
	}
	for _, f := range v.Flags {
		a.say(a.note, tree, f.csafScope, strings.ReplaceAll(f.Label, "_", " "))
	}
	for _, t := range v.Threats {
		// An impact without products is how bad it is; with products it is why
		// they are hit or aren't.
		if t.Category == "impact" && len(t.Products)+len(t.Groups) > 0 {
			a.say(a.note, tree, t.csafScope, strings.TrimSpace(t.Details))
		}
	}
	return a
}

var (
	updateTo = regexp.MustCompile(`(?i)^(?:please )?(?:update|upgrade)(?: [\w.\-]+){0,4}? to (?:the )?(?:versions? |firmware |release )?(v?\d[\w.\-+()]*(?: (?:update|sp|hf|patch|build) ?\d[\w.]*)?)(?:,? (?:or|and) (?:any )?(?:a )?(?:later|newer|higher|above)[\w ]*)?\.?$`)
	buildURL = regexp.MustCompile(`^([\w.\-]+):[^:]{1,60}:https?://\S+$`)
	kbNumber = regexp.MustCompile(`^\d{6,8}$`)
)

// fixedVersion takes the version out of a remedy that says no more than to
// update to it ("Update to V2.7 or later version"), and out of Microsoft's
// "VERSION:KIND:ADDRESS", where a bare number is that of an article.
func fixedVersion(text string) string {
	if m := updateTo.FindStringSubmatch(text); m != nil {
		return strings.TrimRight(m[1], ".")
	}
	if m := buildURL.FindStringSubmatch(text); m != nil {
		if kbNumber.MatchString(m[1]) {
			return "KB" + m[1]
		}
		return m[1]
	}
	return text
}

// maxTexts bounds the texts of one kind about one product.
const maxTexts = 20

// say notes a text for each product of the scope.
func (a *advice) say(to map[string][]string, tree *products, scope csafScope, text string) {
	if text == "" {
		return
	}
	for _, id := range tree.scoped(scope) {
		if len(to[id]) < maxTexts && !slices.Contains(to[id], text) {
			to[id] = append(to[id], text)
		}
	}
}

// scoped expands groups. A statement that names no product is about all.
func (t *products) scoped(s csafScope) []string {
	ids := slices.Clone(s.Products)
	for _, g := range s.Groups {
		ids = append(ids, t.groups[g]...)
	}
	if len(s.Products)+len(s.Groups) == 0 {
		return []string{""}
	}
	return unique(ids)
}

// maxFixed is how long a remedy may be and still stand where a version is
// expected; a longer one is a note.
const maxFixed = 200

// claim writes the claim about p in group g, without versions.
func (a *advice) claim(p *csafProduct, g statusGroup) advisory.ProductStatus {
	c := advisory.ProductStatus{
		Vendor: p.vendor, Product: p.product, CPE: p.cpe, PURL: p.purl, Status: g.status,
	}
	notes := []string{g.note}
	if p.of != nil {
		notes = append(notes, p.how+" "+cmp.Or(p.of.full, p.of.product))
		c.Vendor = cmp.Or(c.Vendor, p.of.vendor)
	}
	if c.Vendor == "" || c.Vendor == a.publisher { // a security team makes no products
		c.Vendor = cmp.Or(a.maker, c.Vendor)
	}
	if g.status == advisory.StatusAffected || g.status == advisory.StatusUnderInvestigation {
		fixed := a.of(a.fixed, p.id)
		if len([]rune(fixed)) > maxFixed {
			notes, fixed = append(notes, fixed), ""
		}
		c.Fixed, c.Workaround = fixed, a.of(a.workaround, p.id)
	}
	c.Note = joinNotes(append(notes, a.of(a.note, p.id))...)
	return c
}

// of joins what was said of one product and of all.
func (a *advice) of(from map[string][]string, id string) string {
	return strings.Join(unique(append(slices.Clone(from[id]), from[""]...)), "\n")
}

// joinNotes joins notes, without the empty.
func joinNotes(notes ...string) string { return strings.Join(unique(notes), "; ") }
