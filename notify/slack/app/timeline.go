package app

import (
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"hansho/cases"
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
	kind, ref, text := e.Kind, e.Ref, e.Text
	if _, ok := lines["event."+kind]; ok {
		kind = a.say("event." + kind)
	}
	switch e.Kind {
	case "advisory", "revision":
		ref = "" // its title says it
	case "snooze":
		if until, err := time.Parse(time.RFC3339, ref); err == nil {
			ref = a.say("event.until", until.In(a.o.Zone).Format("01-02 15:04"))
		}
	case "ack":
		if to, ok := strings.CutPrefix(text, "assigned to "); ok {
			kind, text = a.say("event.assigned"), to
			if to == e.Who {
				text = ""
			}
		}
	case "state", "check":
		text = a.stateFirst(text)
	}
	parts := slices.DeleteFunc([]string{kind, e.Who, ref, text}, func(s string) bool { return s == "" })
	return e.At.In(a.o.Zone).Format("01-02 15:04") + "　" + strings.Join(parts, " ")
}

// stateFirst puts a state that a text begins with into words.
func (a *App) stateFirst(text string) string {
	word, rest, _ := strings.Cut(text, " ")
	if _, ok := lines["state."+word]; !ok {
		return text
	}
	return strings.TrimSpace(a.say("state."+word) + " " + rest)
}
