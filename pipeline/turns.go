package pipeline

import (
	"context"
	"sync"
)

// turns let one at a time through for each name. The zero value is ready.
type turns struct {
	mu   sync.Mutex
	free map[string]chan struct{}
}

// take waits for a name's turn and gives the function that ends it.
func (t *turns) take(ctx context.Context, name string) (func(), error) {
	t.mu.Lock()
	if t.free == nil {
		t.free = map[string]chan struct{}{}
	}
	busy := t.free[name]
	if busy == nil {
		busy = make(chan struct{}, 1)
		t.free[name] = busy
	}
	t.mu.Unlock()
	select {
	case busy <- struct{}{}:
		return func() { <-busy }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
