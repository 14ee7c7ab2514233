package e2e

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// What follows reads a list as one would by eye, to hold the program against:
// cells between pipes, by their headings, and words that are plain.

// row is a line of the table.
type row struct {
	vendor, product, version string
	status                   map[string]string // words by CVE; "" where the column names none
	rest                     string            // notes and links
}

// name is what the row is about.
func (r row) name() string { return r.vendor + "|" + r.product }

// cells gives the row's status cells by what they are of.
func (r row) cells() map[string]string {
	out := map[string]string{}
	for cve, words := range r.status {
		out[strings.ToLower(r.version+"|"+cve)] = strings.ToLower(words)
	}
	out[r.version+"|rest"] = r.rest
	return out
}

// byEye reads the rows that have as many cells as their table has headings, and
// counts the others.
func byEye(text string) (rows []row, odd int) {
	var heads []string
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if !strings.Contains(line, "|") || isRule(line) {
			continue
		}
		cells := split(line)
		switch {
		case i+1 < len(lines) && strings.Contains(lines[i+1], "--") && isRule(lines[i+1]):
			heads = cells
		case len(heads) == 0 || heads[0] != "Supplier":
		case len(cells) != len(heads):
			odd++
		default:
			rows = append(rows, rowOf(heads, cells))
		}
	}
	return rows, odd
}

func isRule(line string) bool { return strings.Trim(line, "|-: \t\r") == "" }

func split(line string) []string {
	cells := strings.Split(strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(line), "|"), "|"), "|")
	for i, c := range cells {
		cells[i] = strings.TrimSpace(c)
	}
	return cells
}

func rowOf(heads, cells []string) row {
	r := row{status: map[string]string{}}
	for i, head := range heads {
		kind, cve, _ := strings.Cut(head, " ")
		switch {
		case head == "Supplier":
			r.vendor = cells[i]
		case head == "Product":
			r.product = cells[i]
		case kind == "Version":
			r.version = cells[i]
		case kind == "Status":
			r.status[cve] = cells[i]
		default:
			r.rest += "|" + cells[i]
		}
	}
	return r
}

// sense sorts a status cell: safe, hit, fixed, open, or "" where its words are
// not plain.
func sense(words string) string {
	switch words = strings.ToLower(strings.TrimSpace(words)); {
	case words == "not vuln", words == "not vuln.", words == "not vulnerable", words == "not affected", words == "not vul":
		return "safe"
	case words == "vulnerable", words == "vuln":
		return "hit"
	case words == "workaround", words == "mitigation":
		return "eased"
	case words == "fix", words == "fixed":
		return "fixed"
	case words == "investigation", words == "under investigation", words == "investigating":
		return "open"
	}
	return ""
}

var number = regexp.MustCompile(`\d+(?:\.\d+)+`)

// history is what the list's rows went through, read by eye.
type history struct {
	names      []string            // products in the order of their first row
	version    map[string]string   // a version that a row of the product names
	turned     map[string][]string // by revision: products of which a cell went from safe to hit
	relabelled map[string][]string // by revision: products of which a cell was worded otherwise, and no more
	rows, odd  map[string]int      // by revision
}

func readHistory(revs []revision) history {
	h := history{
		version: map[string]string{}, turned: map[string][]string{}, relabelled: map[string][]string{},
		rows: map[string]int{}, odd: map[string]int{},
	}
	known := map[string]bool{}
	var before map[string]map[string]string
	for _, rev := range revs {
		rows, odd := byEye(string(rev.text))
		h.rows[rev.name], h.odd[rev.name] = len(rows), odd
		if len(rows) < 10 {
			continue // a broken revision: the last good state stays
		}
		now := map[string]map[string]string{} // cells by product
		for _, r := range rows {
			if !known[r.name()] {
				known[r.name()] = true
				h.names = append(h.names, r.name())
			}
			if v := number.FindString(r.version); v != "" && h.version[r.name()] == "" {
				h.version[r.name()] = v
			}
			if now[r.name()] == nil {
				now[r.name()] = map[string]string{}
			}
			maps.Copy(now[r.name()], r.cells())
		}
		for name, cells := range now {
			h.compare(rev.name, name, before[name], cells)
		}
		before = now
	}
	return h
}

// compare notes what two states of a product's rows mean. Notes and links are
// cells too: where they changed as well, it was more than a label.
func (h history) compare(rev, name string, before, now map[string]string) {
	worded, more := false, len(before) != len(now)
	for cell, words := range now {
		was, there := before[cell]
		a, b := sense(was), sense(words)
		switch {
		case !there:
			more = true
		case was == words:
		case a == b && a != "":
			worded = true
		default:
			more = true
			if a == "safe" && (b == "hit" || b == "eased") && !slices.Contains(h.turned[rev], name) {
				h.turned[rev] = append(h.turned[rev], name)
			}
		}
	}
	if worded && !more {
		h.relabelled[rev] = append(h.relabelled[rev], name)
	}
}
