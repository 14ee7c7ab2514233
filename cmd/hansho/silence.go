package main

import (
	"strings"

	"github.com/spf13/cobra"

	"hansho/cases"
	"hansho/internal/config"
	"hansho/pipeline"
)

func newSilence(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "silence",
		Short: "Put a case off for a while, with a reason; list and end silences",
		Long: `A silence keeps a case quiet until its end. What had been called safe and turns
out not to be is told all the same.`,
	}
	cmd.AddCommand(newSilenceAdd(g), newSilenceList(g), newSilenceEnd(g))
	return cmd
}

func newSilenceAdd(g *globals) *cobra.Command {
	var why, length string
	cmd := caseStep(g, "add REF --for 4h --why REASON", "Put a case off", cobra.ExactArgs(1),
		func(cmd *cobra.Command, d *pipeline.Desk, a []string) (c cases.Case, err error) {
			dur, err := config.ParseDuration(length)
			if err != nil || dur <= 0 {
				return c, usagef("--for %s: write 30m, 4h or 7d", length)
			}
			if strings.TrimSpace(why) == "" {
				return c, usagef("--why is missing: a silence has a reason")
			}
			return d.SnoozeFor(cmd.Context(), a[0], dur, me(), why)
		})
	cmd.Flags().StringVar(&length, "for", "4h", "how long: 30m, 4h, 7d")
	cmd.Flags().StringVar(&why, "why", "", "the reason, for the timeline")
	return cmd
}

func newSilenceList(g *globals) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List what is silenced", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.atDesk(cmd, func(a *app, d *pipeline.Desk) error {
				list, err := d.Silences(cmd.Context())
				if err != nil {
					return err
				}
				rows := []string{a.words.say("silence.head")}
				for _, s := range list {
					rows = append(rows, strings.Join([]string{s.Case, a.words.when(s.Until), s.By, s.Reason}, "\t"))
				}
				if len(list) == 0 {
					rows = []string{a.words.say("silence.none")}
				}
				return printTable(cmd.OutOrStdout(), rows)
			})
		},
	}
}

func newSilenceEnd(g *globals) *cobra.Command {
	return caseStep(g, "end REF", "End a silence before its time", cobra.ExactArgs(1),
		func(cmd *cobra.Command, d *pipeline.Desk, a []string) (cases.Case, error) {
			return d.Wake(cmd.Context(), a[0], me())
		})
}
