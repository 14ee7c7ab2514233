package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const escalateConfig = formsConfig + `
escalate: {repeat: 1m, after: 2m, to: ["mail:kacho@e2e.example"]}
sources:
  - {id: attacked, format: kev, url: "https://feed.e2e.example/kev.json", kind: exploited, trust: coordinator, publisher: Example, schedule: "@every 1h", enabled: true}
`

const attackedList = `{"title": "made for tests", "catalogVersion": "1", "dateReleased": "%[1]sT10:00:00.0000Z", "count": 1, "vulnerabilities": [
 {"cveID": "CVE-2026-10001", "vendorProject": "例示開発", "product": "受発注Web", "vulnerabilityName": "受発注Web Authentication Bypass", "dateAdded": "%[1]s",
  "shortDescription": "It lets anyone in.", "requiredAction": "Install the update.", "dueDate": "2031-03-21", "knownRansomwareCampaignUse": "Unknown", "notes": ""}]}`

// TestEscalationByTheClock lets the real daemon's own clock run: what is being
// attacked and nobody acknowledges is repeated after a minute, goes to the
// second route after two, and is quiet once somebody has acknowledged.
func TestEscalationByTheClock(t *testing.T) {
	if !full() {
		t.Skip("takes five minutes of the clock: HANSHO_FULL=1")
	}
	w := newWorkplace(t, escalateConfig, formsInventory)
	w.Web.Put("https://feed.e2e.example/kev.json", fmt.Appendf(nil, attackedList, time.Now().UTC().Format(time.DateOnly)))
	w.hansho("poll", "--no-send")
	w.until("the notice", func() bool { return len(w.Slack.Messages("#security")) == 1 })
	told := time.Now()
	w.within(4*time.Minute, "a reminder", func() bool { return len(w.Slack.Messages("#security")) == 2 })
	if took := time.Since(told); took < time.Minute {
		t.Errorf("reminded after %v", took)
	}
	w.within(4*time.Minute, "the second route", func() bool { return w.mailsTo("kacho@e2e.example") == 1 })
	if took := time.Since(told); took < 2*time.Minute {
		t.Errorf("escalated after %v", took)
	}
	if m := w.mailTo("kacho@e2e.example"); !strings.Contains(m, flaw) {
		t.Errorf("the second route is told %s", m)
	}
	before := len(w.Slack.Messages("#security"))
	w.hansho("case", "ack", flaw)
	w.until("word of the acknowledgement", func() bool { return len(w.Slack.Messages("#security")) > before })
	quiet := len(w.Slack.Messages("#security"))
	time.Sleep(130 * time.Second) // two turns of the job: that nothing comes can only be waited for
	if got, second := len(w.Slack.Messages("#security")), w.mailsTo("kacho@e2e.example"); got != quiet || second != 1 {
		t.Errorf("acknowledged, and yet %d messages and %d to the second route", got-quiet, second)
	}
}

// within waits longer than until does.
func (w *workplace) within(most time.Duration, what string, there func() bool) {
	w.t.Helper()
	for end := time.Now().Add(most); !there(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			w.t.Fatalf("never came: %s", what)
		}
	}
}
