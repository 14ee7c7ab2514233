package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"hansho/inventory"
	"hansho/pipeline"
)

// reportOrigin is what staff reports are called as an import of the inventory.
const reportOrigin = "staff-reports"

func newReport(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "report",
		Short: "What staff say they use: list it, add it to the inventory, drop it",
		Long: `Staff report what their department uses by a form in Slack (/hansho report) or on
the page that an awareness letter links to (forms in config.yaml). A report is a
candidate: accept writes it into inventory.d as an item and puts it into the case
of the letter, drop leaves it out. The list ends with the departments that have
not reported.`,
	}
	cmd.AddCommand(newReportList(g),
		newReportDecide(g, "accept", "Add a reported thing to the inventory", inventory.ReportAccepted, "report.accepted"),
		newReportDecide(g, "drop", "Leave a reported thing out", inventory.ReportDropped, "report.dropped"))
	return cmd
}

func newReportList(g *globals) *cobra.Command {
	var all, asJSON bool
	var ref string
	cmd := &cobra.Command{
		Use: "list", Short: "List the reports that wait", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.atDesk(cmd, func(a *app, d *pipeline.Desk) error {
				state := inventory.ReportNew
				if all {
					state = ""
				}
				list, err := d.Reports(cmd.Context(), state)
				if err != nil {
					return err
				}
				if asJSON {
					for _, r := range list {
						if err := printJSON(cmd.OutOrStdout(), r); err != nil {
							return err
						}
					}
					return nil
				}
				return a.printReports(cmd, d, list, ref)
			})
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "also those accepted or dropped")
	cmd.Flags().StringVar(&ref, "case", "", "the departments that have not reported since the notice on a case")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON Lines")
	return cmd
}

func (a *app) printReports(cmd *cobra.Command, d *pipeline.Desk, list []inventory.Report, ref string) error {
	out := cmd.OutOrStdout()
	rows := []string{a.words.say("report.head")}
	for _, r := range list {
		rows = append(rows, strings.Join([]string{r.ID, a.words.when(r.At), a.reportState(r.State), r.Department, r.Who, r.Product, r.Version, cut(r.Remarks, 60)}, "\t"))
	}
	if len(list) == 0 {
		rows = []string{a.words.say("report.none")}
	}
	if err := printTable(out, rows); err != nil {
		return err
	}
	missing, err := d.Unanswered(cmd.Context())
	if ref != "" {
		missing, err = d.UnansweredOn(cmd.Context(), ref)
	}
	if err != nil || len(missing) == 0 {
		return err
	}
	_, err = fmt.Fprintln(out, a.words.say("report.missing", strings.Join(missing, ", ")))
	return err
}

func (a *app) reportState(s inventory.ReportState) string {
	switch s {
	case inventory.ReportNew:
		return a.words.say("report.new")
	case inventory.ReportAccepted:
		return a.words.say("report.taken")
	case inventory.ReportDropped:
		return a.words.say("report.left")
	}
	return string(s)
}

func newReportDecide(g *globals, use, short string, s inventory.ReportState, done string) *cobra.Command {
	return &cobra.Command{
		Use: use + " ID…", Short: short, Args: args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, ids []string) error {
			return g.atDesk(cmd, func(a *app, _ *pipeline.Desk) error {
				for _, id := range ids {
					r, err := a.decideReport(cmd.Context(), cmd.ErrOrStderr(), id, s, me())
					if errors.Is(err, pipeline.ErrNoReport) {
						return usagef("no report %q; hansho report list --all shows them", id)
					}
					if err != nil {
						return err
					}
					if _, err := fmt.Fprintln(cmd.OutOrStdout(), a.words.say(done, r.Product)); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
}

// decideReport decides on a report; the daemon finds what was accepted in the
// inventory's files, as it finds what an import wrote. What a person still has to
// do for that goes to hints.
func (a *app) decideReport(ctx context.Context, hints io.Writer, id string, s inventory.ReportState, who string) (inventory.Report, error) {
	d := a.pipeline.Desk()
	r, err := d.DecideReport(ctx, id, s, who)
	if err != nil || s != inventory.ReportAccepted {
		return r, err
	}
	accepted, err := d.Reports(ctx, inventory.ReportAccepted)
	if err != nil {
		return r, err
	}
	if err := a.writeReports(hints, accepted); err != nil {
		return r, err
	}
	return r, d.ScopeReport(ctx, r, who)
}

// writeReports writes all that was ever accepted as one import, so that a write
// that failed is made good by the next.
func (a *app) writeReports(hints io.Writer, accepted []inventory.Report) error {
	if len(a.file.Inventory) == 0 {
		return errors.New("the configuration names no inventory that the report could be added to")
	}
	var reported inventory.Inventory
	for _, r := range accepted {
		reported.Items = append(reported.Items, r.Item())
	}
	slices.SortFunc(reported.Items, func(x, y inventory.Item) int { return strings.Compare(x.ID, y.ID) })
	declared, _, err := loadInventory(a.file.Inventory)
	if err != nil {
		return err
	}
	merged, rep := inventory.Merge(declared, reported, reportOrigin, false, a.now())
	if rep.Unchanged {
		return nil
	}
	return a.writeImport(hints, merged, reportOrigin)
}
