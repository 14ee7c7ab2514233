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

// Escalation says what is done about a critical case that nobody acknowledges.
// Its times begin when the first notice of the case has arrived. Where none
// arrives, nobody can acknowledge: To is then told After the case was found to
// wait.
type Escalation struct {
	// Repeat is how often its readers are reminded; zero never.
	Repeat time.Duration
	// After is how long it may stay unacknowledged before To is told as well;
	// zero never.
	After time.Duration
	To    []notify.Address
	Lang  string // of what To is told
}

// waiting is what is remembered of a case that waits for somebody.
type waiting struct {
	Case      string    `json:"case"`
	Since     time.Time `json:"since"` // when it was told, or until then when it was found to wait
	Told      bool      `json:"told"`
	Reminded  time.Time `json:"reminded"`
	Escalated time.Time `json:"escalated"`
}

// Escalate reminds of critical cases that nobody has acknowledged, and tells the
// second route of those that have waited too long. It is called often; what it
// did is stored with what it queued, so a restart repeats and forgets nothing.
// It gives how many deliveries it queued.
func (p *Pipeline) Escalate(ctx context.Context, e Escalation) (int, error) {
	queued := 0
	err := p.store.Update(ctx, func(tx store.Tx) error {
		queued = 0
		now := p.opts.Now().UTC().Truncate(time.Microsecond)
		all, err := tx.CasesAfter("", 0)
		if err != nil {
			return err
		}
		quiet, err := silences(tx, now)
		if err != nil {
			return err
		}
		pending, err := waitingCases(tx)
		if err != nil {
			return err
		}
		for _, c := range all {
			view := p.View(c)
			if !waits(c, view) {
				continue
			}
			w, known := pending[c.ID]
			delete(pending, c.ID)
			if !known {
				w = waiting{Case: c.ID, Since: now, Reminded: now}
			}
			if err := w.begin(tx); err != nil {
				return err
			}
			if silenced(quiet, c.ID) {
				w.Reminded = now
			} else {
				n, err := p.press(tx, now, e, &w, view)
				if err != nil {
					return err
				}
				queued += n
			}
			if err := putNote(tx, escalationNotes+c.ID, w); err != nil {
				return err
			}
		}
		return forget(tx, pending)
	})
	return queued, err
}

// begin has the times begin when the case was told.
func (w *waiting) begin(tx store.Tx) error {
	if w.Told {
		return nil
	}
	at, err := store.FirstTold(tx, w.Case)
	if err != nil || at.IsZero() {
		return err
	}
	w.Told, w.Since, w.Reminded = true, at, at
	return nil
}

// press queues what is due for one case.
func (p *Pipeline) press(tx store.Tx, now time.Time, e Escalation, w *waiting, view notify.CaseView) (int, error) {
	queued := 0
	n := notify.Notice{Kind: notify.KindReminder, At: now, Urgent: true, Case: &view, Since: w.Since}
	if w.Told && e.Repeat > 0 && now.Sub(w.Reminded) >= e.Repeat {
		k, err := p.enqueue(tx, now, []notify.Notice{n})
		if err != nil {
			return 0, err
		}
		queued, w.Reminded = k, now
	}
	if e.After > 0 && w.Escalated.IsZero() && now.Sub(w.Since) >= e.After {
		for _, to := range e.To {
			fresh, err := tx.Enqueue(escalated(n, to, e.Lang))
			if err != nil {
				return 0, fmt.Errorf("escalate %s: %w", view.ID, err)
			}
			if fresh {
				queued++
			}
		}
		w.Escalated = now
	}
	return queued, nil
}

func escalated(n notify.Notice, to notify.Address, lang string) notify.Delivery {
	n.Lang = lang
	return notify.Delivery{
		Key: notify.KeyOf(n, to), Address: to, Thread: n.Case.ID, Notice: n,
		Created: n.At, State: notify.Due, NotBefore: n.At,
	}
}

// waits says whether a case is critical, told, and acknowledged by nobody.
func waits(c cases.Case, v notify.CaseView) bool {
	grave := v.Exploited || v.Severity.Rating == "critical"
	return c.Told && c.Acked == "" && c.State == cases.Open && grave && concernsUs(c)
}

func silenced(quiet []notify.Silence, id string) bool {
	return slices.ContainsFunc(quiet, func(s notify.Silence) bool {
		return s.Case == id && s.Item == "" && s.Owner == "" && s.To == nil
	})
}

func waitingCases(tx store.Tx) (map[string]waiting, error) {
	list, err := listNotes[waiting](tx, escalationNotes)
	out := make(map[string]waiting, len(list))
	for _, w := range list {
		out[w.Case] = w
	}
	return out, err
}

// forget drops what is remembered of cases that wait no longer.
func forget(tx store.Tx, done map[string]waiting) error {
	for id := range done {
		if err := tx.DeleteNote(escalationNotes + id); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return nil
}
