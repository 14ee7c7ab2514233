// Command hansho (半鐘) polls security advisories, finds what of them concerns
// the software that a company runs, and tells the right people on Slack and by
// mail: once, and again when it changes.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"hansho/internal/control"
)

// Exit codes of every command.
const (
	exitFine   = 0
	exitFailed = 1
	exitUsage  = 2 // wrong usage or configuration
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the program without the process: it gives the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return execute(ctx, &globals{}, args, stdin, stdout, stderr)
}

// execute runs one command. Where a daemon has the store open, the daemon runs
// it instead.
func execute(ctx context.Context, g *globals, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot(g)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	var busy *storeBusyError
	switch {
	case err == nil:
		return exitFine
	case errors.Is(err, errReported):
		return exitFailed
	case errors.As(err, &busy):
		here, _ := os.Getwd() // for the files that the command names
		code, ferr := control.Forward(ctx, busy.socket, append([]string{"--dir-here=" + here}, args...), stdout, stderr)
		if ferr == nil {
			return code
		}
	}
	fmt.Fprintln(stderr, "hansho:", err)
	var usage *usageError
	if errors.As(err, &usage) {
		if usage.hint != "" {
			fmt.Fprintln(stderr, usage.hint)
		}
		return exitUsage
	}
	return exitFailed
}

// errReported ends a command as failed where it has already said why.
var errReported = errors.New("failed")

// storeBusyError says that another hansho has the store open; it may be a daemon
// that listens at socket.
type storeBusyError struct {
	err    error
	socket string
}

func (e *storeBusyError) Error() string { return e.err.Error() }
func (e *storeBusyError) Unwrap() error { return e.err }

// usageError is wrong usage or configuration: exit code 2.
type usageError struct {
	err  error
	hint string
}

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error {
	return &usageError{err: fmt.Errorf(format, args...)}
}
