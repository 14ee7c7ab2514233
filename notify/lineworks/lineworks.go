// Package lineworks delivers notices to LINE WORKS through a bot, which logs in
// with its service account.
package lineworks

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"hansho/notify"
	"hansho/notify/markup"
	"hansho/notify/webhook"
)

// maxText is what a text message of a bot may hold.
const maxText = 2000

// Options are what a LINE WORKS channel needs.
type Options struct {
	ClientID       string
	ClientSecret   string
	ServiceAccount string // …@…, in the developer console
	Key            *rsa.PrivateKey
	BotID          string
	APIURL         string // https://www.worksapis.com/v1.0 where empty
	AuthURL        string // https://auth.worksmobile.com/oauth2/v2.0/token where empty
	Client         *http.Client
	Now            func() time.Time
	Templates      *notify.Templates
}

// Channel posts to talk rooms and people. An address's place is the id of a
// channel, or a person's login id (with an @) or id led by "user/".
type Channel struct {
	opts  Options
	mu    sync.Mutex
	token string
	until time.Time
}

var _ notify.Channel = (*Channel)(nil)

// New makes a channel.
func New(o Options) (*Channel, error) {
	if o.ClientID == "" || o.ClientSecret == "" || o.ServiceAccount == "" || o.BotID == "" || o.Key == nil {
		return nil, errors.New("lineworks: client id, client secret, service account, key and bot id are needed")
	}
	if o.APIURL == "" {
		o.APIURL = "https://www.worksapis.com/v1.0"
	}
	if o.AuthURL == "" {
		o.AuthURL = "https://auth.worksmobile.com/oauth2/v2.0/token"
	}
	if o.Client == nil {
		o.Client = webhook.Client()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Templates == nil {
		return nil, errors.New("lineworks: no templates")
	}
	return &Channel{opts: o}, nil
}

// Deliver posts one message. LINE WORKS can't be asked for a message by its key,
// so one whose answer was lost may come twice.
func (c *Channel) Deliver(ctx context.Context, m notify.Message) (notify.Receipt, error) {
	doc, err := c.opts.Templates.Whole(m.Delivery.Notice)
	if err != nil {
		return notify.Receipt{}, &notify.Permanent{Err: fmt.Errorf("lineworks: %w", err)}
	}
	raw, err := json.Marshal(map[string]any{"content": map[string]string{"type": "text", "text": Text(doc)}})
	if err != nil {
		return notify.Receipt{}, &notify.Permanent{Err: fmt.Errorf("lineworks: %w", err)}
	}
	now := c.opts.Now()
	if err := c.post(ctx, c.path(m.Delivery.Address.To), string(raw), now); err != nil {
		return notify.Receipt{}, fmt.Errorf("lineworks: to %s: %w", m.Delivery.Address.To, err)
	}
	return notify.Receipt{ID: m.Delivery.Key, At: now.UTC()}, nil
}

func (c *Channel) path(to string) string {
	kind := "/channels/"
	if user, ok := strings.CutPrefix(to, "user/"); ok || strings.Contains(to, "@") {
		kind, to = "/users/", user
	}
	return c.opts.APIURL + "/bots/" + url.PathEscape(c.opts.BotID) + kind + url.PathEscape(to) + "/messages"
}

// post sends with the token at hand; one that is no longer taken is fetched
// anew, once.
func (c *Channel) post(ctx context.Context, address, body string, now time.Time) error {
	for try := 0; ; try++ {
		token, err := c.login(ctx, now)
		if err != nil {
			return err
		}
		req, err := webhook.Request(ctx, address, "application/json", body)
		if err != nil {
			return err
		}
		req.Header.Set("Authorization", "Bearer "+token)
		answer, err := webhook.Send(c.opts.Client, req, now)
		if err == nil || try > 0 || !refused(answer) {
			return err
		}
		c.forget(token)
	}
}

// refused says that an answer complains of the token.
func refused(answer []byte) bool {
	var body struct {
		Code string `json:"code"`
	}
	return json.Unmarshal(answer, &body) == nil && body.Code == "UNAUTHORIZED"
}

// Text writes a document as a text message, short enough for one.
func Text(doc notify.Doc) string {
	body := doc.Body()
	for budget := maxText; ; budget = budget * 3 / 4 {
		short, _ := markup.Fit(body, budget, doc.More)
		text := escape(strings.TrimSpace(markup.Text(short)))
		if n := len([]rune(text)); n <= maxText || budget < 10 {
			return markup.Cut(text, maxText)
		}
	}
}

// escape takes the meaning out of mentions (<m userId="…">), which have no
// escape of their own.
func escape(s string) string {
	return strings.NewReplacer("<m ", "＜m ", "<M ", "＜M ", "<m>", "＜m>", "</m", "＜/m").Replace(s)
}
