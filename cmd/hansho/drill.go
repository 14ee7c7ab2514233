package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
	"time"

	"github.com/spf13/cobra"

	"hansho/cases"
	"hansho/cmd/hansho/demo"
	"hansho/notify"
	"hansho/pipeline"
	"hansho/store"
)

// drillFlags say what is replayed against what.
type drillFlags struct {
	from, to, inventory, replay, source string
	asJSON                              bool
}

func newDrill(g *globals) *cobra.Command {
	var f drillFlags
	cmd := &cobra.Command{
		Use:   "drill --inventory FILE",
		Short: "Replay what sources said in a past crisis against your own inventory; nothing is sent",
		Long: `drill replays recorded revisions of sources in the order of time, as fast as it
can, against an inventory: the week of Log4Shell that hansho demo shows, a folder
of your own recordings (TIME/HOST/PATH), or with --source the dated revisions of
one product list. Notices are counted instead of sent. The report says for each
item when the first claim on it could be read and when a notice would have told
you, what was missed, and what was noise.`,
		Example: `  hansho drill --inventory inventory.yaml
  hansho drill --inventory inventory.yaml --replay revisions/ --source ncsc-nl-log4shell --from 2021-12-10 --to 2021-12-31`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return g.drill(cmd, f) },
	}
	cmd.Flags().StringVar(&f.from, "from", "2021-12-10", "first `day`, YYYY-MM-DD")
	cmd.Flags().StringVar(&f.to, "to", "2021-12-31", "last `day`")
	cmd.Flags().StringVar(&f.inventory, "inventory", "", "inventory `file` or folder (default: the demo's)")
	cmd.Flags().StringVar(&f.replay, "replay", "", "`folder` of recordings (default: the demo's week)")
	cmd.Flags().StringVar(&f.source, "source", "", "`id` of the list whose dated revisions the folder holds")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "print JSON")
	return cmd
}

func (g *globals) drill(cmd *cobra.Command, f drillFlags) error {
	from, err := time.ParseInLocation(time.DateOnly, f.from, demo.JST)
	if err != nil {
		return usagef("--from %s: want YYYY-MM-DD", f.from)
	}
	to, err := time.ParseInLocation(time.DateOnly, f.to, demo.JST)
	if err != nil {
		return usagef("--to %s: want YYYY-MM-DD", f.to)
	}
	rec, err := openRecording(f, from, to.AddDate(0, 0, 1))
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "hansho-drill-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	a, err := g.drillApp(cmd, f, rec, dir)
	if err != nil {
		return err
	}
	defer a.close()
	rep, err := a.runDrill(cmd.Context(), rec)
	if err != nil {
		return fmt.Errorf("drill: %w", err)
	}
	return a.printDrill(cmd.OutOrStdout(), rep, f.asJSON)
}

func openRecording(f drillFlags, from, to time.Time) (*recording, error) {
	if f.replay != "" {
		return readRecording(os.DirFS(f.replay), f.source, from, to)
	}
	if f.source != "" {
		return nil, usagef("--source names the list whose revisions --replay holds")
	}
	week, err := fs.Sub(demo.Files(), "replay")
	if err != nil {
		return nil, err
	}
	return readRecording(week, "", from, to)
}

// drillApp is the program with the recording for a network, a store of its own,
// and a channel that counts.
func (g *globals) drillApp(cmd *cobra.Command, f drillFlags, rec *recording, dir string) (*app, error) {
	inner := *g
	if !cmd.Flags().Changed("config") {
		inner.config = filepath.Join(dir, "config.yaml")
		if err := writeDrillConfig(dir); err != nil {
			return nil, err
		}
	}
	s, err := inner.settings(cmd)
	if err != nil {
		return nil, err
	}
	if f.inventory != "" {
		if s.inventory, s.inventoryProblems, err = loadInventory([]string{f.inventory}); err != nil {
			return nil, &usageError{err: err}
		}
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	if f.source != "" {
		if err := s.onlyList(f.source); err != nil {
			return nil, err
		}
	}
	s.file.Store = filepath.Join(dir, "hansho.db")
	s.routes = []notify.Route{{Name: "drill", Lang: s.words.lang, To: []notify.Address{{Channel: "drill"}}}}
	a := &app{settings: s, now: time.Now, transport: rec}
	return a, a.openStore(readWrite)
}

// writeDrillConfig writes the demo's configuration with servers that are nowhere.
func writeDrillConfig(dir string) error {
	t, err := template.New("config").Parse(string(demo.Config()))
	if err != nil {
		return err
	}
	var conf strings.Builder
	token := filepath.Join(dir, "token")
	if err := t.Execute(&conf, map[string]string{"Slack": "http://127.0.0.1:9/api/", "Mail": "127.0.0.1:9", "Token": token}); err != nil {
		return err
	}
	for name, text := range map[string]string{"token": "none", "config.yaml": conf.String(), "inventory.yaml": string(demo.Inventory())} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// onlyList leaves one source, whose only document is the list that the recording
// serves.
func (s *settings) onlyList(id string) error {
	found := false
	for i := range s.file.Entries {
		e := &s.file.Entries[i]
		if e.Enabled = e.ID == id; !e.Enabled {
			continue
		}
		found = true
		e.URL, e.Mapping = listAddress(id), maps.Clone(e.Mapping)
		delete(e.Mapping, "files")
	}
	if !found {
		return usagef("--source %s is not in the catalogue; hansho sources list --all shows the ids", id)
	}
	return nil
}

func (a *app) runDrill(ctx context.Context, rec *recording) (pipeline.DrillReport, error) {
	clock := &demoClock{}
	clock.set(rec.steps[0].at)
	a.now = clock.now
	watch := pipeline.NewDrill(clock.now)
	a.channels, a.every = map[string]notify.Channel{"drill": watch}, nil
	if _, err := a.start(ctx); err != nil {
		return pipeline.DrillReport{}, err
	}
	for i, step := range rec.steps {
		clock.set(step.at)
		var reports []pipeline.Report
		for _, src := range changed(a.sources, a.file.Entry, rec.goTo(i)) {
			reports = append(reports, a.pollSource(ctx, src))
		}
		if _, err := a.dispatcher.Drain(ctx); err != nil {
			return pipeline.DrillReport{}, err
		}
		var list []cases.Case
		err := a.store.View(ctx, func(tx store.Tx) (err error) {
			list, err = tx.CasesAfter("", 0)
			return err
		})
		if err != nil {
			return pipeline.DrillReport{}, err
		}
		watch.Observe(reports, list)
		if ctx.Err() != nil {
			return pipeline.DrillReport{}, ctx.Err()
		}
	}
	return watch.Report(), nil
}

func (a *app) printDrill(out io.Writer, rep pipeline.DrillReport, asJSON bool) error {
	if asJSON {
		return printJSON(out, rep)
	}
	w := a.words
	rows := []string{w.say("drill.head")}
	for _, it := range rep.Items {
		wait := "-"
		if !it.Told.IsZero() {
			wait = it.Told.Sub(it.Claimed).Round(time.Second).String()
		}
		rows = append(rows, strings.Join([]string{
			it.Item, string(it.State), strings.TrimPrefix(it.Case, "case:"), w.when(it.Claimed), w.when(it.Told), wait, fmt.Sprint(it.Notices), cut(it.By, 50),
		}, "\t"))
	}
	if err := printTable(out, rows); err != nil {
		return err
	}
	slices.Sort(rep.Missed)
	fmt.Fprintln(out, "\n"+w.say("drill.sum", rep.Revisions, rep.Advisory, rep.Ours, rep.Cases, rep.Notices, rep.Reversals, rep.Noise))
	_, err := fmt.Fprintln(out, w.say("drill.missed", len(rep.Missed), cmp.Or(strings.Join(rep.Missed, " "), "-")))
	return err
}
