package main

import (
	"cmp"
	"fmt"
	"strings"

	"hansho/notify"
	"hansho/store"
)

// newDispatcher builds what sends the outbox.
func (a *app) newDispatcher() *notify.Dispatcher {
	d := a.file.Delivery
	return notify.NewDispatcher(store.NewOutbox(a.store), notify.Dispatch{
		Channels: a.channels, Every: a.every, Fallbacks: a.fallbacks(),
		MaxAge: d.GiveUp, Now: a.now, Log: a.log,
	})
}

// fallbacks give every channel but the fallback's own the address that is told
// instead where what is urgent is stuck.
func (a *app) fallbacks() map[string]notify.Fallback {
	d := a.file.Delivery
	if d.Fallback == (notify.Address{}) {
		return nil
	}
	out := map[string]notify.Fallback{}
	for name := range a.channels {
		if name != d.Fallback.Channel {
			out[name] = notify.Fallback{To: d.Fallback, After: d.FallbackAfter}
		}
	}
	return out
}

// checkTarget says that an address names a channel that isn't configured.
func (s *settings) checkTarget(path string, t notify.Address) {
	if t == (notify.Address{}) {
		return
	}
	if _, ok := s.file.Channels[t.Channel]; !ok {
		s.file.Problem(path, fmt.Sprintf("no channel is called %q", t.Channel), "the names are those under channels")
	}
}

// readRoutes reads who is told what.
func (s *settings) readRoutes() {
	for i, raw := range s.file.Routes {
		r := notify.Route{Lang: s.file.Lang}
		s.file.Decode(raw, &r)
		path := fmt.Sprintf("routes[%d]", i)
		r.Name = cmp.Or(r.Name, path)
		if err := r.Check(); err != nil {
			for _, one := range strings.Split(err.Error(), "\n") {
				s.file.Problem(path, one, "")
			}
		}
		for j, to := range r.To {
			s.checkTarget(fmt.Sprintf("%s.to[%d]", path, j), to)
		}
		s.routes = append(s.routes, r)
	}
	s.checkTarget("delivery.fallback", s.file.Delivery.Fallback)
	for i, to := range s.file.Letters.Everyone {
		s.checkTarget(fmt.Sprintf("letters.everyone[%d]", i), to)
	}
}
