package boltstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	bolt "go.etcd.io/bbolt"
)

// Backup writes a copy of the store as it is now, while others go on. It is a
// store file of its own.
func (s *Store) Backup(ctx context.Context, w io.Writer) error {
	err := s.view(func(t *bolt.Tx) error {
		_, err := t.WriteTo(cancelled{ctx, w})
		return err
	})
	if err != nil {
		return fmt.Errorf("store: back up %s: %w", s.path, explain(err))
	}
	return nil
}

// CheckFile reads all of a file that nobody changes, such as a backup just
// written, and says whether it is a whole store.
func CheckFile(ctx context.Context, path string) (err error) {
	s, err := Open(path, Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return s.Check(ctx)
}

// cancelled is a writer that ends with its context.
type cancelled struct {
	ctx context.Context
	w   io.Writer
}

func (c cancelled) Write(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.w.Write(p)
}

// Restore makes the file at path a copy of the backup in r. It reads and checks
// the backup in a file beside path first, and replaces path in one step or not
// at all; it refuses while a hansho has path open. What the backup holds as due
// may have been sent since, so all of it becomes Unsure.
func Restore(ctx context.Context, path string, r io.Reader) error {
	if err := restore(ctx, path, r); err != nil {
		return fmt.Errorf("store: restore %s: %w", path, err)
	}
	return nil
}

func restore(ctx context.Context, path string, r io.Reader) error {
	release, err := hold(path)
	if err != nil {
		return err
	}
	defer release()
	temp, err := writeBeside(path, cancelledReader{ctx, r})
	if err != nil {
		return explain(err)
	}
	defer os.Remove(temp) // gone once renamed
	if err := verify(ctx, temp); err != nil {
		return fmt.Errorf("the backup can't be used: %w", err)
	}
	if runtime.GOOS == "windows" {
		release() // an open file can't be replaced there
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// hold keeps others from opening the file that is to be replaced. A file that is
// missing or can't be read needs no holding.
func hold(path string) (release func(), err error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return func() {}, nil
	}
	db, err := openFile(path, Options{Timeout: lockWait})
	if errors.Is(err, ErrLocked) {
		return nil, err
	}
	if err != nil {
		return func() {}, nil
	}
	return func() { db.Close() }, nil
}

type cancelledReader struct {
	ctx context.Context
	r   io.Reader
}

func (c cancelledReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

func writeBeside(path string, r io.Reader) (temp string, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".restore-*")
	if err != nil {
		return "", err
	}
	_, err = io.Copy(f, r)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// verify opens a backup as a store would be, checks all of it, and marks what is
// due as perhaps sent.
func verify(ctx context.Context, path string) (err error) {
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		return errors.Join(fmt.Errorf("%w: it is empty", ErrForeign), err)
	}
	s, err := Open(path, Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.Check(ctx); err != nil {
		return err
	}
	return s.update(ctx, func(t *bolt.Tx) error { return tx{t}.doubtAll() })
}

// syncDir makes a rename durable; not every system can.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && runtime.GOOS != "windows" {
		return err
	}
	return nil
}
