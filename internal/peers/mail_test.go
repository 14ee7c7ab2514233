package peers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	netmail "net/mail"
	"net/smtp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jhillyerd/enmime/v2"

	"hansho/notify"
	"hansho/notify/mail"
	"hansho/notify/mail/mailbox"
	"hansho/notify/notifytest"
)

const sender = "半鐘 <hansho@example.test>"

func channel(t *testing.T, addr string, change func(*mail.Options)) *mail.Channel {
	t.Helper()
	templates, err := embedded()
	must(t, err)
	o := mail.Options{Addr: addr, TLS: mail.NoTLS, Hello: "mail.example.test", From: sender, Templates: templates, Timeout: 10 * time.Second}
	if change != nil {
		change(&o)
	}
	c, err := mail.New(o)
	must(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func message(key, to string, n notify.Notice) notify.Message {
	return notify.Message{Delivery: notify.Delivery{
		Key: key, Address: notify.Address{Channel: "mail", To: to}, Thread: "case:CVE-2021-44228", Notice: n, Created: notifytest.At,
	}}
}

func TestPostfixTakesEveryNotice(t *testing.T) {
	p := startPostfix(t, "it@example.test")
	c := channel(t, p.addr, nil)
	want := map[string]bool{}
	for _, n := range everyNotice() {
		r, err := c.Deliver(t.Context(), message("key-"+n.name, "it@example.test", n.notice))
		if err != nil {
			t.Errorf("%s: %v", n.name, err)
			continue
		}
		want[r.ID] = true
	}
	eventually(t, "delivery", func() bool { return len(p.mails(t, "it@example.test")) == len(want) })
	for _, raw := range p.mails(t, "it@example.test") {
		msg, err := enmime.ReadEnvelope(strings.NewReader(raw))
		must(t, err)
		if id := strings.Trim(msg.GetHeader("Message-ID"), "<>"); !want[id] && !want["<"+id+">"] {
			t.Errorf("Message-ID %s was not ours", id)
		}
		if len(msg.Errors) > 0 || msg.Text == "" {
			t.Errorf("%s: parts can't be read: %v", msg.GetHeader("Subject"), msg.Errors)
		}
		if strings.ContainsFunc(raw, func(r rune) bool { return r > 127 }) {
			t.Errorf("%s: not 7-bit after Postfix", msg.GetHeader("Subject"))
		}
		for line := range strings.Lines(raw) {
			if len(line) > 998 {
				t.Errorf("%s: a line of %d bytes", msg.GetHeader("Subject"), len(line))
			}
		}
	}
}

func TestPostfixRefusals(t *testing.T) {
	p := startPostfix(t, "it@example.test")
	c := channel(t, p.addr, nil)
	for _, to := range slices.Sorted(maps.Keys(refusals)) {
		_, err := c.Deliver(t.Context(), message("k", to, notifytest.Notice(notify.KindNew, "ja")))
		var permanent *notify.Permanent
		switch {
		case err == nil:
			t.Errorf("%s: taken", to)
		case errors.As(err, &permanent) != refusals[to].permanent:
			t.Errorf("%s (%s): permanent %v: %v", to, refusals[to].says, !refusals[to].permanent, err)
		case !strings.Contains(err.Error(), refusals[to].says[:3]):
			t.Errorf("%s: the error doesn't say what the server said: %v", to, err)
		}
		t.Logf("%-22s %-36s permanent=%v", to, refusals[to].says, errors.As(err, &permanent))
	}
	// One who is refused keeps nobody else.
	if _, err := c.Deliver(t.Context(), message("k2", "it@example.test", notifytest.Notice(notify.KindNew, "ja"))); err != nil {
		t.Errorf("after refusals: %v", err)
	}
}

func TestPostfixGreylisting(t *testing.T) {
	p := startPostfix(t, "grey@example.test")
	c := channel(t, p.addr, nil)
	m := message("grey-1", "grey@example.test", notifytest.Notice(notify.KindNew, "ja"))
	_, err := c.Deliver(t.Context(), m)
	var permanent *notify.Permanent
	if err == nil || errors.As(err, &permanent) {
		t.Fatalf("first try: %v, want one to try again", err)
	}
	first, err := c.Deliver(t.Context(), m)
	must(t, err)
	m.Retry = true
	again, err := c.Deliver(t.Context(), m)
	must(t, err)
	if first.ID != again.ID {
		t.Errorf("Message-IDs %s and %s: a reader's program can't tell the repeat", first.ID, again.ID)
	}
}

// inbox takes mails and keeps them.
type inbox struct {
	mails [][]byte
	place mailbox.Place
}

func (i *inbox) TakeReply(_ context.Context, raw []byte) (string, error) {
	i.mails = append(i.mails, bytes.Clone(raw))
	return "", nil
}

func (i *inbox) Place(context.Context) (mailbox.Place, error) { return i.place, nil }

func (i *inbox) SetPlace(_ context.Context, p mailbox.Place) error { i.place = p; return nil }

// A letter goes out by Postfix; the reply and a failure report come in by
// Dovecot.
func TestReplyComesBackByDovecot(t *testing.T) {
	p := startPostfix(t, "partner@example.test", "hansho@example.test")
	imap := startDovecot(t, p)
	n := notifytest.Notice(notify.KindLetter, "ja")
	_, err := channel(t, p.addr, nil).Deliver(t.Context(), message("letter-1", "partner@example.test", n))
	must(t, err)
	eventually(t, "the letter", func() bool { return len(p.mails(t, "partner@example.test")) == 1 })
	letter, err := netmail.ReadMessage(strings.NewReader(p.mails(t, "partner@example.test")[0]))
	must(t, err)
	id := letter.Header.Get("Message-ID")

	reply := "From: partner@example.test\r\nTo: hansho@example.test\r\nSubject: Re: letter\r\nIn-Reply-To: " + id +
		"\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n影響ありません。\r\n"
	must(t, smtp.SendMail(p.addr, nil, "partner@example.test", []string{"hansho@example.test"}, []byte(reply)))
	eventually(t, "the reply", func() bool { return len(p.mails(t, "hansho@example.test")) == 1 })

	box, err := mailbox.New(mailbox.Options{Addr: imap, TLS: mailbox.NoTLS, Username: "hansho@example.test", Password: "geheim-1"})
	must(t, err)
	in := &inbox{}
	taken, err := box.Read(t.Context(), in, in)
	must(t, err)
	if taken != 1 || !bytes.Contains(in.mails[0], []byte("In-Reply-To: "+id)) || !bytes.Contains(in.mails[0], []byte("影響ありません。")) {
		t.Fatalf("%d mails: %s", taken, in.mails)
	}
	if again, err := box.Read(t.Context(), in, in); again != 0 || err != nil {
		t.Errorf("read again: %d, %v", again, err)
	}
}

// A server that takes a mail and can't deliver it says so in a mail of its own.
func TestBounceComesBackByDovecot(t *testing.T) {
	p := startPostfix(t, "hansho@example.test")
	imap := startDovecot(t, p)
	// The box vanishes between RCPT and delivery: a file stands in its way.
	write(t, p.dir+"/mail/busted", "")
	write(t, p.dir+"/conf/boxes", "hansho@example.test hansho@example.test/\nbusted@example.test busted/\n")
	if out, err := run(t, nil, program(t, "postfix", "postfix"), "-c", p.dir+"/conf", "reload"); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	var sent notify.Receipt
	eventually(t, "the new table", func() bool {
		var err error
		sent, err = channel(t, p.addr, nil).Deliver(t.Context(), message("letter-2", "busted@example.test", notifytest.Notice(notify.KindLetter, "ja")))
		return err == nil
	})
	eventually(t, "the failure report", func() bool { return len(p.mails(t, "hansho@example.test")) > 0 })
	box, err := mailbox.New(mailbox.Options{Addr: imap, TLS: mailbox.NoTLS, Username: "hansho@example.test", Password: "geheim-1"})
	must(t, err)
	in := &inbox{}
	_, err = box.Read(t.Context(), in, in)
	must(t, err)
	got := fmt.Sprintf("%s", in.mails)
	if !strings.Contains(got, "multipart/report") || !strings.Contains(got, "Final-Recipient: rfc822; busted@example.test") || !strings.Contains(got, strings.Trim(sent.ID, "<>")) {
		t.Errorf("no report of %s in:\n%.2000s", sent.ID, got)
	}
}
