package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hansho/cases"
	"hansho/store"
)

// Accepted is an answer as a person reads it.
type Accepted struct {
	Enquiry string
	Item    string
	State   cases.ItemState
	Fixed   string // version with the fix
	Note    string
	Who     string
}

// AcceptAnswer turns the last answer to an enquiry into the state of an item.
// The enquiry closes when each of its items has one.
func (d *Desk) AcceptAnswer(ctx context.Context, in Accepted) (cases.Case, error) {
	var ref string
	if err := d.p.store.View(ctx, func(tx store.Tx) error {
		e, err := enquiry(tx, in.Enquiry)
		ref = e.Case
		return err
	}); err != nil {
		return cases.Case{}, err
	}
	if !in.State.Valid() {
		return cases.Case{}, fmt.Errorf("state %q: want unknown, asked, affected, not_affected, mitigated or fixed", in.State)
	}
	return d.change(ctx, ref, func(tx store.Tx, c *cases.Case, now time.Time) error {
		e, err := enquiry(tx, in.Enquiry)
		if err != nil {
			return err
		}
		switch {
		case len(e.Answers) == 0:
			return errors.New("nothing has come back yet; hansho enquiry answer records it")
		case !slices.Contains(e.Items, in.Item):
			return fmt.Errorf("it doesn't ask about %s but %s", in.Item, strings.Join(e.Items, ", "))
		}
		last := &e.Answers[len(e.Answers)-1]
		words := strings.TrimSpace(in.Note + " (" + last.From + " " + last.At.In(cmp.Or(d.p.currentOffice().Zone, time.UTC)).Format(time.DateOnly) + ")")
		c.Set(in.Item, cases.Hand{State: in.State, Who: in.Who, Note: words, Fixed: in.Fixed, At: now})
		c.Settle(now)
		note(c, now, "state", in.Who, string(in.State)+" "+words, in.Item)
		e.Answers = append(e.Answers, cases.Answer{At: last.At, From: last.From, MessageID: last.MessageID, Item: in.Item, State: in.State, Fixed: in.Fixed, By: in.Who, Pending: !settles(in.State)})
		if len(unread(e)) == 0 {
			e.Closed = now
		}
		if err := tx.PutEnquiry(e); err != nil {
			return err
		}
		switch {
		case !settles(in.State):
			return leavesOpen(tx, e.Letter, true)
		case !e.Closed.IsZero():
			return leavesOpen(tx, e.Letter, false)
		}
		return nil
	})
}

// settles says whether a state that a person read out of an answer is one.
func settles(s cases.ItemState) bool {
	return s != "" && s != cases.ItemUnknown && s != cases.ItemAsked
}

// leavesOpen keeps whether the last answer to a letter leaves something open: then
// it is followed up as one of "we don't know yet".
func leavesOpen(tx store.Tx, id string, open bool) error {
	l, err := letter(tx, id)
	if err != nil || len(l.Answers) == 0 {
		return err
	}
	l.Answers[len(l.Answers)-1].Pending = open
	return tx.PutLetter(l)
}

// unread lists the items of an enquiry that no answer was turned into a state
// of.
func unread(e cases.Enquiry) []string {
	return slices.DeleteFunc(slices.Clone(e.Items), func(id string) bool {
		return slices.ContainsFunc(e.Answers, func(a cases.Answer) bool { return a.Item == id && settles(a.State) })
	})
}
