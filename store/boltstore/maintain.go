package boltstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"
)

// pruneBatch is how many rows one transaction of Prune removes: few enough that
// others don't wait.
const pruneBatch = 500

// Prune removes the deliveries that ended before a time, in small transactions,
// and says how many. Their keys are forgotten with them.
func (s *Store) Prune(ctx context.Context, before time.Time) (int, error) {
	total := 0
	for {
		n := 0
		err := s.update(ctx, func(t *bolt.Tx) (err error) {
			n, err = tx{t}.prune(before, pruneBatch)
			return err
		})
		if err != nil {
			return total, fmt.Errorf("store: prune %s: %w", s.path, err)
		}
		if total += n; n < pruneBatch {
			return total, nil
		}
	}
}

// Check reads everything: the pages as bbolt sees them and every value against
// its checksum. It takes seconds a gigabyte and blocks nobody.
func (s *Store) Check(ctx context.Context) error {
	err := s.view(func(t *bolt.Tx) error { return check(ctx, t) })
	if err != nil {
		return fmt.Errorf("store: check %s: %w", s.path, err)
	}
	return nil
}

// check walks before it lets bbolt check, which does so in a goroutine where a
// panic on a damaged page could not be caught.
func check(ctx context.Context, t *bolt.Tx) error {
	if err := checkFormat(t); err != nil {
		return err
	}
	for _, name := range buckets() {
		if err := checkBucket(ctx, t, name); err != nil {
			return fmt.Errorf("bucket %s: %w", name, err)
		}
	}
	var errs []error
	for err := range t.Check() {
		if len(errs) < 10 {
			errs = append(errs, fmt.Errorf("%w: %w", ErrDamaged, err))
		}
	}
	return errors.Join(errs...)
}

func checkBucket(ctx context.Context, t *bolt.Tx, name []byte) error {
	b := t.Bucket(name)
	if b == nil {
		return fmt.Errorf("%w: it is missing", ErrDamaged)
	}
	n, records := 0, holdsRecords(name)
	return b.ForEach(func(k, v []byte) error {
		if n++; n%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if !records {
			return nil
		}
		if err := checkValue(v); err != nil {
			return fmt.Errorf("%q: %w", k, err)
		}
		return nil
	})
}
