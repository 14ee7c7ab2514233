package boltstore_test

import (
	"context"
	"path/filepath"
	"testing"

	"hansho/store"
	"hansho/store/boltstore"
	"hansho/store/storetest"
)

// open opens a store that is checked page by page when the test ends.
func open(t *testing.T, path string) *boltstore.Store {
	t.Helper()
	s, err := boltstore.Open(path, boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Check(context.Background()); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store {
		return open(t, filepath.Join(t.TempDir(), "hansho.db"))
	})
}
