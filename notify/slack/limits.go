package slack

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"path"
	"strconv"
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
// whoever makes them with the same token; once Slack asks to wait, all do. Other
// requests pass.
type Limits struct {
	next  http.RoundTripper
	mu    sync.Mutex
	turns map[string]*rate.Limiter // by method and, where so counted, channel
	held  map[string]time.Time     // until when Slack wants none
}

// NewLimits makes limits before a transport; http.DefaultTransport where nil.
func NewLimits(next http.RoundTripper) *Limits {
	if next == nil {
		next = http.DefaultTransport
	}
	return &Limits{next: next, turns: map[string]*rate.Limiter{}, held: map[string]time.Time{}}
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
	wait := max(turn.Delay(), l.heldFor(method))
	if wait > patience {
		turn.Cancel()
		return tooMany(req, wait), nil
	}
	select {
	case <-time.After(wait):
		return l.call(req, method)
	case <-req.Context().Done():
		turn.Cancel()
		return nil, req.Context().Err()
	}
}

// call makes a call, and notes that Slack wants no more of them for a while.
func (l *Limits) call(req *http.Request, key string) (*http.Response, error) {
	res, err := l.next.RoundTrip(req)
	if err != nil || res.StatusCode != http.StatusTooManyRequests {
		return res, err
	}
	if s, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && s > 0 {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.held[key] = time.Now().Add(time.Duration(min(s, maxHold)) * time.Second)
	}
	return res, nil
}

// maxHold bounds, in seconds, what one answer can hold up.
const maxHold = 15 * 60

func (l *Limits) heldFor(key string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	until, ok := l.held[key]
	if !ok {
		return 0
	}
	left := time.Until(until)
	if left <= 0 {
		delete(l.held, key)
	}
	return max(left, 0)
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
