package slack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/slack-go/slack"

	"hansho/notify"
)

// fileFails is how many failures the file of a long text is waited for. Behind
// many a proxy Slack's files can't be reached at all, and the thread must go on.
const fileFails = 3

// attach completes an earlier try whose message is there: its file may not be.
func (c *Channel) attach(ctx context.Context, p place, m notify.Message, before earlier) (notify.Receipt, error) {
	r := p.receipt(before.ts)
	if !before.cut || !c.opts.Files {
		return r, nil
	}
	thread := place{channel: p.channel, name: p.name, root: r.Root}
	there, err := c.hasFile(ctx, thread, m.Delivery, fileName(m.Delivery))
	if errors.Is(err, errNoThread) {
		return r, nil // somebody deleted the message since
	}
	if err != nil || there {
		return r, err
	}
	doc, err := c.text(m.Delivery.Notice, p)
	if err != nil {
		return r, &notify.Permanent{Err: fmt.Errorf("slack: %w", err)}
	}
	return r, c.upload(ctx, r, m.Delivery, doc)
}

// upload puts the whole text into the thread. A failure that may mend fails the
// delivery: the next try finds the message, and sends only the file. Any other
// is logged, since the message is out.
func (c *Channel) upload(ctx context.Context, r notify.Receipt, d notify.Delivery, doc notify.Doc) error {
	text := doc.Text()
	_, err := c.api.UploadFileContext(ctx, slack.UploadFileParameters{
		Reader: strings.NewReader(text), FileSize: len(text), Filename: fileName(d), Title: doc.Subject,
		Channel: r.Extra, ThreadTimestamp: r.Root,
	})
	if err == nil {
		return nil
	}
	// Never *notify.RetryAfter, which says that nothing has arrived.
	shown := c.shown("files.upload", d.Address.To, err)
	if mayMend(err) && d.Fails < fileFails {
		return shown
	}
	c.opts.Log.Warn("slack: the whole text could not be uploaded", "channel", d.Address.To, "err", shown)
	return nil
}

// mayMend says whether the same call may succeed later. What Slack answers by
// name is its last word, but for its own troubles.
func mayMend(err error) bool {
	var status slack.StatusCodeError
	switch code(err) {
	case "":
		return !errors.As(err, &status) || status.Code >= http.StatusInternalServerError
	case "ratelimited", "internal_error", "fatal_error", "request_timeout", "service_unavailable":
		return true
	}
	return false
}

// fileName names the file of a delivery's whole text: when it was made, and
// which it is, so that it can be found again.
func fileName(d notify.Delivery) string {
	return "hansho-" + d.Created.UTC().Format("20060102-150405") + "-" + d.Key[max(len(d.Key)-12, 0):] + ".txt"
}
