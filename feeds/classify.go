package feeds

import (
	"fmt"
	"regexp"
	"strings"
)

// Reason is why a document can't be read, as an operator would sort it.
type Reason string

// The reasons for which a document can't be read.
const (
	ReasonEmpty     Reason = "the document is empty"
	ReasonChallenge Reason = "the server sent a page that checks for a browser, not the document"
	ReasonDenied    Reason = "the server sent an 'access denied' page, not the document"
	ReasonHTML      Reason = "the server sent a web page, not the document"
	ReasonFormat    Reason = "the document is not in the expected format"
	ReasonHostile   Reason = "the document is built to do harm and was refused"
	ReasonTooMuch   Reason = "the document holds more than can be right"
	ReasonBroken    Reason = "the document is broken"
	ReasonAPI       Reason = "the API answered with an error"
)

// UnreadableError is a document that came and can't be read: never "no
// advisories", never "not affected".
type UnreadableError struct {
	Reason Reason
	Detail string // what was seen, short; may be empty
	Err    error  // the cause; may be nil
}

// Error says in plain words what came instead.
func (e *UnreadableError) Error() string {
	s := string(e.Reason)
	if e.Detail != "" {
		s += " (" + e.Detail + ")"
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *UnreadableError) Unwrap() error { return e.Err }

// Shape is the outer form of a document.
type Shape int

// The shapes that Classify tells apart. ShapeText is any text, such as Markdown
// or CSV, that is none of the others.
const (
	ShapeXML Shape = iota + 1
	ShapeJSON
	ShapeHTML
	ShapeText
)

func (s Shape) String() string {
	return [...]string{"nothing", "XML", "JSON", "HTML", "text"}[s]
}

var (
	htmlHead   = regexp.MustCompile(`(?i)^(?:\s|<!--[\s\S]*?-->|<\?[^>]*\?>)*<(?:!doctype\s+html|html|head|body)[\s>]`)
	htmlTitle  = regexp.MustCompile(`(?i)<title[^>]*>\s*([^<]{0,200})`)
	challenges = regexp.MustCompile(`(?i)just a moment|attention required|verify(?:ing)? (?:that )?you are (?:a )?human|checking your browser|enable javascript and cookies|cf-chl|cf_chl|altcha|_incapsula_|captcha|ddos protection|bot (?:detection|protection|verification)|challenge-platform|px-captcha|ただいま確認|ロボットではありません`)
	denials    = regexp.MustCompile(`(?i)access (?:is |has been )?(?:denied|blocked|forbidden)|you don'?t have permission|403 forbidden|request (?:blocked|rejected|unsuccessful)|the requested url was rejected|errors\.edgesuite\.net|アクセス(?:が)?(?:拒否|制限|禁止)|閲覧できません`)
)

// Classify says what shape a text has, and fails where it is none of those
// wanted: a challenge or refusal in HTML, an empty body, another format.
func Classify(text string, wanted ...Shape) (Shape, error) {
	head := headOf(text)
	if head == "" {
		return 0, &UnreadableError{Reason: ReasonEmpty}
	}
	shape := shapeOf(head)
	for _, w := range wanted {
		if w == shape {
			return shape, nil
		}
	}
	if shape == ShapeHTML {
		return shape, htmlInstead(head)
	}
	if denials.MatchString(head[:min(len(head), 500)]) {
		return shape, &UnreadableError{Reason: ReasonDenied}
	}
	return shape, &UnreadableError{Reason: ReasonFormat, Detail: fmt.Sprintf("%s where %s was expected", shape, shapeNames(wanted))}
}

// headOf gives the part of a text that is looked at, without leading space.
func headOf(text string) string {
	return strings.TrimLeft(text[:min(len(text), 64<<10)], " \t\r\n\ufeff")
}

func shapeOf(head string) Shape {
	switch {
	case head == "":
		return 0
	case htmlHead.MatchString(head):
		return ShapeHTML
	case head[0] == '<':
		return ShapeXML
	case head[0] == '{' || head[0] == '[':
		return ShapeJSON
	}
	return ShapeText
}

func shapeNames(shapes []Shape) string {
	names := make([]string, len(shapes))
	for i, s := range shapes {
		names[i] = s.String()
	}
	return strings.Join(names, " or ")
}

func htmlInstead(head string) error {
	detail := ""
	if m := htmlTitle.FindStringSubmatch(head); m != nil {
		detail = fmt.Sprintf("titled %.60q", strings.Join(strings.Fields(m[1]), " "))
	}
	switch {
	case challenges.MatchString(head):
		return &UnreadableError{Reason: ReasonChallenge, Detail: detail}
	case denials.MatchString(head):
		return &UnreadableError{Reason: ReasonDenied, Detail: detail}
	}
	return &UnreadableError{Reason: ReasonHTML, Detail: detail}
}
