package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"hansho/cmd/hansho/demo"
	"hansho/notify"
	"hansho/pipeline"
	"hansho/store"
)

// style colours a terminal, and leaves anything else plain.
type style bool

func styleFor(w io.Writer) style {
	return style(isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb")
}

func (s style) paint(code, text string) string {
	if !s {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (s style) bold(t string) string { return s.paint("1", t) }
func (s style) dim(t string) string  { return s.paint("2", t) }
func (s style) loud(t string) string { return s.paint("1;31", t) }
func (s style) fine(t string) string { return s.paint("32", t) }

func (d *demoRun) say(key string, values ...any) string { return d.app.words.say(key, values...) }

func (d *demoRun) title() {
	inv := d.app.inventory
	fmt.Fprintln(d.out, d.style.bold(d.say("demo.title")))
	fmt.Fprintln(d.out, d.say("demo.company", d.app.file.Company.Name, len(inv.Items), len(inv.Partners)))
}

func (d *demoRun) showStep(ctx context.Context, at time.Time, reports []pipeline.Report, counts notify.Counts) error {
	fmt.Fprintf(d.out, "\n%s\n", d.style.bold("━━ "+d.day(at)+" "+strings.Repeat("━", 40)))
	for _, r := range reports {
		d.showReport(r)
	}
	sent, err := d.sentSince(ctx)
	if err != nil {
		return err
	}
	for _, x := range sent {
		if err := d.showDelivery(x); err != nil {
			return err
		}
	}
	if counts.Failed+counts.Parked > 0 {
		fmt.Fprintln(d.out, d.style.loud(d.say("demo.undelivered", counts.Failed+counts.Parked)))
	}
	return d.showUntold(ctx, at)
}

func (d *demoRun) day(t time.Time) string {
	t = t.In(demo.JST)
	if d.lang == "en" {
		return t.Format("Mon 2 January 2006, 15:04 MST")
	}
	return t.Format("2006年1月2日") + "(" + string([]rune("日月火水木金土")[t.Weekday()]) + ")" + t.Format(" 15:04")
}

func (d *demoRun) showReport(r pipeline.Report) {
	switch {
	case r.Failed != "":
		fmt.Fprintln(d.out, "  ", d.style.loud(d.say("poll.why", r.Source, r.Failed)))
	case r.New+r.Revised > 0:
		fmt.Fprintln(d.out, d.style.dim(d.say("demo.polled", r.Source, r.New, r.Revised, r.Matches)))
	case !r.Unchanged:
		fmt.Fprintln(d.out, d.style.dim(d.say("demo.same", r.Source)))
	}
}

// showDelivery prints a message as its reader gets it: the first of a thread
// whole, a reply as what it adds.
func (d *demoRun) showDelivery(x notify.Delivery) error {
	d.told++
	form, head := notify.Reply, d.say("demo.reply", x.Address)
	if x.Thread == "" || x.Receipt.Root == "" || x.Receipt.Root == x.Receipt.ID {
		form, head = notify.Root, d.say("demo.root", x.Address)
	}
	if first := d.opens(x); first && x.Notice.Kind == notify.KindUpdate {
		x.Notice.Kind = notify.KindNew // as the dispatcher tells the first of a thread
	}
	doc, err := d.app.templates.Render(x.Notice, form)
	if err != nil {
		return err
	}
	paint := d.style.fine
	if x.Notice.Kind == notify.KindReversal {
		paint = d.style.loud
	}
	fmt.Fprintf(d.out, "\n  %s %s\n", paint("▶ "+head), d.style.bold(printable(doc.Subject)))
	if x.Address.Channel == "mail" && d.told > 3 {
		return nil // the first mail is shown whole; the others are in the files
	}
	for _, line := range strings.Split(strings.TrimSpace(doc.Text()), "\n") {
		fmt.Fprintln(d.out, "    "+d.style.dim("│ ")+printable(line))
	}
	return nil
}

// opens says that a delivery is the first of its thread at its address.
func (d *demoRun) opens(x notify.Delivery) bool {
	thread := x.Thread + " " + x.Address.String()
	first := !d.threads[thread]
	d.threads[thread] = true
	return first
}

// showUntold names what came and was rightly left untold.
func (d *demoRun) showUntold(ctx context.Context, at time.Time) error {
	var titles []string
	err := d.app.store.View(ctx, func(tx store.Tx) error {
		titles = nil
		records, err := tx.AdvisoriesAfter("", 0)
		for _, r := range records {
			if r.Changed.Before(at) {
				continue
			}
			if _, err := tx.CaseBy(r.Advisory.ID); err != nil {
				titles = append(titles, r.Advisory.ID+" "+r.Advisory.Title)
			}
		}
		return err
	})
	if err != nil || len(titles) == 0 {
		return err
	}
	d.untold += len(titles)
	fmt.Fprintln(d.out, "\n"+d.style.dim(d.say("demo.untold", len(titles))))
	for _, t := range titles[:min(len(titles), 4)] {
		fmt.Fprintln(d.out, d.style.dim("     "+cut(printable(t), 100)))
	}
	return nil
}

func (d *demoRun) finish(ctx context.Context) error {
	if err := d.files(); err != nil {
		return err
	}
	list, err := d.app.pipeline.Desk().Cases(ctx, "")
	if err != nil {
		return err
	}
	fmt.Fprintf(d.out, "\n%s\n", d.style.bold("━━ "+d.say("demo.end")+" "+strings.Repeat("━", 40)))
	for _, c := range list {
		v := d.app.pipeline.View(c)
		fmt.Fprintln(d.out, "  ", c.ID, cut(v.Name, 60), "—", d.app.words.itemCounts(c))
	}
	if err := d.letterFiles(ctx); err != nil {
		return err
	}
	fmt.Fprintln(d.out, d.say("demo.sum", len(d.slack.Messages("")), len(d.mail.Messages()), d.untold))
	fmt.Fprintln(d.out, "\n"+d.style.bold(d.say("demo.files")))
	for _, f := range [][2]string{
		{"hansho.db", "demo.file.store"},
		{"slack.html", "demo.file.page"},
		{"slack.json", "demo.file.slack"},
		{"mail", "demo.file.mail"},
		{"letters", "demo.file.letters"},
		{"config.yaml", "demo.file.config"},
		{"inventory.yaml", "demo.file.inventory"},
	} {
		fmt.Fprintf(d.out, "  %s\n    %s\n", filepath.Join(d.dir, f[0]), d.style.dim(d.app.words.say(f[1])))
	}
	fmt.Fprintln(d.out, "\n"+d.say("demo.next", d.dir))
	return nil
}
