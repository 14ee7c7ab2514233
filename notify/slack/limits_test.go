package slack_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"hansho/notify/slack"
	"hansho/notify/slack/slacktest"
)

// inside hands requests to a server without a network, so that synthetic time
// runs.
type inside struct {
	server  http.Handler
	mu      sync.Mutex
	refused int
}

func (i *inside) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	i.server.ServeHTTP(w, r)
	if w.Code == http.StatusTooManyRequests {
		i.mu.Lock()
		i.refused++
		i.mu.Unlock()
	}
	return w.Result(), nil
}

func TestNoMethodIsCalledFasterThanSlackTakes(t *testing.T) {
	calls := map[string]url.Values{
		"chat.postMessage":      {"channel": {"C000000001"}, "text": {"x"}},
		"chat.update":           {"channel": {"C000000001"}, "ts": {"1.0"}, "text": {"x"}},
		"conversations.history": {"channel": {"C000000001"}},
		"conversations.list":    {},
		"users.info":            {"user": {"U012345678"}},
	}
	for method, form := range calls {
		t.Run(method, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				in := &inside{server: slacktest.New(slacktest.Options{
					Token: token, Limits: true, Now: time.Now, Channels: []slacktest.Channel{{ID: "C000000001", Name: "security", Member: true}},
				})}
				client := &http.Client{Transport: slack.NewLimits(in)}
				var group sync.WaitGroup
				start := time.Now()
				for range 4 {
					group.Go(func() {
						for range 60 {
							call(t, client, method, form)
						}
					})
				}
				group.Wait()
				r, _ := slack.RateOf(method)
				if in.refused > 0 {
					t.Errorf("Slack refused %d of 240 calls", in.refused)
				}
				if least := time.Duration(240-r.Burst) * time.Minute / time.Duration(r.Minute); time.Since(start) > least+time.Minute {
					t.Errorf("240 calls took %v, and %v would have done", time.Since(start), least)
				}
			})
		})
	}
}

// call makes a call until it is taken, waiting as it is told.
func call(t *testing.T, client *http.Client, method string, form url.Values) {
	t.Helper()
	for {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://slack.test/api/"+method, strings.NewReader(form.Encode()))
		if err != nil {
			t.Error(err)
			return
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Authorization", "Bearer "+token)
		resp, err := client.Do(req)
		if err != nil {
			t.Error(err)
			return
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusTooManyRequests {
			return
		}
		seconds, err := strconv.Atoi(resp.Header.Get("Retry-After"))
		if err != nil || seconds < 1 {
			t.Errorf("Retry-After is %q", resp.Header.Get("Retry-After"))
			return
		}
		time.Sleep(time.Duration(seconds) * time.Second) // synthetic
	}
}

func TestOneChannelWaitsForNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := &inside{server: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})}
		client := &http.Client{Transport: slack.NewLimits(in)}
		start := time.Now()
		for _, channel := range []string{"C1", "C2", "C3"} {
			call(t, client, "chat.postMessage", url.Values{"channel": {channel}})
		}
		if took := time.Since(start); took > 0 {
			t.Errorf("three channels took %v", took)
		}
		call(t, client, "chat.postMessage", url.Values{"channel": {"C1"}})
		if took := time.Since(start); took != time.Second {
			t.Errorf("the second message of a channel came after %v", took)
		}
	})
}

// Slack counts chat.update for the workspace: when it asks one caller to wait,
// none calls before.
func TestAWaitThatSlackAsksForIsKeptByAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var calls atomic.Int32
		in := &inside{server: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "chat.update") && calls.Add(1) == 1 {
				w.Header().Set("Retry-After", "30")
				w.WriteHeader(http.StatusTooManyRequests)
			}
		})}
		client := &http.Client{Transport: slack.NewLimits(in)}
		var group sync.WaitGroup
		for i := range 5 {
			group.Go(func() {
				time.Sleep(time.Duration(i) * time.Second)
				call(t, client, "chat.update", url.Values{"channel": {"C" + strconv.Itoa(i)}})
			})
		}
		call(t, client, "conversations.history", url.Values{"channel": {"C1"}})
		if took := time.Since(start); took > 0 {
			t.Errorf("another method waited %v", took)
		}
		group.Wait()
		if took := time.Since(start); took < 30*time.Second || calls.Load() != 6 {
			t.Errorf("five calls took %v, and %d of them reached Slack", took, calls.Load())
		}
	})
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := &inside{server: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})}
		client := &http.Client{Transport: slack.NewLimits(in), Timeout: 500 * time.Millisecond}
		call(t, client, "chat.postMessage", url.Values{"channel": {"C1"}})
		_, err := client.PostForm("http://slack.test/api/chat.postMessage", url.Values{"channel": {"C1"}})
		var timeout interface{ Timeout() bool }
		if !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("got %v", err)
		}
	})
}
