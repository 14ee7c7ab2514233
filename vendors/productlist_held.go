package vendors

import (
	"fmt"
	"slices"
	"time"

	"hansho/advisory"
)

// holdRemoval is how long a row must be gone before that is told, where the
// entry's mapping (hold) says nothing else: a little less than the hour in which
// a list is polled again. In a crisis rows are taken out and put back within
// minutes, and nothing waits for the news that a list says nothing any more.
const holdRemoval = 45 * time.Minute

// maxHeld bounds the rows that are held; those beyond it are told at once.
const maxHeld = 5000

// heldRow is a product that is gone from a list, as it stood there last.
type heldRow struct {
	Since    time.Time
	Advisory advisory.Advisory
}

// readHold reads the mapping's hold.
func readHold(said string) (time.Duration, error) {
	if said == "" {
		return holdRemoval, nil
	}
	d, err := time.ParseDuration(said)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("mapping hold %q: write a time such as 45m, or 0s", said)
	}
	return d, nil
}

// overdue says that a row has been gone for long enough.
func (p *listPoll) overdue(h heldRow) bool {
	return p.source.now().Sub(h.Since) >= p.source.hold
}

// remove holds what is gone from the list, since now or since it was first
// missed, and gives what is to be told of it.
func (p *listPoll) remove(gone []heldRow) []advisory.Advisory {
	var told []advisory.Advisory
	for _, h := range gone {
		if !p.overdue(h) && len(p.next.Held) < maxHeld {
			p.next.Held = append(p.next.Held, h)
			continue
		}
		h.Advisory.Withdrawn = true
		told = append(told, h.Advisory)
	}
	return told
}

// waits says that nothing held is to be told yet.
func (p *listPoll) waits() bool { return !slices.ContainsFunc(p.old.Held, p.overdue) }
