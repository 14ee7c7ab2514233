package killtest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/jhillyerd/enmime/v2"

	"hansho/notify/mail/mailtest"
)

// moods are what goes wrong with a peer, mostly nothing.
type moods struct {
	mu   sync.Mutex
	rand *rand.Rand
	met  map[string]int
	well bool // nothing goes wrong any more
}

// recover ends what goes wrong: what failed before is tried again for as long as
// a quarter of an hour later, and the test is of kills, not of patience.
func (m *moods) recover() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.well = true
}

func (m *moods) next(bad ...string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	mood := "none"
	if n := m.rand.IntN(24); n < len(bad) && !m.well {
		mood = bad[n]
	}
	m.met[mood]++
	return mood
}

// slackMoods stand before a Slack: they refuse a call, or lose the answer of one
// that was carried out.
func slackMoods(m *moods, l *told) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return // killed while it asked
			}
			mood := m.next("refuse", "limit", "drop", "lie", "delay")
			switch mood {
			case "refuse":
				http.Error(w, "try later", http.StatusServiceUnavailable)
				return
			case "limit":
				w.Header().Set("Retry-After", "1")
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			answer := httptest.NewRecorder()
			next.ServeHTTP(answer, r)
			if strings.HasSuffix(r.URL.Path, "/chat.postMessage") && strings.Contains(answer.Body.String(), `"ok":true`) {
				takePost(l, string(body))
			}
			switch mood {
			case "drop":
				panic(http.ErrAbortHandler)
			case "lie":
				http.Error(w, "it was taken, though", http.StatusBadGateway)
				return
			case "delay":
				time.Sleep(300 * time.Millisecond)
			}
			for k, v := range answer.Header() {
				w.Header()[k] = v
			}
			w.WriteHeader(answer.Code)
			_, _ = w.Write(answer.Body.Bytes())
		})
	}
}

func takePost(l *told, body string) {
	form, err := url.ParseQuery(body)
	if err != nil {
		return
	}
	var meta struct {
		Payload struct{ Key string } `json:"event_payload"`
	}
	_ = json.Unmarshal([]byte(form.Get("metadata")), &meta)
	l.take(meta.Payload.Key, form.Get("channel"), form.Get("text")+form.Get("blocks"))
}

// mailMoods are the same for a mail server.
func mailMoods(m *moods, l *told) mailtest.Options {
	return mailtest.Options{
		Answer: func(mailtest.Message) error {
			switch m.next("refuse", "hangup") {
			case "refuse":
				return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "try later"}
			case "hangup":
				return mailtest.ErrHangUp
			}
			return nil
		},
		AfterData: func(msg mailtest.Message) error {
			if env, err := enmime.ReadEnvelope(bytes.NewReader(msg.Raw)); err == nil {
				l.take(bare(env.GetHeader("Message-ID")), msg.To, env.GetHeader("Subject")+"\n"+env.Text)
			}
			switch m.next("lie", "hangup") {
			case "lie":
				return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "it was taken, though"}
			case "hangup":
				return mailtest.ErrHangUp
			}
			return nil
		},
	}
}
