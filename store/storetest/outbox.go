package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"hansho/notify"
	"hansho/store"
)

func once(t *testing.T, s store.Store) {
	queue := func(want bool) {
		t.Helper()
		update(t, s, func(tx store.Tx) error {
			queued, err := tx.Enqueue(notify.Delivery{Key: "k", Address: slack, Thread: "case:1", Created: micros(), NotBefore: micros()})
			equal(t, "queued", queued, want)
			return err
		})
	}
	queue(true)
	queue(false) // due
	claims(t, s, 0, "k")
	queue(false) // claimed
	settle(t, s, "k")
	queue(false) // sent
	claims(t, s, time.Hour)
}

func notBefore(t *testing.T, s store.Store) {
	enqueue(t, s, notify.Delivery{Key: "k", NotBefore: micros().Add(time.Hour)})
	claims(t, s, time.Hour-time.Microsecond)
	claims(t, s, time.Hour, "k")
}

func leases(t *testing.T, s store.Store) {
	enqueue(t, s, notify.Delivery{Key: "k"})
	d := claim(t, s, 0, 1)[0]
	equal(t, "lease", d.Lease, micros().Add(time.Minute))
	equal(t, "first claim is unsure", d.Unsure, false)
	equal(t, "tries", d.Tries, 1)
	claims(t, s, time.Minute-time.Microsecond)
	again := claim(t, s, time.Minute, 1)
	equal(t, "claimed again", keys(again), []string{"k"})
	equal(t, "second claim is unsure", again[0].Unsure, true)
	equal(t, "tries", again[0].Tries, 2)
	equal(t, "a lease that ran out is no failure", again[0].Fails, 0)
	postpone(t, s, "k", notify.Postponement{Until: micros(), Stopped: true})
	equal(t, "nor is our own end", delivery(t, s, "k").Fails, 0)
	postpone(t, s, "k", notify.Postponement{Until: micros()})
	equal(t, "a failure", delivery(t, s, "k").Fails, 1)
}

func disjoint(t *testing.T, s store.Store) {
	var want []string
	var ds []notify.Delivery
	for i := range 60 {
		key := fmt.Sprintf("k%02d", i)
		want = append(want, key)
		ds = append(ds, notify.Delivery{Key: key, Address: slack, Thread: key})
	}
	enqueue(t, s, ds...)
	var mu sync.Mutex
	var got []string
	var group sync.WaitGroup
	for range 6 {
		group.Go(func() {
			for {
				part := keys(claim(t, s, 0, 4))
				if len(part) == 0 {
					return
				}
				mu.Lock()
				got = append(got, part...)
				mu.Unlock()
			}
		})
	}
	group.Wait()
	slices.Sort(got)
	equal(t, "claimed by all", got, want)
}

func threadOrder(t *testing.T, s store.Store) {
	enqueue(t, s,
		notify.Delivery{Key: "z-first", Address: slack, Thread: "case:1"},
		notify.Delivery{Key: "a-second", Address: slack, Thread: "case:1"},
		notify.Delivery{Key: "mail", Address: mail, Thread: "case:1", Created: micros().Add(time.Minute)},
		notify.Delivery{Key: "other", Address: slack, Thread: "case:2", Created: micros().Add(time.Minute)},
		notify.Delivery{Key: "p", Address: slack, Created: micros().Add(time.Minute)},
		notify.Delivery{Key: "q", Address: slack, Created: micros().Add(time.Minute)})
	got := keys(claim(t, s, 0, 100))
	slices.Sort(got)
	equal(t, "claimed", got, []string{"mail", "other", "p", "q", "z-first"})
	claims(t, s, time.Second)
	settle(t, s, "z-first")
	claims(t, s, time.Second, "a-second")
	settle(t, s, "a-second")
	claims(t, s, time.Second)
}

func retryHolds(t *testing.T, s store.Store) {
	enqueue(t, s,
		notify.Delivery{Key: "first", Address: slack, Thread: "case:1"},
		notify.Delivery{Key: "second", Address: slack, Thread: "case:1"})
	claims(t, s, 0, "first")
	postpone(t, s, "first", notify.Postponement{Until: micros().Add(time.Hour), Reason: "503", Unsure: true})
	claims(t, s, time.Minute)
	got := claim(t, s, time.Hour, 100)
	equal(t, "claimed", keys(got), []string{"first"})
	equal(t, "unsure", got[0].Unsure, true)
	equal(t, "reason", got[0].Error, "503")
	equal(t, "tries", got[0].Tries, 2)
}

func postpone(t *testing.T, s store.Store, key string, p notify.Postponement) {
	t.Helper()
	update(t, s, func(tx store.Tx) error { return tx.Postpone(key, p) })
}

func urgentPasses(t *testing.T, s store.Store) {
	enqueue(t, s,
		notify.Delivery{Key: "morning", Address: slack, Thread: "case:1", NotBefore: micros().Add(8 * time.Hour)},
		notify.Delivery{Key: "urgent", Address: slack, Thread: "case:1"})
	claims(t, s, 0, "urgent")
	settle(t, s, "urgent")
	claims(t, s, time.Hour)
	claims(t, s, 8*time.Hour, "morning")
}

func groups(t *testing.T, s store.Store) {
	enqueue(t, s,
		notify.Delivery{Key: "one", Address: mail, Thread: "case:1", Group: "daily"},
		notify.Delivery{Key: "two", Address: mail, Thread: "case:2", Group: "daily"})
	claims(t, s, 0, "one")
	view(t, s, func(tx store.Tx) error {
		pending, err := tx.Pending(delivery(t, s, "one"))
		equal(t, "pending", keys(pending), []string{"one", "two"})
		return err
	})
}

func untried(t *testing.T, s store.Store) {
	enqueue(t, s,
		notify.Delivery{Key: "first", Address: slack, Thread: "case:1"},
		notify.Delivery{Key: "second", Address: slack, Thread: "case:1", NotBefore: micros().Add(time.Second)})
	claims(t, s, 0, "first")
	postpone(t, s, "first", notify.Postponement{Until: micros().Add(time.Hour), Untried: true})
	d := delivery(t, s, "first")
	equal(t, "tries", d.Tries, 0)
	equal(t, "unsure", d.Unsure, false)
	claims(t, s, time.Second, "second") // nothing is wrong with the thread
}

func ended(t *testing.T, s store.Store) {
	enqueue(t, s, notify.Delivery{Key: "k", Address: slack, Thread: "case:1"})
	claims(t, s, 0, "k")
	settle(t, s, "k")
	want := delivery(t, s, "k")
	equal(t, "state", want.State, notify.Sent)
	equal(t, "receipt", want.Receipt, notify.Receipt{ID: "ts-k", At: micros()})
	update(t, s, func(tx store.Tx) error {
		return errors.Join(
			tx.Settle("k", notify.Parked, notify.Receipt{ID: "other"}, "late"),
			tx.Postpone("k", notify.Postponement{Until: micros()}))
	})
	equal(t, "after the second end", delivery(t, s, "k"), want)
	claims(t, s, time.Hour)
	err := s.Update(t.Context(), func(tx store.Tx) error {
		if _, err := tx.Enqueue(notify.Delivery{Key: "n"}); err != nil {
			return err
		}
		return tx.Settle("n", notify.Due, notify.Receipt{}, "")
	})
	if err == nil {
		t.Error("Due was taken for an end")
	}
}

func revived(t *testing.T, s store.Store) {
	enqueue(t, s,
		notify.Delivery{Key: "parked", Address: slack, Thread: "case:1"},
		notify.Delivery{Key: "next", Address: slack, Thread: "case:1"})
	claims(t, s, 0, "parked")
	update(t, s, func(tx store.Tx) error {
		return tx.Settle("parked", notify.Parked, notify.Receipt{At: micros()}, "channel_not_found")
	})
	equal(t, "reason", delivery(t, s, "parked").Error, "channel_not_found")
	claims(t, s, 0, "next")
	postpone(t, s, "parked", notify.Postponement{Until: micros(), Reason: "by hand"})
	claims(t, s, 0) // the next is on its way
	settle(t, s, "next")
	claims(t, s, 0, "parked")
	settle(t, s, "parked")
	equal(t, "state", delivery(t, s, "parked").State, notify.Sent)
}

func folded(t *testing.T, s store.Store) {
	enqueue(t, s,
		notify.Delivery{Key: "a", Address: slack, Thread: "case:1"},
		notify.Delivery{Key: "b", Address: slack, Thread: "case:1"},
		notify.Delivery{Key: "c", Address: slack, Thread: "case:1"})
	a := claim(t, s, 0, 1)[0]
	update(t, s, func(tx store.Tx) error {
		pending, err := tx.Pending(a)
		equal(t, "pending", keys(pending), []string{"a", "b", "c"})
		merged := pending[1]
		merged.Lease, merged.Tries = a.Lease, a.Tries
		merged.Notice.Text = "both"
		return errors.Join(err, tx.Fold(merged, []string{"a"}))
	})
	overtaken := delivery(t, s, "a")
	equal(t, "overtaken", overtaken.State, notify.Folded)
	equal(t, "told in", overtaken.Error, "b")
	claims(t, s, 0) // the claim has passed to b
	again := claim(t, s, time.Minute, 100)
	equal(t, "when the lease runs out", keys(again), []string{"b"})
	equal(t, "notice", again[0].Notice.Text, "both")
	equal(t, "unsure", again[0].Unsure, true)
	settle(t, s, "b")
	claims(t, s, time.Minute, "c")
}

func oldestFirst(t *testing.T, s store.Store) {
	enqueue(t, s,
		notify.Delivery{Key: "a", NotBefore: micros().Add(3 * time.Second)},
		notify.Delivery{Key: "b", NotBefore: micros().Add(1 * time.Second)},
		notify.Delivery{Key: "c", NotBefore: micros().Add(2 * time.Second)})
	equal(t, "first two", keys(claim(t, s, time.Minute, 2)), []string{"b", "c"})
	claims(t, s, time.Minute, "a")
}

// A clock that was a year ahead is set right: what it put into that year is told
// now, in its order, and a digest still waits for its hour.
func rewinds(t *testing.T, s store.Store) {
	year := 365 * 24 * time.Hour
	then := micros().Add(year)
	enqueue(t, s,
		notify.Delivery{Key: "z-first", Address: slack, Thread: "case:1", Created: then, NotBefore: then},
		notify.Delivery{Key: "a-second", Address: slack, Thread: "case:1", Created: then.Add(time.Second), NotBefore: then.Add(time.Second)},
		notify.Delivery{Key: "digest", Address: mail, Created: then, NotBefore: then.Add(8 * time.Hour)},
		notify.Delivery{Key: "failed", Address: mail, Created: micros()})
	claims(t, s, 0, "failed")
	postpone(t, s, "failed", notify.Postponement{Until: then, Reason: "503"})
	enqueue(t, s, notify.Delivery{Key: "third", Address: slack, Thread: "case:1"}) // by the clock set right
	update(t, s, func(tx store.Tx) error { return tx.Rewind(micros(), time.Hour) })
	claims(t, s, 0, "failed", "z-first")
	settle(t, s, "z-first")
	claims(t, s, 0, "a-second")
	settle(t, s, "a-second")
	claims(t, s, 0, "third")
	settle(t, s, "third")
	settle(t, s, "failed")
	claims(t, s, 8*time.Hour-time.Microsecond)
	claims(t, s, 8*time.Hour, "digest")
	settle(t, s, "digest")

	enqueue(t, s, notify.Delivery{Key: "claimed"})
	claims(t, s, year, "claimed")
	update(t, s, func(tx store.Tx) error { return tx.Rewind(micros(), time.Hour) })
	claims(t, s, time.Hour, "claimed")
}

func passesOver(t *testing.T, s store.Store) {
	enqueue(t, s, notify.Delivery{Key: "s", Address: slack},
		notify.Delivery{Key: "m1", Address: mail, Thread: "case:1"}, notify.Delivery{Key: "m2", Address: mail, Thread: "case:1"})
	got := func(except ...string) (ds []notify.Delivery, next time.Time) {
		t.Helper()
		update(t, s, func(tx store.Tx) (err error) {
			if next, err = tx.NextDue(except); err == nil {
				ds, err = tx.Claim(micros(), time.Minute, 1, except)
			}
			return err
		})
		return ds, next
	}
	ds, next := got("slack", "mail")
	equal(t, "but slack and mail", keys(ds), keys(nil))
	equal(t, "next", next, time.Time{})
	ds, next = got("slack")
	equal(t, "but slack", keys(ds), []string{"m1"})
	equal(t, "next", next, micros())
	settle(t, s, "m1")
	ds, _ = got("slack", "other")
	equal(t, "the one behind", keys(ds), []string{"m2"})
	ds, _ = got("mail")
	equal(t, "but mail", keys(ds), []string{"s"})
}

func nextDue(t *testing.T, s store.Store) {
	next := func(want time.Time) {
		t.Helper()
		view(t, s, func(tx store.Tx) error { return same(t, want)(tx.NextDue(nil)) })
	}
	next(time.Time{})
	enqueue(t, s, notify.Delivery{Key: "late", NotBefore: micros().Add(time.Hour)}, notify.Delivery{Key: "now"})
	next(micros())
	claims(t, s, 0, "now")
	next(micros().Add(time.Minute)) // its lease
	settle(t, s, "now")
	next(micros().Add(time.Hour))
}

func states(t *testing.T, s store.Store) {
	enqueue(t, s, notify.Delivery{Key: "日"}, notify.Delivery{Key: "a"}, notify.Delivery{Key: "b"}, notify.Delivery{Key: "c"})
	claim(t, s, 0, 100)
	settle(t, s, "a")
	settle(t, s, "c")
	update(t, s, func(tx store.Tx) error {
		return tx.Settle("b", notify.Parked, notify.Receipt{At: micros()}, "no")
	})
	list := func(state notify.State, after string, limit int, want ...string) {
		t.Helper()
		view(t, s, func(tx store.Tx) error {
			ds, err := tx.Deliveries(state, after, limit)
			equal(t, string(state), keys(ds), append([]string{}, want...))
			return err
		})
	}
	list("", "", 0, "a", "b", "c", "日")
	list(notify.Sent, "", 0, "a", "c")
	list(notify.Sent, "a", 0, "c")
	list(notify.Parked, "", 0, "b")
	list(notify.Due, "", 0, "日")
	list("", "a", 2, "b", "c")
}
