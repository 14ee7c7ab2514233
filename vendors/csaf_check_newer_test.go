package vendors

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"hansho/feeds"
)

// newerDocument is a document of CSAF 2.1 that passes every test that is run, with
// words in capitals where a case says more.
const newerDocument = `{"document": {"category": "csaf_base", "csaf_version": "2.1", "title": "T", "distribution": {"tlp": {"label": "CLEAR"}SHARING}HEAD,
 "publisher": {"category": "vendor", "name": "Akane", "namespace": "https://akane.example"},
 "tracking": {"id": "A-1", "status": "final", "version": "1", "initial_release_date": "2031-12-16T03:00:00Z",
  "current_release_date": "2031-12-16T03:00:00Z", "revision_history": [{"date": "2031-12-16T03:00:00Z", "number": "1", "summary": "First."}]}},
 "product_tree": {"branches": [{"category": "vendor", "name": "Akane", "branches": [
  {"category": "product_name", "name": "Ledger", "branches": [
   {"category": "product_version", "name": "1", "product": {"name": "Ledger 1", "product_id": "L1"HELPER}},
   {"category": "product_version", "name": "2", "product": {"name": "Ledger 2", "product_id": "L2"}}]},
  {"category": "product_name", "name": "Abacus", "branches": [{"category": "product_version", "name": "7", "product": {"name": "Abacus 7", "product_id": "A7"}}]}]}],
  "full_product_names": [{"name": "Quill 3", "product_id": "Q3"}],
  "product_paths": [
   {"beginning_product_reference": "L1", "full_product_name": {"name": "Ledger 1 on Abacus", "product_id": "L1A"}, "subpaths": [{"category": "installed_on", "next_product_reference": "A7"}]},
   {"beginning_product_reference": "L2", "full_product_name": {"name": "Ledger 2 on Abacus", "product_id": "L2A"}, "subpaths": [{"category": "installed_on", "next_product_reference": "A7"}]}]},
 "vulnerabilities": [{"title": "V"VULN}]}`

func newer(t *testing.T, changes ...string) []string {
	t.Helper()
	for _, place := range []string{"SHARING", "HEAD", "HELPER", "VULN"} {
		if !slices.Contains(changes, place) {
			changes = append(changes, place, "")
		}
	}
	list, errs := ParseCSAF(strings.NewReader(strings.NewReplacer(changes...).Replace(newerDocument)), feeds.Meta{})
	if len(list) != 1 {
		t.Errorf("refused: %v", errs)
	}
	return slices.Sorted(maps.Keys(testsOf(errs)))
}

func TestCSAF21Fixed(t *testing.T) {
	for status, want := range map[string]string{
		`"known_affected": ["L1"], "fixed": ["L2"]`:   "",
		`"known_affected": ["L1"], "fixed": ["L2A"]`:  "",
		`"known_affected": ["L1A"], "fixed": ["L2A"]`: "",
		`"known_affected": ["L1A"], "fixed": ["L2"]`:  "6.1.27.13",
		`"known_affected": ["A7"], "fixed": ["L2"]`:   "6.1.27.13",
		`"known_affected": ["Q3"], "fixed": ["L2"]`:   "", // may be another name of it
		`"known_affected": ["L1"], "fixed": ["Q3"]`:   "",
		`"first_affected": ["L1"], "fixed": ["L2"]`:   "6.1.27.12",
		`"fixed": ["Q3"]`: "6.1.27.12 6.1.27.13",
		`"known_affected": ["L1"], "first_fixed": ["A7"]`:             "",
		`"known_not_affected": ["L1"], "under_investigation": ["Q3"]`: "6.1.27.12",
	} {
		got := newer(t, "csaf_base", "csaf_security_advisory", "VULN", `, "notes": [{"category": "summary", "text": "S"}], "product_status": {`+status+`}`)
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %q", status, got, want)
		}
	}
}

func TestCSAF21Identified(t *testing.T) {
	for ids, want := range map[string]string{
		`"ids": [{"system_name": "S", "text": "1"}]`:                                                                                  "",
		`"ids": [{"system_name": "S", "text": "1", "product_ids": ["L1"]}]`:                                                           "6.1.27.8",
		`"ids": [{"system_name": "S", "text": "1", "product_ids": ["L1"]}, {"system_name": "S", "text": "2", "product_ids": ["L2"]}]`: "",
		`"ids": [{"system_name": "S", "text": "1", "product_ids": ["L1"]}, {"system_name": "S", "text": "2"}]`:                        "",
		`"references": []`: "6.1.27.8",
	} {
		got := newer(t, "csaf_base", "csaf_vex", "VULN", `, `+ids+`, "notes": [{"category": "summary", "text": "S"}], "product_status": {"under_investigation": ["L1", "L2"]}`)
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %q", ids, got, want)
		}
	}
}

func TestCSAFCategories(t *testing.T) {
	for category, want := range map[string]struct{ older, newer bool }{
		"csaf_base": {true, true}, "Akane Notice": {true, true}, "csaf_vex": {true, true}, "OASIS Security Advisory": {true, true},
		"V_eX": {false, false}, "CSAF\u2014VEX": {false, false}, "security\u2212incident response": {false, false}, "csaf_news": {false, false}, "csaf_BASE": {false, false},
		"withdrawn": {true, false}, "Deprecated Security\u3000Advisory": {true, false}, "csaf_vulnerability_report": {false, true},
	} {
		for version, want := range map[string]bool{"2.0": want.older, "2.1": want.newer} {
			c := checker{d: &csafDocument{Document: csafHead{Version: version}}}
			if c.ownCategory(category); len(c.flaws) == 0 != want {
				t.Errorf("%q in %s: %v", category, version, c.flaws)
			}
		}
	}
}

func TestCSAFHistoryGaps(t *testing.T) {
	for numbers, want := range map[string]string{
		"1 2 3": "", "0 1": "", "1.0.0 1.1.0 2.0.0": "", "2": "no revision 1 before 2", "1 3": "no revision 2 before 3",
		"2 1": "revision 1 is dated after 2", "1 3 2 4": "revision 2 is dated after 3", "1 999999999": "no revision 2 before 999999999",
	} {
		var list []revisionNumber
		for _, text := range strings.Fields(numbers) {
			n, _ := readRevision(text)
			list = append(list, n)
		}
		c := checker{}
		c.gaps(list)
		got := ""
		for _, f := range c.flaws {
			got += f.Text
		}
		if got != want {
			t.Errorf("%s: %q, want %q", numbers, got, want)
		}
	}
}
