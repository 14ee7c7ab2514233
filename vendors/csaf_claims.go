package vendors

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"hansho/advisory"
)

// statusGroup is one of the lists of product_status.
type statusGroup struct {
	name   string
	status advisory.Status
	note   string
}

// statusGroups are the lists in the order in which their claims are given.
var statusGroups = []statusGroup{
	{"known_affected", advisory.StatusAffected, ""},
	{"first_affected", advisory.StatusAffected, "first affected"},
	{"last_affected", advisory.StatusAffected, "last affected"},
	{"under_investigation", advisory.StatusUnderInvestigation, ""},
	{"unknown", advisory.StatusUnknown, ""}, // 2.1
	{"fixed", advisory.StatusFixed, ""},
	{"first_fixed", advisory.StatusFixed, "first fixed"},
	{"recommended", advisory.StatusFixed, "recommended"},
	{"known_not_affected", advisory.StatusNotAffected, ""},
}

// maxClaims bounds the claims of one advisory. The largest real documents make
// some hundreds once their version leaves are merged.
const maxClaims = 5000

// claimSet gathers claims that differ only in their versions under one key: a
// Cisco document with thousands of version leaves makes one claim a product.
type claimSet struct {
	order []claimKey
	byKey map[claimKey]*stretches
}

// claimKey is a claim without its versions.
type claimKey struct {
	claim  advisory.ProductStatus
	scheme string
}

func (s *claimSet) add(key claimKey, v stretches) {
	if s.byKey == nil {
		s.byKey = map[claimKey]*stretches{}
	}
	have := s.byKey[key]
	if have == nil {
		have = &stretches{}
		s.byKey[key] = have
		s.order = append(s.order, key)
	}
	have.spans = append(have.spans, v.spans...)
	have.words = append(have.words, v.words...)
	have.whole = have.whole || len(v.spans)+len(v.words) == 0
}

func (s *claimSet) claims() []advisory.ProductStatus {
	var out []advisory.ProductStatus
	for _, key := range s.order {
		v := s.byKey[key]
		if v.whole || len(out) >= maxClaims {
			out = append(out, key.claim)
		}
		if len(out) < maxClaims {
			out = append(out, withVersions(key.claim, key.scheme, *v)...)
		}
	}
	return out
}

// claimsOf gives the claims of all vulnerabilities. What all of them say is said
// once, for all; the others name their CVE.
func claimsOf(d *csafDocument, tree *products) []advisory.ProductStatus {
	perVuln := make([][]advisory.ProductStatus, len(d.Vulnerabilities))
	said := map[advisory.ProductStatus]int{}
	for i := range d.Vulnerabilities {
		perVuln[i] = vulnClaims(&d.Vulnerabilities[i], tree)
		for _, c := range perVuln[i] {
			said[c]++
		}
	}
	out := []advisory.ProductStatus{}
	told := map[advisory.ProductStatus]bool{}
	for i, v := range d.Vulnerabilities {
		for _, c := range perVuln[i] {
			if said[c] < len(d.Vulnerabilities) {
				c.CVE = v.CVE
			}
			if !told[c] && len(out) < maxClaims {
				told[c] = true
				out = append(out, c)
			}
		}
	}
	return out
}

// vulnClaims gives the claims about one vulnerability.
func vulnClaims(v *csafVulnerability, tree *products) []advisory.ProductStatus {
	advice := newAdvice(v, tree)
	both := contradicted(v)
	var set claimSet
	for _, g := range statusGroups {
		for _, id := range v.Status[g.name] {
			for _, p := range tree.defined(id, g, both[id]) {
				claim := advice.claim(p, g)
				set.add(claimKey{claim, p.scheme}, p.stretched(g, v))
				if p.of != nil && p.foreign() {
					set.add(claimKey{wholeClaim(p, claim), p.of.scheme}, p.of.versions)
				}
			}
		}
	}
	return withFixed(set.claims())
}

// defined gives what an id stands for. Where it was defined more than once
// (Palo Alto Networks gives the affected "<10.2" and the fixed ">=10.2" one id),
// the definitions that suit the status are taken: a stretch that only begins
// somewhere isn't the affected one where the same id is also called fixed.
func (t *products) defined(id string, g statusGroup, contradicted bool) []*csafProduct {
	all := t.byID[id]
	if len(all) < 2 || !contradicted {
		return all
	}
	fixed := g.status == advisory.StatusFixed
	return slices.DeleteFunc(slices.Clone(all), func(p *csafProduct) bool {
		begins := len(p.versions.spans) == 1 && p.versions.spans[0].from != "" && p.versions.spans[0].to == ""
		return begins != fixed
	})
}

// contradicted are the ids that are called both affected and fixed.
func contradicted(v *csafVulnerability) map[string]bool {
	affected, both := map[string]bool{}, map[string]bool{}
	for _, id := range v.Status["known_affected"] {
		affected[id] = true
	}
	for _, id := range v.Status["fixed"] {
		both[id] = affected[id]
	}
	return both
}

// stretched are the product's versions as the status group means them: the
// first affected version and what follows, up to the last. Only where each list
// names one version of the product is it clear what lies between.
func (p *csafProduct) stretched(g statusGroup, v *csafVulnerability) stretches {
	spans := p.versions.spans
	if len(spans) != 1 || spans[0].exact == "" {
		return p.versions
	}
	switch {
	case g.name == "last_affected" && len(v.Status["first_affected"]) == 0:
		return stretches{spans: []span{{to: spans[0].exact, toInclusive: true}}}
	case g.name == "first_affected" && len(v.Status["last_affected"]) == 0:
		return stretches{spans: []span{{from: spans[0].exact}}}
	}
	return p.versions
}

// foreign says that a component comes from another maker than the whole: then a
// company that runs the whole wants to know, while the packages of a
// distribution are each looked at by themselves.
func (p *csafProduct) foreign() bool {
	return strings.HasSuffix(p.how, "component of") && p.vendor != "" && p.of.vendor != "" &&
		!strings.EqualFold(p.vendor, p.of.vendor)
}

// wholeClaim is the claim about the product in which the component is.
func wholeClaim(p *csafProduct, claim advisory.ProductStatus) advisory.ProductStatus {
	claim.Vendor, claim.Product, claim.CPE, claim.PURL = p.of.vendor, p.of.product, p.of.cpe, p.of.purl
	claim.Note = joinNotes("contains "+cmp.Or(p.product, p.full), claim.Note)
	return claim
}

// withFixed fills Fixed of affected claims from the fixed claims on the same
// product where the advisory's remedies don't say it.
func withFixed(claims []advisory.ProductStatus) []advisory.ProductStatus {
	type product struct{ vendor, name, purl, cpe, within string }
	of := func(c advisory.ProductStatus) product {
		return product{c.Vendor, c.Product, c.PURL, cpeProduct(c.CPE), within(c.Note)}
	}
	fixed := map[product][]string{}
	for _, c := range claims {
		if _, list, ok := strings.Cut(c.Versions, "/"); ok && c.Status == advisory.StatusFixed {
			fixed[of(c)] = append(fixed[of(c)], fixedVersions(list)...)
		}
	}
	for i, c := range claims {
		if c.Status == advisory.StatusAffected && c.Fixed == "" && !noFix.MatchString(c.Note) {
			claims[i].Fixed = strings.Join(firstFew(unique(fixed[of(c)])), ", ")
		}
	}
	return claims
}

var (
	noFix    = regexp.MustCompile(`(?:^|; )(?:no fix planned|none available)`)
	partNote = regexp.MustCompile(`^(?:as an? (?:\w+ )?component of|installed (?:on|with)) [^;]+`)
)

// within is the product that a claim's note puts its product in or on.
func within(note string) string { return partNote.FindString(note) }

// fixedVersions are the versions named in a range of fixed ones.
func fixedVersions(constraints string) []string {
	var out []string
	for c := range strings.SplitSeq(constraints, "|") {
		if c = strings.TrimLeft(c, "<>="); c != "*" {
			out = append(out, c)
		}
	}
	return out
}

// firstFew cuts a list that nobody would read through.
func firstFew(list []string) []string {
	const few = 10
	if len(list) > few {
		return append(slices.Clone(list[:few]), "…")
	}
	return list
}
