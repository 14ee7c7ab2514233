package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"hansho/internal/e2e"
)

// source is an invented publisher.
type source struct {
	n      int
	id     string
	format string
	ext    string
}

// invent makes sources of several formats in turn.
func invent(n int) []source {
	kinds := []source{{format: "rss", ext: "rss"}, {format: "rss", ext: "atom"}, {format: "jvn", ext: "rdf"}, {format: "kev", ext: "json"}, {format: "product-list", ext: "md"}}
	var out []source
	for i := range n {
		s := kinds[i%len(kinds)]
		s.n, s.id = i, fmt.Sprintf("many-%03d", i)
		out = append(out, s)
	}
	return out
}

func (s source) url() string { return fmt.Sprintf("https://s%03d.example/feed.%s", s.n, s.ext) }

// version is the state that the source is in after the second pass.
func (s source) version() int {
	if s.n%2 == 1 && s.n%8 < 4 {
		return 1
	}
	return 0
}

// well has the source serve one state of its document.
func (s source) well(w *e2e.Web, version int) { w.Put(s.url(), s.document(version)) }

// second leaves every other source as it was; of the rest, half has something
// new and half is broken.
func (s source) second(w *e2e.Web, slow time.Duration) {
	switch {
	case s.n%2 == 0:
		s.well(w, 0)
	case s.n%8 < 4:
		s.well(w, s.version())
	default:
		w.Handle(s.url(), s.broken(slow))
	}
}

// broken is one of the ways in which a source fails.
func (s source) broken(slow time.Duration) http.Handler {
	ways := []http.HandlerFunc{serverError, webPage, s.truncated, s.cut, drips(slow), endless, s.around, s.badCharset, tooBusy}
	return ways[s.n/8%len(ways)]
}

func serverError(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, "oops", http.StatusInternalServerError)
}

func tooBusy(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Retry-After", "600")
	w.WriteHeader(http.StatusTooManyRequests)
}

func webPage(w http.ResponseWriter, _ *http.Request) {
	_, _ = w.Write([]byte("<!DOCTYPE html><html><head><title>Welcome</title></head><body>Hello</body></html>"))
}

func (s source) truncated(w http.ResponseWriter, _ *http.Request) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(bytes.Repeat(s.document(1), 20))
	_ = z.Close()
	w.Header().Set("Content-Encoding", "gzip")
	_, _ = w.Write(b.Bytes()[:b.Len()/2])
}

func (s source) cut(w http.ResponseWriter, _ *http.Request) {
	doc := s.document(1)
	w.Header().Set("Content-Length", fmt.Sprint(len(doc)))
	_, _ = w.Write(doc[:len(doc)/2])
}

// drips sends a byte now and then for longer than anybody waits.
func drips(slow time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for range 40 {
			if _, err := w.Write([]byte(" ")); err != nil {
				return
			}
			_ = http.NewResponseController(w).Flush()
			select {
			case <-r.Context().Done():
				return
			case <-time.After(slow / 4):
			}
		}
	}
}

func endless(w http.ResponseWriter, r *http.Request) {
	chunk := []byte(strings.Repeat("<item><title>x</title></item>", 1000))
	for r.Context().Err() == nil {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

func (s source) around(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, s.url(), http.StatusFound)
}

func (s source) badCharset(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/xml; charset=x-martian")
	_, _ = w.Write([]byte("\xff\xfe\x00<\x80\x81rss\x00"))
}

// items is how long a document is.
const items = 30

// document is a state of the source's document: another version has one more
// entry, and one of another title.
func (s source) document(version int) []byte {
	var b strings.Builder
	entry := func(i int) (id, title, cve string) {
		title = fmt.Sprintf("Example product %d of maker %d has a vulnerability", i, s.n)
		if i == 0 {
			title += strings.Repeat(" again", version)
		}
		return fmt.Sprintf("%d-%d", s.n, i), title, fmt.Sprintf("CVE-2026-%d", 10000+s.n*100+i)
	}
	const day = "2026-11-01T09:00:00+09:00"
	switch s.ext {
	case "rss":
		b.WriteString(`<?xml version="1.0"?><rss version="2.0"><channel><title>t</title><link>https://x.example/</link><description>d</description>`)
		for i := range items + version {
			id, title, cve := entry(i)
			fmt.Fprintf(&b, `<item><title>%s (%s)</title><link>https://s%03d.example/%s</link><guid>%s</guid><pubDate>Sun, 01 Nov 2026 09:00:00 +0900</pubDate></item>`, title, cve, s.n, id, id)
		}
		b.WriteString(`</channel></rss>`)
	case "atom":
		b.WriteString(`<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><id>urn:x</id><updated>` + day + `</updated>`)
		for i := range items + version {
			id, title, cve := entry(i)
			fmt.Fprintf(&b, `<entry><title>%s</title><id>urn:%s</id><link href="https://s%03d.example/%s"/><updated>%s</updated><summary>%s</summary></entry>`, title, id, s.n, id, day, cve)
		}
		b.WriteString(`</feed>`)
	case "rdf":
		b.WriteString(`<?xml version="1.0"?><rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sec="http://jvn.jp/rss/mod_sec/3.0/" xml:lang="ja"><channel rdf:about="x"><title>t</title><link>https://x.example/</link><description>d</description></channel>`)
		for i := range items + version {
			_, title, cve := entry(i)
			fmt.Fprintf(&b, `<item rdf:about="https://jvn.jp/jp/JVN%04d%04d/"><title>%s</title><link>https://jvn.jp/jp/JVN%04d%04d/</link><sec:references id="%s">https://x.example/</sec:references><dc:date>%s</dc:date></item>`, s.n, i, title, s.n, i, cve, day)
		}
		b.WriteString(`</rdf:RDF>`)
	case "json":
		type one struct {
			CVE      string `json:"cveID"`
			Vendor   string `json:"vendorProject"`
			Product  string `json:"product"`
			Name     string `json:"vulnerabilityName"`
			Added    string `json:"dateAdded"`
			Text     string `json:"shortDescription"`
			Required string `json:"requiredAction"`
			Due      string `json:"dueDate"`
		}
		var all []one
		for i := range items + version {
			_, title, cve := entry(i)
			all = append(all, one{cve, "Example", title, title, "2026-11-01", title, "Update", "2026-11-20"})
		}
		raw, err := json.Marshal(map[string]any{"title": "t", "catalogVersion": "1", "dateReleased": "2026-11-01T00:00:00Z", "count": len(all), "vulnerabilities": all})
		if err != nil {
			panic(err) // strings only
		}
		return raw
	case "md":
		b.WriteString("| Supplier | Product | Version | Status CVE-2026-1000 | Notes | Links |\n|---|---|---|---|---|---|\n")
		for i := range items + version {
			_, title, _ := entry(i)
			fmt.Fprintf(&b, "| Maker %d | %s | 1.%d | Vulnerable | | |\n", s.n, title, i)
		}
	}
	return []byte(b.String())
}
