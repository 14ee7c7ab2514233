package vendors

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hansho/feeds"
)

// nvdAPI answers as the API 2.0 does, with total entries in pages of two.
type nvdAPI struct {
	total   int
	queries []url.Values
	keys    []string
	fail    int // status for the request of this number, counted from 1
}

func (a *nvdAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.queries = append(a.queries, r.URL.Query())
	a.keys = append(a.keys, r.Header.Get("apiKey"))
	if a.fail == len(a.queries) {
		http.Error(w, "no", http.StatusForbidden)
		return
	}
	start, err := strconv.Atoi(r.URL.Query().Get("startIndex"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fmt.Fprintf(w, `{"resultsPerPage":2,"startIndex":%d,"totalResults":%d,"vulnerabilities":[`, start, a.total)
	for i := start; i < min(start+2, a.total); i++ {
		if i > start {
			fmt.Fprint(w, ",")
		}
		fmt.Fprintf(w, `{"cve":{"id":"CVE-2026-%04d"}}`, 1000+i)
	}
	fmt.Fprint(w, "]}")
}

func (a *nvdAPI) source(t *testing.T, now func() time.Time) *nvdSource {
	t.Helper()
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	s, err := newNVDSource(feeds.Entry{ID: "nvd", URL: server.URL + "/rest/json/cves/2.0", Headers: map[string]string{"apiKey": "k"}},
		feeds.NewClient(feeds.Options{HostSpacing: -1}), now)
	if err != nil {
		t.Fatal(err)
	}
	source := s.(*nvdSource)
	source.wait = func(context.Context, time.Duration) error { return nil }
	return source
}

func TestNVDSource(t *testing.T) {
	now := csafNow
	api := &nvdAPI{total: 5}
	s := api.source(t, func() time.Time { return now })
	b, cur := fetch(t, s, nil)
	want := []string{"nvd:CVE-2026-1000", "nvd:CVE-2026-1001", "nvd:CVE-2026-1002", "nvd:CVE-2026-1003", "nvd:CVE-2026-1004"}
	if diff := cmp.Diff(want, idsOf(b)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if q := api.queries[0]; q.Get("lastModStartDate") != "2026-03-03T00:00:00.000Z" || q.Get("lastModEndDate") != "2026-03-10T00:00:00.000Z" {
		t.Errorf("first query %v", q)
	}
	if api.keys[0] != "k" {
		t.Error("the key was not sent")
	}

	// A year later the windows are of 119 days, the first from where it ended.
	api.queries, api.total, now = nil, 0, now.AddDate(1, 0, 0)
	_, next, err := s.Fetch(context.Background(), cur)
	if !errors.Is(err, feeds.ErrUnchanged) {
		t.Errorf("nothing modified: error %v, want ErrUnchanged", err)
	}
	if len(api.queries) != 4 || api.queries[0].Get("lastModStartDate") != "2026-03-10T00:00:00.000Z" || api.queries[3].Get("lastModEndDate") != "2027-03-10T00:00:00.000Z" {
		t.Errorf("queries %v", api.queries)
	}
	if string(next) == string(cur) {
		t.Error("the cursor stands still")
	}
}

// TestNVDSourceBroken breaks off in the middle: the next fetch goes on there.
func TestNVDSourceBroken(t *testing.T) {
	api := &nvdAPI{total: 5, fail: 2}
	s := api.source(t, func() time.Time { return csafNow })
	b, cur := fetch(t, s, nil)
	if len(b.Advisories) != 2 || len(b.Errors) != 1 {
		t.Errorf("%v, errors %v", idsOf(b), b.Errors)
	}
	b, _ = fetch(t, s, cur)
	if diff := cmp.Diff([]string{"nvd:CVE-2026-1002", "nvd:CVE-2026-1003", "nvd:CVE-2026-1004"}, idsOf(b)); diff != "" {
		t.Errorf("second fetch (-want +got):\n%s", diff)
	}
}

func TestNVDSourceRefused(t *testing.T) {
	api := &nvdAPI{fail: 1}
	_, cur, err := api.source(t, func() time.Time { return csafNow }).Fetch(context.Background(), nil)
	if err == nil || cur != nil {
		t.Errorf("error %v, cursor %s", err, cur)
	}
}
