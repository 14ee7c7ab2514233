package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"hansho/cases"
	"hansho/notify"
	"hansho/store"
)

// maxSilence is how long a case may be left alone: what is put off for longer
// is a decision about its items.
const maxSilence = 90 * 24 * time.Hour

// Snooze keeps a case quiet until a time, for a reason that its timeline shows.
// A reversal is told all the same.
func (d *Desk) Snooze(ctx context.Context, ref string, until time.Time, who, why string) (cases.Case, error) {
	now := d.now()
	until = until.UTC().Truncate(time.Second)
	switch {
	case !until.After(now):
		return cases.Case{}, errors.New("a silence needs an end in the future")
	case until.After(now.Add(maxSilence)):
		return cases.Case{}, fmt.Errorf("a silence lasts %d days at most", maxSilence/(24*time.Hour))
	}
	c, err := d.change(ctx, ref, func(tx store.Tx, c *cases.Case, now time.Time) error {
		s := notify.Silence{ID: shortID(c.ID), Case: c.ID, Until: until, Reason: why, By: who}
		note(c, now, "snooze", who, why, until.Format(time.RFC3339))
		return putNote(tx, silenceNotes+s.ID, s)
	})
	return c, errors.Join(err, d.p.LoadWishes(ctx))
}

// SnoozeFor is Snooze by a length.
func (d *Desk) SnoozeFor(ctx context.Context, ref string, length time.Duration, who, why string) (cases.Case, error) {
	return d.Snooze(ctx, ref, d.now().Add(length), who, why)
}

// Wake ends a case's silence before its time.
func (d *Desk) Wake(ctx context.Context, ref, who string) (cases.Case, error) {
	c, err := d.change(ctx, ref, func(tx store.Tx, c *cases.Case, now time.Time) error {
		err := tx.DeleteNote(silenceNotes + shortID(c.ID))
		if errors.Is(err, store.ErrNotFound) {
			err = nil
		}
		note(c, now, "note", who, "no longer quiet", "")
		return err
	})
	return c, errors.Join(err, d.p.LoadWishes(ctx))
}

// Silences lists those that have not ended.
func (d *Desk) Silences(ctx context.Context) (list []notify.Silence, err error) {
	err = d.p.store.View(ctx, func(tx store.Tx) error {
		list, err = silences(tx, d.now())
		return err
	})
	return list, err
}

func silences(tx store.Tx, now time.Time) ([]notify.Silence, error) {
	list, err := listNotes[notify.Silence](tx, silenceNotes)
	return slices.DeleteFunc(list, func(s notify.Silence) bool { return !now.Before(s.Until) }), err
}
