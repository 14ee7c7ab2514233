package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"hansho/notify"
	"hansho/store"
)

// Wishes is a Router that goes by what people asked for, beside its routes.
type Wishes interface {
	SetSubscriptions(s []notify.Subscription)
	SetSilences(s []notify.Silence)
}

// LoadWishes hands the router the subscriptions and silences that the store
// holds: at the start, and after each change of them.
func (p *Pipeline) LoadWishes(ctx context.Context) error {
	w, ok := p.router.(Wishes)
	if !ok {
		return nil
	}
	p.wishes.Lock() // what was read later is set later
	defer p.wishes.Unlock()
	var subs []notify.Subscription
	var quiet []notify.Silence
	err := p.store.View(ctx, func(tx store.Tx) (err error) {
		if subs, err = tx.SubscriptionsAfter("", 0); err != nil {
			return err
		}
		quiet, err = silences(tx, p.opts.Now())
		return err
	})
	if err != nil {
		return fmt.Errorf("pipeline: read subscriptions and silences: %w", err)
	}
	w.SetSubscriptions(subs)
	w.SetSilences(quiet)
	return nil
}

// maxSubscriptions is how many one place may have.
const maxSubscriptions = 100

// ErrNoSubscription says that a place has no such subscription.
var ErrNoSubscription = errors.New("no such subscription")

// Subscribe keeps a standing wish of s.To, in effect at once. The same wish again
// is the one that there is.
func (d *Desk) Subscribe(ctx context.Context, s notify.Subscription) (notify.Subscription, error) {
	s.Value = strings.Join(strings.Fields(s.Value), " ")
	if err := s.Check(); err != nil {
		return s, err
	}
	s.ID = shortID(s.To.String(), s.Field, strings.ToLower(s.Value))
	err := d.p.store.Update(ctx, func(tx store.Tx) error {
		here, err := subscriptionsOf(tx, s.To)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(here, func(o notify.Subscription) bool { return o.ID == s.ID }); i >= 0 {
			s = here[i]
			return nil
		}
		if len(here) >= maxSubscriptions {
			return fmt.Errorf("%s has %d subscriptions already", s.To, len(here))
		}
		s.Created = d.now()
		return tx.PutSubscription(s)
	})
	return s, errors.Join(err, d.p.LoadWishes(ctx))
}

// Subscriptions lists the wishes of a place.
func (d *Desk) Subscriptions(ctx context.Context, to notify.Address) (list []notify.Subscription, err error) {
	err = d.p.store.View(ctx, func(tx store.Tx) error {
		list, err = subscriptionsOf(tx, to)
		return err
	})
	return list, err
}

// Unsubscribe ends a wish of a place, by its id.
func (d *Desk) Unsubscribe(ctx context.Context, to notify.Address, id string) error {
	err := d.p.store.Update(ctx, func(tx store.Tx) error {
		here, err := subscriptionsOf(tx, to)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(here, func(s notify.Subscription) bool { return s.ID == id }) {
			return fmt.Errorf("%w: %s", ErrNoSubscription, id)
		}
		return tx.DeleteSubscription(id)
	})
	return errors.Join(err, d.p.LoadWishes(ctx))
}

func subscriptionsOf(tx store.Tx, to notify.Address) ([]notify.Subscription, error) {
	all, err := tx.SubscriptionsAfter("", 0)
	return slices.DeleteFunc(all, func(s notify.Subscription) bool { return s.To != to }), err
}
