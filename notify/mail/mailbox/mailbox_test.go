package mailbox_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"hansho/notify/mail/mailbox"
)

// server is an IMAP server in this process.
type server struct {
	t    *testing.T
	addr string
	user *imapmemserver.User
}

func newServer(t *testing.T) *server {
	t.Helper()
	mem := imapmemserver.New()
	user := imapmemserver.NewUser("hansho", "geheim-1")
	must(t, user.Create("INBOX", nil))
	mem.AddUser(user)
	s := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
		},
		InsecureAuth: true, Logger: log.New(io.Discard, "", 0),
		Caps: imap.CapSet{imap.CapIMAP4rev1: {}},
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	return &server{t, l.Addr().String(), user}
}

func (s *server) put(text string) {
	s.t.Helper()
	r := bytes.NewReader([]byte(text))
	_, err := s.user.Append("INBOX", literal{r}, &imap.AppendOptions{Time: time.Now()})
	must(s.t, err)
}

type literal struct{ *bytes.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

// desk keeps what it takes; it fails for mails that hold a word.
type desk struct {
	took  []string
	fails string
	place mailbox.Place
}

func (d *desk) TakeReply(_ context.Context, raw []byte) (string, error) {
	if d.fails != "" && bytes.Contains(raw, []byte(d.fails)) {
		return "", errors.New("the store is full")
	}
	d.took = append(d.took, string(raw))
	return "", nil
}

func (d *desk) Place(context.Context) (mailbox.Place, error) { return d.place, nil }

func (d *desk) SetPlace(_ context.Context, p mailbox.Place) error { d.place = p; return nil }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, s *server, change func(*mailbox.Options)) *mailbox.Mailbox {
	t.Helper()
	o := mailbox.Options{Addr: s.addr, TLS: mailbox.NoTLS, Username: "hansho", Password: "geheim-1"}
	if change != nil {
		change(&o)
	}
	m, err := mailbox.New(o)
	must(t, err)
	return m
}

func letter(n int) string { return fmt.Sprintf("Subject: %d\r\n\r\n本文 %d\r\n", n, n) }

func TestReadsEachMailOnce(t *testing.T) {
	s, d := newServer(t), &desk{}
	m := open(t, s, nil)
	s.put(letter(1))
	s.put(letter(2))
	n, err := m.Read(t.Context(), d, d)
	must(t, err)
	if n != 2 || !slices.Equal(d.took, []string{letter(1), letter(2)}) {
		t.Fatalf("%d mails: %q", n, d.took)
	}
	if n, err = m.Read(t.Context(), d, d); n != 0 || err != nil {
		t.Errorf("nothing new: %d, %v", n, err)
	}
	s.put(letter(3))
	n, err = open(t, s, nil).Read(t.Context(), d, d) // as after a restart
	must(t, err)
	if n != 1 || d.took[2] != letter(3) {
		t.Errorf("%d mails: %q", n, d.took[2:])
	}
	status, err := s.user.Status("INBOX", &imap.StatusOptions{NumMessages: true, NumUnseen: true})
	must(t, err)
	if *status.NumMessages != 3 || *status.NumUnseen != 3 {
		t.Errorf("%d mails, %d unread: reading must leave the folder as it is", *status.NumMessages, *status.NumUnseen)
	}
}

func TestNewNumbering(t *testing.T) {
	s, d := newServer(t), &desk{place: mailbox.Place{Validity: 1, UID: 4000}}
	s.put(letter(1))
	n, err := open(t, s, func(o *mailbox.Options) { o.Folder = "inbox" }).Read(t.Context(), d, d)
	must(t, err)
	if n != 1 && d.place.Validity != 1 {
		t.Errorf("%d mails at %+v", n, d.place)
	}
	d.place = mailbox.Place{Validity: 99, UID: 4000}
	n, err = open(t, s, nil).Read(t.Context(), d, d)
	must(t, err)
	if n != 1 || d.place.UID != 1 || d.place.Validity == 99 {
		t.Errorf("%d mails at %+v: a new numbering is read from its beginning", n, d.place)
	}
}

func TestOneBadMailKeepsNoOther(t *testing.T) {
	s, d := newServer(t), &desk{fails: "本文 1"}
	m := open(t, s, nil)
	s.put(letter(1))
	s.put(letter(2))
	for range 2 {
		if _, err := m.Read(t.Context(), d, d); err == nil || len(d.took) > 0 {
			t.Fatalf("%v, took %q", err, d.took)
		}
	}
	n, err := m.Read(t.Context(), d, d)
	must(t, err)
	if n != 1 || d.took[0] != letter(2) {
		t.Errorf("took %q", d.took)
	}
}

func TestBounds(t *testing.T) {
	s, d := newServer(t), &desk{}
	s.put("Subject: large\r\n\r\n" + strings.Repeat("x", 2000))
	exact := "Subject: exact\r\n\r\n" + strings.Repeat("x", 1000-18)
	s.put(exact)
	s.put(letter(3))
	m := open(t, s, func(o *mailbox.Options) { o.MaxBytes, o.Limit = 1000, 2 })
	n, err := m.Read(t.Context(), d, d)
	must(t, err)
	if n != 1 || len(d.took[0]) != 1000 {
		t.Errorf("took %d, the first of %d bytes", n, len(d.took[0]))
	}
	if n, err = m.Read(t.Context(), d, d); n != 1 || err != nil || d.took[1] != letter(3) {
		t.Errorf("the rest: %d, %v", n, err)
	}
}

func TestErrorsNameTheServerAndNoSecret(t *testing.T) {
	s, d := newServer(t), &desk{}
	for name, change := range map[string]func(*mailbox.Options){
		"password": func(o *mailbox.Options) { o.Password = "falsch-2" },
		"folder":   func(o *mailbox.Options) { o.Folder = "nirgends" },
		"tls":      func(o *mailbox.Options) { o.TLS = mailbox.Implicit; o.Timeout = 2 * time.Second },
		"closed":   func(o *mailbox.Options) { o.Addr = "127.0.0.1:1" },
	} {
		m := open(t, s, change)
		_, err := m.Read(t.Context(), d, d)
		if err == nil || !strings.Contains(err.Error(), "127.0.0.1") || strings.Contains(err.Error(), "falsch-2") || strings.Contains(err.Error(), "geheim-1") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNew(t *testing.T) {
	for name, o := range map[string]mailbox.Options{
		"no port":          {Addr: "mail.example.co.jp"},
		"in the clear":     {Addr: "mail.example.co.jp:143", TLS: mailbox.NoTLS},
		"unheard of":       {Addr: "mail.example.co.jp:143", TLS: "ssl3"},
		"looks like local": {Addr: "localhost.example.org:143", TLS: mailbox.NoTLS},
	} {
		if _, err := mailbox.New(o); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// A server that says nothing ends with the context.
func TestGivesUp(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		conn, err := l.Accept()
		if err == nil {
			cancel()
			defer conn.Close()
			_, _ = io.ReadAll(conn)
		}
	}()
	m, err := mailbox.New(mailbox.Options{Addr: l.Addr().String(), TLS: mailbox.NoTLS, Timeout: time.Minute})
	must(t, err)
	d := &desk{}
	if _, err := m.Read(ctx, d, d); err == nil {
		t.Error("no error")
	}
}
