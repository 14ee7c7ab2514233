package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

func newSourcesShow(g *globals) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "show ID", Short: "Show all that is known of a source, and how it does", Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, ids []string) error {
			rows, w, err := g.sourceRows(cmd)
			if err != nil {
				return err
			}
			for _, r := range rows {
				switch {
				case r.ID != ids[0]:
				case asJSON:
					return printJSON(cmd.OutOrStdout(), r)
				default:
					return w.showSource(cmd.OutOrStdout(), r)
				}
			}
			return usagef("no source %q; hansho sources list --all shows the ids", ids[0])
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// showSource prints what is set of a source, a line each.
func (w words) showSource(out io.Writer, r sourceRow) error {
	on := w.say("show.off")
	if r.Enabled {
		on = w.say("show.on")
	}
	var rows []string
	add := func(key, value string) {
		if value != "" && value != "-" {
			rows = append(rows, w.say(key)+"\t"+value)
		}
	}
	add("show.id", r.ID+" ("+on+")")
	add("show.publisher", w.publisher(r.Entry))
	add("show.format", r.Format)
	add("show.url", r.URL)
	add("show.page", r.Page)
	add("show.lang", r.Lang)
	add("show.schedule", r.Schedule)
	add("show.covers", strings.Join(r.Covers, ", "))
	add("show.checked", strings.TrimSpace(r.Confidence+" "+r.Checked))
	for _, key := range slices.Sorted(maps.Keys(r.Mapping)) {
		add("show.mapping", key+": "+r.Mapping[key])
	}
	add("show.note", r.Note)
	add("show.state", w.sourceState(r))
	if h := r.Health; h != nil {
		add("show.success", w.when(h.LastSuccess))
		add("show.poll", w.when(h.LastPoll))
		add("show.next", w.when(h.NextPoll))
		if h.EntryErrors > 0 {
			add("show.unread", fmt.Sprint(h.EntryErrors))
		}
		for _, warning := range h.Warnings {
			add("show.warning", warning)
		}
		add("show.error", w.trouble(r.ID, h.Error))
	}
	return printTable(out, rows)
}
