// Package webhook delivers notices as signed JSON to an address of the
// company's own, and holds what the channels over HTTP share.
package webhook

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"hansho/notify"
)

// Options are what a webhook needs.
type Options struct {
	URL       string
	Secret    string // signs what is sent
	Client    *http.Client
	Now       func() time.Time
	Templates *notify.Templates
}

// Channel posts JSON to one address.
type Channel struct{ opts Options }

var _ notify.Channel = (*Channel)(nil)

// New makes a channel.
func New(o Options) (*Channel, error) {
	if o.URL == "" || o.Secret == "" {
		return nil, errors.New("webhook: url and secret are needed")
	}
	if err := CheckURL(o.URL); err != nil {
		return nil, fmt.Errorf("webhook: %w", err)
	}
	if o.Client == nil {
		o.Client = Client()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Templates == nil {
		return nil, errors.New("webhook: no templates")
	}
	return &Channel{o}, nil
}

// Payload is the body of a request. Its names are a contract.
type Payload struct {
	Key     string        `json:"key"`    // the same for every try: what came twice is told by it
	Thread  string        `json:"thread"` // id of the case
	Subject string        `json:"subject"`
	Text    string        `json:"text"` // plain
	HTML    string        `json:"html"` // a whole page
	Notice  notify.Notice `json:"notice"`
}

// Deliver posts one notice. X-Hansho-Signature is "v1=" and the HMAC-SHA256, in
// hex, of X-Hansho-Timestamp (Unix seconds), a full stop and the body.
func (c *Channel) Deliver(ctx context.Context, m notify.Message) (notify.Receipt, error) {
	body, err := c.body(m.Delivery)
	if err != nil {
		return notify.Receipt{}, &notify.Permanent{Err: fmt.Errorf("webhook: %w", err)}
	}
	req, err := Request(ctx, c.opts.URL, "application/json", string(body))
	if err != nil {
		return notify.Receipt{}, fmt.Errorf("webhook: %w", err)
	}
	now := c.opts.Now()
	timestamp := strconv.FormatInt(now.Unix(), 10)
	req.Header.Set("X-Hansho-Key", m.Delivery.Key)
	req.Header.Set("X-Hansho-Timestamp", timestamp)
	req.Header.Set("X-Hansho-Signature", "v1="+Sign(c.opts.Secret, timestamp, body))
	if _, err := Send(c.opts.Client, req, now); err != nil {
		return notify.Receipt{}, fmt.Errorf("webhook: %w", err)
	}
	return notify.Receipt{ID: m.Delivery.Key, At: now.UTC()}, nil
}

// Sign gives the signature that Deliver sends.
func Sign(secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write([]byte(timestamp + "."))
	_, _ = mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

func (c *Channel) body(d notify.Delivery) ([]byte, error) {
	doc, err := c.opts.Templates.Whole(d.Notice)
	if err != nil {
		return nil, err
	}
	return json.Marshal(Payload{
		Key: d.Key, Thread: d.Thread, Subject: doc.Subject, Text: doc.Text(), HTML: doc.HTML(), Notice: d.Notice,
	})
}
