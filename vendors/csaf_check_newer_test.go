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

func TestCSAF21Sharing(t *testing.T) {
	const closed = "5868d6be-b28a-404e-a245-0b5093b31b8b"
	for _, tt := range []struct{ label, status, id, name, want string }{
		{"RED", "final", closed, "Friends", ""},
		{"CLEAR", "final", publicGroup, "Public", ""},
		{"GREEN", "final", publicGroup, "Public", "6.1.38"},
		{"CLEAR", "final", closed, "", "6.1.39"},
		{"CLEAR", "draft", nobodysGroup, "No sharing allowed", ""},
		{"CLEAR", "interim", nobodysGroup, "No sharing allowed", "6.1.39"},
		{"RED", "final", closed, "Public", "6.1.40"},
		{"RED", "final", closed, "No sharing allowed", "6.1.40"},
		{"CLEAR", "final", publicGroup, "", "6.1.41"},
		{"RED", "final", nobodysGroup, "Nobody", "6.1.41"},
	} {
		got := newer(t, `"CLEAR"`, `"`+tt.label+`"`, `"final"`, `"`+tt.status+`"`, "SHARING", `, "sharing_group": {"id": "`+tt.id+`", "name": "`+tt.name+`"}`)
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%+v: %v", tt, got)
		}
	}
}

func TestCSAF21License(t *testing.T) {
	for expression, want := range map[string]bool{
		"CC-BY-4.0": true, "GPL-2.0+ WITH Classpath-exception-2.0 and (MIT OR (0BSD))": true, "LicenseRef-akane.example-1": true,
		"MIT with AdditionRef-akane.example-1": true, "(MIT)": true,
		"": false, "Use it as you like.": false, "MIT AND": false, "(MIT": false, "MIT)": false, "()": false, "MIT Or 0BSD": false, "(MIT) WITH X": false,
		"LicenseRef-akane+": false, "licenseref-akane": false, "DocumentRef-x:LicenseRef-y": false, "LicenseRef-a/b": false, "AdditionRef-a": false, "MIT WITH LicenseRef-a": false,
	} {
		if got := isLicense(licenseTokens.FindAllString(expression, -1)); got != want {
			t.Errorf("%q: %v", expression, got)
		}
	}
	const note = `, "notes": [{"category": "legal_disclaimer", "title": "License", "text": "Use it."}]`
	for head, want := range map[string]string{
		`, "license_expression": "Anything goes"`:                                       "6.1.54",
		`, "license_expression": "MIT OR LicenseRef-akane.example-1"`:                   "6.1.55",
		`, "license_expression": "LicenseRef-akane.example-1"` + note:                   "",
		`, "license_expression": "LicenseRef-akane.example-1", "lang": "ja"`:            "",
		`, "license_expression": "MIT"`:                                                 "",
		`, "license_expression": "LicenseRef-scancode-public-domain"`:                   "",
		`, "license_expression": "MIT WITH AdditionRef-akane.example", "lang": "en-GB"`: "6.1.55",
	} {
		if got := newer(t, "HEAD", head); strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %q", head, got, want)
		}
	}
}

func TestCSAF21Metrics(t *testing.T) {
	const ssvc = `"timestamp": "2031-12-16T02:00:00Z", "schemaVersion": "2.0.0", "selections": [{"namespace": "ssvc", "key": "E", "version": "1.1.0", "values": [{"key": "N"}]}]`
	const cvss = `{"products": ["L1"], "content": {"cvss_v4": {"version": "4.0", "vectorString": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", "baseScore": 10, "baseSeverity": "CRITICAL"}}}`
	decision := func(content string) string {
		return `, "cve": "CVE-2031-1000", "ids": [{"system_name": "S", "text": "Bug 1"}], "metrics": [{"products": ["L1"], "content": {"ssvc_v2": {` + content + `}}}]`
	}
	for name, tt := range map[string]struct{ vuln, want string }{
		"decided":            {decision(ssvc + `, "target_ids": ["CVE-2031-1000", "Bug 1"]`), ""},
		"no selections":      {decision(`"timestamp": "2031-12-16T02:00:00Z", "schemaVersion": "2.0.0"`), "6.1.46"},
		"a value of no key":  {decision(strings.Replace(ssvc, `{"key": "N"}`, `{"name": "None"}`, 1)), "6.1.46"},
		"no key":             {decision(strings.Replace(ssvc, `"key": "E", `, ``, 1)), "6.1.46"},
		"another's decision": {decision(ssvc + `, "target_ids": ["Bug 2"]`), "6.1.47"},
		"late in the day":    {decision(strings.Replace(ssvc, "T02", "t02", 1)), "6.1.37"},
		"scored":             {`, "metrics": [` + cvss + `]`, ""},
		"scored and rated":   {`, "metrics": [` + cvss + `, {"products": ["L1"], "content": {"qualitative_severity_rating": "high"}}]`, "6.1.56"},
		"rated by another":   {`, "metrics": [` + cvss + `, {"products": ["L1"], "source": "https://b.example", "content": {"qualitative_severity_rating": "high"}}]`, ""},
		"another is rated":   {`, "metrics": [` + cvss + `, {"products": ["L2"], "content": {"qualitative_severity_rating": "high"}}]`, ""},
		"two scores in one":  {`, "metrics": [` + strings.Replace(cvss, `"baseScore": 10`, `"baseScore": 10, "threatScore": 9.3`, 1) + `]`, "6.1.8"},
	} {
		if got := newer(t, "VULN", tt.vuln); strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %v, want %q", name, got, tt.want)
		}
	}
}

func TestCSAF21PURLs(t *testing.T) {
	for purls, want := range map[string]string{
		`"pkg:maven/akane.example/ledger@1", "pkg:maven/akane.example/ledger@1?classifier=sources"`: "",
		`"pkg:maven/akane.example/ledger@1", "pkg:maven/akane.example/ledger@2"`:                    "6.1.42",
		`"pkg:generic/ledger@1", "pkg:generic/ledger@1#docs"`:                                       "6.1.42",
		`"pkg:oci/ledger@sha256%3Aad13"`:                                                            "",
		`"pkg:oci/akane/ledger@sha256%3Aad13"`:                                                      "6.1.13",
		`"pkg:docker/akane/ledger@1"`:                                                               "",
		`"pkg:maven/@1"`:                                                                            "6.1.13",
	} {
		if got := newer(t, "HELPER", `, "product_identification_helper": {"purls": [`+purls+`]}`); strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %q", purls, got, want)
		}
	}
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

func TestCSAF21Extensions(t *testing.T) {
	const good = `"$schema": "https://akane.example/x.json", "category": "significant", "critical": false, "content": {"a": 1}`
	for _, tt := range []struct{ extensions, want string }{
		{`[{` + good + `}]`, ""},
		{`[{` + good + `, "more": 1}]`, "6.1.60.1"},
		{`[{` + strings.Replace(good, `{"a": 1}`, `{}`, 1) + `}]`, "6.1.60.1"},
		{`[{` + strings.Replace(good, `"critical": false, `, ``, 1) + `}]`, "6.1.60.1"},
		{`[{` + strings.Replace(good, `false`, `"no"`, 1) + `}]`, "6.1.60.1"},
		{`{}`, "6.1.60.1"},
	} {
		for _, place := range []string{"HEAD", "HELPER", "VULN"} {
			if got := newer(t, place, `, "x_extensions": `+tt.extensions); strings.Join(got, " ") != tt.want {
				t.Errorf("%s in %s: %v, want %q", tt.extensions, place, got, tt.want)
			}
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
