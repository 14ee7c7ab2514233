package notify

import (
	"slices"
	"strings"
	"testing"
	"time"

	"hansho/match"
)

// A line of a summary goes to those whom its news would reach by itself.
func TestALineGoesWhereItsNewsWould(t *testing.T) {
	r, err := NewRouter(Rules{Routes: []Route{
		{Name: "all", To: []Address{{Channel: "slack", To: "#all"}}},
		{Name: "kev", When: Filter{Sources: []string{"kev"}}, To: []Address{{Channel: "mail", To: "kev"}}},
		{Name: "ours", When: Filter{Owners: []string{"総務部"}}, To: []Address{{Channel: "mail", To: "ours"}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	kev, list := SourceView{Advisory: "kev:1", Source: "kev"}, SourceView{Advisory: "list:1", Source: "list", Items: []string{"orders"}}
	view := func(moved bool, news ...SourceView) CaseView {
		return CaseView{ID: "case:1", News: news, Sources: []SourceView{kev, list}, Items: []ItemView{
			{ID: "phone", Owner: "総務部", Moved: moved}, {ID: "orders", Owner: "営業部"},
		}}
	}
	tests := map[string]struct {
		line CaseView
		want []string
	}{
		"a new case":                   {view(false), []string{"#all", "kev", "ours"}},
		"a word on the whole":          {view(false, kev), []string{"#all", "kev", "ours"}},
		"a row on another's item":      {view(false, list), []string{"#all"}},
		"which moved an item of yours": {view(true, list), []string{"#all", "ours"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, d := range r.Route(time.Date(2021, 12, 14, 0, 0, 0, 0, time.UTC), []Notice{{Kind: KindSummary, Cases: []CaseView{tt.line}}}) {
				got = append(got, d.Address.To)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("told %v, want %v", got, tt.want)
			}
		})
	}
}

// Those who own an item hear what is said of it and of the matter as a whole,
// not what is said of other people's items.
func TestOwnersHearOfTheirOwnItems(t *testing.T) {
	r, err := NewRouter(Rules{Routes: []Route{
		{Name: "all", To: []Address{{Channel: "slack", To: "#all"}}},
		{Name: "ours", When: Filter{Owners: []string{"総務部"}}, To: []Address{{Channel: "mail", To: "ours"}}},
		{Name: "theirs", When: Filter{Owners: []string{"営業部"}}, To: []Address{{Channel: "mail", To: "theirs"}}},
		{Name: "affected", When: Filter{Verdicts: []match.Verdict{match.Affected}}, To: []Address{{Channel: "mail", To: "affected"}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	news := func(id string, items ...string) News {
		return News{SourceView: SourceView{Advisory: id, Items: items}, Digest: id, Revision: 1}
	}
	view := func(moved bool) *CaseView {
		return &CaseView{ID: "case:1", Items: []ItemView{
			{ID: "phone", Owner: "総務部", Verdict: match.NotAffected, Moved: moved, Was: match.Affected},
			{ID: "orders", Owner: "営業部", Verdict: match.Affected},
		}, Sources: []SourceView{{Advisory: "list:phone", Items: []string{"phone"}}, {Advisory: "jpcert:1"}}}
	}
	tests := map[string]struct {
		n    Notice
		want map[string][]string // address → advisories told
	}{
		"a row on the phone": {
			Notice{Kind: KindUpdate, Case: view(false), News: []News{news("list:phone", "phone")}},
			map[string][]string{"#all": {"list:phone"}, "ours": {"list:phone"}},
		},
		"a row, and the matter as a whole": {
			Notice{Kind: KindUpdate, Case: view(false), News: []News{news("list:phone", "phone"), news("jpcert:1")}},
			map[string][]string{"#all": {"list:phone", "jpcert:1"}, "ours": {"list:phone", "jpcert:1"}, "theirs": {"jpcert:1"}, "affected": {"jpcert:1"}},
		},
		"the phone is safe now": {
			Notice{Kind: KindUpdate, Case: view(true), News: []News{news("list:phone", "phone")}},
			map[string][]string{"#all": {"list:phone"}, "ours": {"list:phone"}, "affected": {"list:phone"}},
		},
		"somebody set the phone": {
			Notice{Kind: KindUpdate, Case: view(false), Step: &Step{Kind: "state", Items: []string{"phone"}}},
			map[string][]string{"#all": nil, "ours": nil},
		},
		"somebody acknowledged the case": {
			Notice{Kind: KindUpdate, Case: view(false), Step: &Step{Kind: "ack"}},
			map[string][]string{"#all": nil, "ours": nil, "theirs": nil, "affected": nil},
		},
		"a new case is told whole": {
			Notice{Kind: KindNew, Case: view(false), News: []News{news("list:phone", "phone")}},
			map[string][]string{"#all": {"list:phone"}, "ours": {"list:phone"}, "theirs": nil, "affected": nil},
		},
	}
	for name, tt := range tests {
		got := map[string][]string{}
		for _, d := range r.Route(time.Unix(0, 0), []Notice{tt.n}) {
			got[d.Address.To] = nil
			for _, s := range d.Notice.News {
				got[d.Address.To] = append(got[d.Address.To], s.Advisory)
			}
			ours := slices.ContainsFunc(d.Notice.Case.Items, func(it ItemView) bool { return it.ID == "phone" })
			if sees := len(d.Notice.Case.Sources) == 2; sees != ours {
				t.Errorf("%s: %s sees %d sources", name, d.Address.To, len(d.Notice.Case.Sources))
			}
		}
		if len(got) != len(tt.want) {
			t.Errorf("%s: told %v, want %v", name, got, tt.want)
			continue
		}
		for to, want := range tt.want {
			if told, ok := got[to]; !ok || !slices.Equal(told, want) {
				t.Errorf("%s: %s was told %v, want %v", name, to, told, want)
			}
		}
	}
}

// Two routes to one address tell it the news of both.
func TestRoutesToOneAddressJoinTheirNews(t *testing.T) {
	to := []Address{{Channel: "mail", To: "both"}}
	r, err := NewRouter(Rules{Routes: []Route{
		{Name: "a", When: Filter{Items: []string{"a"}}, To: to},
		{Name: "b", When: Filter{Items: []string{"b"}}, To: to},
	}})
	if err != nil {
		t.Fatal(err)
	}
	n := Notice{Kind: KindUpdate, Case: &CaseView{ID: "case:1", Items: []ItemView{{ID: "a"}, {ID: "b"}}}, News: []News{
		{SourceView: SourceView{Advisory: "list:a", Items: []string{"a"}}},
		{SourceView: SourceView{Advisory: "list:b", Items: []string{"b"}}},
	}}
	ds := r.Route(time.Unix(0, 0), []Notice{n})
	if len(ds) != 1 || len(ds[0].Notice.News) != 2 || len(ds[0].Notice.Case.Items) != 2 {
		t.Fatalf("%+v", ds)
	}
}

// What moved in a message that was overtaken is not lost in the one that is sent.
func TestFoldKeepsWhatMoved(t *testing.T) {
	view := func(items ...ItemView) Delivery {
		return Delivery{Notice: Notice{Kind: KindUpdate, Case: &CaseView{ID: "case:1", Items: items}}}
	}
	first := view(
		ItemView{ID: "worse", Verdict: match.Affected, Moved: true, Was: match.Possible},
		ItemView{ID: "new", Verdict: match.Possible, Moved: true},
		ItemView{ID: "there and back", Verdict: match.Affected, Moved: true, Was: match.NotAffected},
		ItemView{ID: "gone", Verdict: match.Affected, Moved: true, Was: match.Affected, Gone: true},
	)
	then := view(
		ItemView{ID: "worse", Verdict: match.Affected},
		ItemView{ID: "new", Verdict: match.Affected, Moved: true, Was: match.Possible},
		ItemView{ID: "there and back", Verdict: match.NotAffected, Moved: true, Was: match.Affected},
	)
	want := map[string]ItemView{
		"worse":          {Moved: true, Was: match.Possible},
		"new":            {Moved: true},
		"there and back": {Was: match.NotAffected},
		"gone":           {Moved: true, Was: match.Affected, Gone: true},
	}
	got := Fold([]Delivery{first, then}).Notice.Case.Items
	if len(got) != len(want) {
		t.Fatalf("%d items", len(got))
	}
	for _, it := range got {
		w := want[it.ID]
		if it.Moved != w.Moved || it.Was != w.Was || it.Gone != w.Gone {
			t.Errorf("%s: moved %v, was %q, gone %v", it.ID, it.Moved, it.Was, it.Gone)
		}
	}
	if then.Notice.Case.Items[0].Moved {
		t.Error("the queued notice was changed")
	}
}

func TestAddedText(t *testing.T) {
	tests := [][3]string{
		{"一つ目。二つ目。", "一つ目。三つ目。二つ目。", "三つ目。"},
		{"One. Two in 2.15.0.", "One. Two in 2.16.0. Three!", "Two in 2.16.0. Three!"},
		{"同じ", "同じ", ""},
		{"前の文。", "", ""},
		{"", "新しい文。", "新しい文。"},
	}
	for _, tt := range tests {
		if got := addedText(tt[0], tt[1]); got != tt[2] {
			t.Errorf("%q → %q: %q, want %q", tt[0], tt[1], got, tt[2])
		}
	}
}

// An item that leaves the case is told as such, and counts nowhere.
func TestAnItemThatIsGone(t *testing.T) {
	ts, err := LoadTemplates(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[string]string{"ja": "**工場カメラ** — 情報源に記載がなくなったため、対象から外しました", "en": "**工場カメラ** — the sources no longer name it; it is out of the case"} {
		doc, err := ts.Render(Notice{Kind: KindUpdate, Lang: lang, Case: &CaseView{ID: "case:1", Name: "1", Items: []ItemView{
			{ID: "camera", Name: "工場カメラ", Verdict: match.Affected, Moved: true, Was: match.Affected, Gone: true},
		}}}, Reply)
		if err != nil || !strings.Contains(doc.Markdown, want) || strings.Contains(doc.Subject, "影響あり 1") || strings.Contains(doc.Subject, "1 affected") {
			t.Errorf("%s: %v\n%s\n%s", lang, err, doc.Subject, doc.Markdown)
		}
	}
}
