package inventory

import (
	"regexp"
	"strings"
)

// Of the headings that name a product, these name the machine and these what
// runs on it.
var (
	machineHeading  = regexp.MustCompile(`(?i)機種|型番|型式|型名|モデル|model`)
	softwareHeading = regexp.MustCompile(`(?i)ソフト|アプリ|パッケージ|software|application|package`)
)

// beside reads headings by those beside them. Where a table has a machine and
// what runs on it, the software is something that the item contains, and so is
// its version; a version right beside a column of contents is theirs; and the
// owner beside a department is a person.
func beside(columns []*column[Item], heading row) {
	contains, version := itemHeads.keyed("contains"), itemHeads.keyed("version")
	theirs := *itemHeads.keyed("os version")
	theirs.ofLeft = version
	machine := false
	for i, c := range columns {
		machine = machine || c != nil && c.key == "product" && machineHeading.MatchString(heading.cells[i])
	}
	for i, c := range columns {
		switch {
		case c == nil:
		case c.key == "product" && machine && softwareHeading.MatchString(heading.cells[i]):
			columns[i] = contains
		case c.key == "owner" && strings.EqualFold(strings.TrimSpace(heading.cells[i]), "owner") && others(columns, i):
			columns[i] = itemHeads.keyed("contact")
		case i > 0 && columns[i-1] == contains && (c == version || c.key == theirs.key):
			columns[i] = &theirs
		}
	}
}

// others says that other columns mean the same as one does.
func others(columns []*column[Item], at int) bool {
	for i, c := range columns {
		if i != at && c == columns[at] {
			return true
		}
	}
	return false
}
