package slack_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hansho/advisory"
	"hansho/match"
	"hansho/notify"
	"hansho/notify/slack"
	"hansho/notify/slack/slacktest"
)

const token = "xoxb-very-secret-1234"

var day = time.Date(2021, 12, 14, 1, 30, 0, 0, time.UTC)

var embedded = sync.OnceValues(func() (*notify.Templates, error) { return notify.LoadTemplates(nil, nil) })

type bench struct {
	server *slacktest.Server
	slack  *slack.Channel
	log    *strings.Builder
}

// setUp starts a workspace with #security (a member), #public (not a member) and
// a private channel without the bot.
func setUp(t *testing.T, change func(*slacktest.Options, *slack.Options)) bench {
	t.Helper()
	so := slacktest.Options{Token: token, Channels: []slacktest.Channel{
		{ID: "C000000001", Name: "security", Member: true},
		{ID: "C000000002", Name: "public"},
		{ID: "C000000003", Name: "secret", Private: true},
		{ID: "C000000004", Name: "old", Member: true, Archived: true},
	}}
	templates, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	log := &strings.Builder{}
	co := slack.Options{Token: token, Templates: templates, Log: slog.New(slog.NewTextHandler(log, nil)), Files: true}
	if change != nil {
		change(&so, &co)
	}
	server := slacktest.New(so)
	web := httptest.NewServer(server)
	t.Cleanup(web.Close)
	co.APIURL, co.Client = web.URL+"/api", web.Client()
	ch, err := slack.New(co)
	if err != nil {
		t.Fatal(err)
	}
	return bench{server, ch, log}
}

func notice(kind notify.Kind) notify.Notice {
	source := notify.SourceView{
		Advisory: "jpcert:at210050", Source: "jpcert", Publisher: "JPCERT/CC", Title: "Apache Log4jの任意のコード実行の脆弱性",
		Link: "https://www.jpcert.or.jp/at/2021/at210050.html", Updated: day,
	}
	return notify.Notice{
		Kind: kind, Lang: "ja", At: day,
		Case: &notify.CaseView{
			ID: "case:CVE-2021-44228", Name: "Log4Shell", CVEs: []string{"CVE-2021-44228"},
			Severity: advisory.Severity{Rating: "critical", Score: 10}, Exploited: true, Summary: "遠隔から任意のコードを実行されるおそれがあります。",
			Items: []notify.ItemView{{
				ID: "app", Name: "受発注システム", Product: "Apache Log4j 2.14.1", Owner: "情報システム部", Verdict: match.Affected, Fixed: "2.16.0",
				Evidence: []match.Evidence{{Method: "name", Item: "log4j", Found: "Apache Log4j", Test: "2.14.1 in >=2.0-beta9, <2.15.0", Result: "in"}},
			}},
			Sources: []notify.SourceView{source},
		},
		News: []notify.News{{SourceView: source, Revised: true, Changes: []advisory.Change{{Field: "fixed", About: "Apache Log4j", Before: "2.15.0", After: "2.16.0"}}}},
	}
}

func message(key, to string, n notify.Notice) notify.Message {
	return notify.Message{Delivery: notify.Delivery{Key: key, Address: notify.Address{Channel: "slack", To: to}, Thread: "case:CVE-2021-44228", Notice: n, Created: time.Now()}}
}

func (b bench) deliver(t *testing.T, m notify.Message) notify.Receipt {
	t.Helper()
	r, err := b.slack.Deliver(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func inThread(m notify.Message, root notify.Receipt, key string) notify.Message {
	m.Thread = &notify.Thread{Root: root, Last: root, RootKey: key}
	return m
}

func TestThreadOfACase(t *testing.T) {
	b := setUp(t, nil)
	root := b.deliver(t, message("k1", "#security", notice(notify.KindNew)))
	update := notice(notify.KindUpdate)
	update.Case.Items[0].Fixed = "2.17.0"
	reply := b.deliver(t, inThread(message("k2", "#security", update), root, "k1"))

	got := b.server.Messages("#security")
	if len(got) != 2 {
		t.Fatalf("%d messages, want 2", len(got))
	}
	first, second := got[0], got[1]
	if first.Edits != 1 || !strings.Contains(string(first.Blocks), "2.17.0") {
		t.Errorf("first message doesn't show the present state: %d edits, %s", first.Edits, first.Blocks)
	}
	if second.ThreadTS != first.TS || !strings.Contains(string(second.Blocks), "対策版が 2.15.0 から 2.16.0 に変更") {
		t.Errorf("reply doesn't say what changed: %s", second.Blocks)
	}
	keys := []any{first.Metadata.EventPayload["key"], second.Metadata.EventPayload["key"]}
	if diff := cmp.Diff([]any{"k1", "k2"}, keys); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	want := notify.Receipt{ID: second.TS, Root: first.TS, Extra: "C000000001", At: reply.At}
	if diff := cmp.Diff(want, reply); diff != "" {
		t.Errorf("receipt (-want +got):\n%s", diff)
	}
}

func TestReversalIsSeenInTheChannel(t *testing.T) {
	b := setUp(t, nil)
	root := b.deliver(t, message("k1", "C000000001", notice(notify.KindNew)))
	n := notice(notify.KindReversal)
	n.Told = []string{"営業部"}
	b.deliver(t, inThread(message("k2", "C000000001", n), root, "k1"))
	got := b.server.Messages("")
	if last := got[len(got)-1]; !last.Reach || !strings.Contains(string(last.Blocks), "営業部") {
		t.Errorf("reversal isn't broadcast or doesn't name who was told: %+v", last)
	}
}

func TestRetryAsksBeforeItPosts(t *testing.T) {
	for _, inThreadToo := range []bool{false, true} {
		t.Run(fmt.Sprintf("thread=%v", inThreadToo), func(t *testing.T) {
			b := setUp(t, nil)
			m := message("k1", "#security", notice(notify.KindNew))
			before := 1
			if inThreadToo {
				root := b.deliver(t, message("k0", "#security", notice(notify.KindNew)))
				m = inThread(message("k1", "#security", notice(notify.KindUpdate)), root, "k0")
				before = 2
			}
			b.server.Inject(slacktest.Fault{Method: "chat.postMessage", Drop: true})
			if _, err := b.slack.Deliver(t.Context(), m); err == nil {
				t.Fatal("no error though the answer was lost")
			}
			for i := range 120 { // others talk meanwhile
				b.deliver(t, message(fmt.Sprint("other", i), "#security", notice(notify.KindReminder)))
			}
			m.Retry = true
			r := b.deliver(t, m)
			count := 0
			for _, got := range b.server.Messages("#security") {
				if got.Metadata.EventPayload["key"] == "k1" {
					count++
					if got.TS != r.ID {
						t.Errorf("receipt has ts %s, the message %s", r.ID, got.TS)
					}
				}
			}
			if count != 1 || len(b.server.Messages("#security")) != before+120 {
				t.Errorf("message is there %d times, of %d", count, len(b.server.Messages("#security")))
			}
		})
	}
}

func TestRetryPostsWhatNeverArrived(t *testing.T) {
	b := setUp(t, nil)
	m := message("k1", "#security", notice(notify.KindNew))
	b.server.Inject(slacktest.Fault{Method: "chat.postMessage", Refuse: true})
	if _, err := b.slack.Deliver(t.Context(), m); err == nil {
		t.Fatal("no error though the connection broke")
	}
	m.Retry = true
	b.deliver(t, m)
	if n := len(b.server.Messages("")); n != 1 {
		t.Errorf("%d messages, want 1", n)
	}
}

func TestErrorsSayWhatTheyMean(t *testing.T) {
	kinds := map[string]func(error) bool{
		"permanent": func(err error) bool { var p *notify.Permanent; return errors.As(err, &p) },
		"blocked":   func(err error) bool { var b *notify.Blocked; return errors.As(err, &b) },
		"wait":      func(err error) bool { var r *notify.RetryAfter; return errors.As(err, &r) && r.Wait == 7*time.Second },
		"again": func(err error) bool {
			var p *notify.Permanent
			var b *notify.Blocked
			var r *notify.RetryAfter
			return !errors.As(err, &p) && !errors.As(err, &b) && !errors.As(err, &r)
		},
	}
	tests := []struct {
		name, to, kind, hint string
		fault                slacktest.Fault
		change               func(*slacktest.Options, *slack.Options)
	}{
		{name: "unknown name", to: "#nowhere", kind: "blocked", hint: "/invite"},
		{name: "unknown id", to: "C0FFEE00000", kind: "blocked", hint: "correct its name or id"},
		{name: "not a member", to: "#public", kind: "blocked", hint: "chat:write.public"},
		{name: "private", to: "C000000003", kind: "blocked", hint: "/invite"},
		{name: "archived", to: "C000000004", kind: "blocked", hint: "archived"},
		{name: "token", to: "#security", kind: "blocked", hint: "xoxb-…", change: func(s *slacktest.Options, _ *slack.Options) { s.Token = "xoxb-other" }},
		{name: "scope", to: "C000000001", kind: "blocked", hint: "chat:write", change: func(s *slacktest.Options, _ *slack.Options) { s.Scopes = []string{"channels:read"} }},
		{name: "no such person", to: "U0FFEE00000", kind: "permanent", hint: "correct the id", fault: slacktest.Fault{Body: `{"ok":false,"error":"user_not_found"}`}},
		{name: "rate", to: "C000000001", kind: "wait", fault: slacktest.Fault{Wait: 7}},
		{name: "server error", to: "C000000001", kind: "again", fault: slacktest.Fault{Status: 503}},
		{name: "broken connection", to: "C000000001", kind: "again", fault: slacktest.Fault{Refuse: true}},
		{name: "a proxy's page", to: "C000000001", kind: "again", fault: slacktest.Fault{Body: "<html>Access Denied</html>"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := setUp(t, tt.change)
			if tt.fault != (slacktest.Fault{}) {
				b.server.Inject(tt.fault)
			}
			_, err := b.slack.Deliver(t.Context(), message("k", tt.to, notice(notify.KindNew)))
			if err == nil || !kinds[tt.kind](err) {
				t.Fatalf("got %v (%T), want %s", err, err, tt.kind)
			}
			if !strings.Contains(err.Error(), tt.hint) {
				t.Errorf("%q has no %q", err, tt.hint)
			}
			if said := err.Error() + b.log.String(); strings.Contains(said, "very-secret") {
				t.Errorf("the token is in %q", said)
			}
		})
	}
}

func TestDeletedFirstMessageIsOpenedAgain(t *testing.T) {
	b := setUp(t, nil)
	root := b.deliver(t, message("k1", "#security", notice(notify.KindNew)))
	b.server.Delete("C000000001", root.ID)
	r := b.deliver(t, inThread(message("k2", "#security", notice(notify.KindUpdate)), root, "k1"))
	if got := b.server.Messages(""); len(got) != 1 || got[0].ThreadTS != "" || r.Root != r.ID {
		t.Errorf("not a new first message: %+v, receipt %+v", got, r)
	}
}

// The first message was deleted, and we died right after a new one was posted.
func TestAnEarlierTryIsFoundThoughItsThreadIsGone(t *testing.T) {
	b := setUp(t, nil)
	root := b.deliver(t, message("k1", "#security", notice(notify.KindNew)))
	b.server.Delete("C000000001", root.ID)
	m := inThread(message("k2", "#security", notice(notify.KindUpdate)), root, "k1")
	before := b.deliver(t, m)
	m.Retry = true
	if after := b.deliver(t, m); after.ID != before.ID || after.Root != before.Root {
		t.Errorf("before the end %+v, after it %+v", before, after)
	}
	if got := b.server.Messages(""); len(got) != 1 {
		t.Errorf("%d messages", len(got))
	}
}

// Two summaries' rests tell of one case at once; we die after both, with one of
// them recorded as the thread's first message.
func TestAnEarlierTryIsFoundBesideTheThread(t *testing.T) {
	b := setUp(t, nil)
	m := message("k2", "#security", notice(notify.KindUpdate))
	before := b.deliver(t, m)
	root := b.deliver(t, message("k1", "#security", notice(notify.KindNew)))
	m = inThread(m, root, "k1")
	m.Retry = true
	if after := b.deliver(t, m); after.ID != before.ID {
		t.Errorf("posted as %s, and again as %s", before.ID, after.ID)
	}
}

// A channel is archived and another one given its name: cases go on there.
func TestAChannelIsReplacedByAnotherOfItsName(t *testing.T) {
	b := setUp(t, func(s *slacktest.Options, _ *slack.Options) {
		s.Channels = append(s.Channels, slacktest.Channel{ID: "C000000005", Name: "old", Member: true})
	})
	gone := notify.Receipt{ID: "1639445400.000001", Root: "1639445400.000001", Extra: "C000000004"}
	r := b.deliver(t, inThread(message("k2", "#old", notice(notify.KindUpdate)), gone, "k1"))
	if r.Extra != "C000000005" || r.Root != r.ID {
		t.Errorf("receipt %+v", r)
	}
	if _, err := b.slack.Deliver(t.Context(), inThread(message("k3", "C000000004", notice(notify.KindUpdate)), gone, "k1")); err == nil {
		t.Error("an id was taken for a name")
	}
}

func TestCancelledContext(t *testing.T) {
	b := setUp(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.slack.Deliver(ctx, message("k", "C000000001", notice(notify.KindNew))); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// hostile is text that would ping, break out or fake markup, wherever it lands.
const hostile = "<!channel> <@U12345678> @here @channel <!subteam^S1|x> &lt;!here&gt; *bold* _i_ `code` [a](https://evil.example/) <https://evil.example/|bank> \n# head\n- item\n> quote\n<b>html</b>\u202Egnp"

func hostileNotice(kind notify.Kind) notify.Notice {
	n := notice(kind)
	c := n.Case
	c.Name, c.Summary, c.Acked, c.CVEs = hostile, hostile, hostile, []string{hostile}
	c.Items[0] = notify.ItemView{
		ID: hostile, Name: hostile, Product: hostile, Owner: hostile, Verdict: match.Affected, Fixed: hostile, Workaround: hostile,
		Evidence: []match.Evidence{{Method: hostile, Item: hostile, Found: hostile, Test: hostile, Source: hostile}},
	}
	s := notify.SourceView{Advisory: hostile, Source: hostile, Publisher: hostile, Title: hostile, Link: "javascript:alert(1)"}
	c.Sources = []notify.SourceView{s}
	n.News = []notify.News{{SourceView: s, Revised: true, Changes: []advisory.Change{{Field: "fixed", About: hostile, Before: hostile, After: hostile}}}}
	n.Cases = []notify.CaseView{*c}
	n.Source = &notify.SourceHealth{ID: hostile, Publisher: hostile, Page: "javascript:1", Error: hostile}
	n.Told = []string{hostile}
	n.Digest = &notify.Digest{OldestSource: hostile, Uncovered: []string{hostile}, Failing: []string{hostile}, Gaps: []string{hostile}}
	n.Letter = &notify.Letter{Subject: hostile, Text: hostile}
	return n
}

func TestNothingFromOutsidePingsOrLinks(t *testing.T) {
	for _, kind := range notify.Kinds {
		for _, lang := range notify.Langs {
			b := setUp(t, nil)
			n := hostileNotice(kind)
			n.Lang = lang
			root := b.deliver(t, message("k1", "#security", n))
			b.deliver(t, inThread(message("k2", "#security", n), root, "k1"))
			for _, m := range b.server.Messages("") {
				if len(m.Pings) > 0 {
					t.Errorf("%s %s pings %v", kind, lang, m.Pings)
				}
				if strings.Contains(string(m.Blocks), `"url":"https://evil`) || strings.Contains(string(m.Blocks), `"url":"javascript`) {
					t.Errorf("%s %s links to where it was told: %s", kind, lang, m.Blocks)
				}
				if !strings.Contains(decoded(t, m), "<!channel>") {
					t.Errorf("%s %s doesn't show the text as it stands: %s", kind, lang, decoded(t, m))
				}
			}
		}
	}
}

// decoded gives all strings of a message's blocks.
func decoded(t *testing.T, m slacktest.Message) string {
	t.Helper()
	var v any
	if err := json.Unmarshal(m.Blocks, &v); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			for _, e := range v {
				walk(e)
			}
		case string:
			b.WriteString(v + "\n")
		}
	}
	walk(v)
	return b.String()
}

func TestLongNoticesAreCutWell(t *testing.T) {
	long := strings.Repeat("任意のコードを実行される脆弱性があります。👨‍👩‍👧‍👦が", 2000)
	tests := map[string]func(*notify.Notice){
		"summary":   func(n *notify.Notice) { n.Case.Summary = long },
		"name":      func(n *notify.Notice) { n.Case.Name = long },
		"items":     func(n *notify.Notice) { n.Case.Items = many(n.Case.Items[0], 500) },
		"longitems": func(n *notify.Notice) { n.Case.Items = many(n.Case.Items[0], 60); n.Case.Items[0].Workaround = long },
		"evidence":  func(n *notify.Notice) { n.Case.Items[0].Evidence = evidence(n.Case.Items[0].Evidence[0], 800) },
		"sources":   func(n *notify.Notice) { n.Case.Sources = sources(n.Case.Sources[0], 300) },
		"news":      func(n *notify.Notice) { n.News[0].Changes = changes(400, long) },
		"cves":      func(n *notify.Notice) { n.Case.CVEs = strings.Split(strings.Repeat("CVE-2021-44228 ", 900), " ") },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			b := setUp(t, nil)
			n := notice(notify.KindNew)
			change(&n)
			root := b.deliver(t, message("k1", "#security", n))
			n.Kind = notify.KindUpdate
			b.deliver(t, inThread(message("k2", "#security", n), root, "k1"))
			if strings.Contains(b.log.String(), "refused") {
				t.Errorf("Slack refused the first form: %s", b.log)
			}
			for _, m := range b.server.Messages("") {
				if len(m.Blocks) > 0 && strings.Contains(decoded(t, m), "\uFFFD") {
					t.Error("a character was cut in two")
				}
			}
			if last := decoded(t, b.server.Messages("")[0]); name == "items" && !strings.Contains(last, "ほか ") {
				t.Errorf("doesn't say how many were left out: %s", last)
			}
			if !hasFile(b.server.Messages("")) {
				t.Error("the whole text was not uploaded")
			}
		})
	}
}

func TestRefusedBlocksAreShortened(t *testing.T) {
	for _, most := range []int{4000, 1500, 50} {
		b := setUp(t, func(s *slacktest.Options, _ *slack.Options) { s.MaxText = most })
		n := notice(notify.KindNew)
		n.Case.Items = many(n.Case.Items[0], 200)
		b.deliver(t, message("k1", "#security", n))
		if got := b.server.Messages("")[0]; most < 100 && got.Text == "" || most > 100 && len(got.Blocks) == 0 {
			t.Errorf("limit %d: %+v", most, got)
		}
	}
}

func hasFile(ms []slacktest.Message) bool {
	for _, m := range ms {
		if len(m.Files) > 0 && len(m.Files[0].Data) > 0 {
			return true
		}
	}
	return false
}

func many(it notify.ItemView, n int) []notify.ItemView {
	var out []notify.ItemView
	for i := range n {
		it.ID, it.Name = fmt.Sprint("i", i), fmt.Sprintf("業務サーバー%03d号機", i)
		out = append(out, it)
	}
	return out
}

func evidence(e match.Evidence, n int) []match.Evidence {
	var out []match.Evidence
	for range n {
		out = append(out, e)
	}
	return out
}

func sources(s notify.SourceView, n int) []notify.SourceView {
	var out []notify.SourceView
	for i := range n {
		s.Link = fmt.Sprintf("https://example.com/%d?q=%s", i, strings.Repeat("あ", 40))
		out = append(out, s)
	}
	return out
}

func changes(n int, long string) []advisory.Change {
	out := []advisory.Change{{Field: "workaround", Before: long, After: long}}
	for i := range n {
		out = append(out, advisory.Change{Field: "fixed", About: fmt.Sprint("製品", i), Before: "1", After: "2"})
	}
	return out
}

func TestRateLimitsOfTheServerAreKept(t *testing.T) {
	clock := day
	b := setUp(t, func(s *slacktest.Options, _ *slack.Options) {
		s.Limits, s.Now = true, func() time.Time { return clock }
	})
	b.deliver(t, message("k1", "C000000001", notice(notify.KindNew)))
	_, err := b.slack.Deliver(t.Context(), message("k2", "C000000001", notice(notify.KindReminder)))
	var wait *notify.RetryAfter
	if !errors.As(err, &wait) || wait.Wait < time.Second {
		t.Fatalf("got %v", err)
	}
	clock = clock.Add(wait.Wait)
	b.deliver(t, message("k2", "C000000001", notice(notify.KindReminder)))
}

func TestDirectMessage(t *testing.T) {
	b := setUp(t, nil)
	r := b.deliver(t, message("k1", "U012345678", notice(notify.KindNew)))
	if r.Extra != "D012345678" {
		t.Errorf("receipt names %q, not the conversation", r.Extra)
	}
	m := inThread(message("k2", "U012345678", notice(notify.KindUpdate)), r, "k1")
	m.Retry = true
	b.deliver(t, m)
}

func TestCheck(t *testing.T) {
	b := setUp(t, nil)
	who, err := b.slack.Check(t.Context(), []string{"#security", "C000000001", "#public"})
	if err != nil || who != "hansho in 例" {
		t.Errorf("%q, %v", who, err)
	}
	if _, err := b.slack.Check(t.Context(), []string{"#security", "#secrity"}); err == nil || !strings.Contains(err.Error(), "#secrity") {
		t.Errorf("a channel that isn't there: %v", err)
	}
	if n := len(b.server.Messages("")); n > 0 {
		t.Errorf("%d messages were posted", n)
	}
}

func TestOptions(t *testing.T) {
	if _, err := slack.New(slack.Options{}); err == nil {
		t.Error("no token is taken")
	}
	if _, err := slack.New(slack.Options{Token: "x", Client: http.DefaultClient}); err == nil {
		t.Error("no templates is taken")
	}
}

// longNotice needs a file for its whole text.
func longNotice() notify.Notice {
	n := notice(notify.KindNew)
	n.Case.Items = many(n.Case.Items[0], 300)
	return n
}

func TestTheFileOfALongTextIsNotLost(t *testing.T) {
	tests := map[string]slacktest.Fault{
		"never arrived":         {Method: "files.completeUploadExternal", Refuse: true},
		"answer lost":           {Method: "files.completeUploadExternal", Drop: true},
		"no address":            {Method: "files.getUploadURLExternal", Status: 503},
		"too many":              {Method: "files.getUploadURLExternal", Wait: 2},
		"message's answer lost": {Method: "chat.postMessage", Drop: true},
	}
	for name, fault := range tests {
		t.Run(name, func(t *testing.T) {
			b := setUp(t, nil)
			m := message("new-0123456789abcdef", "#security", longNotice())
			b.server.Inject(fault)
			_, err := b.slack.Deliver(t.Context(), m)
			var after *notify.RetryAfter
			if err == nil || errors.As(err, &after) {
				t.Fatalf("got %v, want an error that leaves it open whether the message arrived", err)
			}
			m.Retry = true
			r := b.deliver(t, m)
			all := b.server.Messages("")
			if len(all) != 2 || len(all[1].Files) != 1 || all[1].ThreadTS != r.ID {
				t.Errorf("not one message with one file: %d messages", len(all))
			}
		})
	}
}

func TestAFileThatCanNotBeUploadedHoldsNothingUp(t *testing.T) {
	scopes := func(s *slacktest.Options, _ *slack.Options) {
		s.Scopes = []string{"chat:write", "channels:read", "groups:read", "channels:history"}
	}
	unreachable := slacktest.Fault{Method: "files.getUploadURLExternal", Refuse: true}
	tests := map[string]struct {
		change func(*slacktest.Options, *slack.Options)
		fault  slacktest.Fault
		fails  int
	}{
		"no scope":             {change: scopes, fault: slacktest.Fault{Method: "none"}},
		"never can be reached": {fault: unreachable, fails: 3},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := setUp(t, tt.change)
			b.server.Inject(tt.fault)
			m := message("new-0123456789abcdef", "#security", longNotice())
			m.Delivery.Fails = tt.fails
			b.deliver(t, m)
			if !strings.Contains(b.log.String(), "could not be uploaded") {
				t.Errorf("nothing was logged: %s", b.log)
			}
		})
	}
}
