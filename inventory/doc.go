package inventory

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
)

// Bounds of one file: more than any company's ledger, less than what stops a
// machine.
const (
	maxBytes = 256 << 20
	maxItems = 2_000_000
	maxDepth = 64
)

// doc is one file while it is read.
type doc struct {
	name    string         // of the file, as problems name it
	sheet   string         // of a workbook
	line    int            // of the entry being read
	field   string         // and its key or heading
	at      map[string]int // the lines of its keys, where they have their own
	raw     []byte
	text    string                     // raw in UTF-8
	told    []Kind                     // the unknown kinds that were named already
	json    map[string]json.RawMessage // the keys of text, where it is a JSON object
	form    string                     // the name of the reader that took it
	listing bool                       // a program wrote it, whatever its headings

	items    []Item
	partners []Partner
	imports  []Import
	problems Problems
}

func (d *doc) problem(line int, field string, code Code, args ...string) {
	d.note(Problem{Line: line, Field: field, Code: code, Args: args})
}

func (d *doc) warn(line int, field string, code Code, args ...string) {
	d.note(Problem{Line: line, Field: field, Code: code, Args: args, Warning: true})
}

func (d *doc) note(p Problem) {
	p.File, p.Sheet = d.name, d.sheet
	if line, ok := d.at[p.Field]; ok && p.Line == d.line {
		p.Line = line
	}
	switch n := len(d.problems); {
	case n < maxProblems:
		d.problems = append(d.problems, p)
	case n == maxProblems:
		d.problems = append(d.problems, Problem{File: d.name, Code: CodeMore, Args: []string{strconv.Itoa(maxProblems)}})
	}
}

// unreadable says that nothing of the file could be read, and why.
func (d *doc) unreadable(err error) { d.problem(0, "", CodeUnreadable, err.Error()) }

// full says, once, that no more entries are read.
func (d *doc) full() bool {
	if len(d.items)+len(d.partners) < maxItems {
		return false
	}
	d.problem(d.line, "", CodeCut, strconv.Itoa(maxItems))
	return true
}

// origin is where the entry being read stands.
func (d *doc) origin() string {
	switch {
	case d.line == 0:
		return d.name
	case d.sheet != "":
		return fmt.Sprintf("%s[%s]:%d", d.name, d.sheet, d.line)
	}
	return fmt.Sprintf("%s:%d", d.name, d.line)
}

// addItem takes an item that a reader found at d.line.
func (d *doc) addItem(it Item) {
	d.checkItem(&it)
	if it.Name == "" && it.Product == "" && it.CPE == "" && it.PURL == "" {
		d.problem(d.line, "", CodeNotAnItem)
		return
	}
	it.Origin = d.origin()
	d.items = append(d.items, it)
}

// addPartner takes a partner that a reader found at d.line.
func (d *doc) addPartner(p Partner) {
	d.checkPartner(&p)
	if p.Company == "" {
		d.problem(d.line, "", CodeNotAPartner)
		return
	}
	p.Origin = d.origin()
	d.partners = append(d.partners, p)
}

// originForm is what origin writes.
var originForm = regexp.MustCompile(`^(.*?)(?:\[([^\]]*)\])?:(\d+)$`)

// parseOrigin gives the parts of an origin back.
func parseOrigin(origin string) (file, sheet string, line int) {
	m := originForm.FindStringSubmatch(origin)
	if m == nil {
		return origin, "", 0
	}
	line, _ = strconv.Atoi(m[3])
	return m[1], m[2], line
}
