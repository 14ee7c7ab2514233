package mail

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"hansho/notify"
)

// wire keeps one connection to the relay, for a bounded number of messages and
// a bounded time.
type wire struct {
	opts   Options
	host   string
	turn   chan struct{} // held by who sends
	client *smtp.Client
	conn   net.Conn
	sent   int
	idle   *time.Timer
}

func newWire(o Options) (*wire, error) {
	host, _, err := net.SplitHostPort(o.Addr)
	if err != nil {
		return nil, fmt.Errorf("mail: relay %q: %w", o.Addr, err)
	}
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	if o.PerConn == 0 {
		o.PerConn = 50
	}
	if o.Idle == 0 {
		o.Idle = 10 * time.Second
	}
	switch o.TLS {
	case "":
		o.TLS = StartTLS
	case StartTLS, Implicit, NoTLS:
	default:
		return nil, fmt.Errorf("mail: tls is %q, not starttls, tls or none", o.TLS)
	}
	return &wire{opts: o, host: host, turn: make(chan struct{}, 1)}, nil
}

// send hands one message to the relay.
func (w *wire) send(ctx context.Context, from, to string, raw []byte) error {
	select {
	case w.turn <- struct{}{}:
		defer func() { <-w.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	reused := w.client != nil
	err := w.try(ctx, from, to, raw)
	var notSent *beforeData
	if reused && errors.As(err, &notSent) && ctx.Err() == nil {
		err = w.try(ctx, from, to, raw) // the relay had closed the kept connection
	}
	return err
}

// check connects, and keeps the connection for the next message.
func (w *wire) check(ctx context.Context) error {
	select {
	case w.turn <- struct{}{}:
		defer func() { <-w.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := w.connect(ctx); err != nil {
		return err
	}
	w.after(nil)
	return nil
}

// beforeData is a broken connection at a point where the relay can't have
// accepted the message.
type beforeData struct{ error }

func (e *beforeData) Unwrap() error { return e.error }

func (w *wire) try(ctx context.Context, from, to string, raw []byte) error {
	if err := w.connect(ctx); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = w.conn.Close() })
	err := w.transmit(from, to, raw)
	if !stop() && ctx.Err() != nil {
		err = errors.Join(ctx.Err(), err)
	}
	w.after(err)
	return err
}

func (w *wire) transmit(from, to string, raw []byte) error {
	if err := w.client.Mail(from, &smtp.MailOptions{Size: int64(len(raw))}); err != nil {
		return broken(err)
	}
	if err := w.client.Rcpt(to, nil); err != nil {
		return broken(err)
	}
	data, err := w.client.Data()
	if err != nil {
		return broken(err)
	}
	if _, err := data.Write(raw); err != nil {
		return err
	}
	return data.Close()
}

// broken marks an error that is not the relay's answer, and one that is and comes
// before it has seen the message.
func broken(err error) error {
	var answer *smtp.SMTPError
	if errors.As(err, &answer) {
		return &unseenError{err}
	}
	return &beforeData{err}
}

// unseenError is a refusal by a relay that has not seen the message.
type unseenError struct{ error }

func (e *unseenError) Unwrap() error { return e.error }

// after keeps the connection for the next message, or ends it.
func (w *wire) after(err error) {
	w.sent++ // a check counts as one
	var answer *smtp.SMTPError
	usable := err == nil || errors.As(err, &answer) && answer.Code != 421
	if usable && err != nil {
		usable = w.client.Reset() == nil
	}
	if !usable || w.sent >= w.opts.PerConn {
		w.drop(usable)
		return
	}
	w.idle = time.AfterFunc(w.opts.Idle, func() {
		select {
		case w.turn <- struct{}{}:
			w.drop(true)
			<-w.turn
		default: // in use again
		}
	})
}

func (w *wire) drop(politely bool) {
	if w.client == nil {
		return
	}
	if politely {
		_ = w.client.Quit()
	}
	_ = w.client.Close()
	w.client, w.conn = nil, nil
}

func (w *wire) close() error {
	w.turn <- struct{}{}
	defer func() { <-w.turn }()
	if w.idle != nil {
		w.idle.Stop()
	}
	w.drop(true)
	return nil
}

func (w *wire) connect(ctx context.Context) error {
	if w.idle != nil {
		w.idle.Stop()
		w.idle = nil
	}
	if w.client != nil {
		return nil
	}
	conn, err := (&net.Dialer{Timeout: w.opts.Timeout}).DialContext(ctx, "tcp", w.opts.Addr)
	if err != nil {
		return err
	}
	setup, cancel := context.WithTimeout(ctx, 2*w.opts.Timeout)
	defer cancel()
	stop := context.AfterFunc(setup, func() { _ = conn.Close() })
	client, err := w.greet(conn)
	if !stop() && err == nil {
		err = context.Cause(setup)
	}
	if err != nil {
		_ = conn.Close()
		return &setupError{errors.Join(ctx.Err(), err)}
	}
	w.client, w.conn, w.sent = client, conn, 0
	return nil
}

// setupError is a failure before any message was spoken of: it is the relay's
// or the configuration's, never the message's.
type setupError struct{ error }

func (e *setupError) Unwrap() error { return e.error }

func (w *wire) greet(conn net.Conn) (*smtp.Client, error) {
	client, err := w.secure(conn)
	if err != nil {
		return nil, err
	}
	client.CommandTimeout, client.SubmissionTimeout = w.opts.Timeout, 4*w.opts.Timeout
	if w.opts.Username == "" {
		return client, nil
	}
	if err := client.Auth(w.mechanism(client)); err != nil {
		return nil, fmt.Errorf("log in as %s: %w", w.opts.Username, err)
	}
	return client, nil
}

func (w *wire) secure(conn net.Conn) (*smtp.Client, error) {
	cfg := &tls.Config{}
	if w.opts.TLSConfig != nil {
		cfg = w.opts.TLSConfig.Clone()
	}
	if cfg.ServerName == "" {
		cfg.ServerName = w.host
	}
	switch w.opts.TLS {
	case StartTLS:
		client, err := smtp.NewClientStartTLS(conn, cfg)
		if err != nil {
			return nil, fmt.Errorf("STARTTLS: %w", err)
		}
		return client, client.Hello(w.opts.Hello)
	case Implicit:
		conn = tls.Client(conn, cfg)
	}
	client := smtp.NewClient(conn)
	client.CommandTimeout = w.opts.Timeout
	return client, client.Hello(w.opts.Hello)
}

func (w *wire) mechanism(client *smtp.Client) sasl.Client {
	if !client.SupportsAuth(sasl.Plain) && client.SupportsAuth(sasl.Login) {
		return sasl.NewLoginClient(w.opts.Username, w.opts.Password)
	}
	return sasl.NewPlainClient("", w.opts.Username, w.opts.Password)
}

// classify says what a failure means for the delivery: what the relay will
// never take is permanent, the rest is tried again.
func (c *Channel) classify(to string, err error) error {
	shown := fmt.Errorf("mail: to %s over %s: %w", to, c.opts.Addr, c.harmless(err))
	var answer *smtp.SMTPError
	switch {
	case !errors.As(err, &answer):
		return shown
	case answer.Code/100 == 5 && aboutUs(err, answer):
		return &notify.Blocked{Err: shown}
	case answer.Code/100 == 5:
		return &notify.Permanent{Err: shown}
	case strings.Contains(strings.ToLower(answer.Message), "greylist"):
		return &notify.RetryAfter{Wait: 5 * time.Minute, Err: shown}
	}
	return shown
}

// aboutUs says that a refusal is of us, our name or our right to send, and of no
// message or recipient: it mends with the configuration, ours or the relay's. By
// its code, or, before the relay has seen the message, by what RFC 3463 calls
// security (X.7) or the sender's address (X.1.7, X.1.8).
func aboutUs(err error, answer *smtp.SMTPError) bool {
	var setup *setupError
	var unseen *unseenError
	switch answer.Code {
	case 500, 501, 502, 503, 504, 530, 534, 535, 538:
		return true
	}
	subject, detail := answer.EnhancedCode[1], answer.EnhancedCode[2]
	ours := subject == 7 || subject == 1 && (detail == 7 || detail == 8)
	return errors.As(err, &setup) || errors.As(err, &unseen) && ours
}

// harmless is an error without secrets. That the context ended stays to be seen.
func (c *Channel) harmless(err error) error {
	for _, cause := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, cause) {
			return cause
		}
	}
	return errors.New(c.redact(err.Error()))
}

// redact takes the password out of what a server may echo.
func (c *Channel) redact(s string) string {
	if c.opts.Password == "" {
		return s
	}
	for _, secret := range []string{
		c.opts.Password,
		base64.StdEncoding.EncodeToString([]byte(c.opts.Password)),
		base64.StdEncoding.EncodeToString([]byte("\x00" + c.opts.Username + "\x00" + c.opts.Password)),
	} {
		s = strings.ReplaceAll(s, secret, "***")
	}
	return s
}
