// Package realdata finds the captured documents of real sources that tests are
// measured on. They are facts to test against and never part of the project.
package realdata

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Dir gives the folder of the captured documents: $HANSHO_REALDATA, else the
// folder shared/data beside the checkout. It skips the test, saying so, where
// neither is there.
func Dir(t testing.TB) string {
	t.Helper()
	if dir := os.Getenv("HANSHO_REALDATA"); dir != "" {
		if _, err := os.Stat(dir); err != nil {
			t.Fatalf("HANSHO_REALDATA: %v", err)
		}
		return dir
	}
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for dir := wd; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			shared := filepath.Join(dir, "..", "shared", "data")
			if _, err := os.Stat(shared); err == nil {
				return shared
			}
			break
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	t.Skip("no real documents: set HANSHO_REALDATA, or put them in ../shared/data")
	return ""
}

// Open opens a file below Dir; .gz and .zst read as what they hold.
func Open(t testing.TB, name string) io.Reader {
	t.Helper()
	f, err := os.Open(filepath.Join(Dir(t), name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	switch {
	case strings.HasSuffix(name, ".gz"):
		r, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		return r
	case strings.HasSuffix(name, ".zst"):
		r, err := zstd.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(r.Close)
		return r
	}
	return f
}

// Read reads a whole file below Dir, as Open does.
func Read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := io.ReadAll(Open(t, name))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return b
}
