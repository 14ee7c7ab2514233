package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"
)

// Socket hears Slack by Socket Mode until ctx ends, and then waits for the work
// under way. It connects again by itself; the error is that Slack refuses the
// token.
func (a *App) Socket(ctx context.Context) error {
	if a.o.AppToken == "" {
		return errors.New("slack app: Socket Mode needs an app-level token (xapp-…)")
	}
	client := socketmode.New(a.api)
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		a.hear(ctx, client)
	}()
	err := client.RunContext(ctx)
	if ctx.Err() != nil {
		<-heard
		a.Wait()
		return nil
	}
	return fmt.Errorf("slack app: socket mode: %w", err)
}

func (a *App) hear(ctx context.Context, client *socketmode.Client) {
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-client.Events:
			a.event(ctx, client, e)
		}
	}
}

func (a *App) event(ctx context.Context, client *socketmode.Client, e socketmode.Event) {
	switch e.Type {
	case socketmode.EventTypeConnected:
		a.o.Log.Info("slack app: connected")
	case socketmode.EventTypeConnectionError, socketmode.EventTypeIncomingError, socketmode.EventTypeErrorBadMessage:
		a.o.Log.Warn("slack app: connection", "event", string(e.Type))
	}
	if e.Request == nil || e.Request.EnvelopeID == "" {
		return
	}
	var ack any
	var err error
	switch data := e.Data.(type) {
	case slack.InteractionCallback:
		ack, err = a.interaction(ctx, data)
	case slack.SlashCommand:
		err = a.command(ctx, data)
	case slackevents.EventsAPIEvent:
		err = a.apiEvent(ctx, e.Request.Payload)
	}
	if err != nil {
		return // not answered: Slack says so to the person
	}
	if err := client.AckCtx(ctx, e.Request.EnvelopeID, ack); err != nil {
		a.o.Log.Warn("slack app: answer", "error", err)
	}
}

// outerEvent is what is read of an Events API callback.
type outerEvent struct {
	ID    string `json:"event_id"`
	Event struct {
		Type string `json:"type"`
		User string `json:"user"`
		Tab  string `json:"tab"`
	} `json:"event"`
}

func (a *App) apiEvent(ctx context.Context, raw json.RawMessage) error {
	var e outerEvent
	if err := json.Unmarshal(raw, &e); err != nil {
		a.o.Log.Warn("slack app: event can't be read", "error", err)
		return nil
	}
	if e.Event.Type != "app_home_opened" || e.Event.Tab != "home" {
		return nil
	}
	return a.once(ctx, e.ID, reply{user: e.Event.User}, func(ctx context.Context) error { return a.showHome(ctx, e.Event.User) })
}
