package inventory

import (
	"strings"
)

// looksIdentifiers says that the first line that isn't blank or a comment is a
// CPE name or a purl and nothing else.
func looksIdentifiers(d *doc) bool {
	for _, line := range lines(d.text) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			return isIdentifier(line)
		}
	}
	return false
}

func isIdentifier(s string) bool {
	return strings.HasPrefix(s, "cpe:") && isCPE(s) || strings.HasPrefix(s, "pkg:") && isPURL(s)
}

// readIdentifiers takes each line as an item whose id is the name as given.
func readIdentifiers(d *doc) {
	for i, line := range lines(d.text) {
		line = strings.TrimSpace(line)
		d.line = i + 1
		switch {
		case line == "" || line[0] == '#':
		case d.full():
			return
		case strings.HasPrefix(line, "pkg:"):
			d.identifier(line, Item{ID: line, PURL: line}, isPURL(line), CodeBadPURL)
		case strings.HasPrefix(line, "cpe:"):
			d.identifier(line, Item{ID: line, CPE: line}, isCPE(line), CodeBadCPE)
		default:
			d.problem(d.line, "", CodeNoIdentifier, line)
		}
	}
}

func (d *doc) identifier(line string, it Item, ok bool, bad Code) {
	if !ok {
		d.problem(d.line, "", bad, line)
		return
	}
	d.addItem(it)
}
