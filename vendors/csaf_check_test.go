package vendors

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"hansho/feeds"
)

// checkedDocument is a document of CSAF 2.1 that passes every test that is run,
// with places for what makes it fail.
const checkedDocument = `{"document": {"category": "csaf_base", "csaf_version": "2.1", "title": "T",
 "publisher": {"category": "vendor", "name": "Akane", "namespace": "https://akane.example"},
 "notes": [{"category": "summary", "text": "S", "product_ids": [%[1]s]}],
 "tracking": {"id": "A-1", "status": "final", "version": "1", "initial_release_date": %[2]s,
  "current_release_date": "2031-12-16T03:00:00Z", "revision_history": [{"date": "2031-12-16T03:00:00Z", "number": "1", "summary": "First."}]}},
 "product_tree": {"branches": [{"category": "vendor", "name": "Akane", "branches": [{"category": %[3]s, "name": "Ledger", "branches": [
  {"category": "product_version_range", "name": %[4]s, "product": {"name": "Ledger", "product_id": "P", "product_identification_helper": {"serial_numbers": [%[5]s]}}}]}]}]},
 "vulnerabilities": [{"cve": "CVE-2031-1000", "product_status": {%[6]s: ["P"]}, "remediations": [%[7]s],
  "metrics": [{"products": ["P"], "content": {"cvss_v3": {%[8]s}}}, {"products": ["P"], "source": "https://other.example",
   "content": {"cvss_v3": {"version": "3.1", "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "baseScore": 9.8, "baseSeverity": "CRITICAL"}}}]}]}`

// goodParts are what a good document says, in the order of its places.
func goodParts() []any {
	return []any{
		`"P"`, `"2031-12-16T03:00:00Z"`, `"product_name"`, `"vers:semver/<2.4.0"`, `"A*"`, `"known_affected"`,
		`{"category": "vendor_fix", "details": "2.4", "product_ids": ["P"]}, {"category": "mitigation", "details": "Off.", "product_ids": ["P"]}`,
		`"version": "3.1", "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N", "baseScore": 9.1, "baseSeverity": "CRITICAL",
		 "attackVector": "NETWORK", "availabilityImpact": "NONE", "exploitCodeMaturity": "NOT_DEFINED"`,
	}
}

func TestCSAF21Checks(t *testing.T) {
	for name, tt := range map[string]struct {
		place int // 1 is the first; 0 changes nothing
		text  string
		want  string
	}{
		"good":                         {},
		"a note on nothing":            {1, `"Q"`, "6.1.1"},
		"a day without a time":         {2, `"2031-12-16"`, "6.1.37"},
		"a leap second":                {2, `"2031-12-31T23:59:60Z"`, "6.1.37"},
		"a vendor in a vendor":         {3, `"vendor"`, "6.1.57"},
		"a range in a version":         {3, `"product_version"`, "6.1.58"},
		"a range of one":               {4, `"vers:semver/2.4.0"`, "6.1.59"},
		"all versions":                 {4, `"vers:all/*"`, ""},
		"two stars":                    {5, `"A*B*"`, "6.1.44"},
		"a star that is escaped":       {5, `"A\\*B*"`, ""},
		"a fix for what is safe":       {6, `"known_not_affected"`, "6.1.36"},
		"a fix, and none planned":      {7, `{"category": "vendor_fix", "product_ids": ["P"]}, {"category": "no_fix_planned", "product_ids": ["P"]}`, "6.1.35"},
		"no severity beside the score": {8, `"version": "3.1", "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N", "baseScore": 9.1`, "6.1.8"},
		"words against the vector": {8, `"version": "3.1", "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N", "baseScore": 9.1, "baseSeverity": "CRITICAL",
			"attackVector": "LOCAL"`, "6.1.10"},
		"words without a vector's": {8, `"version": "3.1", "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N", "baseScore": 9.1, "baseSeverity": "CRITICAL",
			"exploitCodeMaturity": "HIGH"`, "6.1.10"},
	} {
		parts := goodParts()
		if tt.place > 0 {
			parts[tt.place-1] = tt.text
		}
		_, errs := ParseCSAF(strings.NewReader(fmt.Sprintf(checkedDocument, parts...)), feeds.Meta{})
		if got := strings.Join(slices.Sorted(maps.Keys(testsOf(errs))), " "); got != tt.want {
			t.Errorf("%s: fails %q, want %q: %v", name, got, tt.want, errs)
		}
	}
}

func TestCVSSCodes(t *testing.T) {
	for _, tt := range []struct{ version, value, want string }{
		{"2.0", "PROOF_OF_CONCEPT", "POC"},
		{"2.0", "LOW_MEDIUM", "LM"},
		{"2.0", "ADJACENT_NETWORK", "A"},
		{"2.0", "UNCONFIRMED", "UC"},
		{"2.0", "NOT_DEFINED", "ND"},
		{"2.0", "OFFICIAL_FIX", "OF"},
		{"3.1", "PROOF_OF_CONCEPT", "P"},
		{"3.1", "NOT_DEFINED", "X"},
		{"3.0", "ADJACENT_NETWORK", "A"},
		{"4.0", "CLEAR", "Clear"},
		{"4.0", "PASSIVE", "P"},
	} {
		if got := cvssCode(tt.version, tt.value); got != tt.want {
			t.Errorf("%s in %s: %s, want %s", tt.value, tt.version, got, tt.want)
		}
	}
	if s, err := scoreOf("AV:N/AC:L/Au:N/C:C/I:C/A:C/E:POC"); err != nil || s.Base != 10 {
		t.Errorf("some temporal metrics: %v, %v", s, err)
	}
	if _, err := scoreOf("AV:N/AC:L/Au:N/C:C/I:C/A:Q/E:POC"); err == nil {
		t.Error("a metric that isn't one")
	}
}
