package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hansho/notify"
)

// OutboxOf gives a store to the dispatcher: each call one transaction.
type OutboxOf struct{ store Store }

var _ notify.Outbox = (*OutboxOf)(nil)

// NewOutbox makes the dispatcher's view of a store.
func NewOutbox(s Store) *OutboxOf { return &OutboxOf{store: s} }

// Claim leases what is due, folds into each what it can be told together with,
// and adds its thread.
func (o *OutboxOf) Claim(ctx context.Context, now time.Time, lease time.Duration, limit int, except []string) ([]notify.Message, error) {
	if due, err := o.NextDue(ctx, except); err != nil || due.IsZero() || due.After(now) {
		return nil, err // a look is cheaper than an empty commit
	}
	var out []notify.Message
	err := o.store.Update(ctx, func(tx Tx) error {
		out = nil
		claimed, err := tx.Claim(now, lease, limit, except)
		if err != nil {
			return err
		}
		for _, d := range claimed {
			m, err := message(tx, d, now)
			if err != nil {
				return err
			}
			out = append(out, m)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("store: claim deliveries: %w", err)
	}
	return out, nil
}

func message(tx Tx, d notify.Delivery, now time.Time) (notify.Message, error) {
	d, err := fold(tx, d, now)
	m := notify.Message{Delivery: d, Retry: d.Unsure}
	switch {
	case err != nil:
		return m, err
	case d.Notice.Kind == notify.KindSummary:
		return m, putLines(tx, d)
	case d.Thread == "":
		return m, nil
	}
	t, err := thread(tx, d.Thread, d.Address)
	if err != nil {
		return m, err
	}
	if t.Opened() {
		m.Thread = &t
	}
	m.Heard, m.Wait, err = inSummary(tx, t, now)
	return m, err
}

// thread gives what went before, zero where nothing did.
func thread(tx Tx, id string, to notify.Address) (notify.Thread, error) {
	t, err := tx.Thread(notify.ThreadKey(id, to))
	if errors.Is(err, ErrNotFound) {
		return notify.Thread{}, nil
	}
	return t, err
}

// putLines notes the summary in the threads of its cases.
func putLines(tx Tx, d notify.Delivery) error {
	for _, c := range d.Notice.Cases {
		t, err := thread(tx, c.ID, d.Address)
		if err != nil {
			return err
		}
		if t.Summary == d.Key {
			continue
		}
		t.Key, t.Summary = notify.ThreadKey(c.ID, d.Address), d.Key
		if err := tx.PutThread(t); err != nil {
			return err
		}
	}
	return nil
}

// inSummary says whether the newest summary with a line on a thread arrived, and
// until when to wait where it is on its way: in its place, it would show an older
// state than what it was overtaken by.
func inSummary(tx Tx, t notify.Thread, now time.Time) (heard bool, wait time.Time, err error) {
	if t.Summary == "" {
		return false, wait, nil
	}
	d, err := tx.Delivery(t.Summary)
	for err == nil && d.State == notify.Folded {
		d, err = tx.Delivery(d.Error)
	}
	if errors.Is(err, ErrNotFound) {
		return true, wait, nil // told so long ago that its row is gone
	}
	if err == nil && d.State == notify.Due {
		wait = now.Add(time.Second)
		if d.Lease.IsZero() && d.NotBefore.After(wait) {
			wait = d.NotBefore
		}
	}
	return err == nil && d.State == notify.Sent, wait, err
}

// fold hands the claim on to the newest of those that can be told as one.
func fold(tx Tx, d notify.Delivery, now time.Time) (notify.Delivery, error) {
	pending, err := tx.Pending(d)
	if err != nil {
		return d, err
	}
	ds := notify.Overtaken(d, pending, now)
	if ds == nil {
		return d, nil
	}
	merged := notify.Fold(ds)
	merged.Lease, merged.Tries, merged.Fails = d.Lease, d.Tries, d.Fails
	var keys []string
	for _, o := range ds[:len(ds)-1] {
		keys = append(keys, o.Key)
	}
	return merged, tx.Fold(merged, keys)
}

// Rewind brings back what a clock that was ahead put into the future.
func (o *OutboxOf) Rewind(ctx context.Context, now time.Time, slack time.Duration) error {
	err := o.store.Update(ctx, func(tx Tx) error { return tx.Rewind(now, slack) })
	if err != nil {
		return fmt.Errorf("store: bring deliveries back to %s: %w", now.Format(time.RFC3339), err)
	}
	return nil
}

// Record stores what became of claimed deliveries.
func (o *OutboxOf) Record(ctx context.Context, outcomes []notify.Outcome) error {
	err := o.store.Update(ctx, func(tx Tx) error {
		for _, out := range outcomes {
			if err := record(tx, out); err != nil && !errors.Is(err, ErrNotFound) {
				return fmt.Errorf("%q: %w", out.Delivery.Key, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store: record deliveries: %w", err)
	}
	return nil
}

func record(tx Tx, out notify.Outcome) error {
	d := out.Delivery
	if out.Instead != nil {
		if err := instead(tx, d, *out.Instead); err != nil {
			return err
		}
	}
	switch out.State {
	case notify.Due:
		return tx.Postpone(d.Key, out.Wait)
	case notify.Sent:
		if err := errors.Join(putThread(tx, d, out.Receipt), noteTold(tx, d.Notice, out.Receipt.At)); err != nil {
			return err
		}
		if raw := out.Receipt.Raw; len(raw) > 0 {
			if err := tx.PutNote(notify.MailNote(d.Key), raw); err != nil {
				return err
			}
		}
	}
	return tx.Settle(d.Key, out.State, out.Receipt, out.Wait.Reason)
}

// instead queues what is told elsewhere, unless a route tells it there already.
func instead(tx Tx, d, other notify.Delivery) error {
	_, err := tx.Delivery(notify.KeyOf(d.Notice, other.Address))
	if errors.Is(err, ErrNotFound) {
		_, err = tx.Enqueue(other)
	}
	return err
}

func putThread(tx Tx, d notify.Delivery, r notify.Receipt) error {
	if d.Thread == "" {
		return nil
	}
	before, err := thread(tx, d.Thread, d.Address)
	if err != nil {
		return err
	}
	return tx.PutThread(notify.Threaded(before, d, r))
}

// NextDue gives when the next delivery or lease is due that Claim would give,
// zero where none is.
func (o *OutboxOf) NextDue(ctx context.Context, except []string) (at time.Time, err error) {
	err = o.store.View(ctx, func(tx Tx) (err error) {
		at, err = tx.NextDue(except)
		return err
	})
	return at, err
}
