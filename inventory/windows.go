package inventory

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// ruled is the line under the headings of a table that winget (one rule) or
// PowerShell (a rule for each column) prints.
var ruled = regexp.MustCompile(`^-{3,}(?: *-+)*\s*$`)

// looksConsole says that one of the first lines is a rule under headings.
func looksConsole(d *doc) bool { return ruleAt(d.text) > 0 }

// ruleAt is the number of the line that is a rule, 0 where none is.
func ruleAt(text string) int {
	before := ""
	for i, line := range lines(text) {
		if i > headingDepth {
			return 0
		}
		if ruled.MatchString(line) && len(strings.Fields(before)) > 1 {
			return i
		}
		before = visible(line)
	}
	return 0
}

// visible is what a line shows at last: winget turns a wheel before its table.
func visible(line string) string { return line[strings.LastIndexByte(line, '\r')+1:] }

// readConsole reads the table that winget list or Get-Package prints, its
// columns set by display width.
func readConsole(d *doc) {
	rule := ruleAt(d.text)
	var starts []int
	var rows []row
	var heading string
	for i, line := range lines(d.text) {
		line = visible(line)
		switch {
		case i < rule-1:
		case i == rule-1:
			heading = line
		case i == rule:
			if starts = columnStarts(line); len(starts) < 2 {
				starts = columnStarts(heading)
			}
			rows = append(rows, row{i, cutAt(heading, starts)})
		default:
			rows = append(rows, row{i + 1, cutAt(line, starts)})
		}
	}
	d.listing = true
	if !d.table(rows) {
		d.noHeading()
	}
	named := slices.ContainsFunc(d.items, func(it Item) bool { return wingetID.MatchString(it.ID) })
	d.items = slices.DeleteFunc(d.items, func(it Item) bool {
		return named && it.ID == "" && it.Version == "" // a sentence under the table
	})
	for i := range d.items {
		d.items[i].Vendor = wingetVendor(d.items[i])
	}
}

// wingetID is a package's id in winget's own source: Maker.Product.
var wingetID = regexp.MustCompile(`^([A-Za-z][\w-]+)\.[A-Za-z0-9][\w.+-]*$`)

// wingetVendor is the maker that a winget id names, where nothing else does.
func wingetVendor(it Item) string {
	if m := wingetID.FindStringSubmatch(it.ID); m != nil && it.Vendor == "" {
		return m[1]
	}
	return it.Vendor
}

// wingetProduct is the product that a winget id names: VisualStudio 2022
// Community of Microsoft.VisualStudio.2022.Community, 7zip of 7zip.7zip.
func wingetProduct(it Item) string {
	maker, product, ok := strings.Cut(it.ID, ".")
	if !ok {
		return it.ID
	}
	if it.Vendor == "" && !strings.EqualFold(maker, product) {
		product = it.ID
	}
	return strings.ReplaceAll(product, ".", " ")
}

// columnStarts are the columns of the screen at which words begin.
func columnStarts(line string) []int {
	var starts []int
	at, space := 0, true
	for _, r := range line {
		if r != ' ' && space {
			starts = append(starts, at)
		}
		space = r == ' '
		at += columnsOf(r)
	}
	return starts
}

// cutAt cuts a line at columns of the screen. A cell that was cut short to fit
// loses the mark of that.
func cutAt(line string, starts []int) []string {
	cells := make([]string, len(starts))
	at, next, from := 0, 1, 0
	for i, r := range line {
		if next < len(starts) && at >= starts[next] {
			cells[next-1] = cellText(line[from:i])
			from, next = i, next+1
		}
		at += columnsOf(r)
	}
	if next <= len(cells) {
		cells[next-1] = cellText(line[from:])
	}
	return cells
}

func cellText(s string) string { return strings.TrimSuffix(strings.TrimSpace(s), "…") }

// columnsOf is how wide a character stands on the screen.
func columnsOf(r rune) int {
	if r < utf8.RuneSelf {
		return 1
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}
