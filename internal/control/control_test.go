package control

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func serveAt(t *testing.T, run Run) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s.sock")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, path, run, slog.New(slog.DiscardHandler)) }()
	for {
		if _, err := os.Stat(path); err == nil {
			break
		}
		select {
		case err := <-done:
			t.Fatal(err)
		default:
		}
	}
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return path
}

func TestForward(t *testing.T) {
	path := serveAt(t, func(_ context.Context, args []string, out, errs io.Writer) int {
		fmt.Fprintf(out, "ran %s\n", strings.Join(args, " "))
		fmt.Fprint(errs, "注意")
		return len(args)
	})
	var out, errs strings.Builder
	code, err := Forward(t.Context(), path, []string{"case", "list"}, &out, &errs)
	if err != nil || code != 2 || out.String() != "ran case list\n" || errs.String() != "注意" {
		t.Errorf("code %d, %v, out %q, err %q", code, err, out.String(), errs.String())
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("socket mode %v, %v", info.Mode(), err)
	}
}

func TestACallerThatLeavesEndsItsCommand(t *testing.T) {
	started, ended := make(chan bool), make(chan bool)
	path := serveAt(t, func(ctx context.Context, _ []string, _, _ io.Writer) int {
		close(started)
		<-ctx.Done()
		close(ended)
		return 0
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-started; cancel() }()
	if _, err := Forward(ctx, path, nil, io.Discard, io.Discard); err == nil {
		t.Error("no error")
	}
	<-ended
}

func TestNoDaemon(t *testing.T) {
	_, err := Forward(t.Context(), filepath.Join(t.TempDir(), "none"), nil, io.Discard, io.Discard)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}
