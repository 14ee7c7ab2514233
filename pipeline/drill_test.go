package pipeline

import (
	"testing"
	"time"

	"hansho/cases"
	"hansho/match"
	"hansho/notify"
)

// A notice shows the whole case; it counts for the items of which it says
// something new.
func TestADrillCountsANoticeForWhatItIsAbout(t *testing.T) {
	d := NewDrill(func() time.Time { return time.Date(2021, 12, 14, 0, 0, 0, 0, time.UTC) })
	tell := func(a, b match.Verdict, about ...string) {
		v := notify.CaseView{ID: "case:1", Items: []notify.ItemView{{ID: "a", Verdict: a}, {ID: "b", Verdict: b}}}
		n := notify.Notice{Kind: notify.KindUpdate, Case: &v, News: []notify.News{{SourceView: notify.SourceView{Items: about}}}}
		_, err := d.Deliver(t.Context(), notify.Message{Delivery: notify.Delivery{Notice: n}})
		must(t, err)
	}
	tell(match.Possible, match.Possible)
	tell(match.Affected, match.Possible)
	tell(match.Affected, match.Possible, "b")
	tell(match.Affected, match.Possible)
	d.Observe(nil, []cases.Case{{ID: "case:1", Items: map[string]*cases.Item{"a": {ID: "a", State: cases.ItemAffected}, "b": {ID: "b", State: cases.ItemUnknown}}}})
	rep := d.Report()
	if rep.Items[0].Notices != 2 || rep.Items[1].Notices != 2 || rep.Noise != 2 || rep.Notices != 4 {
		t.Errorf("%+v", rep)
	}
}
