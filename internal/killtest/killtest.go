// Package killtest kills a program with SIGKILL at random instants, again and
// again, and counts what of its messages was lost and what came twice. The
// program is a command line; what it is to tell, and the peers that it tells,
// are the test's (see killtest_test.go for the smallest whole).
package killtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// Plan is one series of kills.
type Plan struct {
	Command []string      // the program and its arguments; it runs until it is ended
	Env     []string      // beside our own
	Rounds  int           // kills
	MinLife time.Duration // of a round
	MaxLife time.Duration // of a round: each ends at a random instant before
	// Ready says that the program is at work. Where it is given, a life is counted
	// from then, so that a slow machine kills at work, too, and one life in eight
	// from its start.
	Ready func() bool
	// Each is called before each round and before the last, which is round
	// Rounds, such as to publish more to be told. What it publishes before the
	// last tells that the program is up when it is asked to stop.
	Each func(round int)
	Rand *rand.Rand
}

// Run starts and kills the program Rounds times. Then it starts it once more,
// waits until settled says that all was told, and ends it with SIGTERM, at which
// it must exit with status 0. The error holds the program's output.
func (p Plan) Run(ctx context.Context, settled func() bool) error {
	for round := range p.Rounds {
		p.Each(round)
		life := p.MinLife + time.Duration(p.Rand.Int64N(int64(p.MaxLife-p.MinLife)))
		if err := p.kill(ctx, life); err != nil {
			return fmt.Errorf("killtest: round %d: %w", round, err)
		}
	}
	p.Each(p.Rounds)
	if err := p.last(ctx, settled); err != nil {
		return fmt.Errorf("killtest: last round: %w", err)
	}
	return nil
}

// program is one life of the command.
type program struct {
	cmd    *exec.Cmd
	output bytes.Buffer
	exited chan error
}

func (p Plan) start() (*program, error) {
	g := &program{cmd: exec.Command(p.Command[0], p.Command[1:]...), exited: make(chan error, 1)}
	g.cmd.Env = append(os.Environ(), p.Env...)
	g.cmd.Stdout, g.cmd.Stderr = &g.output, &g.output
	if err := g.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { g.exited <- g.cmd.Wait() }()
	return g, nil
}

// kill runs the program for a while. That it ends by itself is an error.
func (p Plan) kill(ctx context.Context, life time.Duration) error {
	g, err := p.start()
	if err != nil {
		return err
	}
	if p.Ready != nil && p.Rand.IntN(8) > 0 {
		if err := g.await(ctx, p.Ready); err != nil {
			return err
		}
	}
	select {
	case err := <-g.exited:
		return fmt.Errorf("it ended by itself: %w\n%s", exitError(err), &g.output)
	case <-time.After(life):
	case <-ctx.Done():
	}
	g.cmd.Process.Kill()
	<-g.exited
	return ctx.Err()
}

func exitError(err error) error {
	if err == nil {
		return errors.New("exit status 0")
	}
	return err
}

// last lets the program finish and stop.
func (p Plan) last(ctx context.Context, settled func() bool) error {
	g, err := p.start()
	if err != nil {
		return err
	}
	if err := g.await(ctx, settled); err != nil {
		return err
	}
	if err := g.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	if err := <-g.exited; err != nil {
		return fmt.Errorf("it did not stop cleanly: %w\n%s", err, &g.output)
	}
	return nil
}

// await waits for a state of the program, and kills it where that doesn't come.
func (g *program) await(ctx context.Context, state func() bool) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !state() {
		select {
		case err := <-g.exited:
			return fmt.Errorf("it ended by itself: %w\n%s", exitError(err), &g.output)
		case <-ctx.Done():
			g.cmd.Process.Kill()
			<-g.exited
			return fmt.Errorf("it did not come so far: %w\n%s", ctx.Err(), &g.output)
		case <-tick.C:
		}
	}
	return nil
}
