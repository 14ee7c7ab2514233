package inventory

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Problem is one thing wrong in a file that declares an inventory. It costs
// what it names and nothing else.
type Problem struct {
	File    string   `json:"file"`
	Sheet   string   `json:"sheet,omitempty"` // of a workbook
	Line    int      `json:"line,omitempty"`  // counted from 1; 0 is the whole file
	Field   string   `json:"field,omitempty"` // the key or heading as it stands in the file
	Code    Code     `json:"code"`
	Args    []string `json:"args,omitempty"` // what the texts of the code name
	Warning bool     `json:"warning"`        // nothing was lost
}

// maxProblems bounds how many problems one file can have: enough to repair a
// file with, too few to drown in.
const maxProblems = 500

// Where says where the problem is, as an editor can jump to: file:line, with
// the sheet of a workbook in brackets.
func (p Problem) Where() string {
	where := p.File
	if p.Sheet != "" {
		where += "[" + p.Sheet + "]"
	}
	if p.Line > 0 {
		where += ":" + strconv.Itoa(p.Line)
	}
	return where
}

// Message says what is wrong, in ja or en (any other language is en).
func (p Problem) Message(lang string) string {
	return p.Code.text(lang).message.fill(inWords(lang, p.Args))
}

// Hint says what to write instead, in ja or en; empty where nothing can be said.
func (p Problem) Hint(lang string) string {
	return p.Code.text(lang).hint.fill(inWords(lang, p.Args))
}

// Text is the problem as one line in ja or en: where, field, message, hint.
func (p Problem) Text(lang string) string {
	var b strings.Builder
	b.WriteString(p.Where() + ": ")
	if p.Warning {
		b.WriteString(map[bool]string{true: "注意: ", false: "warning: "}[lang == "ja"])
	}
	if p.Field != "" {
		b.WriteString(p.Field + ": ")
	}
	b.WriteString(p.Message(lang))
	if hint := p.Hint(lang); hint != "" {
		b.WriteString(map[bool]string{true: "。", false: "; "}[lang == "ja"] + hint)
	}
	return b.String()
}

// Error is the problem's text in English.
func (p Problem) Error() string { return p.Text("en") }

// Problems are all that was found wrong, in the order of file and line.
type Problems []Problem

// Err joins the problems that cost something; nil where there are only warnings.
func (ps Problems) Err() error {
	var errs []error
	for _, p := range ps {
		if !p.Warning {
			errs = append(errs, p)
		}
	}
	return errors.Join(errs...)
}

// Partial says that not all of the file was read, so that what it doesn't seem
// to have may well be in it.
func (ps Problems) Partial() bool {
	return slices.ContainsFunc(ps, func(p Problem) bool {
		switch p.Code {
		case CodeUnreadable, CodeTooLarge, CodeUnknownFormat, CodeOldFormat, CodeSyntax, CodeNoHeading, CodeNotUnderstood, CodeDuplicateID, CodeCut:
			return true
		}
		return false
	})
}

func (ps Problems) sorted() Problems {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Sheet, b.Sheet), cmp.Compare(a.Line, b.Line))
	})
	return ps
}

// template is a text with %[1]s for each argument.
type template string

func (t template) fill(args []string) string {
	if t == "" || len(args) == 0 || !strings.Contains(string(t), "%[") {
		return string(t)
	}
	values := make([]any, len(args))
	for i, a := range args {
		values[i] = clip(a, 80)
	}
	return fmt.Sprintf(string(t), values...)
}

// clip cuts a quoted value to n characters, so that a hostile cell doesn't
// become a hostile message, and shows control characters as what they are.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		s = string(r[:n]) + "…"
	}
	quoted := strconv.Quote(s)
	if quoted[1:len(quoted)-1] == s {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}
