package app

import (
	"context"
	"errors"
	"strings"

	"github.com/slack-go/slack"

	"hansho/cases"
	"hansho/inventory"
	"hansho/notify/markup"
)

// interaction takes a click or a filled form, and gives what Slack is to be
// answered at once: nil, or what is wrong in the form. The work comes after. The
// error is errBusy.
func (a *App) interaction(ctx context.Context, cb slack.InteractionCallback) (any, error) {
	from := reply{user: cb.User.ID, url: cb.ResponseURL}
	switch cb.Type {
	case slack.InteractionTypeBlockActions:
		for _, act := range cb.ActionCallback.BlockActions {
			if act == nil {
				continue
			}
			c := click{from: from, action: act.ActionID, value: act.Value, trigger: cb.TriggerID, home: cb.View.Type == slack.VTHomeTab}
			key := "click " + cb.User.ID + cb.TriggerID + act.ActionID + act.ActionTs
			if err := a.once(ctx, key, from, func(ctx context.Context) error { return a.click(ctx, c) }); err != nil {
				return nil, err
			}
		}
	case slack.InteractionTypeViewSubmission:
		return a.submitted(ctx, cb)
	}
	return nil, nil
}

// once does the work of a request later, unless it was heard before.
func (a *App) once(ctx context.Context, key string, from reply, work func(context.Context) error) error {
	if !a.seen.first(key) {
		return nil
	}
	err := a.later(ctx, from, work)
	if err != nil {
		a.seen.drop(key) // Slack may send it again
	}
	return err
}

// click is one pressed button.
type click struct {
	from    reply
	action  string
	value   string // case, letter or report id
	trigger string // opens a modal, for three seconds
	home    bool
}

// errDenied says that a person may not do something.
var errDenied = errors.New("denied")

// errNotApprover says that a person may not decide on letters.
var errNotApprover = errors.New("not an approver")

// click does what a button says. A button on the home page shows that page
// again afterwards.
func (a *App) click(ctx context.Context, c click) error {
	if len(c.value) > maxValue {
		return errors.New("the button's value is too long")
	}
	steps := map[string]func(context.Context, click) error{
		actAck: a.acknowledge, actTake: a.take, actDetails: a.details,
		actNotOurs: a.askNotOurs, actSnooze: a.askSnooze, actReport: a.askReport,
		actApprove: a.approve, actReject: a.askReject, actRead: a.readLetter, actMore: a.moreLetters,
		actAccept: a.decide(inventory.ReportAccepted, "report.accepted"),
		actDrop:   a.decide(inventory.ReportDropped, "report.dropped"),
	}
	step, ok := steps[c.action]
	if !ok {
		return nil // a link, or a button of another time
	}
	if err := step(ctx, c); err != nil {
		return err
	}
	if c.home && changes(c.action) {
		return a.showHome(ctx, c.from.user)
	}
	return nil
}

// changes says whether a button does its work at once, without a form.
func changes(action string) bool {
	switch action {
	case actAck, actTake, actApprove, actAccept, actDrop:
		return true
	}
	return false
}

// explain says in a person's words why something did not work. What a person
// can't mend is in the log.
func (a *App) explain(err error) string {
	switch {
	case errors.Is(err, errDenied):
		return a.say("denied")
	case errors.Is(err, errNotApprover):
		return a.say("denied.approve")
	case errors.Is(err, errChanged):
		return a.say("letters.changed")
	case errors.Is(err, errGone):
		return a.say("letters.gone")
	case strings.Contains(err.Error(), "trigger_expired"), strings.Contains(err.Error(), "expired_trigger_id"):
		return a.say("busy")
	}
	return a.say("failed", oneLine(err.Error(), 300))
}

func (a *App) acknowledge(ctx context.Context, c click) error {
	if !a.operator(c.from.user) {
		return errDenied
	}
	found, err := a.o.Desk.Case(ctx, c.value)
	if err != nil {
		return err
	}
	name := a.title(found)
	if found.Acked != "" {
		a.tell(ctx, c.from, a.say("ack.already", name, oneLine(found.Acked, 80)))
		return nil
	}
	if _, err := a.o.Desk.Acknowledge(ctx, found.ID, a.name(ctx, c.from.user)); err != nil {
		return err
	}
	a.o.Wake()
	a.tell(ctx, c.from, a.say("ack.done", name))
	return nil
}

func (a *App) take(ctx context.Context, c click) error {
	if !a.operator(c.from.user) {
		return errDenied
	}
	found, err := a.o.Desk.Case(ctx, c.value)
	if err != nil {
		return err
	}
	who := a.name(ctx, c.from.user)
	if found.Assigned == who {
		a.tell(ctx, c.from, a.say("take.already", a.title(found)))
		return nil
	}
	if _, err := a.o.Desk.Assign(ctx, found.ID, who, who); err != nil {
		return err
	}
	a.o.Wake()
	a.tell(ctx, c.from, a.say("take.done", a.title(found)))
	return nil
}

// title is what a case is called, in one line.
func (a *App) title(c cases.Case) string {
	return oneLine(strings.TrimSpace(a.o.Desk.View(c).Name+" "), 120)
}

func cut(s string, limit int) string { return markup.Cut(markup.Clean(s), limit) }
