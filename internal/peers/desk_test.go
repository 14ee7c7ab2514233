package peers

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	netmail "net/mail"
	"net/smtp"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hansho/cases"
	"hansho/internal/e2e"
	"hansho/pipeline"
)

const deskFeed = `<?xml version="1.0"?><rss version="2.0"><channel><title>Example</title><link>https://feed.e2e.example/</link><description/>
<item><title>Example Gateway vulnerability (CVE-2026-10001)</title><link>https://feed.e2e.example/1</link><guid>1</guid><pubDate>%s</pubDate></item></channel></rss>`

// The company of TestTheDeskByRealMail: its relay is a Postfix, its mailbox is a
// Dovecot's, one partner answers, and one has no box any more.
const deskConfig = `lang: ja
store: hansho.db
inventory: [inventory.yaml]
company: {name: 例示株式会社, department: 情報システム部, person: 山田, email: hansho@example.test}
channels:
  mail: {type: mail, addr: "%s", tls: none, from: "半鐘 <hansho@example.test>", hello: mail.example.test}
routes:
  - {name: all, to: ["mail:it@example.test"]}
letters: {channel: mail}
mailbox: {addr: "%s", tls: none, username: hansho@example.test, password: "file:password", every: "@every 5m"}
poll: {only_named: true, jitter: 1ms}
sources:
  - {id: e2e, format: rss, url: "https://feed.e2e.example/rss.xml", kind: alert, trust: coordinator, publisher: Example, schedule: "@every 1m", enabled: true}
`

const deskInventory = `items:
  - {id: gateway, name: 出入口, vendor: Example, product: Example Gateway, owner: 情報システム部}
partners:
  - {id: akebono, company: あけぼの開発株式会社, person: 高橋 由紀, email: [partner@example.test], role: customer, class: full}
  - {id: busted, company: 株式会社ばすてど, email: [busted@example.test], role: customer, class: full}
`

// desk is the real program with its daemon running.
type desk struct {
	t   *testing.T
	dir string
	bin string
	env []string
}

func startDesk(t *testing.T, smtpAddr, imapAddr string) *desk {
	t.Helper()
	dir := t.TempDir()
	bin, err := e2e.Build(t.Context(), dir)
	must(t, err)
	web, err := e2e.StartWeb(dir)
	must(t, err)
	t.Cleanup(func() { _ = web.Close() })
	web.Put("https://feed.e2e.example/rss.xml", fmt.Appendf(nil, deskFeed, time.Now().Format(time.RFC1123Z)))
	write(t, filepath.Join(dir, "password"), "geheim-1")
	write(t, filepath.Join(dir, "config.yaml"), fmt.Sprintf(deskConfig, smtpAddr, imapAddr))
	write(t, filepath.Join(dir, "inventory.yaml"), deskInventory)
	d := &desk{t: t, dir: dir, bin: bin, env: append(os.Environ(), web.Env()...)}
	d.daemon()
	return d
}

func (d *desk) daemon() {
	var log bytes.Buffer
	cmd := exec.Command(d.bin, "--config", filepath.Join(d.dir, "config.yaml"), "run")
	cmd.Env, cmd.Stdout, cmd.Stderr, cmd.Dir = d.env, &log, &log, d.dir
	must(d.t, cmd.Start())
	d.t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil || d.t.Failed() {
			d.t.Errorf("the daemon: %v\n%s", err, log.String())
		}
	})
	eventually(d.t, "the daemon", func() bool {
		_, err := os.Stat(filepath.Join(d.dir, "hansho.db.sock"))
		return err == nil
	})
}

// do runs a command, which reaches the daemon.
func (d *desk) do(args ...string) string {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, d.bin, append([]string{"--config", filepath.Join(d.dir, "config.yaml")}, args...)...)
	cmd.Env, cmd.Dir = d.env, d.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		d.t.Fatalf("hansho %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// ledger reads the mailbox and gives how the letter to each partner stands.
func (d *desk) ledger() map[string]pipeline.LedgerLine {
	d.t.Helper()
	d.do("mailbox")
	out := map[string]pipeline.LedgerLine{}
	dec := json.NewDecoder(strings.NewReader(d.do("ledger", "--json")))
	for dec.More() {
		var line pipeline.LedgerLine
		must(d.t, dec.Decode(&line))
		out[line.Partner] = line
	}
	return out
}

// TestTheDeskByRealMail: letters leave by Postfix once they are approved; an
// answer and a failure report come in by Dovecot and stand in the ledger.
func TestTheDeskByRealMail(t *testing.T) {
	p := startPostfix(t, "it@example.test", "partner@example.test", "hansho@example.test", "busted@example.test")
	imap := startDovecot(t, p)
	write(t, filepath.Join(p.dir, "mail", "busted@example.test"), "") // where the box should be: it can't be delivered to
	d := startDesk(t, p.addr, imap)
	eventually(t, "the case", func() bool { return len(p.mails(t, "it@example.test")) == 1 })
	d.do("letter", "draft", "partner-request", "--case", "CVE-2026-10001")
	if n := len(p.mails(t, "partner@example.test")); n > 0 {
		t.Fatal("a letter left unapproved")
	}
	d.do("letter", "approve", d.ledger()["akebono"].Letter, d.ledger()["busted"].Letter)
	eventually(t, "the letter", func() bool { return len(p.mails(t, "partner@example.test")) == 1 })
	letter, err := netmail.ReadMessage(strings.NewReader(p.mails(t, "partner@example.test")[0]))
	must(t, err)
	eventually(t, "the failure report", func() bool { return d.ledger()["busted"].Standing == cases.StandBounced })
	reply := "From: partner@example.test\r\nTo: hansho@example.test\r\nSubject: Re: " + letter.Header.Get("Subject") + "\r\nMessage-ID: <answer-1@example.test>\r\nIn-Reply-To: " + letter.Header.Get("Message-ID") +
		"\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n当社の製品への影響はありません。\r\n"
	must(t, smtp.SendMail(p.addr, nil, "partner@example.test", []string{"hansho@example.test"}, []byte(reply)))
	eventually(t, "the answer", func() bool { return d.ledger()["akebono"].Standing == cases.StandAnswered })
	t.Log(d.do("ledger"))
}
