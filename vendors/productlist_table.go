package vendors

import "strings"

// tableReader reads the pipe tables of a Markdown document. Tables of other
// things (a legend of status words) are passed over; rows that lost their table
// to a blank line are read by the last list's columns.
type tableReader struct {
	rules   *listRules
	columns []column // of the list being read; nil outside one
	last    []column // of the last list
	foreign bool     // a table was seen whose columns say nothing to us
	rows    []listRow
	errs    []error

	heads map[string][]column // by the line of headings: a list has one a letter
	above headingScope        // what the headings above say

	pending string // a row that was broken off, waiting for its rest
	at      int    // its line
}

// isDelimiter says whether a line is the row of dashes below a table's headings.
func isDelimiter(line string) bool {
	return strings.Contains(line, "-") && strings.Contains(line, "|") && strings.Trim(line, " \t:-|") == ""
}

// maxColumns bounds a table: what is wider is no list.
const maxColumns = 64

func (t *tableReader) block(b mdBlock) {
	t.columns = nil
	headed := false
	t.above.see(b)
	for i, line := range b.lines {
		switch {
		case isDelimiter(line.text):
		case i+1 < len(b.lines) && isDelimiter(b.lines[i+1].text):
			t.flush()
			t.head(line.text)
			headed = true
		case t.columns != nil:
			t.row(line)
		case !headed && t.last != nil && isRow(line):
			t.stray(line)
		}
	}
	t.flush()
}

func (t *tableReader) head(line string) {
	columns, known := t.heads[line]
	if !known {
		columns = t.headings(splitRow(line))
		t.heads[line] = columns
	}
	t.columns = columns
	if columns != nil {
		t.last = columns
	}
}

func (t *tableReader) headings(cells []string) []column {
	var columns []column
	if len(cells) <= maxColumns {
		for i, c := range cells {
			cells[i] = t.rules.inline(c).text
		}
		columns = t.rules.columns(cells)
	}
	if columns == nil && len(cells) > 2 {
		t.foreign = true
	}
	return columns
}

// row reads a line of a table. One with too few cells or without its last pipe
// may go on in the next line, where that doesn't begin as a row does.
func (t *tableReader) row(line mdLine) {
	if t.pending != "" && !strings.HasPrefix(strings.TrimSpace(line.text), "|") {
		whole := t.pending + line.text
		if len(splitRow(whole)) <= len(t.columns) {
			t.pending = ""
			t.put(t.at, whole)
			return
		}
	}
	t.flush()
	switch pipes := strings.Count(line.text, "|"); {
	case pipes == 0:
		t.errs = append(t.errs, rowError(line.no, line.text, "no row of the table it stands in"))
	case pipes <= len(t.columns), !strings.HasSuffix(strings.TrimSpace(line.text), "|"):
		t.pending, t.at = line.text, line.no
	default:
		t.put(line.no, line.text)
	}
}

func (t *tableReader) flush() {
	if t.pending != "" {
		t.put(t.at, t.pending)
	}
	t.pending = ""
}

// stray reads a row that stands outside a table.
func (t *tableReader) stray(line mdLine) {
	t.columns = t.last
	if len(splitRow(line.text)) >= len(t.columns)-1 {
		t.put(line.no, line.text)
	}
	t.columns = nil
}

func (t *tableReader) put(no int, line string) {
	raw := splitRow(line)
	cells := make([]cellText, len(raw))
	empty := true
	for i, c := range raw {
		cells[i] = t.rules.inline(c)
		empty = empty && cells[i].text == "" && cells[i].links == nil
	}
	if empty {
		return
	}
	row, err := t.rules.row(t.columns, cells, no, line)
	if err != nil {
		t.errs = append(t.errs, err)
	}
	if row != nil {
		t.above.fill(row, t.columns)
		t.rows = append(t.rows, *row)
	}
}

// row fits cells to columns. Where their numbers differ, the cells are placed
// where they fit best, and the row is reported as well as read; a row that
// names nothing is only reported.
func (l *listRules) row(columns []column, cells []cellText, no int, line string) (*listRow, error) {
	var err error
	if len(cells) != len(columns) {
		err = rowError(no, line, "%d cells under %d headings", len(cells), len(columns))
		cells = l.placed(columns, cells)
	}
	r := listRow{line: no}
	for i, c := range columns {
		r.set(c, cells[i])
	}
	if r.vendor == "" && r.product == "" {
		return nil, rowError(no, line, "names no vendor and no product")
	}
	return &r, err
}

// splitRow splits a row at its pipes; \| is a pipe in a cell.
func splitRow(line string) []string {
	line = strings.TrimSpace(line)
	line = strings.TrimPrefix(line, "|")
	if strings.HasSuffix(line, "|") && !strings.HasSuffix(line, `\|`) {
		line = line[:len(line)-1]
	}
	cells := make([]string, 0, 12)
	start := 0
	for i := range len(line) {
		if line[i] == '|' && (i == 0 || line[i-1] != '\\') {
			cells = append(cells, unescapePipes(line[start:i]))
			start = i + 1
		}
	}
	return append(cells, unescapePipes(line[start:]))
}

func unescapePipes(cell string) string { return strings.ReplaceAll(cell, `\|`, "|") }
