// Package file delivers notices to standard output or to a file, as text for
// people or as JSON Lines for programs.
package file

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"hansho/notify"
)

// Options are what a file channel needs.
type Options struct {
	Path      string    // appended to; Out where empty or "-"
	Out       io.Writer // standard output where nil
	JSON      bool
	Now       func() time.Time
	Templates *notify.Templates
}

// Channel writes notices one after the other.
type Channel struct {
	opts Options
	mu   sync.Mutex
}

var _ notify.Channel = (*Channel)(nil)

// New makes a channel. The file is opened for each notice, so that it may be
// rotated.
func New(o Options) (*Channel, error) {
	if o.Out == nil {
		o.Out = os.Stdout
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Templates == nil {
		return nil, errors.New("file: no templates")
	}
	return &Channel{opts: o}, nil
}

// Deliver writes one notice.
func (c *Channel) Deliver(_ context.Context, m notify.Message) (notify.Receipt, error) {
	text, err := c.text(m.Delivery)
	if err != nil {
		return notify.Receipt{}, &notify.Permanent{Err: fmt.Errorf("file: %w", err)}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.write(text); err != nil {
		return notify.Receipt{}, fmt.Errorf("file: %w", err)
	}
	return notify.Receipt{ID: m.Delivery.Key, At: c.opts.Now().UTC()}, nil
}

func (c *Channel) write(text string) error {
	if c.opts.Path == "" || c.opts.Path == "-" {
		_, err := io.WriteString(c.opts.Out, text)
		return err
	}
	f, err := os.OpenFile(c.opts.Path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Sync(), f.Close())
}

func (c *Channel) text(d notify.Delivery) (string, error) {
	doc, err := c.opts.Templates.Whole(d.Notice)
	if err != nil {
		return "", err
	}
	if !c.opts.JSON {
		return strings.Repeat("=", 72) + "\n" + doc.Subject + "\n\n" + doc.Text() + "\n", nil
	}
	raw, err := json.Marshal(struct {
		Key     string        `json:"key"`
		Thread  string        `json:"thread"`
		Subject string        `json:"subject"`
		Text    string        `json:"text"`
		Notice  notify.Notice `json:"notice"`
	}{d.Key, d.Thread, doc.Subject, doc.Text(), d.Notice})
	return string(raw) + "\n", err
}
