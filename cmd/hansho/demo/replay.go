// Package demo holds the first week of Log4Shell, 10 to 17 December 2021, as the
// sources served it day by day, written by us and true to the facts; a sample
// company; and the web server that replays the one to the other over loopback.
package demo

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

//go:embed replay inventory.yaml config.yaml
var files embed.FS

// JST is the time zone that the replay is told in.
var JST = time.FixedZone("JST", 9*60*60)

// Files gives what is embedded: replay/MMDDTHHMM/HOST/PATH, and the company's.
func Files() fs.FS { return files }

// Inventory gives the sample company's 台帳.
func Inventory() []byte { return mustRead("inventory.yaml") }

// Config gives the demo's configuration: {{.Slack}}, {{.Mail}} and {{.Token}}
// stand for the local servers and the token's file.
func Config() []byte { return mustRead("config.yaml") }

func mustRead(name string) []byte {
	b, err := files.ReadFile(name)
	if err != nil {
		panic(err) // embedded above
	}
	return b
}

// Replay serves the documents as they stood at a time. Its files are
// replay/MMDDTHHMM/HOST/PATH, the time in Tokyo; a file stays until a later one
// of the same name.
type Replay struct {
	steps []string
	mu    sync.Mutex
	now   int // index in steps
}

// NewReplay makes a replay that stands at its first step.
func NewReplay() (*Replay, error) {
	entries, err := fs.ReadDir(files, "replay")
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	r := &Replay{}
	for _, e := range entries {
		r.steps = append(r.steps, e.Name())
	}
	slices.Sort(r.steps)
	return r, nil
}

// Steps gives the times at which something changes.
func (r *Replay) Steps() []time.Time {
	out := make([]time.Time, len(r.steps))
	for i, s := range r.steps {
		t, err := time.ParseInLocation("20060102T1504", "2021"+s, JST)
		if err != nil {
			panic(err) // the names are embedded and tested
		}
		out[i] = t
	}
	return out
}

// Go moves the replay to a step.
func (r *Replay) Go(step int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = step
}

// Find gives the document at an address as it stands now.
func (r *Replay) Find(address string) ([]byte, bool) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := r.now; i >= 0; i-- {
		if b, err := files.ReadFile(path.Join("replay", r.steps[i], u.Host, u.Path)); err == nil {
			return b, true
		}
	}
	return nil, false
}

// ServeHTTP answers /HOST/PATH with the document of that address, with an ETag.
func (r *Replay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	host, rest, _ := strings.Cut(strings.TrimPrefix(req.URL.Path, "/"), "/")
	body, ok := r.Find("https://" + host + "/" + rest)
	if !ok {
		http.NotFound(w, req)
		return
	}
	sum := sha256.Sum256(body)
	etag := `"` + hex.EncodeToString(sum[:8]) + `"`
	w.Header().Set("ETag", etag)
	if req.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", contentType(rest))
	_, _ = w.Write(body)
}

func contentType(name string) string {
	switch path.Ext(name) {
	case ".rdf", ".xml":
		return "application/xml"
	case ".json":
		return "application/json"
	case ".html":
		return "text/html; charset=utf-8"
	}
	return "text/plain; charset=utf-8"
}

// Transport sends every request to a replay at base, whatever its host: the
// addresses stay those of the real sources, and nothing leaves the machine.
type Transport struct {
	Base string // http://127.0.0.1:port
	Next http.RoundTripper
}

// RoundTrip serves an HTTP request from the replay.
func (t Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	base, err := url.Parse(t.Base)
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	local := req.Clone(req.Context())
	local.URL.Scheme, local.URL.Host = base.Scheme, base.Host
	local.URL.Path = "/" + req.URL.Host + req.URL.Path
	local.URL.RawPath, local.URL.RawQuery, local.Host = "", "", base.Host
	return t.Next.RoundTrip(local)
}
