package notify

import (
	"context"
	"fmt"
	"sync"
	"time"
)

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
	opening map[string]bool // threads whose first message is on its way
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
		d: d, results: make(chan result, d.o.Concurrency), flying: map[string]bool{}, busy: map[string]int{}, opening: map[string]bool{},
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
	at := p.turn(now, m.Delivery.Notice.Urgent)
	if m.Wait.After(at) {
		at = m.Wait
	}
	if at.After(now) {
		r.putOff(m, now, at)
		return
	}
	if opens := opensThread(m); opens != "" {
		if r.opening[opens] { // two digests' rests of one case: it has one thread
			r.putOff(m, now, now.Add(time.Second))
			return
		}
		r.opening[opens] = true
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

// opensThread names the thread that a message opens, empty where it opens none.
func opensThread(m Message) string {
	if m.Thread != nil || m.Delivery.Thread == "" {
		return ""
	}
	return ThreadKey(m.Delivery.Thread, m.Delivery.Address)
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
