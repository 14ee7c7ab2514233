package main

import (
	"cmp"
	"fmt"
	"io"
	"os/user"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"hansho/cases"
	"hansho/inventory"
	"hansho/notify"
	"hansho/pipeline"
)

func newCase(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "case",
		Short: "Work on cases: list, show, open, set an item's state, merge, split",
		Long: `A case (事案) is one event as the company lives it: the CVEs, what every source
says of it, and where each of our items stands. Cases open by themselves when
something concerns the company. REF is a case's id, a CVE id or its name.`,
	}
	cmd.AddCommand(
		newCaseList(g), newCaseShow(g), newCaseOpen(g), newCaseSet(g), newCaseScope(g),
		newCaseState(g), newCaseAck(g), newCaseMerge(g), newCaseSplit(g), newCaseExport(g),
	)
	return cmd
}

// me is who sits at the terminal, for the timeline.
func me() string {
	if u, err := user.Current(); err == nil {
		return cmp.Or(u.Username, u.Name)
	}
	return "terminal"
}

// atDesk runs a step on the desk of an opened app.
func (g *globals) atDesk(cmd *cobra.Command, step func(a *app, d *pipeline.Desk) error) error {
	a, err := g.open(cmd, readWrite)
	if err != nil {
		return err
	}
	defer a.close()
	if _, err := a.start(cmd.Context()); err != nil {
		return err
	}
	return step(a, a.pipeline.Desk())
}

func newCaseList(g *globals) *cobra.Command {
	var state string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "List the cases", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.atDesk(cmd, func(a *app, d *pipeline.Desk) error {
				list, err := d.Cases(cmd.Context(), cases.State(state))
				if err != nil {
					return err
				}
				slices.SortStableFunc(list, func(x, y cases.Case) int { return y.Updated.Compare(x.Updated) })
				if asJSON {
					return printCasesJSON(cmd.OutOrStdout(), list)
				}
				rows := []string{a.words.say("case.head")}
				for _, c := range list {
					v := a.pipeline.View(c)
					rows = append(rows, strings.Join([]string{
						c.ID, a.words.caseState(c.State), cmp.Or(v.Severity.Rating, "-"), a.words.itemCounts(c), a.words.when(c.Updated), cut(v.Name, 60),
					}, "\t"))
				}
				return printTable(cmd.OutOrStdout(), rows)
			})
		},
	}
	cmd.Flags().StringVar(&state, "state", "", "only those open, contained or closed")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON Lines")
	return cmd
}

func printCasesJSON(w io.Writer, list []cases.Case) error {
	for _, c := range list {
		if err := printJSON(w, c); err != nil {
			return err
		}
	}
	return nil
}

func newCaseShow(g *globals) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "show REF", Short: "Show a case: items, sources, timeline", Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, refs []string) error {
			return g.atDesk(cmd, func(a *app, d *pipeline.Desk) error {
				c, err := d.Case(cmd.Context(), refs[0])
				if err != nil {
					return err
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), c)
				}
				return a.showCase(cmd.OutOrStdout(), c)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (a *app) showCase(out io.Writer, c cases.Case) error {
	w, v := a.words, a.pipeline.View(c)
	fmt.Fprintf(out, "%s  %s\n%s\n", c.ID, w.caseState(c.State), printable(v.Name))
	severity := cmp.Or(v.Severity.Rating, "-")
	if v.Severity.Score > 0 {
		severity += fmt.Sprintf(" %.1f", v.Severity.Score)
	}
	fmt.Fprintln(out, w.say("case.facts", strings.Join(c.CVEs, " "), severity, w.when(c.Opened), cmp.Or(c.Acked, "-"), cmp.Or(c.Assigned, "-")))
	fmt.Fprintln(out, w.say("case.counts", w.itemCounts(c)))
	rows := []string{w.say("case.items")}
	for _, it := range v.Items {
		i := c.Items[it.ID]
		rows = append(rows, strings.Join([]string{it.ID, w.itemState(i.State), it.Name, it.Product, cmp.Or(it.Fixed, "-"), w.saidBy(i.By), w.when(i.Since), cmp.Or(i.Next, "-"), cmp.Or(w.conflict(i.Conflict), i.Note, a.spoken(it), "-")}, "\t"))
	}
	fmt.Fprintln(out)
	if err := printTable(out, rows); err != nil {
		return err
	}
	rows = []string{"", w.say("case.sources")}
	for _, s := range v.Sources {
		rows = append(rows, strings.Join([]string{s.Advisory, w.when(s.Updated), cut(s.Title, 70), s.Link}, "\t"))
	}
	rows = append(rows, "", w.say("case.timeline"))
	for _, e := range c.Timeline {
		rows = append(rows, strings.Join([]string{w.when(e.At), w.event(e.Kind), cmp.Or(e.Who, "-"), cut(strings.TrimSpace(e.Ref+" "+notify.EventText(e, w.lang)), 90)}, "\t"))
	}
	return printTable(out, rows)
}

// spoken says that an item's maker has published a statement of which nobody says
// what it means; empty otherwise.
func (a *app) spoken(it notify.ItemView) string {
	switch {
	case it.Spoken == "":
		return ""
	case it.Enquiry == notify.EnquiryNobody:
		return a.words.say("case.spoken", it.Spoken) + a.words.say("case.nobody")
	}
	return a.words.say("case.spoken", it.Spoken)
}

func newCaseOpen(g *globals) *cobra.Command {
	var name string
	cmd := &cobra.Command{
		Use: "open [CVE-…]", Short: "Open a case by hand, before any source has spoken", Args: args(cobra.MaximumNArgs(1)),
		Example: "  hansho case open CVE-2021-44228 --name Log4Shell",
		RunE: func(cmd *cobra.Command, keys []string) error {
			if len(keys) == 0 && name == "" {
				return usagef("name a CVE id, or give --name")
			}
			return g.atDesk(cmd, func(a *app, d *pipeline.Desk) error {
				c, err := d.Open(cmd.Context(), strings.Join(keys, ""), name, me())
				if err != nil {
					return err
				}
				return a.showCase(cmd.OutOrStdout(), c)
			})
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "what people call it")
	return cmd
}

func newCaseSet(g *globals) *cobra.Command {
	var h cases.Hand
	cmd := &cobra.Command{
		Use:   "set REF ITEM STATE",
		Short: "Set an item's state: unknown, asked, affected, not_affected, mitigated, fixed",
		Long: `set keeps what a person says of an item in a case. It stands over what sources
say; a source that later disagrees is told about and changes nothing.`,
		Args: args(cobra.ExactArgs(3)),
		RunE: func(cmd *cobra.Command, a3 []string) error {
			h.State, h.Who = cases.ItemState(a3[2]), cmp.Or(h.Who, me())
			if !h.State.Valid() {
				return usagef("state %q: want unknown, asked, affected, not_affected, mitigated or fixed", a3[2])
			}
			return g.atDesk(cmd, func(a *app, d *pipeline.Desk) error {
				if err := a.knownItem(a3[1]); err != nil {
					return err
				}
				c, err := d.SetItem(cmd.Context(), a3[0], a3[1], h)
				if err != nil {
					return err
				}
				return a.showCase(cmd.OutOrStdout(), c)
			})
		},
	}
	cmd.Flags().StringVar(&h.Note, "note", "", "why, or what was done")
	cmd.Flags().StringVar(&h.Fixed, "fixed", "", "the `version` that has the fix")
	cmd.Flags().StringVar(&h.Next, "next", "", "next `date`, YYYY-MM-DD")
	cmd.Flags().StringVar(&h.Who, "who", "", "who says so (default: you)")
	return cmd
}

func (a *app) knownItem(id string) error {
	if slices.ContainsFunc(a.inventory.Items, func(it inventory.Item) bool { return it.ID == id }) {
		return nil
	}
	return usagef("no item %q in the inventory; hansho inventory check lists them", id)
}

func newCaseScope(g *globals) *cobra.Command {
	var kind string
	cmd := &cobra.Command{
		Use:   "scope REF [ITEM…]",
		Short: "Put items into a case that no source has named: unknown until somebody says otherwise",
		Args:  args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, refs []string) error {
			return g.atDesk(cmd, func(a *app, d *pipeline.Desk) error {
				items := refs[1:]
				for _, it := range a.present() {
					if kind != "" && string(it.Kind) == kind {
						items = append(items, it.ID)
					}
				}
				if len(items) == 0 {
					return usagef("name items, or --kind server, client, network, iot, cloud, library or service")
				}
				for _, id := range items {
					if err := a.knownItem(id); err != nil {
						return err
					}
				}
				c, err := d.Scope(cmd.Context(), refs[0], items, me())
				if err != nil {
					return err
				}
				return a.showCase(cmd.OutOrStdout(), c)
			})
		},
	}
	cmd.Flags().StringVar(&kind, "kind", "", "all items of a `kind`")
	return cmd
}

// caseStep is a command whose step gives the case as it then is.
func caseStep(g *globals, use, short string, check cobra.PositionalArgs, step func(cmd *cobra.Command, d *pipeline.Desk, a []string) (cases.Case, error)) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: args(check),
		RunE: func(cmd *cobra.Command, given []string) error {
			return g.atDesk(cmd, func(a *app, d *pipeline.Desk) error {
				c, err := step(cmd, d, given)
				if err != nil {
					return err
				}
				return a.showCase(cmd.OutOrStdout(), c)
			})
		},
	}
}

func newCaseState(g *globals) *cobra.Command {
	return caseStep(g, "state REF open|contained|closed [WHY]", "Move a case on", cobra.RangeArgs(2, 3),
		func(cmd *cobra.Command, d *pipeline.Desk, a []string) (cases.Case, error) {
			c, err := d.SetState(cmd.Context(), a[0], cases.State(a[1]), me(), strings.Join(a[2:], " "))
			if open := unsettled(c); err == nil && c.State == cases.Closed && len(open) > 0 {
				fmt.Fprintf(cmd.ErrOrStderr(), "hansho: %s is closed with %d items that are not known to be safe: %s\n", c.ID, len(open), strings.Join(open, ", "))
			}
			return c, err
		})
}

func newCaseAck(g *globals) *cobra.Command {
	return caseStep(g, "ack REF", "Say that you have seen a case", cobra.ExactArgs(1),
		func(cmd *cobra.Command, d *pipeline.Desk, a []string) (cases.Case, error) {
			return d.Acknowledge(cmd.Context(), a[0], me())
		})
}

func newCaseMerge(g *globals) *cobra.Command {
	return caseStep(g, "merge INTO FROM", "Make two cases one", cobra.ExactArgs(2),
		func(cmd *cobra.Command, d *pipeline.Desk, a []string) (cases.Case, error) {
			return d.Merge(cmd.Context(), a[0], a[1], me())
		})
}

func newCaseSplit(g *globals) *cobra.Command {
	return caseStep(g, "split REF KEY…", "Take CVE ids, references or advisory ids out into a case of their own", cobra.MinimumNArgs(2),
		func(cmd *cobra.Command, d *pipeline.Desk, a []string) (cases.Case, error) {
			return d.Split(cmd.Context(), a[0], a[1:], me())
		})
}
