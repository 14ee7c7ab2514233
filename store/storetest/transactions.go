package storetest

import (
	"context"
	"errors"
	"testing"

	"hansho/advisory"
	"hansho/cases"
	"hansho/notify"
	"hansho/store"
)

// everything writes one of each record.
func everything(tx store.Tx) error {
	_, err := tx.Enqueue(notify.Delivery{Key: "d", Address: slack, Thread: "case:1", Created: now(), NotBefore: now()})
	return errors.Join(err,
		tx.PutAdvisory(store.Record{Advisory: advisory.Advisory{ID: "jpcert:1", Source: "jpcert", CVEs: []string{"CVE-2021-44228"}}}),
		tx.PutSource(store.SourceState{ID: "jpcert"}),
		tx.PutCase(cases.Case{ID: "case:1", CVEs: []string{"CVE-2021-44228"}}),
		tx.PutThread(notify.Thread{Key: "t"}),
		tx.PutLetter(cases.Letter{ID: "l"}),
		tx.PutEnquiry(cases.Enquiry{ID: "e"}),
		tx.PutSubscription(notify.Subscription{ID: "s"}),
		tx.PutNote("n", []byte("v")))
}

// missing fails where any record of everything is there.
func missing(t *testing.T, tx store.Tx) error {
	t.Helper()
	lookups := map[string]func() error{
		"advisory": func() error { _, err := tx.Advisory("jpcert:1"); return err },
		"source":   func() error { _, err := tx.Source("jpcert"); return err },
		"case":     func() error { _, err := tx.Case("case:1"); return err },
		"case by":  func() error { _, err := tx.CaseBy("CVE-2021-44228"); return err },
		"delivery": func() error { _, err := tx.Delivery("d"); return err },
		"settle":   func() error { return tx.Settle("d", notify.Sent, notify.Receipt{}, "") },
		"postpone": func() error { return tx.Postpone("d", notify.Postponement{}) },
		"thread":   func() error { _, err := tx.Thread("t"); return err },
		"letter":   func() error { _, err := tx.Letter("l"); return err },
		"enquiry":  func() error { _, err := tx.Enquiry("e"); return err },
		"note":     func() error { _, err := tx.Note("n"); return err },
	}
	for name, look := range lookups {
		if err := look(); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: %v, want ErrNotFound", name, err)
		}
	}
	subs, err := tx.SubscriptionsAfter("", 0)
	equal(t, "subscriptions", len(subs), 0)
	return err
}

// empty fails where a list or an index holds anything.
func empty(t *testing.T, tx store.Tx) error {
	t.Helper()
	by, err1 := tx.AdvisoriesBy("CVE-2021-44228")
	of, err2 := tx.AdvisoriesOf("jpcert", "", 0)
	all, err3 := tx.Deliveries("", "", 0)
	due, err4 := tx.Deliveries(notify.Due, "", 0)
	next, err5 := tx.NextDue(nil)
	equal(t, "records found", len(by)+len(of)+len(all)+len(due), 0)
	equal(t, "nothing is due", next.IsZero(), true)
	return errors.Join(err1, err2, err3, err4, err5)
}

func rollback(t *testing.T, s store.Store) {
	boom := errors.New("boom")
	err := s.Update(context.Background(), func(tx store.Tx) error {
		return errors.Join(everything(tx), boom)
	})
	if !errors.Is(err, boom) {
		t.Errorf("Update gave %v, want the function's error", err)
	}
	update(t, s, func(tx store.Tx) error { return errors.Join(missing(t, tx), empty(t, tx)) })
}

func cancelled(t *testing.T, s store.Store) {
	ctx, cancel := context.WithCancel(context.Background())
	err := s.Update(ctx, func(tx store.Tx) error {
		defer cancel()
		return everything(tx)
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Update gave %v, want context.Canceled", err)
	}
	ran := func(store.Tx) error { t.Error("it ran though its context had ended"); return nil }
	if err := s.Update(ctx, ran); !errors.Is(err, context.Canceled) {
		t.Errorf("Update gave %v, want context.Canceled", err)
	}
	if err := s.View(ctx, ran); !errors.Is(err, context.Canceled) {
		t.Errorf("View gave %v, want context.Canceled", err)
	}
	update(t, s, func(tx store.Tx) error { return errors.Join(missing(t, tx), empty(t, tx)) })
}

// twice is what a store that retries on conflict does to a function.
func twice(t *testing.T, s store.Store) {
	update(t, s, everything)
	var first, second []notify.Delivery
	read := func(to *[]notify.Delivery) func(store.Tx) error {
		return func(tx store.Tx) (err error) {
			*to, err = tx.Deliveries("", "", 0)
			return err
		}
	}
	view(t, s, read(&first))
	update(t, s, everything)
	view(t, s, read(&second))
	equal(t, "deliveries after the second run", second, first)
	view(t, s, func(tx store.Tx) error {
		by, err := tx.AdvisoriesBy("CVE-2021-44228")
		equal(t, "index", by, []string{"jpcert:1"})
		return err
	})
}

// oneState: a View that began before a commit doesn't see it.
func oneState(t *testing.T, s store.Store) {
	view(t, s, func(tx store.Tx) error {
		update(t, s, everything)
		return empty(t, tx)
	})
	view(t, s, func(tx store.Tx) error {
		_, err := tx.Advisory("jpcert:1")
		return err
	})
}

func notFound(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) error {
		return errors.Join(missing(t, tx), empty(t, tx),
			tx.DeleteCase("none"), tx.DeleteSubscription("none"), tx.DeleteNote("none"))
	})
}
