package vendors

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

var (
	yamlStart = regexp.MustCompile(`^(?:---\s*\n|#[^\n]*\n)*\s*(?:- )?["']?[A-Za-z_][\w -]*["']?:(?:\s|$)`)
	yamlRow   = regexp.MustCompile(`\n\s*- ["']?[A-Za-z_]\w*["']?:`)
	// yamlField is a further key of a row: bullets below a heading have one each.
	yamlField = regexp.MustCompile(`\n[ \t]*["']?[A-Za-z_][\w -]*["']?:`)
	// yamlAlias is a node that stands for another: lists have no need of them,
	// and a few lines of them can stand for gigabytes.
	yamlAlias = regexp.MustCompile(`(?m)^(?:[^#'"\n]*[:\-,\[]\s+)?[*&][A-Za-z0-9_]+\s*(?:$|[,\]}])`)
)

func looksLikeYAML(text []byte) bool {
	head := text[:min(len(text), 4096)]
	return yamlStart.Match(head) && yamlRow.Match(append([]byte("\n"), head...)) && yamlField.Match(head)
}

func (l *listRules) readYAML(text []byte) ([]listRow, []error) {
	if alias := yamlAlias.Find(text); alias != nil {
		return nil, []error{fmt.Errorf("yaml: anchors and aliases are not read: %q", cutRunes(string(alias), maxRowShown))}
	}
	var doc any
	if err := yaml.Unmarshal(text, &doc); err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return nil, []error{fmt.Errorf("yaml: %s", first)}
	}
	return l.records(doc)
}

func (l *listRules) readJSON(text []byte) ([]listRow, []error) {
	d := json.NewDecoder(bytes.NewReader(text))
	var doc any
	if err := d.Decode(&doc); err != nil {
		return nil, []error{fmt.Errorf("json: %w", err)}
	}
	return l.records(doc)
}

// records reads a tree whose rows are maps with the headings as keys.
func (l *listRules) records(doc any) ([]listRow, []error) {
	list := l.recordList(doc)
	if list == nil {
		return nil, []error{errors.New("no list of products in the document; name its key in the entry's mapping (list)")}
	}
	var rows []listRow
	var errs []error
	for i, item := range list {
		record, ok := item.(map[string]any)
		if !ok {
			errs = append(errs, rowError(i+1, fmt.Sprint(item), "no record"))
			continue
		}
		row := l.record(record)
		row.line = i + 1
		if row.vendor == "" && row.product == "" {
			errs = append(errs, rowError(i+1, fmt.Sprint(record), "names no vendor and no product"))
			continue
		}
		rows = append(rows, row)
	}
	return rows, errs
}

// recordList finds the rows: the document itself, the key that the mapping
// names, or the longest list of maps that name products.
func (l *listRules) recordList(doc any) []any {
	if list, ok := doc.([]any); ok {
		return list
	}
	tree, ok := doc.(map[string]any)
	if !ok {
		return nil
	}
	if key := l.doc.Entry.Mapping["list"]; key != "" {
		list, _ := tree[key].([]any)
		return list
	}
	var longest []any
	for _, key := range slices.Sorted(maps.Keys(tree)) {
		if list, ok := tree[key].([]any); ok && len(list) > len(longest) && l.listsProducts(list[0]) {
			longest = list
		}
	}
	return longest
}

func (l *listRules) listsProducts(first any) bool {
	record, ok := first.(map[string]any)
	return ok && (l.columns(slices.Sorted(maps.Keys(record))) != nil || record["product"] != nil)
}

// record reads one map. Keys whose value is a map by CVE id hold a status or
// lists of versions for each.
func (l *listRules) record(record map[string]any) listRow {
	var r listRow
	for _, key := range slices.Sorted(maps.Keys(record)) {
		value := record[key]
		if byCVE, ok := value.(map[string]any); ok {
			l.perCVE(&r, byCVE)
			continue
		}
		c := l.column(key)
		cell := l.valueText(value)
		r.set(c, cell)
		switch _, list := value.([]any); {
		case !list:
		case c.role == roleAffected:
			r.hasAffected = len(value.([]any)) > 0
		case c.role == roleFixed:
			r.hasFixed = len(value.([]any)) > 0
		case c.role == roleUnaffected:
			r.hasUnaffected = len(value.([]any)) > 0
		}
	}
	return r
}

func (l *listRules) perCVE(r *listRow, byCVE map[string]any) {
	for _, key := range slices.Sorted(maps.Keys(byCVE)) {
		cve := firstCVE(key)
		if cve == "" {
			continue
		}
		switch value := byCVE[key].(type) {
		case string:
			r.statuses = append(r.statuses, listStatus{cve: cve, words: value})
		case map[string]any:
			one := l.record(value)
			s := listStatus{cve: cve, versions: &listVersions{
				one.affected, one.fixed, one.unaffected, one.hasAffected, one.hasFixed, one.hasUnaffected,
			}}
			if len(one.statuses) > 0 {
				s.words = one.statuses[0].words
			}
			r.statuses = append(r.statuses, s)
		}
	}
}

// valueText writes a value as a cell: lists divided by commas.
func (l *listRules) valueText(value any) cellText {
	switch v := value.(type) {
	case nil:
		return cellText{}
	case string:
		return l.inline(v)
	case []any:
		var out cellText
		for _, item := range v {
			if _, deep := item.([]any); deep {
				continue
			}
			cell := l.valueText(item)
			if cell.text != "" && out.text != "" {
				out.text += ", "
			}
			out.text += cell.text
			out.links = append(out.links, cell.links...)
		}
		return out
	case map[string]any:
		return cellText{}
	}
	return cellText{text: fmt.Sprint(value)}
}
