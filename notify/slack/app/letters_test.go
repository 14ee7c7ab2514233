package app_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"hansho/cases"
	"hansho/notify/slack/slacktest"
)

// words gives the texts of a message's or view's blocks, in order.
func words(t *testing.T, blocks json.RawMessage) []string {
	t.Helper()
	var list []struct {
		Text struct{ Text string } `json:"text"`
	}
	must(t, json.Unmarshal(blocks, &list))
	var out []string
	for _, b := range list {
		out = append(out, b.Text.Text)
	}
	return out
}

// longLetter is as long as a weekly notice in a bad week.
func longLetter() cases.Letter {
	var b strings.Builder
	for i := range 300 {
		fmt.Fprintf(&b, "%d 行目：当社で利用している製品に脆弱性が見つかりました。<!channel> 対応の状況は次のとおりです。\n", i)
	}
	return cases.Letter{ID: "weekly:2026-11-20", Kind: "weekly", Subject: "週次のお知らせ", Text: b.String(), To: []string{"a@example.com"}}
}

func TestALongLetterIsReadWholeBeforeItIsApproved(t *testing.T) {
	o := newOffice(t, nil)
	o.listen()
	l := longLetter()
	o.letters.waiting = []cases.Letter{l}
	o.send(o.slack.Command(yamada, channel, "letters"))
	buttons := buttonsOf(t, o.told(yamada).Blocks)
	if _, can := buttons["hansho_letter_approve"]; can {
		t.Error("a letter that is shown in part can be approved")
	}
	read := o.slack.Click(yamada, slacktest.Message{Channel: channel, TS: "1.2"}, "hansho_letter_read", buttons["hansho_letter_read"])
	o.send(read)
	v := o.modal(yamada)
	shown := strings.Join(words(t, v.Blocks)[1:], "\n")
	if want := strings.TrimRight(l.Text, "\n"); shown != want {
		t.Errorf("%d of %d characters are shown", len([]rune(shown)), len([]rune(want)))
	}
	if len(o.letters.done) != 0 {
		t.Fatal("reading approved it")
	}
	o.send(o.slack.Submit(v, nil))
	if got := fmt.Sprint(o.letters.done); got != "[approved weekly:2026-11-20 by 山田 太郎]" {
		t.Errorf("done %s", got)
	}
	o.send(o.slack.Submit(slacktest.View{ID: "V9", User: sato, Callback: v.Callback, Metadata: v.Metadata}, nil))
	if got := o.slack.Messages(sato); len(got) != 1 || !strings.Contains(got[0].Text, "承認者だけ") {
		t.Errorf("somebody else is told %+v", got)
	}
}

func TestWhatWasNotReadIsNotApproved(t *testing.T) {
	o := newOffice(t, nil)
	o.listen()
	o.letters.waiting = []cases.Letter{{ID: "L1", Subject: "ご協力のお願い", Text: "本文"}}
	o.send(o.slack.Command(yamada, channel, "letters"))
	value := buttonsOf(t, o.told(yamada).Blocks)["hansho_letter_approve"]
	o.letters.waiting[0].Text = "書き換えた本文"
	o.send(o.slack.Click(yamada, slacktest.Message{Channel: channel, TS: "1.2"}, "hansho_letter_approve", value))
	if got := o.told(yamada).Text; !strings.Contains(got, "書き換えられた") || len(o.letters.done) != 0 {
		t.Errorf("told %q, done %v", got, o.letters.done)
	}
	o.letters.waiting = nil
	o.send(o.slack.Click(yamada, slacktest.Message{Channel: channel, TS: "1.3"}, "hansho_letter_approve", value))
	if got := o.told(yamada).Text; !strings.Contains(got, "承認待ちではありません") {
		t.Errorf("told %q", got)
	}
}

func TestEveryLetterThatWaitsIsReached(t *testing.T) {
	o := newOffice(t, nil)
	o.listen()
	for i := range 13 {
		o.letters.waiting = append(o.letters.waiting, cases.Letter{ID: fmt.Sprintf("L%02d", i), Subject: fmt.Sprintf("文書 %02d 号", i), Text: "本文"})
	}
	o.send(o.slack.Command(yamada, channel, "letters"))
	var seen string
	for range 4 {
		got := o.told(yamada)
		seen += string(got.Blocks)
		next, more := buttonsOf(t, got.Blocks)["hansho_letters_more"]
		if !more {
			break
		}
		o.send(o.slack.Click(yamada, slacktest.Message{Channel: channel, TS: "1.2"}, "hansho_letters_more", next))
	}
	for i := range 13 {
		if n := strings.Count(seen, fmt.Sprintf("文書 %02d 号", i)); n != 1 {
			t.Errorf("letter %d is shown %d times", i, n)
		}
	}
}

func TestALetterTooLongForSlackIsReadElsewhere(t *testing.T) {
	o := newOffice(t, nil)
	o.listen()
	o.letters.waiting = []cases.Letter{{ID: "L1", Subject: "長い文書", Text: strings.Repeat("長", 100000)}}
	o.send(o.slack.Command(yamada, channel, "letters"))
	value := buttonsOf(t, o.told(yamada).Blocks)["hansho_letter_read"]
	o.send(o.slack.Click(yamada, slacktest.Message{Channel: channel, TS: "1.2"}, "hansho_letter_read", value))
	if got := o.told(yamada).Text; !strings.Contains(got, "hansho letter show L1") || len(o.slack.Views(yamada)) != 0 {
		t.Errorf("told %q", got)
	}
}
