// Package boltstore keeps hansho's memory in one bbolt file. A file has one
// owner at a time: a second process is told who is in the way, and what was
// claimed when the owner died is due again at the next Open.
//
// A record is stored as JSON under the names of its Go fields, compressed where
// large and with a checksum, since bbolt has none of its own for data. Unknown
// names are ignored and missing ones are zero, so fields may be added without a
// new format.
package boltstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"hansho/store"
)

// Errors that a caller may want to tell apart; each comes wrapped with the path
// and with what to do.
var (
	ErrLocked  = errors.New("another hansho has it open")
	ErrNewer   = errors.New("made by a newer hansho")
	ErrForeign = errors.New("not a hansho store")
	ErrDamaged = errors.New("damaged")
	ErrFull    = errors.New("no room left on the disk")
)

// lockWait is how long to wait for the lock where nothing is said.
const lockWait = time.Second

// Options say how a file is opened. Zero is good for a daemon.
type Options struct {
	Timeout  time.Duration // how long to wait for the lock; 0 is one second
	ReadOnly bool          // shares the lock with other readers; Update fails
}

// Store is a store.Store in one file.
type Store struct {
	db     *bolt.DB
	path   string
	writer chan struct{} // held by the one Update, so that waiting for it can be cancelled
}

var _ store.Store = (*Store)(nil)

// Open opens the file at path, and makes it where it is missing unless o says
// read-only. It checks that the file is whole and of a format that this program
// knows, and brings an older format up to date.
func Open(path string, o Options) (*Store, error) {
	if o.Timeout == 0 {
		o.Timeout = lockWait
	}
	db, err := openFile(path, o)
	if err != nil {
		return nil, fmt.Errorf("store: open %s: %w", path, err)
	}
	s := &Store{db: db, path: path, writer: make(chan struct{}, 1)}
	if err := s.prepare(o.ReadOnly); err != nil {
		return nil, errors.Join(fmt.Errorf("store: open %s: %w", path, err), db.Close())
	}
	return s, nil
}

func openFile(path string, o Options) (db *bolt.DB, err error) {
	var file *os.File
	defer func() {
		if err != nil && file != nil {
			file.Close() // bbolt does so itself unless it panicked
		}
	}()
	defer guard()()
	defer catchDamage(&err)
	db, err = bolt.Open(path, 0o600, &bolt.Options{
		Timeout:         o.Timeout,
		ReadOnly:        o.ReadOnly,
		FreelistType:    bolt.FreelistMapType,
		InitialMmapSize: mapSize(),
		OpenFile: func(name string, flag int, mode os.FileMode) (f *os.File, err error) {
			f, err = os.OpenFile(name, flag, mode)
			file = f
			return f, err
		},
	})
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return nil, fmt.Errorf("%w (waited %v); stop it, or read with its own commands", ErrLocked, o.Timeout)
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("%w: the file and its folder must be writable by this user", err)
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrVersionMismatch):
		return nil, fmt.Errorf("%w: %w; store in the configuration names another file, or restore a backup (hansho restore FILE)", ErrForeign, err)
	case errors.Is(err, berrors.ErrChecksum), err != nil && strings.Contains(err.Error(), "file size too small"):
		return nil, fmt.Errorf("%w: %w; restore a backup (hansho restore FILE)", ErrDamaged, err)
	case err != nil:
		return nil, explain(err)
	}
	return db, nil
}

// mapSize is how much of the file is mapped from the start. A file that outgrows
// its map must wait for all readers, such as a backup, before it grows.
func mapSize() int {
	if runtime.GOOS == "windows" {
		return 0 // there the file itself would take that size
	}
	return 256 << 20
}

// prepare checks size and format, and gives back what a dead owner had claimed.
func (s *Store) prepare(readOnly bool) error {
	if err := s.whole(); err != nil {
		return err
	}
	if readOnly {
		return s.view(checkFormat)
	}
	return s.update(context.Background(), func(t *bolt.Tx) error {
		if err := migrate(t); err != nil {
			return err
		}
		return tx{t}.releaseAll()
	})
}

// whole finds a file that was cut short, before a read beyond its end does.
func (s *Store) whole() error {
	info, err := os.Stat(s.path)
	if err != nil {
		return err
	}
	return s.view(func(t *bolt.Tx) error {
		if t.Size() > info.Size() {
			return fmt.Errorf("%w: %d bytes of %d are there; restore a backup (hansho restore FILE)", ErrDamaged, info.Size(), t.Size())
		}
		return nil
	})
}

// Path gives the file's path.
func (s *Store) Path() string { return s.path }

// Close closes the file once running transactions have ended.
func (s *Store) Close() error { return s.db.Close() }

// View runs fn on one state of the store, however long it takes.
func (s *Store) View(ctx context.Context, fn func(store.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.view(func(t *bolt.Tx) error { return fn(tx{t}) })
}

// Update runs fn alone and commits what it did, durable when Update returns, or
// nothing where fn fails or ctx ends before the commit.
func (s *Store) Update(ctx context.Context, fn func(store.Tx) error) error {
	return s.update(ctx, func(t *bolt.Tx) error { return fn(tx{t}) })
}

func (s *Store) view(fn func(*bolt.Tx) error) (err error) {
	defer guard()()
	defer catchDamage(&err)
	return s.db.View(fn)
}

func (s *Store) update(ctx context.Context, fn func(*bolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	unlock, err := s.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	return s.commit(ctx, fn)
}

// lock waits for its turn to write, or for the end of ctx.
func (s *Store) lock(ctx context.Context) (unlock func(), err error) {
	select {
	case s.writer <- struct{}{}:
		return func() { <-s.writer }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *Store) commit(ctx context.Context, fn func(*bolt.Tx) error) (err error) {
	defer guard()()
	defer catchDamage(&err)
	own := false // an error of fn's is not the disk's
	err = s.db.Update(func(t *bolt.Tx) error {
		err := fn(t)
		if err == nil {
			err = ctx.Err()
		}
		own = err != nil
		return err
	})
	switch {
	case err == nil || own:
		return err
	case errors.Is(err, berrors.ErrDatabaseReadOnly):
		return fmt.Errorf("store: %s is open read-only", s.path)
	}
	return fmt.Errorf("store: commit to %s: %w", s.path, explain(err))
}
