package inventory

import (
	"strconv"
	"strings"
	"unicode/utf8"
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
		seconds(d, columns, rows[at])
		fill(d, columns, rows[at], rows[at+1:], d.addPartner)
		return true
	}
	heading, next := twofold(rows, at, items)
	below := installed(heading, rows[next:])
	if d.listing || isListing(heading.cells, items) {
		d.programs(items, heading, below)
		return true
	}
	columns := bind(d, items, heading, true)
	beside(columns, heading)
	seconds(d, columns, heading)
	fill(d, columns, heading, below, d.addItem)
	return true
}

// noHeading names a table that says nowhere what its columns are.
func (d *doc) noHeading() { d.problem(0, "", CodeNoHeading, strconv.Itoa(headingDepth)) }

// findHeading gives the row that names most columns, and by one of them an item:
// the 版, 日付 and 担当 of a list of revisions are no heading.
func findHeading(rows []row, items heads[Item], partners heads[Partner]) (at int, isPartners bool) {
	at, best := -1, 0
	for i, r := range rows[:min(len(rows), headingDepth)] {
		if n := items.count(r.cells); n > best && naming(r.cells, items) {
			at, best, isPartners = i, n, false
		}
		if n := partners.count(r.cells); n > best && speaksOfPartners(r.cells, partners) {
			at, best, isPartners = i, n, true
		}
	}
	return at, isPartners
}

// naming says that one of the cells names what an item is known by.
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
		if ruleLine(r.cells) || remark(r.cells) || sameCells(r.cells, heading.cells) {
			continue
		}
		r.cells = undittoed(r.cells, &above)
		d.line = r.line
		d.beyond(r, len(heading.cells))
		if to, said := filled(d, columns, heading, r); said {
			add(to)
		}
		if d.full() {
			return
		}
	}
}

// filled reads one row. It is false where the row says nothing in any column
// that is read, as a total or a remark below the table does.
func filled[T any](d *doc, columns []*column[T], heading, r row) (to T, said bool) {
	for i, cell := range r.cells[:min(len(r.cells), len(columns))] {
		c := columns[i]
		if c == nil {
			continue
		}
		said = said || strings.TrimSpace(cell) != ""
		d.field = strings.TrimSpace(heading.cells[i])
		if c.ofLeft != nil {
			switch left := splitList(r.at(i - 1)); {
			case len(left) == 0:
				c = c.ofLeft
			case len(left) > 1 && strings.TrimSpace(cell) != "":
				d.warn(r.line, d.field, CodeWhoseVersion, cell, r.at(i-1))
				continue
			}
		}
		for _, value := range c.values(cell) {
			c.put(&to, d.cell(value))
		}
	}
	d.field = ""
	return to, said
}

// bind gives each cell of the heading its column, nil where it has none. What a
// person wrote and isn't understood is named.
func bind[T any](d *doc, h heads[T], heading row, byHand bool) []*column[T] {
	columns := make([]*column[T], len(heading.cells))
	for i, cell := range heading.cells {
		c, known := h.find(cell)
		if columns[i] = c; !known && byHand {
			d.unknownColumn(heading.line, strings.TrimSpace(cell), closest(cell, h))
		}
	}
	return columns
}

// seconds names columns of one value that say what an earlier one does.
func seconds[T any](d *doc, columns []*column[T], heading row) {
	first := map[string]string{}
	for i, c := range columns {
		if c == nil || c.set != nil || c.text == nil {
			continue
		}
		cell := strings.TrimSpace(heading.cells[i])
		if first[c.key] == "" {
			first[c.key] = cell
			continue
		}
		d.warn(heading.line, cell, CodeSecondColumn, c.key, first[c.key])
	}
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

// totals begin a row that sums the others up or ends the table.
var totals = map[string]bool{"合計": true, "小計": true, "総計": true, "計": true, "total": true, "Total": true, "以上": true, "以下余白": true}

// remark says that a row is no entry: blank, a total, or one cell by itself that
// begins as titles of sections and notes do (■ サーバ, 【本社】, ※ 廃棄済みは別紙).
func remark(cells []string) bool {
	first, n := "", 0
	for _, c := range cells {
		if c = strings.TrimSpace(c); c != "" {
			if n++; n == 1 {
				first = c
			}
		}
	}
	mark, _ := utf8.DecodeRuneInString(first)
	return n == 0 || totals[first] || n == 1 && strings.ContainsRune("■□◆◇●○◎★☆▼▽▲△※＊*【《〈［[＜<注→⇒#", mark)
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
