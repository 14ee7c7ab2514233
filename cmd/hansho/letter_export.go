package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"hansho/notify"
	"hansho/notify/mail"
	"hansho/pipeline"
	"hansho/store"
)

func newLetterExport(g *globals) *cobra.Command {
	var form string
	cmd := &cobra.Command{
		Use:   "export ID --as eml|html",
		Short: "Write a letter for the file: the mail as it went out (eml), or a page (html)",
		Args:  args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, ids []string) error {
			return g.atDesk(cmd, func(a *app, d *pipeline.Desk) error {
				l, err := d.Letter(cmd.Context(), ids[0])
				if err != nil {
					return letterError(err)
				}
				switch form {
				case "html":
					_, err = fmt.Fprintln(cmd.OutOrStdout(), l.HTML)
					return err
				case "eml":
					return a.exportMail(cmd, l.ID)
				}
				return usagef("--as %s: want eml or html", form)
			})
		},
	}
	cmd.Flags().StringVar(&form, "as", "eml", "eml or html")
	return cmd
}

// exportMail writes the mails of a letter as they were handed to the relay: the
// same delivery always makes the same bytes, but for a DKIM signature.
func (a *app) exportMail(cmd *cobra.Command, id string) error {
	var rows []notify.Delivery
	err := a.store.View(cmd.Context(), func(tx store.Tx) error {
		rows = nil
		all, err := tx.Deliveries("", "letter/"+id+"/", 0)
		for _, d := range all {
			if d.Notice.Letter != nil && d.Notice.Letter.ID == id {
				rows = append(rows, d)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, d := range rows {
		ch, ok := a.channels[d.Address.Channel].(*mail.Channel)
		if !ok {
			continue
		}
		m, err := ch.Compose(notify.Message{Delivery: d})
		if err != nil {
			return err
		}
		if _, err := cmd.OutOrStdout().Write(m.Raw); err != nil {
			return err
		}
		return nil
	}
	return usagef("%s was not released to a mail address yet; --as html writes it as it stands", id)
}
