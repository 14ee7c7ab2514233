package killtest_test

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net"
	"net/mail"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hansho/internal/control"
	"hansho/internal/e2e"
	"hansho/internal/killtest"
	"hansho/notify"
	"hansho/notify/slack/slacktest"
)

// One place of each kind is told of single's items each by itself, one of the
// cases that two sources speak of, one in summaries, and one in storms.
const (
	daemonRoutes = `  - {name: alone, when: {sources: [single]}, to: ["slack:#security", "mail:soc@e2e.example"]}
  - {name: shared, when: {sources: [single, echo]}, to: ["slack:#shared", "mail:shared@e2e.example"]}
  - {name: grouped, when: {sources: [single, echo]}, group: 3s, to: ["slack:#grouped", "mail:grouped@e2e.example"]}
  - {name: storms, when: {sources: [burst]}, to: ["slack:#storms", "mail:storms@e2e.example"]}
`
	daemonConfig = `
delivery: {storm: 50}
poll: {only_named: true, jitter: 1ms}
sources:
  - {id: single, format: rss, url: "https://feed.e2e.example/single.xml", kind: alert, trust: coordinator, publisher: Example, schedule: "@every 1m", enabled: true}
  - {id: echo, format: rss, url: "https://feed.e2e.example/echo.xml", kind: alert, trust: coordinator, publisher: Echo, schedule: "@every 1m", enabled: true}
  - {id: burst, format: rss, url: "https://feed.e2e.example/burst.xml", kind: alert, trust: coordinator, publisher: Burst, schedule: "@every 1m", enabled: true}
`
	daemonInventory = `items:
  - {id: gateway, name: 出入口, vendor: Example, product: Example Gateway, owner: 情報システム部}
`
)

// daemon is the real program between sources that change and peers that fail.
type daemon struct {
	*e2e.Company
	world       *world
	moods       *moods
	slack, mail told
	polls, mark atomic.Int64 // polls that ended well: all, and before the last change
}

func startDaemon(t *testing.T, seed uint64) *daemon {
	t.Helper()
	dir := t.TempDir()
	bin, err := e2e.Build(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	web, err := e2e.StartWeb(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = web.Close() })
	d := &daemon{world: newWorld(rand.New(rand.NewPCG(seed, 3))), moods: &moods{rand: rand.New(rand.NewPCG(seed, 4)), met: map[string]int{}}}
	for name, f := range map[string]*feed{"single": &d.world.single, "echo": &d.world.echo, "burst": &d.world.burst} {
		web.Handle("https://feed.e2e.example/"+name+".xml", f)
	}
	d.Company, err = e2e.NewCompany(dir, bin, web, e2e.Setup{
		Config: daemonConfig, Inventory: daemonInventory, Routes: daemonRoutes, Rooms: []string{"shared", "grouped", "storms"}, Files: true,
		Slack: slackMoods(d.moods, &d.slack), Mail: mailMoods(d.moods, &d.mail),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// TestKillDaemon kills the real daemon while it polls changing sources and tells
// a moody Slack and a moody mail server: nothing that it learned is lost, told
// by itself, in a thread that two sources share, as a line of a summary or of a
// storm; Slack, which can be asked, has nothing twice; and a mail that comes
// twice comes under the same Message-ID.
func TestKillDaemon(t *testing.T) {
	n := rounds(t)
	if n == defaultRounds {
		n = 6 // a start takes more than a second of two cores
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("%d rounds, seed %d", n, seed)
	d := startDaemon(t, seed)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stopPolls := d.pollAlways(ctx)
	err := killtest.Plan{
		Command: d.Command("run", "--log-level", "error"), Env: d.Web.Env(), Rounds: n, MinLife: 10 * time.Millisecond, MaxLife: time.Second,
		Ready: d.listens,
		Each: func(round int) {
			d.world.change(round)
			d.mark.Store(d.polls.Load())
			if round == n {
				d.moods.recover()
			}
		},
		Rand: rand.New(rand.NewPCG(seed, 1)),
	}.Run(ctx, func() bool { return d.settled(ctx) })
	cancel()
	if err != nil {
		t.Error(err)
	}
	stopPolls()
	t.Logf("%d polls ended well; the peers' moods: %v", d.polls.Load(), d.moods.met)
	d.auditSteps(t)
	d.auditRows(t)
}

// listens says whether a daemon takes commands.
func (d *daemon) listens() bool {
	conn, err := net.Dial("unix", control.Path(d.Store()))
	if err != nil {
		return false
	}
	return conn.Close() == nil
}

// settled says whether the sources were read since they last changed, and
// nothing waits to be told.
func (d *daemon) settled(ctx context.Context) bool {
	if d.polls.Load() < d.mark.Load()+2 { // the first may have begun before the change
		return false
	}
	var out bytes.Buffer
	code, err := control.Forward(ctx, control.Path(d.Store()), []string{"outbox", "--json"}, &out, io.Discard)
	return err == nil && code == 0 && !strings.Contains(out.String(), `"state":"due"`)
}

// auditSteps follows what is told each by itself from step to step.
func (d *daemon) auditSteps(t *testing.T) {
	t.Helper()
	for to, l := range map[string]*told{"C0SECURITY": &d.slack, "soc@e2e.example": &d.mail} {
		lost, doubled, again := l.audit(to, d.world.single.states())
		t.Logf("%s: %d items; %d lost, %d came twice under one name, %d under another",
			to, d.world.single.len(), len(lost), len(doubled), len(again))
		if len(lost)+len(again) > 0 || l == &d.slack && len(doubled) > 0 {
			t.Errorf("%s: lost %.500v, twice %.500v, twice under another name %.500v", to, lost, doubled, again)
		}
	}
}

// auditRows follows every row of the outbox to the words of the message in which
// it was told.
func (d *daemon) auditRows(t *testing.T) {
	t.Helper()
	r := readRows(t, d.Store())
	slack, twice := d.slack.byKey()
	addFiles(slack, d.Slack.Messages(""))
	t.Logf("slack: %d messages, %d twice", d.slack.count(), len(twice))
	if len(twice) > 0 {
		t.Errorf("slack can be asked, and yet %v came twice", twice)
	}
	for _, key := range twice {
		d := r.byKey[key]
		t.Logf("twice: %s to %s in %s, group %q, thread %q, %d tries", key, d.Address, d.State, d.Group, d.Thread, d.Tries)
	}
	mails, twice := d.mail.byKey()
	t.Logf("mail: %d messages, of which %d under a Message-ID that was there", d.mail.count(), len(twice))
	for place, sources := range map[string]string{"security": "single", "shared": "single echo", "grouped": "single echo", "storms": "burst"} {
		hears := func(id string) bool {
			source, _, _ := strings.Cut(id, ":")
			return strings.Contains(sources, source)
		}
		r.check(t, notify.Address{Channel: "slack", To: "#" + place}, hears, slack, func(d notify.Delivery) string { return d.Key })
		r.check(t, mailTo(place), hears, mails, func(d notify.Delivery) string { return d.Receipt.ID })
	}
}

func mailTo(place string) notify.Address {
	if place == "security" {
		place = "soc"
	}
	return notify.Address{Channel: "mail", To: place + "@e2e.example"}
}

func (r rows) check(t *testing.T, to notify.Address, hears func(string) bool, posts map[string]*post, name func(notify.Delivery) string) {
	t.Helper()
	lost, again, folded, summed := r.audit(to, hears, posts, name)
	t.Logf("%s: %d lost, %d twice under another name; %d rows were folded into another, %d told in a summary", to, len(lost), len(again), folded, summed)
	if len(lost)+len(again) > 0 {
		t.Errorf("%s: lost %.1000v, twice under another name %.500v", to, lost, again)
	}
}

// addFiles adds to each message the words of the file that holds its whole text.
func addFiles(posts map[string]*post, messages []slacktest.Message) {
	files := map[string]string{} // by name
	for _, m := range messages {
		for _, f := range m.Files {
			files[f.Name] += string(f.Data)
		}
	}
	for key, p := range posts {
		for name, text := range files {
			if strings.Contains(name, tail(key)) {
				p.read(text)
			}
		}
	}
}

// tail is what the name of a file has of a delivery's key.
func tail(key string) string { return key[max(len(key)-12, 0):] }

func bare(id string) string {
	if a, err := mail.ParseAddress(id); err == nil {
		return a.Address
	}
	return strings.Trim(id, "<>")
}

// pollAlways has whatever daemon lives poll, again and again: its own schedule
// is politer. It counts the polls that ended well.
func (d *daemon) pollAlways(ctx context.Context) (wait func()) {
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			args := []string{"poll", "--json"}
			if i%16 > 0 { // one that sends waits for the turns of Slack
				args = append(args, "--no-send")
			}
			if code, err := control.Forward(ctx, control.Path(d.Store()), args, io.Discard, io.Discard); err == nil && code == 0 {
				d.polls.Add(1)
			}
			select {
			case <-ctx.Done():
			case <-time.After(50 * time.Millisecond):
			}
		}
	})
	return wg.Wait
}
