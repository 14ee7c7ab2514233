package feeds

import (
	"html"
	"regexp"
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/text/width"

	"hansho/advisory"
)

// A table of an alert is read as lines "| cell | cell |", one a row.

// maxTableCells bounds the cells of one table, with those that span rows and
// columns counted as often as they are seen.
const maxTableCells = 5000

// flattenTables puts such lines in the place of the tables of a page.
func flattenTables(root *goquery.Selection) {
	root.Find("table").Each(func(_ int, t *goquery.Selection) {
		if t.Find("table").Length() > 0 { // one that only lays out others
			return
		}
		var b strings.Builder
		for _, cells := range gridOf(t) {
			if len(cells) < 2 { // a frame
				return
			}
			b.WriteString("<p>" + html.EscapeString("| "+strings.Join(cells, " | ")+" |") + "</p>")
		}
		t.ReplaceWithHtml(b.String())
	})
}

// gridOf gives the rows of a table, each with all its columns.
func gridOf(t *goquery.Selection) [][]string {
	type span struct {
		text string
		rows int
	}
	var grid [][]string
	var above []span // by column, what reaches down into the next row
	left := maxTableCells
	t.Find("tr").Each(func(_ int, tr *goquery.Selection) {
		var row []string
		fill := func() {
			for len(row) < len(above) && above[len(row)].rows > 0 && left > 0 {
				above[len(row)].rows--
				row = append(row, above[len(row)].text)
				left--
			}
		}
		tr.Find("td, th").Each(func(_ int, cell *goquery.Selection) {
			fill()
			text := cellText(cell)
			for n := spanOf(cell, "colspan"); n > 0 && left > 0; n, left = n-1, left-1 {
				for len(above) <= len(row) {
					above = append(above, span{})
				}
				above[len(row)] = span{text, spanOf(cell, "rowspan") - 1}
				row = append(row, text)
			}
		})
		fill()
		if len(row) > 0 {
			grid = append(grid, row)
		}
	})
	return grid
}

func spanOf(cell *goquery.Selection, name string) int {
	n, err := strconv.Atoi(cell.AttrOr(name, "1"))
	if err != nil || n < 1 {
		return 1
	}
	return min(n, 200)
}

// cellText is the text of a cell on one line, its own lines parted by commas.
func cellText(cell *goquery.Selection) string {
	inner, err := cell.Html()
	if err != nil {
		return ""
	}
	var lines []string
	for l := range strings.Lines(unescape(stripTags(inner))) {
		if l = strings.TrimSpace(strings.TrimPrefix(oneLine(l), "- ")); l != "" {
			lines = append(lines, l)
		}
	}
	return strings.ReplaceAll(strings.Join(lines, "、"), "|", "/")
}

// tableCells gives the cells of such a line, nil for any other.
func tableCells(line string) []string {
	inner, ok := strings.CutPrefix(line, "| ")
	if !ok || !strings.HasSuffix(inner, " |") {
		return nil
	}
	cells := strings.Split(strings.TrimSuffix(inner, "|"), "|")
	for i, c := range cells {
		cells[i] = oneLine(width.Fold.String(c))
	}
	return cells
}

type listColumn int

const (
	columnOther listColumn = iota
	columnProduct
	columnVersions
	columnFixed
	columnCVE
	columnStatus
)

// columnWords name a column by its heading, tried in order.
var columnWords = []struct {
	column listColumn
	words  *regexp.Regexp
}{
	{columnCVE, regexp.MustCompile(`(?i)CVE|脆弱性`)},
	{columnFixed, regexp.MustCompile(`(?i)修正|対策|解決|更新|fix|solution|patch`)},
	{columnVersions, regexp.MustCompile(`(?i)バージョン|版数|version|affected`)},
	{columnProduct, regexp.MustCompile(`(?i)製品|名称|ソフトウェア|機種|型番|モデル|機器|システム|product|model`)},
	{columnStatus, regexp.MustCompile(`(?i)影響|対象|該当|status`)},
}

// columnsOf reads a row as headings; nil where it has none for a product or its
// versions.
func columnsOf(cells []string) []listColumn {
	out := make([]listColumn, len(cells))
	found := 0
	for i, c := range cells {
		for _, w := range columnWords {
			if w.words.MatchString(c) && len([]rune(c)) <= 20 && !strings.ContainsAny(c, "0123456789") {
				out[i] = w.column
				found++
				break
			}
		}
	}
	if found < 2 {
		return nil
	}
	return out
}

// row reads a row of a table: its headings, or a product.
func (r *listReader) row(cells []string) {
	if c := columnsOf(cells); c != nil {
		r.columns = c
		return
	}
	if r.columns == nil || len(cells) != len(r.columns) {
		r.columns = make([]listColumn, len(cells))
		r.columns[0], r.columns[1] = columnProduct, columnVersions
	}
	e := entry{cves: r.cves, status: r.status}
	var product, versions string
	for i, c := range cells {
		switch r.columns[i] {
		case columnProduct:
			product = strings.TrimSpace(product + " " + c)
		case columnVersions:
			versions = strings.TrimSpace(versions + " " + c)
		case columnFixed:
			if strings.ContainsAny(c, "0123456789") {
				e.fixed = c
			}
		case columnCVE:
			if cves := advisory.FindCVEs(c); len(cves) > 0 {
				e.cves = cves
			}
		case columnStatus:
			if saysNotHit.MatchString(c) {
				e.status = advisory.StatusNotAffected
			}
		}
	}
	if saysNotHit.MatchString(versions) {
		e.status, versions = advisory.StatusNotAffected, ""
	}
	e.product, e.versions = product, versions
	if versions == "" {
		e.product, e.versions, e.note = splitNoted(product)
	} else if m := headSeries.FindStringSubmatch(product); m != nil {
		e.product, e.versions = m[1], m[2]+"系 "+versions
	}
	r.put(e)
}
