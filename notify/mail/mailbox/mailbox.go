// Package mailbox reads new mails from a folder of an IMAP server: the answers
// to letters, and the failures that mail servers report. It changes nothing
// there: the folder is opened read-only, no mail is marked or deleted.
package mailbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// TLS is how a connection is secured. The values are those of the configuration.
type TLS string

// The ways to secure a connection.
const (
	Implicit TLS = "tls" // from the first byte, port 993; the default
	StartTLS TLS = "starttls"
	NoTLS    TLS = "none" // only to a server on this machine
)

// Options say which folder is read, and within what bounds.
type Options struct {
	Addr     string // host:port
	TLS      TLS
	Username string
	Password string
	Folder   string        // INBOX where empty
	MaxBytes int64         // a larger mail is passed over; 25 MiB
	Limit    int           // mails read at once; 200
	Back     time.Duration // how far back the first reading goes; 14 days
	Timeout  time.Duration // of one reading; 5 minutes
	Config   *tls.Config   // nil is the system's
	Now      func() time.Time
	Log      *slog.Logger
}

// Place is how far a folder has been read.
type Place struct {
	Validity uint32 `json:"validity"` // UIDVALIDITY: the UIDs below are of this numbering
	UID      uint32 `json:"uid"`      // of the last mail that was taken
	Tries    int    `json:"tries"`    // how often the one after it failed
}

// Memory keeps the place.
type Memory interface {
	Place(ctx context.Context) (Place, error)
	SetPlace(ctx context.Context, p Place) error
}

// A Taker takes a mail as it is (RFC 5322). Taking the same mail again must do
// no harm.
type Taker interface {
	TakeReply(ctx context.Context, raw []byte) (matched string, err error)
}

// Mailbox is one folder.
type Mailbox struct{ o Options }

// maxTries is how often a mail that can't be taken is tried before it is passed
// over: one bad mail must not keep those after it.
const maxTries = 3

// New makes a Mailbox. It connects to nothing; Read does.
func New(o Options) (*Mailbox, error) {
	host, _, err := net.SplitHostPort(o.Addr)
	if err != nil {
		return nil, fmt.Errorf("mailbox: addr %q: want host:port", o.Addr)
	}
	if o.TLS == "" {
		o.TLS = Implicit
	}
	if !slices.Contains([]TLS{Implicit, StartTLS, NoTLS}, o.TLS) {
		return nil, fmt.Errorf("mailbox: tls: %q is not tls, starttls or none", o.TLS)
	}
	if o.TLS == NoTLS && !loopback(host) {
		return nil, fmt.Errorf("mailbox: tls: none would send the password over the network to %s in the clear", host)
	}
	o.defaults(host)
	return &Mailbox{o}, nil
}

func (o *Options) defaults(host string) {
	if o.Folder == "" {
		o.Folder = "INBOX"
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = 25 << 20
	}
	if o.Limit <= 0 {
		o.Limit = 200
	}
	if o.Back <= 0 {
		o.Back = 14 * 24 * time.Hour
	}
	if o.Timeout <= 0 {
		o.Timeout = 5 * time.Minute
	}
	if o.Config == nil {
		o.Config = &tls.Config{}
	}
	o.Config = o.Config.Clone()
	if o.Config.ServerName == "" {
		o.Config.ServerName = host
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Read hands every mail that is new since the last reading to t, oldest first,
// and remembers each as it is taken. It gives how many were taken.
func (m *Mailbox) Read(ctx context.Context, t Taker, mem Memory) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, m.o.Timeout)
	defer cancel()
	place, err := mem.Place(ctx)
	if err != nil {
		return 0, fmt.Errorf("mailbox: %w", err)
	}
	c, err := m.connect(ctx)
	if err != nil {
		return 0, fmt.Errorf("mailbox: %s: %w", m.o.Addr, err)
	}
	defer c.Close()
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	defer stop()
	r := reading{Mailbox: m, client: c, take: t, mem: mem, place: place}
	n, err := r.run(ctx)
	if err != nil {
		return n, fmt.Errorf("mailbox: %s: %s: %w", m.o.Addr, m.o.Folder, errors.Join(err, ctx.Err()))
	}
	_ = c.Logout().Wait()
	return n, nil
}

func (m *Mailbox) connect(ctx context.Context) (*imapclient.Client, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", m.o.Addr)
	if err != nil {
		return nil, err
	}
	if at, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(at); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	c, err := m.secure(ctx, conn)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if err := c.Login(m.o.Username, m.o.Password).Wait(); err != nil {
		return nil, errors.Join(fmt.Errorf("log in as %s: %w", m.o.Username, err), c.Close())
	}
	return c, nil
}

func (m *Mailbox) secure(ctx context.Context, conn net.Conn) (*imapclient.Client, error) {
	switch m.o.TLS {
	case NoTLS:
		return imapclient.New(conn, nil), nil
	case StartTLS:
		return imapclient.NewStartTLS(conn, &imapclient.Options{TLSConfig: m.o.Config})
	}
	secured := tls.Client(conn, m.o.Config)
	if err := secured.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return imapclient.New(secured, nil), nil
}

// reading is one pass over the folder.
type reading struct {
	*Mailbox
	client *imapclient.Client
	take   Taker
	mem    Memory
	place  Place
}

func (r *reading) run(ctx context.Context) (int, error) {
	box, err := r.client.Select(r.o.Folder, &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		return 0, fmt.Errorf("open: %w", err)
	}
	uids, err := r.fresh(box)
	if err != nil {
		return 0, err
	}
	taken := 0
	for _, uid := range uids {
		ok, err := r.one(ctx, uid)
		if err != nil {
			return taken, err
		}
		if ok {
			taken++
		}
	}
	return taken, nil
}

// fresh lists the mails to read. Where the server numbers its mails anew, or
// this is the first reading, those of the last weeks are.
func (r *reading) fresh(box *imap.SelectData) ([]imap.UID, error) {
	if r.place.Validity != box.UIDValidity {
		r.place = Place{Validity: box.UIDValidity}
	}
	what := &imap.SearchCriteria{Since: r.o.Now().Add(-r.o.Back)}
	if r.place.UID > 0 {
		var from imap.UIDSet
		from.AddRange(imap.UID(r.place.UID+1), 0)
		what = &imap.SearchCriteria{UID: []imap.UIDSet{from}}
	}
	found, err := r.client.UIDSearch(what, nil).Wait()
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	uids := slices.DeleteFunc(found.AllUIDs(), func(u imap.UID) bool { return uint32(u) <= r.place.UID }) // n:* gives the last one at least
	slices.Sort(uids)
	return uids[:min(len(uids), r.o.Limit)], nil
}

// one reads and hands on one mail. It says whether the mail was taken; one that
// is too large, gone, or has failed too often is passed over.
func (r *reading) one(ctx context.Context, uid imap.UID) (bool, error) {
	raw, err := r.fetch(uid)
	switch {
	case errors.Is(err, errTooLarge), errors.Is(err, errGone):
		r.o.Log.Warn("mailbox: a mail is passed over", "uid", uint32(uid), "reason", err)
		return false, r.passed(ctx, uid)
	case err != nil:
		return false, fmt.Errorf("mail %d: %w", uid, err)
	}
	matched, err := r.take.TakeReply(ctx, raw)
	if err == nil {
		r.o.Log.Info("mailbox: a mail was read", "uid", uint32(uid), "letter", matched)
		return true, r.passed(ctx, uid)
	}
	if ctx.Err() != nil {
		return false, fmt.Errorf("mail %d: %w", uid, err)
	}
	if r.place.Tries++; r.place.Tries >= maxTries {
		r.o.Log.Error("mailbox: a mail can't be taken and is passed over", "uid", uint32(uid), "error", err)
		return false, r.passed(ctx, uid)
	}
	return false, errors.Join(fmt.Errorf("mail %d: %w", uid, err), r.mem.SetPlace(ctx, r.place))
}

func (r *reading) passed(ctx context.Context, uid imap.UID) error {
	r.place.UID, r.place.Tries = uint32(uid), 0
	if err := r.mem.SetPlace(ctx, r.place); err != nil {
		return fmt.Errorf("remember mail %d: %w", uid, err)
	}
	return nil
}

var (
	errTooLarge = errors.New("too large")
	errGone     = errors.New("no longer there")
)

// fetch reads a whole mail without marking it as read.
func (r *reading) fetch(uid imap.UID) ([]byte, error) {
	// One byte more than is taken tells a mail that is too large.
	section := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: r.o.MaxBytes + 1}}
	cmd := r.client.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}})
	var raw []byte
	var readErr error
	for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
		for item := msg.Next(); item != nil; item = msg.Next() {
			if body, ok := item.(imapclient.FetchItemDataBodySection); ok && body.Literal != nil && raw == nil {
				raw, readErr = io.ReadAll(io.LimitReader(body.Literal, r.o.MaxBytes+1))
			}
		}
	}
	if err := errors.Join(readErr, cmd.Close()); err != nil {
		return nil, err
	}
	switch {
	case raw == nil:
		return nil, errGone
	case int64(len(raw)) > r.o.MaxBytes:
		return nil, errTooLarge
	}
	return raw, nil
}
