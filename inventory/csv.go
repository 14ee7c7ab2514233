package inventory

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// looksCSV says that the text has a separator in its first lines.
func looksCSV(d *doc) bool { return separator(d.text) != 0 }

// separator is what parts the cells: of tab, comma, semicolon and bar the one that
// stands in most of the first lines; 0 where none does.
func separator(text string) rune {
	best, most := rune(0), 0
	for _, sep := range []rune{'\t', ',', ';', '|'} {
		n := 0
		for i, line := range lines(text) {
			if i >= headingDepth {
				break
			}
			if strings.ContainsRune(line, sep) {
				n++
			}
		}
		if n > most {
			best, most = sep, n
		}
	}
	if best == 0 && singleColumn(text) {
		return ','
	}
	return best
}

// singleColumn says that the first line by itself is a heading that can name an
// item.
func singleColumn(text string) bool {
	for _, line := range lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			return naming([]string{line}, itemHeads)
		}
	}
	return false
}

// lines counts and gives the lines of a text, however they end.
func lines(text string) func(yield func(int, string) bool) {
	return func(yield func(int, string) bool) {
		i := 0
		for line := range strings.Lines(text) {
			if !yield(i, strings.TrimRight(line, "\r\n")) {
				return
			}
			i++
		}
	}
}

func readCSV(d *doc) {
	if !d.table(d.csvRows(separator(d.text))) {
		d.noHeading()
	}
}

// csvRows cuts the text into rows. A line whose quotes are wrong is named and
// left out; the rest stays.
func (d *doc) csvRows(sep rune) []row {
	r := csv.NewReader(strings.NewReader(unixLines.Replace(d.text)))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = sep, -1, true, false
	var rows []row
	for len(rows) <= maxItems {
		cells, err := r.Read()
		var parse *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return rows
		case errors.As(err, &parse):
			d.problem(parse.Line, "", CodeNotUnderstood, parse.Err.Error())
			continue
		case err != nil:
			d.unreadable(err)
			return rows
		}
		line, _ := r.FieldPos(0)
		rows = append(rows, row{line, cells})
	}
	return rows
}

// unixLines ends all lines alike: files that were put together from several have
// those of Windows, Unix and an old Macintosh side by side.
var unixLines = strings.NewReplacer("\r\n", "\n", "\r", "\n")
