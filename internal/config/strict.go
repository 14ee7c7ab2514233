package config

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxDepth bounds how deep a configuration may be nested.
const maxDepth = 32

// Problem is one mistake in a file that a person wrote.
type Problem struct {
	File    string `json:"file"`
	Line    int    `json:"line"` // from 1; 0 where it is about the whole file
	Path    string `json:"path"` // routes[2].when.severity
	Message string `json:"message"`
	Hint    string `json:"hint"` // what to write instead
}

// String writes the problem as file:line: path: message (hint).
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	if p.Path != "" {
		b.WriteString(": " + p.Path)
	}
	b.WriteString(": " + p.Message)
	if p.Hint != "" {
		b.WriteString(" — " + p.Hint)
	}
	return b.String()
}

// Raw is a part of the configuration whose form depends on a value in it; File.
// Decode reads it once that is known.
type Raw struct {
	node ast.Node
	path string
}

// Has says whether a mapping names a key.
func (r Raw) Has(key string) bool {
	switch n := r.node.(type) {
	case *ast.MappingNode:
		return slices.ContainsFunc(n.Values, func(kv *ast.MappingValueNode) bool { return kv.Key.String() == key })
	case *ast.MappingValueNode:
		return n.Key.String() == key
	}
	return false
}

// Scalar gives the text of a single value.
func (r Raw) Scalar() (string, bool) {
	if r.node == nil {
		return "", false
	}
	return scalarText(r.node)
}

// decoder reads YAML into a value, going on after each mistake so that all of
// them are named at once.
type decoder struct {
	file     string
	problems []Problem
	lines    map[string]int // path to line, for checks after decoding
}

// decode reads src into v, a pointer to a struct.
func (d *decoder) decode(src []byte, v any) {
	f, err := parser.ParseBytes(src, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		d.syntax(err)
		return
	}
	for _, doc := range f.Docs {
		if doc.Body != nil {
			d.value(doc.Body, reflect.ValueOf(v).Elem(), "", 0)
		}
	}
}

func (d *decoder) syntax(err error) {
	p := Problem{File: d.file, Message: err.Error()}
	if se, ok := err.(yaml.Error); ok {
		p.Message = se.GetMessage()
		if tok := se.GetToken(); tok != nil {
			p.Line = tok.Position.Line
		}
	}
	d.problems = append(d.problems, p)
}

func (d *decoder) problem(n ast.Node, path, message, hint string) {
	d.problems = append(d.problems, Problem{File: d.file, Line: line(n), Path: path, Message: message, Hint: hint})
}

func line(n ast.Node) int {
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 {
		return line(m.Values[0].Key)
	}
	if m, ok := n.(*ast.MappingValueNode); ok {
		return line(m.Key)
	}
	if tok := n.GetToken(); tok != nil && tok.Position != nil {
		return tok.Position.Line
	}
	return 0
}

// value reads one node into v, whatever its type.
func (d *decoder) value(n ast.Node, v reflect.Value, path string, depth int) {
	d.lines[path] = line(n)
	if depth > maxDepth {
		d.problem(n, path, "nested too deep", "")
		return
	}
	if _, null := n.(*ast.NullNode); null {
		return
	}
	if v.Type() == reflect.TypeFor[Raw]() {
		v.Set(reflect.ValueOf(Raw{node: n, path: path}))
		return
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	if d.text(n, v, path) {
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.structure(n, v, path, depth)
	case reflect.Slice:
		d.list(n, v, path, depth)
	case reflect.Map:
		d.table(n, v, path, depth)
	default:
		d.scalar(n, v, path)
	}
}

// text reads a node into a type that reads itself from text.
func (d *decoder) text(n ast.Node, v reflect.Value, path string) bool {
	u, ok := v.Addr().Interface().(encoding.TextUnmarshaler)
	if !ok {
		return false
	}
	s, ok := scalarText(n)
	if !ok {
		d.problem(n, path, "a single value is wanted here", "")
		return true
	}
	if err := u.UnmarshalText([]byte(s)); err != nil {
		d.problem(n, path, err.Error(), "")
	}
	return true
}

func scalarText(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case ast.ScalarNode:
		return n.GetToken().Value, true
	}
	return "", false
}

func (d *decoder) structure(n ast.Node, v reflect.Value, path string, depth int) {
	fields := fieldsOf(v.Type())
	seen := map[string]bool{}
	for _, kv := range d.pairs(n, path) {
		key := kv.Key.String()
		at := join(path, key)
		i, ok := fields[key]
		switch {
		case !ok:
			d.problem(kv.Key, at, "unknown key", didYouMean(key, fields))
		case seen[key]:
			d.problem(kv.Key, at, "given twice", "keep one of them")
		default:
			d.value(kv.Value, v.Field(i), at, depth+1)
		}
		seen[key] = true
	}
}

func (d *decoder) pairs(n ast.Node, path string) []*ast.MappingValueNode {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}
	}
	d.problem(n, path, "keys with values are wanted here", "write key: value lines, indented below it")
	return nil
}

func (d *decoder) list(n ast.Node, v reflect.Value, path string, depth int) {
	nodes := []ast.Node{n} // a single value stands for a list of one
	if seq, ok := n.(*ast.SequenceNode); ok {
		nodes = seq.Values
	}
	out := reflect.MakeSlice(v.Type(), len(nodes), len(nodes))
	for i, item := range nodes {
		d.value(item, out.Index(i), fmt.Sprintf("%s[%d]", path, i), depth+1)
	}
	v.Set(out)
}

func (d *decoder) table(n ast.Node, v reflect.Value, path string, depth int) {
	out := reflect.MakeMap(v.Type())
	for _, kv := range d.pairs(n, path) {
		key := kv.Key.String()
		elem := reflect.New(v.Type().Elem()).Elem()
		d.value(kv.Value, elem, join(path, key), depth+1)
		if out.MapIndex(reflect.ValueOf(key)).IsValid() {
			d.problem(kv.Key, join(path, key), "given twice", "keep one of them")
		}
		out.SetMapIndex(reflect.ValueOf(key).Convert(v.Type().Key()), elem)
	}
	v.Set(out)
}

func (d *decoder) scalar(n ast.Node, v reflect.Value, path string) {
	s, ok := scalarText(n)
	if !ok {
		d.problem(n, path, "a single value is wanted here", "")
		return
	}
	if v.Kind() == reflect.String {
		v.SetString(s)
		return
	}
	if v.Type() == reflect.TypeFor[time.Duration]() {
		dur, err := ParseDuration(s)
		if err != nil {
			d.problem(n, path, err.Error(), "write 30s, 10m, 6h or 7d")
		}
		v.SetInt(int64(dur))
		return
	}
	if err := yaml.NodeToValue(n, v.Addr().Interface()); err != nil {
		d.problem(n, path, fmt.Sprintf("%q is no %s", s, kindName(v.Kind())), "")
	}
}

func kindName(k reflect.Kind) string {
	switch k {
	case reflect.Bool:
		return "yes or no (true, false)"
	case reflect.Float64:
		return "number"
	}
	return "whole number"
}

func fieldsOf(t reflect.Type) map[string]int {
	fields := map[string]int{}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		if name != "" && name != "-" {
			fields[name] = i
		}
	}
	return fields
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// didYouMean names the known key nearest to a mistyped one, or all of them.
func didYouMean(key string, fields map[string]int) string {
	var names []string
	best, bestDistance := "", 3
	for name := range fields {
		names = append(names, name)
		if n := distance(key, name); n < bestDistance {
			best, bestDistance = name, n
		}
	}
	if best != "" {
		return "did you mean " + best + "?"
	}
	slices.Sort(names)
	return "the keys here are " + strings.Join(names, ", ")
}

// distance is the Levenshtein distance of two short words.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(row[j+1]+1, row[j]+1, cost)
		}
	}
	return row[len(b)]
}

// ParseDuration reads a duration as time.ParseDuration does, and days (7d).
func ParseDuration(s string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		var n float64
		if _, err := fmt.Sscanf(days+" ", "%g ", &n); err == nil && n >= 0 && n < 100_000 {
			return time.Duration(n * 24 * float64(time.Hour)), nil
		}
		return 0, fmt.Errorf("%q is no duration", s)
	}
	dur, err := time.ParseDuration(s)
	if err != nil || dur < 0 {
		return 0, fmt.Errorf("%q is no duration", s)
	}
	return dur, nil
}

func valueOf(v any) reflect.Value { return reflect.ValueOf(v).Elem() }

// Get gives the text of a key of a mapping whose value is a single one.
func (r Raw) Get(key string) (string, bool) {
	var pairs []*ast.MappingValueNode
	switch n := r.node.(type) {
	case *ast.MappingNode:
		pairs = n.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{n}
	}
	for _, kv := range pairs {
		if kv.Key.String() == key {
			return scalarText(kv.Value)
		}
	}
	return "", false
}
