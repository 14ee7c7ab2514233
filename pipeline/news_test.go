package pipeline

import (
	"testing"
	"time"

	"hansho/advisory"
	"hansho/inventory"
	"hansho/match"
	"hansho/notify"
)

func revised(texts ...string) func(*advisory.Advisory) {
	return func(a *advisory.Advisory) {
		for i, text := range texts {
			a.History = append(a.History, advisory.Revision{Date: a.Published.AddDate(0, 0, i), Text: text})
		}
	}
}

// A public warning that was revised is told even where only its history shows
// it; a history that was not known before says nothing.
func TestARevisionHistoryIsNews(t *testing.T) {
	b := newBench(t, log4j())
	b.first("jpcert", "cisco")
	maker := func(a *advisory.Advisory) { a.Kind, a.Trust = advisory.KindAdvisory, advisory.TrustMaker }
	b.poll("jpcert", adv("jpcert:1"))
	b.poll("cisco", adv("cisco:1", maker, revised("First")))
	quiet := func(what string, told []notify.Notice) {
		t.Helper()
		if len(told) != 0 {
			t.Errorf("%s was told: %v", what, told[0].News)
		}
	}
	_, told := b.poll("jpcert", adv("jpcert:1", revised("初版")))
	quiet("a history that is read for the first time", told)
	_, told = b.poll("cisco", adv("cisco:1", maker, revised("First", "Editorial")))
	quiet("a maker's history alone", told)
	_, told = b.poll("jpcert", adv("jpcert:1", revised("初版", "「II. 対象」の追記")))
	if len(told) != 1 || len(told[0].News) != 1 || told[0].News[0].Changes[0].After != "2021-12-12 「II. 対象」の追記" {
		t.Fatalf("a revision of the warning: %+v", told)
	}
	_, told = b.poll("jpcert", adv("jpcert:1", revised("初版", "「II. 対象」の追記")))
	quiet("the same state again", told)
}

// An update says which items stand elsewhere than before, and which statements
// are about which items.
func TestAnUpdateSaysWhatMoved(t *testing.T) {
	fw := inventory.Item{ID: "fw", Name: "ファイアウォール", Product: "FortiGate"}
	b := newBench(t, log4j(), fw)
	b.first("jpcert", "list")
	row := func(product string, status advisory.Status) advisory.Advisory {
		return adv("list:"+product, func(a *advisory.Advisory) {
			a.Kind, a.Trust, a.Title = advisory.KindList, advisory.TrustCoordinator, product
			a.Products = []advisory.ProductStatus{{Product: product, Status: status}}
		})
	}
	b.poll("jpcert", adv("jpcert:1"))
	_, told := b.poll("list", row("FortiGate", advisory.StatusAffected))
	if len(told) != 1 || told[0].Kind != notify.KindUpdate || len(told[0].News[0].Items) != 1 || told[0].News[0].Items[0] != "fw" {
		t.Fatalf("%+v", told)
	}
	standing := func(n notify.Notice) map[string]notify.ItemView {
		out := map[string]notify.ItemView{}
		for _, it := range n.Case.Items {
			out[it.ID] = it
		}
		return out
	}
	items := standing(told[0])
	if it := items["fw"]; !it.Moved || it.Was != "" {
		t.Errorf("the new item: %+v", it)
	}
	if items["orders"].Moved {
		t.Error("an item that stands where it stood is said to have moved")
	}
	b.clock = b.clock.Add(time.Hour)
	_, told = b.poll("list", row("FortiGate", advisory.StatusUnderInvestigation))
	if len(told) != 1 {
		t.Fatalf("%d notices", len(told))
	}
	if it := standing(told[0])["fw"]; !it.Moved || it.Was != match.Affected {
		t.Errorf("after the change: %+v", it)
	}
	gone := row("FortiGate", advisory.StatusUnderInvestigation)
	gone.Withdrawn = true
	_, told = b.poll("list", gone)
	if len(told) != 1 {
		t.Fatalf("the withdrawal: %d notices", len(told))
	}
	if it := standing(told[0])["fw"]; !it.Gone || it.Was != match.UnderInvestigation {
		t.Errorf("after the withdrawal: %+v", it)
	}
}

func TestMarksAroundTheSameWordsAreNoNews(t *testing.T) {
	for pair, want := range map[[2]string]bool{
		{"Patch available, note 2827793.1", "[Patch available, note 2827793.1] ()"}: true,
		{"Fixed in 7.0.3", "fixed in  7.0.3."}:                                      true,
		{"Fixed in 7.0.3", "Fixed in 7.0.4"}:                                        false,
		{"", "Patch available"}:                                                     false,
		{"影響なし", "影響あり"}:                                                            false,
	} {
		if got := sameWords(pair[0], pair[1]); got != want {
			t.Errorf("%q: %v", pair, got)
		}
	}
}
