package match

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hansho/advisory"
	"hansho/inventory"
)

// say is one claim on an item, met by method.
func say(trust advisory.Trust, method string, v Verdict) Sourced {
	return Sourced{
		Match:  Match{Item: "x", Advisory: "a:" + method + string(v), Verdict: v, Confidence: 0.9, Evidence: []Evidence{{Method: method}}},
		Source: "s", Trust: trust,
	}
}

func TestResolve(t *testing.T) {
	const maker, database, community = advisory.TrustMaker, advisory.TrustDatabase, advisory.TrustCommunity
	for name, c := range map[string]struct {
		claims     []Sourced
		want       Verdict
		contradict int
	}{
		"the maker over a database": {[]Sourced{say(database, "config", Affected), say(maker, "name", NotAffected)}, NotAffected, 1},
		"the maker says affected":   {[]Sourced{say(database, "config", NotAffected), say(maker, "name", Affected)}, Affected, 1},
		"a claim over a title":      {[]Sourced{say(maker, "text", Possible), say(community, "name", Affected)}, Affected, 0},
		"a title is not doubt":      {[]Sourced{say(maker, "text", Possible), say(database, "config", NotAffected)}, NotAffected, 0},
		"knowing over not knowing":  {[]Sourced{say(maker, "name", Possible), say(database, "config", Affected)}, Affected, 0},
		"silence needs trust":       {[]Sourced{say(maker, "name", Possible), say(community, "name", NotAffected)}, Possible, 0},
		"silence with trust":        {[]Sourced{say(database, "name", Possible), say(maker, "name", Fixed)}, Fixed, 0},
		"the maker is looking":      {[]Sourced{say(maker, "name", UnderInvestigation), say(database, "config", NotAffected)}, UnderInvestigation, 0},
		"looking does not hush":     {[]Sourced{say(maker, "name", UnderInvestigation), say(database, "config", Affected)}, Affected, 0},
		"the louder of equals":      {[]Sourced{say(database, "cpe", NotAffected), say(database, "cpe", Affected)}, Affected, 1},
		"the more specific":         {[]Sourced{say(database, "cpe", NotAffected), say(database, "name", Affected)}, NotAffected, 1},
		"only a title":              {[]Sourced{say(database, "text", Possible)}, Possible, 0},
	} {
		got := Resolve(c.claims)
		if got.Verdict != c.want {
			t.Errorf("%s: %q, want %q", name, got.Verdict, c.want)
		}
		if n := len(got.Evidence) - 1; n != c.contradict {
			t.Errorf("%s: %d contradictions in %+v, want %d", name, n, got.Evidence, c.contradict)
		}
	}
	if got := Resolve(nil); got.Verdict != "" {
		t.Errorf("of nothing: %+v", got)
	}
}

func TestResolveKnowsNoOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	methods := []string{"text", "name", "cpe", "config"}
	all := []Verdict{Affected, Possible, UnderInvestigation, Fixed, NotAffected}
	trusts := []advisory.Trust{0, advisory.TrustCommunity, advisory.TrustDatabase, advisory.TrustMaker}
	for range 500 {
		claims := make([]Sourced, 1+r.IntN(6))
		for i := range claims {
			claims[i] = say(trusts[r.IntN(len(trusts))], methods[r.IntN(len(methods))], all[r.IntN(len(all))])
		}
		want := Resolve(claims)
		r.Shuffle(len(claims), func(i, j int) { claims[i], claims[j] = claims[j], claims[i] })
		if diff := cmp.Diff(want, Resolve(claims)); diff != "" {
			t.Fatalf("another order of %+v (-want +got)\n%s", claims, diff)
		}
	}
}

func TestMatchWithTakesProductsFromOthersOfTheSameCVE(t *testing.T) {
	m := build(t, []inventory.Item{
		{ID: "portal", CPE: "cpe:2.3:a:example:portal:1.2:*:*:*:*:*:*:*"},
		{ID: "named", Vendor: "Example", Product: "Zabbix"},
	})
	title := &advisory.Advisory{ID: "jpcert:at1", Source: "jpcert", Title: "Zabbix 等の脆弱性に関する注意喚起", CVEs: []string{"CVE-2021-0001"}, Trust: advisory.TrustCoordinator}
	vulnerable := []advisory.Config{{Matches: []advisory.CPEMatch{{CPE: "cpe:2.3:a:example:portal:*:*:*:*:*:*:*:*", Vulnerable: true, EndExcluding: "2.0"}}}}
	others := []advisory.Advisory{
		{ID: "nvd:CVE-2021-0001", Source: "nvd", CVEs: []string{"CVE-2021-0001"}, Configs: vulnerable, Trust: advisory.TrustDatabase},
		{ID: "nvd:CVE-2021-0002", Source: "nvd", CVEs: []string{"CVE-2021-0002"}, Configs: vulnerable},
		{ID: "jpcert:wr1", Kind: advisory.KindRoundup, CVEs: []string{"CVE-2021-0001"}, Configs: vulnerable},
	}
	got := m.MatchWith(title, others)
	if len(got) != 2 || got[0].Item != "portal" || got[1].Item != "named" {
		t.Fatalf("got %+v", got)
	}
	want := Match{Item: "portal", Advisory: "jpcert:at1", Verdict: Affected, Confidence: 0.95, Claim: -1, Evidence: []Evidence{
		{Method: "cve", Found: "CVE-2021-0001", Source: "nvd:CVE-2021-0001"},
		{
			Method: "config", Item: "cpe:2.3:a:example:portal:1.2:*:*:*:*:*:*:*", Found: "cpe:2.3:a:example:portal:*:*:*:*:*:*:*:*",
			Where: "configs[0]", Test: "1.2 in <2.0", Result: "in", Source: "nvd:CVE-2021-0001",
		},
	}}
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got[1].Evidence[0].Source != "" || got[1].Verdict != Possible {
		t.Errorf("the title's own match became %+v", got[1])
	}
}
