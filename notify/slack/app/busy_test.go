package app_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"hansho/notify/slack/app"
)

// gated is a transport that waits before every call.
type gated struct{ open chan struct{} }

func (g gated) RoundTrip(r *http.Request) (*http.Response, error) {
	<-g.open
	return http.DefaultTransport.RoundTrip(r)
}

// command sends /hansho letters by HTTP and doesn't wait for the work.
func (o *office) commandByHTTP(trigger int) int {
	form := url.Values{"command": {"/hansho"}, "text": {"letters"}, "user_id": {yamada}, "trigger_id": {fmt.Sprint("t", trigger)}}.Encode()
	r := httptest.NewRequest(http.MethodPost, "/slack", strings.NewReader(form))
	for k, v := range signature(signingSecret, time.Now(), form) {
		r.Header[k] = v
	}
	w := httptest.NewRecorder()
	o.app.Handler(signingSecret).ServeHTTP(w, r)
	return w.Code
}

// TestNoClickIsLost: what finds no free worker waits; where too many wait, the
// person is told; and where even that is too much, Slack is not answered, and
// shows the person itself that it did not work.
func TestNoClickIsLost(t *testing.T) {
	const taken, sorry = 256, 16
	calls := gated{make(chan struct{})}
	o := newOffice(t, func(opts *app.Options) { opts.Client = &http.Client{Transport: calls} })
	o.letters.gate = make(chan struct{})
	for i := range taken + sorry {
		if code := o.commandByHTTP(i); code != http.StatusOK {
			t.Fatalf("request %d: %d", i, code)
		}
	}
	if code := o.commandByHTTP(9999); code != http.StatusServiceUnavailable {
		t.Errorf("beyond all that: %d", code)
	}
	close(o.letters.gate)
	close(calls.open)
	o.app.Wait()
	told := map[string]int{}
	for _, m := range o.slack.Messages(yamada) {
		told[m.Text]++
	}
	busy := 0
	for text, n := range told {
		if strings.Contains(text, "混み合って") {
			busy += n
		}
	}
	if busy != sorry || len(o.slack.Messages(yamada)) != taken+sorry {
		t.Errorf("%d answers, %d of them that there is too much; want %d and %d", len(o.slack.Messages(yamada)), busy, taken+sorry, sorry)
	}
	if code := o.commandByHTTP(9999); code != http.StatusOK {
		t.Errorf("the same again, later: %d", code)
	}
	o.app.Wait()
	if n := len(o.slack.Messages(yamada)); n != taken+sorry+1 {
		t.Errorf("what was not taken is not heard when it comes again: %d messages", n)
	}
}
