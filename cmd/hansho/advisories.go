package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"hansho/store"
)

func newAdvisories(g *globals) *cobra.Command {
	var asJSON bool
	var source, cve string
	var limit int
	cmd := &cobra.Command{
		Use:   "advisories [ID…]",
		Short: "List or show the advisories that the store holds",
		Long: `advisories lists what the sources said, the newest first. With ids it shows
those alone. --json prints the advisories whole, one JSON object a line.`,
		Example: `  hansho advisories --source jpcert
  hansho advisories --cve CVE-2021-44228 --json`,
		RunE: func(cmd *cobra.Command, ids []string) error {
			a, err := g.open(cmd, readOnly)
			if err != nil {
				return err
			}
			defer a.close()
			var records []store.Record
			err = a.store.View(cmd.Context(), func(tx store.Tx) error {
				var err error
				records, err = findAdvisories(tx, ids, source, cve)
				return err
			})
			if err != nil {
				return err
			}
			slices.SortStableFunc(records, func(x, y store.Record) int { return y.Advisory.Updated.Compare(x.Advisory.Updated) })
			if limit > 0 && len(records) > limit {
				records = records[:limit]
			}
			return a.printAdvisories(cmd, records, asJSON)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&asJSON, "json", false, "print JSON Lines")
	f.StringVar(&source, "source", "", "only those of a source `id`")
	f.StringVar(&cve, "cve", "", "only those on a CVE `id`, or another reference (JVN#…)")
	f.IntVar(&limit, "limit", 50, "at most so many; 0 is all")
	return cmd
}

func findAdvisories(tx store.Tx, ids []string, source, cve string) ([]store.Record, error) {
	var err error
	switch {
	case len(ids) > 0:
	case cve != "":
		ids, err = tx.AdvisoriesBy(cve)
	case source != "":
		ids, err = tx.AdvisoriesOf(source, "", 0)
	default:
		return tx.AdvisoriesAfter("", 0)
	}
	if err != nil {
		return nil, err
	}
	var out []store.Record
	for _, id := range ids {
		r, err := tx.Advisory(id)
		if err != nil {
			return nil, fmt.Errorf("advisory %s: %w", id, err)
		}
		if source == "" || r.Advisory.Source == source {
			out = append(out, r)
		}
	}
	return out, nil
}

func (a *app) printAdvisories(cmd *cobra.Command, records []store.Record, asJSON bool) error {
	out := cmd.OutOrStdout()
	if asJSON {
		for _, r := range records {
			if err := printJSON(out, r.Advisory); err != nil {
				return err
			}
		}
		return nil
	}
	rows := []string{a.words.say("advisories.head")}
	for _, r := range records {
		severity := cmp.Or(r.Advisory.Severity.Rating, "-")
		rows = append(rows, strings.Join([]string{r.Advisory.ID, a.words.when(r.Advisory.Updated), severity, cut(r.Advisory.Title, 80)}, "\t"))
	}
	return printTable(out, rows)
}
