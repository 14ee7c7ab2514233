package app_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"hansho/cases"
	"hansho/inventory"
	"hansho/notify"
	"hansho/notify/slack/app"
)

// shared gives an app over a desk that knows nothing, and a Slack that can't be
// reached: for what comes in from outside.
func shared(t *testing.T) *app.App {
	t.Helper()
	templates, err := embedded()
	must(t, err)
	a, err := app.New(app.Options{
		Token: "xoxb-1", APIURL: "http://127.0.0.1:0/api/", Client: &http.Client{Transport: nobody{}},
		Desk: emptyDesk{}, Templates: templates, Lang: "en",
	})
	must(t, err)
	return a
}

type nobody struct{}

func (nobody) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("no network") }

var errNothing = errors.New("nothing here")

type emptyDesk struct{}

func (emptyDesk) Case(context.Context, string) (cases.Case, error) { return cases.Case{}, errNothing }

func (emptyDesk) Cases(context.Context, cases.State) ([]cases.Case, error) { return nil, nil }

func (emptyDesk) View(cases.Case) notify.CaseView { return notify.CaseView{} }

func (emptyDesk) Acknowledge(context.Context, string, string) (cases.Case, error) {
	return cases.Case{}, errNothing
}

func (emptyDesk) Assign(context.Context, string, string, string) (cases.Case, error) {
	return cases.Case{}, errNothing
}

func (emptyDesk) NotOurs(context.Context, string, []string, string, string) (cases.Case, error) {
	return cases.Case{}, errNothing
}

func (emptyDesk) Snooze(context.Context, string, time.Time, string, string) (cases.Case, error) {
	return cases.Case{}, errNothing
}

func (emptyDesk) Subscribe(_ context.Context, s notify.Subscription) (notify.Subscription, error) {
	return s, nil
}

func (emptyDesk) Subscriptions(context.Context, notify.Address) ([]notify.Subscription, error) {
	return nil, nil
}

func (emptyDesk) Unsubscribe(context.Context, notify.Address, string) error { return errNothing }

func (emptyDesk) Report(_ context.Context, _ string, r inventory.Report) (inventory.Report, error) {
	return r, nil
}

func (emptyDesk) Reports(context.Context, inventory.ReportState) ([]inventory.Report, error) {
	return nil, nil
}

func (emptyDesk) DecideReport(context.Context, string, inventory.ReportState, string) (inventory.Report, error) {
	return inventory.Report{}, errNothing
}

func (emptyDesk) Unanswered(context.Context) ([]string, error) { return nil, nil }

func (emptyDesk) Departments() []string { return nil }
