package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"hansho/cases"
	"hansho/notify/slack/slacktest"
)

const (
	staff = "U0000STAFF0"
	here  = "C0SECURITY"
	flaw  = "CVE-2026-10001"
)

// Slack as a place to work, by Socket Mode.
const slackWorkConfig = formsConfig + `
slack_app: {channel: slack, app_token: "env:SLACK_APP_TOKEN", operators: [` + operator + `], approvers: [` + operator + `], departments: {` + staff + `: 営業部}}
sources:
  - {id: e2e, format: rss, url: "https://feed.e2e.example/rss.xml", kind: alert, trust: coordinator, publisher: Example, schedule: "@every 1h", enabled: true}
`

// publishes has the feed say so much of the flaw, and the daemon read it.
func (w *workplace) publishes(words string) {
	w.t.Helper()
	w.Web.Put("https://feed.e2e.example/rss.xml", fmt.Appendf(nil, `<?xml version="1.0"?><rss version="2.0"><channel><title>Example</title><link>https://feed.e2e.example/</link><description/>
<item><title>受発注Web の脆弱性（%s）%s</title><link>https://feed.e2e.example/1</link><guid>1</guid><pubDate>%s</pubDate></item></channel></rss>`,
		flaw, words, time.Now().Add(-time.Hour).Format(time.RFC1123Z)))
	w.hansho("poll", "--no-send")
}

// slackSends has Slack tell the daemon something, which must be answered in time.
func (w *workplace) slackSends(e slacktest.Envelope) {
	w.t.Helper()
	_, err := w.Slack.Send(w.t.Context(), e)
	must(w.t, err)
}

// says asks with a command and waits for an answer with the words.
func (w *workplace) says(user, text, want string) slacktest.Answer {
	w.t.Helper()
	before := len(w.Slack.Answers(user))
	w.slackSends(w.Slack.Command(user, here, text))
	return w.answered(user, before, "/hansho "+text, want)
}

func (w *workplace) answered(user string, before int, what, want string) slacktest.Answer {
	w.t.Helper()
	w.until("the answer to "+what, func() bool { return len(w.Slack.Answers(user)) > before })
	a := w.Slack.Answers(user)[before]
	if !strings.Contains(a.Text+string(a.Blocks), want) {
		w.t.Errorf("%s: %s %s; want %q", what, a.Text, a.Blocks, want)
	}
	return a
}

// presses clicks a button and waits for an answer with the words.
func (w *workplace) presses(user string, m slacktest.Message, action, value, want string) {
	w.t.Helper()
	before := len(w.Slack.Answers(user))
	w.slackSends(w.Slack.Click(user, m, action, value))
	w.answered(user, before, action, want)
}

// opens clicks what opens a window, and gives that.
func (w *workplace) opens(e slacktest.Envelope, user string) slacktest.View {
	w.t.Helper()
	before := len(w.Slack.Views(user))
	w.slackSends(e)
	w.until("a window", func() bool { return len(w.Slack.Views(user)) > before })
	return w.Slack.Views(user)[before]
}

func (w *workplace) theCase() cases.Case {
	w.t.Helper()
	var c cases.Case
	must(w.t, json.Unmarshal([]byte(w.hansho("case", "show", flaw, "--json")), &c))
	return c
}

// button gives the value of a button in blocks, empty where there is none.
func button(t *testing.T, blocks json.RawMessage, action string) string {
	t.Helper()
	var list []struct {
		Elements []struct {
			Action string `json:"action_id"`
			Value  string `json:"value"`
		} `json:"elements"`
	}
	_ = json.Unmarshal(blocks, &list) // other elements have other forms
	for _, b := range list {
		for _, e := range b.Elements {
			if e.Action == action {
				return e.Value
			}
		}
	}
	return ""
}

// TestAWorkingDayInSlack walks with the real daemon through what people do in
// Slack: a notice comes, somebody who may not and somebody who may press its
// buttons, a channel subscribes, staff report, and a letter is approved.
func TestAWorkingDayInSlack(t *testing.T) {
	t.Setenv("SLACK_APP_TOKEN", "xapp-test")
	w := newWorkplace(t, slackWorkConfig, formsInventory)
	w.publishes("")
	w.until("the notice", func() bool { return len(w.Slack.Messages("#security")) == 1 })
	root := w.Slack.Messages("#security")[0]
	value := button(t, root.Blocks, "hansho_ack")
	if value == "" {
		t.Fatalf("the notice has no button: %s", root.Blocks)
	}

	w.presses(staff, root, "hansho_ack", value, "許可された担当者だけ")
	if w.theCase().Acked != "" {
		t.Error("somebody who may not acknowledge has")
	}
	w.presses(operator, root, "hansho_ack", value, "確認を記録")
	w.presses(operator, root, "hansho_ack", value, "確認済みです")
	w.presses(operator, root, "hansho_take", value, "担当者として記録")
	if c := w.theCase(); c.Acked != operator || c.Assigned != operator {
		t.Errorf("acknowledged by %q, assigned to %q", c.Acked, c.Assigned)
	}
	w.until("the first message shows it", func() bool {
		m := w.Slack.Messages("#security")[0]
		return m.Edits > 0 && strings.Contains(string(m.Blocks), "確認済み")
	})
	if v := w.opens(w.Slack.Click(staff, root, "hansho_details", value), staff); !strings.Contains(string(v.Blocks), "経過") {
		t.Errorf("details: %s", v.Blocks)
	}
	form := w.opens(w.Slack.Click(operator, root, "hansho_snooze", value), operator)
	w.slackSends(w.Slack.Submit(form, map[string]any{"until": "4h", "reason": "保守の時間に対応"}))
	w.until("the silence", func() bool { return strings.Contains(w.hansho("silence", "list"), "保守の時間に対応") })

	w.commands()
	w.subscriptionsInSlack()
	w.reportInSlack()
	w.letterInSlack()
	if bad := w.Slack.Refused(); len(bad) > 0 {
		t.Errorf("Slack refused %v", bad)
	}
}

func (w *workplace) commands() {
	w.t.Helper()
	for text, want := range map[string]string{
		"help": "/hansho subscribe", "status": flaw, "status " + flaw: "受発注システム", "status CVE-2031-1": "関係していません",
		"search 受発注": "1 件", "dance": "命令はありません",
	} {
		w.says(staff, text, want)
	}
	w.slackSends(w.Slack.OpenHome(operator))
	w.until("the home page", func() bool {
		home, ok := w.Slack.Home(operator)
		return ok && strings.Contains(string(home.Blocks), flaw)
	})
}

// subscriptionsInSlack: a person subscribes without an administrator and is told.
func (w *workplace) subscriptionsInSlack() {
	w.t.Helper()
	before := len(w.Slack.Answers(staff))
	w.slackSends(w.Slack.Command(staff, "D00000STAFF", "subscribe owner 営業部"))
	w.answered(staff, before, "subscribe", "登録しました")
	w.hansho("silence", "end", flaw)
	w.publishes("【更新】")
	w.until("what was subscribed to", func() bool { return len(w.Slack.Messages(staff)) > 0 })
}

// reportInSlack: staff report what they use; an operator adds it.
func (w *workplace) reportInSlack() {
	w.t.Helper()
	form := w.opens(w.Slack.Command(staff, here, "report"), staff)
	w.slackSends(w.Slack.Submit(form, map[string]any{"department": "営業部", "product": "例示チャット", "version": "3"}))
	w.until("the report", func() bool { return strings.Contains(w.hansho("report", "list"), "例示チャット") })
	list := w.says(operator, "reports", "例示チャット")
	w.presses(operator, slacktest.Message{Channel: here, TS: "1.2"}, "hansho_report_accept", button(w.t, list.Blocks, "hansho_report_accept"), "台帳に加えました")
}

// letterInSlack: a letter leaves once an approver has read and approved it.
func (w *workplace) letterInSlack() {
	w.t.Helper()
	w.hansho("letter", "draft", "partner-request", "--case", flaw, "--to", "asahi")
	shown := w.says(operator, "letters", "旭重機")
	if value := button(w.t, shown.Blocks, "hansho_letter_approve"); value != "" {
		w.presses(operator, slacktest.Message{Channel: here, TS: "1.2"}, "hansho_letter_approve", value, "承認しました")
	} else {
		read := button(w.t, shown.Blocks, "hansho_letter_read")
		v := w.opens(w.Slack.Click(operator, slacktest.Message{Channel: here, TS: "1.2"}, "hansho_letter_read", read), operator)
		w.slackSends(w.Slack.Submit(v, nil))
	}
	w.until("the letter", func() bool { return w.mailsTo("matsumoto@asahi.example") == 1 })
}

func (w *workplace) mailsTo(to string) int {
	n := 0
	for _, m := range w.Mail.Messages() {
		if m.To == to {
			n++
		}
	}
	return n
}
