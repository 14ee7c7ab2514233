package pipeline

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
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

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
