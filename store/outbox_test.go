package store_test

import (
	"cmp"
	"path/filepath"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"hansho/notify"
	"hansho/store"
	"hansho/store/boltstore"
)

var (
	noon = time.Date(2021, 12, 14, 3, 0, 0, 0, time.UTC)
	soc  = notify.Address{Channel: "slack", To: "#soc"}
	mail = notify.Address{Channel: "mail", To: "soc@example.jp"}
)

// open opens a store with deliveries of one thread in it, a second apart.
func open(t *testing.T, keys ...string) (store.Store, *store.OutboxOf) {
	t.Helper()
	s, err := boltstore.Open(filepath.Join(t.TempDir(), "hansho.db"), boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	err = s.Update(t.Context(), func(tx store.Tx) error {
		for i, key := range keys {
			at := noon.Add(time.Duration(i) * time.Second)
			d := notify.Delivery{Key: key, Address: soc, Thread: "case:1", Created: at, NotBefore: at, Notice: notify.Notice{
				Kind: notify.KindUpdate, News: []notify.News{{SourceView: notify.SourceView{Advisory: "jvn:" + key}}},
			}}
			if _, err := tx.Enqueue(d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, store.NewOutbox(s)
}

func claim(t *testing.T, o *store.OutboxOf, after time.Duration) []notify.Message {
	t.Helper()
	ms, err := o.Claim(t.Context(), noon.Add(after), time.Minute, 10, nil)
	if err != nil {
		t.Fatal(err)
	}
	return ms
}

func record(t *testing.T, o *store.OutboxOf, outcomes ...notify.Outcome) {
	t.Helper()
	if err := o.Record(t.Context(), outcomes); err != nil {
		t.Fatal(err)
	}
}

func states(t *testing.T, s store.Store) map[string]notify.State {
	t.Helper()
	out := map[string]notify.State{}
	err := s.View(t.Context(), func(tx store.Tx) error {
		ds, err := tx.Deliveries("", "", 0)
		for _, d := range ds {
			out[d.Key] = d.State
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func sent(m notify.Message, id string) notify.Outcome {
	return notify.Outcome{Delivery: m.Delivery, State: notify.Sent, Receipt: notify.Receipt{ID: id, At: noon}}
}

func TestClaimFoldsWhatHasPiledUp(t *testing.T) {
	s, o := open(t, "a", "b", "c")
	ms := claim(t, o, time.Hour)
	if len(ms) != 1 || ms[0].Delivery.Key != "c" || ms[0].Retry {
		t.Fatalf("claimed %+v, want c alone, as a first try", ms)
	}
	var told []string
	for _, n := range ms[0].Delivery.Notice.News {
		told = append(told, n.Advisory)
	}
	equal(t, "told", told, []string{"jvn:a", "jvn:b", "jvn:c"})
	record(t, o, sent(ms[0], "ts"))
	equal(t, "states", states(t, s), map[string]notify.State{"a": notify.Folded, "b": notify.Folded, "c": notify.Sent})
	equal(t, "nothing is left", len(claim(t, o, time.Hour)), 0)
}

func TestWhatMayHaveArrivedIsAskedForAlone(t *testing.T) {
	s, o := open(t, "a", "b", "c")
	claim(t, o, 0) // a, by a process that dies
	ms := claim(t, o, time.Hour)
	equal(t, "claimed", ms[0].Delivery.Key, "a")
	equal(t, "as a retry", ms[0].Retry, true)
	equal(t, "its own news only", len(ms[0].Delivery.Notice.News), 1)
	record(t, o, sent(ms[0], "ts"))
	equal(t, "then the others", claim(t, o, time.Hour)[0].Delivery.Key, "c")
	equal(t, "states", states(t, s), map[string]notify.State{"a": notify.Sent, "b": notify.Folded, "c": notify.Due})
}

func TestThreadsAreRemembered(t *testing.T) {
	_, o := open(t, "a", "b")
	first := claim(t, o, 0)
	if first[0].Thread != nil {
		t.Errorf("the first has thread %+v", first[0].Thread)
	}
	record(t, o, sent(first[0], "ts1"))
	second := claim(t, o, time.Second)
	equal(t, "thread", second[0].Thread, &notify.Thread{
		Key: notify.ThreadKey("case:1", soc), Root: notify.Receipt{ID: "ts1", At: noon}, Last: notify.Receipt{ID: "ts1", At: noon},
		RootKey: "a", Refs: []string{"ts1"}, Updated: noon,
	})
}

// lines queues a summary that has a line on the thread of open's rows.
func lines(t *testing.T, s store.Store, key string, at time.Time) {
	t.Helper()
	d := notify.Delivery{Key: key, Address: soc, Created: at, NotBefore: at, Notice: notify.Notice{
		Kind: notify.KindSummary, Cases: []notify.CaseView{{ID: "case:0"}, {ID: "case:1"}},
	}}
	if err := s.Update(t.Context(), func(tx store.Tx) error { _, err := tx.Enqueue(d); return err }); err != nil {
		t.Fatal(err)
	}
}

func postponed(m notify.Message, until time.Time) notify.Outcome {
	return notify.Outcome{Delivery: m.Delivery, State: notify.Due, Wait: notify.Postponement{Until: until}}
}

// What is told of a case after a summary that names it must not arrive before
// it, and is an update for who read its line.
func TestASummaryComesBeforeWhatFollowsIt(t *testing.T) {
	s, o := open(t, "a", "b")
	lines(t, s, "summary", noon.Add(-time.Second))
	ms := claim(t, o, 0)
	if len(ms) != 2 || ms[0].Delivery.Key != "summary" || !ms[0].Wait.IsZero() {
		t.Fatalf("claimed %+v, want the summary, which waits for nothing, and a", ms)
	}
	equal(t, "while it is on its way, a waits", ms[1].Wait, noon.Add(time.Second))
	record(t, o, postponed(ms[0], noon.Add(10*time.Minute)), postponed(ms[1], ms[1].Wait))

	a := claim(t, o, time.Second)[0]
	equal(t, "until it is tried again, a waits", a.Wait, noon.Add(10*time.Minute))
	equal(t, "and was not heard of", a.Heard, false)
	record(t, o, postponed(a, a.Wait))

	ms = claim(t, o, 10*time.Minute)
	slices.SortFunc(ms, func(a, b notify.Message) int { return cmp.Compare(b.Delivery.Key, a.Delivery.Key) })
	record(t, o, sent(ms[0], "ts0"), postponed(ms[1], ms[1].Wait))
	a = claim(t, o, 11*time.Minute)[0]
	if a.Thread != nil || !a.Heard || !a.Wait.IsZero() {
		t.Errorf("after the summary came %+v, want the thread's first message, told to who heard of it", a)
	}
	record(t, o, sent(a, "ts1"))
	equal(t, "states", states(t, s), map[string]notify.State{"summary": notify.Sent, "a": notify.Folded, "b": notify.Sent})
}

func TestASummaryThatNeverCameWasNotHeard(t *testing.T) {
	s, o := open(t, "a")
	lines(t, s, "summary", noon.Add(-time.Second))
	ms := claim(t, o, 0)
	record(t, o, notify.Outcome{Delivery: ms[0].Delivery, State: notify.Parked}, postponed(ms[1], ms[1].Wait))
	a := claim(t, o, time.Minute)[0]
	if a.Heard || !a.Wait.IsZero() {
		t.Errorf("after a summary was given up came %+v, want news for who heard nothing", a)
	}
}

// A summary in the place of an open thread's update leaves the thread open.
func TestAThreadOutlivesASummary(t *testing.T) {
	s, o := open(t, "a")
	record(t, o, sent(claim(t, o, 0)[0], "ts1"))
	lines(t, s, "summary", noon.Add(time.Minute))
	record(t, o, sent(claim(t, o, time.Minute)[0], "ts2"))
	d := notify.Delivery{Key: "b", Address: soc, Thread: "case:1", Created: noon.Add(time.Hour), NotBefore: noon.Add(time.Hour)}
	if err := s.Update(t.Context(), func(tx store.Tx) error { _, err := tx.Enqueue(d); return err }); err != nil {
		t.Fatal(err)
	}
	b := claim(t, o, time.Hour)[0]
	if b.Thread == nil || b.Thread.Root.ID != "ts1" || !b.Heard {
		t.Errorf("after the summary came %+v, want a reply to ts1", b)
	}
}

func TestRecordQueuesWhatIsToldElsewhere(t *testing.T) {
	s, o := open(t, "a")
	m := claim(t, o, 0)[0]
	instead := notify.Delivery{Key: "a|instead", Address: mail, Thread: "case:1", Created: noon, NotBefore: noon}
	failed := notify.Outcome{Delivery: m.Delivery, State: notify.Due, Wait: notify.Postponement{Until: noon.Add(time.Hour), Reason: "503"}, Instead: &instead}
	record(t, o, failed, failed)
	equal(t, "states", states(t, s), map[string]notify.State{"a": notify.Due, "a|instead": notify.Due})
	equal(t, "claimed", claim(t, o, time.Minute)[0].Delivery.Key, "a|instead")
}

// Where a route tells the fallback's address anyway, it is not told twice.
func TestWhatIsToldElsewhereAnywayIsNotToldAgain(t *testing.T) {
	s, o := open(t, "a")
	m := claim(t, o, 0)[0]
	byRoute := notify.Delivery{Key: notify.KeyOf(m.Delivery.Notice, mail), Address: mail, Thread: "case:1", Created: noon, NotBefore: noon, Notice: m.Delivery.Notice}
	if err := s.Update(t.Context(), func(tx store.Tx) error { _, err := tx.Enqueue(byRoute); return err }); err != nil {
		t.Fatal(err)
	}
	instead := notify.Delivery{Key: "a|instead", Address: mail, Thread: "case:1", Created: noon, NotBefore: noon}
	record(t, o, notify.Outcome{Delivery: m.Delivery, State: notify.Due, Wait: notify.Postponement{Until: noon.Add(time.Hour)}, Instead: &instead})
	equal(t, "states", states(t, s), map[string]notify.State{"a": notify.Due, byRoute.Key: notify.Due})
}

func TestRecordForgivesWhatIsGone(t *testing.T) {
	s, o := open(t, "a")
	m := claim(t, o, 0)[0]
	gone := sent(m, "x")
	gone.Delivery.Key, gone.Delivery.Thread = "pruned", ""
	record(t, o, gone, sent(m, "ts"))
	equal(t, "states", states(t, s), map[string]notify.State{"a": notify.Sent})
}

// The mail of a letter is kept as it was sent, in the same transaction that says
// so, and is no part of the receipt.
func TestASentMailIsKept(t *testing.T) {
	s, o := open(t, "letter/1/mail:a@example.jp")
	for _, m := range claim(t, o, time.Hour) {
		out := sent(m, "id")
		out.Receipt.Raw = []byte("Subject: x\r\n\r\n本文\x00")
		record(t, o, out)
	}
	var kept []store.Note
	err := s.View(t.Context(), func(tx store.Tx) (err error) {
		kept, err = tx.NotesAfter(notify.MailNote("letter/1/"), "", 0)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "kept", kept, []store.Note{{Name: "mail/letter/1/mail:a@example.jp", Value: []byte("Subject: x\r\n\r\n本文\x00")}})
}
