package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hansho/advisory"
	"hansho/cases"
	"hansho/feeds"
	"hansho/inventory"
	"hansho/match"
	"hansho/notify"
	"hansho/notify/slack"
	"hansho/notify/slack/app"
	"hansho/notify/slack/slacktest"
	"hansho/pipeline"
	"hansho/store"
	"hansho/store/boltstore"
)

const (
	yamada  = "U0000YAMADA" // an operator and approver
	sato    = "U00000SATO0" // neither
	channel = "C000000001"
	cve     = "CVE-2021-44228"
)

var embedded = sync.OnceValues(func() (*notify.Templates, error) { return notify.LoadTemplates(nil, nil) })

// office is a company with a Slack of its own: everything is real but Slack, the
// source and the matcher.
type office struct {
	t          *testing.T
	slack      *slacktest.Server
	web        *httptest.Server
	pipeline   *pipeline.Pipeline
	dispatcher *notify.Dispatcher
	app        *app.App
	letters    *letters
	log        *syncLog
}

// hits is a matcher that finds every item in everything.
type hits []inventory.Item

func (h hits) MatchWith(a *advisory.Advisory, _ []advisory.Advisory) []match.Match {
	var out []match.Match
	for _, it := range h {
		out = append(out, match.Match{Item: it.ID, Advisory: a.ID, Claim: -1, Verdict: match.Affected, Confidence: 1, Evidence: []match.Evidence{{Method: "name", Item: it.Product, Found: it.Product}}})
	}
	return out
}

type source struct{ batch feeds.Batch }

func (source) ID() string { return "jpcert" }

func (s source) Fetch(context.Context, feeds.Cursor) (feeds.Batch, feeds.Cursor, error) {
	return s.batch, feeds.Cursor(`"1"`), nil
}

// letters is a fake of the letters that wait.
type letters struct {
	mu      sync.Mutex
	waiting []cases.Letter
	done    []string
	gate    chan struct{} // holds up whoever asks, until it is closed
}

func (l *letters) LettersWaiting(context.Context) ([]cases.Letter, error) {
	if l.gate != nil {
		<-l.gate
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.waiting, nil
}

func (l *letters) ApproveLetter(_ context.Context, id, who string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done = append(l.done, "approved "+id+" by "+who)
	l.waiting = slices.DeleteFunc(slices.Clone(l.waiting), func(w cases.Letter) bool { return w.ID == id })
	return nil
}

func (l *letters) RejectLetter(_ context.Context, id, who, why string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done = append(l.done, "rejected "+id+" by "+who+": "+why)
	return nil
}

// syncLog keeps what is logged, to be looked through for secrets.
type syncLog struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *syncLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *syncLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func items() []inventory.Item {
	return []inventory.Item{
		{ID: "orders", Name: "受発注システム", Product: "Apache Log4j", Version: "2.14.1", Owner: "情報システム部"},
		{ID: "docs", Name: "文書管理 <!channel> & *太字*", Product: "例示文書", Owner: "営業部"},
	}
}

func newOffice(t *testing.T, change func(*app.Options)) *office {
	t.Helper()
	templates, err := embedded()
	must(t, err)
	o := &office{t: t, letters: &letters{}, log: &syncLog{}}
	o.slack = slacktest.New(slacktest.Options{
		Token: "xoxb-secret-1", AppToken: "xapp-secret-2",
		Channels: []slacktest.Channel{{ID: channel, Name: "security", Member: true}},
		Users:    []slacktest.User{{ID: yamada, Name: "山田 太郎"}, {ID: sato, Name: "佐藤 花子"}},
	})
	o.web = httptest.NewServer(o.slack)
	t.Cleanup(o.web.Close)
	log := slog.New(slog.NewTextHandler(o.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	st, err := boltstore.Open(filepath.Join(t.TempDir(), "hansho.db"), boltstore.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, st.Close()) })
	router, err := notify.NewRouter(notify.Rules{Routes: []notify.Route{{Name: "all", To: []notify.Address{{Channel: "slack", To: "#security"}}}}})
	must(t, err)
	o.pipeline = pipeline.New(st, router, nil, items(), hits(items()), pipeline.Options{Log: log})
	ch, err := slack.New(slack.Options{Token: "xoxb-secret-1", APIURL: o.web.URL + "/api", Templates: templates, Actions: app.Buttons, Log: log})
	must(t, err)
	_, err = ch.Check(t.Context(), nil)
	must(t, err)
	o.dispatcher = notify.NewDispatcher(store.NewOutbox(st), notify.Dispatch{Channels: map[string]notify.Channel{"slack": ch}, Log: log})
	options := app.Options{
		Token: "xoxb-secret-1", AppToken: "xapp-secret-2", APIURL: o.web.URL + "/api", Desk: o.pipeline.Desk(), Letters: o.letters,
		Templates: templates, Channel: "slack", Lang: "ja", Operators: []string{yamada}, Approvers: []string{yamada},
		Departments: map[string]string{yamada: "情報システム部"}, Log: log,
	}
	if change != nil {
		change(&options)
	}
	o.app, err = app.New(options)
	must(t, err)
	t.Cleanup(func() {
		o.keepShown()
		for _, token := range []string{"xoxb-secret-1", "xapp-secret-2"} {
			if strings.Contains(o.log.String(), token) {
				t.Errorf("the log shows %s", token)
			}
		}
		if bad := o.slack.Refused(); len(bad) > 0 {
			t.Errorf("Slack refused answers: %v", bad)
		}
	})
	return o
}

// keepShown writes what people were shown into the folder that
// HANSHO_SLACK_SHOWN names, where their types are checked against Slack's own.
func (o *office) keepShown() {
	dir := os.Getenv("HANSHO_SLACK_SHOWN")
	if dir == "" {
		return
	}
	for _, user := range []string{yamada, sato} {
		shown := o.slack.Views(user)
		if home, ok := o.slack.Home(user); ok {
			shown = append(shown, home)
		}
		for _, a := range o.slack.Answers(user) {
			shown = append(shown, slacktest.View{Blocks: a.Blocks})
		}
		for i, v := range shown {
			if len(v.Blocks) > 0 {
				name := fmt.Sprintf("%s-%s-%d.json", o.t.Name(), user, i)
				must(o.t, os.WriteFile(filepath.Join(dir, name), []byte(`{"blocks":`+string(v.Blocks)+"}"), 0o600))
			}
		}
	}
}

// listen connects the app by Socket Mode until the test ends.
func (o *office) listen() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- o.app.Socket(ctx) }()
	o.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			o.t.Errorf("socket: %v", err)
		}
	})
}

// alarm has a source warn of something that hits us, and delivers it.
func (o *office) alarm() slacktest.Message {
	o.t.Helper()
	now := time.Now()
	_, err := o.pipeline.Poll(o.t.Context(), source{feeds.Batch{Advisories: []advisory.Advisory{{
		ID: "jpcert:at210050", Source: "jpcert", Kind: advisory.KindAlert, Title: "Apache Log4j の脆弱性 <@U1>", CVEs: []string{cve},
		Severity: advisory.Severity{Rating: "critical", Score: 10}, Published: now, Updated: now,
	}}}})
	must(o.t, err)
	o.deliver()
	got := o.slack.Messages("#security")
	if len(got) != 1 {
		o.t.Fatalf("%d messages, want 1", len(got))
	}
	return got[0]
}

func (o *office) deliver() {
	o.t.Helper()
	_, err := o.dispatcher.Drain(o.t.Context())
	must(o.t, err)
}

// send has Slack tell the app something and waits for the work; it gives the
// answer to the envelope.
func (o *office) send(e slacktest.Envelope) string {
	o.t.Helper()
	ack, err := o.slack.Send(o.t.Context(), e)
	must(o.t, err)
	o.app.Wait()
	return string(ack)
}

// told gives what one person was told last.
func (o *office) told(user string) slacktest.Answer {
	o.t.Helper()
	all := o.slack.Answers(user)
	if len(all) == 0 {
		o.t.Fatalf("%s was told nothing; log:\n%s", user, o.log)
	}
	return all[len(all)-1]
}

func (o *office) modal(user string) slacktest.View {
	o.t.Helper()
	all := o.slack.Views(user)
	if len(all) == 0 {
		o.t.Fatalf("no modal for %s; log:\n%s", user, o.log)
	}
	return all[len(all)-1]
}

func (o *office) aCase() cases.Case {
	o.t.Helper()
	c, err := o.pipeline.Desk().Case(o.t.Context(), cve)
	must(o.t, err)
	return c
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// buttonsOf reads action ids and values out of blocks.
func buttonsOf(t *testing.T, blocks json.RawMessage) map[string]string {
	t.Helper()
	var list []struct {
		Elements []json.RawMessage `json:"elements"`
	}
	must(t, json.Unmarshal(blocks, &list))
	out := map[string]string{}
	for _, b := range list {
		for _, raw := range b.Elements {
			var e struct {
				Action string `json:"action_id"`
				Value  string `json:"value"`
			}
			_ = json.Unmarshal(raw, &e)
			if e.Action != "" {
				out[e.Action] = e.Value
			}
		}
	}
	return out
}

func TestClickEndToEnd(t *testing.T) {
	o := newOffice(t, nil)
	o.listen()
	root := o.alarm()
	buttons := buttonsOf(t, root.Blocks)
	if len(buttons) != 5 || buttons["hansho_ack"] != "case:"+cve {
		t.Fatalf("buttons %v", buttons)
	}
	click := o.slack.Click(yamada, root, "hansho_ack", buttons["hansho_ack"])
	o.send(click)
	click.Retry = 1
	o.send(click) // Slack was not sure
	o.deliver()

	c := o.aCase()
	acks := 0
	for _, e := range c.Timeline {
		if e.Kind == "ack" && e.Who == "山田 太郎" {
			acks++
		}
	}
	if c.Acked != "山田 太郎" || acks != 1 {
		t.Errorf("acked by %q, %d lines in the timeline", c.Acked, acks)
	}
	if got := o.told(yamada).Text; !strings.Contains(got, "確認を記録しました") {
		t.Errorf("told %q", got)
	}
	got := o.slack.Messages("#security")
	if len(got) != 2 || got[0].Edits != 1 || !strings.Contains(string(got[0].Blocks), "山田 太郎") {
		t.Errorf("the thread's first message doesn't show who acknowledged: %d messages, %d edits\n%s", len(got), got[0].Edits, got[0].Blocks)
	}
	if _, still := buttonsOf(t, got[0].Blocks)["hansho_ack"]; still {
		t.Error("an acknowledged case still asks for it")
	}
	if got[1].ThreadTS != root.TS || !strings.Contains(string(got[1].Blocks), "確認しました") {
		t.Errorf("the thread doesn't say who did what: %s", got[1].Blocks)
	}
}

func TestOnlyOperatorsChangeCases(t *testing.T) {
	o := newOffice(t, nil)
	o.listen()
	root := o.alarm()
	before := len(o.aCase().Timeline)
	for _, action := range []string{"hansho_ack", "hansho_take", "hansho_notours", "hansho_snooze"} {
		o.send(o.slack.Click(sato, root, action, "case:"+cve))
		if got := o.told(sato).Text; !strings.Contains(got, "許可された担当者だけ") {
			t.Errorf("%s: told %q", action, got)
		}
	}
	// A form sent without having been offered changes nothing either.
	o.send(o.slack.Submit(slacktest.View{ID: "V1", User: sato, Callback: "hansho_snooze", Metadata: "case:" + cve}, map[string]any{"until": "1h", "reason": "x"}))
	if got := o.aCase(); len(got.Timeline) != before || len(o.slack.Views(sato)) != 0 {
		t.Errorf("%d events, %d modals", len(got.Timeline)-before, len(o.slack.Views(sato)))
	}
	// What only shows is for everyone.
	o.send(o.slack.Click(sato, root, "hansho_details", "case:"+cve))
	if v := o.modal(sato); !strings.Contains(string(v.Blocks), "経過") || !strings.Contains(string(v.Blocks), "受発注システム") {
		t.Errorf("details: %s", v.Blocks)
	}
}

func TestNotOurs(t *testing.T) {
	o := newOffice(t, nil)
	o.listen()
	root := o.alarm()
	o.send(o.slack.Click(yamada, root, "hansho_notours", "case:"+cve))
	v := o.modal(yamada)
	options := optionsOf(t, v.Blocks)
	if len(options) != 2 {
		t.Fatalf("options %v", options)
	}
	docs := ""
	for value, text := range options {
		if strings.HasPrefix(text, "文書管理") {
			docs = value
		}
	}
	if ack := o.send(o.slack.Submit(v, map[string]any{"items": []string{docs}, "reason": "  "})); !strings.Contains(ack, "errors") {
		t.Errorf("no reason is taken: %s", ack)
	}
	form := o.slack.Submit(v, map[string]any{"items": []string{docs}, "reason": "該当機能は <無効> です"})
	o.send(form)
	o.send(form)
	o.deliver()
	c := o.aCase()
	if it := c.Items["docs"]; it.State != cases.ItemNotAffected || it.Note != "該当機能は <無効> です" || len(it.Hands) != 1 {
		t.Errorf("docs is %+v", it)
	}
	if c.Items["orders"].State != cases.ItemAffected {
		t.Error("the other item changed")
	}
	if got := o.slack.Messages("#security"); len(got) != 2 || len(got[1].Pings) != 0 {
		t.Errorf("%d messages, pings %v", len(got), got[len(got)-1].Pings)
	}
}

func optionsOf(t *testing.T, blocks json.RawMessage) map[string]string {
	t.Helper()
	var list []struct {
		Element struct {
			Options []struct {
				Value string
				Text  struct{ Text string }
			}
		}
	}
	must(t, json.Unmarshal(blocks, &list))
	out := map[string]string{}
	for _, b := range list {
		for _, op := range b.Element.Options {
			out[op.Value] = op.Text.Text
		}
	}
	return out
}

func TestTakeAndSnooze(t *testing.T) {
	o := newOffice(t, nil)
	o.listen()
	root := o.alarm()
	o.send(o.slack.Click(yamada, root, "hansho_take", "case:"+cve))
	if c := o.aCase(); c.Assigned != "山田 太郎" {
		t.Errorf("assigned to %q", c.Assigned)
	}
	o.send(o.slack.Click(yamada, root, "hansho_snooze", "case:"+cve))
	o.send(o.slack.Submit(o.modal(yamada), map[string]any{"until": "4h", "reason": "保守の時間に対応"}))
	list, err := o.pipeline.Desk().Silences(t.Context())
	must(t, err)
	if len(list) != 1 || list[0].By != "山田 太郎" || list[0].Reason != "保守の時間に対応" {
		t.Errorf("silences %+v", list)
	}
}

func TestCommands(t *testing.T) {
	o := newOffice(t, nil)
	o.listen()
	o.alarm()
	for _, tt := range []struct{ text, want string }{
		{"", "/hansho status"},
		{"help", "/hansho unsubscribe"},
		{"dance", "「dance」という命令はありません"},
		{"status", "受発注"},
		{"status " + cve, "対象"},
		{"status CVE-2099-1", "関係していません"},
		{"search 受発注", "を含む事案 1 件"},
		{"search なにもない", "を含む事案 0 件"},
		{"search", "探す言葉"},
		{"subscribe colour red", "使い方"},
		{"subscribe product Apache Log4j", "登録しました：product Apache Log4j"},
		{"subscriptions", "product Apache Log4j"},
		{"unsubscribe", "使い方"},
		{"unsubscribe nothing", "「nothing」という登録はここにはありません"},
		{"reports", "未処理の報告はありません"},
		{"letters", "承認を待つ文書はありません"},
	} {
		o.send(o.slack.Command(yamada, channel, tt.text))
		got := o.told(yamada)
		if all := got.Text + string(got.Blocks); !strings.Contains(all, tt.want) && tt.text != "status" {
			t.Errorf("/hansho %s: told %.300q, want %q", tt.text, all, tt.want)
		}
		if tt.text == "status" && !strings.Contains(string(got.Blocks), cve) {
			t.Errorf("status: %s", got.Blocks)
		}
	}
	subs, err := o.pipeline.Desk().Subscriptions(t.Context(), notify.Address{Channel: "slack", To: channel})
	must(t, err)
	if len(subs) != 1 || subs[0].By != "山田 太郎" {
		t.Fatalf("subscriptions %+v", subs)
	}
	o.send(o.slack.Command(yamada, channel, "unsubscribe "+subs[0].ID))
	if subs, _ := o.pipeline.Desk().Subscriptions(t.Context(), notify.Address{Channel: "slack", To: channel}); len(subs) != 0 {
		t.Errorf("%v is left", subs)
	}
	o.send(o.slack.Command(sato, channel, "reports"))
	if got := o.told(sato).Text; !strings.Contains(got, "許可された担当者だけ") {
		t.Errorf("reports for everyone: %q", got)
	}
	o.send(o.slack.Command(sato, channel, "letters"))
	if got := o.told(sato).Text; !strings.Contains(got, "承認者だけ") {
		t.Errorf("letters for everyone: %q", got)
	}
}

func TestStaffReport(t *testing.T) {
	o := newOffice(t, nil)
	o.listen()
	o.send(o.slack.Command(sato, channel, "report"))
	v := o.modal(sato)
	var dept string
	for value, text := range optionsOf(t, v.Blocks) {
		if text == "営業部" {
			dept = value
		}
	}
	form := o.slack.Submit(v, map[string]any{"department": dept, "product": "例示チャット <!here>", "version": "3.1", "remarks": "部内の連絡"})
	o.send(form)
	o.send(form)
	got, err := o.pipeline.Desk().Reports(t.Context(), inventory.ReportNew)
	must(t, err)
	if len(got) != 1 || got[0].Department != "営業部" || got[0].Product != "例示チャット <!here>" || got[0].Who != "佐藤 花子" {
		t.Fatalf("reports %+v", got)
	}
	if m := o.slack.Messages(sato); len(m) != 1 || len(m[0].Pings) != 0 {
		t.Errorf("thanks %+v", m)
	}
	o.send(o.slack.Command(yamada, channel, "reports"))
	list := o.told(yamada)
	if !strings.Contains(string(list.Blocks), "まだ報告のない部署：情報システム部") {
		t.Errorf("who has not answered: %s", list.Blocks)
	}
	o.send(o.slack.Click(yamada, slacktest.Message{Channel: channel, TS: "1.2"}, "hansho_report_accept", got[0].ID))
	if left, _ := o.pipeline.Desk().Reports(t.Context(), inventory.ReportAccepted); len(left) != 1 || left[0].By != "山田 太郎" {
		t.Errorf("accepted %+v", left)
	}
}

func TestLetters(t *testing.T) {
	o := newOffice(t, nil)
	o.listen()
	o.letters.waiting = []cases.Letter{{ID: "L1", Kind: "partner-request", Subject: "ご協力のお願い", Text: "本文 <!channel>", To: []string{"a@example.com"}}}
	o.send(o.slack.Command(yamada, channel, "letters"))
	if got := o.told(yamada); !strings.Contains(string(got.Blocks), "本文") || !strings.HasPrefix(buttonsOf(t, got.Blocks)["hansho_letter_approve"], "L1 ") {
		t.Errorf("letters %s", got.Blocks)
	}
	m := slacktest.Message{Channel: channel, TS: "1.2"}
	o.send(o.slack.Click(sato, m, "hansho_letter_approve", "L1"))
	o.send(o.slack.Click(sato, m, "hansho_letter_reject", "L1"))
	if len(o.letters.done) != 0 {
		t.Fatalf("somebody else decided: %v", o.letters.done)
	}
	o.send(o.slack.Click(yamada, m, "hansho_letter_reject", "L1"))
	o.send(o.slack.Submit(o.modal(yamada), map[string]any{"reason": "宛先が違う"}))
	o.send(o.slack.Click(yamada, m, "hansho_letter_approve", "L1"))
	want := "[rejected L1 by 山田 太郎: 宛先が違う approved L1 by 山田 太郎]"
	if got := fmt.Sprint(o.letters.done); got != want {
		t.Errorf("done %s, want %s", got, want)
	}
}

func TestHome(t *testing.T) {
	o := newOffice(t, nil)
	o.listen()
	o.alarm()
	_, err := o.pipeline.Desk().Report(t.Context(), "r", inventory.Report{Who: "佐藤", Department: "営業部", Product: "例示チャット"})
	must(t, err)
	o.letters.waiting = []cases.Letter{{ID: "L1", Subject: "ご協力のお願い", Text: "本文"}}
	o.send(o.slack.OpenHome(yamada))
	home, ok := o.slack.Home(yamada)
	if !ok {
		t.Fatalf("no home; log:\n%s", o.log)
	}
	for _, want := range []string{"情報システム部 の資産", "ご協力のお願い", "例示チャット", cve, "JPCERT/CC"} {
		if !strings.Contains(string(home.Blocks), want) {
			t.Errorf("home doesn't show %q", want)
		}
	}
	o.send(o.slack.Click(yamada, slacktest.Message{}, "hansho_ack", "case:"+cve))
	if home, _ := o.slack.Home(yamada); !strings.Contains(string(home.Blocks), "確認：山田 太郎") {
		t.Error("the page doesn't show what was done on it")
	}
	o.send(o.slack.OpenHome(sato))
	home, _ = o.slack.Home(sato)
	for _, secret := range []string{"ご協力のお願い", "例示チャット"} {
		if strings.Contains(string(home.Blocks), secret) {
			t.Errorf("home of somebody else shows %q", secret)
		}
	}
}

func TestReconnects(t *testing.T) {
	o := newOffice(t, nil)
	o.listen()
	o.alarm()
	o.send(o.slack.Command(yamada, channel, "help"))
	must(t, o.slack.Disconnect())
	o.send(o.slack.Command(yamada, channel, "status"))
	if got := len(o.slack.Answers(yamada)); got != 2 {
		t.Errorf("%d answers, want 2", got)
	}
}
