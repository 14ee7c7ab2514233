package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"hansho/advisory"
	"hansho/match"
	"hansho/store"
)

func newWhy(g *globals) *cobra.Command {
	return explainCommand(g, "why ITEM CVE", "Print why an item is held to be hit: the claims, the words that met, the version tests", true)
}

func newWhyNot(g *globals) *cobra.Command {
	return explainCommand(g, "why-not ITEM CVE", "Print why an item is not held to be hit: what nearly met, and what kept it apart", false)
}

func explainCommand(g *globals, use, short string, met bool) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: use, Short: short, Args: args(cobra.ExactArgs(2)),
		Long: short + `.

CVE is a CVE id, another reference (JVN#…), or an advisory's id. Everything is
read from the store; nothing is polled.`,
		RunE: func(cmd *cobra.Command, given []string) error {
			a, err := g.open(cmd, readOnly)
			if err != nil {
				return err
			}
			defer a.close()
			if err := a.knownItem(given[0]); err != nil {
				return err
			}
			found, err := a.explain(cmd, given[0], given[1])
			if err != nil {
				return err
			}
			return a.printExplanations(cmd.OutOrStdout(), found, met, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON Lines")
	return cmd
}

// explain holds the item against every stored advisory on a key.
func (a *app) explain(cmd *cobra.Command, item, key string) ([]match.Explanation, error) {
	var list []advisory.Advisory
	err := a.store.View(cmd.Context(), func(tx store.Tx) error {
		list = nil
		ids, err := tx.AdvisoriesBy(key)
		if err != nil {
			return err
		}
		if strings.Contains(key, ":") {
			ids = append(ids, key)
		}
		for _, id := range ids {
			r, err := tx.Advisory(id)
			if err != nil {
				return fmt.Errorf("advisory %s: %w", id, err)
			}
			list = append(list, r.Advisory)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	m, err := a.explainer(cmd.Context())
	if err != nil {
		return nil, err
	}
	var out []match.Explanation
	for i := range list {
		if e, ok := m.Explain(item, &list[i]); ok {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(x, y match.Explanation) int { return cmp.Compare(len(y.Readings), len(x.Readings)) })
	return out, nil
}

// maxApart bounds how many advisories that say nothing near the item are named.
const maxApart = 10

func (a *app) printExplanations(out io.Writer, found []match.Explanation, met, asJSON bool) error {
	if asJSON {
		for _, e := range found {
			if err := printJSON(out, e); err != nil {
				return err
			}
		}
		return nil
	}
	if len(found) == 0 {
		_, err := fmt.Fprintln(out, a.words.say("why.none"))
		return err
	}
	apart := 0
	for _, e := range found {
		if len(e.Readings) == 0 {
			apart++
			if met || apart > maxApart {
				continue
			}
		}
		verdict := "—"
		if e.Match != nil {
			verdict = string(e.Match.Verdict)
		}
		fmt.Fprintf(out, "%s  %s\n", e.Advisory, verdict)
		for _, r := range e.Readings {
			fmt.Fprintln(out, "  "+a.reading(r))
		}
	}
	if apart > 0 {
		fmt.Fprintln(out, a.words.say("why.apart", apart))
	}
	return nil
}

func (a *app) reading(r match.Reading) string {
	mark := "✗"
	if r.Met {
		mark = "✓"
	}
	line := fmt.Sprintf("%s %s: %q ↔ %q: %s", mark, r.Where, printable(r.Found), printable(r.Item), r.Why)
	if r.Test != "" {
		line += fmt.Sprintf("; %s → %s", printable(r.Test), r.Result)
	}
	return line
}
