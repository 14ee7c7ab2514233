package inventory

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Bounds of a workbook: a few kilobytes of ZIP can say that they are gigabytes.
const (
	maxUnzipped = 256 << 20
	maxColumns  = 256
	maxFilled   = 2_000_000 // cells filled from merged ones
)

func looksXLSX(d *doc) bool { return bytes.HasPrefix(d.raw, []byte("PK\x03\x04")) }

// looksOldExcel finds the container of .xls, and of .xlsx with a password.
func looksOldExcel(d *doc) bool {
	return bytes.HasPrefix(d.raw, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"))
}

func refuseOldExcel(d *doc) {
	d.problem(0, "", CodeOldFormat, "XLS / password", "XLSX")
}

// readXLSX reads every visible sheet that has a heading row.
func readXLSX(d *doc) {
	book, err := excelize.OpenReader(bytes.NewReader(d.raw), excelize.Options{
		UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped,
	})
	if err != nil {
		d.unreadable(err)
		return
	}
	defer func() { _ = book.Close() }()
	read := 0
	for _, sheet := range book.GetSheetList() {
		d.sheet, d.line = sheet, 0
		if visible, err := book.GetSheetVisible(sheet); err != nil || !visible {
			d.warn(0, "", CodeSheetHidden)
			continue
		}
		rows, err := sheetRows(book, sheet)
		first := len(d.items)
		switch {
		case err != nil:
			d.unreadable(err)
		case d.table(rows):
			read++
			sheetKind(sheet, d.items[first:])
		case slices.ContainsFunc(rows, severalCells):
			d.warn(0, "", CodeSheetUnread)
		}
	}
	d.sheet, d.line = "", 0
	if read == 0 {
		d.noHeading()
	}
}

// severalCells says that a row could be one of a table.
func severalCells(r row) bool {
	n := 0
	for _, c := range r.cells {
		if strings.TrimSpace(c) != "" {
			n++
		}
	}
	return n > 1
}

// sheetKind gives items that don't say of what kind they are the kind that their
// sheet is named for: PC, サーバ一覧, クラウドサービス.
func sheetKind(sheet string, items []Item) {
	k, ok := kindNamed(listWord.ReplaceAllString(sheet, ""))
	for i := range items {
		if ok && items[i].Kind == "" {
			items[i].Kind = k
		}
	}
}

// listWord is what a sheet's name says beside what it lists.
var listWord = regexp.MustCompile(`(?:管理)?(?:一覧表?|台帳|リスト|管理表)$`)

// sheetRows gives the cells of a sheet as they are shown, with merged cells
// filled down.
func sheetRows(book *excelize.File, sheet string) ([]row, error) {
	it, err := book.Rows(sheet)
	if err != nil {
		return nil, err
	}
	defer func() { _ = it.Close() }()
	var rows []row
	for n := 1; it.Next() && n <= maxItems; n++ {
		cells, err := it.Columns()
		if err != nil {
			return nil, err
		}
		rows = append(rows, row{n, cells[:min(len(cells), maxColumns)]})
	}
	merges, err := mergesOf(book, sheet)
	if err != nil {
		return nil, err
	}
	fillDown(rows, merges)
	return rows, nil
}

// fillDown gives each row of a merged cell its value, in the first column of it.
func fillDown(rows []row, merges []block) {
	left := maxFilled
	for _, m := range merges {
		for r := m.top; r < min(m.bottom, len(rows)) && left > 0; r++ {
			left--
			rows[r].set(m.column-1, rows[m.top-1].at(m.column-1))
		}
	}
}

func (r row) at(column int) string {
	if column >= len(r.cells) {
		return ""
	}
	return r.cells[column]
}

// set fills a cell that is empty.
func (r *row) set(column int, value string) {
	if value == "" || strings.TrimSpace(r.at(column)) != "" {
		return
	}
	for len(r.cells) <= column {
		r.cells = append(r.cells, "")
	}
	r.cells[column] = value
}
