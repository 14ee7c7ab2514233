package boltstore

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"iter"
	"time"

	bolt "go.etcd.io/bbolt"

	"hansho/store"
)

// tx is one transaction in the domain's words.
type tx struct{ t *bolt.Tx }

var _ store.Tx = tx{}

// get reads the record under key, or gives store.ErrNotFound.
func get[T any](x tx, bucket []byte, key string) (v T, err error) {
	data := x.t.Bucket(bucket).Get([]byte(key))
	if data == nil {
		return v, notFound(bucket, key)
	}
	if err := decode(data, &v); err != nil {
		return v, fmt.Errorf("store: read %s %q: %w", bucket, key, err)
	}
	return v, nil
}

func notFound(bucket []byte, key string) error {
	return fmt.Errorf("store: %s %q: %w", bucket, key, store.ErrNotFound)
}

func (x tx) has(bucket []byte, key string) bool {
	return x.t.Bucket(bucket).Get([]byte(key)) != nil
}

func (x tx) put(bucket []byte, key string, v any) error {
	data, err := encode(v)
	if err != nil {
		return fmt.Errorf("store: write %s %q: %w", bucket, key, err)
	}
	return x.putRaw(bucket, key, data)
}

func (x tx) putRaw(bucket []byte, key string, value []byte) error {
	if err := x.t.Bucket(bucket).Put([]byte(key), value); err != nil {
		return fmt.Errorf("store: write %s %q: %w", bucket, key, err)
	}
	return nil
}

func (x tx) drop(bucket []byte, key string) error {
	if err := x.t.Bucket(bucket).Delete([]byte(key)); err != nil {
		return fmt.Errorf("store: delete %s %q: %w", bucket, key, err)
	}
	return nil
}

// list reads up to limit records whose keys follow after; 0 or less is all.
func list[T any](x tx, bucket []byte, after string, limit int) ([]T, error) {
	var out []T
	for key, data := range x.walk(bucket, "", after) {
		var v T
		if err := decode(data, &v); err != nil {
			return nil, fmt.Errorf("store: read %s %q: %w", bucket, key, err)
		}
		if out = append(out, v); len(out) == limit {
			break
		}
	}
	return out, nil
}

// rest lists what follows prefix in the keys of an index, past after.
func (x tx) rest(bucket []byte, prefix, after string, limit int) []string {
	if after != "" {
		after = prefix + after
	}
	var out []string
	for key := range x.walk(bucket, prefix, after) {
		if out = append(out, string(key[len(prefix):])); len(out) == limit {
			break
		}
	}
	return out
}

// walk goes through the keys that begin with prefix and come after the key
// after, in order. The bytes live as long as the step.
func (x tx) walk(bucket []byte, prefix, after string) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		c, start := x.t.Bucket(bucket).Cursor(), []byte(prefix)
		key, value := c.Seek([]byte(max(prefix, after)))
		if after != "" && string(key) == after {
			key, value = c.Next()
		}
		for ; key != nil && bytes.HasPrefix(key, start); key, value = c.Next() {
			if !yield(key, value) {
				return
			}
		}
	}
}

// maxIndexed bounds a key that comes from outside. No identifier is as long,
// and one hostile entry must not fail a poll.
const maxIndexed = 512

// join makes an index key whose first part can't be taken for another.
func join(first, second string) string {
	return string(binary.BigEndian.AppendUint16(nil, uint16(len(first)))) + first + second
}

// timed makes a key that sorts by time, then by the rest. Times before 1970
// sort as 1970.
func timed(t time.Time, rest string) string {
	us := max(t.UnixMicro(), 0)
	return string(binary.BigEndian.AppendUint64(nil, uint64(us))) + rest
}

// untimed takes a timed key apart.
func untimed(key string) (time.Time, string) {
	return time.UnixMicro(int64(binary.BigEndian.Uint64([]byte(key[:8])))).UTC(), key[8:]
}
