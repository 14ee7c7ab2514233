package killtest_test

import (
	"context"
	"io"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hansho/internal/control"
	"hansho/internal/e2e"
	"hansho/internal/killtest"
)

// An alert is a case of its own, so that no message speaks of another item, and
// no storm is told as a summary, which has the present states and not what changed.
const daemonConfig = `
delivery: {storm: 1000}
poll: {only_named: true, jitter: 1ms}
sources:
  - {id: e2e, format: rss, url: "https://feed.e2e.example/rss.xml", kind: alert, trust: coordinator, publisher: Example, schedule: "@every 1m", enabled: true}
`

const daemonInventory = `items:
  - {id: gateway, name: 出入口, vendor: Example, product: Example Gateway, owner: 情報システム部}
`

// TestKillDaemon kills the real daemon while it polls a changing source and
// tells a moody Slack and a moody mail server: nothing that it learned is lost,
// Slack, which can be asked, has nothing twice, and a mail that comes twice
// comes under the same Message-ID.
func TestKillDaemon(t *testing.T) {
	n := rounds(t)
	if n == defaultRounds {
		n = 8
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("%d rounds, seed %d", n, seed)
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
	f := &feed{rand: rand.New(rand.NewPCG(seed, 3))}
	web.Handle("https://feed.e2e.example/rss.xml", f)
	var slack, mail told
	m := &moods{rand: rand.New(rand.NewPCG(seed, 4)), met: map[string]int{}}
	c, err := e2e.NewCompany(dir, bin, web, e2e.Setup{
		Config: daemonConfig, Inventory: daemonInventory, Slack: slackMoods(m, &slack), Mail: mailMoods(m, &mail),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })

	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute+time.Duration(n)*5*time.Second)
	defer cancel()
	polls := pollAlways(ctx, t, control.Path(c.Store()))
	err = killtest.Plan{
		Command: c.Command("run", "--log-level", "error"), Env: web.Env(), Rounds: n, MinLife: 10 * time.Millisecond, MaxLife: time.Second,
		Each: func(round int) {
			f.change()
			if round == n {
				m.recover()
			}
		},
		Rand: rand.New(rand.NewPCG(seed, 1)),
	}.Run(ctx, func() bool { return slack.all(f.states()) && mail.all(f.states()) })
	cancel()
	if err != nil {
		t.Error(err)
	}
	t.Logf("%d polls ended well; the peers' moods: %v", polls(), m.met)
	audit(t, "slack", &slack, f.states(), true)
	audit(t, "mail", &mail, f.states(), false)
	check(t, c.Store())
}

func audit(t *testing.T, name string, l *told, states []int, canAsk bool) {
	t.Helper()
	lost, doubled, again := l.audit(states)
	t.Logf("%s: %d items, %d messages; %d lost, %d came twice under one name, %d under another", name, len(states), l.count(), len(lost), len(doubled), len(again))
	if len(lost)+len(again) > 0 || canAsk && len(doubled) > 0 {
		t.Errorf("%s: lost %.500v, twice %.500v, twice under another name %.500v", name, lost, doubled, again)
	}
}

// pollAlways has whatever daemon lives poll, again and again: its own schedule
// is politer. It gives how many polls ended well.
func pollAlways(ctx context.Context, t *testing.T, socket string) func() int {
	var done atomic.Int64
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			args := []string{"poll", "--json"}
			if i%4 > 0 {
				args = append(args, "--no-send")
			}
			if code, err := control.Forward(ctx, socket, args, io.Discard, io.Discard); err == nil && code == 0 {
				done.Add(1)
			}
			select {
			case <-ctx.Done():
			case <-time.After(50 * time.Millisecond):
			}
		}
	})
	return func() int {
		wg.Wait()
		return int(done.Load())
	}
}
