//go:build unix

package boltstore_test

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"hansho/store"
	"hansho/store/boltstore"
)

// TestDiskFull runs itself in a process that may not make files larger than the
// store's first growth: writing beyond fails as on a full disk, with nothing
// half-written, and works again once there is room.
func TestDiskFull(t *testing.T) {
	path := os.Getenv("BOLTSTORE_TEST_FULL")
	if path != "" {
		fillTheDisk(t, path)
		return
	}
	path = filled(t, 10)
	cmd := exec.Command(os.Args[0], "-test.run=^TestDiskFull$", "-test.v")
	cmd.Env = append(os.Environ(), "BOLTSTORE_TEST_FULL="+path)
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "filled the disk") {
		t.Fatalf("%v\n%s", err, out)
	}
	if got := count(t, open(t, path)); got != 10 {
		t.Errorf("%d advisories after the full disk, want 10", got)
	}
}

func fillTheDisk(t *testing.T, path string) {
	signal.Ignore(syscall.SIGXFSZ)
	s, err := boltstore.Open(path, boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	limit := old
	limit.Cur = 1 << 20
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	err = s.Update(t.Context(), func(tx store.Tx) error { return fill(tx, 10, 4000) })
	if !errors.Is(err, boltstore.ErrFull) || !strings.Contains(err.Error(), path) {
		t.Errorf("a commit on a full disk: %v, want ErrFull with the path", err)
	}
	if got := count(t, s); got != 10 {
		t.Errorf("%d advisories, want the 10 from before", got)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
	room := func(tx store.Tx) error { return tx.PutNote("room", []byte("again")) }
	if err := s.Update(t.Context(), room); err != nil {
		t.Errorf("a commit once there is room: %v", err)
	}
	t.Log("filled the disk")
}
