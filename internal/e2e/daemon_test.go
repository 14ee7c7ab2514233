package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jhillyerd/enmime/v2"

	"hansho/internal/control"
)

// workplace is a company whose daemon runs.
type workplace struct {
	t *testing.T
	*Company
	web string // where the daemon listens for HTTP
}

// newWorkplace starts the daemon of a company. In its configuration, LISTEN is an
// address that is free.
func newWorkplace(t *testing.T, config, inventory string) *workplace {
	t.Helper()
	return workplaceOf(t, Setup{Config: config, Inventory: inventory})
}

// workplaceOf is newWorkplace with peers of another sort.
func workplaceOf(t *testing.T, s Setup) *workplace {
	t.Helper()
	dir := t.TempDir()
	web, err := StartWeb(dir)
	must(t, err)
	t.Cleanup(func() { _ = web.Close() })
	bin, err := Build(t.Context(), dir)
	must(t, err)
	w := &workplace{t: t, web: freeAddress(t)}
	must(t, os.WriteFile(filepath.Join(dir, "signing"), []byte(signingSecret), 0o600))
	s.Config = strings.NewReplacer("LISTEN", w.web, "SIGNING", filepath.Join(dir, "signing")).Replace(s.Config)
	w.Company, err = NewCompany(dir, bin, web, s)
	must(t, err)
	t.Cleanup(func() { _ = w.Close() })
	w.start()
	return w
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	must(t, l.Close())
	return l.Addr().String()
}

// start runs the daemon until the test ends, when it has to end well.
func (w *workplace) start() {
	w.t.Helper()
	line := w.Command("run", "--log-level", "info")
	cmd := exec.Command(line[0], line[1:]...)
	cmd.Env = append(os.Environ(), w.Web.Env()...)
	log, err := os.Create(filepath.Join(w.Dir, "daemon.log"))
	must(w.t, err)
	w.t.Cleanup(func() { _ = log.Close() })
	cmd.Stderr = log
	must(w.t, cmd.Start())
	w.t.Cleanup(func() {
		must(w.t, cmd.Process.Signal(syscall.SIGTERM))
		if err := cmd.Wait(); err != nil || w.t.Failed() {
			w.t.Errorf("the daemon ended with %v:\n%s", err, w.log())
		}
	})
	w.until("the daemon answers", func() bool {
		conn, err := net.Dial("tcp", w.web)
		if err == nil {
			_ = conn.Close()
		}
		_, socket := os.Stat(control.Path(w.Store()))
		return err == nil && socket == nil
	})
}

// log is what the daemon has logged.
func (w *workplace) log() string {
	w.t.Helper()
	raw, err := os.ReadFile(filepath.Join(w.Dir, "daemon.log"))
	must(w.t, err)
	return string(raw)
}

// until waits for something that has to come.
func (w *workplace) until(what string, there func() bool) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !there() {
		select {
		case <-ctx.Done():
			w.t.Fatalf("never came: %s", what)
		case <-tick.C:
		}
	}
}

// hansho has the daemon run a command, as the program does that finds it running,
// and gives what it printed.
func (w *workplace) hansho(args ...string) string {
	w.t.Helper()
	var stdout, stderr bytes.Buffer
	code, err := control.Forward(w.t.Context(), control.Path(w.Store()), args, &stdout, &stderr)
	must(w.t, err)
	if code != 0 {
		w.t.Fatalf("hansho %s: exit code %d\n%s%s", strings.Join(args, " "), code, &stdout, &stderr)
	}
	return stdout.String()
}

// list gives what a command prints with --json, one object a line.
func list[T any](w *workplace, args ...string) []T {
	w.t.Helper()
	var out []T
	dec := json.NewDecoder(strings.NewReader(w.hansho(append(args, "--json")...)))
	for dec.More() {
		var v T
		must(w.t, dec.Decode(&v))
		out = append(out, v)
	}
	return out
}

// mailTo waits for a mail to an address and gives its text, as its reader sees
// it.
func (w *workplace) mailTo(to string) string {
	w.t.Helper()
	var text string
	w.until("a mail to "+to, func() bool {
		for _, m := range w.Mail.Messages() {
			if m.To != to {
				continue
			}
			env, err := enmime.ReadEnvelope(bytes.NewReader(m.Raw))
			must(w.t, err)
			text = env.Text
		}
		return text != ""
	})
	return text
}
