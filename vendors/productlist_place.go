package vendors

import "hansho/advisory"

// placed gives one cell for each column from a row that has more or fewer: the
// placing, in order, in which the cells look most like their columns. A cell
// that fits none joins the one before it, so that nothing written is lost.
func (l *listRules) placed(columns []column, cells []cellText) []cellText {
	if len(cells) > maxColumns {
		cells = cells[:maxColumns]
	}
	n, m := len(columns), len(cells)
	// best[i][j] is the best worth of placing cells[j:] on columns[i:].
	best := make([][]int, n+1)
	for i := range best {
		best[i] = make([]int, m+1)
	}
	for i := n; i >= 0; i-- {
		for j := m; j >= 0; j-- {
			best[i][j] = l.worthOf(best, columns, cells, i, j)
		}
	}
	out := make([]cellText, n)
	for i, j := 0, 0; i < n && j < m; {
		switch best[i][j] {
		case best[i+1][j+1] + l.fit(columns[i], cells[j]):
			out[i] = cells[j]
			i, j = i+1, j+1
		case best[i+1][j] + emptyColumn:
			i++
		default:
			if i > 0 {
				out[i-1] = cellText{joined(out[i-1].text, cells[j].text), append(out[i-1].links, cells[j].links...)}
			}
			j++
		}
	}
	return out
}

// What it costs to leave a column empty, and to put a cell where none is.
const (
	emptyColumn = -1
	extraCell   = -4
)

func (l *listRules) worthOf(best [][]int, columns []column, cells []cellText, i, j int) int {
	n, m := len(columns), len(cells)
	switch {
	case i == n:
		return extraCell * (m - j)
	case j == m:
		return emptyColumn * (n - i)
	}
	return max(
		best[i+1][j+1]+l.fit(columns[i], cells[j]),
		best[i+1][j]+emptyColumn,
		best[i][j+1]+extraCell,
	)
}

// fit says how much a cell looks like what its column holds.
func (l *listRules) fit(c column, cell cellText) int {
	linked := len(cell.links) > 0
	status := cell.text != "" && l.status(cell.text) != advisory.StatusUnknown
	switch c.role {
	case roleStatus:
		switch {
		case status:
			return 5
		case cell.text == "" && !linked:
			return 1
		}
		return -5
	case roleLink:
		if linked {
			return 5
		}
		return 0
	case roleVendor, roleProduct:
		if linked || cell.text == "" {
			return -3
		}
		return 3
	case roleVersion, roleAffected, roleFixed, roleUnaffected:
		switch {
		case linked || status && !hasDigit(cell.text):
			return -5
		case hasDigit(cell.text) || cell.text == "":
			return 2
		}
		return 0
	}
	if status {
		return -1
	}
	return 1
}
