// Package app makes Slack a place to work: buttons under a case's messages, the
// command /hansho, a form by which staff report what they use, and a home page
// that shows what waits for whom. It hears Slack by Socket Mode, which needs no
// open port, or by HTTP with Slack's signature checked.
package app

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"hansho/cases"
	"hansho/inventory"
	"hansho/notify"
)

// Cases are what is known.
type Cases interface {
	Case(ctx context.Context, ref string) (cases.Case, error)
	Cases(ctx context.Context, s cases.State) ([]cases.Case, error)
	View(c cases.Case) notify.CaseView
}

// Work is what people do to a case. Each step is one line of its timeline.
type Work interface {
	Acknowledge(ctx context.Context, ref, who string) (cases.Case, error)
	Assign(ctx context.Context, ref, to, who string) (cases.Case, error)
	NotOurs(ctx context.Context, ref string, items []string, who, why string) (cases.Case, error)
	Snooze(ctx context.Context, ref string, until time.Time, who, why string) (cases.Case, error)
}

// Wishes are the subscriptions of places and people.
type Wishes interface {
	Subscribe(ctx context.Context, s notify.Subscription) (notify.Subscription, error)
	Subscriptions(ctx context.Context, to notify.Address) ([]notify.Subscription, error)
	Unsubscribe(ctx context.Context, to notify.Address, id string) error
}

// Reports are what staff say they use.
type Reports interface {
	Report(ctx context.Context, ref string, r inventory.Report) (inventory.Report, error)
	Reports(ctx context.Context, s inventory.ReportState) ([]inventory.Report, error)
	DecideReport(ctx context.Context, id string, s inventory.ReportState, who string) (inventory.Report, error)
	Unanswered(ctx context.Context) ([]string, error)
	Departments() []string
}

// Desk is where the work is done.
type Desk interface {
	Cases
	Work
	Wishes
	Reports
}

// Letters are documents that wait for a person.
type Letters interface {
	LettersWaiting(ctx context.Context) ([]cases.Letter, error)
	ApproveLetter(ctx context.Context, id, who string) error
	RejectLetter(ctx context.Context, id, who, why string) error
}

// Options are what an App needs.
type Options struct {
	Token    string // bot token, xoxb-…
	AppToken string // app-level token, xapp-…, for Socket Mode
	APIURL   string // https://slack.com/api/ where empty
	Client   *http.Client
	Desk     Desk
	Letters  Letters // nil where letters are not approved here
	// Templates give the words of a case.
	Templates *notify.Templates
	Channel   string // name of the configured channel that delivers to Slack
	Lang      string
	Zone      *time.Location
	// Operators may change cases and decide on reports; empty is everyone.
	// Approvers may approve letters; empty is nobody. Slack user ids.
	Operators, Approvers []string
	// Departments are the 部署 of people, by Slack user id.
	Departments map[string]string
	Wake        func() // called when something may wait to be delivered
	Now         func() time.Time
	Log         *slog.Logger
}

// App answers Slack. It is safe for concurrent use.
type App struct {
	o     Options
	api   *slack.Client
	seen  *recent
	slots chan struct{} // held by what is being worked on
	queue chan struct{} // and by what waits for it
	sorry chan struct{} // held while a person is told that there is too much
	work  sync.WaitGroup

	mu    sync.Mutex
	names map[string]string // user id → name
}

// So many requests are worked on at once, so many are taken at all, and so many
// people are told at once that theirs was not.
const (
	workers  = 16
	maxTaken = 256
	maxSorry = 16
)

// New makes an App. It calls nothing yet.
func New(o Options) (*App, error) {
	if o.Token == "" || o.Desk == nil || o.Templates == nil {
		return nil, errors.New("slack app: a token, a desk and templates are needed")
	}
	if o.Client == nil {
		o.Client = &http.Client{Timeout: 20 * time.Second}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Wake == nil {
		o.Wake = func() {}
	}
	if o.Zone == nil {
		o.Zone = time.FixedZone("JST", 9*60*60)
	}
	options := []slack.Option{slack.OptionHTTPClient(o.Client), slack.OptionAppLevelToken(o.AppToken)}
	if o.APIURL != "" {
		options = append(options, slack.OptionAPIURL(strings.TrimSuffix(o.APIURL, "/")+"/"))
	}
	return &App{
		o: o, api: slack.New(o.Token, options...), seen: newRecent(o.Now),
		slots: make(chan struct{}, workers), queue: make(chan struct{}, maxTaken), sorry: make(chan struct{}, maxSorry), names: map[string]string{},
	}, nil
}

func (a *App) say(key string, values ...any) string { return say(a.o.Lang, key, values...) }

func (a *App) operator(user string) bool {
	return len(a.o.Operators) == 0 || slices.Contains(a.o.Operators, user)
}

func (a *App) approver(user string) bool {
	return a.o.Letters != nil && slices.Contains(a.o.Approvers, user)
}

// workTime is how long the work of one request may take.
const workTime = 30 * time.Second

// errBusy says that a request was not taken. Slack is then not answered, and
// shows the person by itself that it did not work.
var errBusy = errors.New("slack app: too much at once")

// later does the work of a request after Slack has its answer. What finds no
// free worker waits for one; where too many wait, the person is asked to try
// again.
func (a *App) later(ctx context.Context, from reply, work func(context.Context) error) error {
	select {
	case a.queue <- struct{}{}:
	default:
		return a.refuse(ctx, from)
	}
	a.work.Go(func() {
		defer func() { <-a.queue }()
		a.slots <- struct{}{}
		defer func() { <-a.slots }()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), workTime)
		defer cancel()
		if err := work(ctx); err != nil {
			a.o.Log.Error("slack app", "user", from.user, "error", err)
			a.tell(ctx, from, a.explain(err))
		}
	})
	return nil
}

// refuse tells a person that there is too much to do, or, where too many are
// being told so, gives errBusy.
func (a *App) refuse(ctx context.Context, from reply) error {
	a.o.Log.Warn("slack app: too much at once, a request is refused", "user", from.user)
	select {
	case a.sorry <- struct{}{}:
	default:
		return errBusy
	}
	a.work.Go(func() {
		defer func() { <-a.sorry }()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), workTime)
		defer cancel()
		a.tell(ctx, from, a.say("busy"))
	})
	return nil
}

// Wait waits for the work under way.
func (a *App) Wait() { a.work.Wait() }

// reply is where an answer to one person goes.
type reply struct {
	user string
	url  string // response_url; empty where there is none, as on the home page
}

// tell answers one person, unseen by others.
func (a *App) tell(ctx context.Context, to reply, text string, blocks ...slack.Block) {
	if err := a.send(ctx, to, text, blocks); err != nil {
		a.o.Log.Warn("slack app: a person could not be answered", "user", to.user, "error", err)
	}
}

func (a *App) send(ctx context.Context, to reply, text string, blocks []slack.Block) error {
	if to.url != "" && a.trusted(to.url) {
		msg := &slack.WebhookMessage{Text: escape(text), ResponseType: slack.ResponseTypeEphemeral}
		if len(blocks) > 0 {
			msg.Blocks = &slack.Blocks{BlockSet: blocks}
		}
		return slack.PostWebhookCustomHTTPContext(ctx, to.url, a.o.Client, msg)
	}
	options := []slack.MsgOption{slack.MsgOptionText(escape(text), false)}
	if len(blocks) > 0 {
		options = append(options, slack.MsgOptionBlocks(blocks...))
	}
	_, _, err := a.api.PostMessageContext(ctx, to.user, options...)
	return err
}

// trusted says whether an address to answer to is Slack's.
func (a *App) trusted(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	if own, err := url.Parse(a.o.APIURL); err == nil && own.Host != "" && own.Host == u.Host {
		return true
	}
	host := u.Hostname()
	return u.Scheme == "https" && (host == "slack.com" || strings.HasSuffix(host, ".slack.com") || strings.HasSuffix(host, ".slack-gov.com"))
}

// name gives what people call a user. Where Slack doesn't say, the id stands.
func (a *App) name(ctx context.Context, user string) string {
	a.mu.Lock()
	known, ok := a.names[user]
	a.mu.Unlock()
	if ok {
		return known
	}
	u, err := a.api.GetUserInfoContext(ctx, user)
	if err != nil {
		a.o.Log.Warn("slack app: who is this", "user", user, "error", err)
		return user
	}
	for _, n := range []string{u.Profile.DisplayName, u.RealName, u.Name, user} {
		if n = oneLine(n, 80); n != "" {
			known = n
			break
		}
	}
	a.mu.Lock()
	a.names[user] = known
	a.mu.Unlock()
	return known
}
