// Package chatwork delivers notices to a Chatwork room.
package chatwork

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hansho/notify"
	"hansho/notify/markup"
	"hansho/notify/webhook"
)

// maxText keeps a message readable in a room; Chatwork would take 65,535.
const maxText = 8000

// Options are what a Chatwork channel needs.
type Options struct {
	Token     string
	URL       string // https://api.chatwork.com/v2 where empty
	Client    *http.Client
	Now       func() time.Time
	Templates *notify.Templates
}

// Channel posts to rooms; an address's place is the room's number.
type Channel struct{ opts Options }

var _ notify.Channel = (*Channel)(nil)

// New makes a channel.
func New(o Options) (*Channel, error) {
	if o.Token == "" {
		return nil, errors.New("chatwork: token is needed")
	}
	if o.URL == "" {
		o.URL = "https://api.chatwork.com/v2"
	}
	if o.Client == nil {
		o.Client = webhook.Client()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Templates == nil {
		return nil, errors.New("chatwork: no templates")
	}
	return &Channel{o}, nil
}

// Deliver posts one message. Chatwork can't be asked for a message by its key,
// so one whose answer was lost may come twice.
func (c *Channel) Deliver(ctx context.Context, m notify.Message) (notify.Receipt, error) {
	room := m.Delivery.Address.To
	if room == "" || strings.Trim(room, "0123456789") != "" {
		return notify.Receipt{}, &notify.Permanent{Err: fmt.Errorf("chatwork: %q is no room: write its number (#!rid… in its address)", room)}
	}
	doc, err := c.opts.Templates.Whole(m.Delivery.Notice)
	if err != nil {
		return notify.Receipt{}, &notify.Permanent{Err: fmt.Errorf("chatwork: %w", err)}
	}
	form := url.Values{"body": {Text(doc)}, "self_unread": {"1"}}
	req, err := webhook.Request(ctx, c.opts.URL+"/rooms/"+room+"/messages", "application/x-www-form-urlencoded", form.Encode())
	if err != nil {
		return notify.Receipt{}, fmt.Errorf("chatwork: %w", err)
	}
	req.Header.Set("X-ChatWorkToken", c.opts.Token)
	now := c.opts.Now()
	body, err := webhook.Send(c.opts.Client, req, now)
	if err != nil {
		return notify.Receipt{}, fmt.Errorf("chatwork: room %s: %w", room, err)
	}
	var answer struct {
		ID string `json:"message_id"`
	}
	_ = json.Unmarshal(body, &answer) // the message is out; its number is only for the receipt
	return notify.Receipt{ID: answer.ID, At: now.UTC()}, nil
}

// Text writes a document in Chatwork's notation: one frame with a title.
func Text(doc notify.Doc) string {
	body, _ := markup.Fit(doc.Body(), maxText, doc.More)
	return "[info][title]" + escape(markup.Cut(doc.Subject, 200)) + "[/title]" + escape(strings.TrimSpace(markup.Text(body))) + "[/info]"
}

// escape takes the meaning out of Chatwork's tags ([toall], [To:1], [code]),
// which have no escape of their own, by a bracket that looks alike.
func escape(s string) string { return strings.NewReplacer("[", "［", "]", "］").Replace(s) }
