package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"hansho/cases"
)

// itemState gives the words for where an item stands.
func (w words) itemState(s cases.ItemState) string {
	key, ok := map[cases.ItemState]string{
		cases.ItemUnknown: "item.unknown", cases.ItemAsked: "item.asked", cases.ItemAffected: "item.affected",
		cases.ItemNotAffected: "item.not", cases.ItemMitigated: "item.mitigated", cases.ItemFixed: "item.fixed",
	}[s]
	if !ok {
		return string(s)
	}
	return w.say(key)
}

// caseState gives the words for where a case stands.
func (w words) caseState(s cases.State) string {
	key, ok := map[cases.State]string{cases.Open: "case.open", cases.Contained: "case.contained", cases.Closed: "case.closed"}[s]
	if !ok {
		return string(s)
	}
	return w.say(key)
}

// event gives the word for a kind of line in a case's timeline.
func (w words) event(kind string) string {
	key, ok := map[string]string{
		"advisory": "event.advisory", "revision": "event.revision", "state": "event.state", "reversal": "event.reversal",
		"enquiry": "event.enquiry", "letter": "event.letter", "ack": "event.ack", "note": "event.note", "snooze": "event.snooze",
		"merge": "event.merge", "conflict": "event.conflict", "check": "event.check",
	}[kind]
	if !ok {
		return kind
	}
	return w.say(key)
}

// saidBy names who said where an item stands: a person, or an advisory.
func (w words) saidBy(by string) string {
	if who, ok := strings.CutPrefix(by, "hand:"); ok {
		return w.say("item.hand", printable(who))
	}
	return cmp.Or(printable(by), "-")
}

// conflict says that an advisory holds something else than a person does: state and
// advisory, as Item.Conflict has them.
func (w words) conflict(text string) string {
	state, by, ok := strings.Cut(text, " ")
	if !ok {
		return text
	}
	return w.say("item.conflict", w.itemState(cases.ItemState(state)), by)
}

// itemCounts say how many items stand where: "affected 2, unknown 14".
func (w words) itemCounts(c cases.Case) string {
	n := map[cases.ItemState]int{}
	for _, it := range c.Items {
		n[it.State]++
	}
	var parts []string
	for _, s := range []cases.ItemState{
		cases.ItemAffected, cases.ItemUnknown, cases.ItemAsked, cases.ItemMitigated, cases.ItemNotAffected, cases.ItemFixed,
	} {
		if n[s] > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", w.itemState(s), n[s]))
		}
	}
	return cmp.Or(strings.Join(parts, w.say("comma")), "-")
}

// unsettled lists the items of a case that are not known to be safe.
func unsettled(c cases.Case) []string {
	var out []string
	for id, it := range c.Items {
		if !it.State.Safe() {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}
