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

// CheckPages reads the pages and follows the trees, without the values: what a
// broken disk or a half-copied file looks like, at the speed of the disk. Updates
// wait until it is through.
func (s *Store) CheckPages(ctx context.Context) error {
	unlock, err := s.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if err := s.view(func(t *bolt.Tx) error { return checkPages(s.path, t) }); err != nil {
		return fmt.Errorf("store: check %s: %w", s.path, err)
	}
	return nil
}

// Check reads everything: the pages, every value against its checksum, and the
// trees as bbolt sees them. Updates wait until it is through.
func (s *Store) Check(ctx context.Context) error {
	unlock, err := s.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	err = s.view(func(t *bolt.Tx) error {
		if err := checkPages(s.path, t); err != nil {
			return err
		}
		return check(ctx, t)
	})
	if err != nil {
		return fmt.Errorf("store: check %s: %w", s.path, err)
	}
	return nil
}

// check reads every record, then lets bbolt check the trees. The pages must have
// been checked.
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
