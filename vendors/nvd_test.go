package vendors

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hansho/advisory"
	"hansho/internal/realdata"
)

// readNVDFile gives what ReadNVD yields for a document of testdata.
func readNVDFile(t *testing.T, name string) *collected {
	t.Helper()
	doc, err := os.ReadFile(filepath.Join("testdata", "nvd", name))
	if err != nil {
		t.Fatal(err)
	}
	var c collected
	if err := ReadNVD(bytes.NewReader(doc), c.add); err != nil {
		t.Fatal(err)
	}
	return &c
}

func TestReadNVD11(t *testing.T) {
	c := readNVDFile(t, "v11.json")
	if len(c.list) != 3 {
		t.Fatalf("read %d advisories, want 3", len(c.list))
	}
	want := advisory.Advisory{
		ID: "nvd:CVE-2018-1000", Source: "nvd", Kind: advisory.KindVulnerability, Lang: "en",
		Title:   "A flaw in the example router",
		Summary: "A flaw in the example router. It lets 日本語 through.",
		CVEs:    []string{"CVE-2018-1000"},
		Severity: advisory.Severity{Rating: "high", Score: 8.8, Vectors: []string{
			"CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H", "AV:N/AC:M/Au:N/C:P/I:P/A:P",
		}},
		Products:  []advisory.ProductStatus{},
		Links:     []string{"https://nvd.nist.gov/vuln/detail/CVE-2018-1000", "https://example.com/a"},
		Published: time.Date(2018, 1, 10, 22, 29, 0, 0, time.UTC),
		Updated:   time.Date(2019, 10, 9, 23, 38, 0, 0, time.UTC),
		Trust:     advisory.TrustDatabase,
		Configs: []advisory.Config{{Operator: "AND", Children: []advisory.Config{
			{Operator: "OR", Matches: []advisory.CPEMatch{{
				CPE: "cpe:2.3:o:example:router_os:*:*:*:*:*:*:*:*", Vulnerable: true,
				StartIncluding: "1.0", EndExcluding: "1.5",
			}}},
			{Operator: "OR", Matches: []advisory.CPEMatch{{CPE: "cpe:2.3:h:example:router:-:*:*:*:*:*:*:*"}}},
		}}},
	}
	if diff := cmp.Diff(want, c.list[0]); diff != "" {
		t.Errorf("first entry (-want +got):\n%s", diff)
	}
	if !c.list[1].Withdrawn || c.list[0].Withdrawn {
		t.Errorf("withdrawn: got %v, %v, want only the second", c.list[0].Withdrawn, c.list[1].Withdrawn)
	}
	if got := c.list[2].ID; got != "nvd:CVE-2018-1003" {
		t.Errorf("entry behind the broken ones: %s", got)
	}
	wantErrs := []string{
		"nvd: CVE-2018-1001: /CVE_Items/1/cve/description/description_data: want array, got string",
		"nvd: entry 4: no CVE id",
	}
	if diff := cmp.Diff(wantErrs, errorTexts(c.errs)); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}

func TestReadNVD20(t *testing.T) {
	c := readNVDFile(t, "v20.json")
	if len(c.errs) > 0 || len(c.list) != 2 {
		t.Fatalf("read %d advisories, errors %v", len(c.list), c.errs)
	}
	a := c.list[0]
	wantProducts := []advisory.ProductStatus{
		{Vendor: "Example", Product: "Library", Versions: "vers:semver/>=2.0|<2.4.1|>=2.5|<2.9", Status: advisory.StatusAffected, Fixed: "2.4.1, 2.9"},
		{Vendor: "Example", Product: "Library", Versions: "vers:semver/>=2.4.1|<2.5", Status: advisory.StatusNotAffected},
	}
	if diff := cmp.Diff(wantProducts, a.Products); diff != "" {
		t.Errorf("products (-want +got):\n%s", diff)
	}
	wantConfigs := []advisory.Config{{Operator: "OR", Matches: []advisory.CPEMatch{
		{CPE: "cpe:2.3:a:example:library:2.0:beta9:*:*:*:*:*:*", Vulnerable: true},
		{CPE: "cpe:2.3:a:example:library:*:*:*:*:*:*:*:*", Vulnerable: true, StartExcluding: "2.0", EndIncluding: "2.4"},
	}}}
	if diff := cmp.Diff(wantConfigs, a.Configs); diff != "" {
		t.Errorf("configs (-want +got):\n%s", diff)
	}
	if !a.Exploited || a.Due != "2026-06-01" || a.Severity.Rating != "critical" {
		t.Errorf("exploited %v, due %q, rating %q", a.Exploited, a.Due, a.Severity.Rating)
	}
	if !c.list[1].Withdrawn {
		t.Error("a rejected CVE is not withdrawn")
	}
}

func TestConfigProducts(t *testing.T) {
	c := readNVDFile(t, "v20.json")
	want := []advisory.ProductStatus{{
		Vendor: "example", Product: "library", CPE: "cpe:2.3:a:example:library:*:*:*:*:*:*:*:*",
		Versions: "vers:generic/2.0-beta9|>2.0|<=2.4", Status: advisory.StatusAffected,
	}}
	if diff := cmp.Diff(want, ConfigProducts(c.list[0].Configs)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReadNVDStops(t *testing.T) {
	doc, err := os.ReadFile("testdata/nvd/v20.json")
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	err = ReadNVD(bytes.NewReader(doc), func(advisory.Advisory, error) bool { calls++; return false })
	if err != nil || calls != 1 {
		t.Errorf("after yield said no: %d calls, error %v", calls, err)
	}
}

func TestReadNVDRefuses(t *testing.T) {
	deep := `{"vulnerabilities":[{"cve":{"id":"CVE-2026-1","configurations":` +
		strings.Repeat(`[{"nodes":`, 40) + `[]` + strings.Repeat(`}]`, 40) + `}}]}`
	tests := []struct{ name, doc, want string }{
		{"empty", "", "nvd: after 0 entries: "},
		{"html", "<html>Access Denied</html>", "invalid character '<'"},
		{"other json", `{"hello":1}`, "no list of CVEs"},
		{"array", `[1,2]`, "want object, got ["},
		{"cut short", `{"vulnerabilities":[{"cve":{"id":"CVE-2026-1"}},{"cve":{"id":"CVE-2`, "after 1 entries"},
		{"cut between", `{"vulnerabilities":[{"cve":{"id":"CVE-2026-1"}},`, "after 1 entries"},
		{"too deep", deep, "CVE-2026-1: nested too deep"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var c collected
			err := ReadNVD(strings.NewReader(tt.doc), c.add)
			if err == nil && len(c.errs) > 0 {
				err = c.errs[0]
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q in it", err, tt.want)
			}
		})
	}
}

// TestReadNVDOversize gives an endless string: it must be refused, not held.
func TestReadNVDOversize(t *testing.T) {
	endless := &repeat{head: `{"vulnerabilities":[{"cve":{"id":"`, body: "a"}
	err := ReadNVD(endless, func(advisory.Advisory, error) bool { return true })
	if err == nil || !strings.Contains(err.Error(), errTooLarge.Error()) {
		t.Errorf("error %v, want %v", err, errTooLarge)
	}
	if endless.given > 2*maxValueBytes {
		t.Errorf("read %d bytes before refusing", endless.given)
	}
}

// repeat reads as head and then body for ever.
type repeat struct {
	head, body string
	given      int
}

func (r *repeat) Read(p []byte) (int, error) {
	n := copy(p, r.head)
	r.head = r.head[n:]
	for n < len(p) {
		n += copy(p[n:], r.body)
	}
	r.given += n
	return n, nil
}

// TestReadNVDAgainstEncodingJSON compares a whole real year with what the
// standard library's decoder finds in it.
func TestReadNVDAgainstEncodingJSON(t *testing.T) {
	doc := realdata.Read(t, "nvd/nvdcve-1.1-2016.json.gz")
	var std struct {
		Items []struct {
			CVE struct {
				Meta struct{ ID string } `json:"CVE_data_meta"`
			}
			Configurations struct{ Nodes []stdNode }
			Impact         struct {
				BaseMetricV3 struct{ CVSSV3 struct{ BaseScore float64 } }
				BaseMetricV2 struct{ CVSSV2 struct{ BaseScore float64 } }
			}
		} `json:"CVE_Items"`
	}
	if err := json.Unmarshal(doc, &std); err != nil {
		t.Fatal(err)
	}
	i := 0
	err := ReadNVD(bytes.NewReader(doc), func(a advisory.Advisory, err error) bool {
		if err != nil {
			t.Fatal(err)
		}
		want := std.Items[i]
		i++
		if a.ID != "nvd:"+want.CVE.Meta.ID {
			t.Fatalf("entry %d is %s, want %s", i, a.ID, want.CVE.Meta.ID)
		}
		score := want.Impact.BaseMetricV3.CVSSV3.BaseScore
		if score == 0 {
			score = want.Impact.BaseMetricV2.CVSSV2.BaseScore
		}
		if a.Severity.Score != score {
			t.Errorf("%s: score %v, want %v", a.ID, a.Severity.Score, score)
		}
		if diff := cmp.Diff(stdMatches(want.Configurations.Nodes), configMatches(a.Configs)); diff != "" {
			t.Errorf("%s: matches (-want +got):\n%s", a.ID, diff)
		}
		return !t.Failed()
	})
	if err != nil || i != len(std.Items) {
		t.Errorf("read %d of %d entries, error %v", i, len(std.Items), err)
	}
}

type stdNode struct {
	Children []stdNode
	CPEMatch []struct {
		Vulnerable          bool
		CPE23URI            string `json:"cpe23Uri"`
		VersionEndExcluding string
	} `json:"cpe_match"`
}

func stdMatches(nodes []stdNode) (out []string) {
	for _, n := range nodes {
		for _, m := range n.CPEMatch {
			out = append(out, fmt.Sprint(m.CPE23URI, m.Vulnerable, m.VersionEndExcluding))
		}
		out = append(out, stdMatches(n.Children)...)
	}
	return out
}

func configMatches(configs []advisory.Config) (out []string) {
	for _, c := range configs {
		for _, m := range c.Matches {
			out = append(out, fmt.Sprint(m.CPE, m.Vulnerable, m.EndExcluding))
		}
		out = append(out, configMatches(c.Children)...)
	}
	return out
}

func errorTexts(errs []error) []string {
	var texts []string
	for _, err := range errs {
		texts = append(texts, err.Error())
	}
	return texts
}

func FuzzReadNVD(f *testing.F) {
	for _, name := range []string{"v11.json", "v20.json"} {
		doc, err := os.ReadFile(filepath.Join("testdata", "nvd", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(doc)
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		_ = ReadNVD(bytes.NewReader(doc), func(a advisory.Advisory, err error) bool {
			if err == nil && !strings.HasPrefix(a.ID, "nvd:") {
				t.Errorf("id %q", a.ID)
			}
			if (a.ID == "") == (err == nil) {
				t.Errorf("advisory %q and error %v", a.ID, err)
			}
			ConfigProducts(a.Configs)
			return true
		})
	})
}

// BenchmarkReadNVD reads one of NVD's year files, unpacked, from memory.
func BenchmarkReadNVD(b *testing.B) {
	doc := realdata.Read(b, "nvd/nvdcve-1.1-2018.json.gz")
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		if err := ReadNVD(bytes.NewReader(doc), func(_ advisory.Advisory, err error) bool { return err == nil }); err != nil {
			b.Fatal(err)
		}
	}
}
