package pipeline

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// This and its test are the only files that name robfig/cron: it has had no release since
// 2020, a job that panics takes the process with it, and its parser panics on a
// bare "TZ=…".

// Scheduler runs jobs by cron specs in one time zone. A job never overlaps
// itself, and one that panics is logged and runs again next time.
type Scheduler struct {
	cron   *cron.Cron
	zone   *time.Location
	jitter time.Duration
	log    *slog.Logger
	now    func() time.Time
	ctx    context.Context // of Run, for the jobs
}

// NewScheduler makes a scheduler. Each run is put off by up to jitter, so that
// many sources on the hour are not asked in the same second.
func NewScheduler(zone *time.Location, jitter time.Duration, log *slog.Logger) *Scheduler {
	l := cronLog{log}
	return &Scheduler{
		cron: cron.New(cron.WithLocation(zone), cron.WithLogger(l),
			cron.WithChain(cron.SkipIfStillRunning(l), cron.Recover(l))),
		zone: zone, jitter: jitter, log: log, now: time.Now,
	}
}

// ParseSchedule reads a cron spec of five fields, or @every, @hourly, @daily and
// the like, and says what is wrong with one that can't be read.
func ParseSchedule(spec string) (s cron.Schedule, err error) {
	defer func() {
		if r := recover(); r != nil {
			s, err = nil, fmt.Errorf("schedule %q can't be read", spec)
		}
	}()
	if strings.HasPrefix(spec, "TZ=") || strings.HasPrefix(spec, "CRON_TZ=") {
		return nil, fmt.Errorf("schedule %q: the time zone is the configuration's, not the schedule's", spec)
	}
	s, err = cron.ParseStandard(spec)
	if err != nil {
		return nil, fmt.Errorf("schedule %q: %w", spec, err)
	}
	if d, ok := s.(cron.ConstantDelaySchedule); ok && d.Delay < time.Minute {
		return nil, fmt.Errorf("schedule %q: more often than once a minute is impolite", spec)
	}
	return s, nil
}

// Add schedules a job. name is for the log.
func (s *Scheduler) Add(name, spec string, job func(context.Context)) error {
	sched, err := ParseSchedule(spec)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	s.cron.Schedule(sched, cron.FuncJob(func() {
		if wait(s.ctx, randomUpTo(s.jitter)) {
			job(s.ctx)
		}
	}))
	return nil
}

// Run runs the jobs until ctx ends, and then waits for those under way, which
// see ctx end too.
func (s *Scheduler) Run(ctx context.Context) {
	s.ctx = ctx
	s.cron.Start()
	before := s.now().Round(0)
	for wait(ctx, time.Minute) {
		now := s.now().Round(0) // the wall's clock, which may jump
		if before.Sub(now) > time.Minute {
			// cron would run nothing until the time has come that was shown before.
			s.log.Warn("the clock went back; schedules begin anew", "by", before.Sub(now))
			s.cron.Stop()
			s.cron.Start()
		}
		before = now
	}
	<-s.cron.Stop().Done()
}

// wait sleeps unless ctx ends first; it says whether it slept.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return ctx.Err() == nil
	}
}

func randomUpTo(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return rand.N(d)
}

// cronLog hands cron's messages to slog.
type cronLog struct{ log *slog.Logger }

func (l cronLog) Info(msg string, kv ...any) { l.log.Debug("schedule: "+msg, kv...) }

func (l cronLog) Error(err error, msg string, kv ...any) {
	l.log.Error("schedule: "+msg, append([]any{"error", err}, kv...)...)
}
