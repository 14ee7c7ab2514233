package feeds

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// fakeWeb answers requests by address and remembers them.
type fakeWeb struct {
	mu     sync.Mutex
	pages  map[string]func(*http.Request) (*http.Response, error)
	asked  []string
	header []http.Header
}

func newFakeWeb() *fakeWeb {
	return &fakeWeb{pages: map[string]func(*http.Request) (*http.Response, error){}}
}

func (w *fakeWeb) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.asked = append(w.asked, r.URL.String())
	w.header = append(w.header, r.Header.Clone())
	page := w.pages[r.URL.String()]
	if page == nil {
		page = w.pages[strings.SplitN(r.URL.String(), "?", 2)[0]]
	}
	w.mu.Unlock()
	if page == nil {
		return answer(r, http.StatusNotFound, "none"), nil
	}
	return page(r)
}

// serve answers an address with a body and headers "Name: value".
func (w *fakeWeb) serve(address string, status int, body string, headers ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pages[address] = func(r *http.Request) (*http.Response, error) {
		return answer(r, status, body, headers...), nil
	}
}

func (w *fakeWeb) fail(address string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pages[address] = func(*http.Request) (*http.Response, error) { return nil, err }
}

func (w *fakeWeb) requests() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.asked)
}

func answer(r *http.Request, status int, body string, headers ...string) *http.Response {
	resp := &http.Response{
		StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)),
		ContentLength: int64(len(body)), Request: r, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		resp.Header.Set(name, value)
	}
	return resp
}

func testNow() time.Time { return time.Date(2030, 3, 1, 12, 0, 0, 0, time.UTC) }

func (w *fakeWeb) client() *Client {
	return NewClient(Options{
		Transport: w, Now: testNow, HostSpacing: -1, UserAgent: "hansho-test/1",
		Sleep: func(context.Context, time.Duration) error { return nil },
	})
}

func gz(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(s))
	_ = z.Close()
	return b.String()
}

func logTo(b *bytes.Buffer) *slog.Logger {
	return slog.New(slog.NewTextHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func problem(t *testing.T, err error) Problem {
	t.Helper()
	var f *FetchError
	if !errors.As(err, &f) {
		t.Fatalf("error %v is no *FetchError", err)
	}
	return f.Problem
}
