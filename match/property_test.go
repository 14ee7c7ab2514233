package match

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hansho/advisory"
	"hansho/inventory"
)

// advisories of every form, for the properties.
func someAdvisories() []advisory.Advisory {
	return []advisory.Advisory{
		{ID: "1", Title: "Apache Log4j における任意のコードが実行可能な脆弱性"},
		{ID: "2", Title: "Adobe Acrobat および Reader の脆弱性"},
		{ID: "3", Title: "Microsoft Windows の脆弱性", Summary: "Microsoft Edge にも影響します。"},
		{ID: "4", Products: []advisory.ProductStatus{
			{Vendor: "Apache", Product: "Log4j", Versions: "< 2.15.0", Status: advisory.StatusAffected},
			{CPE: "cpe:/a:apache:tomcat", Versions: "9.0.0 から 9.0.30 まで", Status: advisory.StatusAffected},
			{Vendor: "Mozilla", Product: "Firefox", Status: advisory.StatusUnderInvestigation},
		}},
		{ID: "5", Configs: []advisory.Config{running(), {Matches: []advisory.CPEMatch{{CPE: "cpe:2.3:a:apache:tomcat:*:*:*:*:*:*:*:*", Vulnerable: true, EndExcluding: "9.0.31"}}}}},
	}
}

var byItem = cmpopts.SortSlices(func(a, b Match) bool { return a.Item < b.Item })

func TestOrderOfItemsChangesNothing(t *testing.T) {
	items := append(officeItems(), log4jItems()...)
	want := build(t, items)
	r := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		shuffled := slices.Clone(items)
		r.Shuffle(len(items), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		got := build(t, shuffled)
		for _, a := range someAdvisories() {
			if diff := cmp.Diff(want.Match(&a), got.Match(&a), byItem); diff != "" {
				t.Fatalf("advisory %s (-want +got)\n%s", a.ID, diff)
			}
		}
	}
}

func TestResultsFollowTheInventory(t *testing.T) {
	items := officeItems()
	m := build(t, items)
	at := map[string]int{}
	for i, it := range items {
		at[it.ID] = i
	}
	for _, a := range someAdvisories() {
		last := -1
		for _, mt := range m.Match(&a) {
			if at[mt.Item] <= last {
				t.Errorf("advisory %s: %s is out of order", a.ID, mt.Item)
			}
			last = at[mt.Item]
			if len(mt.Evidence) == 0 || mt.Confidence <= 0 || mt.Confidence > 1 {
				t.Errorf("advisory %s: %+v", a.ID, mt)
			}
		}
	}
}

func TestUnrelatedItemsChangeNothing(t *testing.T) {
	items := officeItems()
	want := build(t, items)
	more := slices.Clone(items)
	for i := range 200 {
		more = append(more, inventory.Item{ID: fmt.Sprint("u", i), Vendor: fmt.Sprintf("Unrelated%d", i), Product: fmt.Sprintf("Nothing%d Suite", i), Version: "1.0"})
	}
	got := build(t, more)
	for _, a := range someAdvisories() {
		if diff := cmp.Diff(want.Match(&a), got.Match(&a)); diff != "" {
			t.Errorf("advisory %s (-want +got)\n%s", a.ID, diff)
		}
	}
}

func TestMatcherIsShared(t *testing.T) {
	m := build(t, officeItems())
	as := someAdvisories()
	var want [][]Match
	for i := range as {
		want = append(want, m.Match(&as[i]))
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 20 {
				for i := range as {
					if diff := cmp.Diff(want[i], m.Match(&as[i])); diff != "" {
						t.Errorf("advisory %s (-want +got)\n%s", as[i].ID, diff)
					}
				}
			}
		})
	}
	wg.Wait()
}

func FuzzMatchText(f *testing.F) {
	m := build(f, officeItems())
	for _, a := range someAdvisories() {
		f.Add(a.Title, a.Summary)
	}
	f.Add("ＬＯＧ４Ｊ\xff・・ーー", strings.Repeat("Apache の ", 50))
	f.Fuzz(func(t *testing.T, title, summary string) {
		a := advisory.Advisory{Title: title, Summary: summary}
		for _, mt := range m.Match(&a) {
			for _, e := range mt.Evidence {
				if !strings.Contains(title, e.Found) && !strings.Contains(summary, e.Found) {
					t.Fatalf("evidence %q stands in neither %q nor %q", e.Found, title, summary)
				}
			}
		}
	})
}

func FuzzMatchClaims(f *testing.F) {
	m := build(f, append(officeItems(), log4jItems()...))
	f.Add("Apache", "Log4j", "cpe:/a:apache:log4j", "pkg:maven/a/b@1", "< 2.15.0", "affected")
	f.Add("", "Apache Log4j (Java)", "cpe:2.3:a:*:log4j:*:*:*:*:*:*:*:*", "pkg:", "すべて", "fixed")
	f.Fuzz(func(t *testing.T, vendor, product, name, purl, versions, status string) {
		a := advisory.Advisory{
			Products: []advisory.ProductStatus{{Vendor: vendor, Product: product, CPE: name, PURL: purl, Versions: versions, Status: advisory.Status(status)}},
		}
		for _, mt := range m.Match(&a) {
			if len(mt.Evidence) == 0 {
				t.Fatalf("a match without evidence: %+v", mt)
			}
		}
		m.Match(&advisory.Advisory{Configs: []advisory.Config{{Operator: vendor, Matches: []advisory.CPEMatch{{CPE: name, Vulnerable: true, EndExcluding: versions}}}}})
	})
}
