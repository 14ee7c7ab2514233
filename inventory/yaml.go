package inventory

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// yamlStart is how an inventory in YAML begins, after comments and blank lines:
// a key, or a list of items.
var yamlStart = regexp.MustCompile(`\A(?:\s*(?:#[^\n]*)?\n|---[^\n]*\n|%YAML[^\n]*\n)*(?:["']?[A-Za-z_]\w*["']?[ \t]*:(?:[ \t]|\r?\n|\z)|-[ \t]+\S|-\r?\n|[{\[])`)

// readYAML reads items and partners from YAML or from JSON, which is YAML. It
// walks the tree itself, so that each mistake is named with its own line and
// costs no more than its own entry.
func readYAML(d *doc) {
	if deep(d.text) {
		d.problem(0, "", CodeTooLarge, fmt.Sprintf("%d levels", maxDepth))
		return
	}
	for _, document := range d.parseYAML() {
		y := yamlDoc{d}
		switch body := document.Body.(type) {
		case nil:
		case *ast.SequenceNode:
			y.items(body)
		case ast.MapNode:
			y.top(body)
		default:
			d.problem(lineOf(body), "", CodeWrongType, typeName(body), "items: …")
		}
	}
}

// maxRepairs is how many entries with a wrong syntax are left out before the
// whole file is given up.
const maxRepairs = 20

// parseYAML parses the text. An entry that isn't YAML is named and left out, so
// that the others still stand.
func (d *doc) parseYAML() []*ast.DocumentNode {
	text := d.text
	for range maxRepairs {
		file, err := parser.ParseBytes([]byte(text), 0, parser.AllowDuplicateMapKey())
		if err == nil {
			return file.Docs
		}
		line := d.syntax(err)
		rest, ok := withoutEntry(text, line)
		if !ok {
			return nil
		}
		text = rest
	}
	return nil
}

// syntax names where the text stops being YAML.
func (d *doc) syntax(err error) (line int) {
	var at yaml.Error
	message := err.Error()
	if errors.As(err, &at) && at.GetToken() != nil {
		line, message = at.GetToken().Position.Line, at.GetMessage()
	}
	d.problem(line, "", CodeSyntax, strings.SplitN(message, "\n", 2)[0])
	return line
}

// withoutEntry blanks the list entry that a line stands in; the lines keep their
// numbers.
func withoutEntry(text string, line int) (string, bool) {
	all := strings.SplitAfter(text, "\n")
	if line < 1 || line > len(all) {
		return "", false
	}
	start := line - 1
	for start >= 0 && !strings.HasPrefix(strings.TrimLeft(all[start], " "), "- ") {
		start--
	}
	if start < 0 {
		return "", false
	}
	indent := len(all[start]) - len(strings.TrimLeft(all[start], " "))
	end := start + 1
	for end < len(all) && (strings.TrimSpace(all[end]) == "" || len(all[end])-len(strings.TrimLeft(all[end], " ")) > indent) {
		end++
	}
	for i := start; i < end; i++ {
		all[i] = "\n"
	}
	return strings.Join(all, ""), true
}

// looksYAML says that the text starts as YAML does: with a key or a list.
func looksYAML(d *doc) bool { return yamlStart.MatchString(d.text) }

// deep says that brackets or indentation nest beyond any inventory's need; the
// parser recurses over both.
func deep(text string) bool {
	depth := 0
	for line := range strings.Lines(text) {
		if indent := len(line) - len(strings.TrimLeft(line, " -?:\t")); indent > 4*maxDepth {
			return true
		}
		for i := range len(line) {
			switch line[i] {
			case '[', '{':
				depth++
			case ']', '}':
				depth = max(depth-1, 0)
			}
			if depth > maxDepth {
				return true
			}
		}
	}
	return false
}

// yamlDoc reads the nodes of one document.
type yamlDoc struct{ *doc }

// topKeys are the keys of the document itself.
var topKeys = []string{"items", "partners", "imports"}

func (y yamlDoc) top(m ast.MapNode) {
	for _, p := range y.pairs(m, topKeys) {
		switch p.key {
		case "items":
			y.items(p.value)
		case "partners":
			y.partners(p.value)
		case "imports":
			y.imports(p)
		}
	}
}

// machineKeys are written by an import beside what a person writes.
var machineKeys = []string{"imported", "missing"}

func (y yamlDoc) items(node ast.Node) {
	for _, entry := range y.entries(node) {
		if m := y.mapping(entry); m != nil && !y.full() {
			y.addItem(readEntry(y, m, itemColumns, machineKeys, y.machine))
		}
	}
}

func (y yamlDoc) partners(node ast.Node) {
	for _, entry := range y.entries(node) {
		if m := y.mapping(entry); m != nil && !y.full() {
			y.addPartner(readEntry(y, m, partnerColumns, []string{"from"}, y.partnerFrom))
		}
	}
}

// machine reads what an import wrote of an item.
func (y yamlDoc) machine(to *Item, p pair) {
	switch p.key {
	case "imported":
		to.Imported = &Imported{}
		y.decode(p, to.Imported)
	case "missing":
		y.decode(p, &to.Missing)
	}
}

// partnerFrom reads which import added a partner.
func (y yamlDoc) partnerFrom(to *Partner, p pair) {
	y.decode(p, &to.From)
}

func (y yamlDoc) imports(p pair) {
	var imports []Import
	y.decode(p, &imports)
	y.doc.imports = append(y.doc.imports, imports...)
}

// decode reads a node that a program wrote.
func (y yamlDoc) decode(p pair, to any) {
	if err := yaml.NodeToValue(p.value, to, yaml.Strict()); err != nil {
		var at yaml.Error
		line, message := p.line, err.Error()
		if errors.As(err, &at) && at.GetToken() != nil {
			line, message = at.GetToken().Position.Line, at.GetMessage()
		}
		y.problem(line, p.key, CodeSyntax, strings.SplitN(message, "\n", 2)[0])
	}
}

// readEntry reads one mapping, which begins at y.line, into a T. The keys in others are handed to other.
func readEntry[T any](y yamlDoc, m ast.MapNode, columns []column[T], others []string, other func(*T, pair)) T {
	var to T
	line := y.line
	clear(y.at)
	for _, p := range y.pairs(m, append(keysOf(columns), others...)) {
		y.line, y.field = p.line, p.key
		y.at[p.key] = p.line
		i := slices.IndexFunc(columns, func(c column[T]) bool { return c.key == p.key })
		if i < 0 {
			other(&to, p)
			continue
		}
		c := columns[i]
		c.set = nil
		for _, v := range y.values(p, c.list != nil) {
			c.put(&to, y.clean(v))
		}
	}
	y.line, y.field = line, ""
	return to
}

// keysOf are the keys that YAML may use for the columns.
func keysOf[T any](columns []column[T]) []string {
	var keys []string
	for _, c := range columns {
		if !c.tableOnly() {
			keys = append(keys, c.key)
		}
	}
	return keys
}
