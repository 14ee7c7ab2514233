package slack

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/slack-go/slack"

	"hansho/notify"
)

var idForm = regexp.MustCompile(`^[CGDUW][A-Z0-9]{7,}$`)

// maxPages bounds a walk through Slack's lists.
const maxPages = 100

// resolve gives the id of a channel that is named "#security". An id, of a
// channel or of a person, is taken as it is.
func (c *Channel) resolve(ctx context.Context, to string) (string, error) {
	if idForm.MatchString(to) {
		return to, nil
	}
	name := strings.TrimPrefix(to, "#")
	if id, ok := c.known(name); ok {
		return id, nil
	}
	if err := c.listChannels(ctx); err != nil {
		return "", err
	}
	if id, ok := c.known(name); ok {
		return id, nil
	}
	return "", &notify.Blocked{Err: fmt.Errorf("slack: %s: no such channel, or hansho's bot is not in it: create it, or /invite the bot if it is private, or give its id (C…)", to)}
}

// successor gives the channel that bears a name now, where another one did when
// it was archived or deleted. Its threads begin anew there.
func (c *Channel) successor(ctx context.Context, p place) (place, bool) {
	if idForm.MatchString(p.name) || c.listChannels(ctx) != nil {
		return p, false
	}
	id, ok := c.known(strings.TrimPrefix(p.name, "#"))
	return place{channel: id, name: p.name}, ok && id != p.channel
}

func (c *Channel) known(name string) (string, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	id, ok := c.names[name]
	return id, ok
}

// listChannels learns the names of all channels that the bot can see.
func (c *Channel) listChannels(ctx context.Context) error {
	found := map[string]string{}
	cursor := ""
	for range maxPages {
		list, next, err := c.api.GetConversationsContext(ctx, &slack.GetConversationsParameters{
			Cursor: cursor, Limit: 200, ExcludeArchived: true, Types: []string{"public_channel", "private_channel"},
		})
		if err != nil {
			return c.classify("conversations.list", "", err)
		}
		for _, ch := range list {
			found[ch.Name] = ch.ID
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.names = found
	return nil
}
