package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"hansho/inventory"
	"hansho/notify"
	"hansho/notify/slack"
	slackapp "hansho/notify/slack/app"
	"hansho/pipeline"
)

// readPeople checks what people do and are asked to do: the Slack app, the pages
// of letters, the mailbox, escalation.
func (s *settings) readPeople() {
	s.checkSlackApp()
	s.checkForms()
	s.checkMailbox()
	s.checkEscalation()
}

func (s *settings) checkSlackApp() {
	c := s.file.Slack
	if c.Channel == "" {
		return
	}
	if typ, _ := s.file.Channels[c.Channel].Get("type"); typ != "slack" {
		s.file.Problem("slack_app.channel", fmt.Sprintf("no channel of type slack is called %q", c.Channel), "the names are those under channels")
	}
	switch {
	case c.Listen == "" && c.AppToken.IsZero():
		s.file.Problem("slack_app", "neither app_token nor listen is given", "write app_token: env:SLACK_APP_TOKEN for Socket Mode")
	case c.Listen != "" && c.Secret.IsZero():
		s.file.Problem("slack_app.signing_secret", "is missing", "without it anybody could press the buttons")
	}
}

// answersFor says whether the Slack app answers for a channel, whose messages
// then have buttons.
func (s *settings) answersFor(path string) bool {
	return s.file.Slack.Channel != "" && path == "channels."+s.file.Slack.Channel
}

// slackDesk is the desk as Slack uses it: an accepted report reaches the
// inventory's files.
type slackDesk struct {
	*pipeline.Desk
	app *app
}

// DecideReport decides, and writes what was accepted into the inventory.
func (d slackDesk) DecideReport(ctx context.Context, id string, s inventory.ReportState, who string) (inventory.Report, error) {
	var hints strings.Builder
	r, err := d.app.decideReport(ctx, &hints, id, s, who)
	if hints.Len() > 0 {
		d.app.log.Warn("staff report", "id", id, "hint", strings.TrimSpace(hints.String()))
	}
	return r, err
}

// runSlackApp answers Slack by Socket Mode until ctx ends. By HTTP, serveSlack
// does.
func (a *app) runSlackApp(ctx context.Context) {
	if a.file.Slack.Channel == "" || a.file.Slack.Listen != "" {
		return
	}
	s, err := a.slackApp()
	if err == nil {
		err = s.Socket(ctx)
	}
	if err != nil {
		a.log.Error("nobody answers in Slack", "error", err)
	}
}

func (a *app) slackApp() (*slackapp.App, error) {
	var ch slackConfig
	c := a.file.Slack
	a.file.Decode(a.file.Channels[c.Channel], &ch)
	desk := a.pipeline.Desk()
	var client *http.Client
	if channel, ok := a.channels[c.Channel].(*slack.Channel); ok {
		client = channel.Client()
	}
	return slackapp.New(slackapp.Options{
		Token: ch.Token.Value(), Client: client, AppToken: c.AppToken.Value(), APIURL: ch.APIURL,
		Desk: slackDesk{desk, a}, Letters: desk, Templates: a.templates, Channel: c.Channel,
		Lang: a.file.Lang, Zone: a.file.Zone, Operators: c.Operators, Approvers: c.Approvers,
		Departments: c.Departments, Wake: a.dispatcher.Wake, Now: a.now, Log: a.log,
	})
}

// serveSlack has Slack heard by HTTP, for those who prefer it to Socket Mode. It
// gives what waits for the work under way.
func (a *app) serveSlack(w web) (wait func(), err error) {
	if a.file.Slack.Channel == "" || a.file.Slack.Listen == "" {
		return func() {}, nil
	}
	s, err := a.slackApp()
	if err != nil {
		return nil, err
	}
	w.handle(a.file.Slack.Listen, "/", s.Handler(a.file.Slack.Secret.Value()))
	return s.Wait, nil
}

// runWeb answers by HTTP until ctx ends: the pages of letters, and Slack.
func (a *app) runWeb(ctx context.Context) {
	w := web{}
	wait, err := a.serveSlack(w)
	if err = errors.Join(err, a.servePages(w)); err != nil {
		a.log.Error("nobody answers by HTTP", "error", err)
		return
	}
	w.serve(ctx, a)
	wait()
}

// schedulePeople adds the jobs that wait for people: reminders, and the mailbox.
func (a *app) schedulePeople(sched *pipeline.Scheduler) error {
	if e := a.file.Escalate; e.Repeat > 0 || e.After > 0 {
		if err := sched.Add("escalate", "@every 1m", a.escalate); err != nil {
			return err
		}
	}
	if err := sched.Add("silences", "@every 1m", a.endSilences); err != nil {
		return err
	}
	return a.scheduleMailbox(sched)
}

// endSilences tells what was put off until now.
func (a *app) endSilences(ctx context.Context) {
	n, err := a.pipeline.EndSilences(ctx)
	if err != nil {
		a.log.Error("tell what was put off", "error", err)
		return
	}
	if n > 0 {
		a.log.Info("told what was put off", "deliveries", n)
		a.dispatcher.Wake()
	}
}

func (a *app) escalate(ctx context.Context) {
	e := a.file.Escalate
	n, err := a.pipeline.Escalate(ctx, pipeline.Escalation{Repeat: e.Repeat, After: e.After, To: e.To, Lang: e.Lang})
	if err != nil {
		a.log.Error("remind of what nobody has acknowledged", "error", err)
		return
	}
	if n > 0 {
		a.log.Info("reminded of what nobody has acknowledged", "deliveries", n)
		a.dispatcher.Wake()
	}
}

func (s *settings) checkEscalation() {
	e := &s.file.Escalate
	for i, to := range e.To {
		s.checkTarget(fmt.Sprintf("escalate.to[%d]", i), to)
	}
	if e.After > 0 && len(e.To) == 0 {
		s.file.Problem("escalate.to", "is missing", "name channel:address, such as mail:kacho@example.co.jp")
	}
	for path, d := range map[string]time.Duration{"escalate.repeat": e.Repeat, "escalate.after": e.After} {
		if d > 0 && d < time.Minute {
			s.file.Problem(path, "less than a minute gives nobody time to answer", "")
		}
	}
	if e.Lang == "" {
		e.Lang = s.file.Lang
	}
	if !slices.Contains(notify.Langs, e.Lang) {
		s.file.Problem("escalate.lang", fmt.Sprintf("%q is no language of hansho", e.Lang), "write ja or en")
	}
}
