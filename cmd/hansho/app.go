package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"hansho/feeds"
	"hansho/internal/control"
	"hansho/inventory"
	"hansho/notify"
	"hansho/pipeline"
	"hansho/store"
	"hansho/store/boltstore"
	"hansho/vendors"
)

// app is the program put together: settings, store, sources, channels.
type app struct {
	*settings
	store      *boltstore.Store
	client     *feeds.Client
	sources    []feeds.Source
	pipeline   *pipeline.Pipeline
	dispatcher *notify.Dispatcher
	now        func() time.Time
	transport  http.RoundTripper // nil is the network; the demo's is a replay
	guest      bool              // runs inside a daemon, whose store it leaves open
	// latest is what people wrote as the daemon last read it; the settings above
	// are never changed while it runs.
	latest *atomic.Pointer[settings]
}

// access is how a command opens the store.
type access bool

const (
	readOnly  access = false
	readWrite access = true
)

// open reads the settings and opens the store. A configuration with mistakes
// stops the start, with every mistake named.
func (g *globals) open(cmd *cobra.Command, how access) (*app, error) {
	if g.running != nil {
		return g.guest()
	}
	s, err := g.settings(cmd)
	if err != nil {
		return nil, err
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	a := &app{settings: s, now: time.Now, latest: &atomic.Pointer[settings]{}}
	if err := a.openStore(how); err != nil {
		return nil, err
	}
	return a, nil
}

// current is the app with what people wrote as it was last read.
func (a *app) current() app {
	now := *a
	if s := a.latest.Load(); s != nil {
		now.settings = s
	}
	return now
}

// guest gives a command that runs inside a daemon the daemon's app.
func (g *globals) guest() (*app, error) {
	if err := g.checkLang(); err != nil {
		return nil, err
	}
	a := g.running.current()
	s := *a.settings
	a.settings, a.guest = &s, true
	if g.lang != "" {
		a.words.lang = g.lang
	}
	return &a, nil
}

func (a *app) openStore(how access) error {
	path := a.file.Store
	if how == readWrite {
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			return fmt.Errorf("store: %w", err)
		}
	} else if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return &storeMissingError{path}
	}
	st, err := boltstore.Open(path, boltstore.Options{ReadOnly: how == readOnly})
	if errors.Is(err, boltstore.ErrLocked) {
		return &storeBusyError{err: err, socket: control.Path(path)}
	}
	if err != nil {
		return err
	}
	a.store = st
	return nil
}

// storeMissingError says that nothing has been polled yet.
type storeMissingError struct{ path string }

func (e *storeMissingError) Error() string {
	return fmt.Sprintf("store %s is not there yet: run hansho poll first", e.path)
}

// maxDeferred is how many sources that say nothing new are stored at once.
const maxDeferred = 200

// flush stores what unchanged polls have learned. What is lost costs a fetch.
func (a *app) flush(ctx context.Context) {
	if a.pipeline == nil {
		return
	}
	if err := a.pipeline.Flush(ctx); err != nil && ctx.Err() == nil {
		a.log.Error("keep what the sources answered", "error", err)
	}
}

// close closes what is open. The store's last error is logged: every command
// has its own result by then.
func (a *app) close() {
	if a.guest {
		return
	}
	a.flush(context.Background())
	for name, ch := range a.channels {
		if c, ok := ch.(interface{ Close() error }); ok {
			if err := c.Close(); err != nil {
				a.log.Warn("close channel", "channel", name, "error", err)
			}
		}
	}
	if err := a.store.Close(); err != nil {
		a.log.Error("close store", "error", err)
	}
}

// start builds what polls and delivers, and matches what is new in the
// inventory against what the store knows.
func (a *app) start(ctx context.Context) (pipeline.Report, error) {
	if a.guest {
		return pipeline.Report{Unchanged: true}, nil
	}
	build, err := a.prepare(ctx)
	if err != nil {
		return pipeline.Report{}, err
	}
	return a.pipeline.Rematch(ctx, a.present(), build)
}

// prepare builds what polls and delivers, and gives what builds its matcher:
// until the inventory is matched, nothing may be polled.
func (a *app) prepare(ctx context.Context) (func([]inventory.Item) pipeline.Matcher, error) {
	a.client = feeds.NewClient(feeds.Options{
		UserAgent: a.userAgent(), Timeout: a.file.Poll.Timeout, MaxBytes: a.file.Poll.MaxBytes, Log: a.log,
		Transport: a.transport, Now: a.now,
	})
	sources, errs := vendors.Build(a.file.Entries, a.client, a.now)
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	a.sources = sources
	build, err := a.matcherBuilder(ctx)
	if err != nil {
		return nil, err
	}
	a.pipeline = pipeline.New(a.store, a.router(), a.file.Entries, nil, build(nil), pipeline.Options{
		FirstContact: a.file.Poll.FirstContact, DownAfter: a.file.Poll.DownAfter,
		Defer: maxDeferred, Now: a.now, Rand: rand.Float64, Log: a.log,
	})
	a.pipeline.SetOffice(a.office())
	if err := a.pipeline.LoadWishes(ctx); err != nil {
		return nil, err
	}
	a.dispatcher = a.newDispatcher()
	return build, nil
}

// present are the items that the company runs now.
func (a *app) present() []inventory.Item {
	var items []inventory.Item
	for _, it := range a.inventory.Items {
		if !it.Missing {
			items = append(items, it)
		}
	}
	return items
}

func (a *app) userAgent() string {
	if a.file.Poll.UserAgent != "" {
		return a.file.Poll.UserAgent
	}
	return "hansho/" + version() + " (security advisory reader)"
}

// sourceStates gives what is remembered of each source, by id.
func (a *app) sourceStates(ctx context.Context) (map[string]store.SourceState, error) {
	states := map[string]store.SourceState{}
	err := a.store.View(ctx, func(tx store.Tx) error {
		clear(states)
		all, err := tx.SourceStates()
		for _, s := range all {
			states[s.ID] = s
		}
		return err
	})
	return states, err
}
