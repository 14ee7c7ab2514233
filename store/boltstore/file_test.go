package boltstore_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"hansho/advisory"
	"hansho/notify"
	"hansho/store"
	"hansho/store/boltstore"
)

var at = time.Date(2021, 12, 11, 9, 30, 0, 0, time.UTC)

func file(t *testing.T) string { return filepath.Join(t.TempDir(), "hansho.db") }

// filled makes a closed store with n advisories and deliveries in it.
func filled(t *testing.T, n int) string {
	t.Helper()
	path := file(t)
	s, err := boltstore.Open(path, boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Update(t.Context(), func(tx store.Tx) error { return fill(tx, 0, n) }); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func fill(tx store.Tx, from, to int) error {
	for i := from; i < to; i++ {
		id := fmt.Sprintf("jvn:%07d", i)
		if err := tx.PutAdvisory(store.Record{Advisory: advisory.Advisory{ID: id, Source: "jvn", Summary: strings.Repeat(id, 20)}}); err != nil {
			return err
		}
		d := notify.Delivery{Key: id, Address: notify.Address{Channel: "slack", To: "#soc"}, Thread: id, Created: at, NotBefore: at}
		if _, err := tx.Enqueue(d); err != nil {
			return err
		}
	}
	return nil
}

func count(t *testing.T, s *boltstore.Store) (n int) {
	t.Helper()
	err := s.View(context.Background(), func(tx store.Tx) error {
		all, err := tx.AdvisoriesAfter("", 0)
		n = len(all)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestOpenIsExclusive(t *testing.T) {
	path := file(t)
	open(t, path)
	for _, readOnly := range []bool{false, true} {
		_, err := boltstore.Open(path, boltstore.Options{Timeout: time.Millisecond, ReadOnly: readOnly})
		if !errors.Is(err, boltstore.ErrLocked) || !strings.Contains(err.Error(), path) {
			t.Errorf("read-only %v: %v, want ErrLocked with the path", readOnly, err)
		}
	}
}

func TestReadOnly(t *testing.T) {
	path := filled(t, 3)
	if _, err := boltstore.Open(path+".none", boltstore.Options{ReadOnly: true}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v, want ErrNotExist", err)
	}
	s, err := boltstore.Open(path, boltstore.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got := count(t, s); got != 3 {
		t.Errorf("%d advisories, want 3", got)
	}
	err = s.Update(t.Context(), func(store.Tx) error { t.Error("it ran"); return nil })
	if err == nil || !strings.Contains(err.Error(), "read-only") {
		t.Errorf("Update: %v, want an error that says read-only", err)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	boltFile := func(bucket, key, value string) func(t *testing.T, path string) {
		return func(t *testing.T, path string) {
			db, err := bolt.Open(path, 0o600, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if err := db.Update(func(tx *bolt.Tx) error {
				b, err := tx.CreateBucketIfNotExists([]byte(bucket))
				return errors.Join(err, b.Put([]byte(key), []byte(value)))
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	bytesOf := func(b []byte) func(t *testing.T, path string) {
		return func(t *testing.T, path string) {
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	tests := []struct {
		name string
		make func(t *testing.T, path string)
		want error
	}{
		{"a newer format", boltFile("meta", "format", "99"), boltstore.ErrNewer},
		{"a format that is no number", boltFile("meta", "format", "one"), boltstore.ErrDamaged},
		{"another program's file", boltFile("things", "a", "b"), boltstore.ErrForeign},
		{"a text", bytesOf(bytes.Repeat([]byte("半鐘\n"), 5000)), boltstore.ErrForeign},
		{"a few bytes", bytesOf([]byte("x")), boltstore.ErrForeign},
		{"zeros", bytesOf(make([]byte, 1<<16)), boltstore.ErrForeign},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := file(t)
			test.make(t, path)
			before, _ := os.ReadFile(path)
			for _, readOnly := range []bool{false, true} {
				s, err := boltstore.Open(path, boltstore.Options{ReadOnly: readOnly})
				if !errors.Is(err, test.want) || !strings.Contains(err.Error(), path) {
					t.Errorf("read-only %v: %v, want %v with the path", readOnly, err, test.want)
				}
				if s != nil {
					s.Close()
				}
			}
			if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
				t.Error("what was refused was changed")
			}
		})
	}
}

// A file cut anywhere is refused at Open or fails with ErrDamaged: it never
// ends the process and is never taken for whole.
func TestCutFile(t *testing.T) {
	whole := backup(t, open(t, filled(t, 300)))
	for _, size := range []int{100, 4096, 8192, 20_000, len(whole) / 4, len(whole) / 2} {
		path := file(t)
		if err := os.WriteFile(path, whole[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := boltstore.Open(path, boltstore.Options{})
		if err == nil {
			s.Close()
		}
		if !errors.Is(err, boltstore.ErrDamaged) && !errors.Is(err, boltstore.ErrForeign) {
			t.Errorf("cut to %d of %d: %v, want ErrDamaged", size, len(whole), err)
		}
	}
}

// Bytes changed at random are found by Check or were in no page that is used,
// in which case every record is as it was.
func TestFlippedBytes(t *testing.T) {
	whole := backup(t, open(t, filled(t, 200)))
	path := file(t)
	random := rand.New(rand.NewPCG(1, 2))
	found := 0
	for range 300 {
		bad := bytes.Clone(whole)
		start := random.IntN(len(bad))
		for i := range 16 {
			bad[(start+i)%len(bad)] ^= byte(1 + random.IntN(255))
		}
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if damaged(t, path, 200) {
			found++
		}
	}
	if found < 30 {
		t.Errorf("damage was found in %d files of 300", found)
	}
}

func damaged(t *testing.T, path string, want int) bool {
	t.Helper()
	s, err := boltstore.Open(path, boltstore.Options{ReadOnly: true})
	if err != nil {
		return true
	}
	defer s.Close()
	if err := s.Check(t.Context()); err != nil {
		return true
	}
	if n := count(t, s); n != want {
		t.Errorf("Check found nothing, yet %d of %d advisories are there", n, want)
	}
	return false
}

func TestOpenReleasesWhatACrashLeftClaimed(t *testing.T) {
	path := filled(t, 2)
	s := reopen(t, path)
	var claimed []notify.Delivery
	claim := func(tx store.Tx) (err error) {
		claimed, err = tx.Claim(at, time.Hour, 10, nil)
		return err
	}
	if err := s.Update(t.Context(), claim); err != nil || len(claimed) != 2 {
		t.Fatalf("%d claimed, %v; want 2", len(claimed), err)
	}
	if err := s.Update(t.Context(), func(tx store.Tx) error {
		return tx.Settle(claimed[0].Key, notify.Sent, notify.Receipt{At: at}, "")
	}); err != nil {
		t.Fatal(err)
	}
	s.Close() // as the kernel does for a process that is killed

	if err := open(t, path).Update(t.Context(), claim); err != nil {
		t.Fatal(err)
	}
	if len(claimed) != 1 || !claimed[0].Unsure {
		t.Errorf("claimed %+v, want the one that was on its way, unsure", claimed)
	}
}

func reopen(t *testing.T, path string) *boltstore.Store {
	t.Helper()
	s, err := boltstore.Open(path, boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWaitingToWriteEndsWithTheContext(t *testing.T) {
	s := open(t, file(t))
	ctx, cancel := context.WithCancel(t.Context())
	err := s.Update(t.Context(), func(store.Tx) error {
		cancel()
		return s.Update(ctx, func(store.Tx) error { t.Error("two at once"); return nil })
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want context.Canceled", err)
	}
}

func TestPrune(t *testing.T) {
	s := open(t, file(t))
	const n = 1200 // more than two batches
	if err := s.Update(t.Context(), func(tx store.Tx) error {
		if err := fill(tx, 0, n+2); err != nil {
			return err
		}
		for i := range n + 1 {
			r := notify.Receipt{At: at.Add(time.Duration(i) * time.Second)}
			if err := tx.Settle(fmt.Sprintf("jvn:%07d", i), notify.Sent, r, ""); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	pruned, err := s.Prune(t.Context(), at.Add(n*time.Second))
	if err != nil || pruned != n {
		t.Errorf("pruned %d, %v; want %d", pruned, err, n)
	}
	err = s.View(t.Context(), func(tx store.Tx) error {
		sent, err := tx.Deliveries(notify.Sent, "", 0)
		due, err2 := tx.Deliveries(notify.Due, "", 0)
		if len(sent) != 1 || len(due) != 1 {
			t.Errorf("%d sent and %d due are left, want 1 and 1", len(sent), len(due))
		}
		return errors.Join(err, err2)
	})
	if err != nil {
		t.Error(err)
	}
}
