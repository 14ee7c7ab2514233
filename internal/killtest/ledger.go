package killtest

import (
	"maps"
	"slices"
	"sync"
)

// Ledger counts what arrived at the peers against what was to arrive. Its
// methods may be called by many goroutines.
type Ledger struct {
	mu       sync.Mutex
	expected map[string]bool
	arrived  map[string]int
	order    []string
}

// NewLedger makes an empty ledger.
func NewLedger() *Ledger {
	return &Ledger{expected: map[string]bool{}, arrived: map[string]int{}}
}

// Expect says that something is to be told.
func (l *Ledger) Expect(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.expected[key] = true
}

// Arrive notes that something was told.
func (l *Ledger) Arrive(keys ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, key := range keys {
		if l.arrived[key]++; l.arrived[key] == 1 {
			l.order = append(l.order, key)
		}
	}
}

// Lost lists what has not arrived, sorted.
func (l *Ledger) Lost() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []string
	for key := range l.expected {
		if l.arrived[key] == 0 {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out
}

// Doubled lists what arrived more than once, sorted.
func (l *Ledger) Doubled() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []string
	for key, n := range l.arrived {
		if n > 1 {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out
}

// Unknown lists what arrived and was never to be told, sorted.
func (l *Ledger) Unknown() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []string
	for _, key := range slices.Sorted(maps.Keys(l.arrived)) {
		if !l.expected[key] {
			out = append(out, key)
		}
	}
	return out
}

// Order gives what arrived, each once, in the order of its first arrival.
func (l *Ledger) Order() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.order)
}
