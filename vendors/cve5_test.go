package vendors

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hansho/advisory"
	"hansho/feeds"
)

const cveFixture = `{
  "dataType": "CVE_RECORD", "dataVersion": "5.2",
  "cveMetadata": {"cveId": "CVE-2026-3000", "state": "PUBLISHED", "assignerShortName": "example", "datePublished": "2026-04-01T10:00:00.000Z", "dateUpdated": "2026-04-02T10:00:00"},
  "containers": {
    "cna": {
      "title": "Example Server runs what it is sent",
      "descriptions": [{"lang": "ja", "value": "x"}, {"lang": "en-US", "value": "It does."}],
      "affected": [{
        "vendor": "Example", "product": "Server", "defaultStatus": "unaffected", "platforms": ["Windows"],
        "cpes": ["cpe:2.3:a:example:server:*:*:*:*:*:*:*:*", "cpe:2.3:a:example:server_lite:*:*:*:*:*:*:*:*"],
        "versions": [{"version": "0", "lessThan": "2.4", "status": "affected", "versionType": "semver"}]
      }],
      "references": [{"url": "https://example.com/sa"}, {"url": "ftp://example.com"}],
      "metrics": [{"cvssV4_0": {"version": "4.0", "baseScore": 9.3, "vectorString": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"}}],
      "workarounds": [{"lang": "en", "value": "Switch it off."}],
      "source": {"advisory": "EX-2026-1"}
    },
    "adp": [{"title": "CISA ADP Vulnrichment", "metrics": [{"other": {"type": "ssvc", "content": {"options": [{"Exploitation": "active"}]}}}]}]
  }
}`

func TestParseCVE5(t *testing.T) {
	list, errs := ParseCVE5(strings.NewReader(cveFixture), feeds.Meta{})
	if len(errs) > 0 || len(list) != 1 {
		t.Fatalf("%d advisories, errors %v", len(list), errs)
	}
	claim := advisory.ProductStatus{
		Vendor: "Example", Product: "Server", CPE: "cpe:2.3:a:example:server:*:*:*:*:*:*:*:*", Versions: "vers:semver/<2.4",
		Status: advisory.StatusAffected, Fixed: "2.4", Workaround: "Switch it off.", Note: "Platforms: Windows",
	}
	lite := claim
	lite.CPE = "cpe:2.3:a:example:server_lite:*:*:*:*:*:*:*:*"
	want := advisory.Advisory{
		ID: "cve:CVE-2026-3000", Source: "cve", Kind: advisory.KindVulnerability, Lang: "en",
		Title: "Example Server runs what it is sent", Summary: "It does.", CVEs: []string{"CVE-2026-3000"},
		Severity: advisory.Severity{Rating: "critical", Score: 9.3, Vectors: []string{
			"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
		}},
		Exploited: true, Products: []advisory.ProductStatus{claim, lite},
		Links:     []string{"https://www.cve.org/CVERecord?id=CVE-2026-3000", "https://example.com/sa"},
		Published: time.Date(2026, 4, 1, 10, 0, 0, 0, time.UTC), Updated: time.Date(2026, 4, 2, 10, 0, 0, 0, time.UTC),
		Refs: []string{"EX-2026-1"}, Trust: advisory.TrustMaker,
	}
	if diff := cmp.Diff(want, list[0]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAffectedProducts(t *testing.T) {
	tests := []struct {
		name, affected string
		want           []string // status and versions
	}{
		{"exact", `"versions":[{"version":"1.2","status":"affected"},{"version":"1.3","status":"affected"}]`, []string{"affected vers:generic/1.2|1.3"}},
		{"inclusive", `"versions":[{"version":"1.0","lessThanOrEqual":"1.9","status":"affected"}]`, []string{"affected vers:generic/>=1.0|<=1.9"}},
		{"wildcard", `"versions":[{"version":"5.10.1","lessThanOrEqual":"5.10.*","status":"unaffected"}]`, []string{"not_affected vers:generic/>=5.10.1|<5.11"}},
		{"open end", `"versions":[{"version":"3.0","lessThan":"*","status":"affected"}]`, []string{"affected vers:generic/>=3.0"}},
		{"everything", `"versions":[{"version":"0","lessThan":"*","status":"affected"}]`, []string{"affected vers:generic/*"}},
		{"operators", `"versions":[{"version":">= 2.0, < 2.5","status":"affected"},{"version":"< 1.4","status":"affected"}]`, []string{"affected vers:generic/<1.4|>=2.0|<2.5"}},
		{"opposite ends", `"versions":[{"version":"0","lessThan":"5","status":"affected"},{"version":"3","lessThan":"*","status":"affected"}]`, []string{"affected vers:generic/<5", "affected vers:generic/>=3"}},
		{"prose", `"versions":[{"version":"all before the March update","status":"affected"}]`, []string{"affected all before the March update"}},
		{"default", `"defaultStatus":"affected","versions":[{"version":"2.1","status":"unaffected"}]`, []string{"affected vers:generic/*", "not_affected vers:generic/2.1"}},
		{"default alone", `"defaultStatus":"unaffected"`, []string{"not_affected vers:generic/*"}},
		{"commits", `"versions":[{"version":"abc123","lessThan":"def456","versionType":"git","status":"affected"}]`, []string{"unknown "}},
		{
			"odd bound", `"versions":[{"version":"2.0","lessThan":"log4j-core*","status":"affected","changes":[{"at":"2.3.1","status":"unaffected"},{"at":"2.4","status":"affected"},{"at":"2.15.0","status":"unaffected"}]}]`,
			[]string{"affected vers:generic/>=2.0|<2.3.1|>=2.4|<2.15.0", "not_affected vers:generic/>=2.3.1|<2.4|>=2.15.0"},
		},
		{
			"hotfixes", `"versions":[{"version":"10.2.0","lessThan":"10.2.4","status":"affected","changes":[{"at":"10.2.4","status":"unaffected"},{"at":"10.2.2-h5","status":"unaffected"},{"at":"10.2.0-h3","status":"unaffected"}]}]`,
			[]string{"affected vers:generic/>=10.2.0|<10.2.0-h3|>=10.2.1|<10.2.2-h5|>=10.2.3|<10.2.4", "not_affected vers:generic/>=10.2.0-h3|<10.2.1|>=10.2.2-h5|<10.2.3"},
		},
		{"change behind the end", `"versions":[{"version":"0","lessThan":"133.1","status":"affected","changes":[{"at":"134.7","status":"unaffected"}]}]`, []string{"affected vers:generic/<133.1", "not_affected vers:generic/>=134.7"}},
		{"line", `"versions":[{"version":"7.0.14","lessThan":"7.0*","status":"unaffected"},{"version":"6.1.*","status":"affected"}]`, []string{"affected vers:generic/>=6.1|<6.2", "not_affected vers:generic/>=7.0.14|<7.1"}},
		{"quoted", `"versions":[{"version":"1.0 SP1","status":"affected","lessThan":"2.0 | 3"}]`, []string{"affected vers:generic/>=1.0%20SP1|<2.0%20%7C%203"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc := `{"cveMetadata":{"cveId":"CVE-2026-1000"},"containers":{"cna":{"affected":[{"vendor":"V","product":"P",` + tt.affected + `}]}}}`
			list, errs := ParseCVE5(strings.NewReader(doc), feeds.Meta{})
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			var got []string
			for _, p := range list[0].Products {
				got = append(got, string(p.Status)+" "+p.Versions)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestAffectedPackages reads what names packages: by registry, and inside a
// distribution.
func TestAffectedPackages(t *testing.T) {
	tests := []struct {
		name string
		in   cveAffected
		want advisory.ProductStatus
	}{
		{
			"registry",
			cveAffected{PackageName: "org.example:core", CollectionURL: "https://repo.maven.apache.org/maven2", Versions: []cveVersion{{Version: "1.0", Status: "affected"}}},
			advisory.ProductStatus{Product: "org.example:core", PURL: "pkg:maven/org.example/core", Versions: "vers:maven/1.0", Status: advisory.StatusAffected},
		},
		{
			"distribution",
			cveAffected{Vendor: "Red Hat", Product: "Enterprise Linux 9", PackageName: "xz", CollectionURL: "https://access.redhat.com/downloads", DefaultStatus: "affected", CPEs: []string{"cpe:/o:redhat:enterprise_linux:9"}},
			advisory.ProductStatus{Vendor: "Red Hat", Product: "xz", PURL: "pkg:rpm/redhat/xz", Versions: "vers:rpm/*", Status: advisory.StatusAffected, Note: "in Enterprise Linux 9"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff([]advisory.ProductStatus{tt.want}, claimProducts([]cveAffected{tt.in})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// zipped packs files for a reader of archives.
func zipped(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range sortedKeys(files) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(files[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestParseCVE5Archive(t *testing.T) {
	inner := zipped(t, map[string]string{
		"cves/CVE-2026-3000.json": cveFixture, "cves/delta.json": `{"new":[]}`, "readme.md": "no",
		"cves/rejected.json": `{"cveMetadata":{"cveId":"CVE-2026-3001","state":"REJECTED"},"containers":{"cna":{"rejectedReasons":[{"lang":"en","value":"Not used."}]}}}`,
	})
	list, errs := ParseCVE5(bytes.NewReader(zipped(t, map[string]string{"cves.zip": string(inner)})), feeds.Meta{Entry: feeds.Entry{ID: "cvelist"}})
	if len(list) != 2 || list[0].ID != "cvelist:CVE-2026-3000" || !list[1].Withdrawn || list[1].Summary != "Not used." {
		t.Errorf("read %+v", list)
	}
	if diff := cmp.Diff([]string{"cve5: cves/delta.json: not a CVE record: no cveId"}, errorTexts(errs)); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}

// TestOddTypes keeps what can be read of a record in which a value has another type
// than it should, and tells it.
func TestOddTypes(t *testing.T) {
	for name, parse := range map[string]func() ([]advisory.Advisory, []error){
		"cve5": func() ([]advisory.Advisory, []error) {
			return ParseCVE5(strings.NewReader(strings.Replace(cveFixture, `"It does."`, `7`, 1)), feeds.Meta{})
		},
		"osv": func() ([]advisory.Advisory, []error) {
			return ParseOSV(strings.NewReader(`{"id":"EX-1","modified":"2026-04-01T00:00:00Z","summary":["It does."],"aliases":["CVE-2026-3000"]}`), feeds.Meta{})
		},
	} {
		list, errs := parse()
		if len(list) != 1 || len(list[0].CVEs) != 1 || len(errs) != 1 || !strings.Contains(errs[0].Error(), "cannot unmarshal") {
			t.Errorf("%s: %+v, errors %v", name, list, errs)
		}
	}
}

// TestArchiveBomb gives a file that unpacks to far more than it weighs.
func TestArchiveBomb(t *testing.T) {
	bomb := zipped(t, map[string]string{"a.json": strings.Repeat(" ", maxArchivedBytes+1)})
	if len(bomb) > 1<<20 {
		t.Fatalf("the bomb weighs %d bytes", len(bomb))
	}
	list, errs := ParseCVE5(bytes.NewReader(bomb), feeds.Meta{})
	if len(list) != 0 || len(errs) != 1 || !strings.Contains(errs[0].Error(), errBomb.Error()) {
		t.Errorf("%d advisories, errors %v", len(list), errs)
	}
}

// TestParseCVE5MakersID reads a maker's own advisory in the form of a record.
func TestParseCVE5MakersID(t *testing.T) {
	doc := `{"cveMetadata":{"cveId":"EX-SA-2026-7"},"containers":{"cna":{"title":"Monthly update","descriptions":[{"lang":"en","value":"Fixes CVE-2026-1001 and CVE-2026-1002."}]}}}`
	list, errs := ParseCVE5(strings.NewReader(doc), feeds.Meta{Entry: feeds.Entry{ID: "example"}})
	if len(errs) > 0 || len(list) != 1 {
		t.Fatalf("%d advisories, errors %v", len(list), errs)
	}
	a := list[0]
	if a.ID != "example:EX-SA-2026-7" || a.Kind != advisory.KindAdvisory || len(a.Links) != 0 {
		t.Errorf("id %s, kind %s, links %v", a.ID, a.Kind, a.Links)
	}
	if diff := cmp.Diff([]string{"CVE-2026-1001", "CVE-2026-1002"}, a.CVEs); diff != "" {
		t.Errorf("CVEs (-want +got):\n%s", diff)
	}
}

func FuzzParseCVE5(f *testing.F) {
	f.Add([]byte(cveFixture))
	f.Add([]byte(`[{"cveMetadata":{"cveId":"CVE-2026-1000"},"containers":{"cna":{"affected":[{"product":"p","defaultStatus":"affected","cpes":["cpe:/","x"],"versions":[{"version":"5.*","lessThanOrEqual":"*"}]}]}}}]`))
	f.Add(zipped(f, map[string]string{"a.json": cveFixture}))
	f.Fuzz(func(t *testing.T, doc []byte) {
		list, _ := ParseCVE5(bytes.NewReader(doc), feeds.Meta{})
		for _, a := range list {
			if !strings.HasPrefix(a.ID, "cve:") {
				t.Errorf("id %q", a.ID)
			}
		}
	})
}

// TestCVE5Odds: what real records hold where the schema would have a version, a
// name, a score or an English text.
func TestCVE5Odds(t *testing.T) {
	record := func(affected, rest string) string {
		return `{"cveMetadata":{"cveId":"CVE-2030-1000","state":"PUBLISHED"},"containers":{"cna":{"datePublic":"2030-01-02T00:00:00Z","affected":[` + affected + `]` + rest + `}}}`
	}
	for affected, want := range map[string]string{
		`{"vendor":"n/a","product":"n/a","versions":[{"version":"n/a","status":"affected"}]}`:                                               "",
		`{"vendor":"V","product":"P","versions":[{"version":"2.x","status":"affected"}]}`:                                                   "P vers:generic/>=2|<3 fixed ",
		`{"vendor":"V","product":"P","versions":[{"version":"6.4.*","status":"affected"}]}`:                                                 "P vers:generic/>=6.4|<6.5 fixed ",
		`{"vendor":"V","product":"P","versions":[{"version":"5.10","lessThanOrEqual":"5.10.*","status":"affected"}]}`:                       "P vers:generic/>=5.10|<5.11 fixed ",
		`{"vendor":"V","product":"P","versions":[{"version":"unspecified","lessThan":"7.5","status":"affected"}]}`:                          "P vers:generic/<7.5 fixed 7.5",
		`{"vendor":"V","product":"P","versions":[{"version":"1.0","lessThan":"*","status":"affected"}]}`:                                    "P vers:generic/>=1.0 fixed ",
		`{"vendor":"V","product":"P","versions":[{"version":"1da177e4c3f4","lessThan":"aaaaaaa","status":"affected","versionType":"git"}]}`: "P  fixed ",
	} {
		list, errs := ParseCVE5(strings.NewReader(record(affected, "")), feeds.Meta{})
		if len(list) != 1 {
			t.Fatal(errs)
		}
		got := ""
		for _, p := range list[0].Products {
			got = p.Product + " " + p.Versions + " fixed " + p.Fixed
		}
		if got != want {
			t.Errorf("%s: %q, want %q", affected, got, want)
		}
	}
	list, _ := ParseCVE5(strings.NewReader(record("", `,"descriptions":[{"lang":"ja","value":"日本語のみ"}],"metrics":[{"other":{"type":"Textual description of severity","content":{"text":"moderate"}}}]`)), feeds.Meta{})
	if a := list[0]; a.Summary != "日本語のみ" || a.Severity.Rating != advisory.RatingMedium || a.Published.IsZero() {
		t.Errorf("%+v", a)
	}
}
