package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"hansho/cases"
)

// showAnswers prints what came back to a letter that is no enquiry.
func (a *app) showAnswers(out io.Writer, l cases.Letter, asJSON bool) error {
	if asJSON {
		return printJSON(out, l.Answers)
	}
	if err := a.printLetters(out, []cases.Letter{l}, false); err != nil {
		return err
	}
	return a.printAnswers(out, l.Answers)
}

// printAnswers prints answers as they came: when, from whom, the words.
func (a *app) printAnswers(out io.Writer, answers []cases.Answer) error {
	for _, ans := range answers {
		verdict := strings.TrimSpace(ans.Item + " " + string(ans.State) + " " + ans.Fixed)
		if ans.Pending {
			verdict = a.standing(cases.StandDontKnow)
		}
		from := ans.From
		if ans.Remote != "" {
			from += " [" + ans.Remote + "]"
		}
		line := a.words.say("enquiry.answer", a.words.when(ans.At), printable(from), cmp.Or(verdict, "-"), cmp.Or(ans.By, "-"))
		for text := range strings.Lines(ans.Text) {
			line += "\n  │ " + printable(text)
		}
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	return nil
}
