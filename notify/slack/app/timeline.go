package app

import (
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"hansho/cases"
	"hansho/notify"
)

// maxTimeline is how many lines of a timeline are shown.
const maxTimeline = 40

// timeline gives the newest lines of what happened.
func (a *App) timeline(c cases.Case) []slack.Block {
	events := c.Timeline
	if len(events) > maxTimeline {
		events = events[len(events)-maxTimeline:]
	}
	var rows []string
	for _, e := range slices.Backward(events) {
		rows = append(rows, oneLine(a.eventLine(e), 160))
	}
	blocks := []slack.Block{header(a.say("timeline"))}
	for chunk := range slices.Chunk(rows, 15) {
		blocks = append(blocks, textBlock(strings.Join(chunk, "\n")))
	}
	return blocks
}

// eventLine is one line of a timeline in the reader's language.
func (a *App) eventLine(e cases.Event) string {
	kind, ref := e.Kind, e.Ref
	if _, ok := lines["event."+kind]; ok {
		kind = a.say("event." + kind)
	}
	switch e.Kind {
	case "advisory", "revision":
		ref = "" // its title says it
	case "ack":
		if e.Text != "" { // what was decided says more
			kind = ""
		}
	case "snooze":
		if until, err := time.Parse(time.RFC3339, ref); err == nil {
			ref = a.say("event.until", until.In(a.o.Zone).Format("01-02 15:04"))
		}
	}
	parts := slices.DeleteFunc([]string{kind, e.Who, ref, notify.EventText(e, a.o.Lang)}, func(s string) bool { return s == "" })
	return e.At.In(a.o.Zone).Format("01-02 15:04") + "　" + strings.Join(parts, " ")
}
