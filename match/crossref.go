package match

import (
	"cmp"
	"slices"

	"hansho/advisory"
)

// crossed is the factor of confidence for what another advisory states of the
// same CVE.
const crossed = 0.95

// MatchWith is Match with what other advisories state of the same CVEs: a bare
// title that names a CVE gains the products that JVN iPedia or NVD give for it.
// The evidence names the other advisory as its Source. Others that share no CVE
// with a are passed over, and so are round-ups, which state nothing of one CVE.
func (m *Matcher) MatchWith(a *advisory.Advisory, others []advisory.Advisory) []Match {
	claims := map[string][]Sourced{}
	var order []string
	add := func(s Sourced) {
		if claims[s.Match.Item] == nil {
			order = append(order, s.Match.Item)
		}
		claims[s.Match.Item] = append(claims[s.Match.Item], s)
	}
	for _, mt := range m.Match(a) {
		add(Sourced{Match: mt, Source: a.Source, Trust: a.Trust})
	}
	for i := range others {
		o := &others[i]
		cve, ok := sharedCVE(a, o)
		if !ok {
			continue
		}
		for _, mt := range m.Match(o) {
			add(Sourced{Match: crossRef(mt, a, o, cve), Source: o.Source, Trust: o.Trust})
		}
	}
	out := make([]Match, 0, len(order))
	for _, item := range order {
		out = append(out, Resolve(claims[item]))
	}
	m.sort(out)
	return out
}

// sharedCVE is the first CVE that two advisories have in common.
func sharedCVE(a, o *advisory.Advisory) (string, bool) {
	if o.ID == a.ID || o.Kind == advisory.KindRoundup {
		return "", false
	}
	for _, cve := range a.CVEs {
		if slices.Contains(o.CVEs, cve) {
			return cve, true
		}
	}
	return "", false
}

// crossRef makes another advisory's match one of a.
func crossRef(mt Match, a, o *advisory.Advisory, cve string) Match {
	mt.Advisory, mt.Claim = a.ID, -1
	mt.Confidence = float64(int(mt.Confidence*crossed*1000+0.5)) / 1000
	evidence := []Evidence{{Method: "cve", Found: cve, Source: o.ID}}
	for _, e := range mt.Evidence {
		if e.Source == "" {
			e.Source = o.ID
		}
		evidence = append(evidence, e)
	}
	mt.Evidence = evidence
	return mt
}

// sort puts matches into the order of the inventory.
func (m *Matcher) sort(list []Match) {
	at := map[string]int{}
	for _, mt := range list {
		at[mt.Item] = -1
	}
	for i := range m.items {
		if p, ok := at[m.items[i].ID]; ok && p < 0 {
			at[m.items[i].ID] = i
		}
	}
	slices.SortStableFunc(list, func(x, y Match) int { return cmp.Compare(at[x.Item], at[y.Item]) })
}
