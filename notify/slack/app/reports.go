package app

import (
	"context"
	"strings"

	"github.com/slack-go/slack"

	"hansho/inventory"
)

// maxReports is how many reports one page shows.
const maxReports = 15

// decide gives the step of a button that accepts or drops a report.
func (a *App) decide(s inventory.ReportState, done string) func(context.Context, click) error {
	return func(ctx context.Context, c click) error {
		if !a.operator(c.from.user) {
			return errDenied
		}
		r, err := a.o.Desk.DecideReport(ctx, c.value, s, a.name(ctx, c.from.user))
		if err != nil {
			return err
		}
		a.tell(ctx, c.from, a.say(done, r.Product))
		return nil
	}
}

// reportsWaiting are the reports that nobody has decided on, and who has not
// reported at all.
func (a *App) reportsWaiting(ctx context.Context) ([]slack.Block, error) {
	list, err := a.o.Desk.Reports(ctx, inventory.ReportNew)
	if err != nil {
		return nil, err
	}
	blocks := []slack.Block{header(a.say("reports.head", len(list)))}
	for i, r := range list {
		if i == maxReports {
			break
		}
		row := a.say("report.row", r.At.In(a.o.Zone).Format("01-02 15:04"), r.Product, r.Version, r.Department, r.Who, oneLine(r.Remarks, 500))
		blocks = append(blocks, textBlock(row), slack.NewActionBlock("",
			button(actAccept, r.ID, a.say("accept"), slack.StylePrimary),
			button(actDrop, r.ID, a.say("drop"), slack.StyleDefault)))
	}
	if len(list) == 0 {
		blocks = append(blocks, textBlock(a.say("reports.none")))
	}
	missing, err := a.o.Desk.Unanswered(ctx)
	if err != nil {
		return nil, err
	}
	if len(missing) > 0 {
		blocks = append(blocks, textBlock(a.say("reports.missing", strings.Join(missing, "、"))))
	}
	return blocks, nil
}
