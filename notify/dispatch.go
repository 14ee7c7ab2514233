package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"time"
)

// Dispatch says how a Dispatcher works. Zero values take the defaults named.
type Dispatch struct {
	Channels map[string]Channel // by Address.Channel
	// Every is the shortest time between two messages to one address of a
	// channel, by Address.Channel: a second for Slack. Zero is no limit.
	Every map[string]time.Duration
	// Fallbacks are told, once, what is urgent and can't be delivered, by
	// Address.Channel.
	Fallbacks map[string]Fallback

	// Concurrency is how many messages are on their way at once over one channel,
	// but for those of the last claim; 8. A channel that hangs holds no other.
	Concurrency int
	Timeout     time.Duration // of one try; 1 minute
	Grace       time.Duration // for what is on its way when Run is to stop; 10 seconds
	MaxAge      time.Duration // after which a failing delivery is parked; 7 days
	Backoff     Backoff

	Now  func() time.Time // time.Now
	Rand func() float64   // in [0, 1), for jitter
	Log  *slog.Logger     // discards
}

// Fallback is where what is urgent goes instead, and how long after it was made.
type Fallback struct {
	To    Address
	After time.Duration
}

// Backoff is how long to wait after a failed try: First doubled with each try up
// to Max, of which the upper half is by chance.
type Backoff struct {
	First time.Duration // 5 seconds
	Max   time.Duration // 15 minutes
}

// Counts are what a Dispatcher did.
type Counts struct {
	Sent    int `json:"sent"`
	Failed  int `json:"failed"`  // to be tried again
	Parked  int `json:"parked"`  // can never be sent
	Waiting int `json:"waiting"` // due, and put off since their address was failing
}

// Dispatcher tells what the outbox holds: it claims what is due, hands it to the
// channel, and records what became of it. Order is kept within a thread and
// address; addresses don't wait for each other.
type Dispatcher struct {
	outbox Outbox
	o      Dispatch
	wake   chan struct{}
}

// NewDispatcher makes a dispatcher over an outbox.
func NewDispatcher(outbox Outbox, o Dispatch) *Dispatcher {
	set(&o.Concurrency, 8)
	set(&o.Timeout, time.Minute)
	set(&o.Grace, 10*time.Second)
	set(&o.MaxAge, 7*24*time.Hour)
	set(&o.Backoff.First, 5*time.Second)
	set(&o.Backoff.Max, 15*time.Minute)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Float64
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Dispatcher{outbox: outbox, o: o, wake: make(chan struct{}, 1)}
}

func set[T comparable](v *T, standard T) {
	var zero T
	if *v == zero {
		*v = standard
	}
}

// Wake makes Run look at the outbox now, after something was queued.
func (d *Dispatcher) Wake() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// lease is how long a claim holds: longer than any try, so that it runs out only
// where the process is gone.
func (d *Dispatcher) lease() time.Duration { return 2*d.o.Timeout + d.o.Grace }

// Run delivers until ctx ends. What is on its way then has Grace to arrive, and
// is otherwise due again as perhaps arrived. An error says that the outbox could
// not take the last results; they are then asked for or sent again.
func (d *Dispatcher) Run(ctx context.Context) error {
	r := d.newRun(ctx)
	defer r.stop()
	for ctx.Err() == nil {
		if err := r.step(ctx); err != nil && ctx.Err() == nil {
			d.o.Log.Error("outbox failed", "error", err)
			r.outboxFailed()
		}
		r.wait(ctx, r.next(ctx))
	}
	return r.finish(ctx)
}

// Drain delivers what is due, waits for the turns of busy addresses, and returns
// once nothing more is due now.
func (d *Dispatcher) Drain(ctx context.Context) (Counts, error) {
	r := d.newRun(ctx)
	defer r.stop()
	for ctx.Err() == nil {
		if err := r.step(ctx); err != nil {
			return r.counts(), errors.Join(fmt.Errorf("notify: drain: %w", err), r.finish(ctx))
		}
		at := r.nextTurn()
		if len(r.flying) == 0 && at.IsZero() {
			break
		}
		r.wait(ctx, at)
	}
	err := r.finish(ctx)
	return r.counts(), errors.Join(err, ctx.Err())
}

// deliver hands a message to its channel. A panic of the channel's is an error
// like another: others' notices must still go out.
func (d *Dispatcher) deliver(ctx context.Context, m Message) (r Receipt, err error) {
	ch, ok := d.o.Channels[m.Delivery.Address.Channel]
	if !ok {
		return r, &Permanent{Err: fmt.Errorf("no channel is configured as %q", m.Delivery.Address.Channel)}
	}
	ctx, cancel := context.WithTimeout(ctx, d.o.Timeout)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			d.o.Log.Error("channel panicked", "channel", m.Delivery.Address.Channel, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("channel %s panicked: %v", m.Delivery.Address.Channel, p)
		}
	}()
	return ch.Deliver(ctx, forReader(m))
}

// forReader makes the first that somebody hears of a case new: what changed is
// news only to those who were told before.
func forReader(m Message) Message {
	if m.Thread == nil && !m.Heard && m.Delivery.Thread != "" && m.Delivery.Notice.Kind == KindUpdate {
		m.Delivery.Notice.Kind = KindNew
	}
	return m
}
