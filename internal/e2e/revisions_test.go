package e2e

import (
	"archive/tar"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
	"testing"

	"hansho/internal/realdata"
)

// revision is one state of NCSC-NL's list; its name begins with its time.
type revision struct {
	name string
	text []byte
}

// revisions reads the list's states in order of time.
func revisions(t *testing.T) []revision {
	t.Helper()
	var all []revision
	r := tar.NewReader(realdata.Open(t, "log4shell/ncsc-nl-revisions.tar.zst"))
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		must(t, err)
		if h.Typeflag != tar.TypeReg || !strings.Contains(h.Name, "ncsc_readme/") {
			continue
		}
		text, err := io.ReadAll(r)
		must(t, err)
		all = append(all, revision{path.Base(h.Name), text})
	}
	slices.SortFunc(all, func(a, b revision) int { return strings.Compare(a.name, b.name) })
	return all
}

// longestRevision is the list at its fullest: in the end it became a page that
// leads to several.
func longestRevision(t *testing.T) []byte {
	t.Helper()
	return slices.MaxFunc(revisions(t), func(a, b revision) int { return len(a.text) - len(b.text) }).text
}
