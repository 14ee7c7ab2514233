// Command manysources prints what one pass over many sources costs the real
// program, and what a second pass costs in which half of them are unchanged and
// a part is broken in every way that was met: errors, web pages, truncated,
// slow and endless bodies, redirects without end, wrong character sets.
//
//	go run ./internal/e2e/manysources [-n 500]
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"hansho/internal/e2e"
)

func main() {
	n := flag.Int("n", 500, "number of sources")
	slow := flag.Duration("slow", 3*time.Second, "how long a slow source takes")
	flag.Parse()
	if err := run(context.Background(), *n, *slow, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, n int, slow time.Duration, out io.Writer) error {
	dir, err := os.MkdirTemp("", "manysources-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	bin, err := e2e.Build(ctx, dir)
	if err != nil {
		return err
	}
	web, err := e2e.StartWeb(dir)
	if err != nil {
		return err
	}
	defer func() { _ = web.Close() }()
	sources := invent(n)
	c, err := e2e.NewCompany(dir, bin, web, e2e.Setup{Config: config(sources, slow), Inventory: "items:\n  - {id: gw, vendor: Example, product: Example Gateway}\n"})
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	for _, pass := range []struct {
		name  string
		ready func(source, *e2e.Web)
	}{
		{"first pass, all well", func(s source, w *e2e.Web) { s.well(w, 0) }},
		{"second pass, half unchanged, a part broken", func(s source, w *e2e.Web) { s.second(w, slow) }},
		{"third pass, all well and unchanged", func(s source, w *e2e.Web) { s.well(w, s.version()) }},
		{"fourth pass, the same", func(source, *e2e.Web) {}},
	} {
		for _, s := range sources {
			pass.ready(s, web)
		}
		if err := measure(ctx, c, pass.name, out); err != nil {
			return err
		}
	}
	return nil
}

func config(sources []source, slow time.Duration) string {
	var b strings.Builder
	fmt.Fprintf(&b, "poll: {only_named: true, timeout: %v, max_bytes: 4000000}\nsources:\n", 2*slow)
	for _, s := range sources {
		fmt.Fprintf(&b, "  - {id: %s, format: %s, url: %q, publisher: Example, schedule: \"@every 1h\", enabled: true}\n", s.id, s.format, s.url())
	}
	return b.String()
}

// measure runs one pass and prints its figures.
func measure(ctx context.Context, c *e2e.Company, name string, out io.Writer) error {
	writes := func() (n int64) { // bytes of the store's file as the disk has them
		if info, err := os.Stat(c.Store()); err == nil {
			n = info.Size()
		}
		return n
	}
	r, err := c.Run(ctx, "poll", "--json", "--no-send", "--log-level", "error")
	if err != nil {
		return err
	}
	var sum tally
	if err := sum.read(r.Stdout); err != nil {
		return fmt.Errorf("%w\n%s", err, r.Stderr)
	}
	cpu := r.State.UserTime() + r.State.SystemTime()
	fmt.Fprintf(out, "%s\n  %d sources: %d fetched, %d unchanged, %d failed; %d requests, %d new, %d revised\n", name, sum.sources, sum.sources-sum.unchanged-sum.failed, sum.unchanged, sum.failed, sum.requests, sum.new, sum.revised)
	fmt.Fprintf(out, "  wall %v, CPU %v (%.2f ms a source), %d body bytes (%d a source)\n", r.Wall.Round(time.Millisecond), cpu.Round(time.Millisecond),
		float64(cpu.Microseconds())/1000/float64(sum.sources), sum.bytes, sum.bytes/int64(sum.sources))
	if usage, ok := r.State.SysUsage().(*syscall.Rusage); ok {
		fmt.Fprintf(out, "  peak memory %d MB, %d KB written to files; the store is %d KB\n", usage.Maxrss>>10, usage.Oublock/2, writes()>>10)
	}
	for _, why := range sum.reasons() {
		fmt.Fprintln(out, "    "+why)
	}
	return nil
}

// named are the parts of a failure that differ from source to source.
var named = regexp.MustCompile(`https?://[^\s"]*[^\s":]|many-\d+`)

// tally adds up what hansho poll --json prints.
type tally struct {
	sources, unchanged, failed, requests, new, revised int
	bytes                                              int64
	why                                                map[string]int
}

func (t *tally) read(lines string) error {
	t.why = map[string]int{}
	dec := json.NewDecoder(strings.NewReader(lines))
	for {
		var line json.RawMessage
		if err := dec.Decode(&line); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		var one struct {
			Unchanged              bool
			Failed                 string
			Requests, New, Revised int
			Bytes                  int64
		}
		if json.Unmarshal(line, &one) == nil { // the last line is the sum, whose fields are others
			t.add(one.Unchanged, one.Failed)
			t.requests, t.new, t.revised, t.bytes = t.requests+one.Requests, t.new+one.New, t.revised+one.Revised, t.bytes+one.Bytes
		}
	}
	if t.sources == 0 {
		return errors.New("manysources: the poll told of no source")
	}
	return nil
}

func (t *tally) add(unchanged bool, failed string) {
	t.sources++
	switch {
	case failed != "":
		t.failed++
		why := named.ReplaceAllString(failed, "…")
		t.why[why[max(0, strings.LastIndex(why, "…: ")):]]++
	case unchanged:
		t.unchanged++
	}
}

func (t *tally) reasons() []string {
	var out []string
	for why, n := range t.why {
		out = append(out, fmt.Sprintf("%3d failed: %s", n, why))
	}
	slices.Sort(out)
	if len(out) > 25 {
		out = append(out[:25], "…")
	}
	return out
}
