package feeds

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
)

// The limits that an Options leaves at zero.
const (
	DefaultTimeout     = 90 * time.Second // for one document, redirects and body together
	DefaultMaxBytes    = 64 << 20
	DefaultRedirects   = 5
	DefaultPerHost     = 2
	DefaultHostSpacing = 300 * time.Millisecond
	maxRetryAfter      = 24 * time.Hour
)

// Options set up a Client. The zero value is usable.
type Options struct {
	UserAgent   string            // honest: name, version, address of the project
	Timeout     time.Duration     // for one document as a whole; so an endless body ends
	MaxBytes    int64             // of a body, after decompression
	Redirects   int               // followed at most
	PerHost     int               // requests to one host at a time
	HostSpacing time.Duration     // between the starts of two requests to one host; negative is none
	Headers     map[string]string // sent with every request
	Transport   http.RoundTripper // nil is a transport with the proxy of the environment
	Now         func() time.Time  // nil is time.Now
	Sleep       func(context.Context, time.Duration) error
	Log         *slog.Logger // nil logs nothing
}

// Client is the one HTTP client for all sources: polite, conditional, bounded.
// It is safe for concurrent use.
type Client struct {
	http  *http.Client
	opt   Options
	hosts *hostGate
}

// Request is one document to get.
type Request struct {
	URL        string
	Validators Validators        // of the last good state; zero asks unconditionally
	MaxBytes   int64             // 0 is the client's limit
	Headers    map[string]string // go to the host of URL only; may hold secrets
	Accept     string
}

// Validators are what a server gave to tell a document's states apart.
type Validators struct {
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
}

// Document is what a server answered.
type Document struct {
	URL         string // as asked
	FinalURL    string // after redirects
	Moved       string // where permanent redirects (301, 308) alone lead; empty where there were none
	Status      int
	NotModified bool // the server says that nothing changed; Body is empty
	Body        []byte
	ContentType string
	Validators  Validators
	Fetched     time.Time
	Bytes       int64 // received, before decompression
}

// NewClient makes a client.
func NewClient(o Options) *Client {
	o = o.withDefaults()
	c := &Client{opt: o, hosts: newHostGate(o.PerHost, o.HostSpacing, o.Now, o.Sleep)}
	c.http = &http.Client{Transport: o.Transport, CheckRedirect: checkRedirect(o.Redirects)}
	return c
}

func (o Options) withDefaults() Options {
	def := func(v *time.Duration, d time.Duration) {
		if *v == 0 {
			*v = d
		}
	}
	def(&o.Timeout, DefaultTimeout)
	def(&o.HostSpacing, DefaultHostSpacing)
	if o.UserAgent == "" {
		o.UserAgent = "hansho"
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	if o.Redirects == 0 {
		o.Redirects = DefaultRedirects
	}
	if o.PerHost == 0 {
		o.PerHost = DefaultPerHost
	}
	if o.Transport == nil {
		o.Transport = newTransport(o.PerHost)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// newTransport leaves decompression to the client, which bounds it.
func newTransport(perHost int) *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: 15 * time.Second}).DialContext,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true,
		MaxConnsPerHost:        perHost,
		MaxIdleConnsPerHost:    1,
		MaxIdleConns:           64,
		IdleConnTimeout:        30 * time.Second,
		TLSHandshakeTimeout:    15 * time.Second,
		ResponseHeaderTimeout:  60 * time.Second,
		MaxResponseHeaderBytes: 256 << 10,
	}
}

// sleep waits d, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// Get fetches one document. Its errors are *FetchError and *RetryLater, or the
// context's own.
func (c *Client) Get(ctx context.Context, r Request) (*Document, error) {
	req, err := c.newRequest(ctx, r)
	if err != nil {
		return nil, &FetchError{URL: Redact(r.URL), Problem: ProblemAddress, Err: cause(err)}
	}
	release, err := c.hosts.enter(ctx, req.URL.Host)
	if err != nil {
		return nil, failed(ctx, req.URL, err)
	}
	defer release()
	// The time for the document starts when its turn has come.
	bounded, cancel := context.WithTimeout(ctx, c.opt.Timeout)
	defer cancel()
	resp, err := c.http.Do(req.WithContext(bounded))
	if err != nil {
		return nil, failed(ctx, req.URL, cause(err))
	}
	defer func() { _ = resp.Body.Close() }()
	doc, err := c.document(r, resp)
	if err != nil {
		return nil, failed(ctx, req.URL, err)
	}
	c.opt.Log.LogAttrs(ctx, slog.LevelDebug, "fetched", slog.String("url", redactURL(req.URL)),
		slog.Int("status", doc.Status), slog.Int64("bytes", doc.Bytes))
	return doc, nil
}

func (c *Client) newRequest(ctx context.Context, r Request) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL, nil)
	if err != nil {
		return nil, err
	}
	if (req.URL.Scheme != "http" && req.URL.Scheme != "https") || req.URL.Host == "" {
		return nil, errors.New("want an http or https address")
	}
	for _, headers := range []map[string]string{c.opt.Headers, r.Headers} {
		for k, v := range headers {
			req.Header.Set(k, v)
		}
	}
	set := func(name, value string) {
		if value != "" && req.Header.Get(name) == "" {
			req.Header.Set(name, value)
		}
	}
	set("User-Agent", c.opt.UserAgent)
	set("Accept", r.Accept)
	set("Accept", "*/*")
	set("Accept-Encoding", "gzip")
	set("If-None-Match", r.Validators.ETag)
	set("If-Modified-Since", r.Validators.LastModified)
	return req, nil
}

// checkRedirect follows up to limit redirects, never from https to http, and
// sends a request's own headers, which may hold secrets, to no other host.
func checkRedirect(limit int) func(*http.Request, []*http.Request) error {
	return func(req *http.Request, via []*http.Request) error {
		first := via[0]
		switch {
		case len(via) > limit:
			return fmt.Errorf("%w: more than %d", errRedirects, limit)
		case req.URL.Scheme != "http" && req.URL.Scheme != "https":
			return fmt.Errorf("%w: to %.20q", errRedirects, req.URL.Scheme)
		case via[len(via)-1].URL.Scheme == "https" && req.URL.Scheme == "http":
			return fmt.Errorf("%w: from https to http", errRedirects)
		}
		if req.URL.Host != first.URL.Host {
			kept := http.Header{}
			for _, name := range []string{"User-Agent", "Accept", "Accept-Encoding", "If-None-Match", "If-Modified-Since"} {
				if v := first.Header.Get(name); v != "" {
					kept.Set(name, v)
				}
			}
			req.Header = kept
		}
		return nil
	}
}

// document reads a response that has come.
func (c *Client) document(r Request, resp *http.Response) (*Document, error) {
	doc := &Document{
		URL: r.URL, FinalURL: resp.Request.URL.String(), Moved: movedTo(resp), Status: resp.StatusCode,
		ContentType: resp.Header.Get("Content-Type"), Fetched: c.opt.Now(),
		Validators: Validators{ETag: resp.Header.Get("ETag"), LastModified: resp.Header.Get("Last-Modified")},
	}
	switch {
	case resp.StatusCode == http.StatusNotModified:
		doc.NotModified = true
		if doc.Validators == (Validators{}) {
			doc.Validators = r.Validators
		}
		return doc, nil
	case resp.StatusCode == http.StatusTooManyRequests,
		resp.StatusCode == http.StatusServiceUnavailable && resp.Header.Get("Retry-After") != "":
		return nil, &RetryLater{
			URL: redactURL(resp.Request.URL), Status: resp.StatusCode,
			After: retryAfter(resp.Header.Get("Retry-After"), doc.Fetched),
		}
	case resp.StatusCode != http.StatusOK:
		return nil, &FetchError{URL: redactURL(resp.Request.URL), Problem: ProblemStatus, Status: resp.StatusCode}
	}
	limit := r.MaxBytes
	if limit <= 0 {
		limit = c.opt.MaxBytes
	}
	if resp.ContentLength > limit {
		return nil, errTooLarge
	}
	counted := &countingReader{r: resp.Body}
	body, err := readBody(counted, strings.Contains(resp.Header.Get("Content-Encoding"), "gzip"), limit)
	doc.Body, doc.Bytes = body, counted.n
	return doc, err
}

// failed names an error of the way; RetryLater and FetchError pass.
func failed(parent context.Context, u *url.URL, err error) error {
	var (
		later *RetryLater
		fetch *FetchError
	)
	switch {
	case parent.Err() != nil:
		return fmt.Errorf("get %s: %w", redactURL(u), parent.Err())
	case errors.As(err, &later), errors.As(err, &fetch):
		return err
	}
	return &FetchError{URL: redactURL(u), Problem: problemOf(err), Err: err}
}

// readBody reads a body of at most limit bytes, decompressed where it is gzip
// by header or by its first bytes (.gz files). Truncated gzip is an error.
func readBody(r io.Reader, gzipped bool, limit int64) ([]byte, error) {
	body, err := readLimited(r, limit)
	if err != nil {
		return nil, err
	}
	for depth := 0; isGzip(body) && depth < 2; depth++ {
		if body, err = gunzip(body, limit); err != nil {
			return nil, err
		}
		gzipped = false
	}
	if gzipped && len(body) > 0 && looksBinary(body) {
		return nil, gzip.ErrHeader
	}
	return body, nil
}

func isGzip(b []byte) bool { return len(b) > 2 && b[0] == 0x1f && b[1] == 0x8b && b[2] == 8 }

func looksBinary(b []byte) bool { return bytes.IndexByte(b[:min(len(b), 64)], 0) >= 0 }

// gunzip decompresses the members of a gzip file. What follows the last member
// and is no gzip is ignored, as gzip itself does.
func gunzip(b []byte, limit int64) ([]byte, error) {
	src := bytes.NewReader(b)
	z, err := gzip.NewReader(src)
	if err != nil {
		return nil, err
	}
	defer func() { _ = z.Close() }()
	var out bytes.Buffer
	for {
		z.Multistream(false)
		part, err := readLimited(z, limit-int64(out.Len()))
		if err != nil {
			return nil, err
		}
		out.Write(part)
		if !isGzip(b[len(b)-src.Len():]) {
			return out.Bytes(), nil
		}
		if err := z.Reset(src); err != nil {
			return nil, err
		}
	}
}

// readLimited reads all of r, or fails where it holds more than limit bytes.
func readLimited(r io.Reader, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > limit {
		return nil, errTooLarge
	}
	return b, nil
}

type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// movedTo follows the permanent redirects from the first request on, up to the
// first temporary one.
func movedTo(resp *http.Response) string {
	var chain []*http.Request
	for req := resp.Request; req != nil; {
		chain = append(chain, req)
		if req.Response == nil {
			break
		}
		req = req.Response.Request
	}
	moved := ""
	for i := len(chain) - 2; i >= 0; i-- {
		status := chain[i].Response.StatusCode
		if status != http.StatusMovedPermanently && status != http.StatusPermanentRedirect {
			break
		}
		moved = chain[i].URL.String()
	}
	return moved
}

// retryAfter reads the header's seconds or date, 0 where there is none.
func retryAfter(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	if s, err := strconv.ParseInt(header, 10, 64); err == nil {
		return min(max(time.Duration(min(s, int64(maxRetryAfter/time.Second)))*time.Second, 0), maxRetryAfter)
	}
	if t, err := http.ParseTime(header); err == nil {
		return min(max(t.Sub(now), 0), maxRetryAfter)
	}
	return 0
}
