package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"hansho/notify/mail/mailtest"
	"hansho/notify/slack/slacktest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"hansho": main})
}

// The scripts run the real program. Beside testscript's own commands they have
// those named in Cmds.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Values[slackKey{}] = slacktest.New(slacktest.Options{
				Channels: []slacktest.Channel{{ID: "C000000001", Name: "security", Member: true}},
				Users:    []slacktest.User{{ID: "U000000001", Name: "山田 太郎"}},
			})
			env.Setenv("SLACK_BOT_TOKEN", "xoxb-test")
			env.Setenv("SLACK_APP_TOKEN", "xapp-test")
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"site": site, "slack": slackServer, "press": press, "shows": shows, "until": until, "smalldisk": smallDisk, "exits": exits,
			"form": fillForm, "idof": idOf, "mailserver": mailServer, "damage": damage, "scramble": scramble,
		},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "root":
				return os.Getuid() == 0, nil
			case "mount":
				return canMount(), nil
			}
			return false, fmt.Errorf("no condition %s", cond)
		},
	})
}

// site serves a folder over HTTP and puts $URL in for the word SITE in the files
// named: site FOLDER FILE…
func site(ts *testscript.TestScript, _ bool, args []string) {
	srv := httptest.NewServer(http.FileServer(http.Dir(ts.MkAbs(args[0]))))
	ts.Defer(srv.Close)
	fill(ts, "SITE", srv.URL, args[1:])
}

// fill puts a value in for a word in files.
func fill(ts *testscript.TestScript, word, value string, files []string) {
	for _, f := range files {
		text := strings.ReplaceAll(ts.ReadFile(f), word, value)
		ts.Check(os.WriteFile(ts.MkAbs(f), []byte(text), 0o600))
	}
}

type slackKey struct{}

func slackOf(ts *testscript.TestScript) *slacktest.Server {
	return ts.Value(slackKey{}).(*slacktest.Server)
}

// exits runs a program that must end with a code: exits CODE PROGRAM ARG…
func exits(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	code := 0
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if want, _ := strconv.Atoi(args[0]); code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
}

// slackServer starts a local Slack and puts its address in for AT-SLACK in
// the files named: slack FILE…
func slackServer(ts *testscript.TestScript, _ bool, args []string) {
	srv := httptest.NewServer(slackOf(ts))
	ts.Defer(srv.CloseClientConnections) // the daemon keeps one open
	fill(ts, "AT-SLACK", srv.URL+"/api/", args)
}

// press presses a button of the first message in #security: press ACTION
func press(ts *testscript.TestScript, _ bool, args []string) {
	s := slackOf(ts)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for len(s.Messages("#security")) == 0 && ctx.Err() == nil {
		time.Sleep(20 * time.Millisecond)
	}
	root := s.Messages("#security")[0]
	at := strings.Index(string(root.Blocks), `"action_id":"`+args[0]+`"`)
	if at < 0 {
		ts.Fatalf("no button %s in %s", args[0], root.Blocks)
	}
	_, value, _ := strings.Cut(string(root.Blocks)[at:], `"value":"`)
	value, _, _ = strings.Cut(value, `"`)
	_, err := s.Send(ctx, s.Click("U000000001", root, args[0], value))
	ts.Check(err)
}

// fillForm has a member of staff report a product: form DEPARTMENT PRODUCT
func fillForm(ts *testscript.TestScript, _ bool, args []string) {
	s := slackOf(ts)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	_, err := s.Send(ctx, s.OpenHome("U000000001")) // once this is answered, the app is connected
	ts.Check(err)
	_, err = s.Send(ctx, s.Command("U000000001", "C000000001", "report"))
	ts.Check(err)
	for len(s.Views("U000000001")) == 0 && ctx.Err() == nil {
		time.Sleep(20 * time.Millisecond)
	}
	view := s.Views("U000000001")[0]
	before, _, ok := strings.Cut(string(view.Blocks), args[0])
	if !ok {
		ts.Fatalf("no department %s in %s", args[0], view.Blocks)
	}
	_, rest, _ := strings.Cut(string(view.Blocks)[len(before):], `"value":"`)
	dept, _, _ := strings.Cut(rest, `"`)
	_, err = s.Send(ctx, s.Submit(view, map[string]any{"department": dept, "product": args[1]}))
	ts.Check(err)
	for len(s.Messages("U000000001")) == 0 && ctx.Err() == nil { // the thanks
		time.Sleep(20 * time.Millisecond)
	}
}

// idOf puts the first id that a program prints as JSON into a variable: idof
// VARIABLE PROGRAM ARG…
func idOf(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(ts.Exec(args[1], args[2:]...))
	found := anID.FindStringSubmatch(ts.ReadFile("stdout"))
	if found == nil {
		ts.Fatalf("no id in %s", ts.ReadFile("stdout"))
	}
	ts.Setenv(args[0], found[1])
}

var anID = regexp.MustCompile(`(?i)"id":"([^"]+)"`)

// mailServer starts a mail server that keeps what it takes in a folder, and puts
// its address in for AT-MAIL in the files named: mailserver FOLDER FILE…
func mailServer(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o755))
	srv, err := mailtest.Start(mailtest.Options{Dir: dir})
	ts.Check(err)
	ts.Defer(func() { _ = srv.Close() })
	fill(ts, "AT-MAIL", srv.Addr(), args[1:])
}

// shows waits until the first message in #security holds a text: shows TEXT
func shows(ts *testscript.TestScript, _ bool, args []string) {
	s := slackOf(ts)
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if got := s.Messages("#security"); len(got) > 0 && strings.Contains(string(got[0].Blocks), args[0]) {
			return
		}
	}
	ts.Fatalf("#security never showed %q: %v", args[0], s.Messages("#security"))
}

// until waits for a file: until FILE
func until(ts *testscript.TestScript, _ bool, args []string) {
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
	}
	ts.Fatalf("%s never came", args[0])
}

// smallDisk mounts a disk of a size on a folder until the script ends: smalldisk
// FOLDER SIZE
func smallDisk(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o755))
	ts.Check(mount(dir, args[1]))
	ts.Defer(func() { _ = exec.Command("umount", "-l", dir).Run() })
}

func mount(dir, size string) error {
	return exec.Command("mount", "-t", "tmpfs", "-o", "size="+size, "hansho", dir).Run()
}

// canMount says whether this machine lets us mount a disk.
func canMount() bool {
	dir, err := os.MkdirTemp("", "hansho-mount")
	if err != nil {
		return false
	}
	defer os.Remove(dir)
	defer func() { _ = exec.Command("umount", dir).Run() }()
	return mount(dir, "64k") == nil
}

// scramble overwrites the pages of a store: scramble FILE.
func scramble(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	data, err := os.ReadFile(path)
	ts.Check(err)
	for i := 4 * os.Getpagesize(); i < len(data); i++ { // all but the first pages
		data[i] ^= 0x5A
	}
	ts.Check(os.WriteFile(path, data, 0o600))
}

// damage changes records of a store behind its back: damage FILE.
func damage(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	data, err := os.ReadFile(path)
	ts.Check(err)
	bad := bytes.ReplaceAll(data, []byte("Example Server"), []byte("Exbmple Server"))
	if bytes.Equal(bad, data) {
		ts.Fatalf("no record of %s could be damaged", path)
	}
	ts.Check(os.WriteFile(path, bad, 0o600))
}
