package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"hansho/advisory"
	"hansho/internal/fold"
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

ITEM is an item's id or its name. CVE is a CVE id, another reference (JVN#…), or an advisory's id. Everything is
read from the store; nothing is polled.`,
		RunE: func(cmd *cobra.Command, given []string) error {
			a, err := g.open(cmd, readOnly)
			if err != nil {
				return err
			}
			defer a.close()
			item, err := a.itemNamed(given[0])
			if err != nil {
				return err
			}
			key := given[1]
			if cves := advisory.FindCVEs(key); len(cves) == 1 && strings.EqualFold(cves[0], key) {
				key = cves[0] // as it is stored, however it was typed
			}
			found, err := a.explain(cmd, item, key)
			if err != nil {
				return err
			}
			if !asJSON {
				if err := a.printStanding(cmd, item, key); err != nil {
					return err
				}
			}
			return a.printExplanations(cmd.OutOrStdout(), found, met, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON Lines")
	return cmd
}

// itemNamed gives the id of the item that a person means by its id or its name.
func (a *app) itemNamed(given string) (string, error) {
	var ids []string
	for _, it := range a.inventory.Items {
		if it.ID == given {
			return it.ID, nil
		}
		if key := fold.Name(given); key != "" && (fold.Name(it.Name) == key || fold.Name(it.Product) == key || fold.Name(it.ID) == key) {
			ids = append(ids, it.ID)
		}
	}
	switch len(ids) {
	case 1:
		return ids[0], nil
	case 0:
		return "", a.knownItem(given)
	}
	return "", usagef("several items are called %q: %s", given, strings.Join(ids, ", "))
}

// printStanding says where the item stands in the case on a key: the one verdict
// out of all claims, or what a person said.
func (a *app) printStanding(cmd *cobra.Command, item, key string) error {
	return a.store.View(cmd.Context(), func(tx store.Tx) error {
		id, err := tx.CaseBy(key)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		c, err := tx.Case(id)
		if err != nil {
			return err
		}
		it := c.Items[item]
		if it == nil {
			return nil
		}
		fmt.Fprintln(cmd.OutOrStdout(), a.words.say("why.case", c.ID, a.words.itemState(it.State), a.words.saidBy(it.By)))
		if it.Conflict != "" {
			fmt.Fprintln(cmd.OutOrStdout(), a.words.say("why.conflict", printable(it.Conflict)))
		}
		return nil
	})
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
			if !met && apart <= maxApart {
				fmt.Fprintf(out, "%s  %s\n", e.Advisory, a.words.say("why.far"))
			}
			continue
		}
		verdict := "—"
		if e.Match != nil {
			verdict = a.words.verdict(e.Match.Verdict)
		}
		fmt.Fprintf(out, "%s  %s\n", e.Advisory, verdict)
		for _, r := range e.Readings {
			fmt.Fprintln(out, "  "+a.reading(r))
		}
	}
	if !met {
		apart -= maxApart
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
	line := fmt.Sprintf("%s %s: %q ↔ %q: %s", mark, r.Where, printable(r.Found), printable(r.Item), printable(a.words.reason(r.Why)))
	if r.Test != "" {
		line += fmt.Sprintf("; %s → %s", printable(match.TestIn(a.words.lang, r.Test)), a.words.result(r.Result))
	}
	return line
}
