package vendors

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hansho/advisory"
	"hansho/feeds"
)

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestParseCVRF(t *testing.T) {
	list, errs := ParseCVRF(bytes.NewReader(fixture(t, "cvrf/switch.xml")), feeds.Meta{Entry: feeds.Entry{ID: "example"}})
	if len(errs) > 0 || len(list) != 1 {
		t.Fatalf("%d advisories, errors %v", len(list), errs)
	}
	day := func(d int) time.Time { return time.Date(2015, 3, d, 0, 0, 0, 0, time.UTC) }
	want := advisory.Advisory{
		ID: "example:EX-2015-1", Source: "example", Kind: advisory.KindAdvisory, Lang: "en",
		Title: "Example switch: overflow", Summary: "A long packet is too long.", CVEs: []string{"CVE-2015-9000"},
		Severity: advisory.Severity{Rating: "high", Score: 7.8, Vectors: []string{"AV:N/AC:L/Au:N/C:N/I:N/A:C"}},
		Products: []advisory.ProductStatus{
			{
				Vendor: "Example", Product: "Switch OS", CPE: "cpe:/o:example:switch_os:1.0", Versions: "vers:generic/1.0",
				Status: advisory.StatusAffected, Workaround: "Filter long packets.", Fixed: "1.1",
			},
			{Vendor: "Example", Product: "Switch OS", CPE: "cpe:/o:example:switch_os:1.1", Versions: "vers:generic/1.1", Status: advisory.StatusFixed},
		},
		Links: []string{"https://example.com/ex-2015-1"}, Published: day(1), Updated: day(2),
		Refs: []string{"EX-2015-1", "EX-BUG-9"}, History: []advisory.Revision{{Date: day(1), Text: "First."}},
		TLP: "GREEN", Trust: advisory.TrustMaker,
	}
	if diff := cmp.Diff(want, list[0]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestParseCVRFRefuses(t *testing.T) {
	tests := []struct{ name, doc, want string }{
		{"html", "<html><body>Just a moment</body></html>", "not a CVRF document"},
		{"cut short", string(fixture(t, "cvrf/switch.xml")[:900]), "unexpected EOF"},
		{"no id", "<cvrfdoc><DocumentTitle>t</DocumentTitle></cvrfdoc>", "no document id"},
		{"entities", `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><cvrfdoc><DocumentTitle>&b;</DocumentTitle></cvrfdoc>`, "invalid character entity"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			list, errs := ParseCVRF(strings.NewReader(tt.doc), feeds.Meta{URL: "u"})
			if len(list) != 0 || len(errs) != 1 || !strings.Contains(errs[0].Error(), tt.want) {
				t.Errorf("%d advisories, errors %v, want %q", len(list), errs, tt.want)
			}
		})
	}
}

func FuzzParseCVRF(f *testing.F) {
	f.Add(fixture(f, "cvrf/switch.xml"))
	f.Fuzz(func(t *testing.T, doc []byte) {
		list, errs := ParseCVRF(bytes.NewReader(doc), feeds.Meta{})
		if len(list) == 0 && len(errs) == 0 {
			t.Error("neither an advisory nor an error")
		}
	})
}
