package app

import (
	"context"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"hansho/notify"
)

// maxText bounds what is read of a command.
const maxText = 500

// command takes /hansho. The answer comes later, to whoever asked alone.
func (a *App) command(ctx context.Context, cmd slack.SlashCommand) error {
	from := reply{user: cmd.UserID, url: cmd.ResponseURL}
	verb, rest, _ := strings.Cut(oneLine(cmd.Text, maxText), " ")
	q := question{from: from, trigger: cmd.TriggerID, to: a.placeOf(cmd), rest: strings.TrimSpace(rest)}
	return a.once(ctx, "command "+cmd.TriggerID, from, func(ctx context.Context) error { return a.run(ctx, strings.ToLower(verb), q) })
}

// question is a command that was asked.
type question struct {
	from    reply
	trigger string
	to      notify.Address // where it was asked: subscriptions are of that place
	rest    string
}

// placeOf gives the address of the place where a command was given: its channel,
// or the person where it is a conversation with the bot.
func (a *App) placeOf(cmd slack.SlashCommand) notify.Address {
	to := cmd.ChannelID
	if cmd.ChannelName == "directmessage" || strings.HasPrefix(to, "D") || to == "" {
		to = cmd.UserID
	}
	return notify.Address{Channel: a.o.Channel, To: to}
}

func (a *App) run(ctx context.Context, verb string, q question) error {
	switch verb {
	case "status":
		return a.status(ctx, q)
	case "search":
		return a.search(ctx, q)
	case "subscribe":
		return a.subscribe(ctx, q)
	case "subscriptions":
		return a.subscriptions(ctx, q)
	case "unsubscribe":
		return a.unsubscribe(ctx, q)
	case "report":
		return a.askReport(ctx, click{from: q.from, trigger: q.trigger})
	case "reports":
		return a.reports(ctx, q)
	case "letters":
		return a.letters(ctx, q)
	case "help", "":
		a.tell(ctx, q.from, a.say("help"))
	default:
		a.tell(ctx, q.from, a.say("unknown", verb)+"\n"+a.say("help"))
	}
	return nil
}

func (a *App) status(ctx context.Context, q question) error {
	if q.rest != "" {
		return a.statusOf(ctx, q)
	}
	open, err := a.openCases(ctx)
	if err != nil {
		return err
	}
	if len(open) == 0 {
		a.tell(ctx, q.from, a.say("status.none"))
		return nil
	}
	title := a.say("status.head", len(open))
	a.tell(ctx, q.from, title, a.list(title, open)...)
	return nil
}

// statusOf shows one case, with what can be done.
func (a *App) statusOf(ctx context.Context, q question) error {
	c, err := a.o.Desk.Case(ctx, q.rest)
	if err != nil {
		a.o.Log.Info("slack app: status", "ref", q.rest, "error", err)
		a.tell(ctx, q.from, a.say("status.missing", q.rest))
		return nil
	}
	blocks, err := a.card(c)
	if err != nil {
		return err
	}
	buttons := caseButtons(a.o.Lang, buttonsBlock, c.ID, c.Acked != "")
	blocks = append(blocks[:min(len(blocks), maxMessageBlocks-len(buttons))], buttons...)
	a.tell(ctx, q.from, a.title(c), blocks...)
	return nil
}

// maxList is how many cases a list in a message shows.
const maxList = 20

func (a *App) list(title string, open []openCase) []slack.Block {
	blocks := []slack.Block{header(title)}
	for i, o := range open {
		if i == maxList {
			blocks = append(blocks, textBlock(a.say("status.more", len(open)-maxList)))
			break
		}
		blocks = append(blocks, textBlock(a.line(o)))
		if i < 5 {
			blocks = append(blocks, caseButtons(a.o.Lang, "", o.c.ID, o.c.Acked != "")...)
		}
	}
	return blocks
}

func (a *App) search(ctx context.Context, q question) error {
	if q.rest == "" {
		a.tell(ctx, q.from, a.say("search.usage"))
		return nil
	}
	all, err := a.o.Desk.Cases(ctx, "")
	if err != nil {
		return err
	}
	var found []openCase
	for _, c := range all {
		if v := a.o.Desk.View(c); mentions(v, q.rest) {
			found = append(found, openCase{c, v})
		}
	}
	slices.SortStableFunc(found, func(x, y openCase) int { return y.c.Updated.Compare(x.c.Updated) })
	title := a.say("search.head", q.rest, len(found))
	a.tell(ctx, q.from, title, a.list(title, found)...)
	return nil
}

// mentions says whether a case speaks of a word: in its name, ids, items or the
// titles of its sources.
func mentions(v notify.CaseView, word string) bool {
	text := []string{v.Name, v.ID, v.Summary}
	text = append(text, v.CVEs...)
	for _, it := range v.Items {
		text = append(text, it.Name, it.Product, it.Owner)
	}
	for _, s := range v.Sources {
		text = append(text, s.Title, s.Advisory)
	}
	return strings.Contains(strings.ToLower(strings.Join(text, "\n")), strings.ToLower(word))
}

func (a *App) subscribe(ctx context.Context, q question) error {
	field, value, _ := strings.Cut(q.rest, " ")
	s := notify.Subscription{To: q.to, By: a.name(ctx, q.from.user), Field: strings.ToLower(field), Value: strings.TrimSpace(value), Lang: a.o.Lang}
	if err := s.Check(); err != nil {
		a.tell(ctx, q.from, a.say("sub.usage"))
		return nil
	}
	s, err := a.o.Desk.Subscribe(ctx, s)
	if err != nil {
		return err
	}
	where, hint := a.say("sub.here"), "\n"+a.say("sub.invite")
	if q.to.To == q.from.user {
		where, hint = a.say("sub.you"), ""
	}
	a.tell(ctx, q.from, a.say("sub.done", s.Field+" "+s.Value, where, s.ID)+hint)
	return nil
}

func (a *App) subscriptions(ctx context.Context, q question) error {
	list, err := a.o.Desk.Subscriptions(ctx, q.to)
	if err != nil {
		return err
	}
	var lines []string
	for _, s := range list {
		lines = append(lines, a.say("sub.row", s.ID, s.Field, oneLine(s.Value, 100), oneLine(s.By, 60)))
	}
	if len(lines) == 0 {
		lines = []string{a.say("sub.none")}
	}
	a.tell(ctx, q.from, cut(strings.Join(lines, "\n"), 3500))
	return nil
}

func (a *App) unsubscribe(ctx context.Context, q question) error {
	if q.rest == "" {
		a.tell(ctx, q.from, a.say("unsub.usage"))
		return nil
	}
	here, err := a.o.Desk.Subscriptions(ctx, q.to)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(here, func(s notify.Subscription) bool { return s.ID == q.rest }) {
		a.tell(ctx, q.from, a.say("unsub.missing", q.rest))
		return nil
	}
	if err := a.o.Desk.Unsubscribe(ctx, q.to, q.rest); err != nil {
		return err
	}
	a.tell(ctx, q.from, a.say("unsub.done"))
	return nil
}

func (a *App) reports(ctx context.Context, q question) error {
	if !a.operator(q.from.user) {
		return errDenied
	}
	blocks, err := a.reportsWaiting(ctx)
	if err != nil {
		return err
	}
	a.tell(ctx, q.from, a.say("report.title"), blocks[:min(len(blocks), maxMessageBlocks)]...)
	return nil
}

func (a *App) letters(ctx context.Context, q question) error {
	return a.showLetters(ctx, q.from, "")
}

func sorted(list []string) []string {
	slices.Sort(list)
	return list
}
