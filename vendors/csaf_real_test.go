package vendors

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"io"
	"path"
	"strings"
	"testing"

	"hansho/feeds"
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

// notChecked are the mandatory tests that ParseCSAF leaves out, see
// csafDocument.check.
var notChecked = map[string]bool{"6.1.10": true, "6.1.11": true}

// TestCSAFMandatoryTests runs the standard's own test documents: each that must
// fail a mandatory test has to be refused or flagged with that test, each that
// must pass may not be flagged with it.
func TestCSAFMandatoryTests(t *testing.T) {
	docs := map[string][]byte{}
	eachFile(t, "csaf/oasis-tcs_csaf_tests_examples.tar.zst", func(name string, body []byte) {
		if strings.Contains(name, "csaf_2.0/test/validator/data/") {
			docs[strings.SplitAfter(name, "/data/")[1]] = body
		}
	})
	var index struct {
		Tests []struct {
			ID              string
			Group           string
			Failures, Valid []struct{ Name string }
		}
	}
	if err := json.Unmarshal(docs["testcases.json"], &index); err != nil {
		t.Fatal(err)
	}
	failed, passed := 0, 0
	for _, test := range index.Tests {
		if test.Group != "mandatory" || notChecked[test.ID] {
			continue
		}
		for _, f := range test.Failures {
			if !failsTest(docs[f.Name], test.ID) {
				t.Errorf("%s should fail %s", path.Base(f.Name), test.ID)
			}
			failed++
		}
		for _, v := range test.Valid {
			if failsTest(docs[v.Name], test.ID) {
				t.Errorf("%s should pass %s", path.Base(v.Name), test.ID)
			}
			passed++
		}
	}
	if failed < 60 || passed < 60 {
		t.Errorf("only %d failing and %d passing documents found", failed, passed)
	}
}

// failsTest says whether a document is refused or flagged by a test. Invalid
// CVSS is the schema's to find.
func failsTest(doc []byte, test string) bool {
	list, errs := ParseCSAF(bytes.NewReader(doc), feeds.Meta{})
	got := testsOf(errs)
	return len(list) == 0 || got[test] || test == "6.1.8" && got["schema"]
}
