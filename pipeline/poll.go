package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"hansho/feeds"
	"hansho/notify"
	"hansho/store"
)

// Poll fetches what is new from a source and commits what it means, after any
// other poll of the same source: what was fetched first is never committed last,
// whoever asked for it. A poll
// that fails is recorded, reported in Report.Failed and returned as an error;
// the cursor stays where it was, so nothing is lost. An error of the store is
// returned alone.
func (p *Pipeline) Poll(ctx context.Context, src feeds.Source) (Report, error) {
	done, err := p.turns.take(ctx, src.ID())
	if err != nil {
		return Report{Source: src.ID(), Failed: err.Error()}, err
	}
	defer done()
	state, err := p.sourceState(ctx, src.ID())
	if err != nil {
		return Report{}, fmt.Errorf("pipeline: poll %s: %w", src.ID(), err)
	}
	batch, cursor, err := src.Fetch(ctx, state.Cursor)
	switch {
	case errors.Is(err, feeds.ErrUnchanged):
		err = nil
		rep := Report{Source: src.ID(), Unchanged: true, Bytes: batch.Bytes, Requests: batch.Requests, Warnings: batch.Warnings}
		if err := p.recordUnchanged(ctx, state, batch, cursor, &rep); err != nil {
			return rep, fmt.Errorf("pipeline: poll %s: %w", src.ID(), err)
		}
		return rep, nil
	case ctx.Err() != nil:
		return Report{Source: src.ID(), Failed: ctx.Err().Error()}, ctx.Err()
	case err != nil:
		rep := Report{Source: src.ID(), Failed: err.Error(), Bytes: batch.Bytes, Requests: batch.Requests}
		return rep, errors.Join(fmt.Errorf("pipeline: poll %s: %w", src.ID(), err), p.recordFailure(ctx, state, err, &rep))
	}
	rep, err := p.commit(ctx, src.ID(), batch, cursor)
	if err != nil {
		rep = Report{Source: rep.Source, Fetched: rep.Fetched, Bytes: rep.Bytes, Requests: rep.Requests, Errors: rep.Errors, Warnings: rep.Warnings}
		return rep, fmt.Errorf("pipeline: poll %s: commit: %w", src.ID(), err)
	}
	return rep, nil
}

func (p *Pipeline) sourceState(ctx context.Context, id string) (s store.SourceState, err error) {
	if s, ok := p.deferred.get(id); ok {
		return s, nil
	}
	err = p.store.View(ctx, func(tx store.Tx) error {
		s, err = loadSource(tx, id)
		return err
	})
	return s, err
}

func loadSource(tx store.Tx, id string) (store.SourceState, error) {
	s, err := tx.Source(id)
	if errors.Is(err, store.ErrNotFound) {
		return store.SourceState{ID: id}, nil
	}
	return s, err
}

// recordUnchanged keeps the validators and the proof that the source is alive:
// with those of other sources, unless there is something to tell.
func (p *Pipeline) recordUnchanged(ctx context.Context, state store.SourceState, b feeds.Batch, cursor feeds.Cursor, rep *Report) error {
	now := p.opts.Now().UTC().Truncate(time.Microsecond)
	if cursor != nil {
		state.Cursor = cursor
	}
	state.ToldHealth = slices.Clone(state.ToldHealth)
	notices := p.succeeded(&state, b, now)
	rep.Notices = len(notices)
	if len(notices) == 0 {
		if p.deferred.add(state) > p.opts.Defer {
			return p.Flush(ctx)
		}
		return nil
	}
	return p.update(ctx, func(tx store.Tx) (err error) {
		if rep.Queued, err = p.enqueue(tx, now, notices); err != nil {
			return err
		}
		return tx.PutSource(state)
	})
}

// succeeded brings a source's state up to a poll that could be read, and gives
// the notice of its recovery where its failure had been told.
func (p *Pipeline) succeeded(s *store.SourceState, b feeds.Batch, now time.Time) []notify.Notice {
	var notices []notify.Notice
	if s.ToldDown {
		notices = append(notices, notify.Notice{Kind: notify.KindSourceUp, At: now, Source: p.health(*s)})
	}
	if odd := p.odd(s, b.Health, now); odd != nil {
		notices = append(notices, *odd)
	}
	if s.FirstPoll.IsZero() {
		s.FirstPoll = now
	}
	s.LastPoll, s.LastSuccess, s.NextPoll = now, now, time.Time{}
	s.Reads++
	s.Failures, s.FailedSince, s.LastError, s.ToldDown = 0, time.Time{}, "", false
	s.Warnings, s.Bytes = b.Warnings, b.Bytes
	return notices
}

// recordFailure counts a failed poll, sets when to try again, and tells once
// where the source has been failing for too long.
func (p *Pipeline) recordFailure(ctx context.Context, state store.SourceState, cause error, rep *Report) error {
	now := p.opts.Now().UTC().Truncate(time.Microsecond)
	return p.update(ctx, func(tx store.Tx) error {
		s, err := loadSource(tx, state.ID)
		if err != nil {
			return err
		}
		s.Failures++
		s.LastPoll, s.LastError = now, cause.Error()
		if s.FailedSince.IsZero() {
			s.FailedSince = now
		}
		s.NextPoll = now.Add(p.retryWait(s.Failures, cause))
		if !s.ToldDown && now.Sub(s.FailedSince) >= p.opts.DownAfter {
			s.ToldDown = true
			n := notify.Notice{Kind: notify.KindSourceDown, At: now, Source: p.health(s)}
			rep.Notices = 1
			if rep.Queued, err = p.enqueue(tx, now, []notify.Notice{n}); err != nil {
				return err
			}
		}
		return tx.PutSource(s)
	})
}

// retryWait doubles with each failure in a row, with jitter, and obeys the
// server where it named a time.
func (p *Pipeline) retryWait(failures int, cause error) time.Duration {
	wait := p.opts.Retry << min(failures-1, 16)
	wait = min(wait, p.opts.MaxRetry)
	wait = wait/2 + time.Duration(p.opts.Rand()*float64(wait/2))
	var later interface{ RetryAfter() time.Duration }
	if errors.As(cause, &later) {
		wait = max(wait, later.RetryAfter())
	}
	return wait
}

func (p *Pipeline) health(s store.SourceState) *notify.SourceHealth {
	e := p.entries[s.ID]
	return &notify.SourceHealth{
		ID: s.ID, Publisher: e.Publisher, PublisherJA: e.PublisherJA, Page: e.Page,
		LastSuccess: s.LastSuccess, FailedSince: s.FailedSince, Error: s.LastError,
	}
}

func (p *Pipeline) enqueue(tx store.Tx, now time.Time, notices []notify.Notice) (int, error) {
	queued := 0
	for _, d := range p.router.Route(now, notices) {
		fresh, err := tx.Enqueue(d)
		if err != nil {
			return 0, fmt.Errorf("queue %s: %w", d.Key, err)
		}
		if fresh {
			queued++
		}
	}
	return queued, nil
}

// maxToldHealth bounds how many alarms of a source are remembered as told.
const maxToldHealth = 50

// odd gives the notice of what is newly odd about a source, nil where nothing
// is. Each alarm is told once.
func (p *Pipeline) odd(s *store.SourceState, alarms []feeds.Alarm, now time.Time) *notify.Notice {
	var fresh []notify.Alarm
	for _, a := range alarms {
		if !slices.Contains(s.ToldHealth, a.String()) {
			s.ToldHealth = append(s.ToldHealth, a.String())
			fresh = append(fresh, notify.Alarm{Kind: string(a.Kind), Detail: a.Detail})
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	if n := len(s.ToldHealth); n > maxToldHealth {
		s.ToldHealth = s.ToldHealth[n-maxToldHealth:]
	}
	h := p.health(*s)
	h.Alarms = fresh
	return &notify.Notice{Kind: notify.KindSourceOdd, At: now, Source: h}
}
