package boltstore_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"hansho/notify"
	"hansho/store"
	"hansho/store/boltstore"
)

// TestPowerLoss: a commit writes its pages, syncs, writes one meta page, and
// syncs again. What the disk has when the power fails between two syncs is any
// part of what was written since the first, in sectors. Whatever part that is,
// the store opens, is whole, and is as it was before the commit or after.
//
// The states are made from the file before a commit and after it. That bbolt
// syncs in this order is its own code; that a disk keeps what it says it has
// synced is the disk's word.
func TestPowerLoss(t *testing.T) {
	path := file(t)
	s := reopen(t, path)
	random := rand.New(rand.NewPCG(7, 8))
	before := image(t, path)
	for n := range 30 {
		must(t, s.Update(t.Context(), func(tx store.Tx) error { return step(tx, n) }))
		after := image(t, path)
		stands(t, lost(random, before, after, false), n-1, n-1)
		stands(t, lost(random, before, after, true), n-1, n)
		if n == 29 {
			needsTheOrder(t, random, before, after)
		}
		before = after
	}
	must(t, s.Close())
}

// needsTheOrder shows that the test would see a store that doesn't sync in this
// order: with the meta page there before the others, it is damaged.
func needsTheOrder(t *testing.T, random *rand.Rand, before, after []byte) {
	t.Helper()
	for range 20 {
		bad := lost(random, before, after, false)
		copy(bad, after[:metaPages])
		path := file(t)
		must(t, os.WriteFile(path, bad, 0o600))
		if damaged(t, path, 30) {
			return
		}
	}
	t.Error("pages that are lost behind a new meta page do no damage: the test sees nothing")
}

func image(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	must(t, err)
	return content
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// step is a commit as the program makes them: an advisory, what is to be told of
// it, what was told of the one before, and where the source stands. Each third
// forgets, so that pages are used again.
func step(tx store.Tx, n int) error {
	err := errors.Join(fill(tx, n, n+1), tx.PutNote("n", []byte(strconv.Itoa(n))))
	if n > 0 {
		err = errors.Join(err, tx.Settle(told(n-1), notify.Sent, notify.Receipt{At: at}, ""))
	}
	if n%3 == 0 {
		err = errors.Join(err, tx.PutNote("long", bytes.Repeat([]byte("x"), 500*(n%20))))
	}
	return err
}

func told(n int) string { return fmt.Sprintf("jvn:%07d", n) }

// The smallest part that a disk writes whole, and the two meta pages.
const (
	sector    = 512
	metaPages = 2 * 4096
)

// lost is what a disk may hold after a power loss: of the sectors that a commit
// changed some are there and some are not, and none of its meta page; or, with
// synced, all of its pages and some of the meta page, cut anywhere.
func lost(random *rand.Rand, before, after []byte, synced bool) []byte {
	out := bytes.Clone(after)
	for at := 0; at < len(after); at += sector {
		old := make([]byte, min(sector, len(after)-at)) // a file that has grown reads as zeros
		if at < len(before) {
			copy(old, before[at:])
		}
		switch {
		case at >= metaPages:
			if !synced && random.IntN(2) == 0 {
				copy(out[at:], old)
			}
		case !synced:
			copy(out[at:], old)
		default:
			copy(out[at:], old[:random.IntN(len(old)+1)])
		}
	}
	if !synced && random.IntN(4) == 0 && len(before) >= metaPages {
		out = out[:max(len(before), len(out)-random.IntN(len(out)-len(before)+1))] // the file's length came late
	}
	return out
}

// stands opens what was left and holds it against the commits that it may be
// after.
func stands(t *testing.T, content []byte, least, most int) {
	t.Helper()
	path := file(t)
	must(t, os.WriteFile(path, content, 0o600))
	s, err := boltstore.Open(path, boltstore.Options{})
	if err != nil {
		t.Fatalf("after commit %d: %v", least, err)
	}
	defer s.Close()
	must(t, s.Check(t.Context()))
	n := -1
	must(t, s.View(t.Context(), func(tx store.Tx) error {
		note, err := tx.Note("n")
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		n, _ = strconv.Atoi(string(note))
		due, err2 := tx.Deliveries(notify.Due, "", 0)
		sent, err3 := tx.Deliveries(notify.Sent, "", 0)
		recs, err4 := tx.AdvisoriesAfter("", 0)
		if len(due) != 1 || due[0].Key != told(n) || len(sent) != n || len(recs) != n+1 {
			t.Errorf("half a commit: %d due, %d sent, %d advisories after commit %d", len(due), len(sent), len(recs), n)
		}
		return errors.Join(err, err2, err3, err4)
	}))
	if n < least || n > most {
		t.Errorf("the store is as after commit %d, want %d to %d", n, least, most)
	}
}
