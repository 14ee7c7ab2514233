package vendors

import (
	"regexp"
	"strings"
)

// Lists without a table: "## NAME : https://…", "- NAME https://…", or plain
// lines, under headings of one letter, after a preamble.

var (
	letterHeading = regexp.MustCompile(`(?i)^(?:(?:section|letter|part|vendors?|products?)[\s:-]*)?(?:[A-Z]|[A-Z] ?[-–~] ?[A-Z]|0 ?[-–] ?9|\d|#|[ぁ-んァ-ン]行?|記号|数字|英数字?)$`)
	// asideHeading heads a part of the document that is about the list.
	asideHeading = regexp.MustCompile(`(?i)error|resource|typo|note|contribut|credit|thank|about|intro|disclaimer|legend|status|how to|reference|changelog|other|はじめに|注意|凡例|参考|更新履歴`)
	hashMarks    = regexp.MustCompile(`^\s*(?:#{1,6}|[-+*•・>]|\d+[.)])\s*`)
	nameEnds     = " \t:：;；-–—=|>→"
	unofficial   = regexp.MustCompile(`(?i)[\s(\[]*\bunoff?icial\b[\s)\]]*`)
)

// maxNameWords and maxName bound what is a name before an address: a longer
// text is a sentence with a link in it.
const (
	maxNameWords = 12
	maxName      = 120
)

// readNames reads the entries of a list without a table. Where it has letter
// headings, what stands before the first is preamble. Lines that were read as
// blocks are used.
func (l *listRules) readNames(blocks []mdBlock, used map[int]bool) []listRow {
	n := nameReader{rules: l, used: used}
	for _, b := range blocks {
		n.lettered = n.lettered || isLetter(b)
	}
	for _, b := range blocks {
		n.block(b)
	}
	return n.rows
}

type nameReader struct {
	rules    *listRules
	used     map[int]bool
	lettered bool // the list is in order of letters
	inside   bool // after the first letter
	aside    int  // level of the heading of a part that isn't the list, 0 where none
	rows     []listRow
}

func isLetter(b mdBlock) bool {
	return len(b.lines) == 1 && letterHeading.MatchString(strings.Trim(b.lines[0].text, " \t#*_:."))
}

func (n *nameReader) block(b mdBlock) {
	if isLetter(b) {
		n.inside, n.aside = true, 0
		return
	}
	if b.level > 0 && !strings.Contains(b.lines0(), "://") {
		n.part(b)
		return
	}
	if n.aside > 0 || n.lettered && !n.inside {
		return
	}
	for _, line := range b.lines {
		if n.used[line.no] {
			continue
		}
		if row, ok := n.rules.named(line); ok && (b.level > 0 || b.item || n.inside || row.apart) {
			n.rows = append(n.rows, row)
		}
	}
}

// part notes a heading that begins another part of the document.
func (n *nameReader) part(b mdBlock) {
	switch {
	case n.aside > 0 && b.level > n.aside:
	case asideHeading.MatchString(b.lines0()):
		n.aside = b.level
	default:
		n.aside = 0
	}
}

// lines0 is the first line of a block.
func (b mdBlock) lines0() string {
	if len(b.lines) == 0 {
		return ""
	}
	return b.lines[0].text
}

// named splits a line into a name, its addresses and remarks.
func (l *listRules) named(line mdLine) (listRow, bool) {
	text := hashMarks.ReplaceAllString(line.text, "")
	cell := l.inline(text)
	if len(cell.links) == 0 || !strings.Contains(text, "://") {
		return listRow{}, false
	}
	head, tail := l.around(text)
	name := strings.Trim(head, nameEnds)
	notes := strings.Trim(tail, nameEnds+".,;")
	if unofficial.MatchString(name) {
		name = strings.Trim(unofficial.ReplaceAllString(name, " "), nameEnds)
		notes = joined("unofficial", notes)
	}
	name, remark, status := l.splitName(name)
	notes = joined(remark, notes)
	var statuses []listStatus
	if status == "" && l.saysStatus(notes) {
		status, notes = notes, ""
	}
	if status != "" {
		statuses = []listStatus{{words: strings.Trim(status, "()（）[] .")}}
	}
	if name == "" || len(strings.Fields(name)) > maxNameWords || len(name) > maxName {
		return listRow{}, false
	}
	apart := strings.HasPrefix(text, "[") || strings.ContainsAny(head[len(head)-1:], ":;|-=>")
	return listRow{line: line.no, product: strings.Join(strings.Fields(name), " "), notes: notes, links: cell.links, apart: apart, statuses: statuses}, true
}

// around gives the text before the first address and after it. The label of a
// link is the name where nothing stands before it: "[NAME](https://…)".
func (l *listRules) around(s string) (head, tail string) {
	in := inliner{rules: l, rest: strings.ToValidUTF8(s[:min(len(s), maxMarked)], "")}
	for in.rest != "" && len(in.links) == 0 {
		head = in.text.String()
		in.step()
	}
	labelled := strings.TrimSpace(in.text.String())
	head = strings.TrimSpace(head)
	if head == "" {
		head = labelled
	}
	return l.inline(head).text, l.inline(in.rest).text
}
