package feeds

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hansho/advisory"
)

func pollEntry(mapping map[string]string) Entry {
	return Entry{ID: "example", URL: feedURL, Mapping: mapping}
}

func newPoll(t testing.TB, w *fakeWeb, mapping map[string]string) Source {
	t.Helper()
	s, err := NewPollSource(pollEntry(mapping), ParseRSS, w.client(), testNow)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func items(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `<item><guid>id-%d</guid><title>item %d</title><pubDate>Fri, 01 Feb 2030 00:00:00 GMT</pubDate></item>`, i, i)
	}
	return rss(b.String())
}

func ids(all []advisory.Advisory) []string {
	out := make([]string, 0, len(all))
	for _, a := range all {
		out = append(out, a.ID)
	}
	return out
}

// poll runs one fetch and says in a word what came of it.
func poll(t testing.TB, s Source, since Cursor) (string, Batch, Cursor) {
	t.Helper()
	b, next, err := s.Fetch(t.Context(), since)
	switch {
	case errors.Is(err, ErrUnchanged):
		return "unchanged", b, next
	case err != nil:
		return "failed: " + err.Error(), b, next
	}
	return strings.Join(ids(b.Advisories), " "), b, next
}

func TestPollUnchanged(t *testing.T) {
	w := newFakeWeb()
	s := newPoll(t, w, nil)
	w.serve(feedURL, 200, items(2), `ETag: "1"`)
	got, _, c := poll(t, s, nil)
	if got != "example:id-0 example:id-1" {
		t.Fatalf("first: %s", got)
	}
	for name, serve := range map[string]func(){
		"304":              func() { w.serve(feedURL, 304, "") },
		"same bytes":       func() { w.serve(feedURL, 200, items(2), `ETag: "2"`) },
		"other bytes":      func() { w.serve(feedURL, 200, items(2)+"<!-- served at noon -->", `ETag: "3"`) },
		"in another order": func() { w.serve(feedURL, 200, reversed(items(2)), `ETag: "4"`) },
		"re-dated":         func() { w.serve(feedURL, 200, strings.ReplaceAll(items(2), "01 Feb", "02 Feb")) },
	} {
		serve()
		if got, b, _ := poll(t, s, c); got != "unchanged" || b.Requests != 1 {
			t.Errorf("%s: %s, %+v", name, got, b)
		}
	}
	if w.header[1].Get("If-None-Match") != `"1"` {
		t.Error("the second request was not conditional")
	}
}

// reversed turns the order of a feed's items round.
func reversed(feed string) string {
	parts := strings.Split(feed, "<item>")
	tail := strings.SplitN(parts[len(parts)-1], "</item>", 2)
	out := parts[0] + "<item>" + tail[0] + "</item>"
	for i := len(parts) - 2; i > 0; i-- {
		out += "<item>" + parts[i]
	}
	return out + tail[1]
}

func TestPollTellsOfChange(t *testing.T) {
	w := newFakeWeb()
	s := newPoll(t, w, nil)
	w.serve(feedURL, 200, items(2))
	_, _, c := poll(t, s, nil)
	w.serve(feedURL, 200, strings.Replace(items(2), "item 1", "item 1, now worse", 1))
	got, b, _ := poll(t, s, c)
	if got != "example:id-0 example:id-1" || b.Advisories[1].Title != "item 1, now worse" {
		t.Errorf("%s: %+v", got, b)
	}
}

func TestUnreadableKeepsTheCursor(t *testing.T) {
	w := newFakeWeb()
	s := newPoll(t, w, nil)
	w.serve(feedURL, 200, items(2), `ETag: "1"`)
	_, _, c := poll(t, s, nil)
	for name, serve := range map[string]func(){
		"challenge":  func() { w.serve(feedURL, 200, "<html><title>Just a moment...</title></html>", `ETag: "x"`) },
		"empty body": func() { w.serve(feedURL, 200, "") },
		"entities":   func() { w.serve(feedURL, 200, `<!DOCTYPE r [<!ENTITY a "b">]>`+items(1)) },
		"gone":       func() { w.serve(feedURL, 404, "") },
		"busy":       func() { w.serve(feedURL, 429, "", "Retry-After: 10") },
	} {
		serve()
		got, _, next := poll(t, s, c)
		if !strings.HasPrefix(got, "failed: feeds: example: ") {
			t.Errorf("%s: %s", name, got)
		}
		if diff := cmp.Diff(string(c), string(next)); diff != "" {
			t.Errorf("%s: cursor changed\n%s", name, diff)
		}
	}
	w.serve(feedURL, 200, items(2), `ETag: "1"`)
	if got, _, _ := poll(t, s, c); got != "unchanged" {
		t.Errorf("after it came back: %s", got)
	}
}

func TestPollWarns(t *testing.T) {
	tests := map[string]struct {
		then string
		want string
	}{
		"emptied": {rss(""), "the document is empty, where it had 3 items before"},
		"jump":    {items(100), "a sudden jump in the number of items: 3 → 100"},
	}
	for name, tt := range tests {
		w := newFakeWeb()
		s := newPoll(t, w, nil)
		w.serve(feedURL, 200, items(3))
		_, _, c := poll(t, s, nil)
		w.serve(feedURL, 200, tt.then)
		_, b, next := poll(t, s, c)
		if len(b.Warnings) != 1 || b.Warnings[0] != tt.want {
			t.Errorf("%s: %q", name, b.Warnings)
		}
		if name == "emptied" {
			if _, again, _ := poll(t, s, next); len(again.Warnings) != 1 {
				t.Errorf("still empty, and no warning: %+v", again)
			}
		}
	}
	w := newFakeWeb()
	w.serve(feedURL, 200, strings.ReplaceAll(items(2), "2030", "2031"))
	if _, b, _ := poll(t, newPoll(t, w, nil), nil); len(b.Warnings) != 1 || !strings.HasPrefix(b.Warnings[0], "dated in the future: example:id-0") {
		t.Errorf("future: %q", b.Warnings)
	}
}

func TestPollProposesTheNewAddress(t *testing.T) {
	w := newFakeWeb()
	w.serve(feedURL, 301, "", "Location: https://feeds.example/new.xml?key=s3cret")
	w.serve("https://feeds.example/new.xml?key=s3cret", 200, items(1))
	_, b, c := poll(t, newPoll(t, w, nil), nil)
	if len(b.Warnings) != 1 || !strings.Contains(b.Warnings[0], "https://feeds.example/new.xml") || strings.Contains(b.Warnings[0], "s3cret") {
		t.Errorf("%q", b.Warnings)
	}
	if !strings.Contains(string(c), "new.xml") {
		t.Errorf("cursor %s", c)
	}
}

func TestKeepAndDrop(t *testing.T) {
	w := newFakeWeb()
	w.serve(feedURL, 200, items(3))
	if got, _, _ := poll(t, newPoll(t, w, map[string]string{"keep": "[12]$", "drop": "2$"}), nil); got != "example:id-1" {
		t.Error(got)
	}
	if _, err := NewPollSource(pollEntry(map[string]string{"keep": "("}), ParseRSS, w.client(), testNow); err == nil {
		t.Error("a broken pattern was accepted")
	}
}

func TestNewAddressStartsAnew(t *testing.T) {
	w := newFakeWeb()
	w.serve(feedURL, 200, items(1), `ETag: "1"`)
	_, _, c := poll(t, newPoll(t, w, nil), nil)
	w.serve("https://elsewhere.example/f", 200, items(1))
	e := pollEntry(nil)
	e.URL = "https://elsewhere.example/f"
	s, err := NewPollSource(e, ParseRSS, w.client(), testNow)
	if err != nil {
		t.Fatal(err)
	}
	if got, _, _ := poll(t, s, c); got != "example:id-0" || w.header[1].Get("If-None-Match") != "" {
		t.Errorf("%s, %v", got, w.header[1])
	}
}

const atURL = "https://www.jpcert.or.jp/at/2030/"

func jpcertWeb(t *testing.T) (*fakeWeb, Source) {
	t.Helper()
	w := newFakeWeb()
	w.serve("https://www.jpcert.or.jp/rss/jpcert.rdf", 200, testdata(t, "jpcert.rdf"))
	page := testdata(t, "at300002.html")
	for _, id := range []string{"at300001", "at300002", "at300003"} {
		w.serve(atURL+id+".html", 200, strings.ReplaceAll(page, "at300002", id))
	}
	s, err := newJPCERTSource(Entry{
		ID: "jpcert", URL: "https://www.jpcert.or.jp/rss/jpcert.rdf", Mapping: map[string]string{"drop": "^wr"},
	}, w.client(), testNow)
	if err != nil {
		t.Fatal(err)
	}
	return w, s
}

func testdata(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestJPCERTReadsEachPageOnce(t *testing.T) {
	w, s := jpcertWeb(t)
	got, b, c := poll(t, s, nil)
	if got != "jpcert:at300002 jpcert:at300001 jpcert:at300003" || b.Requests != 4 || len(b.Errors) > 0 {
		t.Fatalf("first: %s %+v", got, b)
	}
	if a := b.Advisories[0]; len(a.Products) != 3 || !a.Exploited || len(a.CVEs) != 2 ||
		a.Published.Format("2006-01-02T15:04Z") != "2030-02-09T15:00Z" || a.Updated.Format("2006-01-02T15:04Z") != "2030-02-13T04:27Z" {
		t.Errorf("merged: %+v", a)
	}
	if got, _, _ := poll(t, s, c); got != "unchanged" || w.requests() != 5 {
		t.Errorf("second: %s after %d requests", got, w.requests())
	}
	feed := strings.Replace(testdata(t, "jpcert.rdf"), "2030-01-30T11:15", "2030-02-20T09:00", 1)
	w.serve("https://www.jpcert.or.jp/rss/jpcert.rdf", 200, strings.Replace(feed, "例示メーラーに関する注意喚起  (公開)", "例示メーラーの脆弱性に関する注意喚起  (更新)", 1))
	if got, b, _ := poll(t, s, c); got != "jpcert:at300001" || b.Requests != 2 {
		t.Errorf("one item updated: %s %+v", got, b)
	}
}

func TestJPCERTPageFailureLosesNothing(t *testing.T) {
	w, s := jpcertWeb(t)
	page := atURL + "at300001.html"
	w.serve(page, 500, "")
	got, b, c := poll(t, s, nil)
	if got != "jpcert:at300002 jpcert:at300001 jpcert:at300003" || len(b.Errors) != 1 || len(b.Advisories[1].Products) != 0 {
		t.Fatalf("page away: %s %v", got, b.Errors)
	}
	got, b, c = poll(t, s, c)
	if got != "" || len(b.Errors) != 1 {
		t.Errorf("still away: %q %v", got, b.Errors)
	}
	w.serve(page, 200, strings.ReplaceAll(testdata(t, "at300002.html"), "at300002", "at300001"))
	got, b, c = poll(t, s, c)
	if got != "jpcert:at300001" || len(b.Advisories[0].Products) != 3 {
		t.Errorf("page back: %s %+v", got, b)
	}
	if got, _, _ := poll(t, s, c); got != "unchanged" {
		t.Errorf("then: %s", got)
	}

	// An update of a known alert is held back until its page is there again.
	w.serve(page, 200, "<html><title>Just a moment...</title></html>")
	w.serve("https://www.jpcert.or.jp/rss/jpcert.rdf", 200, strings.Replace(testdata(t, "jpcert.rdf"), "例示メーラー", "例示メーラー改", 1))
	got, b, c = poll(t, s, c)
	if got != "" || len(b.Errors) != 1 {
		t.Errorf("update without its page: %s %v", got, b.Errors)
	}
	w.serve(page, 200, strings.ReplaceAll(testdata(t, "at300002.html"), "at300002", "at300001"))
	if got, b, _ = poll(t, s, c); got != "jpcert:at300001" || len(b.Advisories[0].Products) != 3 {
		t.Errorf("update with its page: %s", got)
	}
}

func TestJPCERTStaysOnItsSite(t *testing.T) {
	w, s := jpcertWeb(t)
	feed := strings.ReplaceAll(testdata(t, "jpcert.rdf"), atURL+"at300001.html", "https://evil.example/at300001.html")
	w.serve("https://www.jpcert.or.jp/rss/jpcert.rdf", 200, feed)
	poll(t, s, nil)
	for _, u := range w.asked {
		if strings.Contains(u, "evil") {
			t.Errorf("asked %s", u)
		}
	}
}

func TestCancelledPollKeepsTheCursor(t *testing.T) {
	w, s := jpcertWeb(t)
	ctx, cancel := context.WithCancel(t.Context())
	w.pages[atURL+"at300002.html"] = func(r *http.Request) (*http.Response, error) {
		cancel()
		return nil, ctx.Err()
	}
	if _, next, err := s.Fetch(ctx, Cursor("{}")); !errors.Is(err, context.Canceled) || string(next) != "{}" {
		t.Errorf("%v, cursor %s", err, next)
	}
}

func jvndbItems(from, to int) string {
	var b strings.Builder
	for i := to; i >= from; i-- {
		fmt.Fprintf(&b, `<item rdf:about="https://jvndb.jvn.jp/ja/contents/2030/JVNDB-2030-%06d.html"><title>例示 %d の脆弱性</title><sec:identifier>JVNDB-2030-%06d</sec:identifier><dcterms:issued>2030-02-%02dT10:00+09:00</dcterms:issued><dcterms:modified>2030-02-%02dT10:00+09:00</dcterms:modified></item>`, i, i, i, i%28+1, i%28+1)
	}
	return `<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:sec="http://jvn.jp/rss/mod_sec/"><channel rdf:about="x"><title>x</title></channel>` + b.String() + `</rdf:RDF>`
}

const jvndbURL, apiURL = "https://jvndb.example/new.rdf", "https://jvndb.example/myjvn"

func newJVNDB4Test(t *testing.T, w *fakeWeb) Source {
	t.Helper()
	s, err := newJVNDBSource(Entry{ID: "jvndb", URL: jvndbURL, Mapping: map[string]string{"api": apiURL}}, w.client(), testNow)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestJVNDBFillsAGap(t *testing.T) {
	w := newFakeWeb()
	s := newJVNDB4Test(t, w)
	w.serve(jvndbURL, 200, jvndbItems(1, 3))
	_, _, c := poll(t, s, nil)
	w.serve(jvndbURL, 200, jvndbItems(3, 5))
	_, b, c := poll(t, s, c)
	if b.Requests != 1 {
		t.Fatalf("asked the API though the feed overlaps: %v", w.asked)
	}
	w.serve(jvndbURL, 200, jvndbItems(9, 10))
	w.serve(apiURL, 200, jvndbItems(5, 9))
	got, b, c := poll(t, s, c)
	if got != "jvndb:JVNDB-2030-000010 jvndb:JVNDB-2030-000009 jvndb:JVNDB-2030-000008 jvndb:JVNDB-2030-000007 jvndb:JVNDB-2030-000006 jvndb:JVNDB-2030-000005" {
		t.Errorf("with the gap: %s", got)
	}
	asked := w.asked[len(w.asked)-1]
	for _, want := range []string{"datePublishedStartY=2030", "datePublishedStartM=02", "datePublishedStartD=06", "datePublishedEndD=10", "rangeDatePublic=n", "startItem=1", "maxCountItem=50"} {
		if !strings.Contains(asked, want) {
			t.Errorf("asked %s without %s", asked, want)
		}
	}
	if got, _, _ := poll(t, s, c); got != "unchanged" || b.Requests != 2 {
		t.Errorf("afterwards: %s, %d requests", got, b.Requests)
	}
}

func TestJVNDBGapIsTriedAgain(t *testing.T) {
	w := newFakeWeb()
	s := newJVNDB4Test(t, w)
	w.serve(jvndbURL, 200, jvndbItems(1, 3))
	_, _, c := poll(t, s, nil)
	w.serve(jvndbURL, 200, jvndbItems(9, 10))
	w.serve(apiURL, 500, "")
	got, b, c := poll(t, s, c)
	if got != "jvndb:JVNDB-2030-000010 jvndb:JVNDB-2030-000009" || len(b.Errors) != 1 || len(b.Warnings) != 1 {
		t.Errorf("API away: %s %v %v", got, b.Errors, b.Warnings)
	}
	w.serve(apiURL, 200, jvndbItems(3, 9))
	if got, b, _ := poll(t, s, c); len(b.Advisories) != 8 || len(b.Errors) != 0 {
		t.Errorf("API back: %s %v", got, b.Errors)
	}
}

func TestJVNDBPagesThroughAGap(t *testing.T) {
	w := newFakeWeb()
	s := newJVNDB4Test(t, w)
	w.serve(jvndbURL, 200, jvndbItems(1, 3))
	_, _, c := poll(t, s, nil)
	w.serve(jvndbURL, 200, jvndbItems(1000, 1001))
	w.pages[apiURL] = func(r *http.Request) (*http.Response, error) {
		start := number(r.URL.Query().Get("startItem"))
		return answer(r, 200, jvndbItems(100+start, min(100+start+49, 100+120))), nil
	}
	_, b, _ := poll(t, s, c)
	if len(b.Advisories) != 2+120 || b.Requests != 1+3 {
		t.Errorf("%d advisories in %d requests", len(b.Advisories), b.Requests)
	}
}

func BenchmarkPollUnchanged(b *testing.B) {
	for name, status := range map[string]int{"304": 304, "same body": 200} {
		b.Run(name, func(b *testing.B) {
			w := newFakeWeb()
			w.serve(feedURL, 200, items(500))
			s := newPoll(b, w, nil)
			_, _, c := poll(b, s, nil)
			w.serve(feedURL, status, map[int]string{200: items(500), 304: ""}[status])
			b.ReportAllocs()
			for b.Loop() {
				w.asked, w.header = w.asked[:0], w.header[:0]
				if got, _, _ := poll(b, s, c); got != "unchanged" {
					b.Fatal(got)
				}
			}
		})
	}
}
