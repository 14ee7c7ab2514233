package app

import (
	"sync"
	"time"
)

// Slack sends again what it thinks was not heard, for up to some minutes.
const (
	remember    = 15 * time.Minute
	maxRemember = 4096
)

// recent knows which requests were heard lately.
type recent struct {
	now  func() time.Time
	mu   sync.Mutex
	seen map[string]time.Time
}

func newRecent(now func() time.Time) *recent { return &recent{now: now, seen: map[string]time.Time{}} }

// first says whether a request is heard for the first time. One without a key
// always is.
func (r *recent) first(key string) bool {
	if key == "" {
		return true
	}
	now := r.now()
	r.mu.Lock()
	defer r.mu.Unlock()
	if at, ok := r.seen[key]; ok && now.Sub(at) < remember {
		return false
	}
	if len(r.seen) >= maxRemember {
		r.forget(now)
	}
	r.seen[key] = now
	return true
}

// drop forgets a request that was not taken.
func (r *recent) drop(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.seen, key)
}

// forget drops what is old, and everything where nothing is.
func (r *recent) forget(now time.Time) {
	for k, at := range r.seen {
		if now.Sub(at) >= remember {
			delete(r.seen, k)
		}
	}
	if len(r.seen) >= maxRemember {
		clear(r.seen)
	}
}
