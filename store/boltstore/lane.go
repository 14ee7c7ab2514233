package boltstore

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"time"

	"hansho/notify"
)

// A lane is the queue of one thread at one address. Only its head can be
// claimed, and only heads stand in the due index, so that Claim reads what it
// gives and no more, whatever waits behind or was sent before.
//
// The head is the row that has been tried, where there is one: its wait is the
// lane's, since the peer asked for it or is down. Otherwise it is the row that
// may go first, so that what breaks quiet hours is not held up by what keeps
// them.

const laneLen = sha256.Size

// lane names the queue that a delivery stands in; without a thread it stands
// alone.
func lane(thread string, to notify.Address, key string) string {
	h := sha256.New()
	parts := []string{thread, to.Channel, to.To}
	if thread == "" {
		parts = []string{"", key}
	}
	for _, p := range parts {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(p))))
		h.Write([]byte(p))
	}
	return string(h.Sum(nil))
}

func laneOf(row deliveryRow) string { return lane(row.Thread, row.Address, row.Key) }

// place is where a row stands in its lane.
type place struct {
	key   string
	due   time.Time // when it may be claimed
	tried bool
}

func (p place) encode() []byte {
	out := []byte(timed(p.due, ""))
	if p.tried {
		return append(out, 1)
	}
	return append(out, 0)
}

// places lists a lane's rows, oldest first.
func (x tx) places(lane string) []place {
	var out []place
	for k, v := range x.walk(bucketLanes, lane, "") {
		_, key := untimed(string(k[laneLen:]))
		due, tried := untimed(string(v))
		out = append(out, place{key: key, due: due, tried: tried == "\x01"})
	}
	return out
}

// putDue writes a row that is still to be sent and takes its place in its lane.
func (x tx) putDue(row deliveryRow) error {
	if err := x.markLeased(row); err != nil {
		return err
	}
	due := row.NotBefore
	if !row.Lease.IsZero() {
		due = row.Lease
	}
	p := place{key: row.Key, due: due, tried: row.Tries > 0}
	if err := x.putRaw(bucketLanes, laneOf(row)+timed(row.Created, row.Key), p.encode()); err != nil {
		return err
	}
	if err := x.putRow(row, notify.Due); err != nil {
		return err
	}
	return x.lead(laneOf(row))
}

func (x tx) markLeased(row deliveryRow) error {
	if row.Lease.IsZero() {
		return x.drop(bucketLeased, row.Key)
	}
	return x.putRaw(bucketLeased, row.Key, nil)
}

// leaveLane takes a row out of its lane.
func (x tx) leaveLane(row deliveryRow) error {
	if err := x.drop(bucketLeased, row.Key); err != nil {
		return err
	}
	if err := x.drop(bucketLanes, laneOf(row)+timed(row.Created, row.Key)); err != nil {
		return err
	}
	return x.lead(laneOf(row))
}

// lead makes a lane's head the one that the due index shows.
func (x tx) lead(lane string) error {
	old := bytes.Clone(x.t.Bucket(bucketHeads).Get([]byte(lane)))
	var now []byte
	if places := x.places(lane); len(places) > 0 {
		head := slices.MinFunc(places, comparePlaces)
		now = []byte(timed(head.due, head.key))
	}
	if bytes.Equal(old, now) {
		return nil
	}
	if old != nil {
		if err := x.drop(bucketDue, string(old)); err != nil {
			return err
		}
	}
	if now == nil {
		return x.drop(bucketHeads, lane)
	}
	if err := x.putRaw(bucketHeads, lane, now); err != nil {
		return err
	}
	return x.putRaw(bucketDue, string(now), nil)
}

// comparePlaces orders by who is head; MinFunc keeps the older of equals.
func comparePlaces(a, b place) int {
	switch {
	case a.tried != b.tried && a.tried:
		return -1
	case a.tried != b.tried:
		return 1
	}
	return a.due.Compare(b.due)
}
