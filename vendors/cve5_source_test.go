package vendors

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hansho/feeds"
)

func deltaRow(number int) string {
	return fmt.Sprintf(`{"cveId":"CVE-2026-%d","githubLink":"{{.}}/cves/CVE-2026-%d.json","dateUpdated":"x"}`, number, number)
}

func TestCVE5Source(t *testing.T) {
	record := func(number int) string {
		return fmt.Sprintf(`{"cveMetadata":{"cveId":"CVE-2026-%d"},"containers":{"cna":{}}}`, number)
	}
	p := newCSAFServer(t, map[string]string{
		"/cves/deltaLog.json": `[{"fetchTime":"2026-03-09T13:00:00.000Z","new":[` + deltaRow(1003) + `],"updated":[` + deltaRow(1001) + `]},
			{"fetchTime":"2026-03-09T12:00:00.000Z","new":[` + deltaRow(1001) + `],"updated":[{"cveId":"CVE-2026-1009","githubLink":"https://elsewhere.example/x.json"}]},
			{"fetchTime":"2026-02-01T12:00:00.000Z","new":[` + deltaRow(1000) + `]}]`,
		"/cves/CVE-2026-1001.json": record(1001), "/cves/CVE-2026-1003.json": record(1003),
	})
	s, err := newCVE5Source(feeds.Entry{ID: "cve", URL: p.URL + "/cves/deltaLog.json"}, feeds.NewClient(feeds.Options{HostSpacing: -1}), func() time.Time { return csafNow })
	if err != nil {
		t.Fatal(err)
	}
	b, cur := fetch(t, s, nil)
	if diff := cmp.Diff([]string{"cve:CVE-2026-1003", "cve:CVE-2026-1001"}, idsOf(b)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if told := strings.Join(errorTexts(b.Errors), "\n"); !strings.Contains(told, "CVE-2026-1009: link to elsewhere.example") {
		t.Errorf("errors: %s", told)
	}
	if p.asked["/cves/CVE-2026-1001.json"] != 1 {
		t.Errorf("asked %v", p.asked)
	}
	if _, _, err := s.Fetch(context.Background(), cur); !errors.Is(err, feeds.ErrUnchanged) {
		t.Errorf("nothing new: error %v, want ErrUnchanged", err)
	}
}

// TestCVE5SourceCatchesUp reads a log with more changes than one fetch takes.
func TestCVE5SourceCatchesUp(t *testing.T) {
	files := map[string]string{}
	var rows []string
	for i := range maxDeltas + 50 {
		rows = append(rows, deltaRow(10000+i))
		files[fmt.Sprintf("/cves/CVE-2026-%d.json", 10000+i)] = fmt.Sprintf(`{"cveMetadata":{"cveId":"CVE-2026-%d"}}`, 10000+i)
	}
	files["/cves/delta.json"] = `{"fetchTime":"2026-03-09T13:00:00.000Z","new":[` + strings.Join(rows, ",") + `]}`
	p := newCSAFServer(t, files)
	s, err := newCVE5Source(feeds.Entry{ID: "cve", URL: p.URL + "/cves/delta.json"}, feeds.NewClient(feeds.Options{HostSpacing: -1}), func() time.Time { return csafNow })
	if err != nil {
		t.Fatal(err)
	}
	first, cur := fetch(t, s, nil)
	second, _ := fetch(t, s, cur)
	if len(first.Advisories) != maxDeltas || len(second.Advisories) != 50 {
		t.Errorf("%d and %d records, want %d and 50", len(first.Advisories), len(second.Advisories), maxDeltas)
	}
}

func TestOSVSourceEcosystem(t *testing.T) {
	p := newCSAFServer(t, map[string]string{"/Rocky Linux/all.zip": string(zipped(t, map[string]string{"a.json": osvFixture}))})
	client := feeds.NewClient(feeds.Options{HostSpacing: -1})
	entry := feeds.Entry{ID: "osv", URL: p.URL + "/{ecosystem}/all.zip"}
	if _, err := newOSVSource(entry, client, time.Now); err == nil {
		t.Error("an entry without its ecosystem was taken")
	}
	entry.Mapping = map[string]string{keyEcosystem: "Rocky Linux"}
	s, err := newOSVSource(entry, client, func() time.Time { return csafNow })
	if err != nil {
		t.Fatal(err)
	}
	if b, _ := fetch(t, s, nil); len(b.Advisories) != 1 {
		t.Errorf("%v, errors %v", idsOf(b), b.Errors)
	}
}
