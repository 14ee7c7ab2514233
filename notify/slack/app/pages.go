package app

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"hansho/cases"
	"hansho/notify"
	base "hansho/notify/slack"
)

// Slack's limits of a view and of a message.
const (
	maxViewBlocks    = 100
	maxMessageBlocks = 50
	maxHeader        = 150
	detailsBudget    = 8000
	maxTimeline      = 40
)

func header(s string) slack.Block { return slack.NewHeaderBlock(plain(oneLine(s, maxHeader))) }

// details shows a whole case in a modal: how it stands, our items and why they
// are there, the sources, and the timeline.
func (a *App) details(ctx context.Context, c click) error {
	found, err := a.o.Desk.Case(ctx, c.value)
	if err != nil {
		return err
	}
	blocks, err := a.card(found)
	if err != nil {
		return err
	}
	blocks = append(blocks, a.timeline(found)...)
	v := a.modal("", a.say("details.title"), "", blocks[:min(len(blocks), maxViewBlocks)]...)
	return a.open(ctx, c.trigger, v)
}

// card is the present state of a case, in the words of its first message.
func (a *App) card(c cases.Case) ([]slack.Block, error) {
	view := a.o.Desk.View(c)
	doc, err := a.o.Templates.Render(notify.Notice{Kind: notify.KindNew, Lang: a.o.Lang, At: a.o.Now(), Case: &view}, notify.Root)
	if err != nil {
		return nil, err
	}
	blocks, _ := base.Blocks(doc, detailsBudget)
	return blocks, nil
}

// timeline gives the newest lines of what happened.
func (a *App) timeline(c cases.Case) []slack.Block {
	events := c.Timeline
	if len(events) > maxTimeline {
		events = events[len(events)-maxTimeline:]
	}
	var lines []string
	for _, e := range slices.Backward(events) {
		line := e.At.In(a.o.Zone).Format("01-02 15:04") + "　" + strings.Join(words(e.Kind, e.Who, e.Ref, notify.EventText(e, a.o.Lang)), " ")
		lines = append(lines, oneLine(line, 160))
	}
	blocks := []slack.Block{header(a.say("timeline"))}
	for chunk := range slices.Chunk(lines, 15) {
		blocks = append(blocks, textBlock(strings.Join(chunk, "\n")))
	}
	return blocks
}

func words(list ...string) []string {
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}

// showHome shows a person what is theirs and what waits for them.
func (a *App) showHome(ctx context.Context, user string) error {
	blocks, err := a.home(ctx, user)
	if err != nil {
		return err
	}
	_, err = a.api.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: user, View: slack.HomeTabViewRequest{
		Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: blocks[:min(len(blocks), maxViewBlocks)]},
	}})
	return err
}

func (a *App) home(ctx context.Context, user string) ([]slack.Block, error) {
	open, err := a.openCases(ctx)
	if err != nil {
		return nil, err
	}
	me, dept := a.name(ctx, user), a.o.Departments[user]
	blocks := []slack.Block{
		header(a.say("home.title")),
		slack.NewActionBlock("", button(actReport, "home", a.say("report"), slack.StyleDefault)),
	}
	letters, err := a.lettersWaiting(ctx, user, "")
	if err != nil {
		return nil, err
	}
	blocks = append(blocks, letters...)
	blocks = append(blocks, a.homeList(a.say("home.mine"), open, func(o openCase) bool { return o.c.Assigned == me })...)
	if dept == "" {
		blocks = append(blocks, textBlock(a.say("home.nodept")))
	} else {
		blocks = append(blocks, a.homeList(a.say("home.dept", dept), open, func(o openCase) bool { return o.hits(dept) })...)
	}
	blocks = append(blocks, a.homeList(a.say("home.waiting"), open, func(o openCase) bool { return o.c.Acked == "" })...)
	if a.operator(user) && len(a.o.Operators) > 0 {
		reports, err := a.reportsWaiting(ctx)
		if err != nil {
			return nil, err
		}
		blocks = append(blocks[:min(len(blocks), maxViewBlocks-len(reports)-1)], reports...)
	}
	latest := a.say("home.latest", a.o.Now().In(a.o.Zone).Format("2006-01-02 15:04"))
	return append(blocks[:min(len(blocks), maxViewBlocks-1)], slack.NewContextBlock("", plain(latest))), nil
}

// homeCases is how many cases one list of the home page shows.
const homeCases = 8

func (a *App) homeList(title string, open []openCase, take func(openCase) bool) []slack.Block {
	blocks := []slack.Block{header(title)}
	for _, o := range open {
		if !take(o) || len(blocks) > 2*homeCases {
			continue
		}
		blocks = append(blocks, textBlock(a.line(o)))
		blocks = append(blocks, caseButtons(a.o.Lang, "", o.c.ID, o.c.Acked != "")...)
	}
	if len(blocks) == 1 {
		blocks = append(blocks, textBlock(a.say("home.nothing")))
	}
	return blocks
}

// openCase is a case that is not closed, as it is seen.
type openCase struct {
	c cases.Case
	v notify.CaseView
}

// hits says whether a department's items still need work.
func (o openCase) hits(dept string) bool {
	return slices.ContainsFunc(o.v.Items, func(it notify.ItemView) bool {
		return strings.EqualFold(it.Owner, dept) && !cases.ItemState(it.State).Safe()
	})
}

func (o openCase) count(s cases.ItemState) int {
	n := 0
	for _, it := range o.v.Items {
		if cases.ItemState(it.State) == s {
			n++
		}
	}
	return n
}

// openCases lists what is not closed, the gravest first.
func (a *App) openCases(ctx context.Context) ([]openCase, error) {
	all, err := a.o.Desk.Cases(ctx, "")
	if err != nil {
		return nil, err
	}
	var out []openCase
	for _, c := range all {
		if c.State != cases.Closed {
			out = append(out, openCase{c, a.o.Desk.View(c)})
		}
	}
	slices.SortStableFunc(out, func(x, y openCase) int {
		return cmp.Or(compareBool(y.v.Exploited, x.v.Exploited), cmp.Compare(y.v.Severity.Score, x.v.Severity.Score), y.c.Updated.Compare(x.c.Updated))
	})
	return out, nil
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// line is a case in one line.
func (a *App) line(o openCase) string {
	seen := a.say("status.unacked")
	if o.c.Acked != "" {
		seen = a.say("status.acked", oneLine(o.c.Acked, 60))
	}
	mark := ""
	if o.v.Exploited {
		mark = "🔴 "
	}
	waiting := o.count(cases.ItemUnknown) + o.count(cases.ItemAsked)
	return a.say("status.line", mark, oneLine(o.v.Name+" "+strings.Join(o.v.CVEs, " "), 200), seen, o.count(cases.ItemAffected), waiting)
}
