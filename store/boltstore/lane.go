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

// lane names the queue that a delivery stands in: its group's, else its
// thread's; without either it stands alone.
func lane(d notify.Delivery) string {
	parts := []string{"alone", d.Key}
	switch {
	case d.Group != "":
		parts = []string{"group", d.Group, d.Address.Channel, d.Address.To}
	case d.Thread != "":
		parts = []string{"thread", d.Thread, d.Address.Channel, d.Address.To}
	}
	h := sha256.New()
	for _, p := range parts {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(p))))
		h.Write([]byte(p))
	}
	return string(h.Sum(nil))
}

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
func (x tx) places(queue string) []place {
	var out []place
	for k, v := range x.walk(bucketLanes, queue, "") {
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
	if err := x.putRaw(bucketLanes, lane(row.Delivery)+timed(row.Created, row.Key), p.encode()); err != nil {
		return err
	}
	if err := x.putRow(row, notify.Due); err != nil {
		return err
	}
	return x.lead(row.Delivery)
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
	if err := x.drop(bucketLanes, lane(row.Delivery)+timed(row.Created, row.Key)); err != nil {
		return err
	}
	return x.lead(row.Delivery)
}

// lead makes the head of d's lane the one that the due index shows, with its
// channel.
func (x tx) lead(d notify.Delivery) error {
	queue := lane(d)
	old := bytes.Clone(x.t.Bucket(bucketHeads).Get([]byte(queue)))
	now := x.head(queue)
	if string(old) == now {
		return nil
	}
	if old != nil {
		if err := x.drop(bucketDue, string(old)); err != nil {
			return err
		}
	}
	if now == "" {
		return x.drop(bucketHeads, queue)
	}
	if err := x.putRaw(bucketHeads, queue, []byte(now)); err != nil {
		return err
	}
	return x.putRaw(bucketDue, now, []byte(d.Address.Channel))
}

// head gives the due key of a lane's head, empty for an empty lane.
func (x tx) head(queue string) string {
	places := x.places(queue)
	if len(places) == 0 {
		return ""
	}
	p := slices.MinFunc(places, comparePlaces)
	return timed(p.due, p.key)
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
