// Package mail delivers notices by SMTP: one message a recipient, in text and
// HTML, threaded, with headers and encodings that old Japanese gateways pass on.
// The same delivery is always the same message, byte for byte but for its DKIM
// signature and, after an hour, its Date, so that a second try can be told from a
// second notice by its Message-ID.
package mail

import (
	"context"
	"crypto"
	"crypto/tls"
	"errors"
	"fmt"
	"net/mail"
	"os"
	"strings"
	"time"

	"hansho/notify"
)

// TLS says how a connection is secured.
type TLS string

// The ways to secure a connection.
const (
	StartTLS TLS = "starttls" // required, never given up for plain text
	Implicit TLS = "tls"      // from the first byte, port 465
	NoTLS    TLS = "none"     // a relay on this machine
)

// Options are what a mail channel needs.
type Options struct {
	Addr      string // host:port of the relay
	TLS       TLS    // StartTLS where empty
	TLSConfig *tls.Config
	Username  string // no authentication where empty
	Password  string
	Hello     string        // name said in EHLO; this machine's, or the domain of From, where empty
	Timeout   time.Duration // for one command; 30 s where zero
	PerConn   int           // messages over one connection; 50 where zero
	Idle      time.Duration // a connection is kept so long; 10 s where zero

	From    string // "情報システム部 <it@example.co.jp>"
	ReplyTo string
	// Domain is the right side of each Message-ID; that of From where empty.
	Domain string
	// ISO2022JP writes mail in the old Japanese encoding; what it can't say is
	// written in its nearest form.
	ISO2022JP bool
	// Unsubscribe is an https or mailto address offered in digests, where {to}
	// stands for the recipient.
	Unsubscribe string
	DKIM        *DKIM

	Templates *notify.Templates
}

// DKIM is the key that signs what is sent.
type DKIM struct {
	Domain   string
	Selector string
	Key      crypto.Signer // RSA or Ed25519
}

// Channel sends mail. It is safe for concurrent use; messages go one after the
// other over one connection, which is kept for a while.
type Channel struct {
	opts  Options
	from  *mail.Address
	reply *mail.Address
	wire  *wire
}

var _ notify.Channel = (*Channel)(nil)

// New makes a channel. It connects to nothing yet.
func New(o Options) (*Channel, error) {
	from, err := mail.ParseAddress(o.From)
	if err != nil {
		return nil, fmt.Errorf("mail: from %q: %w", o.From, err)
	}
	c := &Channel{opts: o, from: from}
	if o.ReplyTo != "" {
		if c.reply, err = mail.ParseAddress(o.ReplyTo); err != nil {
			return nil, fmt.Errorf("mail: reply-to %q: %w", o.ReplyTo, err)
		}
	}
	if o.Templates == nil {
		return nil, errors.New("mail: no templates")
	}
	if o.Hello == "" {
		o.Hello = ownName(from.Address)
	}
	if c.wire, err = newWire(o); err != nil {
		return nil, err
	}
	return c, nil
}

// ownName is what we call ourselves in EHLO: the name of this machine where it has
// a domain, since relays refuse names without, and otherwise that of the sender.
func ownName(from string) string {
	if host, err := os.Hostname(); err == nil && strings.Contains(host, ".") {
		return host
	}
	_, domain, _ := strings.Cut(from, "@")
	return domain
}

// Deliver sends one message. The receipt's ID is the Message-ID; that of a letter
// holds the mail itself. When it was sent is for the dispatcher to say.
func (c *Channel) Deliver(ctx context.Context, m notify.Message) (notify.Receipt, error) {
	msg, err := c.Compose(m)
	if err != nil {
		return notify.Receipt{}, &notify.Permanent{Err: err}
	}
	if err := c.wire.send(ctx, c.from.Address, msg.To, msg.Raw); err != nil {
		return notify.Receipt{}, c.classify(msg.To, err)
	}
	r := notify.Receipt{ID: msg.ID, Extra: msg.Subject}
	if m.Delivery.Notice.Kind == notify.KindLetter {
		r.Raw = msg.Raw
	}
	return r, nil
}

// Check connects to the relay and logs in, and gives the relay's address.
func (c *Channel) Check(ctx context.Context, _ []string) (string, error) {
	if err := c.wire.check(ctx); err != nil {
		return "", fmt.Errorf("mail: relay %s: %w", c.opts.Addr, c.harmless(err))
	}
	return c.opts.Addr, nil
}

// Close ends the connection, if one is open.
func (c *Channel) Close() error { return c.wire.close() }
