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

// binaries are the forms that aren't text.
var binaries = []reader{
	{"xlsx", looksXLSX, readXLSX},
	{"xls", looksOldExcel, refuseOldExcel},
}

// texts are the forms of text, the most telling first.
var texts = []reader{
	{"identifiers", looksIdentifiers, readIdentifiers},
	{"cyclonedx-json", looksCycloneDX, readCycloneDX},
	{"cyclonedx-xml", looksCycloneDXXML, readCycloneDXXML},
	{"spdx-json", looksSPDX, readSPDX},
	{"spdx-tags", looksSPDXTags, readSPDXTags},
	{"trivy", looksTrivy, readTrivy},
	{"syft", looksSyft, readSyft},
	{"winget-export", looksWingetExport, readWingetExport},
	{"json-rows", looksJSONRows, readJSONRows},
	{"packages", looksPackages, readPackages},
	{"console", looksConsole, readConsole},
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
	d := &doc{name: name, at: map[string]int{}}
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
	d.raw, d.text, d.json = nil, "", nil
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
	if d.try(binaries) {
		return
	}
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
	d.sniffJSON()
	if !d.try(texts) {
		d.problem(0, "", CodeUnknownFormat)
	}
}

// try hands the document to the first reader that knows it.
func (d *doc) try(readers []reader) bool {
	for _, r := range readers {
		if r.looks(d) {
			d.form = r.name
			r.read(d)
			return true
		}
	}
	return false
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
