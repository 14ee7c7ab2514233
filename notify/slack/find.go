package slack

import (
	"context"
	"errors"
	"fmt"
	"slices"
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

// earlier is a message of an earlier try.
type earlier struct {
	ts  string // empty where there is none
	cut bool   // its whole text belongs beside it, as a file
}

// find asks Slack for a message with the delivery's key, in the thread and then
// in the channel: the earlier try may have opened a thread of its own, where the
// present one was begun by another delivery since, or its first message was
// deleted. p is then outside of the thread.
func (c *Channel) find(ctx context.Context, p *place, d notify.Delivery) (earlier, error) {
	var found earlier
	is := func(m slack.Message) bool {
		if m.Metadata.EventType == eventType && m.Metadata.EventPayload["key"] == d.Key {
			found.ts = m.Timestamp
			found.cut, _ = m.Metadata.EventPayload["cut"].(bool)
		}
		return found.ts != ""
	}
	err := c.look(ctx, *p, d, is)
	gone := errors.Is(err, errNoThread)
	if p.root == "" || found.ts != "" || err != nil && !gone {
		return found, err
	}
	outside := place{channel: p.channel, name: p.name}
	err = c.look(ctx, outside, d, is)
	if gone || found.ts != "" {
		*p = outside
	}
	return found, err
}

// errNoThread says that a thread's first message was deleted, and all with it.
var errNoThread = errors.New("the thread is gone")

// hasFile asks Slack whether a thread holds a file of such a name.
func (c *Channel) hasFile(ctx context.Context, p place, d notify.Delivery, name string) (found bool, err error) {
	err = c.look(ctx, p, d, func(m slack.Message) bool {
		found = slices.ContainsFunc(m.Files, func(f slack.File) bool { return f.Name == name })
		return found
	})
	return found, err
}

// look goes through the messages in the thread, or in the channel, since a
// little before a delivery was made, until one is what is looked for.
func (c *Channel) look(ctx context.Context, p place, d notify.Delivery, is func(slack.Message) bool) error {
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
		if slices.ContainsFunc(messages, is) {
			return nil
		}
		if cursor = next; cursor == "" {
			return nil
		}
	}
	c.opts.Log.Warn("slack: looked no further for an earlier try", "channel", p.name, "pages", findPages)
	return nil
}

// cantFind says what it means that Slack can't be asked. Without the scope it
// never can: the message is sent, and may come twice.
func (c *Channel) cantFind(method string, p place, err error) error {
	switch code(err) {
	case "missing_scope", "not_allowed_token_type":
		c.opts.Log.Warn("slack: can't look for an earlier try, the message may come twice", "channel", p.name, "err", c.classify(method, p.name, err))
		return nil
	case "thread_not_found":
		return errNoThread
	}
	return c.classify(method, p.name, err)
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
