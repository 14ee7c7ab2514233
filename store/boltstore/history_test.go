package boltstore

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"hansho/notify"
	"hansho/store"
)

// TestHistoryCostsNothing: what was sent before makes claiming and settling
// touch no more pages, but for the depth of the trees.
func TestHistoryCostsNothing(t *testing.T) {
	without, with := pagesPerDelivery(t, 0), pagesPerDelivery(t, 10_000)
	t.Logf("pages written a delivery: %.2f with no history, %.2f with 10,000 sent", without, with)
	if with > 1.3*without {
		t.Errorf("%.2f pages a delivery beside a history, %.2f without", with, without)
	}
}

func pagesPerDelivery(t *testing.T, history int) float64 {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "hansho.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.db.NoSync = true // it counts pages; no need to wait for them
	for i := 0; i < history; i += 1000 {
		queueMany(t, s, i, i+1000)
		sendAll(t, s)
	}
	const due = 500
	queueMany(t, s, history, history+due)
	before := s.db.Stats()
	sendAll(t, s)
	after := s.db.Stats()
	stats := after.Sub(&before).TxStats
	return float64(stats.GetPageCount()) / due
}

func queueMany(t *testing.T, s *Store, from, to int) {
	t.Helper()
	err := s.Update(t.Context(), func(tx store.Tx) error {
		for i := from; i < to; i++ {
			key := fmt.Sprintf("k%08d", i)
			if _, err := tx.Enqueue(notify.Delivery{Key: key, Thread: key, Created: day, NotBefore: day}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// sendAll claims and settles what is due, fifty at a time.
func sendAll(t *testing.T, s *Store) {
	t.Helper()
	outbox := store.NewOutbox(s)
	for {
		claimed, err := outbox.Claim(t.Context(), day, time.Minute, 50, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(claimed) == 0 {
			return
		}
		var outcomes []notify.Outcome
		for _, m := range claimed {
			outcomes = append(outcomes, notify.Outcome{Delivery: m.Delivery, State: notify.Sent, Receipt: notify.Receipt{At: day}})
		}
		if err := outbox.Record(t.Context(), outcomes); err != nil {
			t.Fatal(err)
		}
	}
}
