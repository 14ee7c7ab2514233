// Package storetest is the contract of store.Store: each technology passes it.
package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hansho/notify"
	"hansho/store"
)

// Open opens an empty store for one test. It sees to its end, and to a check of
// what the test left behind.
type Open func(t *testing.T) store.Store

// Run runs the contract, each test on a store of its own.
func Run(t *testing.T, open Open) {
	tests := []struct {
		name string
		run  func(t *testing.T, s store.Store)
	}{
		{"rollback undoes everything", rollback},
		{"a cancelled context commits nothing", cancelled},
		{"a function may run twice", twice},
		{"readers see one state", oneState},
		{"what is missing is not found", notFound},
		{"every field comes back", everyField},
		{"times are UTC to the microsecond", microseconds},
		{"a large value comes back", large},
		{"hostile text is stored", hostile},
		{"lists are in bytewise order", order},
		{"lists go on after a key", paging},
		{"advisories are found by key and source", advisoryKeys},
		{"a key that is a prefix finds only its own", prefixes},
		{"cases are found by key", caseKeys},
		{"notes are listed by prefix", notes},
		{"a key is queued once", once},
		{"a claim waits for its time", notBefore},
		{"a lease that runs out is claimed again, unsure", leases},
		{"claims are disjoint", disjoint},
		{"one of a thread and address is claimed at a time", threadOrder},
		{"a retry holds up its thread", retryHolds},
		{"what may go early is not held by what may not", urgentPasses},
		{"a group is one queue", groups},
		{"what was postponed untried was not tried", untried},
		{"what has ended stays ended", ended},
		{"what was parked can be revived", revived},
		{"fold settles the overtaken", folded},
		{"the longest due is claimed first", oldestFirst},
		{"a clock that was ahead holds nothing back", rewinds},
		{"what is due over a channel can be passed over", passesOver},
		{"the outbox knows when it is due next", nextDue},
		{"deliveries are listed by state", states},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { test.run(t, open(t)) })
	}
}

// now is the time of all tests: with nanoseconds, and not in UTC.
func now() time.Time {
	return time.Date(2021, 12, 11, 9, 30, 0, 123456789, time.FixedZone("JST", 9*60*60))
}

// µs is now as a store gives it back.
func micros() time.Time { return now().UTC().Truncate(time.Microsecond) }

func update(t *testing.T, s store.Store, fn func(store.Tx) error) {
	t.Helper()
	if err := s.Update(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

func view(t *testing.T, s store.Store, fn func(store.Tx) error) {
	t.Helper()
	if err := s.View(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

// equal fails the test where got is not want.
func equal[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// enqueue queues deliveries as due now, each a second younger than the one
// before where nothing else is said.
func enqueue(t *testing.T, s store.Store, ds ...notify.Delivery) {
	t.Helper()
	update(t, s, func(tx store.Tx) error {
		for i, d := range ds {
			if d.Created.IsZero() {
				d.Created = micros().Add(time.Duration(i) * time.Second)
			}
			if d.NotBefore.IsZero() {
				d.NotBefore = micros()
			}
			if _, err := tx.Enqueue(d); err != nil {
				return err
			}
		}
		return nil
	})
}

// claim claims at a time after now and gives the deliveries.
func claim(t *testing.T, s store.Store, after time.Duration, limit int) []notify.Delivery {
	t.Helper()
	var ds []notify.Delivery
	update(t, s, func(tx store.Tx) (err error) {
		ds, err = tx.Claim(micros().Add(after), time.Minute, limit, nil)
		return err
	})
	return ds
}

func keys(ds []notify.Delivery) []string {
	out := []string{}
	for _, d := range ds {
		out = append(out, d.Key)
	}
	return out
}

// claims fails the test where a claim doesn't give these keys.
func claims(t *testing.T, s store.Store, after time.Duration, want ...string) {
	t.Helper()
	if want == nil {
		want = []string{}
	}
	equal(t, "claimed", keys(claim(t, s, after, 100)), want)
}

func settle(t *testing.T, s store.Store, key string) {
	t.Helper()
	update(t, s, func(tx store.Tx) error {
		return tx.Settle(key, notify.Sent, notify.Receipt{ID: "ts-" + key, At: micros()}, "")
	})
}

func delivery(t *testing.T, s store.Store, key string) (d notify.Delivery) {
	t.Helper()
	view(t, s, func(tx store.Tx) (err error) {
		d, err = tx.Delivery(key)
		return err
	})
	return d
}

var (
	slack = notify.Address{Channel: "slack", To: "#security"}
	mail  = notify.Address{Channel: "mail", To: "soc@example.jp"}
)
