// Package control lets a command reach the daemon that has the store open: the
// command's words go over a Unix socket beside the store, the daemon runs them
// and sends back what they print. Only who may open the socket file, which is
// the daemon's own user, is heard.
package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"
)

// Run runs the words of one command and gives its exit code.
type Run func(ctx context.Context, args []string, stdout, stderr io.Writer) int

// maxRequest bounds the words of a command.
const maxRequest = 1 << 20

// requestTime is how long a caller may take to say what it wants.
const requestTime = 10 * time.Second

// frame is one message from the daemon to the command.
type frame struct {
	Out  []byte `json:"out,omitempty"`
	Err  []byte `json:"err,omitempty"`
	Exit *int   `json:"exit,omitempty"`
}

// Path gives the socket of a store.
func Path(store string) string { return store + ".sock" }

// Serve hears commands on a socket until ctx ends, and then waits for those
// under way, whose context ends too.
func Serve(ctx context.Context, path string, run Run, log *slog.Logger) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("control: %w", err)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "unix", path)
	if err != nil {
		return fmt.Errorf("control: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return errors.Join(fmt.Errorf("control: %w", err), l.Close())
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	for {
		conn, err := l.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("control: accept: %w", err)
		}
		wg.Go(func() { serve(ctx, conn, run, log) })
	}
}

func serve(ctx context.Context, conn net.Conn, run Run, log *slog.Logger) {
	defer conn.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	_ = conn.SetReadDeadline(time.Now().Add(requestTime))
	var args []string
	if err := json.NewDecoder(io.LimitReader(conn, maxRequest)).Decode(&args); err != nil {
		log.Warn("control: read command", "error", err)
		return
	}
	_ = conn.SetReadDeadline(time.Time{})
	go func() { // the caller going away ends the command
		_, _ = conn.Read(make([]byte, 1))
		cancel()
	}()
	out := &sender{enc: json.NewEncoder(conn)}
	code := run(ctx, args, writer(func(b []byte) frame { return frame{Out: b} }, out), writer(func(b []byte) frame { return frame{Err: b} }, out))
	if err := out.send(frame{Exit: &code}); err != nil {
		log.Debug("control: answer", "error", err)
	}
}

type sender struct {
	mu  sync.Mutex
	enc *json.Encoder
}

func (s *sender) send(f frame) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.enc.Encode(f)
}

type writerFunc func([]byte) (int, error)

func (w writerFunc) Write(b []byte) (int, error) { return w(b) }

func writer(as func([]byte) frame, s *sender) io.Writer {
	return writerFunc(func(b []byte) (int, error) {
		if err := s.send(as(b)); err != nil {
			return 0, err
		}
		return len(b), nil
	})
}

// Forward has the daemon behind a socket run a command. It gives an error that
// is fs.ErrNotExist or a refused connection where no daemon listens.
func Forward(ctx context.Context, path string, args []string, stdout, stderr io.Writer) (int, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", path)
	if err != nil {
		return 0, fmt.Errorf("control: %w", err)
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	if err := json.NewEncoder(conn).Encode(args); err != nil {
		return 0, fmt.Errorf("control: %w", err)
	}
	dec := json.NewDecoder(conn)
	for {
		var f frame
		if err := dec.Decode(&f); err != nil {
			return 0, fmt.Errorf("control: the daemon stopped answering: %w", err)
		}
		if f.Exit != nil {
			return *f.Exit, nil
		}
		if _, err := stdout.Write(f.Out); err != nil {
			return 0, err
		}
		if _, err := stderr.Write(f.Err); err != nil {
			return 0, err
		}
	}
}
