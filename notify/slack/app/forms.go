package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"hansho/cases"
)

// The ids of the fields of forms. A field's block and its element go by the same
// name.
const (
	fieldItems   = "items"
	fieldReason  = "reason"
	fieldUntil   = "until"
	fieldDept    = "department"
	fieldProduct = "product"
	fieldVersion = "version"
	fieldRemarks = "remarks"
)

// Slack's limits of a form.
const (
	maxOptions    = 100
	maxOptionText = 75
	maxReason     = 1000
)

func (a *App) modal(id, title, about string, blocks ...slack.Block) slack.ModalViewRequest {
	v := slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: id, PrivateMetadata: about,
		Title: plain(oneLine(title, 24)), Close: plain(a.say("close")),
		Blocks: slack.Blocks{BlockSet: blocks},
	}
	if id != "" {
		v.Submit = plain(a.say("submit"))
	}
	return v
}

func (a *App) open(ctx context.Context, trigger string, v slack.ModalViewRequest) error {
	_, err := a.api.OpenViewContext(ctx, trigger, v)
	return err
}

func (a *App) textInput(field, label, hint string, limit int, multiline, optional bool) *slack.InputBlock {
	el := slack.NewPlainTextInputBlockElement(nil, field)
	el.MaxLength, el.Multiline = limit, multiline
	var help *slack.TextBlockObject
	if hint != "" {
		help = plain(hint)
	}
	b := slack.NewInputBlock(field, plain(label), help, el)
	b.Optional = optional
	return b
}

// itemKey stands for an item in a form, whose values are short.
func itemKey(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:12])
}

// askNotOurs asks which items a case does not hit, and why.
func (a *App) askNotOurs(ctx context.Context, c click) error {
	if !a.operator(c.from.user) {
		return errDenied
	}
	found, err := a.o.Desk.Case(ctx, c.value)
	if err != nil {
		return err
	}
	options := a.undecided(found)
	if len(options) == 0 {
		a.tell(ctx, c.from, a.say("notours.none"))
		return nil
	}
	which := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeStatic, nil, fieldItems, options...)
	if len(options) == 1 {
		which.InitialOptions = options
	}
	return a.open(ctx, c.trigger, a.modal(viewNotOurs, a.say("notours.title"), found.ID,
		textBlock(a.title(found)),
		slack.NewInputBlock(fieldItems, plain(a.say("notours.which")), nil, which),
		a.textInput(fieldReason, a.say("why"), a.say("notours.hint"), maxReason, true, false),
	))
}

// undecided are the items of a case that are not known to be safe.
func (a *App) undecided(c cases.Case) []*slack.OptionBlockObject {
	var out []*slack.OptionBlockObject
	for _, it := range a.o.Desk.View(c).Items {
		if cases.ItemState(it.State).Safe() || len(out) >= maxOptions {
			continue
		}
		out = append(out, slack.NewOptionBlockObject(itemKey(it.ID), plain(oneLine(it.Name+" "+it.Product, maxOptionText)), nil))
	}
	return out
}

// snoozes are how long a case may be put off.
var snoozes = []string{"1h", "4h", "day", "3d", "1w"}

func (a *App) askSnooze(ctx context.Context, c click) error {
	if !a.operator(c.from.user) {
		return errDenied
	}
	found, err := a.o.Desk.Case(ctx, c.value)
	if err != nil {
		return err
	}
	var options []*slack.OptionBlockObject
	for _, s := range snoozes {
		options = append(options, slack.NewOptionBlockObject(s, plain(a.say("snooze."+s)), nil))
	}
	until := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, fieldUntil, options...)
	until.InitialOption = options[1]
	return a.open(ctx, c.trigger, a.modal(viewSnooze, a.say("snooze.title"), found.ID,
		textBlock(a.title(found)),
		slack.NewInputBlock(fieldUntil, plain(a.say("snooze.until")), nil, until),
		a.textInput(fieldReason, a.say("why"), "", maxReason, true, false),
	))
}

// until gives the end that a choice means, in the configured zone.
func (a *App) until(choice string) (time.Time, bool) {
	now := a.o.Now().In(a.o.Zone)
	morning := func(days int) time.Time {
		return time.Date(now.Year(), now.Month(), now.Day()+days, 9, 0, 0, 0, a.o.Zone)
	}
	switch choice {
	case "1h":
		return now.Add(time.Hour), true
	case "4h":
		return now.Add(4 * time.Hour), true
	case "day":
		return morning(1), true
	case "3d":
		return morning(3), true
	case "1w":
		return morning(7), true
	}
	return time.Time{}, false
}

func (a *App) askReject(ctx context.Context, c click) error {
	if !a.approver(c.from.user) {
		return errNotApprover
	}
	return a.open(ctx, c.trigger, a.modal(viewReject, a.say("reject.title"), c.value,
		a.textInput(fieldReason, a.say("why"), "", maxReason, true, false)))
}

// askReport opens the staff form. Everyone may fill it in.
func (a *App) askReport(ctx context.Context, c click) error {
	return a.open(ctx, c.trigger, a.modal(viewReport, a.say("report.title"), "",
		a.departmentInput(c.from.user),
		a.textInput(fieldProduct, a.say("report.product"), "", 200, false, false),
		a.textInput(fieldVersion, a.say("report.version"), "", 100, false, true),
		a.textInput(fieldRemarks, a.say("report.remarks"), "", maxReason, true, true),
	))
}

// departmentInput is a choice of the known departments, or free text where there
// are none or too many.
func (a *App) departmentInput(user string) *slack.InputBlock {
	depts := a.departments()
	if len(depts) == 0 || len(depts) > maxOptions {
		return a.textInput(fieldDept, a.say("report.dept"), "", 100, false, false)
	}
	var options []*slack.OptionBlockObject
	el := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, fieldDept)
	for i, d := range depts {
		o := slack.NewOptionBlockObject(strconv.Itoa(i)+" "+itemKey(d), plain(oneLine(d, maxOptionText)), nil)
		options = append(options, o)
		if d == a.o.Departments[user] {
			el.InitialOption = o
		}
	}
	el.Options = options
	return slack.NewInputBlock(fieldDept, plain(a.say("report.dept")), nil, el)
}

func (a *App) departments() []string {
	all := slices.Concat(a.o.Desk.Departments(), slices.Collect(maps.Values(a.o.Departments)))
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(s string) bool { return s == "" })
}

// filled reads the fields of a form.
type filled struct {
	state *slack.ViewState
}

func (f filled) action(field string) slack.BlockAction {
	if f.state == nil {
		return slack.BlockAction{}
	}
	return f.state.Values[field][field]
}

// text gives what was written, bounded again: the form's own limit is only
// Slack's word.
func (f filled) text(field string, limit int) string {
	return strings.TrimSpace(cut(f.action(field).Value, limit))
}

func (f filled) choice(field string) string { return f.action(field).SelectedOption.Value }

func (f filled) choices(field string) []string {
	var out []string
	for _, o := range f.action(field).SelectedOptions {
		out = append(out, o.Value)
	}
	return out
}
