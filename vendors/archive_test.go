package vendors

import (
	"archive/tar"
	"io"
	"testing"

	"hansho/internal/realdata"
)

// eachFile calls f for the files of a tar archive of real documents.
func eachFile(t testing.TB, archive string, f func(name string, body []byte)) {
	t.Helper()
	r := tar.NewReader(realdata.Open(t, archive))
	for {
		h, err := r.Next()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", archive, err)
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatalf("%s: %s: %v", archive, h.Name, err)
		}
		f(h.Name, body)
	}
}
