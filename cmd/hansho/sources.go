package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hansho/advisory"
	"hansho/feeds"
	"hansho/internal/config"
	"hansho/store"
	"hansho/vendors"
)

func newSources(g *globals) *cobra.Command {
	list := newSourcesList(g)
	cmd := &cobra.Command{
		Use:   "sources",
		Short: "Show, test, find and recommend sources",
		Args:  list.Args,
		RunE:  list.RunE,
	}
	cmd.Flags().AddFlagSet(list.Flags())
	cmd.AddCommand(list, newSourcesShow(g), newSourcesTest(g), newSourcesAdd(g), newSourcesRecommend(g))
	return cmd
}

// sourceRow is a source and how it does.
type sourceRow struct {
	feeds.Entry
	Health *health `json:"health,omitempty"`
}

// health is what the store remembers of a source's polls.
type health struct {
	LastSuccess time.Time `json:"last_success"`
	LastPoll    time.Time `json:"last_poll"`
	NextPoll    time.Time `json:"next_poll"`
	Items       int       `json:"items"`
	EntryErrors int       `json:"entry_errors"`
	Failures    int       `json:"failures"`
	FailedSince time.Time `json:"failed_since"`
	Error       string    `json:"error,omitempty"`
	Warnings    []string  `json:"warnings,omitempty"`
	Moved       string    `json:"moved,omitempty"`
}

func newSourcesList(g *globals) *cobra.Command {
	var all, asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the sources that are on, and how each does (--all: the whole catalogue)",
		Args:  args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			rows, w, err := g.sourceRows(cmd)
			if err != nil {
				return err
			}
			return printSources(cmd, w, rows, all, asJSON)
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "also those that are off")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON Lines")
	return cmd
}

// sourceRows joins the catalogue with what the store remembers. Both are
// optional: without a configuration the catalogue alone is shown.
func (g *globals) sourceRows(cmd *cobra.Command) ([]sourceRow, words, error) {
	w := words{lang: cmp.Or(g.lang, "ja"), zone: time.FixedZone("JST", 9*60*60)}
	f, err := config.Load(g.config)
	if errors.Is(err, fs.ErrNotExist) && !cmd.Flags().Changed("config") {
		entries, err := vendors.Catalogue()
		return rowsOf(entries, nil), w, err
	}
	a, err := g.open(cmd, readOnly)
	var missing *storeMissingError
	switch {
	case errors.As(err, &missing):
		w.lang, w.zone = cmp.Or(g.lang, f.Lang), f.Zone
		return rowsOf(f.Entries, nil), w, nil
	case err != nil:
		return nil, w, err
	}
	defer a.close()
	states, err := a.sourceStates(cmd.Context())
	return rowsOf(a.file.Entries, states), a.words, err
}

func rowsOf(entries []feeds.Entry, states map[string]store.SourceState) []sourceRow {
	var rows []sourceRow
	for _, e := range entries {
		r := sourceRow{Entry: e}
		if s, ok := states[e.ID]; ok {
			r.Health = &health{
				LastSuccess: s.LastSuccess, LastPoll: s.LastPoll, NextPoll: s.NextPoll, Items: s.Items, EntryErrors: s.EntryErrors,
				Failures: s.Failures, FailedSince: s.FailedSince, Error: s.LastError, Warnings: s.Warnings, Moved: s.Moved,
			}
		}
		rows = append(rows, r)
	}
	return rows
}

func printSources(cmd *cobra.Command, w words, rows []sourceRow, all, asJSON bool) error {
	out := cmd.OutOrStdout()
	table, hidden := []string{w.say("sources.head")}, 0
	for _, r := range rows {
		if !all && !r.Enabled {
			hidden++
			continue
		}
		if asJSON {
			if err := printJSON(out, r); err != nil {
				return err
			}
			continue
		}
		table = append(table, w.sourceLine(r))
	}
	if asJSON {
		return nil
	}
	if err := printTable(out, table); err != nil {
		return err
	}
	if hidden > 0 {
		fmt.Fprintln(out, w.say("sources.hidden", hidden))
	}
	return nil
}

func (w words) sourceLine(r sourceRow) string {
	on, last := "-", "-"
	if r.Enabled {
		on = "✓"
	}
	if r.Health != nil {
		last = w.when(r.Health.LastSuccess)
	}
	return strings.Join([]string{r.ID, cut(w.publisher(r.Entry), 44), r.Format, cmp.Or(r.Confidence, "-"), on, last, w.sourceState(r)}, "\t")
}

// publisher names who publishes a source.
func (w words) publisher(e feeds.Entry) string {
	if w.lang == "en" {
		return cmp.Or(e.Publisher, e.PublisherJA)
	}
	return cmp.Or(e.PublisherJA, e.Publisher)
}

func (w words) sourceState(r sourceRow) string {
	h := r.Health
	switch {
	case h == nil:
		return w.say("sources.never")
	case h.Failures > 0:
		return w.say("sources.failing", w.when(h.FailedSince), h.Failures, cut(w.trouble(r.ID, h.Error), 80))
	case h.Moved != "":
		return w.say("sources.moved", h.Moved)
	case len(h.Warnings) > 0:
		return cut(h.Warnings[0], 100)
	}
	return w.say("sources.ok", h.Items)
}

func newSourcesTest(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "test ID…",
		Short: "Poll a source once and say what it gave; nothing is stored or sent",
		Args:  args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, ids []string) error {
			w := words{lang: cmp.Or(g.lang, "ja"), zone: time.FixedZone("JST", 9*60*60)}
			failed := false
			for _, id := range ids {
				e, err := g.entry(id)
				if err != nil {
					return err
				}
				line, err := testSource(cmd.Context(), w, e)
				if err != nil {
					line, failed = w.say("poll.why", id, printable(w.trouble(id, err.Error()))), true
				}
				fmt.Fprintln(cmd.OutOrStdout(), line)
			}
			if failed {
				return errReported
			}
			return nil
		},
	}
}

// testSource polls a source from nothing and says in one line what it got.
func testSource(ctx context.Context, w words, e feeds.Entry) (string, error) {
	if e.Format == vendors.FormatNone {
		return w.say("test.none", e.ID, e.Page), nil
	}
	e.Enabled = true
	client := feeds.NewClient(feeds.Options{UserAgent: "hansho/" + version() + " (security advisory reader)"})
	sources, errs := vendors.Build([]feeds.Entry{e}, client, time.Now)
	if err := errors.Join(errs...); err != nil {
		return "", err
	}
	batch, _, err := sources[0].Fetch(ctx, nil)
	if err != nil {
		return "", err
	}
	if len(batch.Advisories) == 0 {
		return w.say("test.empty", e.ID), nil
	}
	newest := batch.Advisories[0]
	for _, a := range batch.Advisories {
		if a.Updated.After(newest.Updated) {
			newest = a
		}
	}
	advisory.Normalize(&newest)
	return w.say("test.read", e.ID, len(batch.Advisories), newest.ID, cut(printable(newest.Title), 80), w.when(newest.Updated)), nil
}
