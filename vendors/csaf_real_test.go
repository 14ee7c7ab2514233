//go:build !race

package vendors

import (
	"bytes"
	"encoding/json"
	"path"
	"strings"
	"testing"

	"hansho/feeds"
)

// notChecked are the mandatory tests of 2.1 that ParseCSAF leaves out, see
// checker.newer; of 2.0 it leaves out none.
var notChecked = map[string]bool{"6.1.48": true, "6.1.60.2": true, "6.1.60.3": true}

// TestCSAFMandatoryTests runs the standard's own test documents: each that must
// fail a mandatory test has to be refused or flagged with that test, each that
// must pass may not be flagged with it.
func TestCSAFMandatoryTests(t *testing.T) {
	for version, skipped := range map[string]map[string]bool{"2.0": nil, "2.1": notChecked} {
		t.Run(version, func(t *testing.T) { mandatoryTests(t, version, skipped) })
	}
}

func mandatoryTests(t *testing.T, version string, skipped map[string]bool) {
	docs := map[string][]byte{}
	eachFile(t, "csaf/oasis-tcs_csaf_tests_examples.tar.zst", func(name string, body []byte) {
		if strings.Contains(name, "csaf_"+version+"/test/validator/data/") {
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
	failed, flagged, passed := 0, 0, 0
	for _, test := range index.Tests {
		if test.Group != "mandatory" {
			continue
		}
		for _, f := range test.Failures {
			if failed++; failsTest(docs[f.Name], test.ID) {
				flagged++
			} else if !skipped[test.ID] {
				t.Errorf("%s should fail %s", path.Base(f.Name), test.ID)
			}
		}
		for _, v := range test.Valid {
			if passed++; failsTest(docs[v.Name], test.ID) {
				t.Errorf("%s should pass %s", path.Base(v.Name), test.ID)
			}
		}
	}
	t.Logf("%d of %d failing documents flagged with their test, %d valid ones not", flagged, failed, passed)
	if flagged < 60 || passed < 60 {
		t.Errorf("only %d failing and %d passing documents found", flagged, passed)
	}
}

// failsTest says whether a document is refused or flagged by a test. Invalid
// CVSS is the schema's to find.
func failsTest(doc []byte, test string) bool {
	list, errs := ParseCSAF(bytes.NewReader(doc), feeds.Meta{})
	got := testsOf(errs)
	return len(list) == 0 || got[test] || test == "6.1.8" && got["schema"]
}
