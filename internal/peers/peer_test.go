package peers

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"hansho/notify"
)

// mailUser is who owns the mailboxes: no account, only a number.
const mailUser = 5151

var embedded = sync.OnceValues(func() (*notify.Templates, error) { return notify.LoadTemplates(nil, nil) })

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// program gives the path of a peer's program. Where it is not installed the test
// skips, or fails if HANSHO_PEERS=must says that it has to be there.
func program(t *testing.T, pkg, name string) string {
	t.Helper()
	for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin", "/usr/lib/dovecot") {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path
		}
	}
	skip(t, fmt.Sprintf("%s is not here: apt-get install %s (.ci/peers does)", name, pkg))
	return ""
}

func skip(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("HANSHO_PEERS") == "must" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// asRoot skips where the test can't start servers that change users.
func asRoot(t *testing.T) {
	t.Helper()
	if os.Getuid() != 0 {
		skip(t, "Postfix and Dovecot change users: run as root")
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	must(t, os.WriteFile(path, []byte(text), 0o644))
}

func run(t *testing.T, stdin []byte, name string, args ...string) ([]byte, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdin = bytes.NewReader(stdin)
	return cmd.CombinedOutput()
}

// openDir gives a folder that other users may enter, by a short path: servers
// keep sockets in it, whose names are bounded.
func openDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "peer")
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	must(t, os.Chmod(dir, 0o755))
	return dir
}

// freePort gives a port that nobody listened on a moment ago.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	must(t, err)
	return port
}

// eventually waits for something that another process does.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("waited 20 s for %s", what)
}

func answers(addr, greeting string) bool {
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return false
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Second))
	b := make([]byte, 64)
	n, _ := conn.Read(b)
	return strings.HasPrefix(string(b[:n]), greeting)
}
