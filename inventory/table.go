package inventory

import (
	"strconv"
	"strings"
)

// headingDepth is how far down a table its heading row is looked for: a ledger
// has a title, a date and a legend above.
const headingDepth = 30

// row is one row of a table, with the line it stands on.
type row struct {
	line  int
	cells []string
}

// table reads rows under a heading row as items or as partners, whichever the
// headings speak of more. It is false where there is no heading row.
func (d *doc) table(rows []row) bool {
	items, partners := itemHeads, partnerHeads
	at, isPartners := findHeading(rows, items, partners)
	if at < 0 {
		return false
	}
	if isPartners {
		columns := bind(d, partners, rows[at], true)
		fill(d, columns, rows[at], rows[at+1:], d.addPartner)
		return true
	}
	heading, next := twofold(rows, at, items)
	below := installed(heading, rows[next:])
	if d.listing || isListing(heading.cells, items) {
		d.programs(items, heading, below)
		return true
	}
	fill(d, bind(d, items, heading, true), heading, below, d.addItem)
	return true
}

// noHeading names a table that says nowhere what its columns are.
func (d *doc) noHeading() { d.problem(0, "", CodeNoHeading, strconv.Itoa(headingDepth)) }

// findHeading gives the row that names most columns. One is enough where it
// could stand for an item by itself.
func findHeading(rows []row, items heads[Item], partners heads[Partner]) (at int, isPartners bool) {
	at, best := -1, 0
	for i, r := range rows[:min(len(rows), headingDepth)] {
		if n := items.count(r.cells); n > best && (n > 1 || naming(r.cells, items)) {
			at, best, isPartners = i, n, false
		}
		if n := partners.count(r.cells); n > best && speaksOfPartners(r.cells, partners) {
			at, best, isPartners = i, n, true
		}
	}
	return at, isPartners
}

// naming says that one of few cells names what an item is known by.
func naming(cells []string, items heads[Item]) bool {
	for _, cell := range cells {
		if c, _ := items.find(cell); c != nil && (c.key == "name" || c.key == "product" || c.key == "cpe" || c.key == "purl") {
			return true
		}
	}
	return false
}

// speaksOfPartners says that the headings have a company, and a person or an
// address to write to.
func speaksOfPartners(cells []string, partners heads[Partner]) bool {
	has := map[string]bool{}
	for _, cell := range cells {
		if c, _ := partners.find(cell); c != nil {
			has[c.key] = true
		}
	}
	return has["company"] && (has["email"] || has["person"] || has["honorific"])
}

// fill reads each row below the heading into a T and hands it on.
func fill[T any](d *doc, columns []*column[T], heading row, rows []row, add func(T)) {
	var above []string
	for _, r := range rows {
		if blank(r.cells) || ruleLine(r.cells) || totals[firstCell(r.cells)] || sameCells(r.cells, heading.cells) {
			continue
		}
		r.cells = undittoed(r.cells, &above)
		d.line = r.line
		d.beyond(r, len(heading.cells))
		var to T
		for i, cell := range r.cells[:min(len(r.cells), len(columns))] {
			if c := columns[i]; c != nil {
				d.field = strings.TrimSpace(heading.cells[i])
				for _, value := range c.values(cell) {
					c.put(&to, d.cell(value))
				}
			}
		}
		d.field = ""
		add(to)
		if d.full() {
			return
		}
	}
}

// bind gives each cell of the heading its column, nil where it has none. What a
// person wrote and isn't understood is named.
func bind[T any](d *doc, h heads[T], heading row, byHand bool) []*column[T] {
	columns := make([]*column[T], len(heading.cells))
	first := map[string]string{}
	for i, cell := range heading.cells {
		c, known := h.find(cell)
		cell = strings.TrimSpace(cell)
		switch {
		case !known && !byHand:
		case !known:
			d.unknownColumn(heading.line, cell, closest(cell, h))
		case c == nil:
		case c.set == nil && c.text != nil && first[c.key] != "":
			d.warn(heading.line, cell, CodeSecondColumn, c.key, first[c.key])
			columns[i] = c
		default:
			columns[i] = c
			if first[c.key] == "" {
				first[c.key] = cell
			}
		}
	}
	return columns
}

func (d *doc) unknownColumn(line int, heading, meant string) {
	if meant == "" {
		d.warn(line, heading, CodeUnknownColumn)
		return
	}
	d.warn(line, heading, CodeMisspeltColumn, meant)
}

// beyond names values that stand to the right of the last heading.
func (d *doc) beyond(r row, width int) {
	if len(r.cells) > width && !blank(r.cells[width:]) {
		d.warn(r.line, "", CodeCellsBeyond, strconv.Itoa(len(r.cells)), strconv.Itoa(width))
	}
}

// totals begin a row that sums the others up.
var totals = map[string]bool{"合計": true, "小計": true, "総計": true, "計": true, "total": true, "Total": true}

func firstCell(cells []string) string {
	for _, c := range cells {
		if c = strings.TrimSpace(c); c != "" {
			return c
		}
	}
	return ""
}

func blank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

// sameCells finds a heading row that is repeated, as printed ledgers do.
func sameCells(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// ruleLine finds the line that parts the heading of a drawn table from its rows.
func ruleLine(cells []string) bool {
	drawn := false
	for _, c := range cells {
		if strings.Trim(c, "-+:=| ") != "" {
			return false
		}
		drawn = drawn || strings.Contains(c, "--")
	}
	return drawn
}

// spaced parts a name that a program wrote in one: DisplayName, install_location.
func spaced(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && 'A' <= r && r <= 'Z' && name[i-1] >= 'a' && name[i-1] <= 'z' {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}
