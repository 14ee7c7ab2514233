package notify_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/mmcdole/gofeed"

	"hansho/notify"
	"hansho/notify/atom"
	"hansho/notify/chatwork"
	"hansho/notify/file"
	"hansho/notify/lineworks"
	"hansho/notify/notifytest"
	"hansho/notify/slack"
	"hansho/notify/slack/slacktest"
	"hansho/notify/teams"
	"hansho/notify/webhook"
)

const secret = "very-s3cret"

func now() time.Time { return notifytest.At }

// overHTTP are the channels that make one request a notice. Each gets the
// address of the server that it talks to.
func overHTTP() map[string]struct {
	to   string
	open func(t *testing.T, address string) notify.Channel
} {
	type c = struct {
		to   string
		open func(t *testing.T, address string) notify.Channel
	}
	return map[string]c{
		"webhook": {"", func(t *testing.T, address string) notify.Channel {
			return opened(t)(webhook.New(webhook.Options{URL: address + "/" + secret, Secret: secret, Now: now, Templates: templates(t)}))
		}},
		"teams": {"", func(t *testing.T, address string) notify.Channel {
			return opened(t)(teams.New(teams.Options{URL: address + "/" + secret, Now: now, Templates: templates(t)}))
		}},
		"chatwork": {"123", func(t *testing.T, address string) notify.Channel {
			return opened(t)(chatwork.New(chatwork.Options{URL: address, Token: secret, Now: now, Templates: templates(t)}))
		}},
		"slack webhook": {"", func(t *testing.T, address string) notify.Channel {
			return opened(t)(slack.NewWebhook(slack.WebhookOptions{URL: address + "/" + secret, Now: now, Templates: templates(t)}))
		}},
	}
}

func opened(t *testing.T) func(notify.Channel, error) notify.Channel {
	return func(c notify.Channel, err error) notify.Channel {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
}

func TestStatuses(t *testing.T) {
	for name, c := range overHTTP() {
		t.Run(name, func(t *testing.T) { notifytest.Statuses(t, c.to, []string{secret}, c.open) })
	}
}

// TestEachPeersOwnWordForLater: what Chatwork and LINE WORKS document in place
// of Retry-After.
func TestEachPeersOwnWordForLater(t *testing.T) {
	for header, value := range map[string]string{
		"Retry-After":       "17",
		"X-RateLimit-Reset": strconv.FormatInt(now().Add(17*time.Second).Unix(), 10), // Chatwork: Unix time
		"rateLimit-reset":   "17",                                                    // LINE WORKS: seconds left
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set(header, value)
			w.WriteHeader(http.StatusTooManyRequests)
		}))
		_, err := overHTTP()["chatwork"].open(t, server.URL).Deliver(t.Context(), notifytest.Message(notifytest.Notice(notify.KindNew, "ja"), notify.Address{To: "123"}))
		server.Close()
		var wait *notify.RetryAfter
		if !errors.As(err, &wait) || wait.Wait != 17*time.Second {
			t.Errorf("%s: %v, want a wait of 17 s", header, err)
		}
	}
}

// sent delivers a notice and gives what reached the server.
func sent(t *testing.T, name string, n notify.Notice) (*http.Request, []byte) {
	t.Helper()
	var got *http.Request
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got = r.Clone(t.Context())
		body, _ = io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		_ = r.ParseForm()
		got.PostForm = r.PostForm
	}))
	defer server.Close()
	c := overHTTP()[name]
	if _, err := c.open(t, server.URL).Deliver(t.Context(), notifytest.Message(n, notify.Address{To: c.to})); err != nil {
		t.Fatal(err)
	}
	return got, body
}

// An address that is none is a mistake in the configuration, and is not shown: it
// may be a secret in the wrong place.
func TestAddressesAreChecked(t *testing.T) {
	for _, address := range []string{"xoxb-very-secret", "https://", "ftp://very-secret.example/x", "://very-secret"} {
		_, err1 := webhook.New(webhook.Options{URL: address, Secret: "s", Templates: templates(t)})
		_, err2 := teams.New(teams.Options{URL: address, Templates: templates(t)})
		_, err3 := slack.NewWebhook(slack.WebhookOptions{URL: address, Templates: templates(t)})
		for _, err := range []error{err1, err2, err3} {
			if err == nil || strings.Contains(err.Error(), "very-secret") {
				t.Errorf("%s: %v", address, err)
			}
		}
	}
}

func TestWebhookIsSigned(t *testing.T) {
	req, body := sent(t, "webhook", notifytest.Notice(notify.KindUpdate, "ja"))
	timestamp := req.Header.Get("X-Hansho-Timestamp")
	if want := "v1=" + webhook.Sign(secret, timestamp, body); timestamp != "1639445400" || req.Header.Get("X-Hansho-Signature") != want {
		t.Errorf("signed %s %s", timestamp, req.Header.Get("X-Hansho-Signature"))
	}
	var p webhook.Payload
	if err := json.Unmarshal(body, &p); err != nil {
		t.Fatal(err)
	}
	if p.Key != "key-1" || !strings.Contains(p.Text, "2.15.0 から 2.16.0") || !strings.Contains(p.Text, "■ 対応") || p.Notice.Case.ID == "" {
		t.Errorf("payload %+v", p)
	}
}

func TestTeamsCards(t *testing.T) {
	long := notifytest.Notice(notify.KindNew, "ja")
	long.Case.Summary = strings.Repeat("長い説明です。", 9000)
	for range 300 {
		long.Case.Items = append(long.Case.Items, long.Case.Items[0])
	}
	for name, n := range map[string]notify.Notice{"usual": notifytest.Notice(notify.KindReversal, "ja"), "long": long, "hostile": notifytest.HostileNotice(notify.KindUpdate, "en")} {
		_, body := sent(t, "teams", n)
		if len(body) > 28<<10 {
			t.Errorf("%s: %d bytes", name, len(body))
		}
		var card struct {
			Attachments []struct {
				Content struct {
					Body []struct {
						Type    string
						Inlines []struct{ Type, Text string }
					}
				}
			}
		}
		if err := json.Unmarshal(body, &card); err != nil {
			t.Fatal(err)
		}
		for _, e := range card.Attachments[0].Content.Body {
			if e.Type != "RichTextBlock" {
				t.Errorf("%s: a %s may read markup", name, e.Type)
			}
			for _, r := range e.Inlines {
				if r.Type != "TextRun" || strings.Contains(r.Text, "\n") {
					t.Errorf("%s: run %+v", name, r)
				}
			}
		}
		if strings.Contains(string(body), "entities") || strings.Contains(string(body), `"url":"javascript`) {
			t.Errorf("%s: mentions or links: %s", name, body)
		}
	}
}

func TestChatworkTagsAreHarmless(t *testing.T) {
	req, _ := sent(t, "chatwork", notifytest.HostileNotice(notify.KindNew, "ja"))
	body := req.PostForm.Get("body")
	inner := strings.NewReplacer("[info]", "", "[title]", "", "[/title]", "", "[/info]", "").Replace(body)
	if strings.Contains(inner, "[") || !strings.HasPrefix(body, "[info][title]") || !strings.HasSuffix(body, "[/info]") {
		t.Errorf("tags from outside: %s", body)
	}
	if req.URL.Path != "/rooms/123/messages" || req.Header.Get("X-ChatWorkToken") != secret {
		t.Errorf("%s %v", req.URL, req.Header)
	}
	c := overHTTP()["chatwork"].open(t, "http://127.0.0.1:1")
	if _, err := c.Deliver(t.Context(), notifytest.Message(notifytest.Notice(notify.KindNew, "ja"), notify.Address{To: "../me"})); err == nil || !strings.Contains(err.Error(), "no room") {
		t.Errorf("got %v", err)
	}
}

func TestSlackWebhookShortensWhatIsRefused(t *testing.T) {
	var sizes []int
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if sizes = append(sizes, len(body)); len(sizes) < 3 {
			http.Error(w, "invalid_blocks", http.StatusBadRequest)
		}
	}))
	defer server.Close()
	n := notifytest.Notice(notify.KindNew, "ja")
	for range 100 {
		n.Case.Items = append(n.Case.Items, n.Case.Items[0])
	}
	c := overHTTP()["slack webhook"].open(t, server.URL)
	if _, err := c.Deliver(t.Context(), notifytest.Message(n, notify.Address{})); err != nil {
		t.Fatal(err)
	}
	if len(sizes) != 3 || sizes[0] <= sizes[1] || sizes[1] <= sizes[2] {
		t.Errorf("sizes %v", sizes)
	}
}

// works is a LINE WORKS that checks logins and forgets its tokens on command.
type works struct {
	key    *rsa.PublicKey
	logins int
	forget bool
	texts  []string
	paths  []string
}

func (s *works) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/token" {
		_ = r.ParseForm()
		if r.PostForm.Get("client_secret") != secret || strings.Count(r.PostForm.Get("assertion"), ".") != 2 {
			http.Error(w, `{"error":"invalid_client"}`, http.StatusUnauthorized)
			return
		}
		s.logins++
		_, _ = io.WriteString(w, `{"access_token":"token-`+secret+`","expires_in":"3600"}`)
		return
	}
	if s.forget {
		s.forget = false
		http.Error(w, `{"code":"UNAUTHORIZED"}`, http.StatusUnauthorized)
		return
	}
	var m struct{ Content struct{ Type, Text string } }
	if err := json.NewDecoder(r.Body).Decode(&m); err != nil || m.Content.Type != "text" || m.Content.Text == "" || utf8.RuneCountInString(m.Content.Text) > 2000 {
		http.Error(w, `{"code":"INVALID_PARAMETER"}`, http.StatusBadRequest)
		return
	}
	s.texts, s.paths = append(s.texts, m.Content.Text), append(s.paths, r.URL.Path)
	w.WriteHeader(http.StatusCreated)
}

func TestLINEWORKS(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := lineworks.ParseKey(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	if err != nil {
		t.Fatal(err)
	}
	s := &works{key: &key.PublicKey}
	server := httptest.NewServer(s)
	defer server.Close()
	c := opened(t)(lineworks.New(lineworks.Options{
		ClientID: "id", ClientSecret: secret, ServiceAccount: "bot@example", Key: parsed, BotID: "7",
		APIURL: server.URL, AuthURL: server.URL + "/token", Now: now, Templates: templates(t),
	}))
	long := notifytest.HostileNotice(notify.KindNew, "ja")
	long.Case.Summary = strings.Repeat("長い<m userId=\"all\">説明です。", 900)
	for i, to := range []string{"room-1", "taro@example", "user/abc"} {
		s.forget = i == 1
		if _, err := c.Deliver(t.Context(), notifytest.Message(long, notify.Address{To: to})); err != nil {
			t.Fatal(err)
		}
	}
	if want := "/bots/7/channels/room-1/messages /bots/7/users/taro@example/messages /bots/7/users/abc/messages"; strings.Join(s.paths, " ") != want || s.logins != 2 {
		t.Errorf("%v, %d logins", s.paths, s.logins)
	}
	for _, text := range s.texts {
		if n := len([]rune(text)); n > 2000 || n < 500 || strings.Contains(text, "<m ") {
			t.Errorf("%d characters: %s", n, text)
		}
	}
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	_, err = c.Deliver(t.Context(), notifytest.Message(long, notify.Address{To: "room-1"}))
	if err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("got %v", err)
	}
}

func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notices.jsonl")
	c := opened(t)(file.New(file.Options{Path: path, JSON: true, Now: now, Templates: templates(t)}))
	for range 2 {
		if _, err := c.Deliver(t.Context(), notifytest.Message(notifytest.Notice(notify.KindNew, "ja"), notify.Address{})); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.ReadFile(path)
	if err != nil || bytes.Count(raw, []byte("\n")) != 2 || !json.Valid(bytes.SplitN(raw, []byte("\n"), 2)[0]) {
		t.Errorf("%v: %s", err, raw)
	}

	var out strings.Builder
	c = opened(t)(file.New(file.Options{Out: &out, Now: now, Templates: templates(t)}))
	if _, err := c.Deliver(t.Context(), notifytest.Message(notifytest.HostileNotice(notify.KindNew, "ja"), notify.Address{})); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(out.String(), "\x1b\x00") || !strings.Contains(out.String(), "当社の対象") {
		t.Errorf("%q", out.String())
	}
}

func TestAtomFeed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "feed.xml")
	c := opened(t)(atom.New(atom.Options{Path: path, Title: "当社のお知らせ", Link: "https://intra.example.co.jp/feed.xml", Keep: 3, Templates: templates(t)}))
	for _, key := range []string{"k1", "k2", "k2", "k3", "k4"} {
		m := notifytest.Message(notifytest.HostileNotice(notify.KindNew, "ja"), notify.Address{})
		m.Delivery.Key = key
		if _, err := c.Deliver(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := gofeed.NewParser().Parse(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, it := range f.Items {
		ids = append(ids, it.GUID)
		if strings.Contains(it.Link, "javascript") || !strings.Contains(it.Content, "当社の対象") {
			t.Errorf("entry %+v", it)
		}
	}
	if got := strings.Join(ids, " "); got != "urn:hansho:k4 urn:hansho:k3 urn:hansho:k2" || f.Title != "当社のお知らせ" {
		t.Errorf("%q %s", f.Title, got)
	}
	if err := os.WriteFile(path, []byte("<html>"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Deliver(t.Context(), notifytest.Message(notifytest.Notice(notify.KindNew, "ja"), notify.Address{})); err == nil {
		t.Error("wrote over a file that is no feed")
	}
}

// TestSlackGolden holds what Slack shows: every notice, and the letters to our own
// people, which go there too.
func TestSlackGolden(t *testing.T) {
	got := map[string]string{}
	put := func(name string, n notify.Notice, form notify.Form) {
		doc, err := templates(t).Render(n, form)
		if err != nil {
			t.Fatal(err)
		}
		blocks, cut := slack.Blocks(doc, 8000)
		raw, err := json.MarshalIndent(map[string]any{"text": slack.Fallback(doc), "blocks": blocks}, "", "  ")
		if err != nil || cut {
			t.Fatal(name, cut, err)
		}
		got[name+".json"] = string(raw) + "\n"
	}
	for _, lang := range notify.Langs {
		for _, kind := range notify.Kinds {
			for _, form := range []notify.Form{notify.Root, notify.Reply} {
				put(lang+"/"+string(kind)+"-"+string(form), notifytest.Notice(kind, lang), form)
			}
		}
		for _, kind := range []string{"awareness", "awareness-owners", "awareness-management", "guide"} {
			d := letter(kind, "full")
			if lang == "en" {
				d = inEnglish(d)
			}
			l, err := templates(t).RenderLetter(kind, lang, d)
			if err != nil {
				t.Fatal(err)
			}
			put(lang+"/letter-"+kind, notify.Notice{Kind: notify.KindLetter, Lang: lang, At: notifytest.At, Letter: &l}, notify.Root)
		}
	}
	golden(t, filepath.Join("testdata", "slack"), got)
}

// TestSlackPage writes the samples as the demo shows them; HANSHO_PAGE names the
// file to look at.
func TestSlackPage(t *testing.T) {
	clock := notifytest.At
	server := slacktest.New(slacktest.Options{
		Channels: []slacktest.Channel{{ID: "C000000001", Name: "security", Member: true}},
		Now:      func() time.Time { clock = clock.Add(time.Minute); return clock },
	})
	web := httptest.NewServer(server)
	defer web.Close()
	c := opened(t)(slack.New(slack.Options{Token: "xoxb-test", APIURL: web.URL + "/api", Templates: templates(t)}))
	deliver := func(kind notify.Kind, thread *notify.Thread) notify.Receipt {
		m := notifytest.Message(notifytest.Notice(kind, "ja"), notify.Address{To: "#security"})
		m.Thread = thread
		r, err := c.Deliver(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	root := deliver(notify.KindNew, nil)
	for _, kind := range []notify.Kind{notify.KindUpdate, notify.KindReversal, notify.KindReminder} {
		deliver(kind, &notify.Thread{Root: root, Last: root})
	}
	for _, kind := range []notify.Kind{notify.KindSummary, notify.KindDigest, notify.KindSourceDown, notify.KindLetter} {
		deliver(kind, nil)
	}
	var page bytes.Buffer
	if err := server.WritePage(&page, "hansho", time.FixedZone("JST", 9*3600)); err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"3 件の返信", "編集済み", "受発注システム", "2.15.0 から 2.16.0"} {
		if !strings.Contains(page.String(), words) {
			t.Errorf("page lacks %q", words)
		}
	}
	if path := os.Getenv("HANSHO_PAGE"); path != "" {
		if err := os.WriteFile(path, page.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
