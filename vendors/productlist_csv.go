package vendors

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// maxCSVHead is how far below the beginning the headings of a sheet may stand:
// people put titles and dates above them.
const maxCSVHead = 20

// maxHeading is the length of a heading in bytes; what is longer is prose with
// commas in it.
const maxHeading = 120

// readCSV reads a sheet divided by commas, semicolons or tabs.
func (l *listRules) readCSV(text []byte) ([]listRow, []error) {
	r := csvReader(text, csvDivider(text))
	columns, errs := l.csvHead(r)
	if columns == nil {
		return nil, append(errs, errors.New("csv: no row of headings names a product; map them in the entry"))
	}
	var rows []listRow
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, errs
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("csv: %w", err))
			if len(record) == 0 {
				continue
			}
		}
		no, _ := r.FieldPos(0)
		row, err := l.csvRow(columns, record, no)
		if err != nil {
			errs = append(errs, err)
		}
		if row != nil {
			rows = append(rows, *row)
		}
	}
}

func csvReader(text []byte, divider rune) *csv.Reader {
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = divider
	r.FieldsPerRecord = -1
	r.LazyQuotes = true
	r.TrimLeadingSpace = divider != '\t'
	return r
}

// csvDivider is the divider of which the first line with any has most.
func csvDivider(text []byte) rune {
	for line := range bytes.Lines(text) {
		best, most := ',', 0
		for _, d := range ",;\t" {
			if n := bytes.Count(line, []byte(string(d))); n > most {
				best, most = d, n
			}
		}
		if most > 0 {
			return best
		}
	}
	return ','
}

func (l *listRules) csvHead(r *csv.Reader) ([]column, []error) {
	var errs []error
	for range maxCSVHead {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("csv: %w", err))
			continue
		}
		if len(record) > maxColumns || slices.ContainsFunc(record, func(h string) bool { return len(h) > maxHeading }) {
			continue
		}
		if columns := l.columns(record); columns != nil {
			return columns, errs
		}
	}
	return nil, errs
}

func (l *listRules) csvRow(columns []column, record []string, no int) (*listRow, error) {
	cells := make([]cellText, len(record))
	empty := true
	for i, field := range record {
		cells[i] = l.inline(strings.Join(strings.Fields(field), " "))
		empty = empty && cells[i].text == "" && cells[i].links == nil
	}
	if empty {
		return nil, nil
	}
	for len(cells) > len(columns) && cells[len(cells)-1].text == "" && cells[len(cells)-1].links == nil {
		cells = cells[:len(cells)-1] // Excel fills rows up
	}
	return l.row(columns, cells, no, strings.Join(record, ","))
}

// looksLikeCSV says whether the first rows are headings of a product list and
// rows of as many fields.
func (l *listRules) looksLikeCSV(text []byte) bool {
	head := text[:min(len(text), 4096)]
	if cut := bytes.LastIndexByte(head, '\n'); cut > 0 {
		head = head[:cut+1] // whole lines
	}
	r := csvReader(head, csvDivider(head))
	columns, _ := l.csvHead(r)
	if columns == nil {
		return false
	}
	rows, fit := 0, 0
	for ; rows < maxCSVHead; rows++ {
		record, err := r.Read()
		if err != nil {
			break
		}
		if len(record) == len(columns) {
			fit++
		}
	}
	return 2*fit > rows
}
