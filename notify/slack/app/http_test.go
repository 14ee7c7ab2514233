package app_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

const signingSecret = "8f742231b10e8888abcd99yyyzzz85a5"

func signature(secret string, at time.Time, body string) http.Header {
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "v0:%d:%s", at.Unix(), body)
	h := http.Header{}
	h.Set("X-Slack-Request-Timestamp", fmt.Sprint(at.Unix()))
	h.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	return h
}

// ask sends a request to the app by HTTP and gives the answer.
func (o *office) ask(h http.Header, contentType, body string) (int, string) {
	o.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/slack", strings.NewReader(body))
	for k, v := range h {
		r.Header[k] = v
	}
	r.Header.Set("Content-Type", contentType)
	w := httptest.NewRecorder()
	o.app.Handler(signingSecret).ServeHTTP(w, r)
	o.app.Wait()
	out, err := io.ReadAll(w.Result().Body)
	must(o.t, err)
	return w.Code, string(out)
}

func TestOnlySlackIsHeard(t *testing.T) {
	o := newOffice(t, nil)
	now := time.Now()
	body := "command=%2Fhansho&text=help&user_id=" + yamada + "&trigger_id=t1"
	big := strings.Repeat("a", 2<<20)
	for name, tt := range map[string]struct {
		header http.Header
		body   string
		want   int
	}{
		"unsigned":      {http.Header{}, body, http.StatusUnauthorized},
		"other secret":  {signature("other", now, body), body, http.StatusUnauthorized},
		"other body":    {signature(signingSecret, now, body+"x"), body, http.StatusUnauthorized},
		"six minutes":   {signature(signingSecret, now.Add(-6*time.Minute), body), body, http.StatusUnauthorized},
		"from tomorrow": {signature(signingSecret, now.Add(24*time.Hour), body), body, http.StatusUnauthorized},
		"too large":     {signature(signingSecret, now, big), big, http.StatusRequestEntityTooLarge},
		"signed":        {signature(signingSecret, now, body), body, http.StatusOK},
	} {
		if code, _ := o.ask(tt.header, "application/x-www-form-urlencoded", tt.body); code != tt.want {
			t.Errorf("%s: %d, want %d", name, code, tt.want)
		}
	}
	r := httptest.NewRecorder()
	o.app.Handler("").ServeHTTP(r, func() *http.Request {
		q := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		q.Header = signature("", now, body)
		return q
	}())
	if r.Code != http.StatusUnauthorized {
		t.Errorf("without a secret anybody is heard: %d", r.Code)
	}
}

func TestHTTPEndToEnd(t *testing.T) {
	o := newOffice(t, nil)
	root := o.alarm()
	payload, err := json.Marshal(o.slack.Click(yamada, root, "hansho_ack", "case:"+cve).Payload)
	must(t, err)
	body := url.Values{"payload": {string(payload)}}.Encode()
	if code, out := o.ask(signature(signingSecret, time.Now(), body), "application/x-www-form-urlencoded", body); code != http.StatusOK || out != "" {
		t.Fatalf("click: %d %s", code, out)
	}
	if c := o.aCase(); c.Acked != "山田 太郎" {
		t.Errorf("acked by %q", c.Acked)
	}
	challenge := `{"type":"url_verification","challenge":"3eZbrw1"}`
	if code, out := o.ask(signature(signingSecret, time.Now(), challenge), "application/json", challenge); code != http.StatusOK || out != "3eZbrw1" {
		t.Errorf("challenge: %d %s", code, out)
	}
	home, err := json.Marshal(o.slack.OpenHome(sato).Payload)
	must(t, err)
	o.ask(signature(signingSecret, time.Now(), string(home)), "application/json", string(home))
	if _, ok := o.slack.Home(sato); !ok {
		t.Error("no home page by HTTP")
	}
}

// Whatever a signed request holds, the handler answers and goes on.
func FuzzHandler(f *testing.F) {
	for _, s := range []string{
		"", "{}", "[]", `{"type":"url_verification","challenge":1}`, "payload=%7B%7D", "payload=x", "command=/hansho&text=status",
		`payload={"type":"block_actions","user":{"id":"U1"},"actions":[{"action_id":"hansho_ack","value":"x"}]}`,
		`payload={"type":"block_actions","actions":[null]}`,
		`payload={"type":"view_submission","view":{"callback_id":"hansho_report","state":{"values":{}}}}`,
		`payload={"type":"view_submission","view":{"callback_id":"hansho_notours"}}`,
		`{"event":{"type":"app_home_opened","tab":"home","user":"U1"}}`, "%zz",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		o := shared(t)
		r := httptest.NewRequest(http.MethodPost, "/slack", bytes.NewReader(body))
		r.Header = signature(signingSecret, time.Now(), string(body))
		w := httptest.NewRecorder()
		o.Handler(signingSecret).ServeHTTP(w, r)
		o.Wait()
		if w.Code >= 500 {
			t.Errorf("%d", w.Code)
		}
	})
}
