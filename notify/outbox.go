package notify

import (
	"context"
	"time"
)

// Outbox is what a Dispatcher needs of the store. Each call is one transaction.
type Outbox interface {
	// Claim leases up to limit deliveries that are due, at most one a thread and
	// address, with what has piled up behind each folded into it. Those of the
	// channels in except are passed over.
	Claim(ctx context.Context, now time.Time, lease time.Duration, limit int, except []string) ([]Message, error)
	// Rewind is called at the start, and after the clock went back: what was
	// queued, claimed or put off by a clock that was ahead, by more than slack,
	// is due by the clock as it is.
	Rewind(ctx context.Context, now time.Time, slack time.Duration) error
	// Record stores what became of claimed deliveries, all of it or nothing.
	Record(ctx context.Context, outcomes []Outcome) error
	// NextDue gives when the next delivery or lease is due that Claim would give,
	// zero where none is.
	NextDue(ctx context.Context, except []string) (time.Time, error)
}

// Outcome is what became of a claimed delivery: Sent with a receipt, Parked for
// a reason, or still Due and postponed.
type Outcome struct {
	Delivery Delivery
	State    State
	Receipt  Receipt // of what was sent; At is set for what was parked, too
	Wait     Postponement
	// Instead is the same notice to another address, queued once, where this
	// one can't be reached.
	Instead *Delivery
}

// Postponement is why and until when a delivery waits.
type Postponement struct {
	Until   time.Time
	Reason  string // why the try failed, or why what was parked is given up
	Unsure  bool   // the try may have arrived
	Untried bool   // it was not its turn: not counted as a try
	Stopped bool   // our own end cut the try short: not counted as a failure
}

// MailNote names the note in which the mail of a sent letter is kept, byte for
// byte, by the key of its delivery.
func MailNote(key string) string { return "mail/" + key }

// ThreadKey names what went before in a thread at an address: Thread.Key.
func ThreadKey(thread string, to Address) string {
	return thread + "\x00" + to.Channel + "\x00" + to.To
}

// Threaded gives the thread after a delivery in it was sent. before is zero where
// nothing went before.
func Threaded(before Thread, d Delivery, r Receipt) Thread {
	t := Thread{Key: ThreadKey(d.Thread, d.Address), Root: r, RootKey: d.Key, Summary: before.Summary}
	if before.Opened() && !opensAgain(before, r) {
		t = before
	}
	t.Last, t.Updated = r, r.At
	t.Refs = append(t.Refs[:len(t.Refs):len(t.Refs)], r.ID)
	if len(t.Refs) > maxRefs {
		t.Refs = append([]string{t.Refs[0]}, t.Refs[len(t.Refs)-maxRefs+1:]...)
	}
	return t
}

// opensAgain says that a message is a new beginning, since the thread's first one
// was deleted.
func opensAgain(before Thread, r Receipt) bool {
	return r.Root == r.ID && r.ID != before.Root.ID && r.ID != ""
}

// maxRefs bounds the References of a mail. The first says which thread it is,
// the newest where in it (RFC 5322 section 3.6.4).
const maxRefs = 20
