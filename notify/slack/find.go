package slack

import (
	"context"
	"fmt"
	"time"

	"github.com/slack-go/slack"

	"hansho/notify"
)

// The window in which an earlier try is looked for: from a little before the
// delivery was made, for clocks that differ, over so many pages.
const (
	findMargin = 10 * time.Minute
	findPages  = 10
	findLimit  = 200
)

// find asks Slack for a message with the delivery's key, in the thread or in the
// channel, and gives its ts; empty where there is none.
func (c *Channel) find(ctx context.Context, p place, d notify.Delivery) (string, error) {
	oldest := ""
	if !d.Created.IsZero() {
		oldest = fmt.Sprintf("%d.000000", d.Created.Add(-findMargin).Unix())
	}
	method, page := "conversations.history", c.history
	if p.root != "" {
		method, page = "conversations.replies", c.replies
	}
	cursor := ""
	for range findPages {
		messages, next, err := page(ctx, p, oldest, cursor)
		if err != nil {
			return c.cantFind(method, p, err)
		}
		for _, msg := range messages {
			if msg.Metadata.EventType == eventType && msg.Metadata.EventPayload["key"] == d.Key {
				return msg.Timestamp, nil
			}
		}
		if cursor = next; cursor == "" {
			return "", nil
		}
	}
	c.opts.Log.Warn("slack: looked no further for an earlier try", "channel", p.name, "pages", findPages)
	return "", nil
}

// cantFind says what it means that Slack can't be asked. Without the scope it
// never can: the message is sent, and may come twice. In a thread whose first
// message is gone there is nothing to find.
func (c *Channel) cantFind(method string, p place, err error) (string, error) {
	switch code(err) {
	case "missing_scope", "not_allowed_token_type":
		c.opts.Log.Warn("slack: can't look for an earlier try, the message may come twice", "channel", p.name, "err", c.classify(method, p.name, err))
		return "", nil
	case "thread_not_found":
		return "", nil
	}
	return "", c.classify(method, p.name, err)
}

func (c *Channel) history(ctx context.Context, p place, oldest, cursor string) ([]slack.Message, string, error) {
	r, err := c.api.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{
		ChannelID: p.channel, Oldest: oldest, Cursor: cursor, Limit: findLimit, IncludeAllMetadata: true, Inclusive: true,
	})
	if err != nil {
		return nil, "", err
	}
	return r.Messages, r.ResponseMetaData.NextCursor, nil
}

func (c *Channel) replies(ctx context.Context, p place, oldest, cursor string) ([]slack.Message, string, error) {
	messages, _, next, err := c.api.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
		ChannelID: p.channel, Timestamp: p.root, Oldest: oldest, Cursor: cursor, Limit: findLimit, IncludeAllMetadata: true, Inclusive: true,
	})
	return messages, next, err
}
