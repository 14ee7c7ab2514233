package main

import (
	"context"
	"encoding/json"
	"errors"

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

// scheduleMailbox reads the mailbox on its schedule.
func (a *app) scheduleMailbox(sched *pipeline.Scheduler) error {
	c := a.file.Mailbox
	if c.Addr == "" {
		return nil
	}
	o := mailboxOptions(c)
	o.Now, o.Log = a.now, a.log
	box, err := mailbox.New(o)
	if err != nil {
		return err
	}
	return sched.Add("mailbox", c.Every, func(ctx context.Context) { a.readMailbox(ctx, box) })
}

func (a *app) readMailbox(ctx context.Context, box *mailbox.Mailbox) {
	n, err := box.Read(ctx, a.pipeline.Desk(), mailPlace{a.store})
	if err != nil {
		a.log.Error("read the mailbox", "error", err)
	}
	if n > 0 {
		a.log.Info("replies were read", "mails", n)
		a.dispatcher.Wake()
	}
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
