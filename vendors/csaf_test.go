package vendors

import (
	"bytes"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hansho/advisory"
	"hansho/feeds"
)

func csafFixture(t testing.TB) []byte {
	t.Helper()
	doc, err := os.ReadFile("testdata/csaf/router.json")
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestParseCSAF(t *testing.T) {
	list, errs := ParseCSAF(bytes.NewReader(csafFixture(t)), feeds.Meta{
		Entry: feeds.Entry{ID: "example"}, URL: "https://example.com/csaf/2026/ex-sa-7.json",
	})
	if len(list) != 1 || len(errs) != 0 {
		t.Fatalf("%d advisories, errors %v", len(list), errs)
	}
	day := func(d int) time.Time { return time.Date(2026, 3, d, 0, 0, 0, 0, time.UTC) }
	onRouter := "installed on ExRouter 2100"
	want := advisory.Advisory{
		ID: "example:EX-SA-7", Source: "example", Kind: advisory.KindAdvisory, Lang: "en",
		Title:   "Example router: two flaws",
		Summary: "Two flaws in the example router.\n\nCode runs.\n\nMemory leaks.",
		CVEs:    []string{"CVE-2026-1111", "CVE-2026-1112"},
		Severity: advisory.Severity{Rating: "critical", Score: 9.8, Vectors: []string{
			"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
		}},
		Exploited: true,
		Products: []advisory.ProductStatus{
			{
				Vendor: "Example Networks", Product: "ExOS", Versions: "vers:generic/9.16.1|9.16.2",
				Status: advisory.StatusAffected, Fixed: "9.17.1", Workaround: "Close port 8443.",
				Note: onRouter, CVE: "CVE-2026-1111",
			},
			{
				Vendor: "Example Networks", Product: "ExOS", Versions: "vers:generic/9.17.1",
				Status: advisory.StatusFixed, Note: "first fixed", CVE: "CVE-2026-1111",
			},
			{Vendor: "Example Networks", Product: "Example Cloud", Status: advisory.StatusNotAffected, Note: "vulnerable code not present"},
			{
				Vendor: "Example Networks", Product: "ExView", CPE: "cpe:2.3:a:example:exview:*:*:*:*:*:*:*:*",
				Versions: "vers:generic/>=1.0|<1.8", Status: advisory.StatusAffected, CVE: "CVE-2026-1112",
			},
			{
				Vendor: "Example Networks", Product: "ExView", Versions: "All versions of the old branch",
				Status: advisory.StatusAffected, Note: "no fix planned; End of life.", CVE: "CVE-2026-1112",
			},
			{
				Vendor: "The Library Project", Product: "libparse", PURL: "pkg:generic/libparse",
				Versions: "vers:generic/3.1.0", Status: advisory.StatusAffected,
				Note: "as a component of ExView before 1.8", CVE: "CVE-2026-1112",
			},
			{
				Vendor: "Example Networks", Product: "ExView", CPE: "cpe:2.3:a:example:exview:*:*:*:*:*:*:*:*",
				Versions: "vers:generic/>=1.0|<1.8", Status: advisory.StatusAffected,
				Note: "contains libparse; as a component of ExView before 1.8", CVE: "CVE-2026-1112",
			},
			{
				Vendor: "Example Networks", Product: "ExOS", Versions: "vers:generic/9.17.1",
				Status: advisory.StatusUnderInvestigation, CVE: "CVE-2026-1112",
			},
		},
		Links: []string{
			"https://example.com/advisories/7", "https://example.com/csaf/2026/ex-sa-7.json", "https://example.org/more",
		},
		Published: day(1), Updated: day(2),
		Refs:    []string{"EX-SA-7", "EX-OLD-7", "EXB-1"},
		History: []advisory.Revision{{Date: day(1), Text: "First"}, {Date: day(2), Text: "Fixed versions added"}},
		TLP:     "AMBER", Trust: advisory.TrustMaker,
	}
	if diff := cmp.Diff(want, list[0]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestParseCSAFLeaves gives one product in thousands of version leaves: one
// claim must come of it.
func TestParseCSAFLeaves(t *testing.T) {
	var leaves, ids []string
	for i := range 4000 {
		n := strconv.Itoa(i)
		leaves = append(leaves, `{"category":"product_version","name":"1.`+n+`","product":{"name":"X 1.`+n+`","product_id":"`+n+`"}}`)
		ids = append(ids, `"`+n+`"`)
	}
	doc := csafWith(`"product_tree":{"branches":[{"category":"vendor","name":"V","branches":[{"category":"product_name","name":"X","branches":[`+
		strings.Join(leaves, ",")+`]}]}]},`, `"product_status":{"known_affected":[`+strings.Join(ids, ",")+`]}`)
	list, _ := ParseCSAF(strings.NewReader(doc), feeds.Meta{})
	if len(list) != 1 || len(list[0].Products) != 1 {
		t.Fatalf("%d advisories, first with %d claims", len(list), len(list[0].Products))
	}
	if got := strings.Count(list[0].Products[0].Versions, "|"); got != 3999 {
		t.Errorf("%d separators in the range, want 3999", got)
	}
}

// TestParseCSAFOneIDTwice reads a product id that stands for what is affected
// and for what is fixed, as one large maker writes it.
func TestParseCSAFOneIDTwice(t *testing.T) {
	doc := csafWith(`"product_tree":{"branches":[{"category":"vendor","name":"V","branches":[{"category":"product_name","name":"X-OS","branches":[
		{"category":"product_version_range","name":"vers:generic/X-OS<10.2","product":{"name":"X-OS","product_id":"1"}},
		{"category":"product_version_range","name":"vers:generic/X-OS>=10.2","product":{"name":"X-OS","product_id":"1"}}]}]}]},`,
		`"product_status":{"known_affected":["1"],"fixed":["1"]}`)
	list, errs := ParseCSAF(strings.NewReader(doc), feeds.Meta{})
	want := []advisory.ProductStatus{
		{Vendor: "V", Product: "X-OS", Versions: "vers:generic/<10.2", Status: advisory.StatusAffected, Fixed: "10.2"},
		{Vendor: "V", Product: "X-OS", Versions: "vers:generic/>=10.2", Status: advisory.StatusFixed},
	}
	if diff := cmp.Diff(want, list[0].Products); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := testsOf(errs); !got["6.1.2"] || !got["6.1.6"] {
		t.Errorf("flagged %v, want 6.1.2 and 6.1.6", got)
	}
}

// TestParseCSAFTeamAsVendor takes the maker for its security team where the tree
// names the publisher as the vendor, and a product's name with a slash off a range.
func TestParseCSAFTeamAsVendor(t *testing.T) {
	doc := csafWith(`"product_tree":{"branches":[{"category":"vendor","name":"Example PSIRT","branches":[{"category":"product_name","name":"X-OS","branches":[
		{"category":"product_version_range","name":"X-OS/>=12.2.1|<=12.2.2","product":{"name":"X-OS","product_id":"1"}}]}]}]},`,
		`"product_status":{"known_affected":["1"]}`)
	doc = strings.Replace(doc, `"publisher":{"category":"vendor","name":"V"`, `"publisher":{"category":"vendor","name":"Example PSIRT"`, 1)
	list, _ := ParseCSAF(strings.NewReader(doc), feeds.Meta{})
	want := []advisory.ProductStatus{{Vendor: "Example", Product: "X-OS", Versions: "vers:generic/>=12.2.1|<=12.2.2", Status: advisory.StatusAffected}}
	if diff := cmp.Diff(want, list[0].Products); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestParseCSAFOddTypes keeps what can be read of a document in which some values
// have another type than they should, and tells it: a list of vulnerabilities in the
// list, as a large maker has published it, a number for a text.
func TestParseCSAFOddTypes(t *testing.T) {
	doc := `{"document":{"csaf_version":"2.1","title":"Example Gateway","tracking":{"id":"EX-7","version":2}},
		"product_tree":{"full_product_names":[{"product_id":"P","name":"Example Gateway"}]},
		"vulnerabilities":[[{"cve":"CVE-2026-7001","title":7,"scores":[{"products":["P"],"cvss_v3":{"baseScore":"high"}}],
			"product_status":{"known_affected":["P"]}}],{"cve":"CVE-2026-7002"}]}`
	list, errs := ParseCSAF(strings.NewReader(doc), feeds.Meta{})
	if len(list) != 1 {
		t.Fatalf("%d advisories, errors %v", len(list), errs)
	}
	if diff := cmp.Diff([]string{"CVE-2026-7001", "CVE-2026-7002"}, list[0].CVEs); diff != "" {
		t.Errorf("CVEs (-want +got):\n%s", diff)
	}
	if p := list[0].Products; len(p) != 1 || p[0].Status != advisory.StatusAffected || p[0].CVE != "CVE-2026-7001" {
		t.Errorf("claims %+v", p)
	}
	told := strings.Join(errorTexts(errs), "\n")
	for _, want := range []string{"schema: a list of vulnerabilities within the list", "tracking.version", ".title"} {
		if !strings.Contains(told, want) {
			t.Errorf("%q is not told:\n%s", want, told)
		}
	}
}

func TestParseCSAFRefuses(t *testing.T) {
	tests := []struct{ name, doc, want string }{
		{"html", "<html>", "invalid character"},
		{"two values", string(csafFixture(t)) + "{}", "after top-level value"},
		{"other json", `{"a":1}`, "not a CSAF document"},
		{"version", `{"document":{"csaf_version":"3.0"}}`, "not known"},
		{"no id", `{"document":{"csaf_version":"2.0"}}`, "no tracking id"},
		{"no title", `{"document":{"csaf_version":"2.0","tracking":{"id":"1"}}}`, "no title"},
		{"another form", `{"document":[{"csaf_version":"2.0","tracking":{"id":"1"},"title":"t"}]}`, "not a CSAF document"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			list, errs := ParseCSAF(strings.NewReader(tt.doc), feeds.Meta{Entry: feeds.Entry{ID: "s"}, URL: "u"})
			if len(list) != 0 || len(errs) != 1 || !strings.Contains(errs[0].Error(), tt.want) || !strings.HasPrefix(errs[0].Error(), "s: u: ") {
				t.Errorf("%d advisories, errors %v, want %q", len(list), errs, tt.want)
			}
		})
	}
}

func TestSaysExploited(t *testing.T) {
	tests := []struct {
		text string
		want bool
	}{
		{"Publicly Disclosed:No;Exploited:Yes;Latest Software Release:Exploitation Detected", true},
		{"Publicly Disclosed:No;Exploited:No;Latest Software Release:Exploitation Less Likely", false},
		{"The PSIRT is aware of attempted exploitation of this vulnerability in the wild.", true},
		{"The PSIRT is not aware of any public announcements or malicious use.", false},
		{"We know of no active exploitation. It is being exploited elsewhere.", true},
		{"This could be exploited by an attacker in the wild.", false},
		{"Proof-of-concept exploit code is available.", false},
		{"", false},
	}
	for _, tt := range tests {
		if got := saysExploited(tt.text); got != tt.want {
			t.Errorf("%q: got %v, want %v", tt.text, got, tt.want)
		}
	}
}

// csafWith is a small document with a product tree and one vulnerability.
func csafWith(tree, vulnerability string) string {
	return `{"document":{"category":"csaf_base","csaf_version":"2.0","publisher":{"category":"vendor","name":"V","namespace":"https://v.example"},
		"title":"T","tracking":{"id":"T-1","status":"final","version":"1","initial_release_date":"2026-01-01T00:00:00Z","current_release_date":"2026-01-01T00:00:00Z",
		"revision_history":[{"date":"2026-01-01T00:00:00Z","number":"1","summary":"s"}]}},` + tree + `"vulnerabilities":[{` + vulnerability + `}]}`
}

// TestCSAFWords: what makers put where a version, a product or a summary belongs.
func TestCSAFWords(t *testing.T) {
	for text, want := range map[string]string{
		"Update to V2024.3 or later version":                                      "V2024.3",
		"Upgrade to v24.6.0 or later.":                                            "v24.6.0",
		"Update to V223.0 Update 10 or later version":                             "V223.0 Update 10",
		"Update ExView Manager to V4.14.00.26068 or later version":                "V4.14.00.26068",
		"129.0.2792.52:Security Update:https://learn.example/relnotes":            "129.0.2792.52",
		"5055519:Security Update:https://catalog.example/Search.aspx?q=KB5055519": "KB5055519",
		"Ex has released software updates that address this vulnerability.":       "Ex has released software updates that address this vulnerability.",
		"Update to V2 and block port 80":                                          "Update to V2 and block port 80",
	} {
		if got := fixedVersion(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	tree := `"product_tree":{"branches":[{"category":"vendor","name":"Ex","branches":[
		{"category":"product_name","name":"Ex Linux 6","product":{"name":"Ex Linux 6","product_id":"l6"}},
		{"category":"product_name","name":"Ex Linux 9","product":{"name":"Ex Linux 9","product_id":"l9"}},
		{"category":"product_version","name":"fire","product":{"name":"fire","product_id":"f","product_identification_helper":{"purl":"pkg:rpm/ex/fire?arch=src"}}},
		{"category":"product_version","name":"fire-0:9.1-1.el9","product":{"name":"fire-0:9.1-1.el9","product_id":"f9","product_identification_helper":{"purl":"pkg:rpm/ex/fire@9.1-1.el9?arch=src"}}}]}],
		"relationships":[{"category":"default_component_of","full_product_name":{"name":"fire in 6","product_id":"l6:f"},"product_reference":"f","relates_to_product_reference":"l6"},
		{"category":"default_component_of","full_product_name":{"name":"fire in 9","product_id":"l9:f9"},"product_reference":"f9","relates_to_product_reference":"l9"}]},`
	list, _ := ParseCSAF(strings.NewReader(csafWith(tree, `"cve":"CVE-2030-1000","product_status":{"known_affected":["l6:f"],"fixed":["l9:f9"]},
		"threats":[{"category":"impact","details":"Remote Code Execution"}],"remediations":[{"category":"no_fix_planned","details":"Out of support","product_ids":["l6:f"]}]`)), feeds.Meta{})
	if len(list) != 1 || list[0].Summary != "Remote Code Execution" {
		t.Fatalf("%+v", list)
	}
	hit := list[0].Products[0]
	want := advisory.ProductStatus{
		Vendor: "Ex", Product: "fire", PURL: "pkg:rpm/ex/fire", Status: advisory.StatusAffected,
		Note: "as a component of Ex Linux 6; no fix planned; Out of support",
	}
	if diff := cmp.Diff(want, hit); diff != "" {
		t.Errorf("a package without a version has none, and no other system's fix (-want +got):\n%s", diff)
	}

	tree = `"product_tree":{"branches":[{"category":"product_name","name":"ruby","branches":[
		{"category":"product_version_range","name":"<az3 ruby 3.3.5-2","product":{"name":"az3 ruby","product_id":"r"}}]}]},`
	list, _ = ParseCSAF(strings.NewReader(csafWith(tree, `"product_status":{"known_affected":["r"]}`)), feeds.Meta{})
	if got := list[0].Products[0]; got.Versions != "vers:generic/<3.3.5-2" || got.Vendor != "V" {
		t.Errorf("%+v", got)
	}
	for name, want := range map[string]string{
		"Microsoft Security Response Center": "Microsoft", "Siemens ProductCERT": "Siemens", "Red Hat Product Security": "Red Hat", "Akane Works, PSIRT": "Akane Works", "Akane": "Akane",
	} {
		d := csafDocument{}
		d.Document.Publisher.Category, d.Document.Publisher.Name = "vendor", name
		if got := d.maker(); got != want {
			t.Errorf("maker of %q: %q", name, got)
		}
	}
}

// testsOf names the tests that flaws among errs failed.
func testsOf(errs []error) map[string]bool {
	tests := map[string]bool{}
	for _, err := range errs {
		var f *Flaw
		if errors.As(err, &f) {
			tests[f.Test] = true
		}
	}
	return tests
}

func FuzzParseCSAF(f *testing.F) {
	f.Add(csafFixture(f))
	f.Add([]byte(csafWith(`"product_tree":{"relationships":[{"category":"installed_on","full_product_name":{"product_id":"a"},"product_reference":"a","relates_to_product_reference":"b"}]},`,
		`"product_status":{"fixed":["a"]}`)))
	f.Fuzz(func(t *testing.T, doc []byte) {
		list, errs := ParseCSAF(bytes.NewReader(doc), feeds.Meta{})
		if len(list) == 0 && len(errs) == 0 {
			t.Error("neither an advisory nor an error")
		}
		for _, a := range list {
			if len(a.Products) > maxClaims {
				t.Errorf("%d claims", len(a.Products))
			}
		}
	})
}

func TestCSAFFileName(t *testing.T) {
	for served, want := range map[string]bool{
		"https://example.com/csaf/ex-sa-7.json": false, "https://example.com/csaf/EX-SA-7.json": true,
		"https://example.com/csaf/ex_sa_7.json": true, "https://example.com/csaf/7": false, "": false,
	} {
		_, errs := ParseCSAF(bytes.NewReader(csafFixture(t)), feeds.Meta{URL: served})
		if got := testsOf(errs)["5.1"]; got != want {
			t.Errorf("%q: flagged %v, want %v", served, got, want)
		}
	}
}

// BenchmarkParseCSAF reads the real documents of one maker, schema check and
// mandatory tests included.
func BenchmarkParseCSAF(b *testing.B) {
	var docs [][]byte
	size := 0
	eachFile(b, "csaf/vulsio_cisco-csaf_2021-2025_under300k.tar.zst", func(_ string, body []byte) {
		docs = append(docs, body)
		size += len(body)
	})
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, doc := range docs {
			if list, errs := ParseCSAF(bytes.NewReader(doc), feeds.Meta{}); len(list) != 1 {
				b.Fatal(errs)
			}
		}
	}
	b.ReportMetric(float64(len(docs)*b.N)/b.Elapsed().Seconds(), "docs/s")
}

// TestParseCSAFHostile gives documents on which a careless reader takes
// minutes, as its time grows with the square of their length.
func TestParseCSAFHostile(t *testing.T) {
	const n = 20_000
	repeat := func(format string) string {
		var b strings.Builder
		for i := range n {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(strings.ReplaceAll(format, "#", strconv.Itoa(i)))
		}
		return b.String()
	}
	tests := []struct{ name, tree, vulnerability string }{
		{
			"chain of relationships", `"product_tree":{"relationships":[` +
				repeat(`{"category":"installed_on","full_product_name":{"name":"x","product_id":"r#"},"product_reference":"r1#","relates_to_product_reference":"r2#"}`) + `]},`,
			`"product_status":{"fixed":["r1"]}`,
		},
		{
			"one product, many remedies", `"product_tree":{"full_product_names":[{"name":"x","product_id":"p"}]},`,
			`"product_status":{"known_affected":["p"]},"remediations":[` + repeat(`{"category":"vendor_fix","details":"do #","product_ids":["p"]}`) + `]`,
		},
		{
			"bounds of both kinds", `"product_tree":{"branches":[{"category":"vendor","name":"V","branches":[{"category":"product_name","name":"P","branches":[` +
				repeat(`{"category":"product_version_range","name":"<#","product":{"name":"x","product_id":"b#"}},{"category":"product_version","name":"9#","product":{"name":"x","product_id":"e#"}}`) + `]}]}]},`,
			`"product_status":{"known_affected":[` + repeat(`"b#","e#"`) + `]}`,
		},
		{
			"ids defined twice", `"product_tree":{"full_product_names":[` + repeat(`{"name":"x","product_id":"p#"},{"name":"y","product_id":"p#"}`) + `]},`,
			`"product_status":{"known_affected":[` + repeat(`"p#"`) + `],"fixed":[` + repeat(`"p#"`) + `]}`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			list, _ := ParseCSAF(strings.NewReader(csafWith(tt.tree, tt.vulnerability)), feeds.Meta{})
			if len(list) != 1 || len(list[0].Products) > maxClaims {
				t.Errorf("%d advisories", len(list))
			}
		})
	}
}
