package slack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"hansho/notify"
)

// hints are the errors that last until somebody does something about them, and
// what.
var hints = map[string]string{
	"invalid_auth":                        "the token is not valid: install the app again and put its bot token (xoxb-…) into the configuration",
	"not_authed":                          "no token reached Slack: put the bot token (xoxb-…) into the configuration",
	"account_inactive":                    "the token's bot was removed from the workspace: install the app again",
	"token_revoked":                       "the token was revoked: install the app again",
	"token_expired":                       "the token has expired: install the app again",
	"no_permission":                       "the bot may not do this in the workspace: ask its administrator",
	"ekm_access_denied":                   "the workspace's administrators have suspended messages",
	"missing_scope":                       "the app lacks a scope: add it under OAuth & Permissions and install the app again",
	"not_allowed_token_type":              "this needs a bot token (xoxb-…)",
	"channel_not_found":                   "no such channel, or a private one without the bot: correct its name or id, or /invite the bot there",
	"not_in_channel":                      "the bot is not in the channel: /invite it there, or give the app the scope chat:write.public",
	"is_archived":                         "the channel is archived: choose another one",
	"restricted_action":                   "the workspace allows only some people to post there: ask its administrator",
	"restricted_action_read_only_channel": "the channel is read-only: choose another one",
	"messages_tab_disabled":               "the app takes no direct messages: turn the Messages tab on under App Home",
	"team_access_not_granted":             "the app is not installed in that workspace",
}

// refusals are the errors of one message or person, which no retry mends.
var refusals = map[string]string{
	"no_text":             "the message had no text",
	"invalid_blocks":      "Slack refused the form of the message",
	"msg_too_long":        "Slack refused the message as too long",
	"msg_blocks_too_long": "Slack refused the message as too long",
	"metadata_too_large":  "Slack refused the message's metadata",
	"user_not_found":      "no such person: correct the id (U…)",
	"cannot_dm_bot":       "that is a bot, not a person",
}

// code is Slack's own name for an error; empty where Slack didn't answer.
func code(err error) string {
	var answer slack.SlackErrorResponse
	if errors.As(err, &answer) {
		return answer.Err
	}
	return ""
}

// classify says what a failure of a method means for a delivery. No error holds
// the token.
func (c *Channel) classify(method, to string, err error) error {
	if err == nil {
		return nil
	}
	var limited *slack.RateLimitedError
	shown := c.shown(method, to, err)
	switch {
	case errors.As(err, &limited):
		return &notify.RetryAfter{Wait: limited.RetryAfter, Err: shown}
	case refusals[code(err)] != "":
		return &notify.Permanent{Err: shown}
	case hints[code(err)] != "":
		return &notify.Blocked{Err: shown}
	}
	return shown
}

func (c *Channel) shown(method, to string, err error) error {
	what := "slack: " + method
	if to != "" {
		what += " to " + to
	}
	for _, cause := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, cause) {
			return fmt.Errorf("%s: %w", what, cause)
		}
	}
	text := strings.ReplaceAll(err.Error(), c.opts.Token, "***")
	if hint := cmp.Or(hints[code(err)], refusals[code(err)]); hint != "" {
		text += ": " + hint
	}
	var answer slack.SlackErrorResponse
	if errors.As(err, &answer) && answer.Needed != "" {
		text += " (needed: " + answer.Needed + ")"
	}
	if c := code(err); c == "channel_not_found" || c == "is_archived" {
		return &goneError{what + ": " + text}
	}
	return errors.New(what + ": " + text)
}

// goneError says that a channel is no more, or not for us.
type goneError struct{ text string }

func (e *goneError) Error() string { return e.text }
