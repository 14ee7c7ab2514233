package main

import (
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"hansho/cases"
	"hansho/cases/checklist"
	"hansho/pipeline"
)

func newChecklist(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "checklist",
		Short: "Look for traces of intrusion on an item of a case, and keep what was found",
		Long: `An item that ran a vulnerable version is treated as already attacked: the
checklist says what to look at, with the traces that the case's own sources name.
A cloud service has a list of its own. Put files intrusion.yaml and cloud.yaml
into the folder checklists of the templates folder to use your own.`,
	}
	cmd.AddCommand(newChecklistShow(g), newChecklistSet(g))
	return cmd
}

// checklists are the program's, or the company's own.
func (s *settings) checklists() (checklist.Lists, error) {
	var override fs.FS
	if s.file.Templates != "" {
		override = os.DirFS(filepath.Join(s.file.Templates, "checklists"))
	}
	return checklist.Load(override)
}

func newChecklistShow(g *globals) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "show CASE ITEM", Short: "Show an item's checklist with what was found", Args: args(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, given []string) error {
			return g.atDesk(cmd, func(a *app, d *pipeline.Desk) error {
				lists, err := a.checklists()
				if err != nil {
					return &usageError{err: err}
				}
				l, it, err := d.Checklist(cmd.Context(), lists, given[0], given[1])
				if err != nil {
					return usagef("%v", err)
				}
				return a.printChecklist(cmd.OutOrStdout(), l, it, asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON Lines")
	return cmd
}

// checkLine is one point as JSON.
type checkLine struct {
	Point string `json:"point"`
	Text  string `json:"text"`
	cases.Check
}

func (a *app) printChecklist(out io.Writer, l checklist.List, it cases.Item, asJSON bool) error {
	lang := a.words.lang
	rows := []string{a.words.say("check.head")}
	for _, p := range l.Points {
		c := it.Checks[p.ID]
		if asJSON {
			if err := printJSON(out, checkLine{p.ID, p.In(lang), c}); err != nil {
				return err
			}
			continue
		}
		rows = append(rows, strings.Join([]string{a.checkState(c.State), p.ID, p.In(lang)}, "\t"))
		if c.State != "" {
			rows = append(rows, strings.Join([]string{"", "", a.words.say("check.found", cmp.Or(c.Finding, a.checkState(c.State)), c.By, a.words.when(c.At))}, "\t"))
		}
	}
	if asJSON {
		return nil
	}
	fmt.Fprintf(out, "%s: %s\n%s\n", it.ID, l.Title.In(lang), l.Intro.In(lang))
	for _, line := range a.providerPages(it.ID) {
		fmt.Fprintln(out, line)
	}
	fmt.Fprintln(out)
	return printTable(out, rows)
}

// providerPages names the pages on which the provider of a cloud service speaks.
func (a *app) providerPages(id string) []string {
	var out []string
	for _, it := range a.inventory.Items {
		if it.ID == id && it.SecurityPage != "" {
			out = append(out, a.words.say("check.security", printable(it.SecurityPage)))
		}
		if it.ID == id && it.StatusPage != "" {
			out = append(out, a.words.say("check.status", printable(it.StatusPage)))
		}
	}
	return out
}

func (a *app) checkState(s cases.CheckState) string {
	switch s {
	case cases.CheckClean:
		return a.words.say("check.clean")
	case cases.CheckSuspicious:
		return a.words.say("check.suspicious")
	case cases.CheckDone:
		return a.words.say("check.done")
	}
	return a.words.say("check.open")
}

func newChecklistSet(g *globals) *cobra.Command {
	var found cases.Check
	cmd := &cobra.Command{
		Use: "set CASE ITEM POINT done|suspicious|clean", Short: "Keep what was found at a point", Args: args(cobra.ExactArgs(4)),
		RunE: func(cmd *cobra.Command, given []string) error {
			found.State, found.By = cases.CheckState(given[3]), cmp.Or(found.By, me())
			if !found.State.Valid() {
				return usagef("state %q: want clean, suspicious or done", given[3])
			}
			return g.atDesk(cmd, func(a *app, d *pipeline.Desk) error {
				lists, err := a.checklists()
				if err != nil {
					return &usageError{err: err}
				}
				if err := d.SetCheck(cmd.Context(), lists, given[0], given[1], given[2], found); err != nil {
					return usagef("%v", err)
				}
				l, it, err := d.Checklist(cmd.Context(), lists, given[0], given[1])
				if err != nil {
					return err
				}
				return a.printChecklist(cmd.OutOrStdout(), l, it, false)
			})
		},
	}
	cmd.Flags().StringVar(&found.Finding, "finding", "", "what was found, and where it is kept")
	cmd.Flags().StringVar(&found.By, "by", "", "who looked (default: you)")
	return cmd
}
