package e2e

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"hansho/notify/mail/mailtest"
	"hansho/notify/slack/slacktest"
)

// token is what the local Slack asks for.
const token = "xoxb-e2e"

// Build compiles the program into dir and gives its path.
func Build(ctx context.Context, dir string) (string, error) {
	bin := filepath.Join(dir, "hansho")
	out, err := exec.CommandContext(ctx, "go", "build", "-o", bin, "hansho/cmd/hansho").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("e2e: build: %w\n%s", err, out)
	}
	return bin, nil
}

// Company is one user of the program: a folder with its configuration and
// inventory, a Slack with the channel #security, and a mail server.
type Company struct {
	Dir   string
	Bin   string
	Web   *Web
	Slack *slacktest.Server
	Mail  *mailtest.Server
	api   *http.Server
}

// Setup is what a company writes and how its peers behave.
type Setup struct {
	Config    string // added to the configuration: poll, sources
	Inventory string // YAML
	// Routes replace the one that tells everything to #security and to
	// soc@e2e.example, and Rooms are Slack channels beside #security.
	Routes string
	Rooms  []string
	Files  bool // Slack is given the whole of a long text as a file
	// Slack answers in place of the local Slack where it is set; it is given
	// the Slack to pass calls on to.
	Slack func(next http.Handler) http.Handler
	Mail  mailtest.Options
}

// NewCompany makes a company in a folder.
func NewCompany(dir, bin string, web *Web, s Setup) (*Company, error) {
	c := &Company{Dir: dir, Bin: bin, Web: web}
	c.Slack = slacktest.New(slacktest.Options{Token: token, Channels: channels(s.Rooms)})
	var err error
	if c.Mail, err = mailtest.Start(s.Mail); err != nil {
		return nil, fmt.Errorf("e2e: %w", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("e2e: %w", err), c.Mail.Close())
	}
	var h http.Handler = c.Slack
	if s.Slack != nil {
		h = s.Slack(h)
	}
	c.api = &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func() { _ = c.api.Serve(l) }()
	return c, c.write(s, l.Addr().String())
}

func channels(rooms []string) []slacktest.Channel {
	out := []slacktest.Channel{{ID: "C0SECURITY", Name: "security", Member: true}}
	for i, name := range rooms {
		out = append(out, slacktest.Channel{ID: fmt.Sprintf("C0ROOM%04d", i), Name: name, Member: true})
	}
	return out
}

const allRoutes = `  - name: all
    to: ["slack:#security", "mail:soc@e2e.example"]
`

func (c *Company) write(s Setup, slack string) error {
	config := fmt.Sprintf(`lang: ja
store: hansho.db
inventory: [inventory.yaml]
channels:
  slack: {type: slack, token: "file:%s", api_url: "http://%s/api/", files: %v}
  mail: {type: mail, addr: "%s", tls: none, from: hansho@e2e.example}
routes:
%s%s`, filepath.Join(c.Dir, "token"), slack, s.Files, c.Mail.Addr(), cmp.Or(s.Routes, allRoutes), s.Config)
	return errors.Join(
		os.WriteFile(filepath.Join(c.Dir, "token"), []byte(token), 0o600),
		os.WriteFile(filepath.Join(c.Dir, "inventory.yaml"), []byte(s.Inventory), 0o600),
		os.WriteFile(filepath.Join(c.Dir, "config.yaml"), []byte(config), 0o600),
	)
}

// Close ends the company's servers.
func (c *Company) Close() error { return errors.Join(c.api.Close(), c.Mail.Close()) }

// Store is the path of the store's file.
func (c *Company) Store() string { return filepath.Join(c.Dir, "hansho.db") }

// Command is a command line of the program for this company.
func (c *Company) Command(args ...string) []string {
	return append([]string{c.Bin, "--config", filepath.Join(c.Dir, "config.yaml")}, args...)
}

// Result is how a command of the program ended.
type Result struct {
	Stdout, Stderr string
	Exit           int
	Wall           time.Duration
	State          *os.ProcessState // CPU time; on Unix, memory as well
}

// Run runs a command of the program to its end.
func (c *Company) Run(ctx context.Context, args ...string) (Result, error) {
	line := c.Command(args...)
	cmd := exec.CommandContext(ctx, line[0], line[1:]...)
	cmd.Env = append(os.Environ(), c.Web.Env()...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	start := time.Now()
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return Result{}, fmt.Errorf("e2e: %s: %w", strings.Join(args, " "), err)
	}
	return Result{
		Stdout: stdout.String(), Stderr: stderr.String(), Exit: cmd.ProcessState.ExitCode(),
		Wall: time.Since(start), State: cmd.ProcessState,
	}, nil
}
