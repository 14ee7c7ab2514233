package feeds

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// hostGate lets a few requests at a time through to one host, and not too
// close behind each other.
type hostGate struct {
	perHost int
	spacing time.Duration
	now     func() time.Time
	sleep   func(context.Context, time.Duration) error

	mu    sync.Mutex
	hosts map[string]*hostState
}

type hostState struct {
	slots chan struct{}
	next  time.Time // earliest start of the next request
}

func newHostGate(perHost int, spacing time.Duration, now func() time.Time, sleep func(context.Context, time.Duration) error) *hostGate {
	return &hostGate{perHost: perHost, spacing: spacing, now: now, sleep: sleep, hosts: map[string]*hostState{}}
}

// enter waits for a place at the host and gives the function that frees it.
func (g *hostGate) enter(ctx context.Context, host string) (func(), error) {
	h := g.state(host)
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	release := func() { <-h.slots }
	if wait := g.reserve(h); wait > 0 {
		if err := g.sleep(ctx, wait); err != nil {
			release()
			return nil, err
		}
	}
	return release, nil
}

func (g *hostGate) state(host string) *hostState {
	g.mu.Lock()
	defer g.mu.Unlock()
	h := g.hosts[host]
	if h == nil {
		h = &hostState{slots: make(chan struct{}, g.perHost)}
		g.hosts[host] = h
	}
	return h
}

// reserve takes the host's next start and says how long it is off.
func (g *hostGate) reserve(h *hostState) time.Duration {
	if g.spacing <= 0 {
		return 0
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	start := now
	if h.next.After(start) {
		start = h.next
	}
	h.next = start.Add(g.spacing)
	return start.Sub(now)
}

// Backoff gives how long to leave a source alone after a number of failures in
// a row: base doubled with each further failure, at most limit, and of that a
// random part between a half and the whole, so that sources that failed
// together don't come back together. Zero failures is no wait. A nil r uses the
// process's own randomness.
func Backoff(failures int, base, limit time.Duration, r *rand.Rand) time.Duration {
	if failures <= 0 || base <= 0 {
		return 0
	}
	d := limit
	if shift := failures - 1; shift < 32 && base <= limit>>shift {
		d = base << shift
	}
	half := d / 2
	if half <= 0 {
		return d
	}
	if r == nil {
		return half + rand.N(half+1)
	}
	return half + time.Duration(r.Int64N(int64(half)+1))
}
