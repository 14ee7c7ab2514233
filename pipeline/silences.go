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

// EndSilences tells of each case whose silence has ended, where it is still open,
// how it stands and what the sources said meanwhile: who put it off was promised
// to hear of it later. It is called often, and gives how many deliveries it
// queued.
func (p *Pipeline) EndSilences(ctx context.Context) (int, error) {
	var ended []notify.Silence
	err := p.store.View(ctx, func(tx store.Tx) (err error) {
		ended, err = endedSilences(tx, p.opts.Now())
		return err
	})
	if err != nil || len(ended) == 0 {
		return 0, err
	}
	if err := p.LoadWishes(ctx); err != nil {
		return 0, err
	}
	queued := 0
	err = p.store.Update(ctx, func(tx store.Tx) error {
		queued = 0
		now := p.opts.Now().UTC().Truncate(time.Microsecond)
		ended, err := endedSilences(tx, now)
		if err != nil {
			return err
		}
		for _, s := range ended {
			n, err := p.endSilence(tx, now, s)
			if err != nil {
				return fmt.Errorf("end the silence of %s: %w", s.Case, err)
			}
			queued += n
		}
		return nil
	})
	return queued, err
}

func endedSilences(tx store.Tx, now time.Time) ([]notify.Silence, error) {
	list, err := listNotes[notify.Silence](tx, silenceNotes)
	return slices.DeleteFunc(list, func(s notify.Silence) bool { return now.Before(s.Until) }), err
}

func (p *Pipeline) endSilence(tx store.Tx, now time.Time, s notify.Silence) (int, error) {
	if err := tx.DeleteNote(silenceNotes + s.ID); err != nil {
		return 0, err
	}
	c, err := findCase(tx, s.Case)
	if errors.Is(err, ErrNoCase) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if c.State != cases.Open || !c.Told || !concernsUs(c) {
		return 0, nil
	}
	view := p.View(c)
	return p.enqueue(tx, now, []notify.Notice{{
		Kind: notify.KindUpdate, At: now, Case: &view, News: newsOfSilence(c, view, s.Until),
		Step: &notify.Step{Kind: "wake", Who: s.By, Text: s.Reason, Until: s.Until},
	}})
}

// newsOfSilence gives what the sources of a case said in the silence that ended at a
// time.
func newsOfSilence(c cases.Case, view notify.CaseView, until time.Time) []notify.News {
	since := len(c.Timeline)
	for i, e := range c.Timeline {
		if e.Kind == "snooze" && e.Ref == until.Format(time.RFC3339) {
			since = i
		}
	}
	var out []notify.News
	for _, s := range view.Sources {
		first := slices.IndexFunc(c.Timeline[since:], func(e cases.Event) bool {
			return e.Ref == s.Advisory && (e.Kind == "advisory" || e.Kind == "revision")
		})
		if first >= 0 {
			out = append(out, notify.News{SourceView: s, Revised: c.Timeline[since+first].Kind == "revision"})
		}
	}
	return out
}
