package main

import (
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
		about += " " + d.Error
	}
	return strings.Join([]string{
		string(d.State), strings.TrimSuffix(d.Address.Channel+":"+d.Address.To, ":"), string(d.Notice.Kind),
		w.when(when), fmt.Sprint(d.Tries), cut(about, 70), cut(d.Key, 20),
	}, "\t")
}

func newOutboxRetry(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "retry [KEY…]",
		Short: "Put parked deliveries back to be sent (all of them, or those named)",
		RunE: func(cmd *cobra.Command, keys []string) error {
			a, err := g.open(cmd, readWrite)
			if err != nil {
				return err
			}
			defer a.close()
			n := 0
			err = a.store.Update(cmd.Context(), func(tx store.Tx) error {
				n = 0
				parked, err := tx.Deliveries(notify.Parked, "", 0)
				if err != nil {
					return err
				}
				for _, d := range parked {
					if len(keys) > 0 && !slices.Contains(keys, d.Key) {
						continue
					}
					if err := tx.Postpone(d.Key, notify.Postponement{Until: a.now(), Reason: "put back by hand", Stopped: true}); err != nil {
						return err
					}
					n++
				}
				return nil
			})
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), a.words.say("outbox.retried", n))
			return err
		},
	}
}
