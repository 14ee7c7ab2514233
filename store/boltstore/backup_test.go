package boltstore_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	bolt "go.etcd.io/bbolt"

	"hansho/store"
	"hansho/store/boltstore"
)

func backup(t *testing.T, s *boltstore.Store) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := s.Backup(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestBackupAndRestore(t *testing.T) {
	s := open(t, filled(t, 50))
	copied := backup(t, s)
	// What comes after the backup is not in it.
	if err := s.Update(t.Context(), func(tx store.Tx) error { return fill(tx, 50, 80) }); err != nil {
		t.Fatal(err)
	}
	path := filled(t, 7)
	if err := boltstore.Restore(t.Context(), path, bytes.NewReader(copied)); err != nil {
		t.Fatal(err)
	}
	restored := open(t, path)
	if got := count(t, restored); got != 50 {
		t.Errorf("%d advisories, want 50", got)
	}
	err := restored.Update(t.Context(), func(tx store.Tx) error {
		ds, err := tx.Claim(at, 1, 100, nil)
		if len(ds) != 50 {
			t.Errorf("%d due, want 50", len(ds))
		}
		for _, d := range ds {
			if !d.Unsure {
				t.Errorf("%s may have been sent after the backup, and isn't Unsure", d.Key)
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestBackupWhileWriting(t *testing.T) {
	s := open(t, filled(t, 100))
	var b bytes.Buffer
	w := writerFunc(func(p []byte) (int, error) {
		n := count(t, s)
		if err := s.Update(context.Background(), func(tx store.Tx) error { return fill(tx, n, n+10) }); err != nil {
			return 0, err
		}
		return b.Write(p)
	})
	if err := s.Backup(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	path := file(t)
	if err := boltstore.Restore(t.Context(), path, &b); err != nil {
		t.Fatal(err)
	}
	if got := count(t, open(t, path)); got != 100 {
		t.Errorf("%d advisories, want the 100 of its beginning", got)
	}
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestRestoreRefuses(t *testing.T) {
	good := backup(t, open(t, filled(t, 200)))
	tests := map[string][]byte{
		"nothing":          nil,
		"a text":           []byte("this is not a backup"),
		"half a backup":    good[:len(good)/2],
		"a damaged record": withBadRecord(t),
	}
	for name, data := range tests {
		t.Run(name, func(t *testing.T) {
			path := filled(t, 7)
			before, _ := os.ReadFile(path)
			if err := boltstore.Restore(t.Context(), path, bytes.NewReader(data)); err == nil {
				t.Error("it was restored")
			}
			untouched(t, path, before)
		})
	}
	t.Run("a cancelled one", func(t *testing.T) {
		path := filled(t, 7)
		before, _ := os.ReadFile(path)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := boltstore.Restore(ctx, path, bytes.NewReader(good)); !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want context.Canceled", err)
		}
		untouched(t, path, before)
	})
	t.Run("over an open store", func(t *testing.T) {
		path := filled(t, 7)
		open(t, path)
		if err := boltstore.Restore(t.Context(), path, bytes.NewReader(good)); !errors.Is(err, boltstore.ErrLocked) {
			t.Errorf("%v, want ErrLocked", err)
		}
	})
}

func TestCheckFile(t *testing.T) {
	if err := boltstore.CheckFile(t.Context(), filled(t, 5)); err != nil {
		t.Errorf("a whole store: %v", err)
	}
	bad := file(t)
	must(t, os.WriteFile(bad, withBadRecord(t), 0o600))
	if err := boltstore.CheckFile(t.Context(), bad); !errors.Is(err, boltstore.ErrDamaged) {
		t.Errorf("a damaged record: %v", err)
	}
}

// untouched checks that a failed restore left the store, and nothing beside it.
func untouched(t *testing.T, path string, before []byte) {
	t.Helper()
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the store was changed (%v)", err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestRestoreReplacesADamagedStore(t *testing.T) {
	good := backup(t, open(t, filled(t, 5)))
	path := file(t)
	if err := os.WriteFile(path, []byte("lost"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := boltstore.Restore(t.Context(), path, bytes.NewReader(good)); err != nil {
		t.Fatal(err)
	}
	if got := count(t, open(t, path)); got != 5 {
		t.Errorf("%d advisories, want 5", got)
	}
}

// withBadRecord is a file whose pages are sound, and one record is not what was
// written.
func withBadRecord(t *testing.T) []byte {
	t.Helper()
	path := filled(t, 5)
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bolt.Tx) error {
		b := tx.Bucket([]byte("advisories"))
		value := bytes.Clone(b.Get([]byte("jvn:0000003")))
		value[len(value)/2] ^= 1
		return b.Put([]byte("jvn:0000003"), value)
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
