package cases

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hansho/advisory"
	"hansho/match"
)

var noon = time.Date(2021, 12, 13, 3, 0, 0, 0, time.UTC)

// step is one thing that a case learns.
type step struct {
	source string // steps of one source keep their order
	run    func(*Case, time.Time)
}

var verdicts = []match.Verdict{match.Affected, match.Possible, match.UnderInvestigation, match.Fixed, match.NotAffected}

// randomWeek makes what a case learns in a week: sources with their revisions,
// people, enquiries.
func randomWeek(r *rand.Rand) []step {
	var steps []step
	for s := range 1 + r.IntN(5) {
		trust := []advisory.Trust{advisory.TrustCommunity, advisory.TrustDatabase, advisory.TrustCoordinator, advisory.TrustMaker}[r.IntN(4)]
		for rev := range 1 + r.IntN(4) {
			steps = append(steps, says(r, s, rev, trust))
		}
	}
	for range r.IntN(5) {
		states := []ItemState{ItemUnknown, ItemAffected, ItemNotAffected, ItemMitigated, ItemFixed}
		h := Hand{State: states[r.IntN(5)], Who: "山田", Note: fmt.Sprint(r.IntN(3)), At: noon.Add(time.Duration(r.IntN(100)) * time.Hour)}
		item := randomItem(r)
		steps = append(steps, step{run: func(c *Case, _ time.Time) { c.Set(item, h) }})
	}
	for range r.IntN(3) {
		item, at := randomItem(r), noon.Add(time.Duration(r.IntN(50))*time.Hour)
		steps = append(steps, step{run: func(c *Case, _ time.Time) {
			if it := c.Item(item); at.After(it.Asked) {
				it.Asked = at
			}
		}})
	}
	return steps
}

func randomItem(r *rand.Rand) string { return []string{"orders", "edi", "erp"}[r.IntN(3)] }

func says(r *rand.Rand, s, rev int, trust advisory.Trust) step {
	a := advisory.Advisory{
		ID: fmt.Sprintf("source%d:1", s), Source: fmt.Sprintf("source%d", s), Kind: advisory.KindAdvisory, Trust: trust,
		CVEs: []string{fmt.Sprintf("CVE-2021-%04d", r.IntN(3))}, Updated: noon.Add(time.Duration(rev*24+r.IntN(20)) * time.Hour),
		Title: fmt.Sprint("revision ", rev), Withdrawn: r.IntN(10) == 0, Links: []string{fmt.Sprintf("https://example.com/%d", s)},
	}
	var matches []match.Match
	for i, item := range []string{"orders", "edi", "erp"} {
		if r.IntN(3) == 0 {
			continue
		}
		a.Products = append(a.Products, advisory.ProductStatus{Product: item, Fixed: []string{"", "2.15.0", "2.16.0"}[r.IntN(3)]})
		matches = append(matches, match.Match{
			Item: item, Advisory: a.ID, Verdict: verdicts[r.IntN(5)], Claim: len(a.Products) - 1,
			Confidence: float64(r.IntN(3)) / 2, Evidence: []match.Evidence{{Method: "name", Item: fmt.Sprint(i)}},
		})
	}
	return step{source: a.Source, run: func(c *Case, at time.Time) { c.Hear(&a, rev+1, matches, at) }}
}

// shuffled gives another order in which each source's revisions stay in theirs.
func shuffled(r *rand.Rand, steps []step) []step {
	out := slices.Clone(steps)
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	next := map[string][]step{}
	for _, s := range steps {
		next[s.source] = append(next[s.source], s)
	}
	for i, s := range out {
		if s.source != "" {
			out[i] = next[s.source][0]
			next[s.source] = next[s.source][1:]
		}
	}
	return out
}

// live runs steps, settling now and then as the program does.
func live(r *rand.Rand, c Case, steps []step) Case {
	at := noon
	for _, s := range steps {
		at = at.Add(time.Duration(1+r.IntN(90)) * time.Minute)
		s.run(&c, at)
		if r.IntN(2) == 0 {
			c.Settle(at)
		}
	}
	c.Settle(at)
	return c
}

// ends is where a case ended up, without when it got there.
func ends(t *testing.T, a, b Case) string {
	t.Helper()
	return cmp.Diff(a, b,
		cmpopts.IgnoreFields(Case{}, "ID", "Opened", "Updated", "Timeline", "Merged"),
		cmpopts.IgnoreFields(Statement{}, "Seen"), cmpopts.IgnoreFields(Item{}, "Since"),
		cmpopts.EquateEmpty())
}

func TestTheOrderOfArrivalMakesNoDifference(t *testing.T) {
	for seed := range uint64(700) {
		r := rand.New(rand.NewPCG(seed, 1))
		steps := randomWeek(r)
		key := []string{"CVE-2021-0000"}
		first := live(r, New(key, noon), steps)
		for range 3 {
			other := live(r, New(key, noon), shuffled(r, steps))
			if diff := ends(t, first, other); diff != "" {
				t.Fatalf("seed %d: another order ends elsewhere (-first +other):\n%s", seed, diff)
			}
		}
	}
}

// What one case learned in two halves, which were then found to be one event, is
// what it would have learned as one; whichever half is merged into which.
func TestMergingMakesNoDifference(t *testing.T) {
	for seed := range uint64(900) {
		r := rand.New(rand.NewPCG(seed, 2))
		steps := randomWeek(r)
		key := []string{"CVE-2021-0000"}
		whole := live(r, New(key, noon), steps)
		side := map[string]bool{}
		half := func(left bool) Case {
			rs := rand.New(rand.NewPCG(seed, 3))
			return live(rs, New(key, noon), slices.DeleteFunc(slices.Clone(steps), func(s step) bool {
				if _, ok := side[s.source]; !ok {
					side[s.source] = rs.IntN(2) == 0
				}
				return side[s.source] != left
			}))
		}
		ab, ba := half(true), half(false)
		ab.Merge(half(false))
		ba.Merge(half(true))
		ab.Settle(noon)
		ba.Settle(noon)
		if diff := ends(t, ab, ba); diff != "" {
			t.Fatalf("seed %d: a into b and b into a differ:\n%s", seed, diff)
		}
		if diff := ends(t, whole, ab); diff != "" {
			t.Fatalf("seed %d: in two halves and as one differ:\n%s", seed, diff)
		}
	}
}

func TestSettlingAgainChangesNothing(t *testing.T) {
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 4))
		c := live(r, New([]string{"CVE-2021-0000"}, noon), randomWeek(r))
		if shifts := c.Settle(noon.AddDate(0, 1, 0)); len(shifts) > 0 {
			t.Fatalf("seed %d: %+v", seed, shifts)
		}
	}
}

// claimed is a case in which a source has said something of one item.
func claimed(v match.Verdict, fixed string, at time.Time) Case {
	c := New([]string{"CVE-2021-44228"}, noon)
	hear(&c, v, fixed, at)
	return c
}

func hear(c *Case, v match.Verdict, fixed string, at time.Time) []Shift {
	a := advisory.Advisory{
		ID: "maker:1", Source: "maker", Trust: advisory.TrustMaker, Updated: at, CVEs: []string{"CVE-2021-44228"},
		Products: []advisory.ProductStatus{{Product: "p", Fixed: fixed}},
	}
	c.Hear(&a, 1, []match.Match{{Item: "orders", Advisory: a.ID, Verdict: v, Evidence: []match.Evidence{{Method: "name"}}}}, at)
	return c.Settle(at)
}

func TestReversals(t *testing.T) {
	later := noon.AddDate(0, 0, 2)
	hand := func(s ItemState, fixed string) *Hand {
		return &Hand{State: s, Who: "山田", At: noon.AddDate(0, 0, 1), Fixed: fixed}
	}
	tests := map[string]struct {
		before   match.Verdict
		hand     *Hand
		after    match.Verdict
		fixed    string
		reversal bool
		state    ItemState
		conflict bool
	}{
		"a claim that it is safe is overtaken":       {match.NotAffected, nil, match.Affected, "", true, ItemAffected, false},
		"a claim that it is safe is in doubt":        {match.Fixed, nil, match.Possible, "", true, ItemUnknown, false},
		"unsafe stays unsafe":                        {match.Possible, nil, match.Affected, "", false, ItemAffected, false},
		"good news is no reversal":                   {match.Affected, nil, match.Fixed, "", false, ItemFixed, false},
		"a hand that said not affected stands":       {match.Possible, hand(ItemNotAffected, ""), match.Affected, "", true, ItemNotAffected, true},
		"a hand that said fixed, and a later claim":  {match.Affected, hand(ItemFixed, "2.15.0"), match.Affected, "2.16.0", true, ItemFixed, true},
		"a hand that said fixed in what is the fix":  {match.Affected, hand(ItemFixed, "2.16.0"), match.Affected, "2.12.2, 2.16.0", false, ItemFixed, false},
		"a hand that said mitigated, a later claim":  {match.Affected, hand(ItemMitigated, ""), match.Affected, "2.16.0", false, ItemMitigated, true},
		"a hand that said affected needs no machine": {match.Possible, hand(ItemAffected, ""), match.NotAffected, "", false, ItemAffected, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := claimed(tt.before, "2.15.0", noon)
			if tt.hand != nil {
				c.Set("orders", *tt.hand)
				c.Settle(tt.hand.At)
			}
			shifts := hear(&c, tt.after, tt.fixed, later)
			got := slices.ContainsFunc(shifts, func(s Shift) bool { return s.Reversal })
			it := c.Items["orders"]
			if got != tt.reversal || it.State != tt.state || (it.Conflict != "") != tt.conflict {
				t.Errorf("reversal %v, state %s, conflict %q; want %v, %s, %v", got, it.State, it.Conflict, tt.reversal, tt.state, tt.conflict)
			}
			if again := hear(&c, tt.after, tt.fixed, later); len(again) > 0 {
				t.Errorf("the same again rings again: %+v", again)
			}
		})
	}
}

func TestWhatRanIsTreatedAsAttacked(t *testing.T) {
	c := claimed(match.Affected, "2.15.0", noon)
	hear(&c, match.Fixed, "2.15.0", noon.AddDate(0, 0, 1))
	if it := c.Items["orders"]; !it.Ran || it.State != ItemFixed {
		t.Errorf("it was updated, and had run a vulnerable version: %+v", it)
	}
	hear(&c, match.NotAffected, "", noon.AddDate(0, 0, 2))
	if c.Items["orders"].Ran {
		t.Error("its maker says that it never was hit")
	}
	c.Set("orders", Hand{State: ItemAffected, Who: "山田", At: noon.AddDate(0, 0, 3)})
	c.Settle(noon.AddDate(0, 0, 3))
	if !c.Items["orders"].Ran {
		t.Error("a person found it affected")
	}
}

func TestSplitTakesApartWhatMergeJoined(t *testing.T) {
	c := claimed(match.Affected, "", noon)
	o := New([]string{"CVE-2021-1"}, noon)
	a := advisory.Advisory{ID: "other:1", Source: "other", CVEs: []string{"CVE-2021-1"}, Updated: noon}
	o.Hear(&a, 1, []match.Match{{Item: "erp", Advisory: a.ID, Verdict: match.Affected, Claim: -1, Evidence: []match.Evidence{{}}}}, noon)
	c.Merge(o)
	part, err := c.Split([]string{"CVE-2021-1", "other:1"}, noon)
	if err != nil {
		t.Fatal(err)
	}
	c.Settle(noon)
	part.Settle(noon)
	if c.Items["erp"] != nil || part.Items["erp"].State != ItemAffected || part.Items["orders"] != nil || !part.Items["erp"].Ran {
		t.Errorf("split:\n%+v\n%+v", c.Items, part.Items)
	}
	if _, err := c.Split([]string{"CVE-1999-1"}, noon); err == nil || !strings.Contains(err.Error(), "CVE-1999-1") {
		t.Errorf("got %v", err)
	}
}

func TestChecksKeepWhatWasFoundLast(t *testing.T) {
	var a, b Item
	first, second := Check{State: CheckClean, At: noon}, Check{State: CheckSuspicious, At: noon.Add(time.Hour)}
	for _, c := range []Check{first, second} {
		a.Check("logs", c)
	}
	for _, c := range []Check{second, first} {
		b.Check("logs", c)
	}
	if a.Checks["logs"] != second || b.Checks["logs"] != second {
		t.Errorf("%+v %+v", a.Checks, b.Checks)
	}
}
