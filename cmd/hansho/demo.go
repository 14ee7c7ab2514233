package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"text/template"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"hansho/cmd/hansho/demo"
	"hansho/feeds"
	"hansho/notify"
	"hansho/notify/mail/mailtest"
	"hansho/notify/slack/slacktest"
	"hansho/pipeline"
	"hansho/store"
)

func newDemo(g *globals) *cobra.Command {
	var keep, speed string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "See the first week of Log4Shell, offline, with nothing installed",
		Long: `demo replays 10 to 17 December 2021 as JPCERT/CC, IPA, JVN, CISA, Cisco and two
product lists published it. The real fetchers poll it over loopback into a real
store, a sample company's inventory is matched, and what concerns it is told to
a local Slack and a local mail server. Nothing leaves this machine. The files
stay for you to look at.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := g.checkLang(); err != nil {
				return err
			}
			pause, ok := map[string]time.Duration{"slow": 3 * time.Second, "normal": 700 * time.Millisecond, "max": 0}[speed]
			if !ok {
				return usagef("--speed %s: want slow, normal or max", speed)
			}
			d, err := newDemoRun(g, cmd, keep)
			if err != nil {
				return fmt.Errorf("demo: %w", err)
			}
			defer d.close()
			return d.play(cmd.Context(), pause)
		},
	}
	cmd.Flags().StringVar(&keep, "keep", "", "`folder` for the files (default: a new temporary one)")
	cmd.Flags().StringVar(&speed, "speed", "normal", "slow, normal or max")
	return cmd
}

// demoRun is one replay with its servers.
type demoRun struct {
	app    *app
	replay *demo.Replay
	dir    string
	web    *http.Server
	slack  *slacktest.Server
	mail   *mailtest.Server
	clock  *demoClock
	out    io.Writer
	style  style
	seen   map[string]bool // deliveries shown
	// threads are those that somebody was told of before, by case and address.
	threads map[string]bool
	told    int
	untold  int
	lang    string
}

// demoClock runs from a set time on.
type demoClock struct {
	mu      sync.Mutex
	at      time.Time
	started time.Time
}

func (c *demoClock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at, c.started = t, time.Now()
}

func (c *demoClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at.Add(time.Since(c.started))
}

const demoToken = "xoxb-demo"

func newDemoRun(g *globals, cmd *cobra.Command, dir string) (*demoRun, error) {
	d := &demoRun{dir: dir, clock: &demoClock{}, out: cmd.OutOrStdout(), style: styleFor(cmd.OutOrStdout()), seen: map[string]bool{}, threads: map[string]bool{}}
	if err := d.makeDir(); err != nil {
		return nil, err
	}
	if err := d.startServers(); err != nil {
		return nil, err
	}
	if err := d.writeConfig(); err != nil {
		d.close()
		return nil, err
	}
	inner := &globals{config: filepath.Join(d.dir, "config.yaml"), lang: g.lang, logLevel: g.logLevel, logFormat: g.logFormat}
	a, err := inner.open(cmd, readWrite)
	if err != nil {
		d.close()
		return nil, err
	}
	d.app, d.lang = a, a.words.lang
	for i := range a.routes {
		a.routes[i].Lang = d.lang
	}
	a.now = d.clock.now
	a.every = nil // the local Slack needs no sparing
	a.transport = demo.Transport{Base: "http://" + d.web.Addr, Next: http.DefaultTransport}
	return d, nil
}

func (d *demoRun) makeDir() (err error) {
	if d.dir == "" {
		d.dir, err = os.MkdirTemp("", "hansho-demo-")
		return err
	}
	if d.dir, err = filepath.Abs(d.dir); err != nil {
		return err
	}
	if entries, err := os.ReadDir(d.dir); err == nil && len(entries) > 0 {
		return usagef("--keep %s: the folder is not empty", d.dir)
	}
	return os.MkdirAll(d.dir, 0o750)
}

// startServers starts the web, Slack and mail on loopback.
func (d *demoRun) startServers() (err error) {
	if d.replay, err = demo.NewReplay(); err != nil {
		return err
	}
	d.slack = slacktest.New(slacktest.Options{Token: demoToken, Now: d.clock.now, Channels: []slacktest.Channel{{ID: "C0SECURITY", Name: "security", Member: true}}})
	if err := os.MkdirAll(filepath.Join(d.dir, "mail"), 0o750); err != nil {
		return err
	}
	if d.mail, err = mailtest.Start(mailtest.Options{Dir: filepath.Join(d.dir, "mail")}); err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/api/", d.slack)
	mux.Handle("/upload/", d.slack)
	mux.Handle("/", d.replay)
	d.web = &http.Server{Addr: l.Addr().String(), Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = d.web.Serve(l) }()
	return nil
}

func (d *demoRun) writeConfig() error {
	t, err := template.New("config").Parse(string(demo.Config()))
	if err != nil {
		return err
	}
	var conf strings.Builder
	token := filepath.Join(d.dir, "slack-token")
	if err := t.Execute(&conf, map[string]string{"Slack": "http://" + d.web.Addr + "/api/", "Mail": d.mail.Addr(), "Token": token}); err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(token, []byte(demoToken), 0o600),
		os.WriteFile(filepath.Join(d.dir, "config.yaml"), []byte(conf.String()), 0o600),
		os.WriteFile(filepath.Join(d.dir, "inventory.yaml"), demo.Inventory(), 0o600),
	)
}

func (d *demoRun) close() {
	if d.app != nil {
		d.app.close()
	}
	if d.web != nil {
		_ = d.web.Close()
	}
	if d.mail != nil {
		_ = d.mail.Close()
	}
}

func (d *demoRun) play(ctx context.Context, pause time.Duration) error {
	if !isTerminal(d.out) {
		pause = 0
	}
	steps := d.replay.Steps()
	d.clock.set(steps[0])
	if _, err := d.app.start(ctx); err != nil {
		return err
	}
	d.title()
	for i, at := range steps {
		d.replay.Go(i)
		d.clock.set(at)
		if err := d.step(ctx, at); err != nil {
			return err
		}
		if !sleep(ctx, pause) {
			return ctx.Err()
		}
	}
	return d.finish(ctx)
}

// step polls every source that has a document by now, and shows what was told.
func (d *demoRun) step(ctx context.Context, at time.Time) error {
	sources := slices.DeleteFunc(slices.Clone(d.app.sources), func(s feeds.Source) bool {
		e, _ := d.app.file.Entry(s.ID())
		_, there := d.replay.Find(e.URL)
		return !there
	})
	// One after the other, so that the demo tells the same story each time.
	var reports []pipeline.Report
	for _, s := range sources {
		reports = append(reports, d.app.pollSource(ctx, s))
	}
	counts, err := d.app.dispatcher.Drain(ctx)
	if err != nil {
		return err
	}
	if err := d.showStep(ctx, at, reports, counts); err != nil {
		return err
	}
	return d.people(ctx, at)
}

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// sentSince gives the deliveries that arrived and were not shown yet.
func (d *demoRun) sentSince(ctx context.Context) ([]notify.Delivery, error) {
	var sent []notify.Delivery
	err := d.app.store.View(ctx, func(tx store.Tx) error {
		sent = nil
		all, err := tx.Deliveries(notify.Sent, "", 0)
		for _, x := range all {
			if !d.seen[x.Key] {
				sent = append(sent, x)
			}
		}
		return err
	})
	slices.SortStableFunc(sent, func(a, b notify.Delivery) int {
		return cmp.Or(a.Created.Compare(b.Created), strings.Compare(b.Address.Channel, a.Address.Channel), a.Receipt.At.Compare(b.Receipt.At))
	})
	for _, x := range sent {
		d.seen[x.Key] = true
	}
	return sent, err
}

// files writes what arrived for people to look at.
func (d *demoRun) files() error {
	messages, err := json.MarshalIndent(d.slack.Messages(""), "", "  ")
	if err != nil {
		return err
	}
	var page strings.Builder
	if err := d.slack.WritePage(&page, "hansho demo", demo.JST); err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(filepath.Join(d.dir, "slack.json"), messages, 0o600),
		os.WriteFile(filepath.Join(d.dir, "slack.html"), []byte(page.String()), 0o600),
	)
}
