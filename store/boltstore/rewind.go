package boltstore

import "time"

// Rewind brings back what was created, claimed or put off by a clock that was
// ahead by more than slack.
func (x tx) Rewind(now time.Time, slack time.Duration) error {
	rows, err := x.ahead(now.Add(slack))
	if err != nil {
		return err
	}
	created := micros(now)
	for _, row := range rows {
		if err := x.leaveLane(row); err != nil {
			return err
		}
		if early := row.Created.Sub(now); early > slack {
			if row.NotBefore.After(now) { // not so behind one that was queued by that clock
				row.NotBefore = micros(row.NotBefore.Add(-early))
			}
			row.Created, created = created, created.Add(time.Microsecond)
		}
		if row.Fails > 0 && row.NotBefore.After(now.Add(slack)) {
			row.NotBefore = micros(now)
		}
		if !row.Lease.IsZero() {
			row.Lease = earlier(row.Lease, micros(now.Add(slack))) // it may be on its way
		}
		if err := x.putDue(row); err != nil {
			return err
		}
	}
	return nil
}

// ahead lists the rows to be sent that carry a time of a clock that was ahead of
// a limit, by queue and in its order.
func (x tx) ahead(limit time.Time) ([]deliveryRow, error) {
	var out []deliveryRow
	for _, key := range x.queued() {
		row, err := x.row(key)
		if err != nil {
			return nil, err
		}
		if row.Created.After(limit) || row.Lease.After(limit) || row.Fails > 0 && row.NotBefore.After(limit) {
			out = append(out, row)
		}
	}
	return out, nil
}

// queued lists the keys of the rows in all lanes, in the order of each.
func (x tx) queued() []string {
	var keys []string
	for k := range x.walk(bucketLanes, "", "") {
		_, key := untimed(string(k[laneLen:]))
		keys = append(keys, key)
	}
	return keys
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// later gives a time, or the next after last where it isn't past that.
func later(at, last time.Time) time.Time {
	if at = micros(at); !last.IsZero() && !at.After(last) {
		return last.Add(time.Microsecond)
	}
	return at
}

// last gives when the newest row of a lane was created, zero for an empty one.
func (x tx) last(queue string) (at time.Time) {
	for k := range x.walk(bucketLanes, queue, "") {
		at, _ = untimed(string(k[laneLen:]))
	}
	return at
}
