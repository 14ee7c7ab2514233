package forms

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"hansho/notify/markup"
)

// The limits of what is written, in characters.
const (
	maxName       = 80
	maxNote       = 4000
	maxFixed      = 200
	maxWorkaround = 800
	maxDepartment = 100
	maxUses       = 8000
	maxUse        = 200 // one line of them
	maxUseLines   = 100
	maxVersion    = 60
	maxRemarks    = 1000
)

// input reads the fields of a form, and says what is wrong with them.
type input struct {
	sent  url.Values
	words words
	wrong map[string]string // by field
}

func newInput(sent url.Values, w words) *input {
	return &input{sent: sent, words: w, wrong: map[string]string{}}
}

// text gives a field of several lines, without what hides or turns text around.
func (in *input) text(field string, limit int) string {
	s := strings.TrimSpace(markup.Clean(in.sent.Get(field)))
	if utf8.RuneCountInString(s) > limit {
		in.wrong[field] = in.words.say("wrong.long", limit)
	}
	return s
}

// line gives a field of one line.
func (in *input) line(field string, limit int) string {
	return strings.Join(strings.Fields(in.text(field, limit)), " ")
}

// need says that a field has to be filled in.
func (in *input) need(field, value, why string) {
	if value == "" && in.wrong[field] == "" {
		in.wrong[field] = in.words.say(why)
	}
}
