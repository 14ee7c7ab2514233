package inventory

import (
	"strings"
	"unicode/utf8"
)

// twofold finds a heading of two rows: groups (OS, ミドルウェア) over the columns
// of each (名称, バージョン). It gives the lower of the two with each column's
// group before its name, and where the rows below begin; a heading of one row it
// gives back as it is.
func twofold(rows []row, at int, items heads[Item]) (heading row, next int) {
	if at+1 < len(rows) && subHeading(rows[at], rows[at+1], items) {
		return joined(rows[at], rows[at+1], items), at + 2
	}
	if at > 0 && groups(rows[at-1], rows[at]) {
		return joined(rows[at-1], rows[at], items), at + 1
	}
	return rows[at], at + 1
}

// subHeading says that below names columns and nothing else, under the groups of
// above, and leaves free what above names by itself.
func subHeading(above, below row, items heads[Item]) bool {
	named := 0
	for _, cell := range below.cells {
		if strings.TrimSpace(cell) == "" {
			continue
		}
		if utf8.RuneCountInString(cell) > maxHeading {
			return false
		}
		if c, _ := items.find(cell); c == nil {
			return false
		}
		named++
	}
	return named > 1 && groups(above, below)
}

// groups says that a row has several headings of which one spans columns that
// the row below names.
func groups(above, below row) bool {
	named, spans := 0, false
	inside := false
	for i := range max(len(above.cells), len(below.cells)) {
		over, under := strings.TrimSpace(above.at(i)), strings.TrimSpace(below.at(i))
		switch {
		case over != "":
			named++
			inside = under != "" && under != over
		case under == "":
			inside = false
		case inside:
			spans = true
		}
	}
	return named > 1 && spans
}

// bounded is a heading no longer than a person writes one.
func bounded(heading string) string {
	if utf8.RuneCountInString(heading) > maxHeading {
		return ""
	}
	return heading
}

// joined writes each group before the names of its columns where that names a
// column too: OSバージョン is another than ミドルウェアバージョン.
func joined(above, below row, items heads[Item]) row {
	width := max(len(above.cells), len(below.cells))
	out := row{line: below.line, cells: make([]string, width)}
	group := ""
	for i := range width {
		over, under := strings.TrimSpace(above.at(i)), strings.TrimSpace(below.at(i))
		switch {
		case under == "" || under == over:
			out.cells[i], group = over, ""
			continue
		case over != "":
			group = over
		}
		out.cells[i] = under
		if c, _ := items.find(bounded(group + under)); c != nil {
			out.cells[i] = group + under
		}
	}
	return out
}
