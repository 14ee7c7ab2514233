package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"hansho/internal/config"
	"hansho/notify/mail/mailbox"
	"hansho/pipeline"
	"hansho/store"
)

func mailboxOptions(c config.Mailbox) mailbox.Options {
	return mailbox.Options{
		Addr: c.Addr, TLS: mailbox.TLS(c.TLS), Username: c.Username, Password: c.Password.Value(), Folder: c.Folder,
	}
}

func (s *settings) checkMailbox() {
	c := s.file.Mailbox
	if c.Addr == "" {
		return
	}
	if _, err := mailbox.New(mailboxOptions(c)); err != nil {
		s.file.Problem("mailbox", err.Error(), "")
	}
	if _, err := pipeline.ParseSchedule(c.Every); err != nil {
		s.file.Problem("mailbox.every", err.Error(), `write "@every 5m"`)
	}
}

func newMailbox(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "mailbox",
		Short: "Read now the answers and failure reports that came by mail",
		Long: `mailbox reads what has come into the configured mailbox since the last time, as
the daemon does on its schedule: answers go to the ledger and to their enquiries,
failure reports to the letter and the contact. Nothing is deleted there.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := g.open(cmd, readWrite)
			if err != nil {
				return err
			}
			defer a.close()
			if a.file.Mailbox.Addr == "" {
				return &usageError{err: errors.New("no mailbox is configured"), hint: "see mailbox in config.yaml"}
			}
			if _, err := a.start(cmd.Context()); err != nil {
				return err
			}
			n, err := a.readMailbox(cmd.Context())
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), a.words.say("mailbox.read", n))
			return err
		},
	}
}

// scheduleMailbox reads the mailbox on its schedule.
func (a *app) scheduleMailbox(sched *pipeline.Scheduler) error {
	if a.file.Mailbox.Addr == "" {
		return nil
	}
	return sched.Add("mailbox", a.file.Mailbox.Every, func(ctx context.Context) {
		n, err := a.readMailbox(ctx)
		if err != nil {
			a.log.Error("read the mailbox", "error", err)
		}
		if n > 0 {
			a.log.Info("replies were read", "mails", n)
			a.dispatcher.Wake()
		}
	})
}

// readMailbox reads what is new, and says how many mails were taken.
func (a *app) readMailbox(ctx context.Context) (int, error) {
	o := mailboxOptions(a.file.Mailbox)
	o.Now, o.Log = a.now, a.log
	box, err := mailbox.New(o)
	if err != nil {
		return 0, err
	}
	return box.Read(ctx, a.pipeline.Desk(), mailPlace{a.store})
}

// mailPlace keeps how far the mailbox was read, in a note of the store.
type mailPlace struct{ store store.Store }

const mailPlaceNote = "mailbox/place"

// Place gives it.
func (m mailPlace) Place(ctx context.Context) (p mailbox.Place, err error) {
	err = m.store.View(ctx, func(tx store.Tx) error {
		raw, err := tx.Note(mailPlaceNote)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return json.Unmarshal(raw, &p)
	})
	return p, err
}

// SetPlace keeps it.
func (m mailPlace) SetPlace(ctx context.Context, p mailbox.Place) error {
	raw, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return m.store.Update(ctx, func(tx store.Tx) error { return tx.PutNote(mailPlaceNote, raw) })
}
