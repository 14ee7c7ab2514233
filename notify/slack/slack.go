// Package slack delivers notices to Slack by its Web API: a thread a case, whose
// first message always shows the present state and whose replies say what
// changed. Every message carries its delivery's key, so that after a crash Slack
// itself is asked whether the message is there.
package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"hansho/notify"
)

// Options are what a Slack channel needs.
type Options struct {
	Token     string       // bot token, xoxb-…
	APIURL    string       // https://slack.com/api/ where empty
	Client    *http.Client // one with a timeout of 30 s, and with Limits, where nil
	Templates *notify.Templates
	Log       *slog.Logger
	// Actions gives the blocks (buttons) that end a message of a case; nil for
	// none.
	Actions func(n notify.Notice) []slack.Block
	// Files uploads the whole text where a message had to leave something out
	// (needs the scope files:write).
	Files bool
}

// Channel posts to Slack. It is safe for concurrent use.
type Channel struct {
	opts  Options
	api   *slack.Client
	mu    sync.Mutex
	names map[string]string // channel name → id
}

var _ notify.Channel = (*Channel)(nil)

// New makes a channel. It calls nothing yet; Check does.
func New(o Options) (*Channel, error) {
	if o.Token == "" {
		return nil, errors.New("slack: no token")
	}
	if o.Templates == nil {
		return nil, errors.New("slack: no templates")
	}
	if o.Client == nil {
		o.Client = &http.Client{Timeout: 30 * time.Second, Transport: NewLimits(nil)}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	options := []slack.Option{slack.OptionHTTPClient(o.Client)}
	if o.APIURL != "" {
		options = append(options, slack.OptionAPIURL(strings.TrimSuffix(o.APIURL, "/")+"/"))
	}
	return &Channel{opts: o, api: slack.New(o.Token, options...), names: map[string]string{}}, nil
}

// Client gives what the channel calls Slack with, for others that use the same
// token: Slack counts all their calls together.
func (c *Channel) Client() *http.Client { return c.opts.Client }

// Check asks Slack who the token is, gives the name of the bot and of its
// workspace, and looks for the channels that are to be told.
func (c *Channel) Check(ctx context.Context, to []string) (string, error) {
	who, err := c.api.AuthTestContext(ctx)
	if err != nil {
		return "", c.classify("auth.test", "", err)
	}
	var errs []error
	for _, name := range to {
		_, err := c.resolve(ctx, name)
		errs = append(errs, err)
	}
	return who.User + " in " + who.Team, errors.Join(errs...)
}

// Deliver posts one message: the first of a thread, or a reply that says what
// changed, after the first message was brought up to date.
func (c *Channel) Deliver(ctx context.Context, m notify.Message) (notify.Receipt, error) {
	p, err := c.place(ctx, m)
	if err != nil {
		return notify.Receipt{}, err
	}
	r, err := c.deliver(ctx, p, m)
	var gone *goneError
	if !errors.As(err, &gone) {
		return r, err
	}
	moved, ok := c.successor(ctx, p)
	if !ok {
		return r, err
	}
	m.Thread = nil
	return c.deliver(ctx, moved, m)
}

func (c *Channel) deliver(ctx context.Context, p place, m notify.Message) (notify.Receipt, error) {
	if m.Retry {
		before, err := c.find(ctx, &p, m.Delivery)
		if err != nil {
			return notify.Receipt{}, err
		}
		if before.ts != "" {
			return c.attach(ctx, p, m, before)
		}
	}
	if p.root != "" && changesRoot(m.Delivery.Notice) {
		if err := c.refresh(ctx, &p, m); err != nil {
			return notify.Receipt{}, err
		}
	}
	return c.post(ctx, p, m)
}

// place is where a message goes.
type place struct {
	channel string // id
	name    string // as configured
	root    string // ts of the thread's first message; empty where this opens one
}

func (p place) receipt(ts string) notify.Receipt {
	root := p.root
	if root == "" {
		root = ts
	}
	return notify.Receipt{ID: ts, At: timeOf(ts), Root: root, Extra: p.channel}
}

// timeOf reads Slack's timestamp, seconds and microseconds.
func timeOf(ts string) time.Time {
	sec, frac, _ := strings.Cut(ts, ".")
	s, err := strconv.ParseInt(sec, 10, 64)
	if err != nil {
		return time.Time{}
	}
	us, _ := strconv.ParseInt(frac, 10, 64)
	return time.Unix(s, us*1000).UTC()
}

func (c *Channel) place(ctx context.Context, m notify.Message) (place, error) {
	p := place{name: m.Delivery.Address.To}
	if t := m.Thread; t != nil && t.Root.ID != "" {
		p.channel, p.root = t.Root.Extra, t.Root.ID
	}
	if p.channel != "" {
		return p, nil
	}
	id, err := c.resolve(ctx, p.name)
	p.channel = id
	return p, err
}

// changesRoot says that the thread's first message shows a state that this
// notice knows better.
func changesRoot(n notify.Notice) bool {
	switch n.Kind {
	case notify.KindNew, notify.KindUpdate, notify.KindReversal, notify.KindReminder:
		return n.Case != nil
	case notify.KindSourceUp:
		return true
	}
	return false
}

// refresh brings the thread's first message up to date. One that somebody
// deleted is opened again; one that can't be edited any more stays.
func (c *Channel) refresh(ctx context.Context, p *place, m notify.Message) error {
	doc, err := c.opts.Templates.Render(m.Delivery.Notice, notify.Root)
	if err != nil {
		return &notify.Permanent{Err: fmt.Errorf("slack: %w", err)}
	}
	_, err = c.fitting(doc, m.Delivery.Notice, func(options []slack.MsgOption, cut bool) (string, error) {
		if m.Thread.RootKey != "" {
			options = append(options, slack.MsgOptionMetadata(metadata(m.Thread.RootKey, false)))
		}
		_, ts, _, err := c.api.UpdateMessageContext(ctx, p.channel, p.root, options...)
		return ts, err
	})
	switch code(err) {
	case "":
		if err == nil {
			return nil
		}
	case "message_not_found", "thread_not_found":
		p.root = ""
		return nil
	case "edit_window_closed", "cant_update_message":
		c.opts.Log.Warn("slack: first message can't be edited", "channel", p.name, "ts", p.root, "reason", code(err))
		return nil
	}
	return c.classify("chat.update", p.name, err)
}

// post sends the message and, where it had to leave something out, the whole as
// a file in its thread.
func (c *Channel) post(ctx context.Context, p place, m notify.Message) (notify.Receipt, error) {
	n := m.Delivery.Notice
	doc, err := c.text(n, p)
	if err != nil {
		return notify.Receipt{}, &notify.Permanent{Err: fmt.Errorf("slack: %w", err)}
	}
	var ts string
	cut, err := c.fitting(doc, n, func(options []slack.MsgOption, cut bool) (string, error) {
		options = append(options, slack.MsgOptionMetadata(metadata(m.Delivery.Key, cut)), slack.MsgOptionParse(false),
			slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl())
		if p.root != "" {
			options = append(options, slack.MsgOptionTS(p.root))
			if n.Kind == notify.KindReversal {
				options = append(options, slack.MsgOptionBroadcast())
			}
		}
		var err error
		p.channel, ts, err = c.send(ctx, p.channel, options)
		return ts, err
	})
	if err != nil {
		return notify.Receipt{}, c.classify("chat.postMessage", p.name, err)
	}
	r := p.receipt(ts)
	if cut && c.opts.Files {
		return r, c.upload(ctx, r, m.Delivery, doc)
	}
	return r, nil
}

// send posts, and keeps the id of the place even where the post fails.
func (c *Channel) send(ctx context.Context, channel string, options []slack.MsgOption) (string, string, error) {
	id, ts, _, err := c.api.SendMessageContext(ctx, channel, options...)
	if err != nil || id == "" {
		return channel, ts, err
	}
	return id, ts, nil
}

// text gives the words for a place: what changed in a thread, the present state
// outside of one. What changed comes first where the thread begins in the
// middle of a case.
func (c *Channel) text(n notify.Notice, p place) (notify.Doc, error) {
	if p.root != "" {
		return c.opts.Templates.Render(n, notify.Reply)
	}
	return c.opts.Templates.Whole(n)
}

// budgets are how many characters of text a message may have, tried one after
// the other: Slack counts rich text by rules that it doesn't publish, and
// refuses somewhere below 12,000.
var budgets = []int{8000, 3000, 900}

// fitting calls send with the message in the largest form that Slack takes, and
// says whether something was left out.
func (c *Channel) fitting(doc notify.Doc, n notify.Notice, send func(options []slack.MsgOption, cut bool) (string, error)) (bool, error) {
	var err error
	for _, budget := range budgets {
		blocks, cut := Blocks(doc, budget)
		if c.opts.Actions != nil && n.Case != nil {
			blocks = append(blocks[:min(len(blocks), maxBlocks-2)], c.opts.Actions(n)...)
		}
		_, err = send([]slack.MsgOption{slack.MsgOptionText(Fallback(doc), false), slack.MsgOptionBlocks(blocks...)}, cut)
		switch code(err) {
		case "msg_blocks_too_long", "msg_too_long", "invalid_blocks", "invalid_blocks_format":
			c.opts.Log.Warn("slack: message refused, trying a shorter one", "reason", code(err), "budget", budget)
			continue
		}
		return cut, err
	}
	_, err = send([]slack.MsgOption{slack.MsgOptionText(Fallback(doc), false)}, true)
	return true, err
}

const eventType = "hansho_delivery"

// metadata travels unseen with a message: whose it is, and whether a file with
// its whole text belongs to it.
func metadata(key string, cut bool) slack.SlackMetadata {
	payload := map[string]any{"key": key}
	if cut {
		payload["cut"] = true
	}
	return slack.SlackMetadata{EventType: eventType, EventPayload: payload}
}
