package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hansho/cases/vex"
	"hansho/pipeline"
)

func newCaseExport(g *globals) *cobra.Command {
	var form, to string
	var issue int
	cmd := &cobra.Command{
		Use:   "export REF --as openvex|csaf",
		Short: "Write the state of a case for machines: OpenVEX or CSAF VEX",
		Long: `export writes where our items stand in a case, for partners who want it as data.
What is known under TLP RED or AMBER only is left out. --to leaves the items that
concern one partner. Read it before you pass it on: it names your systems. A
partner with vex: openvex or csaf in the inventory gets the file with its letters.`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, refs []string) error {
			return g.atDesk(cmd, func(a *app, d *pipeline.Desk) error {
				if _, err := a.caseID(cmd, d, refs[0]); err != nil {
					return err
				}
				doc, err := d.VEX(cmd.Context(), refs[0], to)
				if errors.Is(err, pipeline.ErrNoPartner) {
					return usagef("no partner %q in the inventory", to)
				}
				if err != nil {
					return err
				}
				doc.Issued = earlier(doc.At, issue-1)
				_, raw, err := vex.Write(strings.TrimSuffix(form, "-vex"), doc)
				if errors.Is(err, vex.ErrNoNamespace) {
					return &usageError{err: err, hint: "Write company: {url: https://www.example.co.jp} in the configuration: the ids in the file begin with it."}
				}
				if err != nil {
					return usagef("%v; --as is openvex or csaf", err)
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s\n", raw)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&form, "as", "openvex", "openvex or csaf")
	cmd.Flags().StringVar(&to, "to", "", "`id` of the partner it is for")
	cmd.Flags().IntVar(&issue, "issue", 1, "the `number` of this issue")
	return cmd
}

// earlier stands for n issues of which only the number is known.
func earlier(at time.Time, n int) []time.Time {
	var out []time.Time
	for range min(n, 1000) {
		out = append(out, at)
	}
	return out
}
