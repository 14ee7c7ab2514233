// Package mailtest is a small mail server for tests and for the demo: it takes
// every message, keeps it as an .eml file where a folder is given, and refuses,
// delays or hangs up on command.
package mailtest

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"sync"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// maxMessage bounds what is taken.
const maxMessage = 32 << 20

// Options say how the server behaves. The zero value takes everything in memory.
type Options struct {
	Addr     string // 127.0.0.1:0 where empty
	Dir      string // where .eml files are kept; empty keeps none
	TLS      *tls.Config
	Implicit bool // TLS from the first byte
	Username string
	Password string // asked for where a user name is set
	// Answer decides on a message before it is taken: nil takes it, a
	// *smtp.SMTPError refuses it, ErrHangUp closes the connection.
	Answer func(Message) error
	// AfterData does the same once the message was taken, so that its sender
	// can't know.
	AfterData func(Message) error
}

// ErrHangUp closes the connection without an answer.
var ErrHangUp = errors.New("mailtest: hang up")

// Message is one that was taken.
type Message struct {
	From string
	To   string
	Raw  []byte
	Path string // of its .eml file
	Conn int    // the connection that it came over, from 1
}

// Server takes mail.
type Server struct {
	opts   Options
	listen net.Listener
	smtp   *smtp.Server
	done   chan struct{}

	mu       sync.Mutex
	messages []Message
	conns    int
}

// Start listens and serves until Close.
func Start(o Options) (*Server, error) {
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	l, err := net.Listen("tcp", o.Addr)
	if err != nil {
		return nil, fmt.Errorf("mailtest: %w", err)
	}
	s := &Server{opts: o, listen: l, done: make(chan struct{})}
	s.smtp = smtp.NewServer(backend{s})
	s.smtp.Domain = "localhost"
	s.smtp.MaxMessageBytes = maxMessage
	s.smtp.AllowInsecureAuth = o.TLS == nil
	s.smtp.TLSConfig = o.TLS
	s.smtp.ErrorLog = discard{}
	if o.Implicit {
		l = tls.NewListener(l, o.TLS)
	}
	go func() {
		defer close(s.done)
		_ = s.smtp.Serve(l) // ends with Close
	}()
	return s, nil
}

// Addr is where the server listens, host:port.
func (s *Server) Addr() string { return s.listen.Addr().String() }

// Close ends the server.
func (s *Server) Close() error {
	err := s.smtp.Close()
	<-s.done
	return err
}

// Messages gives what was taken, oldest first.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Message{}, s.messages...)
}

type backend struct{ *Server }

func (b backend) NewSession(c *smtp.Conn) (smtp.Session, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.conns++
	return &session{server: b.Server, conn: c, number: b.conns, known: b.opts.Username == ""}, nil
}

type session struct {
	server *Server
	conn   *smtp.Conn
	number int
	known  bool // logged in, or nobody has to be
	from   string
	to     string
}

func (s *session) AuthMechanisms() []string {
	if s.server.opts.Username == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if username != s.server.opts.Username || password != s.server.opts.Password {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "wrong user name or password"}
		}
		s.known = true
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if !s.known {
		return smtp.ErrAuthRequired
	}
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.to != "" {
		return &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 5, 3}, Message: "one recipient at a time"}
	}
	if err := s.decide(s.server.opts.Answer, Message{From: s.from, To: to, Conn: s.number}); err != nil {
		return err
	}
	s.to = to
	return nil
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m := Message{From: s.from, To: s.to, Raw: raw, Conn: s.number}
	if err := s.server.keep(&m); err != nil {
		return err
	}
	return s.decide(s.server.opts.AfterData, m)
}

func (s *session) decide(by func(Message) error, m Message) error {
	if by == nil {
		return nil
	}
	err := by(m)
	if errors.Is(err, ErrHangUp) {
		_ = s.conn.Conn().Close()
	}
	return err
}

func (s *session) Reset() { s.from, s.to = "", "" }

func (s *session) Logout() error { return nil }

var unfit = regexp.MustCompile(`[^A-Za-z0-9@._+-]+`)

// keep remembers a message, and writes its file: number and recipient are its
// name.
func (s *Server) keep(m *Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.opts.Dir != "" {
		name := fmt.Sprintf("%04d-%s.eml", len(s.messages)+1, unfit.ReplaceAllString(m.To, "_"))
		m.Path = filepath.Join(s.opts.Dir, name)
		if err := os.WriteFile(m.Path, m.Raw, 0o600); err != nil {
			return fmt.Errorf("mailtest: %w", err)
		}
	}
	s.messages = append(s.messages, *m)
	return nil
}

// discard is for what the library would log of connections that end.
type discard struct{}

func (discard) Printf(string, ...any) {}

func (discard) Println(...any) {}
