package pipeline

import (
	"context"
	"maps"
	"slices"
	"sync"

	"hansho/store"
)

// deferred are the states of sources that said nothing new and wait to be stored
// together: to lose them costs a fetch. The zero value is ready.
type deferred struct {
	mu     sync.Mutex
	states map[string]store.SourceState
}

// add keeps a state until it is taken and gives how many wait.
func (d *deferred) add(s store.SourceState) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.states == nil {
		d.states = map[string]store.SourceState{}
	}
	d.states[s.ID] = s
	return len(d.states)
}

// get gives the state of a source that waits.
func (d *deferred) get(id string) (store.SourceState, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s, ok := d.states[id]
	return s, ok
}

// all gives what waits, in the order of ids.
func (d *deferred) all() []store.SourceState {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []store.SourceState
	for _, id := range slices.Sorted(maps.Keys(d.states)) {
		out = append(out, d.states[id])
	}
	return out
}

// stored forgets what was stored, unless the source was polled again meanwhile.
func (d *deferred) stored(list []store.SourceState) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, s := range list {
		if now, ok := d.states[s.ID]; ok && now.LastPoll.Equal(s.LastPoll) {
			delete(d.states, s.ID)
		}
	}
}

// Flush stores what unchanged polls have left to be stored together: see
// Options.Defer.
func (p *Pipeline) Flush(ctx context.Context) error {
	if len(p.deferred.all()) == 0 {
		return nil
	}
	return p.update(ctx, func(store.Tx) error { return nil })
}

// update is Store.Update, with all that waits in the same transaction.
func (p *Pipeline) update(ctx context.Context, fn func(store.Tx) error) error {
	waiting := p.deferred.all()
	err := p.store.Update(ctx, func(tx store.Tx) error {
		for _, s := range waiting {
			old, err := loadSource(tx, s.ID)
			if err != nil {
				return err
			}
			if old.LastPoll.After(s.LastPoll) {
				continue
			}
			if err := tx.PutSource(s); err != nil {
				return err
			}
		}
		return fn(tx)
	})
	if err == nil {
		p.deferred.stored(waiting)
	}
	return err
}
