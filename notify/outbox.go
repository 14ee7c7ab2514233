package notify

import "time"

// Postponement is why and until when a delivery waits.
type Postponement struct {
	Until  time.Time
	Reason string
	Unsure bool // the try may have arrived
}

// ThreadKey names what went before in a thread at an address: Thread.Key.
func ThreadKey(thread string, to Address) string {
	return thread + "\x00" + to.Channel + "\x00" + to.To
}
