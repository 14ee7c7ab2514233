package boltstore

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"hansho/notify"
)

// A delivery is kept as a small row that changes with each try, and a notice
// that is written once. Rows that are still to be sent stand in lanes (lane.go);
// the history of what was sent is in none of the buckets that Claim reads.

// deliveryRow is a delivery as stored. Its Notice is zero: that has a bucket of
// its own.
type deliveryRow struct {
	notify.Delivery
	Ended time.Time
}

// Enqueue stores a delivery unless its key is known. Notices of one thread and
// address go out in the order of their Created times, which is that in which
// they were queued.
func (x tx) Enqueue(d notify.Delivery) (bool, error) {
	if x.has(bucketDeliveries, d.Key) {
		return false, nil
	}
	d.State, d.Lease, d.Tries, d.Fails = notify.Due, time.Time{}, 0, 0
	d.Created = later(d.Created, x.last(lane(d)))
	if err := x.put(bucketNotices, d.Key, d.Notice); err != nil {
		return false, err
	}
	return true, x.putDue(deliveryRow{Delivery: d})
}

// Delivery gives a delivery in any state.
func (x tx) Delivery(key string) (notify.Delivery, error) {
	row, err := x.row(key)
	if err != nil {
		return notify.Delivery{}, err
	}
	return x.whole(row)
}

func (x tx) row(key string) (deliveryRow, error) { return get[deliveryRow](x, bucketDeliveries, key) }

// whole puts a row and its notice together.
func (x tx) whole(row deliveryRow) (notify.Delivery, error) {
	notice, err := get[notify.Notice](x, bucketNotices, row.Key)
	row.Delivery.Notice = notice
	return row.Delivery, err
}

// Claim leases up to limit deliveries that are due, the longest due first.
func (x tx) Claim(now time.Time, lease time.Duration, limit int, except []string) ([]notify.Delivery, error) {
	var out []notify.Delivery
	for _, key := range x.dueKeys(now, limit, except) {
		row, err := x.row(key)
		if err != nil {
			return nil, err
		}
		// A lease that nobody gave back: whoever held it may have sent.
		row.Unsure = row.Unsure || !row.Lease.IsZero()
		row.Lease = micros(now.Add(lease))
		row.Tries++
		if err := x.putDue(row); err != nil {
			return nil, err
		}
		d, err := x.whole(row)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// dueKeys collects first, since a cursor doesn't bear changes under it.
func (x tx) dueKeys(now time.Time, limit int, except []string) []string {
	var keys []string
	for k, channel := range x.walk(bucketDue, "", "") {
		due, key := untimed(string(k))
		if due.After(now) || len(keys) == limit {
			break
		}
		if !slices.Contains(except, string(channel)) {
			keys = append(keys, key)
		}
	}
	return keys
}

// Settle ends a delivery. What has ended stays as it is.
func (x tx) Settle(key string, s notify.State, r notify.Receipt, reason string) error {
	row, err := x.row(key)
	if err != nil || row.State != notify.Due {
		return err
	}
	if s == notify.Due {
		return fmt.Errorf("store: settle %q as %q: not an end", key, s)
	}
	if err := x.leaveLane(row); err != nil {
		return err
	}
	row.Receipt, row.Error, row.Ended = r, reason, r.At
	if row.Ended.IsZero() {
		row.Ended = row.Created
	}
	return x.putSettled(row, s)
}

func (x tx) putSettled(row deliveryRow, s notify.State) error {
	if err := x.putRaw(bucketSettled, timed(row.Ended, row.Key), nil); err != nil {
		return err
	}
	row.Lease = time.Time{}
	return x.putRow(row, s)
}

// putRow writes a row and moves it to the list of its state.
func (x tx) putRow(row deliveryRow, s notify.State) error {
	if row.State != s {
		if err := x.drop(bucketStates, join(string(row.State), row.Key)); err != nil {
			return err
		}
	}
	row.State, row.Delivery.Notice = s, notify.Notice{}
	if err := x.putRaw(bucketStates, join(string(s), row.Key), nil); err != nil {
		return err
	}
	return x.put(bucketDeliveries, row.Key, row)
}

// Postpone gives a delivery back for a later try, and revives a parked one. What
// was sent or folded stays as it is.
func (x tx) Postpone(key string, p notify.Postponement) error {
	row, err := x.row(key)
	if err != nil {
		return err
	}
	if row.State == notify.Sent || row.State == notify.Folded {
		return nil
	}
	if row.State == notify.Parked {
		if err := x.drop(bucketSettled, timed(row.Ended, key)); err != nil {
			return err
		}
		row.Tries, row.Fails = 0, 0 // takes its place anew, behind one that is being sent
	}
	row.Lease, row.Ended = time.Time{}, time.Time{}
	row.NotBefore, row.Unsure = micros(p.Until), row.Unsure || p.Unsure
	switch {
	case p.Untried:
		row.Tries = max(row.Tries-1, 0)
	case p.Stopped:
		row.Error = p.Reason
	default:
		row.Error = p.Reason
		row.Fails++
	}
	return x.putDue(row)
}

// Deliveries lists by key; state "" is all.
func (x tx) Deliveries(state notify.State, after string, limit int) ([]notify.Delivery, error) {
	if state == "" {
		rows, err := list[deliveryRow](x, bucketDeliveries, after, limit)
		if err != nil {
			return nil, err
		}
		return x.wholes(rows)
	}
	return x.deliveries(x.rest(bucketStates, join(string(state), ""), after, limit))
}

func (x tx) deliveries(keys []string) ([]notify.Delivery, error) {
	rows := make([]deliveryRow, len(keys))
	for i, key := range keys {
		row, err := x.row(key)
		if err != nil {
			return nil, err
		}
		rows[i] = row
	}
	return x.wholes(rows)
}

func (x tx) wholes(rows []deliveryRow) ([]notify.Delivery, error) {
	var out []notify.Delivery
	for _, row := range rows {
		d, err := x.whole(row)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// NextDue gives when the next delivery is due, zero where none is.
func (x tx) NextDue(except []string) (time.Time, error) {
	for k, channel := range x.walk(bucketDue, "", "") {
		if !slices.Contains(except, string(channel)) {
			due, _ := untimed(string(k))
			return due, nil
		}
	}
	return time.Time{}, nil
}

// Pending lists what has not ended in the queue of d.
func (x tx) Pending(d notify.Delivery) ([]notify.Delivery, error) {
	var keys []string
	for _, p := range x.places(lane(d)) {
		keys = append(keys, p.key)
	}
	return x.deliveries(keys)
}

// Fold settles the overtaken as Folded into d and stores d's merged notice.
func (x tx) Fold(d notify.Delivery, overtaken []string) error {
	row, err := x.row(d.Key)
	if err != nil {
		return err
	}
	if row.State != notify.Due {
		return fmt.Errorf("store: fold into %q: it is %s", d.Key, row.State)
	}
	for _, key := range overtaken {
		if err := x.Settle(key, notify.Folded, notify.Receipt{}, d.Key); err != nil {
			return err
		}
	}
	row.Lease, row.Tries, row.Fails, row.Unsure = micros(d.Lease), d.Tries, d.Fails, d.Unsure
	if err := x.put(bucketNotices, d.Key, d.Notice); err != nil {
		return err
	}
	return x.putDue(row)
}

// Thread gives what went before in a thread.
func (x tx) Thread(key string) (notify.Thread, error) {
	return get[notify.Thread](x, bucketThreads, key)
}

// PutThread stores what went before in a thread.
func (x tx) PutThread(t notify.Thread) error { return x.put(bucketThreads, t.Key, t) }

// prune removes up to limit rows that ended before a time.
func (x tx) prune(before time.Time, limit int) (int, error) {
	var keys []string
	for k := range x.walk(bucketSettled, "", "") {
		if ended, _ := untimed(string(k)); !ended.Before(before) || len(keys) == limit {
			break
		}
		keys = append(keys, string(k))
	}
	for _, k := range keys {
		if err := x.remove(k); err != nil {
			return 0, err
		}
	}
	return len(keys), nil
}

func (x tx) remove(settled string) error {
	_, key := untimed(settled)
	row, err := x.row(key)
	if err != nil {
		return err
	}
	return errors.Join(
		x.drop(bucketSettled, settled),
		x.drop(bucketStates, join(string(row.State), key)),
		x.drop(bucketNotices, key),
		x.drop(bucketDeliveries, key))
}

// releaseAll makes what was claimed due again, as an earlier try of which
// nobody knows the end.
func (x tx) releaseAll() error {
	for _, key := range x.rest(bucketLeased, "", "", 0) {
		row, err := x.row(key)
		if err != nil {
			return err
		}
		row.Lease, row.Unsure = time.Time{}, true
		if err := x.putDue(row); err != nil {
			return err
		}
	}
	return nil
}

// doubtAll marks all that is to be sent as perhaps sent.
func (x tx) doubtAll() error {
	for _, key := range x.rest(bucketStates, join(string(notify.Due), ""), "", 0) {
		row, err := x.row(key)
		if err != nil {
			return err
		}
		row.Unsure = true
		if err := x.putDue(row); err != nil {
			return err
		}
	}
	return nil
}
