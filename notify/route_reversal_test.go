package notify

import (
	"testing"
	"time"
)

// A reversal is one for those whose item it is about; for others the case goes on.
func TestAReversalIsOneForItsOwnersOnly(t *testing.T) {
	r, err := NewRouter(Rules{Routes: []Route{
		{Name: "all", To: []Address{{Channel: "slack", To: "#all"}}},
		{Name: "ours", When: Filter{Owners: []string{"総務部"}}, To: []Address{{Channel: "mail", To: "ours"}}},
		{Name: "theirs", When: Filter{Owners: []string{"営業部"}}, To: []Address{{Channel: "mail", To: "theirs"}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	n := Notice{Kind: KindReversal, Case: &CaseView{ID: "case:1", Items: []ItemView{
		{ID: "phone", Owner: "総務部", Reversed: true}, {ID: "orders", Owner: "営業部"},
	}}}
	want := map[string]Kind{"#all": KindReversal, "ours": KindReversal, "theirs": KindUpdate}
	for _, d := range r.Route(time.Unix(0, 0), []Notice{n}) {
		if d.Notice.Kind != want[d.Address.To] {
			t.Errorf("%s is told a %s, want %s", d.Address.To, d.Notice.Kind, want[d.Address.To])
		}
		delete(want, d.Address.To)
	}
	if len(want) > 0 {
		t.Errorf("not told: %v", want)
	}
}
