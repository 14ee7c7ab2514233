package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"hansho/feeds"
	"hansho/internal/control"
	"hansho/notify"
	"hansho/pipeline"
	"hansho/store"
)

func newRun(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "run",
		Short: "Watch the sources and tell what concerns you, until stopped",
		Long: `run is the daemon: it polls every enabled source on its schedule and delivers
what is due. SIGTERM and Ctrl+C stop it cleanly; what is not yet sent is kept
and sent after the next start. A second hansho on the same store is refused.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if g.running != nil { // it reached the daemon that is there
				return errRunning
			}
			a, err := g.open(cmd, readWrite)
			if err != nil {
				return err
			}
			defer a.close()
			return a.run(cmd)
		},
	}
}

// errRunning refuses a second daemon.
var errRunning = errors.New("another hansho run has this store open already")

func (a *app) run(cmd *cobra.Command) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	ctx, stop := context.WithCancel(cmd.Context())
	defer stop()
	// Rather than to find out one unread page at a time.
	if err := a.store.CheckPages(ctx); err != nil {
		return err
	}
	build, err := a.prepare(ctx)
	if err != nil {
		return err
	}
	wg.Go(func() { a.deliver(ctx) })
	if _, err := a.pipeline.Rematch(ctx, a.present(), atOnce(build)); err != nil { // takes a while where much is known
		return err
	}
	a.dispatcher.Wake()
	sched := pipeline.NewScheduler(a.file.Zone, a.file.Poll.Jitter, a.log)
	slots := make(chan struct{}, a.file.Poll.Concurrency)
	for _, src := range a.sources {
		e, _ := a.file.Entry(src.ID())
		if err := sched.Add("source "+e.ID, e.Schedule, func(ctx context.Context) { a.scheduled(ctx, src, slots) }); err != nil {
			return &usageError{err: err}
		}
	}
	if err := sched.Add("answers", "@every 1m", a.flush); err != nil {
		return err
	}
	if err := sched.Add("inventory", "@every 1m", a.watchInventory()); err != nil {
		return err
	}
	if err := sched.Add("retention", "30 3 * * *", a.prune); err != nil {
		return err
	}
	if err := a.scheduleLetters(sched); err != nil {
		return err
	}
	if err := a.schedulePeople(sched); err != nil {
		return err
	}
	fmt.Fprintln(cmd.ErrOrStderr(), a.words.say("run.start", len(a.sources), a.file.Zone))
	wg.Go(func() { a.catchUp(ctx, slots) })
	wg.Go(func() { a.logChannels(ctx) })
	wg.Go(func() { a.listen(ctx) })
	wg.Go(func() { a.runSlackApp(ctx) })
	wg.Go(func() { a.runWeb(ctx) })
	sched.Run(ctx)
	wg.Wait()
	return a.sayGoodbye(cmd)
}

// deliver tells what is due until ctx ends.
func (a *app) deliver(ctx context.Context) {
	if err := a.dispatcher.Run(ctx); err != nil {
		a.log.Error("what became of the last deliveries could not be kept; they are asked for or sent again", "error", err)
	}
}

// scheduled polls a source unless it failed lately and is to be left alone.
func (a *app) scheduled(ctx context.Context, src feeds.Source, slots chan struct{}) {
	select {
	case slots <- struct{}{}:
		defer func() { <-slots }()
	case <-ctx.Done():
		return
	}
	states, err := a.sourceStates(ctx)
	if err != nil {
		a.log.Error("read source state", "source", src.ID(), "error", err)
		return
	}
	if s, now := states[src.ID()], a.now(); now.Before(s.NextPoll) && !s.LastPoll.After(now) { // or the clock went back
		return
	}
	a.pollSource(ctx, src)
	a.dispatcher.Wake()
}

// catchUp polls, at the start, what was not polled within its schedule.
func (a *app) catchUp(ctx context.Context, slots chan struct{}) {
	states, err := a.sourceStates(ctx)
	if err != nil {
		a.log.Error("read source states", "error", err)
		return
	}
	var wg sync.WaitGroup
	for _, src := range a.sources {
		if e, _ := a.file.Entry(src.ID()); a.overdue(e, states[src.ID()]) {
			wg.Go(func() { a.scheduled(ctx, src, slots) })
		}
	}
	wg.Wait()
}

func (a *app) overdue(e feeds.Entry, s store.SourceState) bool {
	sched, err := pipeline.ParseSchedule(e.Schedule)
	return err == nil && !sched.Next(s.LastPoll.In(a.file.Zone)).After(a.now().Add(time.Second))
}

func (a *app) sayGoodbye(cmd *cobra.Command) error {
	waiting := 0
	err := a.store.View(context.WithoutCancel(cmd.Context()), func(tx store.Tx) error {
		ds, err := tx.Deliveries(notify.Due, "", 0)
		waiting = len(ds)
		return err
	})
	fmt.Fprintln(cmd.ErrOrStderr(), a.words.say("run.stop", waiting))
	return err
}

// listen runs the commands that reach the daemon while it has the store open.
func (a *app) listen(ctx context.Context) {
	err := control.Serve(ctx, control.Path(a.file.Store), func(ctx context.Context, args []string, stdout, stderr io.Writer) int {
		a.log.Info("command", "args", args)
		defer a.dispatcher.Wake()
		return execute(ctx, &globals{running: a}, args, strings.NewReader(""), stdout, stderr)
	}, a.log)
	if err != nil {
		a.log.Error("other commands can't reach this daemon", "error", err)
	}
}

// watchInventory re-reads the inventory where its files changed, and matches
// what is new in it. A file with mistakes changes nothing.
func (a *app) watchInventory() func(context.Context) {
	last := stamp(a.file.Inventory)
	return func(ctx context.Context) {
		now := stamp(a.file.Inventory)
		if now == last {
			return
		}
		last = now
		inv, problems, err := loadInventory(a.file.Inventory)
		if err = errors.Join(err, problems.Err()); err != nil {
			a.log.Error("the inventory changed and can't be read; the old one stays", "error", err)
			return
		}
		build, err := a.matcherBuilder(ctx)
		if err != nil {
			a.log.Error("the inventory changed", "error", err)
			return
		}
		b := a.current()
		s := *b.settings
		s.inventory = inv
		b.settings = &s
		a.latest.Store(&s)
		a.pipeline.SetOffice(b.office())
		rep, err := a.pipeline.Rematch(ctx, b.present(), atOnce(build))
		if err != nil {
			a.log.Error("the inventory changed", "error", err)
			return
		}
		a.log.Info("the inventory changed", "items", len(inv.Items), "matches", rep.Matches, "queued", rep.Queued)
		a.dispatcher.Wake()
	}
}

// prune forgets the deliveries that ended longer ago than they are kept.
func (a *app) prune(ctx context.Context) {
	n, err := a.store.Prune(ctx, a.now().Add(-a.file.Delivery.Keep))
	if err != nil {
		a.log.Error("forget old deliveries", "error", err)
		return
	}
	a.log.Info("forgot old deliveries", "deliveries", n, "kept", a.file.Delivery.Keep)
}

// stamp tells two states of the inventory's files apart.
func stamp(paths []string) string {
	var b strings.Builder
	for _, p := range paths {
		_ = filepath.WalkDir(p, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				fmt.Fprintln(&b, path, err)
				return nil
			}
			if info, err := d.Info(); err == nil {
				fmt.Fprintln(&b, path, info.Size(), info.ModTime())
			}
			return nil
		})
	}
	return b.String()
}
