package notify_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"hansho/notify"
)

// outbox is an Outbox in memory: what the dispatcher may rely on, no more. One
// delivery of a thread and address is claimed at a time.
type outbox struct {
	thread *notify.Thread // of every delivery
	heard  bool           // of every delivery
	wait   time.Time      // of every delivery that is none instead of another, until it is over
	mu     sync.Mutex
	rows   []*notify.Delivery // in order of Created
	fail   error              // of Record

	rewound []time.Time // when Rewind was called
}

func (o *outbox) add(ds ...notify.Delivery) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, d := range ds {
		d.State = notify.Due
		if d.Created.IsZero() {
			d.Created = time.Now()
		}
		if d.NotBefore.IsZero() {
			d.NotBefore = d.Created
		}
		o.rows = append(o.rows, &d)
	}
}

func (o *outbox) Claim(ctx context.Context, now time.Time, lease time.Duration, limit int, except []string) ([]notify.Message, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var out []notify.Message
	for _, d := range o.rows {
		if len(out) < limit && o.free(d, now) && !slices.Contains(except, d.Address.Channel) {
			d.Unsure = d.Unsure || !d.Lease.IsZero()
			d.Lease = now.Add(lease)
			d.Tries++
			m := notify.Message{Delivery: *d, Thread: o.thread, Retry: d.Unsure, Heard: o.heard}
			if o.wait.After(now) && d.Notice.InsteadOf == nil {
				m.Wait = o.wait
			}
			out = append(out, m)
		}
	}
	return out, nil
}

// free says whether d is due and nothing before it in its thread waits.
func (o *outbox) free(d *notify.Delivery, now time.Time) bool {
	if d.State != notify.Due || dueAt(d).After(now) {
		return false
	}
	for _, before := range o.rows {
		if before == d {
			return true
		}
		if before.State == notify.Due && before.Thread != "" && before.Thread == d.Thread && before.Group == d.Group && before.Address == d.Address {
			return false
		}
	}
	return true
}

func dueAt(d *notify.Delivery) time.Time {
	if !d.Lease.IsZero() {
		return d.Lease
	}
	return d.NotBefore
}

func (o *outbox) Rewind(_ context.Context, now time.Time, slack time.Duration) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.rewound = append(o.rewound, now)
	for _, d := range o.rows {
		if d.NotBefore.After(now.Add(slack)) && d.Fails > 0 {
			d.NotBefore = now
		}
	}
	return nil
}

func (o *outbox) Record(_ context.Context, outcomes []notify.Outcome) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.fail != nil {
		return o.fail
	}
	for _, out := range outcomes {
		d := o.find(out.Delivery.Key)
		d.Lease, d.State, d.Receipt = time.Time{}, out.State, out.Receipt
		d.Error = out.Wait.Reason
		if out.State == notify.Due {
			d.NotBefore, d.Unsure = out.Wait.Until, d.Unsure || out.Wait.Unsure
		}
		switch {
		case out.Wait.Untried:
			d.Tries--
		case out.State == notify.Due && !out.Wait.Stopped:
			d.Fails++
		}
		if out.Instead != nil && o.find(out.Instead.Key) == nil {
			instead := *out.Instead
			o.rows = append(o.rows, &instead)
		}
	}
	return nil
}

func (o *outbox) find(key string) *notify.Delivery {
	for _, d := range o.rows {
		if d.Key == key {
			return d
		}
	}
	return nil
}

func (o *outbox) get(key string) notify.Delivery {
	o.mu.Lock()
	defer o.mu.Unlock()
	if d := o.find(key); d != nil {
		return *d
	}
	return notify.Delivery{}
}

func (o *outbox) setFail(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fail = err
}

func (o *outbox) NextDue(_ context.Context, except []string) (next time.Time, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, d := range o.rows {
		if d.State == notify.Due && !slices.Contains(except, d.Address.Channel) && (next.IsZero() || dueAt(d).Before(next)) {
			next = dueAt(d)
		}
	}
	return next, nil
}

// peer is a Channel that records what it was handed and answers as told.
type peer struct {
	mu     sync.Mutex
	start  time.Time
	got    []string // key@time since the start, with ? for a retry
	answer func(ctx context.Context, m notify.Message, try int) error
	tries  map[string]int
}

func newPeer(answer func(ctx context.Context, m notify.Message, try int) error) *peer {
	return &peer{start: time.Now(), answer: answer, tries: map[string]int{}}
}

func (p *peer) Deliver(ctx context.Context, m notify.Message) (notify.Receipt, error) {
	p.mu.Lock()
	p.tries[m.Delivery.Key]++
	try := p.tries[m.Delivery.Key]
	mark := ""
	if m.Retry {
		mark = "?"
	}
	p.got = append(p.got, fmt.Sprintf("%s%s@%v", m.Delivery.Key, mark, time.Since(p.start)))
	p.mu.Unlock()
	if p.answer == nil {
		return notify.Receipt{ID: "ts"}, nil
	}
	return notify.Receipt{ID: "ts"}, p.answer(ctx, m, try)
}

func (p *peer) log() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.got)
}

var (
	security = notify.Address{Channel: "slack", To: "#security"}
	ops      = notify.Address{Channel: "slack", To: "#ops"}
	soc      = notify.Address{Channel: "mail", To: "soc@example.jp"}
)

func to(a notify.Address, keys ...string) []notify.Delivery {
	var out []notify.Delivery
	for _, k := range keys {
		out = append(out, notify.Delivery{Key: k, Address: a})
	}
	return out
}

func half() float64 { return 1 } // the whole jitter: waits are round numbers

// running runs a dispatcher over rows in a bubble of synthetic time for as long
// as said, and gives the outbox after.
func running(t *testing.T, o *outbox, opts notify.Dispatch, ch notify.Channel, d time.Duration) {
	t.Helper()
	if opts.Channels == nil {
		opts.Channels = map[string]notify.Channel{"slack": ch, "mail": ch}
	}
	opts.Rand = half
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- notify.NewDispatcher(o, opts).Run(ctx) }()
	time.Sleep(d) // synthetic
	synctest.Wait()
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Run: %v", err)
	}
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestRunDeliversWhatIsDueWhenItIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, p := &outbox{}, newPeer(nil)
		o.add(to(security, "now")...)
		o.add(notify.Delivery{Key: "later", Address: security, NotBefore: time.Now().Add(90 * time.Second)})
		running(t, o, notify.Dispatch{}, p, 2*time.Minute)
		equal(t, "delivered", p.log(), []string{"now@0s", "later@1m30s"})
		equal(t, "receipt", o.get("now").Receipt.ID, "ts")
		equal(t, "state", o.get("later").State, notify.Sent)
	})
}

func TestWakeIsHeardAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, p := &outbox{}, newPeer(nil)
		d := notify.NewDispatcher(o, notify.Dispatch{Channels: map[string]notify.Channel{"slack": p}})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- d.Run(ctx) }()
		time.Sleep(7 * time.Second)
		o.add(to(security, "k")...)
		d.Wake()
		synctest.Wait()
		equal(t, "delivered", p.log(), []string{"k@7s"})
		cancel()
		<-done
	})
}

func TestFailuresBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lost := errors.New("connection reset")
		o, p := &outbox{}, newPeer(func(_ context.Context, _ notify.Message, try int) error {
			if try <= 3 {
				return lost
			}
			return nil
		})
		o.add(to(soc, "k")...)
		running(t, o, notify.Dispatch{}, p, time.Minute)
		equal(t, "tries", p.log(), []string{"k@0s", "k?@5s", "k?@15s", "k?@35s"})
		equal(t, "state", o.get("k").State, notify.Sent)
	})
}

func TestTriesThatOurEndCutShortAreNoFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &outbox{}
		p := newPeer(func(_ context.Context, _ notify.Message, try int) error {
			if try == 1 {
				return errors.New("503")
			}
			return nil
		})
		o.add(notify.Delivery{Key: "a", Address: soc, Tries: 9, Unsure: true}) // killed nine times
		running(t, o, notify.Dispatch{}, p, time.Minute)
		equal(t, "tries", p.log(), []string{"a?@0s", "a?@5s"})
	})
}

func TestWhatCanNotHaveArrivedIsNoRetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refused := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
		o, p := &outbox{}, newPeer(func(_ context.Context, _ notify.Message, try int) error {
			switch try {
			case 1:
				return fmt.Errorf("slack: %w", refused)
			case 2:
				return &notify.RetryAfter{Wait: 30 * time.Second, Err: errors.New("ratelimited")}
			}
			return nil
		})
		o.add(to(security, "k")...)
		running(t, o, notify.Dispatch{}, p, time.Minute)
		equal(t, "tries", p.log(), []string{"k@0s", "k@5s", "k@35s"})
	})
}

func TestPermanentFailuresAreParkedAndHoldNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, p := &outbox{}, newPeer(func(_ context.Context, m notify.Message, _ int) error {
			if m.Delivery.Key == "bad" {
				return &notify.Permanent{Err: errors.New("channel_not_found")}
			}
			return nil
		})
		o.add(notify.Delivery{Key: "bad", Address: security, Thread: "case:1"},
			notify.Delivery{Key: "good", Address: security, Thread: "case:1"},
			notify.Delivery{Key: "nowhere", Address: notify.Address{Channel: "fax"}})
		running(t, o, notify.Dispatch{}, p, time.Second)
		bad, nowhere := o.get("bad"), o.get("nowhere")
		equal(t, "state", bad.State, notify.Parked)
		equal(t, "reason", bad.Error, "channel_not_found")
		equal(t, "the one behind it", o.get("good").State, notify.Sent)
		equal(t, "no such channel", nowhere.State, notify.Parked)
		equal(t, "reason", nowhere.Error, `no channel is configured as "fax"`)
	})
}

// A delivery may be old because nobody ran, or because the clock jumped: it is
// given up only after an hour of failures.
func TestTooOldIsGivenUpOnlyAfterAnHourOfTries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, p := &outbox{}, newPeer(func(_ context.Context, m notify.Message, try int) error {
			if m.Delivery.Key == "fails" || m.Delivery.Key == "network comes up" && try < 4 {
				return errors.New("503")
			}
			return nil
		})
		old := time.Now().Add(-200 * time.Hour)
		o.add(notify.Delivery{Key: "fails", Address: security, Created: old}, notify.Delivery{Key: "works", Address: ops, Created: old},
			notify.Delivery{Key: "network comes up", Address: soc, Created: old})
		running(t, o, notify.Dispatch{}, p, 50*time.Minute)
		equal(t, "fails", o.get("fails").State, notify.Due)
		equal(t, "works", o.get("works").State, notify.Sent)
		equal(t, "works after a minute", o.get("network comes up").State, notify.Sent)
		running(t, o, notify.Dispatch{}, p, 30*time.Minute)
		equal(t, "fails", o.get("fails").State, notify.Parked)
		equal(t, "reason", o.get("fails").Error, "given up after 201h6m0s and 12 tries: 503")
	})
}

func TestOneMessageASecondAnAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, p := &outbox{}, newPeer(nil)
		o.add(to(security, "a", "b", "c", "d", "e", "f", "g", "h", "i", "j")...) // more than can be on their way
		o.add(to(ops, "x", "y")...)
		o.add(to(soc, "m", "n")...)
		o.add(notify.Delivery{Key: "urgent", Address: security, Notice: notify.Notice{Urgent: true}})
		running(t, o, notify.Dispatch{Every: map[string]time.Duration{"slack": time.Second}}, p, 20*time.Second)
		got := p.log()
		slices.Sort(got) // the urgent one took the turn of b
		equal(t, "delivered", got, []string{
			"a@0s", "b@10s", "c@2s", "d@3s", "e@4s", "f@5s", "g@6s", "h@7s", "i@8s", "j@9s", "m@0s", "n@0s", "urgent@1s", "x@0s", "y@1s",
		})
		equal(t, "turns are no tries", o.get("j").Tries, 1)
	})
}

func TestASlowAddressHoldsNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, p := &outbox{}, newPeer(func(ctx context.Context, m notify.Message, _ int) error {
			if m.Delivery.Address == security {
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		})
		o.add(to(security, "hangs")...)
		o.add(to(ops, "goes")...)
		running(t, o, notify.Dispatch{Timeout: 10 * time.Second}, p, time.Second)
		equal(t, "the other", o.get("goes").State, notify.Sent)
		equal(t, "the one that hangs", o.get("hangs").State, notify.Due)
		equal(t, "it may have arrived", o.get("hangs").Unsure, true)
	})
}

// What is left of two digests tells of one case, which has one thread: the second
// waits until the first has opened it.
func TestAThreadIsOpenedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, p := &outbox{}, newPeer(func(context.Context, notify.Message, int) error {
			time.Sleep(300 * time.Millisecond) // synthetic
			return nil
		})
		for _, g := range []string{"monday", "tuesday"} {
			o.add(notify.Delivery{Key: g, Address: security, Thread: "case:1", Group: g})
		}
		o.add(notify.Delivery{Key: "other", Address: security, Thread: "case:2"})
		running(t, o, notify.Dispatch{}, p, 5*time.Second)
		got := p.log()
		slices.Sort(got)
		equal(t, "delivered", got, []string{"monday@0s", "other@0s", "tuesday@1s"})
		equal(t, "a turn is no try", o.get("tuesday").Tries, 1)
	})
}

// What a summary speaks of, too, is told after it; what is urgent goes over the
// fallback meanwhile.
func TestWhatWaitsForASummary(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPeer(nil)
		o := &outbox{wait: time.Now().Add(20 * time.Minute)}
		o.add(notify.Delivery{Key: "a", Address: security, Thread: "case:1", Notice: notify.Notice{Urgent: true}})
		slack := map[string]notify.Fallback{"slack": {To: soc, After: 10 * time.Minute}}
		running(t, o, notify.Dispatch{Fallbacks: slack}, p, time.Hour)
		equal(t, "delivered", p.log(), []string{"a|instead|mail|soc@example.jp@10m0s", "a@20m0s"})
		equal(t, "a turn is no try", o.get("a").Tries, 1)
	})
}

// Slack hangs for a hundred people; the mails and what is over soonest go out.
func TestAChannelThatHangsHoldsNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, p := &outbox{}, newPeer(func(ctx context.Context, m notify.Message, _ int) error {
			if m.Delivery.Address.Channel == "slack" {
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		})
		for i := range 100 {
			person := notify.Address{Channel: "slack", To: fmt.Sprintf("U%09d", i)}
			o.add(to(person, fmt.Sprintf("hangs%02d", i))...)
		}
		for i := range 20 {
			o.add(to(soc, fmt.Sprintf("goes%02d", i))...)
		}
		running(t, o, notify.Dispatch{}, p, time.Second)
		hang := 0
		for _, line := range p.log() {
			if strings.HasPrefix(line, "hangs") {
				hang++
			}
		}
		equal(t, "of those that hang, tried at once", hang, 8)
		for i := range 20 {
			equal(t, "the other", o.get(fmt.Sprintf("goes%02d", i)).State, notify.Sent)
		}
	})
}

func TestAFailingAddressIsProbedRarely(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := time.Now().Add(time.Hour)
		o, p := &outbox{}, newPeer(func(context.Context, notify.Message, int) error {
			if time.Now().Before(up) {
				return errors.New("503")
			}
			return nil
		})
		for i := range 40 {
			o.add(to(security, fmt.Sprintf("k%02d", i))...)
		}
		running(t, o, notify.Dispatch{Every: map[string]time.Duration{"slack": time.Second}}, p, 2*time.Hour)
		if n := len(p.log()); n > 40+20 {
			t.Errorf("%d messages for 40 deliveries and an hour of failure", n)
		}
		for i := range 40 {
			if d := o.get(fmt.Sprintf("k%02d", i)); d.State != notify.Sent {
				t.Errorf("%s is %s", d.Key, d.State)
			}
		}
	})
}

func TestFallback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &outbox{}
		down := newPeer(func(context.Context, notify.Message, int) error { return errors.New("503") })
		up := newPeer(nil)
		o.add(notify.Delivery{Key: "urgent", Address: security, Thread: "case:1", Notice: notify.Notice{Urgent: true}},
			notify.Delivery{Key: "calm", Address: ops})
		running(t, o, notify.Dispatch{
			Channels:  map[string]notify.Channel{"slack": down, "mail": up},
			Fallbacks: map[string]notify.Fallback{"slack": {To: soc, After: 10 * time.Minute}},
		}, nil, time.Hour)
		equal(t, "told instead", up.log(), []string{"urgent|instead|mail|soc@example.jp@10m0s"})
		instead := o.get("urgent|instead|mail|soc@example.jp")
		equal(t, "says so", instead.Notice.InsteadOf, &security)
		equal(t, "thread", instead.Thread, "case:1")
		equal(t, "the first is still tried", o.get("urgent").State, notify.Due)
	})
}

// Where waiting can't help, what is urgent goes elsewhere at once, and so does
// what can never be sent; a letter never does.
func TestFallbackOfWhatNoWaitMends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &outbox{}
		answers := newPeer(func(_ context.Context, m notify.Message, _ int) error {
			if m.Delivery.Address == security {
				return &notify.Blocked{Err: errors.New("is_archived")}
			}
			return &notify.Permanent{Err: errors.New("user_not_found")}
		})
		up := newPeer(nil)
		o.add(notify.Delivery{Key: "urgent", Address: security, Notice: notify.Notice{Urgent: true}},
			notify.Delivery{Key: "calm", Address: security},
			notify.Delivery{Key: "never", Address: ops},
			notify.Delivery{Key: "letter", Address: ops, Notice: notify.Notice{Kind: notify.KindLetter}})
		running(t, o, notify.Dispatch{
			Channels:  map[string]notify.Channel{"slack": answers, "mail": up},
			Fallbacks: map[string]notify.Fallback{"slack": {To: soc, After: 10 * time.Minute}},
		}, nil, time.Minute)
		got := up.log()
		slices.Sort(got)
		equal(t, "told instead", got, []string{"never|instead|mail|soc@example.jp@0s", "urgent|instead|mail|soc@example.jp@0s"})
		equal(t, "what is blocked waits", o.get("calm").State, notify.Due)
		equal(t, "and has not arrived", o.get("urgent").Unsure, false)
		equal(t, "what is refused is parked", o.get("letter").State, notify.Parked)
	})
}

// The clock was two days ahead when a message failed, and is set right: the next
// try is not two days away.
func TestAClockThatGoesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var ahead atomic.Int64
		ahead.Store(int64(48 * time.Hour))
		clock := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		o, p := &outbox{}, newPeer(func(_ context.Context, _ notify.Message, try int) error {
			if try < 4 {
				return errors.New("503")
			}
			return nil
		})
		o.add(to(security, "k")...)
		time.AfterFunc(7*time.Second, func() { ahead.Store(0) })
		running(t, o, notify.Dispatch{Now: clock}, p, 5*time.Minute)
		equal(t, "state", o.get("k").State, notify.Sent)
		equal(t, "rewound", o.rewound, []time.Time{start.Add(48 * time.Hour), start.Add(15 * time.Second)})
	})
}

func TestStopWaitsForWhatIsOnItsWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &outbox{}
		p := newPeer(func(ctx context.Context, m notify.Message, _ int) error {
			wait := 5 * time.Second
			if m.Delivery.Key == "slow" {
				wait = 30 * time.Second
			}
			select {
			case <-time.After(wait):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		o.add(notify.Delivery{Key: "quick", Address: ops}, notify.Delivery{Key: "slow", Address: security})
		running(t, o, notify.Dispatch{}, p, time.Second)
		equal(t, "what arrived in time", o.get("quick").State, notify.Sent)
		slow := o.get("slow")
		equal(t, "what did not is due", slow.State, notify.Due)
		equal(t, "at the next start", slow.NotBefore, time.Now())
		equal(t, "and asked for", slow.Unsure, true)
		equal(t, "stopped after the grace", time.Since(p.start), 11*time.Second)
	})
}

func TestResultsSurviveAnOutboxThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, p := &outbox{}, newPeer(nil)
		o.add(notify.Delivery{Key: "one", Address: security, Thread: "t"}, notify.Delivery{Key: "two", Address: security, Thread: "t"})
		o.setFail(errors.New("no room left on the disk"))
		time.AfterFunc(30*time.Second, func() { o.setFail(nil) })
		running(t, o, notify.Dispatch{}, p, time.Minute)
		equal(t, "each is sent once, the second after the first is recorded", p.log(), []string{"one@0s", "two@35s"})
	})
}

func TestAPanicOfAChannelIsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, p := &outbox{}, newPeer(func(_ context.Context, m notify.Message, try int) error {
			if try == 1 {
				panic("nil map")
			}
			return nil
		})
		o.add(to(security, "k")...)
		running(t, o, notify.Dispatch{}, p, time.Minute)
		equal(t, "tries", p.log(), []string{"k@0s", "k?@5s"})
	})
}

// A clock that jumps over the lease makes the outbox give again what is still on
// its way.
func TestWhatIsOnItsWayIsNotSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var jump atomic.Int64
		o, p := &outbox{}, newPeer(func(context.Context, notify.Message, int) error {
			time.Sleep(20 * time.Second)
			return nil
		})
		o.add(to(security, "k")...)
		time.AfterFunc(10*time.Second, func() { jump.Store(int64(24 * time.Hour)) })
		now := func() time.Time { return time.Now().Add(time.Duration(jump.Load())) }
		d := notify.NewDispatcher(o, notify.Dispatch{Channels: map[string]notify.Channel{"slack": p}, Now: now, Rand: half})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- d.Run(ctx) }()
		time.Sleep(11 * time.Second)
		d.Wake()
		time.Sleep(2 * time.Minute)
		cancel()
		<-done
		equal(t, "sent", p.log(), []string{"k@0s"})
	})
}

func TestTheFirstThatSomebodyHearsIsNew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []notify.Kind
		o := &outbox{}
		p := newPeer(nil)
		p.answer = func(_ context.Context, m notify.Message, _ int) error {
			told = append(told, m.Delivery.Notice.Kind)
			return nil
		}
		thread := &notify.Thread{Root: notify.Receipt{ID: "ts"}}
		update := notify.Notice{Kind: notify.KindUpdate}
		o.add(notify.Delivery{Key: "a", Address: security, Thread: "case", Notice: update})
		running(t, o, notify.Dispatch{}, p, time.Minute)
		o.thread = thread
		o.add(notify.Delivery{Key: "b", Address: security, Thread: "case", Notice: update})
		running(t, o, notify.Dispatch{}, p, time.Minute)
		o.thread, o.heard = nil, true // of it in a summary
		o.add(notify.Delivery{Key: "c", Address: security, Thread: "case", Notice: update})
		running(t, o, notify.Dispatch{}, p, time.Minute)
		equal(t, "told as", told, []notify.Kind{notify.KindNew, notify.KindUpdate, notify.KindUpdate})
		equal(t, "and kept as what it is", o.get("a").Notice.Kind, notify.KindUpdate)
	})
}

func TestDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		o, p := &outbox{}, newPeer(func(_ context.Context, m notify.Message, try int) error {
			switch m.Delivery.Key {
			case "bad":
				return &notify.Permanent{Err: errors.New("no")}
			case "down":
				return io.ErrUnexpectedEOF
			case "busy":
				if try == 1 {
					return &notify.RetryAfter{Wait: 20 * time.Second, Err: errors.New("ratelimited")}
				}
			}
			return nil
		})
		o.add(to(security, "a", "b", "c", "busy")...)
		o.add(to(soc, "bad", "down")...)
		o.add(notify.Delivery{Key: "tomorrow", Address: ops, NotBefore: start.Add(24 * time.Hour)})
		counts, err := notify.NewDispatcher(o, notify.Dispatch{
			Channels: map[string]notify.Channel{"slack": p, "mail": p},
			Every:    map[string]time.Duration{"slack": time.Second},
			Backoff:  notify.Backoff{First: time.Hour, Max: time.Hour},
			Rand:     half,
		}).Drain(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "counts", counts, notify.Counts{Sent: 4, Failed: 1, Parked: 1})
		equal(t, "took", time.Since(start), 23*time.Second)
		equal(t, "what is not due", o.get("tomorrow").State, notify.Due)
	})
}

func TestDrainEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, p := &outbox{}, newPeer(nil)
		o.add(to(security, "a", "b", "c")...)
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		counts, err := notify.NewDispatcher(o, notify.Dispatch{
			Channels: map[string]notify.Channel{"slack": p}, Every: map[string]time.Duration{"slack": time.Second},
		}).Drain(ctx)
		if !errors.Is(err, context.DeadlineExceeded) || counts.Sent != 2 {
			t.Errorf("%+v, %v; want 2 sent and DeadlineExceeded", counts, err)
		}
	})
}
