package inventory

import (
	"slices"
	"strings"
)

// dittos are the marks by which a ledger repeats the cell above.
var dittos = map[string]bool{"〃": true, "々": true, "″": true, "”": true, "\"": true, "同上": true, "同": true, "ditto": true, "do.": true}

// undittoed gives the cells of a row with the marks replaced by what last stood
// above them, which above holds and keeps.
func undittoed(cells []string, above *[]string) []string {
	out := slices.Clone(cells)
	for i, c := range out {
		if i == len(*above) {
			*above = append(*above, "")
		}
		switch c = strings.TrimSpace(c); {
		case dittos[strings.ToLower(c)]:
			out[i] = (*above)[i]
		case c != "":
			(*above)[i] = c
		}
	}
	return out
}

// notInstalled begins what dpkg and osquery say of a package that was removed.
var notInstalled = []string{"deinstall", "purge", "unknown ok not-installed", "install ok not-installed", "install ok config-files"}

// installed drops the rows whose state says that the package isn't there any
// more.
func installed(heading row, rows []row) []row {
	state := -1
	for i, cell := range heading.cells {
		if strings.EqualFold(strings.TrimSpace(cell), "status") {
			state = i
		}
	}
	if state < 0 {
		return rows
	}
	kept := make([]row, 0, len(rows))
	for _, r := range rows {
		if !hasAnyPrefix(strings.ToLower(strings.TrimSpace(r.at(state))), notInstalled) {
			kept = append(kept, r)
		}
	}
	return kept
}

func hasAnyPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
