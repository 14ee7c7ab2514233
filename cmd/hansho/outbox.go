package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"hansho/notify"
	"hansho/store"
)

func newOutbox(g *globals) *cobra.Command {
	var asJSON, all bool
	cmd := &cobra.Command{
		Use:   "outbox",
		Short: "Show what is due to be told and what could not be",
		Long: `outbox lists the deliveries that wait and those that were parked because they
can never be sent as they are, with the reason. --all adds what was sent.
outbox retry puts parked deliveries back, after the cause is mended.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := g.open(cmd, readOnly)
			if err != nil {
				return err
			}
			defer a.close()
			rows, err := a.deliveries(cmd, all)
			if err != nil {
				return err
			}
			return a.printOutbox(cmd, rows, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON Lines")
	cmd.Flags().BoolVar(&all, "all", false, "also what was sent")
	cmd.AddCommand(newOutboxRetry(g))
	return cmd
}

func (a *app) deliveries(cmd *cobra.Command, all bool) ([]notify.Delivery, error) {
	states := []notify.State{notify.Due, notify.Parked}
	if all {
		states = []notify.State{""}
	}
	var rows []notify.Delivery
	err := a.store.View(cmd.Context(), func(tx store.Tx) error {
		rows = nil
		for _, s := range states {
			ds, err := tx.Deliveries(s, "", 0)
			if err != nil {
				return err
			}
			rows = append(rows, ds...)
		}
		return nil
	})
	slices.SortStableFunc(rows, func(x, y notify.Delivery) int { return x.Created.Compare(y.Created) })
	return rows, err
}

func (a *app) printOutbox(cmd *cobra.Command, ds []notify.Delivery, asJSON bool) error {
	out := cmd.OutOrStdout()
	if asJSON {
		for _, d := range ds {
			if err := printJSON(out, d); err != nil {
				return err
			}
		}
		return nil
	}
	if len(ds) == 0 {
		_, err := fmt.Fprintln(out, a.words.say("outbox.empty"))
		return err
	}
	rows := []string{a.words.say("outbox.head")}
	for _, d := range ds {
		rows = append(rows, outboxRow(a.words, d))
	}
	return printTable(out, rows)
}

func outboxRow(w words, d notify.Delivery) string {
	when, about := d.NotBefore, d.Thread
	if d.State == notify.Sent {
		when = d.Receipt.At
	}
	if d.Error != "" {
		about = strings.TrimSpace(about + " " + d.Error) // whole: it ends with what to do
	}
	return strings.Join([]string{
		stateWord(w, d.State), d.Address.String(), string(d.Notice.Kind),
		w.when(when), fmt.Sprint(d.Tries), cut(d.Key, 20), cut(about, 500),
	}, "\t")
}

func stateWord(w words, s notify.State) string {
	switch s {
	case notify.Due:
		return w.say("outbox.due")
	case notify.Sent:
		return w.say("outbox.sent")
	case notify.Parked:
		return w.say("outbox.parked")
	case notify.Folded:
		return w.say("outbox.folded")
	}
	return string(s)
}

func newOutboxRetry(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "retry [KEY…]",
		Short: "Put parked deliveries back to be sent (all, or those whose keys begin so)",
		RunE: func(cmd *cobra.Command, keys []string) error {
			a, err := g.open(cmd, readWrite)
			if err != nil {
				return err
			}
			defer a.close()
			n, err := a.putBack(cmd.Context(), keys)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), a.words.say("outbox.retried", n))
			return err
		},
	}
}

// putBack has parked deliveries tried again: all, or those whose keys begin with
// one of the words, as hansho outbox shows them.
func (a *app) putBack(ctx context.Context, keys []string) (n int, err error) {
	err = a.store.Update(ctx, func(tx store.Tx) error {
		n = 0
		parked, err := tx.Deliveries(notify.Parked, "", 0)
		if err != nil {
			return err
		}
		chosen, err := a.chosen(parked, keys)
		for _, d := range chosen {
			err = errors.Join(err, tx.Postpone(d.Key, notify.Postponement{Until: a.now(), Reason: "put back by hand", Stopped: true}))
			n++
		}
		return err
	})
	return n, err
}

// chosen gives the deliveries that words name, and an error for a word that
// names none.
func (a *app) chosen(ds []notify.Delivery, words []string) ([]notify.Delivery, error) {
	if len(words) == 0 {
		return ds, nil
	}
	var out []notify.Delivery
	for _, word := range words {
		word = strings.TrimSuffix(word, "…")
		before := len(out)
		for _, d := range ds {
			if word != "" && strings.HasPrefix(d.Key, word) {
				out = append(out, d)
			}
		}
		if len(out) == before {
			return nil, &usageError{err: errors.New(a.words.say("outbox.nosuch", word))}
		}
	}
	return out, nil
}
