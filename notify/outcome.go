package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"time"
)

// take turns what a channel said into what is to be recorded.
func (r *run) take(res result) {
	d := res.m.Delivery
	delete(r.flying, d.Key)
	r.busy[d.Address.Channel]--
	delete(r.opening, opensThread(res.m))
	now := r.d.o.Now()
	o := r.d.outcome(res, now)
	r.pace(d.Address).heard(now, res.err, r.d.backoff)
	r.unsaved = append(r.unsaved, o)
	r.count(o)
	r.d.log(o, res.err, now)
}

func (r *run) count(o Outcome) {
	key := o.Delivery.Key
	delete(r.failing, key)
	switch o.State {
	case Sent:
		r.total.Sent++
	case Parked:
		r.total.Parked++
	case Due:
		r.failing[key] = true
		if r.pace(o.Delivery.Address).fails == 0 {
			r.turns[key] = o.Wait.Until // the peer asked for a short wait
		}
	}
}

// outcome judges a try.
func (d *Dispatcher) outcome(res result, now time.Time) Outcome {
	o := Outcome{Delivery: res.m.Delivery, State: Sent, Receipt: res.receipt}
	if o.Receipt.At.IsZero() {
		o.Receipt.At = now
	}
	if res.err == nil {
		return o
	}
	o.State, o.Receipt, o.Wait = Due, Receipt{}, d.postpone(res, now)
	age := now.Sub(o.Delivery.Created)
	var permanent *Permanent
	var blocked *Blocked
	switch {
	case errors.As(res.err, &permanent):
		o.State, o.Receipt = Parked, Receipt{At: now}
	case age > d.o.MaxAge && o.Delivery.Fails+1 >= enough && !errors.Is(res.err, context.Canceled):
		o.State, o.Receipt = Parked, Receipt{At: now}
		o.Wait.Reason = fmt.Sprintf("given up after %v and %d tries: %v", age.Round(time.Minute), o.Delivery.Tries, brief(res.err))
	}
	d.fallBack(&o, now, errors.As(res.err, &blocked))
	return o
}

// enough failures, about an hour of them, must come before a delivery is given
// up for its age: it may be old since we did not run, or since the clock jumped.
const enough = 12

// postpone says how long a failed delivery waits.
func (d *Dispatcher) postpone(res result, now time.Time) Postponement {
	wait := d.backoff(res.m.Delivery.Fails + 1)
	var after *RetryAfter
	if errors.As(res.err, &after) {
		wait = max(after.Wait, 0)
	}
	stopped := errors.Is(res.err, context.Canceled)
	if stopped {
		wait = 0 // it is due at the next start
	}
	return Postponement{Until: now.Add(wait), Reason: brief(res.err), Unsure: mayHaveArrived(res.err), Stopped: stopped}
}

// brief is an error's text, cut to what a person reads.
func brief(err error) string {
	const most = 1000
	text := err.Error()
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// mayHaveArrived says whether a message may be there in spite of the error. Not
// so where the peer asked to wait, refuses all, or could not be reached at all.
func mayHaveArrived(err error) bool {
	var after *RetryAfter
	var blocked *Blocked
	var op *net.OpError
	return !errors.As(err, &after) && !errors.As(err, &blocked) && !(errors.As(err, &op) && op.Op == "dial")
}

// backoff is the wait after so many failures.
func (d *Dispatcher) backoff(fails int) time.Duration {
	wait := d.o.Backoff.Max
	if shift := max(fails-1, 0); shift < 30 && d.o.Backoff.First<<shift < wait {
		wait = d.o.Backoff.First << shift
	}
	return wait/2 + time.Duration(d.o.Rand()*float64(wait/2))
}

// fallBack adds the notice to the fallback's address where it is given up, or
// is urgent and late or blocked; otherwise it sees to it that what is urgent is
// looked at again when it becomes late. A letter is for nobody else to read.
func (d *Dispatcher) fallBack(o *Outcome, now time.Time, blocked bool) {
	from := o.Delivery
	f, ok := d.o.Fallbacks[from.Address.Channel]
	if !ok || from.Notice.Kind == KindLetter || from.Notice.InsteadOf != nil || o.State == Due && !from.Notice.Urgent {
		return
	}
	late := from.Created.Add(f.After)
	if o.State == Due && !blocked && now.Before(late) {
		if o.Wait.Until.After(late) {
			o.Wait.Until = late
		}
		return
	}
	instead := Delivery{
		Key: from.Key + "|instead|" + f.To.Channel + "|" + f.To.To, Address: f.To, Thread: from.Thread,
		Notice: from.Notice, Created: from.Created, State: Due, NotBefore: now,
	}
	instead.Notice.InsteadOf = &from.Address
	o.Instead = &instead
}

// log says what became of a delivery; a failure's text is the channel's, which
// keeps secrets out of its errors. To be asked to wait is no failure.
func (d *Dispatcher) log(o Outcome, cause error, now time.Time) {
	var after *RetryAfter
	level, message := slog.LevelInfo, "delivered"
	switch {
	case o.State == Parked:
		level, message = slog.LevelError, "delivery parked"
	case o.State == Due && errors.As(cause, &after):
		message = "delivery postponed"
	case o.State == Due:
		level, message = slog.LevelWarn, "delivery failed"
	}
	attrs := []any{
		"key", o.Delivery.Key, "channel", o.Delivery.Address.Channel, "to", o.Delivery.Address.To,
		"tries", o.Delivery.Tries, "age", now.Sub(o.Delivery.Created).Round(time.Millisecond),
	}
	if o.State != Sent {
		attrs = append(attrs, "error", o.Wait.Reason, "until", o.Wait.Until)
	}
	d.o.Log.Log(context.Background(), level, message, attrs...)
}
