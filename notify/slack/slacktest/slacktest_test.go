package slacktest

import (
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

func open(t *testing.T, o Options) (*Server, func(method string, form url.Values) map[string]any) {
	t.Helper()
	if o.Channels == nil {
		o.Channels = []Channel{{ID: "C1", Name: "one", Member: true}, {ID: "C2", Name: "two", Member: true}, {ID: "C3", Name: "three", Private: true}}
	}
	s := New(o)
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	return s, func(method string, form url.Values) map[string]any {
		t.Helper()
		if !form.Has("token") {
			form.Set("token", "xoxb-test")
		}
		res, err := http.PostForm(web.URL+"/api/"+method, form)
		if err != nil {
			return map[string]any{"broken": err}
		}
		defer func() { _ = res.Body.Close() }()
		raw, err := io.ReadAll(res.Body)
		if err != nil {
			return map[string]any{"broken": err}
		}
		var out map[string]any
		if err := json.Unmarshal(raw, &out); err != nil {
			t.Fatalf("%s: %v: %s", method, err, raw)
		}
		return out
	}
}

// TestLimitsAreKept sends what Slack would refuse, and what it takes by a hair.
func TestLimitsAreKept(t *testing.T) {
	text := func(n int) string { return strings.Repeat("あ", n) }
	header := func(n int) string { return `{"type":"header","text":{"type":"plain_text","text":"` + text(n) + `"}}` }
	section := func(n int) string { return `{"type":"section","text":{"type":"mrkdwn","text":"` + text(n) + `"}}` }
	rich := func(inner string) string {
		return `{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[` + inner + `]}]}`
	}
	many := func(n int, block string) string { return strings.TrimSuffix(strings.Repeat(block+",", n), ",") }
	tests := map[string]struct{ blocks, want string }{
		"header fits":       {header(150), ""},
		"header long":       {header(151), "invalid_blocks"},
		"header empty":      {header(0), "invalid_blocks"},
		"header mrkdwn":     {`{"type":"header","text":{"type":"mrkdwn","text":"x"}}`, "invalid_blocks"},
		"section fits":      {section(3000), ""},
		"section long":      {section(3001), "invalid_blocks"},
		"section empty":     {`{"type":"section"}`, "invalid_blocks"},
		"field long":        {`{"type":"section","fields":[{"type":"mrkdwn","text":"` + text(2001) + `"}]}`, "invalid_blocks"},
		"fields many":       {`{"type":"section","fields":[` + many(11, `{"type":"mrkdwn","text":"x"}`) + `]}`, "invalid_blocks"},
		"context many":      {`{"type":"context","elements":[` + many(11, `{"type":"mrkdwn","text":"x"}`) + `]}`, "invalid_blocks"},
		"blocks fit":        {many(50, `{"type":"divider"}`), ""},
		"blocks many":       {many(51, `{"type":"divider"}`), "invalid_blocks"},
		"all text":          {many(5, section(2500)), "msg_blocks_too_long"},
		"rich text fits":    {rich(`{"type":"text","text":"x","style":{"bold":true}}`), ""},
		"rich text empty":   {rich(`{"type":"text","text":""}`), "invalid_blocks"},
		"rich without":      {`{"type":"rich_text","elements":[]}`, "invalid_blocks"},
		"rich unknown":      {rich(`{"type":"text","text":"x","colour":"red"}`), "invalid_blocks"},
		"rich bad link":     {rich(`{"type":"link","url":"javascript:x"}`), "invalid_blocks"},
		"list style":        {`{"type":"rich_text","elements":[{"type":"rich_text_list","style":"square","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"x"}]}]}]}`, "invalid_blocks"},
		"list of text":      {`{"type":"rich_text","elements":[{"type":"rich_text_list","style":"bullet","elements":[{"type":"text","text":"x"}]}]}`, "invalid_blocks"},
		"same block id":     {`{"type":"divider","block_id":"a"},{"type":"divider","block_id":"a"}`, "invalid_blocks"},
		"button long":       {`{"type":"actions","elements":[{"type":"button","action_id":"a","text":{"type":"plain_text","text":"` + text(76) + `"}}]}`, "invalid_blocks"},
		"button same id":    {`{"type":"actions","elements":[` + many(2, `{"type":"button","action_id":"a","text":{"type":"plain_text","text":"x"}}`) + `]}`, "invalid_blocks"},
		"unknown block":     {`{"type":"blink"}`, "invalid_blocks"},
		"unknown property":  {`{"type":"divider","colour":"red"}`, "invalid_blocks"},
		"no array of those": {`]`, "invalid_blocks"},
	}
	for name, tt := range tests {
		_, call := open(t, Options{})
		got := call("chat.postMessage", url.Values{"channel": {"C1"}, "text": {"x"}, "blocks": {"[" + tt.blocks + "]"}})
		if code, _ := got["error"].(string); code != tt.want {
			t.Errorf("%s: %v, want %q", name, got, tt.want)
		}
	}
}

func TestMessagesAreRefused(t *testing.T) {
	tests := map[string]struct {
		method string
		form   url.Values
		want   string
	}{
		"token":     {"auth.test", url.Values{"token": {"x"}}, "invalid_auth"},
		"method":    {"chat.delete", url.Values{}, "unknown_method"},
		"no text":   {"chat.postMessage", url.Values{"channel": {"C1"}}, "no_text"},
		"long":      {"chat.postMessage", url.Values{"channel": {"C1"}, "text": {strings.Repeat("x", 40001)}}, "msg_too_long"},
		"private":   {"chat.postMessage", url.Values{"channel": {"C3"}, "text": {"x"}}, "channel_not_found"},
		"metadata":  {"chat.postMessage", url.Values{"channel": {"C1"}, "text": {"x"}, "metadata": {`{"event_type":"a"}`}}, "invalid_metadata_format"},
		"big":       {"chat.postMessage", url.Values{"channel": {"C1"}, "text": {"x"}, "metadata": {`{"event_type":"a","event_payload":{"x":"` + strings.Repeat("x", 20000) + `"}}`}}, "metadata_too_large"},
		"no thread": {"chat.postMessage", url.Values{"channel": {"C1"}, "text": {"x"}, "thread_ts": {"1.2"}}, "thread_not_found"},
		"no edit":   {"chat.update", url.Values{"channel": {"C1"}, "text": {"x"}, "ts": {"1.2"}}, "message_not_found"},
		"limit":     {"conversations.history", url.Values{"channel": {"C1"}, "limit": {"1000"}}, "invalid_limit"},
		"cursor":    {"conversations.history", url.Values{"channel": {"C1"}, "cursor": {"x"}}, "invalid_cursor"},
	}
	for name, tt := range tests {
		_, call := open(t, Options{})
		if got := call(tt.method, tt.form); got["error"] != tt.want {
			t.Errorf("%s: %v, want %s", name, got, tt.want)
		}
	}
}

func TestHistoryIsPaged(t *testing.T) {
	clock := time.Unix(1639445400, 0)
	_, call := open(t, Options{Now: func() time.Time { return clock }})
	first := call("chat.postMessage", url.Values{"channel": {"C1"}, "text": {"root"}, "metadata": {`{"event_type":"e","event_payload":{"key":"k"}}`}})["ts"].(string)
	for i := range 7 {
		clock = clock.Add(time.Second)
		call("chat.postMessage", url.Values{"channel": {"C1"}, "text": {fmt.Sprint("reply ", i)}, "thread_ts": {first}})
		call("chat.postMessage", url.Values{"channel": {"C1"}, "text": {fmt.Sprint("other ", i)}})
	}
	walk := func(method string, form url.Values) (texts []string, metadata int) {
		for range 20 {
			page := call(method, form)
			for _, m := range page["messages"].([]any) {
				texts = append(texts, m.(map[string]any)["text"].(string))
				if m.(map[string]any)["metadata"] != nil {
					metadata++
				}
			}
			next, _ := page["response_metadata"].(map[string]any)["next_cursor"].(string)
			if next == "" {
				return texts, metadata
			}
			form.Set("cursor", next)
		}
		t.Fatal("no end")
		return nil, 0
	}
	texts, metadata := walk("conversations.history", url.Values{"channel": {"C1"}, "limit": {"3"}, "include_all_metadata": {"1"}})
	if got := strings.Join(texts, ","); got != "other 6,other 5,other 4,other 3,other 2,other 1,other 0,root" || metadata != 1 {
		t.Errorf("history %s, %d with metadata", got, metadata)
	}
	texts, metadata = walk("conversations.replies", url.Values{"channel": {"C1"}, "ts": {first}, "limit": {"3"}})
	if got := strings.Join(texts, ","); got != "root,reply 0,reply 1,reply 2,reply 3,reply 4,reply 5,reply 6" || metadata != 0 {
		t.Errorf("thread %s, %d with metadata", got, metadata)
	}
	texts, _ = walk("conversations.history", url.Values{"channel": {"C1"}, "oldest": {"1639445406.000000"}, "inclusive": {"1"}})
	if got := strings.Join(texts, ","); got != "other 6,other 5" {
		t.Errorf("window %s", got)
	}
}

func TestFaults(t *testing.T) {
	s, call := open(t, Options{})
	post := func() map[string]any { return call("chat.postMessage", url.Values{"channel": {"C1"}, "text": {"x"}}) }
	s.Inject(Fault{Method: "chat.postMessage", Drop: true}, Fault{Method: "chat.postMessage", Refuse: true}, Fault{Method: "chat.postMessage", Repeat: true})
	if post()["broken"] == nil || len(s.Messages("C1")) != 1 {
		t.Error("a lost answer: the message should be there, the answer not")
	}
	if post()["broken"] == nil || len(s.Messages("C1")) != 1 {
		t.Error("a refused call was carried out")
	}
	if post()["ok"] != true || len(s.Messages("#one")) != 3 {
		t.Errorf("a repeated call left %d messages", len(s.Messages("C1")))
	}
}

func TestRateLimits(t *testing.T) {
	clock := time.Unix(1639445400, 0)
	_, call := open(t, Options{Limits: true, Now: func() time.Time { return clock }})
	post := func(channel string) any {
		return call("chat.postMessage", url.Values{"channel": {channel}, "text": {"x"}})["error"]
	}
	if post("C1") != nil || post("C1") != "ratelimited" || post("C2") != nil {
		t.Error("not one message a second and channel")
	}
	clock = clock.Add(time.Second)
	if post("C1") != nil {
		t.Error("still limited after a second")
	}
	n := 0
	for call("conversations.list", url.Values{})["ok"] == true {
		n++
	}
	if n != 20 {
		t.Errorf("conversations.list was answered %d times in a minute, not 20", n)
	}
}

func TestPingsAreSeen(t *testing.T) {
	s, call := open(t, Options{})
	for _, text := range []string{"<!channel> <@U123|x>", "&lt;!channel&gt; @here"} {
		call("chat.postMessage", url.Values{"channel": {"C1"}, "text": {text}})
	}
	call("chat.postMessage", url.Values{"channel": {"C1"}, "text": {"@here"}, "link_names": {"1"}})
	call("chat.postMessage", url.Values{"channel": {"C1"}, "text": {"x"}, "blocks": {`[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"broadcast","range":"channel"}]}]}]`}})
	var got []int
	for _, m := range s.Messages("") {
		got = append(got, len(m.Pings))
	}
	if fmt.Sprint(got) != "[2 0 1 1]" {
		t.Errorf("pings %v", got)
	}
}
