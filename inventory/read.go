package inventory

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// reader is one form in which a company has its inventory.
type reader struct {
	name  string
	looks func(*doc) bool // by the content; the name of a file proves nothing
	read  func(*doc)
}

// readers are all forms, the most telling first.
var readers = []reader{
	{"yaml", looksYAML, readYAML},
	{"csv", looksCSV, readCSV},
}

// Read reads one file in whatever form its content shows it to be. The name is
// for messages. What can be read is returned, and all that can't is named; a bad
// row costs itself and nothing else.
func Read(name string, r io.Reader) (Inventory, Problems) {
	d := readDoc(name, r)
	return finish(d.items, d.partners, d.imports, d.problems)
}

// readDoc reads one file, its items not yet named.
func readDoc(name string, r io.Reader) *doc {
	d := &doc{name: name}
	raw, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	switch {
	case err != nil:
		d.unreadable(err)
		return d
	case len(raw) > maxBytes:
		d.problem(0, "", CodeTooLarge, fmt.Sprintf("%d MB", maxBytes>>20))
		return d
	}
	d.raw = raw
	d.dispatch()
	d.raw, d.text = nil, ""
	return d
}

// dispatch hands the document to the first reader that knows it. The parsers of
// the standard forms are other people's; one that panics costs its file.
func (d *doc) dispatch() {
	defer func() {
		if r := recover(); r != nil {
			d.unreadable(fmt.Errorf("the parser failed: %v", r))
		}
	}()
	text, err := decode(d.raw)
	if err != nil {
		d.unreadable(err)
		return
	}
	d.text = text
	if strings.TrimSpace(d.text) == "" {
		d.unreadable(errors.New("the file is empty"))
		return
	}
	for _, r := range readers {
		if r.looks(d) {
			r.read(d)
			return
		}
	}
	d.problem(0, "", CodeUnknownFormat)
}

// finish names the items and partners and puts the problems in order.
func finish(items []Item, partners []Partner, imports []Import, problems Problems) (Inventory, Problems) {
	items, twiceItems := nameItems(items)
	partners, twicePartners := namePartners(partners)
	problems = append(append(problems, twiceItems...), twicePartners...)
	inv := Inventory{Items: items, Imports: imports}
	if len(partners) > 0 {
		inv.Partners = partners
	}
	return inv, problems.sorted()
}
