package vendors

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hansho/advisory"
	"hansho/feeds"
)

func TestParseMSRC(t *testing.T) {
	list, errs := ParseMSRC(bytes.NewReader(fixture(t, "msrc/month.json")), feeds.Meta{})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	type told struct {
		ID, Title, Rating string
		Kind              advisory.Kind
		Exploited         bool
		CVEs              []string
	}
	var got []told
	for _, a := range list {
		got = append(got, told{a.ID, a.Title, a.Severity.Rating, a.Kind, a.Exploited, a.CVEs})
	}
	want := []told{
		{"msrc:2026-May", "May 2026 Security Updates", "critical", advisory.KindRoundup, true, []string{"CVE-2026-5001", "CVE-2026-5002", "CVE-2026-5003"}},
		{"msrc:2026-May/windows", "May 2026 Security Updates: Windows", "critical", advisory.KindAdvisory, true, []string{"CVE-2026-5001", "CVE-2026-5002"}},
		{"msrc:2026-May/microsoft-office", "May 2026 Security Updates: Microsoft Office", "medium", advisory.KindAdvisory, false, []string{"CVE-2026-5003"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	wantProducts := []advisory.ProductStatus{
		{Vendor: "Microsoft", Product: "Windows Example 11", Versions: "vers:generic/<10.0.26100.4000", Status: advisory.StatusAffected, Fixed: "10.0.26100.4000 (KB5090001)", Link: "https://example.com/5090001"},
		{Vendor: "Microsoft", Product: "Windows Example Server", Versions: "vers:generic/<10.0.20348.3700", Status: advisory.StatusAffected, Fixed: "10.0.20348.3700 (KB5090002)", Link: "https://example.com/5090002"},
	}
	if diff := cmp.Diff(wantProducts, list[1].Products); diff != "" {
		t.Errorf("updates of Windows (-want +got):\n%s", diff)
	}
	wantSummary := "CVE-2026-5001 Kernel Elevation of Privilege (high, exploited)\nCVE-2026-5002 Kernel Remote Code Execution (critical)"
	if diff := cmp.Diff(wantSummary, list[1].Summary); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]advisory.ProductStatus{{Vendor: "Microsoft", Product: "Example Office 2024", Status: advisory.StatusAffected}}, list[2].Products); diff != "" {
		t.Errorf("nothing to install yet (-want +got):\n%s", diff)
	}
}

func TestMSRCSource(t *testing.T) {
	month := string(fixture(t, "msrc/month.json"))
	p := newCSAFServer(t, map[string]string{
		"/updates": `{"value":[{"ID":"2026-May","CurrentReleaseDate":"2026-03-05T07:00:00Z","CvrfUrl":"{{.}}/cvrf/2026-May"},
			{"ID":"2016-Apr","CurrentReleaseDate":"2018-04-10T07:00:00Z","CvrfUrl":"{{.}}/cvrf/2016-Apr"},
			{"ID":"2026-Feb","CurrentReleaseDate":"2026-03-01T07:00:00Z","CvrfUrl":"https://elsewhere.example/cvrf"}]}`,
		"/cvrf/2026-May": month,
	})
	client := feeds.NewClient(feeds.Options{HostSpacing: -1})
	s, err := newMSRCSource(feeds.Entry{ID: "msrc", URL: p.URL + "/updates"}, client, func() time.Time { return csafNow })
	if err != nil {
		t.Fatal(err)
	}
	b, cur := fetch(t, s, nil)
	if len(b.Advisories) != 3 || p.asked["/cvrf/2016-Apr"] != 0 {
		t.Errorf("first contact: %v, asked %v", idsOf(b), p.asked)
	}
	if told := strings.Join(notFlaws(b), "\n"); !strings.Contains(told, "another site") {
		t.Errorf("errors: %s", told)
	}
	p.files["/updates"] = `{"value":[{"ID":"2026-May","CurrentReleaseDate":"2026-03-05T07:00:00Z","CvrfUrl":"{{.}}/cvrf/2026-May"}]}`
	if _, _, err := s.Fetch(context.Background(), cur); !errors.Is(err, feeds.ErrUnchanged) {
		t.Errorf("nothing new: error %v, want ErrUnchanged", err)
	}
	p.files["/updates"] = strings.ReplaceAll(p.files["/updates"], "2026-03-05", "2026-03-06")
	if b, _ = fetch(t, s, cur); len(b.Advisories) != 3 {
		t.Errorf("a changed month: %v", idsOf(b))
	}
}

func FuzzParseMSRC(f *testing.F) {
	f.Add(fixture(f, "msrc/month.json"))
	f.Add(fixture(f, "cvrf/switch.xml"))
	f.Fuzz(func(t *testing.T, doc []byte) {
		list, errs := ParseMSRC(bytes.NewReader(doc), feeds.Meta{})
		if len(list) == 0 && len(errs) == 0 {
			t.Error("neither an advisory nor an error")
		}
	})
}
