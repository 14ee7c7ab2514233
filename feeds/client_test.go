package feeds

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

const feedURL = "https://feeds.example/feed.xml"

func TestGetIsConditional(t *testing.T) {
	w := newFakeWeb()
	w.serve(feedURL, http.StatusOK, "body", `ETag: "1"`, "Last-Modified: Mon, 01 Mar 2030 00:00:00 GMT", "Content-Type: text/xml")
	c := w.client()
	doc, err := c.Get(t.Context(), Request{URL: feedURL})
	if err != nil {
		t.Fatal(err)
	}
	want := &Document{
		URL: feedURL, FinalURL: feedURL, Status: 200, Body: []byte("body"), ContentType: "text/xml",
		Validators: Validators{`"1"`, "Mon, 01 Mar 2030 00:00:00 GMT"}, Fetched: testNow(), Bytes: 4,
	}
	if diff := cmp.Diff(want, doc); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	w.serve(feedURL, http.StatusNotModified, "")
	again, err := c.Get(t.Context(), Request{URL: feedURL, Validators: doc.Validators})
	if err != nil || !again.NotModified || again.Validators != doc.Validators {
		t.Errorf("second get: %+v, %v", again, err)
	}
	sent := w.header[1]
	if sent.Get("If-None-Match") != `"1"` || sent.Get("If-Modified-Since") == "" || sent.Get("User-Agent") != "hansho-test/1" {
		t.Errorf("headers sent: %v", sent)
	}
}

func TestGetDecompresses(t *testing.T) {
	text := strings.Repeat("脆弱性情報 ", 1000)
	tests := map[string]struct {
		body    string
		headers []string
		want    string
	}{
		"by header":          {gz(text), []string{"Content-Encoding: gzip"}, text},
		"by its first bytes": {gz(text), nil, text},
		"several members":    {gz("one ") + gz("two"), nil, "one two"},
		"garbage behind":     {gz("one") + "\x00\x00junk", nil, "one"},
		"twice":              {gz(gz("deep")), []string{"Content-Encoding: gzip"}, "deep"},
		"not at all":         {"plain", []string{"Content-Encoding: gzip"}, "plain"},
	}
	for name, tt := range tests {
		w := newFakeWeb()
		w.serve(feedURL, http.StatusOK, tt.body, tt.headers...)
		doc, err := w.client().Get(t.Context(), Request{URL: feedURL})
		if err != nil || string(doc.Body) != tt.want {
			t.Errorf("%s: got %+v, %v", name, doc, err)
		}
	}
}

func TestGetRefuses(t *testing.T) {
	whole := gz(strings.Repeat("x", 1000))
	bomb := gz(strings.Repeat("\x00", 1<<20))
	tests := map[string]struct {
		status int
		body   string
		header string
		want   Problem
	}{
		"cut gzip":         {200, whole[:len(whole)/2], "Content-Encoding: gzip", ProblemCutShort},
		"bad checksum":     {200, whole[:len(whole)-6] + "xxxxxx", "Content-Encoding: gzip", ProblemCompressed},
		"zip bomb":         {200, bomb, "Content-Encoding: gzip", ProblemTooLarge},
		"larger than said": {200, strings.Repeat("x", 100_001), "", ProblemTooLarge},
		"not found":        {404, "no", "", ProblemStatus},
		"server error":     {500, "no", "", ProblemStatus},
		"unavailable":      {503, "no", "", ProblemStatus},
	}
	for name, tt := range tests {
		w := newFakeWeb()
		w.serve(feedURL, tt.status, tt.body, tt.header)
		_, err := w.client().Get(t.Context(), Request{URL: feedURL, MaxBytes: 100_000})
		if got := problem(t, err); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestGetNamesNetworkProblems(t *testing.T) {
	tests := map[Problem]error{
		ProblemDNS:         &net.DNSError{Err: "no such host", Name: "feeds.example", IsNotFound: true},
		ProblemCertificate: x509.UnknownAuthorityError{},
		ProblemConnection:  errors.New("connection refused"),
		ProblemTimeout:     context.DeadlineExceeded,
		ProblemCutShort:    io.ErrUnexpectedEOF,
	}
	for want, cause := range tests {
		w := newFakeWeb()
		w.fail(feedURL, cause)
		_, err := w.client().Get(t.Context(), Request{URL: feedURL})
		if got := problem(t, err); got != want {
			t.Errorf("%v: %q, want %q", cause, got, want)
		}
		if !errors.Is(err, cause) && want != ProblemDNS {
			t.Errorf("%v does not wrap its cause", err)
		}
	}
	if _, err := newFakeWeb().client().Get(t.Context(), Request{URL: "file:///etc/passwd"}); problem(t, err) != ProblemAddress {
		t.Errorf("file address: %v", err)
	}
}

func TestGetHonoursRetryAfter(t *testing.T) {
	tests := []struct {
		status int
		header string
		want   time.Duration
	}{
		{429, "Retry-After: 120", 2 * time.Minute},
		{429, "X: y", 0},
		{503, "Retry-After: Fri, 01 Mar 2030 12:30:00 GMT", 30 * time.Minute},
		{503, "Retry-After: Fri, 01 Mar 2030 11:30:00 GMT", 0},
		{429, "Retry-After: 99999999999999", 24 * time.Hour},
		{429, "Retry-After: -5", 0},
	}
	for _, tt := range tests {
		w := newFakeWeb()
		w.serve(feedURL, tt.status, "later", tt.header)
		_, err := w.client().Get(t.Context(), Request{URL: feedURL})
		var later *RetryLater
		if !errors.As(err, &later) || later.After != tt.want {
			t.Errorf("%d %s: %v, want %v", tt.status, tt.header, err, tt.want)
		}
	}
}

func TestRedirects(t *testing.T) {
	w := newFakeWeb()
	w.serve(feedURL, 301, "", "Location: https://feeds.example/two")
	w.serve("https://feeds.example/two", 308, "", "Location: https://other.example/three")
	w.serve("https://other.example/three", 302, "", "Location: https://other.example/four")
	w.serve("https://other.example/four", 200, "there")
	doc, err := w.client().Get(t.Context(), Request{URL: feedURL, Headers: map[string]string{"X-Api-Key": "s3cret"}})
	if err != nil {
		t.Fatal(err)
	}
	if doc.FinalURL != "https://other.example/four" || doc.Moved != "https://other.example/three" {
		t.Errorf("final %s, moved %s", doc.FinalURL, doc.Moved)
	}
	if w.header[1].Get("X-Api-Key") != "s3cret" || w.header[2].Get("X-Api-Key") != "" || w.header[3].Get("X-Api-Key") != "" {
		t.Error("a header of the entry went to another host, or not to its own")
	}
	if w.header[2].Get("User-Agent") != "hansho-test/1" {
		t.Error("no User-Agent after a redirect to another host")
	}
}

func TestRedirectsRefused(t *testing.T) {
	tests := map[string]string{
		"loop":        feedURL,
		"to http":     "http://feeds.example/feed.xml",
		"other place": "ftp://feeds.example/feed.xml",
	}
	for name, to := range tests {
		w := newFakeWeb()
		w.serve(feedURL, 302, "", "Location: "+to)
		_, err := w.client().Get(t.Context(), Request{URL: feedURL})
		if got := problem(t, err); got != ProblemRedirect {
			t.Errorf("%s: %v", name, err)
		}
		if w.requests() > DefaultRedirects+1 {
			t.Errorf("%s: %d requests", name, w.requests())
		}
	}
}

// No way of failing writes a secret of an address or a header anywhere.
func TestNoSecretInErrorsOrLogs(t *testing.T) {
	address := "https://user:s3cret@feeds.example/feed.xml?apikey=s3cret#s3cret"
	for _, fail := range []func(w *fakeWeb){
		func(w *fakeWeb) { w.fail(address, errors.New("dial https://user:s3cret@proxy.example/?k=s3cret")) },
		func(w *fakeWeb) { w.serve(address, 500, "s3cret") },
		func(w *fakeWeb) { w.serve(address, 429, "") },
		func(w *fakeWeb) { w.serve(address, 200, strings.Repeat("x", 100)) },
		func(w *fakeWeb) { w.serve(address, 200, "fine") },
		func(w *fakeWeb) { w.serve(address, 302, "", "Location: ftp://x/?s3cret") },
		func(w *fakeWeb) { w.serve(address, 302, "", "Location: https://h/%zz?s3cret") },
	} {
		w := newFakeWeb()
		fail(w)
		var log bytes.Buffer
		c := NewClient(Options{Transport: w, MaxBytes: 50, HostSpacing: -1, Log: logTo(&log)})
		_, err := c.Get(t.Context(), Request{URL: address, Headers: map[string]string{"Authorization": "s3cret"}})
		if err != nil && strings.Contains(err.Error(), "s3cret") || strings.Contains(log.String(), "s3cret") {
			t.Errorf("secret in %q or %q", err, log.String())
		}
	}
	if _, err := newFakeWeb().client().Get(t.Context(), Request{URL: "https://u:s3cret@h/%zz?s3cret"}); strings.Contains(err.Error(), "s3cret") {
		t.Errorf("secret in %q", err)
	}
}

// endless is a body that gives a byte a second and never ends.
type endless struct{ ctx context.Context }

func (e endless) Read(p []byte) (int, error) {
	select {
	case <-e.ctx.Done():
		return 0, e.ctx.Err()
	case <-time.After(time.Second):
		p[0] = 'x'
		return 1, nil
	}
}

func (endless) Close() error { return nil }

func TestEndlessBodyEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newFakeWeb()
		w.pages[feedURL] = func(r *http.Request) (*http.Response, error) {
			resp := answer(r, 200, "")
			resp.Body, resp.ContentLength = endless{r.Context()}, -1
			return resp, nil
		}
		start := time.Now()
		_, err := NewClient(Options{Transport: w, Timeout: time.Minute}).Get(t.Context(), Request{URL: feedURL})
		if got := problem(t, err); got != ProblemTimeout {
			t.Errorf("%v", err)
		}
		if took := time.Since(start); took != time.Minute {
			t.Errorf("took %v", took)
		}
	})
}

func TestPoliteness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy, most := 0, 0
		w := newFakeWeb()
		var starts []time.Duration
		begin := time.Now()
		w.pages[feedURL] = func(r *http.Request) (*http.Response, error) {
			w.mu.Lock()
			busy++
			most = max(most, busy)
			starts = append(starts, time.Since(begin))
			w.mu.Unlock()
			time.Sleep(10 * time.Second)
			w.mu.Lock()
			busy--
			w.mu.Unlock()
			return answer(r, 200, "x"), nil
		}
		c := NewClient(Options{Transport: w, PerHost: 2, HostSpacing: time.Second})
		done := make(chan error)
		for range 4 {
			go func() {
				_, err := c.Get(t.Context(), Request{URL: feedURL})
				done <- err
			}()
		}
		for range 4 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		want := []time.Duration{0, time.Second, 10 * time.Second, 11 * time.Second}
		if diff := cmp.Diff(want, starts); diff != "" || most != 2 {
			t.Errorf("%d at a time; starts (-want +got)\n%s", most, diff)
		}
	})
}

func TestCancelledGetSaysSo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := newFakeWeb().client().Get(ctx, Request{URL: feedURL})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestBackoff(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	tests := []struct {
		failures  int
		low, high time.Duration
	}{
		{0, 0, 0},
		{1, 30 * time.Second, time.Minute},
		{2, time.Minute, 2 * time.Minute},
		{5, 8 * time.Minute, 16 * time.Minute},
		{12, 30 * time.Minute, time.Hour},
		{1000, 30 * time.Minute, time.Hour},
	}
	for _, tt := range tests {
		seen := map[time.Duration]bool{}
		for range 200 {
			d := Backoff(tt.failures, time.Minute, time.Hour, r)
			seen[d] = true
			if d < tt.low || d > tt.high {
				t.Fatalf("Backoff(%d) = %v, want %v to %v", tt.failures, d, tt.low, tt.high)
			}
		}
		if tt.failures > 0 && len(seen) < 100 {
			t.Errorf("Backoff(%d): %d different waits of 200", tt.failures, len(seen))
		}
	}
}
