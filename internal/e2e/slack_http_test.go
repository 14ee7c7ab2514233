package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"hansho/cases"
	"hansho/notify/slack/slacktest"
)

const (
	signingSecret = "8f742231b10e8888abcd99yyyzzz85a5"
	operator      = "U00OPERATOR"
)

// Slack by HTTP at the address of the pages: one server, two services.
const slackHTTPConfig = formsConfig + `
slack_app: {channel: slack, listen: LISTEN, signing_secret: "file:SIGNING", operators: [` + operator + `]}
`

// signedBySlack sends what Slack would, signed with a secret at a time, and gives
// the answer's code.
func (w *workplace) signedBySlack(secret string, at time.Time, body string) int {
	w.t.Helper()
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "v0:%d:%s", at.Unix(), body)
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, "http://"+w.web+"/slack", strings.NewReader(body))
	must(w.t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Slack-Request-Timestamp", fmt.Sprint(at.Unix()))
	r.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	resp, err := http.DefaultClient.Do(r)
	must(w.t, err)
	must(w.t, resp.Body.Close())
	return resp.StatusCode
}

func (w *workplace) shownCase() cases.Case {
	w.t.Helper()
	var c cases.Case
	must(w.t, json.Unmarshal([]byte(w.hansho("case", "show", "CVE-2021-44228", "--json")), &c))
	return c
}

// acks are how often somebody has acknowledged the case.
func (w *workplace) acks() int {
	w.t.Helper()
	n := 0
	for _, e := range w.shownCase().Timeline {
		if e.Kind == "ack" {
			n++
		}
	}
	return n
}

// TestSlackByHTTP: the real daemon hears what Slack signed now, once, and nothing
// else: not what is unsigned, signed by others, or was signed some minutes ago.
func TestSlackByHTTP(t *testing.T) {
	w := newWorkplace(t, slackHTTPConfig, formsInventory)
	w.hansho("case", "open", "CVE-2021-44228")
	payload, err := json.Marshal(w.Slack.Click(operator, slacktest.Message{}, "hansho_ack", "case:CVE-2021-44228").Payload)
	must(t, err)
	click := url.Values{"payload": {string(payload)}}.Encode()
	now := time.Now()
	for name, code := range map[string]int{
		"another secret":   w.signedBySlack("not the secret", now, click),
		"no secret":        w.signedBySlack("", now, click),
		"ten minutes old":  w.signedBySlack(signingSecret, now.Add(-10*time.Minute), click),
		"of tomorrow":      w.signedBySlack(signingSecret, now.Add(24*time.Hour), click),
		"from before 1970": w.signedBySlack(signingSecret, time.Unix(-1, 0), click),
	} {
		if code != http.StatusUnauthorized {
			t.Errorf("%s: answered with %d", name, code)
		}
	}
	if c := w.shownCase(); c.Acked != "" || w.acks() != 0 {
		t.Fatalf("a request that Slack didn't sign was heard: acknowledged by %q", c.Acked)
	}
	for range 3 { // Slack's own, and the same caught and sent again
		if code := w.signedBySlack(signingSecret, now, click); code != http.StatusOK {
			t.Fatalf("Slack's request was answered with %d", code)
		}
	}
	w.until("the acknowledgement", func() bool { return w.shownCase().Acked != "" })
	if c, n := w.shownCase(), w.acks(); c.Acked != operator || n != 1 {
		t.Errorf("acknowledged by %q, %d times", c.Acked, n)
	}
	for _, path := range []string{"/a/nobody", "/r/nobody", "/hansho/a/nobody"} {
		if code, body := w.browse("http://"+w.web+path, nil); code != http.StatusNotFound || !strings.Contains(body, "開けません") {
			t.Errorf("%s: the pages are not there beside Slack: %d\n%s", path, code, body)
		}
	}
	if strings.Contains(w.log(), signingSecret) {
		t.Error("the log holds the signing secret")
	}
}
