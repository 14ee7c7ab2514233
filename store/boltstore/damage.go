package boltstore

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
)

// catchDamage turns a panic that a damaged file causes inside bbolt, or a fault
// on reading its memory map, into ErrDamaged. Other panics go on. Use it with
// defer, after faults.
func catchDamage(err *error) {
	r := recover()
	if r == nil {
		return
	}
	if !isFault(r) && !fromBolt() {
		panic(r)
	}
	var why any = "its pages lead nowhere"
	if _, ours := r.(runtime.Error); !ours {
		why = r // bbolt's own words
	}
	*err = fmt.Errorf("%w: %v; restore a backup (hansho restore FILE)", ErrDamaged, why)
}

// guard makes faults on mapped memory panics for the goroutine until undone.
func guard() (undo func()) {
	old := debug.SetPanicOnFault(true)
	return func() { debug.SetPanicOnFault(old) }
}

// isFault says whether a panic was a fault on memory, such as the map of a file
// that has become shorter.
func isFault(r any) bool {
	_, ok := r.(interface {
		runtime.Error
		Addr() uintptr
	})
	return ok
}

// fromBolt says, inside a deferred function, whether bbolt's own code panicked:
// its frames are the first below the runtime's.
func fromBolt() bool {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	for {
		f, more := frames.Next()
		if !strings.HasPrefix(f.Function, "runtime.") {
			return strings.HasPrefix(f.Function, "go.etcd.io/bbolt")
		}
		if !more {
			return false
		}
	}
}

// explain adds what to do to an error of the disk's.
func explain(err error) error {
	for _, full := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		// bbolt drops the cause of a failed resize, so the text is looked at too.
		if errors.Is(err, full) || strings.Contains(err.Error(), full.Error()) {
			return fmt.Errorf("%w: %w; nothing of this was stored", ErrFull, err)
		}
	}
	return err
}
