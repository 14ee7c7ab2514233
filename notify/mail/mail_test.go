package mail_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"
	"github.com/jhillyerd/enmime/v2"

	"hansho/advisory"
	"hansho/match"
	"hansho/notify"
	"hansho/notify/mail"
	"hansho/notify/mail/mailtest"
)

const password = "s3cret-pass"

var day = time.Date(2021, 12, 14, 1, 30, 0, 0, time.UTC)

var embedded = sync.OnceValues(func() (*notify.Templates, error) { return notify.LoadTemplates(nil, nil) })

type bench struct {
	server *mailtest.Server
	mail   *mail.Channel
}

func setUp(t *testing.T, change func(*mailtest.Options, *mail.Options)) bench {
	t.Helper()
	templates, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	so := mailtest.Options{}
	mo := mail.Options{TLS: mail.NoTLS, From: "情報システム部 <it@example.co.jp>", Templates: templates, Timeout: 5 * time.Second}
	if change != nil {
		change(&so, &mo)
	}
	server, err := mailtest.Start(so)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	mo.Addr = server.Addr()
	ch, err := mail.New(mo)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ch.Close() })
	return bench{server, ch}
}

func notice(kind notify.Kind) notify.Notice {
	source := notify.SourceView{
		Advisory: "jpcert:at210050", Source: "jpcert", Publisher: "JPCERT/CC", Title: "Apache Log4jの任意のコード実行の脆弱性",
		Link: "https://www.jpcert.or.jp/at/2021/at210050.html", Updated: day,
	}
	return notify.Notice{
		Kind: kind, Lang: "ja", At: day, Urgent: true,
		Case: &notify.CaseView{
			ID: "case:CVE-2021-44228", Name: "Apache Log4j の任意のコード実行の脆弱性（Log4Shell）に関する注意喚起", CVEs: []string{"CVE-2021-44228"},
			Severity: advisory.Severity{Rating: "critical", Score: 10}, Exploited: true, Summary: "遠隔から任意のコードを実行されるおそれがあります。",
			Items:   []notify.ItemView{{ID: "app", Name: "受発注システム", Product: "Apache Log4j 2.14.1", Verdict: match.Affected, Fixed: "2.16.0"}},
			Sources: []notify.SourceView{source},
		},
		News: []notify.News{{SourceView: source, Revised: true, Changes: []advisory.Change{{Field: "fixed", About: "Apache Log4j", Before: "2.15.0", After: "2.16.0"}}}},
	}
}

func message(key string, n notify.Notice) notify.Message {
	return notify.Message{Delivery: notify.Delivery{
		Key: key, Address: notify.Address{Channel: "mail", To: "山田 太郎 <taro@example.co.jp>"}, Thread: "case:CVE-2021-44228", Notice: n, Created: day,
	}}
}

func (b bench) deliver(t *testing.T, m notify.Message) notify.Receipt {
	t.Helper()
	r, err := b.mail.Deliver(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// read takes the newest mail apart, by another library than the one that wrote
// it.
func (b bench) read(t *testing.T) (*enmime.Envelope, []byte) {
	t.Helper()
	all := b.server.Messages()
	if len(all) == 0 {
		t.Fatal("no mail arrived")
	}
	raw := all[len(all)-1].Raw
	env, err := enmime.ReadEnvelope(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range env.Errors {
		t.Errorf("mail is not well formed: %s", e)
	}
	return env, raw
}

func TestMailOfACase(t *testing.T) {
	b := setUp(t, func(_ *mailtest.Options, o *mail.Options) { o.ReplyTo = "csirt@example.co.jp" })
	r := b.deliver(t, message("k1", notice(notify.KindNew)))
	env, raw := b.read(t)

	want := map[string]string{
		"Subject":    "【緊急・悪用あり】Apache Log4j の任意のコード実行の脆弱性（Log4Shell）に関する注意喚起（CVE-2021-44228）",
		"From":       "情報システム部 <it@example.co.jp>",
		"To":         "山田 太郎 <taro@example.co.jp>",
		"Reply-To":   "<csirt@example.co.jp>",
		"Date":       "Tue, 14 Dec 2021 01:30:00 +0000",
		"Message-Id": "<" + r.ID + ">", "Auto-Submitted": "auto-generated", "Importance": "high",
		"In-Reply-To": "", "List-Unsubscribe": "",
	}
	got := map[string]string{}
	for k := range want {
		got[k] = env.GetHeader(k)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
	for _, words := range []string{"受発注システム", "対策版 2.16.0 に更新してください", "https://www.jpcert.or.jp/at/2021/at210050.html"} {
		if !strings.Contains(env.Text, words) || !strings.Contains(env.HTML, words) {
			t.Errorf("%q is not in both text and HTML", words)
		}
	}
	for _, outside := range []string{"<img", "<link", "<script", "url(", "@import", "src="} {
		if strings.Contains(env.HTML, outside) {
			t.Errorf("HTML has %s", outside)
		}
	}
	checkLines(t, raw)
}

// checkLines holds a mail against RFC 5322, section 2.1.1, and the 7-bit rule of
// old gateways.
func checkLines(t *testing.T, raw []byte) {
	t.Helper()
	for line := range bytes.SplitSeq(raw, []byte("\r\n")) {
		if len(line) > 78 && !bytes.HasPrefix(line, []byte("<")) {
			t.Errorf("line of %d bytes: %q", len(line), line)
		}
		if bytes.ContainsAny(line, "\r\n\x00") || bytes.ContainsFunc(line, func(r rune) bool { return r > 0x7e }) {
			t.Errorf("line is not 7-bit text: %q", line)
		}
	}
}

func TestSameDeliveryIsSameMail(t *testing.T) {
	b := setUp(t, nil)
	m := message("k1", notice(notify.KindNew))
	m.Delivery.Notice.Letter = nil
	first, err := b.mail.Compose(m)
	if err != nil {
		t.Fatal(err)
	}
	m.Retry, m.Delivery.Tries = true, 3
	second, err := b.mail.Compose(m)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("a second try is another mail (-first +second):\n%s", diff)
	}
	m.At = day.Add(59 * time.Minute)
	soon, err := b.mail.Compose(m)
	if err != nil || !bytes.Equal(soon.Raw, first.Raw) {
		t.Errorf("within the hour it is another mail: %v", err)
	}
	m.At = day.Add(14 * time.Hour) // it waited for the morning
	late, err := b.mail.Compose(m)
	if err != nil || late.ID != first.ID || !bytes.Contains(late.Raw, []byte("Date: "+m.At.Format(time.RFC1123Z))) {
		t.Errorf("after the night: %v\n%.300s", err, late.Raw)
	}
	other, err := b.mail.Compose(message("k2", notice(notify.KindNew)))
	if err != nil || other.ID == first.ID {
		t.Errorf("another delivery has the Message-ID %s, %v", other.ID, err)
	}
}

func TestThread(t *testing.T) {
	b := setUp(t, nil)
	root := b.deliver(t, message("k1", notice(notify.KindNew)))
	m := message("k2", notice(notify.KindUpdate))
	m.Thread = &notify.Thread{Root: root, Last: root, Refs: []string{root.ID}}
	b.deliver(t, m)
	env, _ := b.read(t)
	if env.GetHeader("In-Reply-To") != "<"+root.ID+">" || env.GetHeader("References") != "<"+root.ID+">" {
		t.Errorf("not threaded: %q %q", env.GetHeader("In-Reply-To"), env.GetHeader("References"))
	}
	if want := "Re: " + root.Extra; env.GetHeader("Subject") != want {
		t.Errorf("subject %q, want %q", env.GetHeader("Subject"), want)
	}
	if !strings.Contains(env.Text, "対策版が 2.15.0 から 2.16.0 に変更") || !strings.Contains(env.Text, "■ 対応") {
		t.Errorf("doesn't say what changed and how it stands:\n%s", env.Text)
	}

	for i := range 100 {
		m.Thread.Refs = append(m.Thread.Refs, fmt.Sprintf("hansho.%032d@example.co.jp", i))
	}
	m.Delivery.Key = "k3"
	m.Delivery.Notice.Kind = notify.KindReversal
	b.deliver(t, m)
	env, raw := b.read(t)
	if refs := strings.Fields(env.GetHeader("References")); len(refs) != 20 || refs[0] != "<"+root.ID+">" {
		t.Errorf("%d references, first %s", len(refs), refs[0])
	}
	if !strings.HasPrefix(env.GetHeader("Subject"), "【至急】") {
		t.Errorf("a reversal hides behind %q", env.GetHeader("Subject"))
	}
	checkLines(t, raw)
}

func TestLongSubjectsFoldBetweenCharacters(t *testing.T) {
	for _, jis := range []bool{false, true} {
		b := setUp(t, func(_ *mailtest.Options, o *mail.Options) { o.ISO2022JP = jis })
		for pad := range 50 {
			n := notice(notify.KindLetter)
			subject := strings.Repeat("a", pad) + " " + strings.Repeat("脆弱性対応のお願い", 8) + "(CVE-2021-44228) x"
			n.Letter = &notify.Letter{Subject: subject, Text: "本文"}
			b.deliver(t, message(fmt.Sprint("k", pad), n))
			env, raw := b.read(t)
			if env.GetHeader("Subject") != strings.TrimSpace(subject) {
				t.Fatalf("jis=%v pad %d: %q, want %q", jis, pad, env.GetHeader("Subject"), subject)
			}
			checkLines(t, raw)
			checkWords(t, raw)
		}
	}
}

// checkWords decodes each encoded word of the subject by itself.
func checkWords(t *testing.T, raw []byte) {
	t.Helper()
	_, after, _ := bytes.Cut(raw, []byte("Subject: "))
	for i, line := range strings.Split(string(after), "\r\n") {
		if i > 0 && !strings.HasPrefix(line, " ") {
			return
		}
		parts := strings.Split(strings.TrimSpace(line), "?")
		if len(parts) != 5 {
			t.Fatalf("not one encoded word: %q", line)
		}
		text, err := base64.StdEncoding.DecodeString(parts[3])
		if err != nil || strings.EqualFold(parts[1], "utf-8") && !utf8.Valid(text) {
			t.Errorf("a character is cut in %q", line)
		}
		if strings.EqualFold(parts[1], "iso-2022-jp") && bytes.Contains(text, []byte("\x1b$B")) && !bytes.HasSuffix(text, []byte("\x1b(B")) && !bytes.Contains(text, []byte("\x1b(B")) {
			t.Errorf("an encoded word doesn't return to ASCII: %q", text)
		}
	}
}

func TestISO2022JP(t *testing.T) {
	b := setUp(t, func(_ *mailtest.Options, o *mail.Options) { o.ISO2022JP = true })
	n := notice(notify.KindLetter)
	n.Letter = &notify.Letter{
		Subject: "①重要—確認〜",
		Text:    "①株式会社髙﨑 🔴 – café ﾊﾞﾝｶｸ 𠮷\n10〜12 ¥500 − 葛\U000E0100飾 か\u3099 見\u200bえない © 𩸽\n日本語の本文",
	}
	b.deliver(t, message("k1", n))
	env, raw := b.read(t)
	if !bytes.Contains(raw, []byte("charset=ISO-2022-JP")) && !bytes.Contains(raw, []byte(`charset="ISO-2022-JP"`)) {
		t.Error("not in ISO-2022-JP")
	}
	if want := "①株式会社髙﨑 ● - cafe バンカク 吉\n10～12 ￥500 － 葛飾 が 見えない (C) 〓\n日本語の本文"; env.Text != want {
		t.Errorf("text is %q, want %q", env.Text, want)
	}
}

// Where the text is in ISO-2022-JP, so are the names beside the addresses.
func TestISO2022JPNames(t *testing.T) {
	for _, iso := range []bool{true, false} {
		b := setUp(t, func(_ *mailtest.Options, o *mail.Options) {
			o.ISO2022JP = iso
			o.From = "情報システム部セキュリティ対策推進室 脆弱性情報窓口 <it@example.co.jp>"
			o.ReplyTo = `"IT desk, Tokyo" <desk@example.co.jp>`
		})
		m := message("k1", notice(notify.KindNew))
		m.Delivery.Address.To = "髙橋 太郎 <takahashi@example.jp>"
		b.deliver(t, m)
		env, raw := b.read(t)
		head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
		if iso && bytes.Contains(bytes.ToLower(head), []byte("utf-8")) {
			t.Errorf("UTF-8 in the headers of an ISO-2022-JP mail:\n%s", head)
		}
		for header, want := range map[string]string{
			"From": "情報システム部セキュリティ対策推進室 脆弱性情報窓口", "To": "髙橋 太郎", "Reply-To": "IT desk, Tokyo",
		} {
			list, err := env.AddressList(header)
			if err != nil || len(list) != 1 || list[0].Name != want {
				t.Errorf("iso=%v %s: %v, %v", iso, header, list, err)
			}
		}
		for line := range bytes.SplitSeq(head, []byte("\r\n")) {
			if len(line) > 78 {
				t.Errorf("a line of %d bytes: %s", len(line), line)
			}
		}
	}
}

func TestHeadersCantBeInjected(t *testing.T) {
	evil := "x\r\nBcc: all@example.com\r\n\r\n<b>body</b>\x00\u202E"
	b := setUp(t, func(_ *mailtest.Options, o *mail.Options) { o.Unsubscribe = "https://example.co.jp/u?to={to}" })
	n := notice(notify.KindLetter)
	n.Letter = &notify.Letter{
		Subject: evil, Text: evil, MessageID: "a b<c>\r\nBcc: y@example.com", HTML: "<p>x</p>",
		Attachments: []notify.Attachment{{Name: evil + "\"; x=y", Type: "text/plain\r\nX-Evil: 1", Data: []byte("x")}},
	}
	m := message("k1", n)
	m.Thread = &notify.Thread{Root: notify.Receipt{ID: "r"}, Refs: []string{"a>\r\nBcc: z@example.com"}}
	b.deliver(t, m)
	env, raw := b.read(t)
	if env.GetHeader("Bcc") != "" || env.GetHeader("X-Evil") != "" || bytes.Contains(bytes.ToLower(raw), []byte("\nbcc:")) || bytes.Contains(raw, []byte("\nX-Evil")) {
		t.Errorf("a header was injected:\n%s", raw)
	}
	m.Delivery.Address.To = "a@example.com>\r\nRCPT TO:<b@example.com"
	if _, err := b.mail.Deliver(t.Context(), m); !isPermanent(err) {
		t.Errorf("such a recipient is taken: %v", err)
	}
}

func TestAttachmentNames(t *testing.T) {
	b := setUp(t, nil)
	for _, name := range []string{"report.pdf", "脆弱性対応のお願い（第2報）_2021年12月14日版_株式会社サンプル御中.pdf", "a b;c\"d.txt"} {
		n := notice(notify.KindLetter)
		n.Letter = &notify.Letter{Subject: "件名", Text: "本文", HTML: "<p>本文</p>", Attachments: []notify.Attachment{{Name: name, Type: "application/pdf", Data: []byte("%PDF-1.7 日本")}}}
		b.deliver(t, message("k"+name, n))
		env, raw := b.read(t)
		if len(env.Attachments) != 1 {
			t.Fatalf("%d attachments", len(env.Attachments))
		}
		want := strings.NewReplacer("\"", "_", ";", "_").Replace(name)
		if a := env.Attachments[0]; a.FileName != want || string(a.Content) != "%PDF-1.7 日本" || a.ContentType != "application/pdf" {
			t.Errorf("got %q %s %q, want %q", a.FileName, a.ContentType, a.Content, want)
		}
		if env.Text != "本文" || env.HTML != "<p>本文</p>" {
			t.Errorf("parts: %q %q", env.Text, env.HTML)
		}
		checkLines(t, raw)
	}
}

func TestLetterGoesOutAsApproved(t *testing.T) {
	b := setUp(t, nil)
	n := notice(notify.KindLetter)
	n.Letter = &notify.Letter{Subject: "ご確認のお願い", Text: "拝啓　\n\n  *そのまま* <b>\n", HTML: "<p>その&amp;まま</p>", MessageID: "letter.1@example.co.jp"}
	r := b.deliver(t, message("k1", n))
	env, _ := b.read(t)
	if got := strings.ReplaceAll(env.Text, "\r\n", "\n"); got != n.Letter.Text || env.HTML != n.Letter.HTML {
		t.Errorf("sent %q and %q", got, env.HTML)
	}
	if r.ID != "letter.1@example.co.jp" || env.GetHeader("Message-Id") != "<letter.1@example.co.jp>" {
		t.Errorf("Message-ID %q", env.GetHeader("Message-Id"))
	}
	if _, raw := b.read(t); !bytes.Equal(r.Raw, raw) {
		t.Errorf("the relay got\n%s\nand kept is\n%s", raw, r.Raw)
	}
	if env.GetHeader("Auto-Submitted") != "" {
		t.Error("a letter that a person approved calls itself automatic")
	}
}

func TestUnsubscribe(t *testing.T) {
	b := setUp(t, func(_ *mailtest.Options, o *mail.Options) { o.Unsubscribe = "https://hansho.example.co.jp/u?to={to}" })
	n := notice(notify.KindDigest)
	n.Case = nil
	b.deliver(t, message("k1", n))
	env, _ := b.read(t)
	if env.GetHeader("List-Unsubscribe") != "<https://hansho.example.co.jp/u?to=taro%40example.co.jp>" || env.GetHeader("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
		t.Errorf("%q %q", env.GetHeader("List-Unsubscribe"), env.GetHeader("List-Unsubscribe-Post"))
	}
}

func TestDKIM(t *testing.T) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b := setUp(t, func(_ *mailtest.Options, o *mail.Options) {
		o.DKIM = &mail.DKIM{Domain: "example.co.jp", Selector: "hansho", Key: private}
	})
	b.deliver(t, message("k1", notice(notify.KindNew)))
	_, raw := b.read(t)
	lookup := func(name string) ([]string, error) {
		if name != "hansho._domainkey.example.co.jp" {
			return nil, fmt.Errorf("asked for %s", name)
		}
		return []string{"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)}, nil
	}
	check := func(mail []byte) error {
		vs, err := dkim.VerifyWithOptions(bytes.NewReader(mail), &dkim.VerifyOptions{LookupTXT: lookup})
		if err != nil || len(vs) != 1 {
			return fmt.Errorf("%d signatures, %w", len(vs), err)
		}
		return vs[0].Err
	}
	if err := check(raw); err != nil {
		t.Errorf("signature doesn't hold: %v", err)
	}
	if check(bytes.Replace(raw, []byte("Subject: "), []byte("Subject: x"), 1)) == nil {
		t.Error("signature holds with another subject")
	}
}

func isPermanent(err error) bool {
	var p *notify.Permanent
	return errors.As(err, &p)
}

func meaning(err error) string {
	var blocked *notify.Blocked
	var wait *notify.RetryAfter
	switch {
	case isPermanent(err):
		return "permanent"
	case errors.As(err, &blocked):
		return "blocked"
	case errors.As(err, &wait) && wait.Wait == 5*time.Minute:
		return "wait"
	}
	return "again"
}

// What a relay says of us before it has seen a message is no word on the message
// or on who is to have it.
func TestRefusalsOfUs(t *testing.T) {
	for reply, want := range map[string]string{
		"554 5.7.1 Relay access denied":               "blocked",
		"550 5.7.1 Client host rejected":              "blocked",
		"550 5.1.8 Sender address: domain not found":  "blocked",
		"504 5.5.2 Helo command rejected":             "blocked",
		"550 5.1.1 User unknown":                      "permanent",
		"552 5.2.2 Mailbox full":                      "permanent",
		"450 4.7.1 Client host: cannot find hostname": "again",
	} {
		relay := scripted(t, map[string]string{"RCPT": reply})
		ch, err := mail.New(mail.Options{Addr: relay, TLS: mail.NoTLS, From: "it@example.co.jp", Templates: templatesOf(t)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ch.Deliver(t.Context(), message("k", notice(notify.KindNew))); err == nil || meaning(err) != want {
			t.Errorf("%s: %v, want %s", reply, err, want)
		}
		_ = ch.Close()
	}
	relay := scripted(t, map[string]string{"": "554 5.7.1 no SMTP service for you here"})
	ch, err := mail.New(mail.Options{Addr: relay, TLS: mail.NoTLS, From: "it@example.co.jp", Templates: templatesOf(t)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ch.Deliver(t.Context(), message("k", notice(notify.KindNew))); err == nil || meaning(err) != "blocked" {
		t.Errorf("at the greeting: %v", err)
	}
}

func templatesOf(t *testing.T) *notify.Templates {
	t.Helper()
	ts, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	return ts
}

// scripted is a relay that answers each command with 250, or as told; what is
// under "" is its greeting.
func scripted(t *testing.T, answers map[string]string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				fmt.Fprintf(conn, "%s\r\n", or(answers[""], "220 relay"))
				lines := bufio.NewScanner(conn)
				for lines.Scan() {
					verb, _, _ := strings.Cut(lines.Text(), " ")
					fmt.Fprintf(conn, "%s\r\n", or(answers[strings.ToUpper(verb)], "250 ok"))
				}
			}()
		}
	}()
	return l.Addr().String()
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func TestAnswersOfTheRelay(t *testing.T) {
	tests := []struct {
		code    int
		message string
		means   string
	}{
		{421, "closing", "again"},
		{450, "4.2.0 Greylisted, try again in 300 seconds", "wait"},
		{451, "local error", "again"},
		{452, "disk full", "again"},
		{504, "Helo command rejected: need fully-qualified hostname", "blocked"},
		{530, "log in first", "blocked"},
		{535, "wrong password " + password, "blocked"},
		{550, "no such user", "permanent"},
		{552, "too large", "permanent"},
		{554, "rejected", "permanent"},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.code), func(t *testing.T) {
			refusals := 1
			b := setUp(t, func(s *mailtest.Options, o *mail.Options) {
				o.Username, o.Password, s.Username, s.Password = "u", password, "u", password
				s.Answer = func(mailtest.Message) error {
					if refusals--; refusals < 0 {
						return nil
					}
					return &smtp.SMTPError{Code: tt.code, EnhancedCode: smtp.NoEnhancedCode, Message: tt.message}
				}
			})
			_, err := b.mail.Deliver(t.Context(), message("k1", notice(notify.KindNew)))
			if err == nil || meaning(err) != tt.means {
				t.Fatalf("got %v (%T), want %s", err, err, tt.means)
			}
			if !strings.Contains(err.Error(), fmt.Sprint(tt.code)) || strings.Contains(err.Error(), password) {
				t.Errorf("error is %q", err)
			}
			b.deliver(t, message("k2", notice(notify.KindNew)))
			conn := 1
			if tt.code == 421 { // the relay is about to close (RFC 5321, section 3.8)
				conn = 2
			}
			if got := b.server.Messages()[0].Conn; got != conn {
				t.Errorf("went on over connection %d, not %d", got, conn)
			}
		})
	}
}

func TestConnectionsAreKeptAndReplaced(t *testing.T) {
	hangUp := false
	b := setUp(t, func(s *mailtest.Options, o *mail.Options) {
		o.PerConn = 3
		s.Answer = func(mailtest.Message) error {
			if hangUp {
				hangUp = false
				return mailtest.ErrHangUp
			}
			return nil
		}
	})
	var got []int
	for i := range 8 {
		hangUp = i == 4
		b.deliver(t, message(fmt.Sprint("k", i), notice(notify.KindNew)))
	}
	for _, m := range b.server.Messages() {
		got = append(got, m.Conn)
	}
	if diff := cmp.Diff([]int{1, 1, 1, 2, 3, 3, 3, 4}, got); diff != "" {
		t.Errorf("connections (-want +got):\n%s", diff)
	}
}

func TestLostAnswerIsTriedAgainAsTheSameMail(t *testing.T) {
	lose := true
	b := setUp(t, func(s *mailtest.Options, _ *mail.Options) {
		s.AfterData = func(mailtest.Message) error {
			if lose {
				lose = false
				return mailtest.ErrHangUp
			}
			return nil
		}
	})
	m := message("k1", notice(notify.KindNew))
	if _, err := b.mail.Deliver(t.Context(), m); err == nil || isPermanent(err) {
		t.Fatalf("got %v", err)
	}
	m.Retry = true
	b.deliver(t, m)
	all := b.server.Messages()
	if len(all) != 2 || !bytes.Equal(all[0].Raw, all[1].Raw) {
		t.Errorf("%d mails, the same: %v", len(all), len(all) == 2 && bytes.Equal(all[0].Raw, all[1].Raw))
	}
}

func TestCancelledWhileTheRelayIsSilent(t *testing.T) {
	started := make(chan struct{})
	release := make(chan struct{})
	b := setUp(t, func(s *mailtest.Options, _ *mail.Options) {
		s.Answer = func(mailtest.Message) error { close(started); <-release; return nil }
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-started; cancel() }()
	_, err := b.mail.Deliver(ctx, message("k1", notice(notify.KindNew)))
	close(release)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestCheck(t *testing.T) {
	b := setUp(t, nil)
	if who, err := b.mail.Check(t.Context(), nil); err != nil || who == "" {
		t.Errorf("%q, %v", who, err)
	}
	b.deliver(t, message("k1", notice(notify.KindNew)))
	if got := b.server.Messages(); len(got) != 1 || got[0].Conn != 1 {
		t.Errorf("the connection was not kept: %d mails", len(got))
	}
	bad := setUp(t, func(s *mailtest.Options, o *mail.Options) {
		s.Username, s.Password = "hansho", "right"
		o.Username, o.Password = "hansho", "wrong-secret"
	})
	if _, err := bad.mail.Check(t.Context(), nil); err == nil || strings.Contains(err.Error(), "wrong-secret") {
		t.Errorf("a wrong password: %v", err)
	}
}

func TestTLS(t *testing.T) {
	cert, pool := certificate(t)
	tests := []struct {
		name     string
		tls      mail.TLS
		server   bool
		implicit bool
		trust    bool
		wrong    string
	}{
		{name: "starttls", tls: mail.StartTLS, server: true, trust: true},
		{name: "implicit", tls: mail.Implicit, server: true, implicit: true, trust: true},
		{name: "not trusted", tls: mail.StartTLS, server: true, wrong: "certificate"},
		{name: "not offered", tls: mail.StartTLS, wrong: "STARTTLS"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := setUp(t, func(s *mailtest.Options, o *mail.Options) {
				o.TLS, o.Username, o.Password, s.Username, s.Password = tt.tls, "u", password, "u", password
				if tt.server {
					s.TLS, s.Implicit = &tls.Config{Certificates: []tls.Certificate{cert}}, tt.implicit
				}
				if tt.trust {
					o.TLSConfig = &tls.Config{RootCAs: pool}
				}
			})
			_, err := b.mail.Deliver(t.Context(), message("k1", notice(notify.KindNew)))
			if (err != nil) != (tt.wrong != "") || err != nil && (!strings.Contains(err.Error(), tt.wrong) || isPermanent(err)) {
				t.Errorf("got %v", err)
			}
			if err != nil && len(b.server.Messages()) > 0 {
				t.Error("sent without the security asked for")
			}
		})
	}
}

func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}, &x509.Certificate{SerialNumber: big.NewInt(1)}, public, private)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: private}, pool
}

func TestOptions(t *testing.T) {
	templates, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	good := mail.Options{Addr: "localhost:25", From: "a@example.com", Templates: templates}
	for name, change := range map[string]func(*mail.Options){
		"from":      func(o *mail.Options) { o.From = "nobody" },
		"reply-to":  func(o *mail.Options) { o.ReplyTo = "nobody" },
		"addr":      func(o *mail.Options) { o.Addr = "localhost" },
		"tls":       func(o *mail.Options) { o.TLS = "ssl" },
		"templates": func(o *mail.Options) { o.Templates = nil },
	} {
		o := good
		change(&o)
		if _, err := mail.New(o); err == nil {
			t.Errorf("wrong %s is taken", name)
		}
	}
}

func FuzzMail(f *testing.F) {
	f.Add("件名", "本文\n.\n..x", "<taro@example.co.jp>")
	f.Add("x\r\nBcc: a@b", "\x00\x1b$B", "a@b")
	f.Add("=?utf-8?B?eA==?= あ", "\r\n.\r\nMAIL FROM:<x>", "\"a b\"@example.com")
	templates, err := embedded()
	if err != nil {
		f.Fatal(err)
	}
	ch, err := mail.New(mail.Options{Addr: "localhost:25", From: "it@example.co.jp", Templates: templates, ISO2022JP: true})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, subject, text, to string) {
		n := notify.Notice{Kind: notify.KindLetter, Letter: &notify.Letter{Subject: subject, Text: text, Attachments: []notify.Attachment{{Name: subject, Type: text, Data: []byte(text)}}}}
		d := notify.Delivery{Key: "k", Address: notify.Address{To: to}, Notice: n, Created: day}
		m, err := ch.Compose(notify.Message{Delivery: d})
		if err != nil {
			return
		}
		checkLines(t, m.Raw)
		if _, err := netmail.ReadMessage(bytes.NewReader(m.Raw)); err != nil {
			t.Errorf("can't be read back: %v\n%s", err, m.Raw)
		}
	})
}
