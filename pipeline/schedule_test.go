package pipeline

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/robfig/cron/v3"
)

func TestParseSchedule(t *testing.T) {
	for _, good := range []string{"*/10 9-18 * * MON-FRI", "@every 15m", "@hourly", "0 12 * * *"} {
		if _, err := ParseSchedule(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"", "TZ=Asia/Tokyo", "CRON_TZ=Asia/Tokyo 0 9 * * *", "@every 1s", "@every", "61 * * * *", "* * *", "@yearly?"} {
		if _, err := ParseSchedule(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func FuzzParseSchedule(f *testing.F) {
	f.Add("*/5 * * * *")
	f.Add("TZ=")
	f.Fuzz(func(_ *testing.T, spec string) { _, _ = ParseSchedule(spec) })
}

// A job that panics must not end the process, a job that is still running must
// not run twice, and Run must wait for a job under way.
func TestScheduler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		s := NewScheduler(time.FixedZone("JST", 9*3600), 0, slog.New(slog.NewTextHandler(&log, nil)))
		panics, slow, ended := 0, 0, 0
		must(t, s.Add("panics", "@every 1m", func(context.Context) { panics++; panic("脆弱") }))
		must(t, s.Add("slow", "@every 1m", func(ctx context.Context) {
			slow++
			<-ctx.Done()
			ended++
		}))
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute+30*time.Second)
		defer cancel()
		s.Run(ctx)
		if panics != 3 || slow != 1 || ended != 1 {
			t.Errorf("panics %d, slow %d, ended %d; want 3, 1, 1", panics, slow, ended)
		}
		if !strings.Contains(log.String(), "脆弱") {
			t.Errorf("the panic is not in the log: %s", log.String())
		}
	})
}

// cron reckons each job's next time once: where the clock then goes back, that
// is far off, and has to be reckoned again.
func TestSchedulerWhereTheClockGoesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewScheduler(time.UTC, 0, slog.New(slog.DiscardHandler))
		start := time.Now()
		s.now = func() time.Time {
			if time.Since(start) < 5*time.Minute {
				return time.Now().Add(24 * time.Hour)
			}
			return time.Now()
		}
		asked := &asked{}
		s.cron.Schedule(asked, cron.FuncJob(func() {}))
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		s.Run(ctx)
		if n := asked.times; n != 2 {
			t.Errorf("the next time was asked for %d times, want at the start and after the clock went back", n)
		}
	})
}

// asked is a schedule of a time that never comes.
type asked struct{ times int }

func (a *asked) Next(now time.Time) time.Time {
	a.times++
	return now.Add(1000 * time.Hour)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
