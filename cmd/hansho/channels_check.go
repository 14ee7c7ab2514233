package main

import (
	"context"
	"maps"
	"slices"
	"time"

	"hansho/notify"
)

// checker is a channel that can say, without telling anybody anything, whether
// it would reach those that it is to tell.
type checker interface {
	Check(ctx context.Context, to []string) (who string, err error)
}

// channelHealth is what a channel said of itself.
type channelHealth struct {
	name string
	who  string // whom it reaches as whom
	err  error
}

// checkTime is how long one channel may take to answer.
const checkTime = 30 * time.Second

// checkChannels asks each channel that can say whether it works.
func (s *settings) checkChannels(ctx context.Context) []channelHealth {
	var out []channelHealth
	for _, name := range slices.Sorted(maps.Keys(s.channels)) {
		c, ok := s.channels[name].(checker)
		if !ok {
			continue
		}
		ctx, cancel := context.WithTimeout(ctx, checkTime)
		who, err := c.Check(ctx, s.placesOf(name))
		cancel()
		out = append(out, channelHealth{name: name, who: who, err: err})
	}
	return out
}

// placesOf lists the places of a channel that the configuration names.
func (s *settings) placesOf(channel string) []string {
	all := []notify.Address{s.file.Delivery.Fallback}
	for _, r := range s.routes {
		all = append(all, r.To...)
	}
	all = slices.Concat(all, s.file.Letters.Everyone, s.file.Escalate.To)
	var out []string
	for _, a := range all {
		if a.Channel == channel && !slices.Contains(out, a.To) {
			out = append(out, a.To)
		}
	}
	return out
}

// logChannels says at the start which channels work: a token that was revoked is
// to be known before the first alarm is for it.
func (a *app) logChannels(ctx context.Context) {
	for _, h := range a.checkChannels(ctx) {
		switch {
		case ctx.Err() != nil:
			return
		case h.err != nil:
			a.log.Error("channel can't be used; what is for it waits in the outbox", "channel", h.name, "error", h.err)
		default:
			a.log.Info("channel works", "channel", h.name, "as", h.who)
		}
	}
}
