package notify_test

import (
	"testing"
	"time"

	"hansho/advisory"
	"hansho/notify"
)

var noon = time.Date(2021, 12, 14, 12, 0, 0, 0, time.UTC)

func pending(n notify.Notice, key string, after time.Duration) notify.Delivery {
	return notify.Delivery{Key: key, Address: security, Thread: "case:1", Notice: n, NotBefore: noon.Add(after)}
}

func TestOvertaken(t *testing.T) {
	update := notify.Notice{Kind: notify.KindUpdate, Lang: "ja"}
	english := notify.Notice{Kind: notify.KindUpdate, Lang: "en"}
	letter := notify.Notice{Kind: notify.KindLetter, Lang: "ja"}
	down := notify.Notice{Kind: notify.KindSourceDown, Lang: "ja"}
	unsure := pending(update, "b", 0)
	unsure.Unsure = true
	tests := []struct {
		name    string
		claimed int
		pending []notify.Delivery
		want    []string
	}{
		{"alone", 0, []notify.Delivery{pending(update, "a", 0)}, nil},
		{"all that are due", 0, []notify.Delivery{pending(update, "a", 0), pending(update, "b", 0), pending(update, "c", -1)}, []string{"a", "b", "c"}},
		{"not what comes later", 0, []notify.Delivery{pending(update, "a", 0), pending(update, "b", 0), pending(update, "c", 1)}, []string{"a", "b"}},
		{"what waits for the morning goes with what is urgent now", 1, []notify.Delivery{pending(update, "a", time.Hour), pending(update, "b", 0)}, []string{"a", "b"}},
		{"what waits between two", 0, []notify.Delivery{pending(update, "a", 0), pending(update, "b", time.Hour), pending(update, "c", 0)}, []string{"a", "b", "c"}},
		{"not across a letter", 0, []notify.Delivery{pending(update, "a", 0), pending(update, "b", 0), pending(letter, "c", 0), pending(update, "d", 0)}, []string{"a", "b"}},
		{"never a letter", 0, []notify.Delivery{pending(letter, "a", 0), pending(letter, "b", 0)}, nil},
		{"not another language", 0, []notify.Delivery{pending(update, "a", 0), pending(english, "b", 0)}, nil},
		{"not another matter", 0, []notify.Delivery{pending(update, "a", 0), pending(down, "b", 0)}, nil},
		{"not what may have arrived", 0, []notify.Delivery{unsure, pending(update, "c", 0)}, nil},
		{"not into what may have arrived", 0, []notify.Delivery{pending(update, "a", 0), unsure}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, d := range notify.Overtaken(test.pending[test.claimed], test.pending, noon) {
				got = append(got, d.Key)
			}
			equal(t, "told as one", got, test.want)
		})
	}
}

func news(adv string, revised bool, changes ...advisory.Change) notify.News {
	return notify.News{SourceView: notify.SourceView{Advisory: adv, Title: "log4j"}, Revised: revised, Changes: changes}
}

func TestFoldTellsTheNewestStateWithTheNewsOfAll(t *testing.T) {
	fixed := func(from, to string) advisory.Change {
		return advisory.Change{Field: "fixed", About: "log4j", Before: from, After: to}
	}
	first := notify.Notice{Kind: notify.KindNew, Urgent: true, Case: &notify.CaseView{ID: "case:1", Name: "old"}, News: []notify.News{news("jvn:1", false)}}
	second := notify.Notice{Kind: notify.KindUpdate, Case: &notify.CaseView{ID: "case:1", Name: "newer"}, News: []notify.News{
		news("jvn:1", true, fixed("2.15.0", "2.16.0")), news("jpcert:1", true, fixed("2.15.0", "2.16.0"), advisory.Change{Field: "exploited", After: "true"}),
	}}
	third := notify.Notice{Kind: notify.KindUpdate, At: noon, Case: &notify.CaseView{ID: "case:1", Name: "newest"}, News: []notify.News{
		news("jpcert:1", true, fixed("2.16.0", "2.17.0"), advisory.Change{Field: "exploited", Before: "true"}),
	}, Told: []string{"jvn:1"}}
	got := notify.Fold([]notify.Delivery{pending(first, "a", 0), pending(second, "b", 0), pending(third, "c", 0)})
	equal(t, "key", got.Key, "c")
	equal(t, "notice", got.Notice, notify.Notice{
		Kind: notify.KindNew, Urgent: true, At: noon, Told: []string{"jvn:1"},
		Case: &notify.CaseView{ID: "case:1", Name: "newest"},
		News: []notify.News{news("jvn:1", false), news("jpcert:1", true, fixed("2.15.0", "2.17.0"))},
	})
	equal(t, "what was folded keeps its own", second.News[1].Changes[0].After, "2.16.0")
}

func TestFoldKeepsAnAlarm(t *testing.T) {
	kinds := func(ks ...notify.Kind) (ds []notify.Delivery) {
		for _, k := range ks {
			ds = append(ds, pending(notify.Notice{Kind: k}, string(k), 0))
		}
		return ds
	}
	equal(t, "reversal", notify.Fold(kinds(notify.KindReversal, notify.KindUpdate, notify.KindReminder)).Notice.Kind, notify.KindReversal)
	equal(t, "update", notify.Fold(kinds(notify.KindUpdate, notify.KindReminder)).Notice.Kind, notify.KindUpdate)
	equal(t, "recovery", notify.Fold(kinds(notify.KindSourceDown, notify.KindSourceUp)).Notice.Kind, notify.KindSourceUp)
}

func TestFoldMakesAGroupASummary(t *testing.T) {
	of := func(key, id, name string) notify.Delivery {
		d := pending(notify.Notice{Kind: notify.KindNew, Case: &notify.CaseView{ID: id, Name: name}}, key, 0)
		d.Group, d.Thread = "daily", id
		return d
	}
	got := notify.Fold([]notify.Delivery{of("a", "case:1", "old"), of("b", "case:2", "two"), of("c", "case:1", "new")})
	equal(t, "notice", got.Notice, notify.Notice{Kind: notify.KindSummary, Cases: []notify.CaseView{{ID: "case:1", Name: "new"}, {ID: "case:2", Name: "two"}}})
	equal(t, "thread", got.Thread, "")
}

// On the first day ten sources speak of one matter: what waits for a place is one
// summary, and what has turned unsafe stays so in it.
func TestSummariesThatWaitAreOne(t *testing.T) {
	r, err := notify.NewRouter(notify.Rules{Routes: []notify.Route{{To: []notify.Address{soc}}}})
	if err != nil {
		t.Fatal(err)
	}
	var ds []notify.Delivery
	for _, lines := range [][]notify.CaseView{
		{{ID: "case:1", Name: "old", Reversed: true}, {ID: "case:2"}},
		{{ID: "case:1", Name: "new"}, {ID: "case:3"}},
	} {
		ds = append(ds, r.Route(noon, []notify.Notice{{Kind: notify.KindSummary, Cases: lines, At: noon}})...)
	}
	all := notify.Overtaken(ds[0], ds, noon)
	if len(all) != 2 {
		t.Fatalf("told together: %d, want both", len(all))
	}
	equal(t, "lines", notify.Fold(all).Notice.Cases, []notify.CaseView{{ID: "case:1", Name: "new", Reversed: true}, {ID: "case:2"}, {ID: "case:3"}})
}

func TestAThreadBeginsAgainWhereItsFirstMessageWasDeleted(t *testing.T) {
	d := func(key string) notify.Delivery { return notify.Delivery{Key: key, Thread: "case:1", Address: soc} }
	receipt := func(id, root string) notify.Receipt { return notify.Receipt{ID: id, Root: root, At: noon} }
	thread := notify.Threaded(notify.Thread{}, d("a"), receipt("1.1", "1.1"))
	thread = notify.Threaded(thread, d("b"), receipt("2.2", "1.1"))
	if thread.Root.ID != "1.1" || thread.RootKey != "a" || thread.Last.ID != "2.2" {
		t.Errorf("a reply gives %+v", thread)
	}
	thread = notify.Threaded(thread, d("c"), receipt("3.3", "3.3"))
	if thread.Root.ID != "3.3" || thread.RootKey != "c" {
		t.Errorf("a new first message gives %+v", thread)
	}
}

func TestThreadedBoundsItsReferences(t *testing.T) {
	var thread notify.Thread
	for i := range 50 {
		thread = notify.Threaded(thread, notify.Delivery{Key: "k", Thread: "case:1", Address: soc}, notify.Receipt{ID: string(rune('A' + i)), At: noon})
	}
	equal(t, "root", thread.Root.ID, "A")
	equal(t, "references", len(thread.Refs), 20)
	equal(t, "first", thread.Refs[0], "A")
	equal(t, "last", thread.Refs[19], thread.Last.ID)
}
