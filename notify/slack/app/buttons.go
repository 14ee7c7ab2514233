package app

import (
	"cmp"
	"strings"

	"github.com/slack-go/slack"

	"hansho/notify"
)

// The ids of what can be clicked. They stand in messages that are years old, so
// they stay.
const (
	actAck       = "hansho_ack"
	actTake      = "hansho_take"
	actNotOurs   = "hansho_notours"
	actSnooze    = "hansho_snooze"
	actDetails   = "hansho_details"
	actApprove   = "hansho_letter_approve"
	actReject    = "hansho_letter_reject"
	actAccept    = "hansho_report_accept"
	actDrop      = "hansho_report_drop"
	actReport    = "hansho_report"
	actRead      = "hansho_letter_read"
	actMore      = "hansho_letters_more"
	viewNotOurs  = "hansho_notours"
	viewSnooze   = "hansho_snooze"
	viewReject   = "hansho_letter_reject"
	viewReport   = "hansho_report"
	viewApprove  = "hansho_letter_approve"
	buttonsBlock = "hansho_case"
)

// maxValue is how long the value of a button may be (Slack's limit is 2,000).
const maxValue = 1900

// Buttons gives what can be done under a message about a case; nothing for other
// messages. It is for slack.Options.Actions.
func Buttons(n notify.Notice) []slack.Block {
	if n.Case == nil {
		return nil
	}
	return caseButtons(n.Lang, buttonsBlock, n.Case.ID, n.Case.Acked != "")
}

func caseButtons(lang, block, id string, acked bool) []slack.Block {
	if id == "" || len(id) > maxValue {
		return nil
	}
	var els []slack.BlockElement
	add := func(action, word string, style slack.Style) {
		b := slack.NewButtonBlockElement(action, id, plain(say(lang, word)))
		b.Style = style
		els = append(els, b)
	}
	if !acked {
		add(actAck, "ack", slack.StylePrimary)
	}
	add(actTake, "take", slack.StyleDefault)
	add(actNotOurs, "notours", slack.StyleDefault)
	add(actSnooze, "snooze", slack.StyleDefault)
	add(actDetails, "details", slack.StyleDefault)
	return []slack.Block{slack.NewActionBlock(block, els...)}
}

func button(action, value, word string, style slack.Style) *slack.ButtonBlockElement {
	b := slack.NewButtonBlockElement(action, value, plain(word))
	b.Style = style
	return b
}

// plain is text in which nothing is read as markup.
func plain(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
}

// textBlock is a paragraph of plain text, within Slack's limit.
func textBlock(s string) slack.Block {
	return slack.NewSectionBlock(plain(cmp.Or(strings.TrimSpace(cut(s, 2900)), "—")), nil, nil)
}
