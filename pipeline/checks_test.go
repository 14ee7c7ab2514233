package pipeline

import (
	"errors"
	"testing"

	"hansho/advisory"
	"hansho/cases"
	"hansho/cases/checklist"
	"hansho/notify"
)

func TestAChecklistIsForWhatRan(t *testing.T) {
	b := newBureau(t)
	lists, err := checklist.Load(nil)
	must(t, err)
	if _, _, err := b.desk.Checklist(t.Context(), lists, "CVE-2021-44228", "orders"); !errors.Is(err, ErrNoChecklist) {
		t.Errorf("got %v", err)
	}
	b.poll("list", adv("list:1", kind(advisory.KindAdvisory, advisory.TrustMaker), product("Log4j", advisory.StatusAffected, "2.15.0"),
		func(a *advisory.Advisory) { a.Indicators = []string{"198.51.100.7"} }))
	l, it, err := b.desk.Checklist(t.Context(), lists, "CVE-2021-44228", "orders")
	must(t, err)
	last := l.Points[len(l.Points)-1]
	if !it.Ran || last.In("ja") != "情報源が示す痕跡を探す：198.51.100.7" {
		t.Fatalf("%+v, last point %+v", it, last)
	}
	before := len(b.told.told)
	must(t, b.desk.SetCheck(t.Context(), lists, "CVE-2021-44228", "orders", "logs-exploit", cases.Check{State: cases.CheckClean, By: "山田"}))
	if len(b.told.told) != before {
		t.Error("a clean point was told to everyone")
	}
	must(t, b.desk.SetCheck(t.Context(), lists, "CVE-2021-44228", "orders", last.ID, cases.Check{State: cases.CheckSuspicious, Finding: "12/11 03:12", By: "山田"}))
	wantKinds(t, b.told.told[before:], notify.KindUpdate)
	if it := b.item("orders"); it.Checks[last.ID].Finding != "12/11 03:12" || it.Checks[last.ID].At != b.clock || len(it.Checks) != 2 {
		t.Errorf("%+v", it.Checks)
	}
	if err := b.desk.SetCheck(t.Context(), lists, "CVE-2021-44228", "orders", "nothing", cases.Check{State: cases.CheckDone}); err == nil {
		t.Error("a point that isn't there")
	}
	if err := b.desk.SetCheck(t.Context(), lists, "CVE-2021-44228", "orders", "logs-exploit", cases.Check{State: "fine"}); err == nil {
		t.Error("a state that isn't there")
	}
}
