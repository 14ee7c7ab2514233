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
	file, err := parser.ParseBytes([]byte(d.text), 0)
	if err != nil {
		d.syntax(err)
		return
	}
	for _, document := range file.Docs {
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

// syntax names where the text stops being YAML.
func (d *doc) syntax(err error) {
	var at yaml.Error
	if errors.As(err, &at) && at.GetToken() != nil {
		d.problem(at.GetToken().Position.Line, "", CodeSyntax, at.GetMessage())
		return
	}
	d.problem(0, "", CodeSyntax, strings.SplitN(err.Error(), "\n", 2)[0])
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
			y.addPartner(readEntry(y, m, partnerColumns, nil, nil))
		}
	}
}

// machine reads what an import wrote of an item.
func (y yamlDoc) machine(to *Item, p pair) {
	switch p.key {
	case "imported":
		y.decode(p, &to.Imported)
	case "missing":
		y.decode(p, &to.Missing)
	}
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
	for _, p := range y.pairs(m, append(keysOf(columns), others...)) {
		y.line, y.field = p.line, p.key
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
