package notify

import (
	"errors"
	"time"
)

// pace is how fast one address may be told: one message every so often, and one
// probe at a time, ever rarer, while it fails.
type pace struct {
	every time.Duration
	free  time.Time // when the next message may go
	tail  time.Time // the last turn given out
	kept  time.Time // the turn that something urgent was given
	fails int       // in a row
}

// turn gives when a message may go: now where it may, else a turn behind those
// given before. What is urgent takes the next one, which is kept for it.
func (p *pace) turn(now time.Time, urgent bool) time.Time {
	free := !p.free.After(now)
	switch {
	case urgent && free:
		p.kept = time.Time{}
		return now
	case urgent:
		p.kept = p.free
		return p.free
	case free && !p.isKept(now):
		return now
	case p.every == 0:
		return p.free
	}
	if p.tail.Before(p.free) {
		p.tail = p.free
	} else {
		p.tail = p.tail.Add(p.every)
	}
	if !p.tail.After(now) {
		p.tail = now.Add(p.every)
	}
	return p.tail
}

// isKept says whether this is the turn of something urgent, which may have been
// folded into another delivery and never come.
func (p *pace) isKept(now time.Time) bool { return now.Before(p.kept.Add(p.every)) }

// sent notes that a message is on its way.
func (p *pace) sent(now time.Time) { p.free = now.Add(p.every) }

// patience is how long a wait a peer may ask for before it counts as failing.
const patience = time.Minute

// heard notes how it went. An address that answered at all, if only with a
// refusal of this message, is well.
func (p *pace) heard(now time.Time, err error, backoff func(int) time.Duration) {
	var permanent *Permanent
	var after *RetryAfter
	switch {
	case err == nil, errors.As(err, &permanent):
		p.fails = 0
	case errors.As(err, &after):
		if after.Wait > patience {
			p.fails++
		}
		p.hold(now.Add(after.Wait))
	default:
		p.fails++
		p.hold(now.Add(backoff(p.fails)))
	}
}

func (p *pace) hold(until time.Time) {
	if until.After(p.free) {
		p.free = until
	}
}
