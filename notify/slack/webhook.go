package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"hansho/notify"
	"hansho/notify/webhook"
)

// WebhookOptions are what an incoming webhook needs.
type WebhookOptions struct {
	URL       string // https://hooks.slack.com/services/…; a secret
	Client    *http.Client
	Now       func() time.Time
	Templates *notify.Templates
}

// Webhook posts to one Slack channel by an incoming webhook. It has no threads,
// can't edit, and can't be asked: a message whose answer was lost may come
// twice.
type Webhook struct{ opts WebhookOptions }

var _ notify.Channel = (*Webhook)(nil)

// NewWebhook makes a channel.
func NewWebhook(o WebhookOptions) (*Webhook, error) {
	if o.URL == "" {
		return nil, errors.New("slack webhook: url is needed")
	}
	if err := webhook.CheckURL(o.URL); err != nil {
		return nil, fmt.Errorf("slack webhook: %w", err)
	}
	if o.Client == nil {
		o.Client = webhook.Client()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Templates == nil {
		return nil, errors.New("slack webhook: no templates")
	}
	return &Webhook{o}, nil
}

// webhookHints are the answers of incoming webhooks, and what to do about them.
var webhookHints = map[string]string{
	"no_service":                        "the webhook was removed: make a new one",
	"no_active_hooks":                   "the webhook was turned off",
	"invalid_token":                     "the webhook's address is wrong",
	"no_team":                           "the workspace is gone",
	"team_disabled":                     "the workspace is gone",
	"channel_not_found":                 "the webhook's channel is gone: make a new webhook",
	"channel_is_archived":               "the webhook's channel is archived",
	"action_prohibited":                 "an administrator forbids it",
	"posting_to_general_channel_denied": "only some people may post to #general",
}

// Deliver posts one message.
func (w *Webhook) Deliver(ctx context.Context, m notify.Message) (notify.Receipt, error) {
	doc, err := w.opts.Templates.Whole(m.Delivery.Notice)
	if err != nil {
		return notify.Receipt{}, &notify.Permanent{Err: fmt.Errorf("slack webhook: %w", err)}
	}
	now := w.opts.Now()
	var answer []byte
	for _, budget := range budgets {
		blocks, _ := Blocks(doc, budget)
		if answer, err = w.post(ctx, now, Fallback(doc), blocks); !strings.Contains(string(answer), "invalid_blocks") && !strings.Contains(string(answer), "too_long") {
			break
		}
	}
	if err != nil {
		hint := webhookHints[strings.TrimSpace(string(answer))]
		if hint != "" {
			err = &notify.Blocked{Err: fmt.Errorf("%v: %s", err, hint)}
		}
		return notify.Receipt{}, fmt.Errorf("slack webhook: %w", err)
	}
	return notify.Receipt{ID: m.Delivery.Key, At: now.UTC()}, nil
}

func (w *Webhook) post(ctx context.Context, now time.Time, text string, blocks []slack.Block) ([]byte, error) {
	raw, err := json.Marshal(map[string]any{"text": text, "blocks": blocks, "unfurl_links": false, "unfurl_media": false})
	if err != nil {
		return nil, &notify.Permanent{Err: err}
	}
	req, err := webhook.Request(ctx, w.opts.URL, "application/json", string(raw))
	if err != nil {
		return nil, err
	}
	return webhook.Send(w.opts.Client, req, now)
}
