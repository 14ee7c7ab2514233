package pipeline

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// One poll of a source waits for another, but not for another source's, and not
// for longer than it is wanted.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var turn turns
		done, err := turn.take(t.Context(), "a")
		must(t, err)
		other, err := turn.take(t.Context(), "b")
		must(t, err)
		other()
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := turn.take(short, "a"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("took a turn that is another's: %v", err)
		}
		got := make(chan func())
		go func() {
			next, _ := turn.take(t.Context(), "a")
			got <- next
		}()
		synctest.Wait()
		done()
		(<-got)()
	})
}
