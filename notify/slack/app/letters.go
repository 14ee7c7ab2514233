package app

import (
	"context"
	"strings"

	"github.com/slack-go/slack"

	"hansho/cases"
)

func (a *App) approve(ctx context.Context, c click) error {
	if !a.approver(c.from.user) {
		return errNotApprover
	}
	subject := c.value
	if l, ok := a.waitingLetter(ctx, c.value); ok {
		subject = l.Subject
	}
	if err := a.o.Letters.ApproveLetter(ctx, c.value, a.name(ctx, c.from.user)); err != nil {
		return err
	}
	a.o.Wake()
	a.tell(ctx, c.from, a.say("approve.done", oneLine(subject, 120)))
	return nil
}

func (a *App) reject(from reply, id, why string) (func(context.Context) error, map[string]string) {
	return func(ctx context.Context) error {
		if !a.approver(from.user) {
			return errNotApprover
		}
		if err := a.o.Letters.RejectLetter(ctx, id, a.name(ctx, from.user), why); err != nil {
			return err
		}
		a.tell(ctx, from, a.say("reject.done"))
		return nil
	}, a.needReason(why)
}

func (a *App) waitingLetter(ctx context.Context, id string) (cases.Letter, bool) {
	list, err := a.o.Letters.LettersWaiting(ctx)
	if err != nil {
		return cases.Letter{}, false
	}
	for _, l := range list {
		if l.ID == id {
			return l, true
		}
	}
	return cases.Letter{}, false
}

// maxLetters is how many letters one page shows.
const maxLetters = 8

// lettersWaiting are the letters that a person may decide on, with the words as
// they would be sent: nobody approves what they can't read.
func (a *App) lettersWaiting(ctx context.Context, user string) ([]slack.Block, error) {
	if !a.approver(user) {
		return nil, nil
	}
	list, err := a.o.Letters.LettersWaiting(ctx)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	blocks := []slack.Block{header(a.say("letters.head"))}
	for i, l := range list {
		if i == maxLetters {
			break
		}
		blocks = append(blocks,
			textBlock(a.say("letters.row", oneLine(l.Subject, 200), l.Kind, oneLine(strings.Join(l.To, ", "), 200))),
			textBlock(cut(l.Text, 2900)),
		)
		if len(l.ID) <= maxValue {
			blocks = append(blocks, slack.NewActionBlock("",
				button(actApprove, l.ID, a.say("approve"), slack.StylePrimary),
				button(actReject, l.ID, a.say("reject"), slack.StyleDanger)))
		}
	}
	return blocks, nil
}
