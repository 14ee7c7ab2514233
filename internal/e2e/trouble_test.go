package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const troubleConfig = formsConfig + `
delivery: {fallback: "mail:joho@minato.example", fallback_after: 1h}
sources:
  - {id: e2e, format: rss, url: "https://feed.e2e.example/rss.xml", kind: alert, trust: coordinator, publisher: Example, schedule: "@every 1h", enabled: true}
  - {id: attacked, format: kev, url: "https://feed.e2e.example/kev.json", kind: exploited, trust: coordinator, publisher: Example, schedule: "@every 1h", enabled: true}
`

// weather is how Slack does: with an answer set, it gives that and does nothing.
type weather struct {
	status atomic.Int64
	body   atomic.Pointer[string]
}

func (w *weather) is(status int, body string) {
	w.body.Store(&body)
	w.status.Store(int64(status))
}

func (w *weather) over(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		status := int(w.status.Load())
		if status == 0 {
			next.ServeHTTP(rw, r)
			return
		}
		rw.WriteHeader(status)
		_, _ = rw.Write([]byte(*w.body.Load()))
	})
}

// TestADayOfTrouble: Slack is down while a case goes on five times, and then
// refuses the token while the case turns urgent. Nothing is lost, nothing is a
// flood, and what is urgent comes by mail and says why.
func TestADayOfTrouble(t *testing.T) {
	var slack weather
	w := workplaceOf(t, Setup{Config: troubleConfig, Inventory: formsInventory, Slack: slack.over})
	kev := "https://feed.e2e.example/kev.json"
	w.Web.Put(kev, []byte(`{"title": "made for tests", "catalogVersion": "1", "dateReleased": "2026-01-01T10:00:00.0000Z", "count": 0, "vulnerabilities": []}`))
	w.publishes("")
	w.until("the notice", func() bool { return len(w.Slack.Messages("#security")) == 1 })

	slack.is(http.StatusServiceUnavailable, "down")
	w.publishes("【第1報】")
	w.until("a try that fails", func() bool { return strings.Contains(w.hansho("outbox"), "503") })
	for _, words := range []string{"【第2報】", "【第3報】", "【第4報】", "【第5報】"} {
		w.publishes(words)
	}
	slack.is(0, "")
	w.allIsTold()
	got := w.Slack.Messages("#security")
	if len(got) != 3 || got[1].ThreadTS != got[0].TS || got[2].ThreadTS != got[0].TS {
		t.Fatalf("%d messages for a case and five updates while Slack was down, want the case and two replies: %v", len(got), got)
	}
	if !strings.Contains(words(got[0]), "【第5報】") || !strings.Contains(words(got[2]), "【第1報】 から ") || !strings.Contains(words(got[2]), "【第5報】 に変更") {
		t.Errorf("the case: %s\nthe last reply: %s", words(got[0]), words(got[2]))
	}

	slack.is(http.StatusOK, `{"ok":false,"error":"token_revoked"}`)
	w.Web.Put(kev, fmt.Appendf(nil, attackedList, time.Now().UTC().Format(time.DateOnly)))
	w.hansho("poll", "--no-send")
	if text := w.mailTo("joho@minato.example"); !strings.Contains(text, "slack:#security 宛てですが") || !strings.Contains(text, flaw) {
		t.Errorf("what is urgent came by mail as\n%s", text)
	}
	if shown := w.hansho("outbox"); !strings.Contains(shown, "送信待ち") || !strings.Contains(shown, "install the app again") {
		t.Errorf("the outbox shows\n%s", shown)
	}
	slack.is(0, "")
	w.allIsTold()
	if got := w.Slack.Messages("#security"); len(got) != 4 || !strings.Contains(words(got[0]), "悪用あり") {
		t.Errorf("after the token is back: %v", got)
	}
	if n := w.mailsTo("joho@minato.example"); n != 1 {
		t.Errorf("%d mails instead", n)
	}
}

// allIsTold waits until nothing is left to be sent.
func (w *workplace) allIsTold() {
	w.t.Helper()
	w.until("all is told", func() bool { return !strings.Contains(w.hansho("outbox", "--json"), `"state":"due"`) })
}
