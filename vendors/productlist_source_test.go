package vendors

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hansho/advisory"
	"hansho/feeds"
)

// site serves documents by path, with an ETag each, and counts what it sent.
type site struct {
	docs map[string]string
	sent int // bodies
	seen []*http.Request
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.seen = append(s.seen, r)
	text, ok := s.docs[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	etag := fmt.Sprintf("\"%08x\"", crc32.ChecksumIEEE([]byte(text)))
	w.Header().Set("ETag", etag)
	if r.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	s.sent++
	_, _ = w.Write([]byte(text))
}

func serve(t *testing.T, docs map[string]string) (*site, string) {
	t.Helper()
	s := &site{docs: docs}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return s, server.URL
}

func testClient() *feeds.Client { return feeds.NewClient(feeds.Options{HostSpacing: -1}) }

func fixedNow() time.Time { return time.Date(2031, 12, 16, 3, 0, 0, 0, time.UTC) }

func listSource(t *testing.T, e feeds.Entry) *ListSource {
	t.Helper()
	e.ID, e.Format = "list", productListFormat
	s, err := newListSource(e, testClient(), fixedNow)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// table writes a list of products with a status each: "Ledger=Not vuln".
func table(rows ...string) string {
	var b strings.Builder
	b.WriteString("| Vendor | Product | Version | Status | Links |\n|---|---|---|---|---|\n")
	for _, r := range rows {
		product, status, _ := strings.Cut(r, "=")
		fmt.Fprintf(&b, "| Akane | %s | 1.0 | %s | [source](https://akane.example/%s) |\n", product, status, strings.ReplaceAll(product, " ", "-"))
	}
	return b.String()
}

// told writes a batch's advisories: "id status…", with "gone" where withdrawn.
func toldLines(b feeds.Batch) []string {
	var out []string
	for _, a := range b.Advisories {
		words := []string{strings.TrimPrefix(a.ID, "list:akane/")}
		for _, p := range a.Products {
			words = append(words, string(p.Status))
		}
		if a.Withdrawn {
			words = append(words, "gone")
		}
		out = append(out, strings.Join(words, " "))
	}
	return out
}

func TestListSourceTellsWhatDiffers(t *testing.T) {
	s, at := serve(t, map[string]string{"/list.md": table("A=Not vuln", "B=Vulnerable", "C=Fix", "D=Investigation")})
	source := listSource(t, feeds.Entry{URL: at + "/list.md", Mapping: map[string]string{"hold": "0s"}})

	first, cursor, err := source.Fetch(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a not_affected", "b affected", "c fixed", "d under_investigation"}, toldLines(first)); diff != "" {
		t.Error(diff)
	}

	again, same, err := source.Fetch(t.Context(), cursor)
	if !errors.Is(err, feeds.ErrUnchanged) || again.NotChanged != 1 || s.sent != 1 || string(same) != string(cursor) {
		t.Errorf("unchanged: %v, %+v, %d bodies, cursor kept: %v", err, again, s.sent, string(same) == string(cursor))
	}

	s.docs["/list.md"] = table("A=Not Affected", "B=vulnerable", "C=Vulnerable", "E=Fix") + "\nA new footer.\n"
	next, cursor, err := source.Fetch(t.Context(), cursor)
	if err != nil {
		t.Fatal(err)
	}
	// A and B are only worded otherwise.
	if diff := cmp.Diff([]string{"c affected", "e fixed", "d under_investigation gone"}, toldLines(next)); diff != "" {
		t.Error(diff)
	}
	if changes := advisory.Diff(first.Advisories[2], next.Advisories[0]); len(changes) == 0 || changes[0].Field != "status" || changes[0].Before != "fixed" {
		t.Errorf("the change of C reads as %+v", changes)
	}

	s.docs["/list.md"] += "One more line that is no row.\n"
	if b, _, err := source.Fetch(t.Context(), cursor); !errors.Is(err, feeds.ErrUnchanged) || len(b.Advisories) > 0 {
		t.Errorf("another footer: %v, %v", err, toldLines(b))
	}
}

func TestListSourceKeepsTheLastGoodState(t *testing.T) {
	rows := []string{"A=Fix", "B=Fix", "C=Fix", "D=Fix", "E=Not vuln", "F=Not vuln", "G=Vulnerable", "H=Vulnerable", "I=Fix", "J=Fix"}
	good := table(rows...)
	for name, broken := range map[string]string{
		"one byte":            "\n",
		"too many rows gone":  table(rows[:6]...),
		"other columns":       strings.Replace(good, "| Vendor | Product | Version | Status | Links |", "| One | Two | Three | Four | Five |", 1),
		"statuses unreadable": strings.Replace(good, "| Status |", "| Colour |", 1),
		"a web page":          "<!DOCTYPE html><html><title>Access Denied</title></html>",
	} {
		s, at := serve(t, map[string]string{"/list.md": good})
		source := listSource(t, feeds.Entry{URL: at + "/list.md"})
		_, cursor, err := source.Fetch(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		s.docs["/list.md"] = broken
		b, kept, err := source.Fetch(t.Context(), cursor)
		var why *BrokenListError
		if !errors.As(err, &why) || why.Had != len(rows) || len(b.Advisories) > 0 || string(kept) != string(cursor) {
			t.Errorf("%s: %v; told %v; cursor kept: %v", name, err, toldLines(b), string(kept) == string(cursor))
		}
		s.docs["/list.md"] = table(append(rows, "K=Fix")...)
		b, _, err = source.Fetch(t.Context(), kept)
		if diff := cmp.Diff([]string{"k fixed"}, toldLines(b)); diff != "" || err != nil {
			t.Errorf("%s: after it was mended: %v %s", name, err, diff)
		}
	}
}

func TestListSourceMayLoseWhatTheEntryAllows(t *testing.T) {
	s, at := serve(t, map[string]string{"/list.md": table("A=Fix", "B=Fix", "C=Fix", "D=Fix", "E=Fix")})
	source := listSource(t, feeds.Entry{URL: at + "/list.md", Mapping: map[string]string{"max_loss": "1", "hold": "0s"}})
	_, cursor, err := source.Fetch(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	s.docs["/list.md"] = table("A=Fix")
	b, _, err := source.Fetch(t.Context(), cursor)
	if diff := cmp.Diff([]string{"b fixed gone", "c fixed gone", "d fixed gone", "e fixed gone"}, toldLines(b)); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

func TestListOfSeveralFiles(t *testing.T) {
	s, at := serve(t, map[string]string{
		"/l/list_a.md": table("A1=Fix", "A2=Fix"), "/l/list_b.md": table("B1=Fix"), "/l/list_0-9.md": table("7Z=Not vuln"),
	})
	source := listSource(t, feeds.Entry{URL: at + "/l/", Mapping: map[string]string{"files": "list_0-9.md list_{a-c}.md"}})
	b, cursor, err := source.Fetch(t.Context(), nil)
	if err != nil || b.Requests != 4 {
		t.Fatal(err, b.Requests)
	}
	if diff := cmp.Diff([]string{"7z not_affected", "a1 fixed", "a2 fixed", "b1 fixed"}, toldLines(b)); diff != "" {
		t.Error(diff)
	}
	// A product that moves to another file is neither gone nor new; a file that
	// breaks is told and kept, and the others go on.
	s.docs["/l/list_a.md"] = table("A1=Fix")
	s.docs["/l/list_b.md"] = table("B1=Vulnerable", "A2=Fix")
	s.docs["/l/list_0-9.md"] = " "
	b, _, err = source.Fetch(t.Context(), cursor)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"b1 affected"}, toldLines(b)); diff != "" {
		t.Error(diff)
	}
	if len(b.Warnings) != 1 || !strings.Contains(b.Warnings[0], "list_0-9.md") {
		t.Errorf("warnings: %v", b.Warnings)
	}
}

func TestFolderOnGitHub(t *testing.T) {
	s, at := serve(t, map[string]string{"/raw/a.md": table("A=Fix"), "/raw/b.md": table("B=Fix")})
	folder := func(shaOfA string) string {
		j, err := json.Marshal([]map[string]string{
			{"name": "a.md", "type": "file", "sha": shaOfA, "download_url": at + "/raw/a.md"},
			{"name": "b.md", "type": "file", "sha": "b1", "download_url": at + "/raw/b.md"},
			{"name": "logo.png", "type": "file", "sha": "c1", "download_url": at + "/raw/logo.png"},
			{"name": "old.md", "type": "dir", "sha": "d1"},
		})
		if err != nil {
			t.Fatal(err)
		}
		return string(j)
	}
	s.docs["/repos/agency/lists/contents/software"] = folder("a1")
	source := listSource(t, feeds.Entry{URL: at + "/repos/agency/lists/contents/software"})
	b, cursor, err := source.Fetch(t.Context(), nil)
	if diff := cmp.Diff([]string{"a fixed", "b fixed"}, toldLines(b)); diff != "" || err != nil || b.Requests != 3 {
		t.Fatal(err, b.Requests, diff)
	}
	b, cursor, err = source.Fetch(t.Context(), cursor)
	if !errors.Is(err, feeds.ErrUnchanged) || b.Requests != 1 {
		t.Errorf("unchanged folder: %v after %d requests", err, b.Requests)
	}
	s.docs["/raw/a.md"] = table("A=Vulnerable")
	s.docs["/repos/agency/lists/contents/software"] = folder("a2 now")
	b, _, err = source.Fetch(t.Context(), cursor)
	if diff := cmp.Diff([]string{"a affected"}, toldLines(b)); diff != "" || err != nil || b.Requests != 2 {
		t.Errorf("one file of the folder changed: %v, %d requests %s", err, b.Requests, diff)
	}
}

func TestGist(t *testing.T) {
	gist := func(text string) string {
		j, err := json.Marshal(map[string]any{"description": "of today", "files": map[string]any{
			"list.md": map[string]any{"filename": "list.md", "raw_url": "https://gist.example/x/raw/0123456789012345678901234567890123456789/list.md", "content": text},
			"a.png":   map[string]any{"filename": "a.png", "raw_url": "https://gist.example/x/raw/a.png", "content": "x"},
		}})
		if err != nil {
			t.Fatal(err)
		}
		return string(j)
	}
	s, at := serve(t, map[string]string{"/gists/b66db3a0": gist("# A\n##### Akane Ledger : https://akane.example/1\n")})
	source := listSource(t, feeds.Entry{URL: at + "/gists/b66db3a0", Headers: map[string]string{"Authorization": "Bearer t0ken"}})
	b, cursor, err := source.Fetch(t.Context(), nil)
	if err != nil || len(b.Advisories) != 1 || s.seen[0].Header.Get("Authorization") != "Bearer t0ken" {
		t.Fatal(err, b.Advisories)
	}
	if b, _, err := source.Fetch(t.Context(), cursor); !errors.Is(err, feeds.ErrUnchanged) || b.NotChanged != 1 {
		t.Errorf("unchanged gist: %v %+v", err, b)
	}
	s.docs["/gists/b66db3a0"] = gist("# A\n##### Akane Ledger : https://akane.example/2\n")
	b, _, err = source.Fetch(t.Context(), cursor)
	if err != nil || len(b.Advisories) != 1 || b.Advisories[0].Products[0].Link != "https://akane.example/2" {
		t.Errorf("a moved statement: %v %+v", err, b.Advisories)
	}
}

// A secret in an entry's headers goes to the entry's host and to no other.
func TestHeadersStayWithTheirHost(t *testing.T) {
	other, otherAt := serve(t, map[string]string{"/a.md": table("A=Fix")})
	s, at := serve(t, nil)
	s.docs = map[string]string{"/repos/o/r/contents/": fmt.Sprintf(`[{"name":"a.md","type":"file","sha":"1","download_url":"%s/a.md"}]`, otherAt)}
	source := listSource(t, feeds.Entry{URL: at + "/repos/o/r/contents/", Headers: map[string]string{"Authorization": "Bearer t0ken"}})
	if _, _, err := source.Fetch(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if got := other.seen[0].Header.Get("Authorization"); got != "" {
		t.Errorf("another host was sent %q", got)
	}
}

func TestListSourceStopsWhenTold(t *testing.T) {
	_, at := serve(t, map[string]string{"/list.md": table("A=Fix")})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := listSource(t, feeds.Entry{URL: at + "/list.md"}).Fetch(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestExpandNames(t *testing.T) {
	got, err := expandNames("list_0-9.md list_{a-c}.md x{1,20}.csv")
	if diff := cmp.Diff([]string{"list_0-9.md", "list_a.md", "list_b.md", "list_c.md", "x1.csv", "x20.csv"}, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	for _, bad := range []string{"{z-a}.md", "{abc}.md", "{\u0001-\U0010ffff}.md"} {
		if got, err := expandNames(bad); err == nil {
			t.Errorf("%s gives %d names", bad, len(got))
		}
	}
}
