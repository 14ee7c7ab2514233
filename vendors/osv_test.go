package vendors

import (
	"archive/tar"
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hansho/advisory"
	"hansho/feeds"
	"hansho/internal/realdata"
)

const osvFixture = `{
  "id": "GHSA-aaaa-bbbb-cccc", "modified": "2026-02-02T00:00:00Z", "published": "2026-02-01T00:00:00Z",
  "aliases": ["CVE-2026-4000", "GO-2026-1"], "summary": "Example parses too much", "details": "More of it.",
  "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}],
  "affected": [
    {"package": {"ecosystem": "Go", "name": "example.com/mod/parse"}, "ranges": [
      {"type": "GIT", "events": [{"introduced": "0"}, {"fixed": "abcdef"}]},
      {"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.4.2"}, {"introduced": "2.0.0"}, {"last_affected": "2.1.0"}]}
    ]},
    {"package": {"ecosystem": "Debian:12", "name": "parse", "purl": "pkg:deb/debian/parse"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1:1.4-2"}]}]},
    {"package": {"ecosystem": "PyPI", "name": "parse"}, "versions": ["0.1", "0.2"]}
  ],
  "references": [{"type": "WEB", "url": "https://example.com/blog"}, {"type": "ADVISORY", "url": "https://example.com/sa"}]
}`

func TestParseOSV(t *testing.T) {
	list, errs := ParseOSV(strings.NewReader(osvFixture), feeds.Meta{})
	if len(errs) > 0 || len(list) != 1 {
		t.Fatalf("%d advisories, errors %v", len(list), errs)
	}
	want := advisory.Advisory{
		ID: "osv:GHSA-aaaa-bbbb-cccc", Source: "osv", Kind: advisory.KindVulnerability, Lang: "en",
		Title: "Example parses too much", Summary: "More of it.", CVEs: []string{"CVE-2026-4000"},
		Severity: advisory.Severity{Rating: "high", Score: 7.5, Vectors: []string{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}},
		Products: []advisory.ProductStatus{
			{Product: "example.com/mod/parse", PURL: "pkg:golang/example.com/mod/parse", Versions: "vers:golang/<1.4.2|>=2.0.0|<=2.1.0", Status: advisory.StatusAffected, Fixed: "1.4.2"},
			{Product: "parse", PURL: "pkg:deb/debian/parse", Versions: "vers:deb/<1:1.4-2", Status: advisory.StatusAffected, Fixed: "1:1.4-2", Note: "Debian:12"},
			{Product: "parse", PURL: "pkg:pypi/parse", Versions: "vers:pypi/0.1|0.2", Status: advisory.StatusAffected},
		},
		Links:     []string{"https://osv.dev/vulnerability/GHSA-aaaa-bbbb-cccc", "https://example.com/sa", "https://example.com/blog"},
		Published: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), Updated: time.Date(2026, 2, 2, 0, 0, 0, 0, time.UTC),
		Refs: []string{"GHSA-aaaa-bbbb-cccc", "GO-2026-1"}, Trust: advisory.TrustDatabase,
	}
	if diff := cmp.Diff(want, list[0]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestParseOSVForms(t *testing.T) {
	tests := []struct {
		name, doc  string
		read, errs int
	}{
		{"list", "[" + osvFixture + "," + osvFixture + "]", 2, 0},
		{"api", `{"vulns":[` + osvFixture + `,{"id":""}]}`, 1, 1},
		{"zip", string(zipped(t, map[string]string{"a.json": osvFixture, "b.json": "{", "c.txt": "x"})), 1, 1},
		{"html", "<html>", 0, 1},
		{"empty", "", 0, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			list, errs := ParseOSV(strings.NewReader(tt.doc), feeds.Meta{})
			if len(list) != tt.read || len(errs) != tt.errs {
				t.Errorf("%d advisories and errors %v, want %d and %d", len(list), errs, tt.read, tt.errs)
			}
		})
	}
}

// TestParseOSVReal reads the Go vulnerability database: every entry, each with
// the packages it names.
func TestParseOSVReal(t *testing.T) {
	r := tar.NewReader(realdata.Open(t, "osv/golang_vulndb_osv.tar.zst"))
	read, claims := 0, 0
	for {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(h.Name, ".json") {
			continue
		}
		list, errs := ParseOSV(r, feeds.Meta{})
		if len(errs) > 0 || len(list) != 1 {
			t.Errorf("%s: %d advisories, errors %v", h.Name, len(list), errs)
			continue
		}
		read++
		claims += len(list[0].Products)
		if len(list[0].Products) == 0 && !list[0].Withdrawn {
			t.Errorf("%s names no product", h.Name)
		}
	}
	t.Logf("%d entries, %d claims", read, claims)
	if read < 1000 {
		t.Errorf("only %d entries read", read)
	}
}

func FuzzParseOSV(f *testing.F) {
	f.Add([]byte(osvFixture))
	f.Add([]byte(`{"vulns":[{"id":"x","modified":"y","affected":[{"ranges":[{"type":"ECOSYSTEM","events":[{"fixed":"1"},{"introduced":"2"}]}]}]}]}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		list, _ := ParseOSV(bytes.NewReader(doc), feeds.Meta{})
		for _, a := range list {
			if !strings.HasPrefix(a.ID, "osv:") {
				t.Errorf("id %q", a.ID)
			}
		}
	})
}

// TestOSVWithoutPackage: entries on what is in no ecosystem name their source.
func TestOSVWithoutPackage(t *testing.T) {
	const head = `{"id":"CURL-CVE-2030-1","modified":"2030-01-01T00:00:00Z","affected":[{`
	const repo = `{"type":"GIT","repo":"https://github.com/Example/parse.git","events":[{"introduced":"a"},{"fixed":"b"}]`
	for doc, want := range map[string]string{
		`"ranges":[{"type":"SEMVER","events":[{"introduced":"8.6.0"},{"fixed":"8.7.0"}]},` + repo + `}]}]}`:         "parse vers:generic/>=8.6.0|<8.7.0",
		`"ranges":[` + repo + `,"database_specific":{"versions":[{"introduced":"0"},{"last_affected":"1.9"}]}}]}]}`: "parse vers:generic/<=1.9",
		`"ranges":[` + repo + `}],"versions":["v1.0","v1.1"]}]}`:                                                    "parse vers:generic/v1.0|v1.1",
		`"ranges":[` + repo + `}]}]}`: "",
		`"package":{"ecosystem":"npm","name":"x"},"ranges":[{"type":"SEMVER","events":[{"fixed":"2"},{"introduced":"1"}]}]}]}`: "x vers:npm/>=1|<2",
	} {
		list, errs := ParseOSV(strings.NewReader(head+doc), feeds.Meta{})
		if len(list) != 1 {
			t.Fatal(errs)
		}
		got := ""
		for _, p := range list[0].Products {
			got = p.Product + " " + p.Versions
		}
		if got != want {
			t.Errorf("%s: %q, want %q", doc, got, want)
		}
	}
}
