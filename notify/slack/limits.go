package slack

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Rate is how often Slack takes calls of a method from one app in one workspace.
type Rate struct {
	Minute  int  // calls a minute that are promised
	Burst   int  // calls at once; Slack takes some and promises none
	Channel bool // counted for each channel by itself
}

// Slack's tiers, from https://docs.slack.dev/apis/web-api/rate-limits. The lower
// limits of 2025 for conversations.history and .replies are for apps that are
// sold outside of Slack's marketplace; one that a company makes for itself, as
// ours is installed, keeps tier 3.
var (
	tier1 = Rate{Minute: 1, Burst: 3}
	tier2 = Rate{Minute: 20, Burst: 4}
	tier3 = Rate{Minute: 50, Burst: 10}
	tier4 = Rate{Minute: 100, Burst: 20}
)

// rates are the methods that we call. One that is not here has no limit of ours.
var rates = map[string]Rate{
	"apps.connections.open":        tier1,
	"chat.postMessage":             {Minute: 60, Burst: 1, Channel: true},
	"chat.postEphemeral":           tier4,
	"chat.update":                  tier3,
	"conversations.history":        tier3,
	"conversations.list":           tier2,
	"conversations.replies":        tier3,
	"files.completeUploadExternal": tier4,
	"files.getUploadURLExternal":   tier4,
	"users.info":                   tier4,
	"users.lookupByEmail":          tier3,
	"views.open":                   tier4,
	"views.publish":                tier4,
	"views.push":                   tier4,
	"views.update":                 tier4,
}

// RateOf gives how often a method may be called; false where nothing is known.
func RateOf(method string) (Rate, bool) {
	r, ok := rates[method]
	return r, ok
}

// patience is how long a call waits for its turn. A longer wait is told as Slack
// would, so that the delivery goes back to the outbox and others take its place.
const patience = 2 * time.Second

// Limits is a transport that keeps calls of the Web API within Slack's rates,
// whoever makes them with the same token. Other requests pass.
type Limits struct {
	next  http.RoundTripper
	mu    sync.Mutex
	turns map[string]*rate.Limiter // by method and, where so counted, channel
}

// NewLimits makes limits before a transport; http.DefaultTransport where nil.
func NewLimits(next http.RoundTripper) *Limits {
	if next == nil {
		next = http.DefaultTransport
	}
	return &Limits{next: next, turns: map[string]*rate.Limiter{}}
}

// RoundTrip makes a call in its turn, or answers 429 itself where that is too
// far off.
func (l *Limits) RoundTrip(req *http.Request) (*http.Response, error) {
	dir, method := path.Split(req.URL.Path)
	r, ok := RateOf(method)
	if !ok || path.Base(dir) != "api" {
		return l.next.RoundTrip(req)
	}
	if r.Channel {
		channel, err := channelOf(req)
		if err != nil {
			return nil, err
		}
		method += " " + channel
	}
	turn := l.turn(method, r).Reserve()
	wait := turn.Delay()
	if wait > patience {
		turn.Cancel()
		return tooMany(req, wait), nil
	}
	select {
	case <-time.After(wait):
		return l.next.RoundTrip(req)
	case <-req.Context().Done():
		turn.Cancel()
		return nil, req.Context().Err()
	}
}

func (l *Limits) turn(key string, r Rate) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	t, ok := l.turns[key]
	if !ok {
		t = rate.NewLimiter(rate.Every(time.Minute/time.Duration(r.Minute)), r.Burst)
		l.turns[key] = t
	}
	return t
}

// channelOf reads a form's channel and leaves the body as it was.
func channelOf(req *http.Request) (string, error) {
	if req.Body == nil || !strings.HasPrefix(req.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return "", nil
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return "", fmt.Errorf("slack: read the call: %w", err)
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return "", nil // Slack judges it
	}
	return form.Get("channel"), nil
}

// tooMany is Slack's own answer to too many calls.
func tooMany(req *http.Request, wait time.Duration) *http.Response {
	return &http.Response{
		Status: "429 Too Many Requests", StatusCode: http.StatusTooManyRequests,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: req, Body: http.NoBody,
		Header: http.Header{"Retry-After": {fmt.Sprint(int(math.Ceil(wait.Seconds())))}},
	}
}
