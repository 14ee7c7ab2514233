// Package teams delivers notices to Microsoft Teams through the webhook of a
// workflow, as Adaptive Cards. The cards are made of runs of text and never of
// Markdown, so that nothing in them is read as markup or as a mention.
package teams

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"hansho/notify"
	"hansho/notify/markup"
	"hansho/notify/webhook"
)

// maxBytes is a little less than the 28 KB that Teams takes.
const maxBytes = 25_000

// Options are what a Teams channel needs.
type Options struct {
	URL       string // of the workflow's trigger; a secret
	Client    *http.Client
	Now       func() time.Time
	Templates *notify.Templates
}

// Channel posts to one workflow.
type Channel struct{ opts Options }

var _ notify.Channel = (*Channel)(nil)

// New makes a channel.
func New(o Options) (*Channel, error) {
	if o.URL == "" {
		return nil, errors.New("teams: url is needed")
	}
	if err := webhook.CheckURL(o.URL); err != nil {
		return nil, fmt.Errorf("teams: %w", err)
	}
	if o.Client == nil {
		o.Client = webhook.Client()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Templates == nil {
		return nil, errors.New("teams: no templates")
	}
	return &Channel{o}, nil
}

// Deliver posts one card. Teams can't be asked for a message by its key, so one
// whose answer was lost may come twice.
func (c *Channel) Deliver(ctx context.Context, m notify.Message) (notify.Receipt, error) {
	doc, err := c.opts.Templates.Whole(m.Delivery.Notice)
	if err != nil {
		return notify.Receipt{}, &notify.Permanent{Err: fmt.Errorf("teams: %w", err)}
	}
	req, err := webhook.Request(ctx, c.opts.URL, "application/json", string(Card(doc)))
	if err != nil {
		return notify.Receipt{}, fmt.Errorf("teams: %w", err)
	}
	now := c.opts.Now()
	if _, err := webhook.Send(c.opts.Client, req, now); err != nil {
		return notify.Receipt{}, fmt.Errorf("teams: %w", err)
	}
	return notify.Receipt{ID: m.Delivery.Key, At: now.UTC()}, nil
}

type object = map[string]any

// Card writes a document as the body of a request, short enough for Teams.
func Card(doc notify.Doc) []byte {
	body := doc.Body()
	for budget := 8000; ; budget /= 2 {
		short, _ := markup.Fit(body, budget, doc.More)
		raw, err := json.Marshal(envelope(doc, short))
		if err != nil {
			panic("teams: card of strings can't be written: " + err.Error())
		}
		if len(raw) <= maxBytes || budget < 10 {
			return raw
		}
	}
}

func envelope(doc notify.Doc, body markup.Doc) object {
	card := object{
		"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4",
		"fallbackText": markup.Cut(doc.Subject, 200), "lang": doc.Lang, "body": elements(body, ""),
		"msteams": object{"width": "Full"},
	}
	return object{"type": "message", "attachments": []object{
		{"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": nil, "content": card},
	}}
}

// elements writes blocks, each line led by a mark where it is in a list.
func elements(d markup.Doc, lead string) []object {
	out := []object{}
	line := false // a rule came: the next element is set apart
	for _, b := range d {
		if b.Kind == markup.Rule {
			line = true
			continue
		}
		made := element(b, lead)
		if line && len(made) > 0 {
			made[0]["separator"] = true
			line = false
		}
		out = append(out, made...)
	}
	return out
}

func element(b markup.Block, lead string) []object {
	switch b.Kind {
	case markup.List:
		return entries(b, lead)
	case markup.Quote:
		return elements(b.Blocks, lead+indent)
	case markup.Heading:
		return []object{rich(bold(b.Spans), lead, map[bool]string{true: "large", false: "medium"}[b.Level == 1])}
	}
	return lines(b.Spans, lead, lead)
}

const indent = "　"

// entries writes a list: its marks are text, since a card has no lists of runs.
func entries(b markup.Block, lead string) []object {
	var out []object
	for i, item := range b.Items {
		mark := "• "
		if b.Ordered {
			mark = fmt.Sprintf("%d. ", i+1)
		}
		for j, child := range item {
			if j == 0 && child.Kind == markup.Paragraph {
				out = append(out, lines(child.Spans, lead+mark, lead+indent)...)
				continue
			}
			out = append(out, element(child, lead+indent)...)
		}
	}
	return out
}

// lines writes each line of a paragraph as an element, the first led by mark.
func lines(spans []markup.Span, mark, lead string) []object {
	var out []object
	from := 0
	for i := 0; i <= len(spans); i++ {
		if i < len(spans) && !spans[i].Break {
			continue
		}
		line := rich(spans[from:i], mark, "default")
		if from > 0 {
			line["spacing"] = "none"
		}
		out = append(out, line)
		from, mark = i+1, lead
	}
	return out
}

func rich(spans []markup.Span, lead, size string) object {
	runs := []object{}
	if lead != "" {
		runs = append(runs, run(markup.Span{Text: lead}, size))
	}
	for _, s := range spans {
		runs = append(runs, run(s, size))
	}
	return object{"type": "RichTextBlock", "inlines": runs}
}

func bold(spans []markup.Span) []markup.Span {
	out := make([]markup.Span, len(spans))
	for i, s := range spans {
		s.Bold = true
		out[i] = s
	}
	return out
}

func run(s markup.Span, size string) object {
	r := object{"type": "TextRun", "text": s.Text, "size": size}
	if s.Code {
		r["fontType"] = "monospace"
	}
	if s.Bold {
		r["weight"] = "bolder"
	}
	if s.Small {
		r["isSubtle"], r["size"] = true, "small"
	}
	if s.URL != "" {
		r["selectAction"] = object{"type": "Action.OpenUrl", "url": s.URL}
	}
	return r
}
