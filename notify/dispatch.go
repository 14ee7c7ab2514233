package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"sync"
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
	return ch.Deliver(ctx, m)
}

// result is what a channel said of a message.
type result struct {
	m       Message
	receipt Receipt
	err     error
}

// run is one Run or Drain. All but the deliveries happen in its one goroutine.
type run struct {
	d       *Dispatcher
	sending context.Context // of the deliveries; ends Grace after the run is to stop
	cancel  context.CancelFunc
	results chan result
	flying  map[string]bool // keys on their way
	busy    map[string]int  // how many are, by channel
	group   sync.WaitGroup
	paces   map[Address]*pace
	turns   map[string]time.Time // when what waits for its address's turn is due
	unsaved []Outcome            // not yet recorded
	failed  int                  // times that the outbox failed, in a row
	retryAt time.Time            // when to try the outbox again
	waiting map[string]bool      // put off since their address was failing
	failing map[string]bool      // whose last try failed
	looked  time.Time            // when the last claim was made
	clock   time.Time            // as it was last seen
	total   Counts
}

func (d *Dispatcher) newRun(ctx context.Context) *run {
	r := &run{
		d: d, results: make(chan result, d.o.Concurrency), flying: map[string]bool{}, busy: map[string]int{},
		paces: map[Address]*pace{}, turns: map[string]time.Time{}, waiting: map[string]bool{}, failing: map[string]bool{},
	}
	r.sending, r.cancel = context.WithCancel(context.WithoutCancel(ctx))
	return r
}

func (r *run) stop() {
	r.cancel()
	r.group.Wait()
}

// step records what has arrived and sends what is due.
func (r *run) step(ctx context.Context) error {
	if r.d.o.Now().Before(r.retryAt) {
		return nil
	}
	if err := r.save(ctx); err != nil {
		return err
	}
	if err := r.followClock(ctx); err != nil {
		return err
	}
	return r.launch(ctx)
}

// followClock sees to it that what was queued by a clock that ran ahead doesn't
// wait until that time has come.
func (r *run) followClock(ctx context.Context) error {
	now := r.d.o.Now()
	if back := r.clock.Sub(now.Round(0)); r.clock.IsZero() || back > look {
		if err := r.d.outbox.Rewind(ctx, now, time.Hour); err != nil {
			return err
		}
		for a, p := range r.paces {
			r.paces[a] = &pace{every: p.every}
		}
		clear(r.turns)
	}
	r.clock = now.Round(0) // the wall's clock, which may jump
	return nil
}

// save records the outcomes at hand in one transaction.
func (r *run) save(ctx context.Context) error {
	if len(r.unsaved) == 0 {
		return nil
	}
	if err := r.d.outbox.Record(ctx, r.unsaved); err != nil {
		return err
	}
	r.unsaved, r.failed = nil, 0
	return nil
}

// outboxFailed waits before the outbox is used again. Nothing is sent meanwhile,
// since what became of it could not be kept.
func (r *run) outboxFailed() {
	r.failed++
	r.retryAt = r.d.o.Now().Add(r.d.backoff(r.failed))
}

// launch claims until nothing more is due but over channels that are full. What
// has to wait for its address's turn is put back at once, so that it hides nobody.
func (r *run) launch(ctx context.Context) error {
	for {
		r.looked = r.d.o.Now()
		claimed, err := r.d.outbox.Claim(ctx, r.looked, r.d.lease(), r.d.o.Concurrency, r.full())
		if err != nil || len(claimed) == 0 {
			return err
		}
		for _, m := range claimed {
			r.start(m)
		}
		if err := r.save(ctx); err != nil {
			return err
		}
	}
}

// full names the channels that take no more for now: a result makes room.
func (r *run) full() []string {
	var out []string
	for name, n := range r.busy {
		if n >= r.d.o.Concurrency {
			out = append(out, name)
		}
	}
	return out
}

// start sends a message, or gives it a later turn.
func (r *run) start(m Message) {
	key := m.Delivery.Key
	if r.flying[key] {
		return // the clock jumped over the lease
	}
	now := r.d.o.Now()
	p := r.pace(m.Delivery.Address)
	if at := p.turn(now, m.Delivery.Notice.Urgent); at.After(now) {
		r.putOff(m, now, at)
		return
	}
	r.settleTurn(key)
	p.sent(now)
	m.At = now
	r.flying[key] = true
	r.busy[m.Delivery.Address.Channel]++
	r.group.Go(func() {
		receipt, err := r.d.deliver(r.sending, m)
		r.results <- result{m, receipt, err}
	})
}

// putOff gives a message the turn that it has to wait for.
func (r *run) putOff(m Message, now, at time.Time) {
	o := Outcome{Delivery: m.Delivery, State: Due, Wait: Postponement{Until: at, Untried: true}}
	r.d.fallBack(&o, now, false)
	r.unsaved = append(r.unsaved, o)
	r.settleTurn(m.Delivery.Key)
	if r.pace(m.Delivery.Address).fails > 0 {
		r.waiting[m.Delivery.Key] = true
		return
	}
	r.turns[m.Delivery.Key] = at
}

func (r *run) settleTurn(key string) {
	delete(r.turns, key)
	delete(r.waiting, key)
}

func (r *run) counts() Counts {
	c := r.total
	c.Waiting, c.Failed = len(r.waiting), len(r.failing)
	return c
}

func (r *run) pace(a Address) *pace {
	p, ok := r.paces[a]
	if !ok {
		p = &pace{every: r.d.o.Every[a.Channel]}
		r.paces[a] = p
	}
	return p
}

// next gives when there is something to do, zero where only a wake or a result
// can say.
func (r *run) next(ctx context.Context) time.Time {
	if r.d.o.Now().Before(r.retryAt) {
		return r.retryAt
	}
	at, err := r.d.outbox.NextDue(ctx, r.full())
	if err != nil {
		r.outboxFailed()
		return r.retryAt
	}
	return at
}

// nextTurn gives when the first of those put off has its turn, zero where none
// waits. One whose turn has come and that was not claimed is gone: folded into
// another, or behind one of its thread that is on its way.
func (r *run) nextTurn() (first time.Time) {
	for key, at := range r.turns {
		switch {
		case !at.After(r.looked):
			delete(r.turns, key)
		case first.IsZero() || at.Before(first):
			first = at
		}
	}
	return first
}

// look is how often the outbox is looked at whatever was said, since clocks jump.
const look = time.Minute

// wait returns when at has come, something arrived, or somebody woke us.
func (r *run) wait(ctx context.Context, at time.Time) {
	pause := look
	if !at.IsZero() {
		pause = min(max(at.Sub(r.d.o.Now()), 0), look)
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case res := <-r.results:
		r.take(res)
	case <-r.d.wake:
	case <-timer.C:
	case <-ctx.Done():
	}
	r.takeAll()
}

// takeAll takes what else has arrived, so that it is recorded together.
func (r *run) takeAll() {
	for {
		select {
		case res := <-r.results:
			r.take(res)
		default:
			return
		}
	}
}

// finish waits for what is on its way and records it, though ctx has ended.
func (r *run) finish(ctx context.Context) error {
	deadline := time.AfterFunc(r.d.o.Grace, r.cancel)
	defer deadline.Stop()
	for len(r.flying) > 0 {
		r.take(<-r.results)
	}
	if err := r.save(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("notify: record the last deliveries: %w", err)
	}
	return nil
}
