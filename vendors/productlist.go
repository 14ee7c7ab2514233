package vendors

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"

	"hansho/advisory"
	"hansho/feeds"
)

// maxListBytes bounds a product list that is read without a client's limit.
const maxListBytes = 64 << 20

// ErrNoList says that a document holds no product list that can be read: no
// table or sheet whose headings name a product, no blocks with a status, no
// entries with a name and an address.
var ErrNoList = errors.New("no product list found")

// ParseProductList reads the lists that people keep while makers are silent:
// Markdown tables, Markdown headings and bullets with keys and values, a status
// or a link below names, the same as HTML, CSV, YAML and JSON. Each product is one advisory of KindList whose id is made from
// its vendor and product, so that a changed version, status or link is a change
// of the same advisory; each of its rows, and each CVE column of a row, is one
// claim. A row that doesn't fit its columns is an error with its line and is
// read as well as can be.
//
// Columns are found by their headings, in English or Japanese. Where a list
// uses other words, the entry's mapping says which: vendor, product, version,
// affected, fixed, unaffected, status, notes, workaround, link, updated give the
// heading of the column (several divided by |). Further keys:
//
//	cve     the CVE (or several) that the list is about, or the heading of the
//	        column that names it; columns headed by a CVE id need no mapping
//	words   status words of the list's own: "yes=affected, no=not_affected"
//	shape   markdown, html, csv, yaml or json, where the document doesn't show it
//	list    the key under which YAML or JSON keeps its rows
//	vendor  "=Name" where all products are of one vendor
func ParseProductList(r io.Reader, doc feeds.Meta) ([]advisory.Advisory, []error) {
	advisories, errs := parseList(r, doc)
	for i := range advisories {
		advisory.Normalize(&advisories[i])
	}
	return advisories, errs
}

// parseList is ParseProductList before its advisories are in normal form, which
// a source gives only to the few that it tells.
func parseList(r io.Reader, doc feeds.Meta) ([]advisory.Advisory, []error) {
	text, err := readList(r, doc)
	if err != nil {
		return nil, []error{fmt.Errorf("vendors: %s: read product list: %w", doc.Entry.ID, err)}
	}
	rules := newListRules(doc)
	rows, errs := rules.read(text)
	for i, err := range errs {
		errs[i] = fmt.Errorf("vendors: %s: %w", doc.Entry.ID, err)
	}
	advisories := rules.advisories(rows)
	if len(advisories) == 0 {
		return nil, append(errs, fmt.Errorf("vendors: %s: %w", doc.Entry.ID, ErrNoList))
	}
	return advisories, errs
}

// readList reads a bounded document as UTF-8. Markdown may begin with a tag, so
// what begins as XML does is not refused here; nor is a page, unless something
// else lies at its address, or it is a challenge or refusal.
func readList(r io.Reader, doc feeds.Meta) ([]byte, error) {
	limit := doc.Entry.MaxBytes
	if limit <= 0 {
		limit = maxListBytes
	}
	text, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(text)) > limit {
		return nil, fmt.Errorf("larger than %d bytes", limit)
	}
	decoded := feeds.DecodeText(text, doc.ContentType)
	_, err = feeds.Classify(decoded, feeds.ShapeText, feeds.ShapeJSON, feeds.ShapeXML)
	var page *feeds.UnreadableError
	said := saidShape(doc)
	if err != nil && said != shapeHTML && !(said == "" && errors.As(err, &page) && page.Reason == feeds.ReasonHTML) {
		return nil, err
	}
	return []byte(strings.TrimPrefix(decoded, "\ufeff")), nil
}

// The shapes of a list.
const (
	shapeMarkdown = "markdown"
	shapeCSV      = "csv"
	shapeYAML     = "yaml"
	shapeJSON     = "json"
	shapeHTML     = "html"
)

var listShapes = map[string]string{
	".md": shapeMarkdown, ".markdown": shapeMarkdown, ".csv": shapeCSV, ".tsv": shapeCSV,
	".yml": shapeYAML, ".yaml": shapeYAML, ".json": shapeJSON,
	".html": shapeHTML, ".htm": shapeHTML,
}

// saidShape is the shape that the entry says, or the address.
func saidShape(doc feeds.Meta) string {
	if shape := doc.Entry.Mapping["shape"]; shape != "" {
		return shape
	}
	address, _, _ := strings.Cut(doc.URL, "?")
	return listShapes[strings.ToLower(path.Ext(address))]
}

func (l *listRules) read(text []byte) ([]listRow, []error) {
	switch l.shapeOf(text) {
	case shapeCSV:
		return l.readCSV(text)
	case shapeYAML:
		return l.readYAML(text)
	case shapeJSON:
		return l.readJSON(text)
	case shapeHTML:
		return l.readHTML(text)
	}
	return l.readMarkdown(string(text))
}

// markdownTable is the row of dashes below a table's headings.
var markdownTable = regexp.MustCompile(`(?m)^ {0,3}\|?[ :]*-+[ :]*\|[ :|-]*\r?$`)

// shapeOf goes by what the entry says, then the address, then the text.
func (l *listRules) shapeOf(text []byte) string {
	if shape := saidShape(l.doc); shape != "" {
		return shape
	}
	trimmed := bytes.TrimSpace(text)
	switch {
	case isHTML(trimmed):
		return shapeHTML
	case len(trimmed) > 1 && (trimmed[0] == '{' || trimmed[0] == '[' && bytes.ContainsAny(trimmed[1:2], "{\n\r \t")):
		return shapeJSON
	case markdownTable.Match(trimmed):
		return shapeMarkdown
	case l.looksLikeCSV(text):
		return shapeCSV
	case looksLikeYAML(trimmed):
		return shapeYAML
	}
	return shapeMarkdown
}
