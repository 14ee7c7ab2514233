package app

import (
	"context"
	"strings"

	"github.com/slack-go/slack"

	"hansho/inventory"
)

// submitted takes a filled form. What is wrong in it is shown in the form;
// otherwise the work comes after the answer.
func (a *App) submitted(ctx context.Context, cb slack.InteractionCallback) (any, error) {
	f := filled{cb.View.State}
	from := reply{user: cb.User.ID}
	about := cb.View.PrivateMetadata
	var work func(context.Context) error
	var wrong map[string]string
	switch cb.View.CallbackID {
	case viewNotOurs:
		work, wrong = a.notOurs(from, about, f.choices(fieldItems), f.text(fieldReason, maxReason))
	case viewSnooze:
		work, wrong = a.snooze(from, about, f.choice(fieldUntil), f.text(fieldReason, maxReason))
	case viewReject:
		work, wrong = a.reject(from, about, f.text(fieldReason, maxReason))
	case viewApprove:
		work = func(ctx context.Context) error { return a.approveLetter(ctx, from, about) }
	case viewReport:
		work, wrong = a.reportForm(from, cb.View.ID, f)
	}
	if len(wrong) > 0 {
		return slack.NewErrorsViewSubmissionResponse(wrong), nil
	}
	if work == nil {
		return nil, nil
	}
	return nil, a.once(ctx, "form "+cb.View.ID+cb.View.Hash, from, work)
}

func (a *App) needReason(why string) map[string]string {
	if strings.TrimSpace(why) == "" {
		return map[string]string{fieldReason: a.say("notours.pick")}
	}
	return nil
}

func (a *App) notOurs(from reply, ref string, chosen []string, why string) (func(context.Context) error, map[string]string) {
	if len(chosen) == 0 {
		return nil, map[string]string{fieldItems: a.say("notours.pick")}
	}
	return func(ctx context.Context) error {
		if !a.operator(from.user) {
			return errDenied
		}
		c, err := a.o.Desk.Case(ctx, ref)
		if err != nil {
			return err
		}
		var items []string
		for id := range c.Items {
			for _, k := range chosen {
				if itemKey(id) == k {
					items = append(items, id)
				}
			}
		}
		if _, err := a.o.Desk.NotOurs(ctx, c.ID, sorted(items), a.name(ctx, from.user), why); err != nil {
			return err
		}
		a.o.Wake()
		a.tell(ctx, from, a.say("notours.done", a.title(c), len(items)))
		return nil
	}, a.needReason(why)
}

func (a *App) snooze(from reply, ref, choice, why string) (func(context.Context) error, map[string]string) {
	until, ok := a.until(choice)
	if !ok {
		return nil, map[string]string{fieldUntil: a.say("snooze.until")}
	}
	return func(ctx context.Context) error {
		if !a.operator(from.user) {
			return errDenied
		}
		c, err := a.o.Desk.Snooze(ctx, ref, until, a.name(ctx, from.user), why)
		if err != nil {
			return err
		}
		a.o.Wake()
		a.tell(ctx, from, a.say("snooze.done", a.title(c), until.In(a.o.Zone).Format("2006-01-02 15:04")))
		return nil
	}, a.needReason(why)
}

func (a *App) reportForm(from reply, view string, f filled) (func(context.Context) error, map[string]string) {
	r := inventory.Report{
		Department: a.department(f), Product: oneLine(f.text(fieldProduct, 200), 200),
		Version: oneLine(f.text(fieldVersion, 100), 100), Remarks: f.text(fieldRemarks, maxReason),
	}
	if r.Product == "" {
		return nil, map[string]string{fieldProduct: a.say("report.product")}
	}
	if r.Department == "" {
		return nil, map[string]string{fieldDept: a.say("report.dept")}
	}
	return func(ctx context.Context) error {
		r.Who = a.name(ctx, from.user)
		got, err := a.o.Desk.Report(ctx, view, r)
		if err != nil {
			return err
		}
		a.tell(ctx, from, a.say("report.done", got.Product))
		return nil
	}, nil
}

// department reads the chosen department, by what stands for it, or as written.
func (a *App) department(f filled) string {
	if _, key, ok := strings.Cut(f.choice(fieldDept), " "); ok {
		for _, d := range a.departments() {
			if itemKey(d) == key {
				return d
			}
		}
	}
	return oneLine(f.text(fieldDept, 100), 100)
}
