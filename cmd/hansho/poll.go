package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"hansho/feeds"
	"hansho/notify"
	"hansho/pipeline"
	"hansho/vendors"
)

func newPoll(g *globals) *cobra.Command {
	var asJSON, noSend bool
	cmd := &cobra.Command{
		Use:   "poll [SOURCE…]",
		Short: "Poll the sources once, now, and deliver what is due",
		Long: `poll asks every enabled source once (or those named, enabled or not), commits
what is new or changed, and delivers what is due. It prints a line a source and
the sum. Exit code 1 where a source failed or a delivery was parked.`,
		Example: `  hansho poll
  hansho poll jpcert ipa --json`,
		RunE: func(cmd *cobra.Command, ids []string) error {
			a, err := g.open(cmd, readWrite)
			if err != nil {
				return err
			}
			defer a.close()
			return a.pollOnce(cmd, ids, asJSON, noSend)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object a source, and one for the sum")
	cmd.Flags().BoolVar(&noSend, "no-send", false, "leave the deliveries in the outbox")
	return cmd
}

// pollSum is what a whole pass came to.
type pollSum struct {
	Sources   int           `json:"sources"`
	Fetched   int           `json:"fetched"`
	Unchanged int           `json:"unchanged"`
	Failed    int           `json:"failed"`
	New       int           `json:"new"`
	Revised   int           `json:"revised"`
	Matches   int           `json:"matches"`
	Queued    int           `json:"queued"`
	Delivery  notify.Counts `json:"delivery"`
}

func (a *app) pollOnce(cmd *cobra.Command, ids []string, asJSON, noSend bool) error {
	ctx := cmd.Context()
	inv, err := a.startNamed(ctx, ids)
	if err != nil {
		return err
	}
	reports := a.pollAll(ctx, a.sources, progress(cmd, a.words, asJSON))
	sum := sumOf(reports)
	sum.Queued += inv.Queued
	if !noSend && ctx.Err() == nil {
		if sum.Delivery, err = a.dispatcher.Drain(ctx); err != nil {
			return fmt.Errorf("deliver: %w", err)
		}
	}
	if err := a.printPoll(cmd.OutOrStdout(), inv, reports, sum, asJSON); err != nil {
		return err
	}
	if sum.Failed > 0 || sum.Delivery.Parked > 0 {
		return errReported
	}
	return ctx.Err()
}

// startNamed starts the app with the sources named alone, whether they are
// enabled or not. Within a daemon, whose own sources stay as they are, it gives
// this command those named.
func (a *app) startNamed(ctx context.Context, ids []string) (pipeline.Report, error) {
	for _, id := range ids {
		if _, ok := a.file.Entry(id); !ok {
			return pipeline.Report{}, usagef("no source %q; hansho sources list --all shows the ids", id)
		}
	}
	if len(ids) > 0 {
		file := *a.file
		file.Entries = slices.Clone(a.file.Entries)
		for i, e := range file.Entries {
			file.Entries[i].Enabled = slices.Contains(ids, e.ID)
		}
		a.file = &file
	}
	if a.guest && len(ids) > 0 {
		sources, errs := vendors.Build(a.file.Entries, a.client, a.now)
		a.sources = sources
		return pipeline.Report{Unchanged: true}, errors.Join(errs...)
	}
	return a.start(ctx)
}

// pollAll polls sources side by side, as many at once as the configuration
// says, and gives the reports in the order of the sources.
func (a *app) pollAll(ctx context.Context, sources []feeds.Source, show func(string)) []pipeline.Report {
	reports := make([]pipeline.Report, len(sources))
	slots := make(chan struct{}, a.file.Poll.Concurrency)
	var wg sync.WaitGroup
	for i, src := range sources {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			show(src.ID())
			reports[i] = a.pollSource(ctx, src)
		})
	}
	wg.Wait()
	a.flush(ctx)
	return reports
}

func (a *app) pollSource(ctx context.Context, src feeds.Source) pipeline.Report {
	rep, err := a.pipeline.Poll(ctx, src)
	rep.Source = src.ID()
	if err != nil {
		rep.Failed = strings.TrimPrefix(err.Error(), "pipeline: ")
		if ctx.Err() == nil {
			a.log.Warn("poll failed", "source", src.ID(), "error", err)
		}
		return rep
	}
	a.log.Info("polled", "source", src.ID(), "read", rep.Fetched, "new", rep.New, "revised", rep.Revised, "matches", rep.Matches, "queued", rep.Queued)
	return rep
}

func sumOf(reports []pipeline.Report) pollSum {
	sum := pollSum{Sources: len(reports)}
	for _, r := range reports {
		switch {
		case r.Failed != "":
			sum.Failed++
		case r.Unchanged:
			sum.Unchanged++
		default:
			sum.Fetched++
		}
		sum.New, sum.Revised = sum.New+r.New, sum.Revised+r.Revised
		sum.Matches, sum.Queued = sum.Matches+r.Matches, sum.Queued+r.Queued
	}
	return sum
}

// progress shows on a terminal which source is being asked.
func progress(cmd *cobra.Command, w words, asJSON bool) func(string) {
	f, ok := cmd.ErrOrStderr().(*os.File)
	if asJSON || !ok || !term.IsTerminal(int(f.Fd())) {
		return func(string) {}
	}
	var mu sync.Mutex
	return func(id string) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(f, "\r\x1b[K%s", w.say("poll.polling", id))
		if id == "" {
			fmt.Fprint(f, "\r\x1b[K")
		}
	}
}

func (a *app) printPoll(out io.Writer, inv pipeline.Report, reports []pipeline.Report, sum pollSum, asJSON bool) error {
	if asJSON {
		for _, r := range reports {
			if err := printJSON(out, r); err != nil {
				return err
			}
		}
		return printJSON(out, sum)
	}
	w := a.words
	rows := []string{w.say("poll.head")}
	var notes []string
	for _, r := range reports {
		rows = append(rows, fmt.Sprintf("%s\t%s\t%d\t%d\t%d\t%d\t%d", r.Source, w.say(outcome(r)), r.Fetched, r.New, r.Revised, r.Matches, r.Queued))
		notes = append(notes, pollNotes(w, r)...)
	}
	if err := printTable(out, rows); err != nil {
		return err
	}
	if !inv.Unchanged {
		notes = append(notes, w.say("poll.inventory", len(a.inventory.Items), inv.Matches))
	}
	d := sum.Delivery
	notes = append(notes, w.say("poll.sum", sum.Sources, sum.Fetched, sum.Unchanged, sum.Failed, sum.New, sum.Revised, sum.Matches,
		sum.Queued, d.Sent, d.Failed+d.Waiting, d.Parked), w.say("poll.latest"))
	_, err := fmt.Fprintln(out, strings.Join(notes, "\n"))
	return err
}

// outcome is the key of the words for how a poll went.
func outcome(r pipeline.Report) string {
	switch {
	case r.Failed != "":
		return "poll.failed"
	case r.Unchanged:
		return "poll.unchanged"
	case r.First:
		return "poll.first"
	}
	return "poll.fetched"
}

// maxNotes bounds how many broken entries of one source are shown.
const maxNotes = 5

func pollNotes(w words, r pipeline.Report) []string {
	var notes []string
	if r.Failed != "" {
		notes = append(notes, w.say("poll.why", r.Source, printable(w.trouble(r.Source, r.Failed))))
	}
	for _, e := range r.Errors[:min(len(r.Errors), maxNotes)] {
		notes = append(notes, w.say("poll.entry", r.Source, printable(w.trouble(r.Source, e))))
	}
	for _, e := range r.Warnings {
		notes = append(notes, w.say("poll.warning", r.Source, printable(e)))
	}
	return notes
}
