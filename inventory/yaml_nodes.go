package inventory

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// pair is one key of a mapping with its value.
type pair struct {
	key   string
	line  int
	value ast.Node
}

// pairs gives the known keys of a mapping, each once, and names the others.
func (y yamlDoc) pairs(m ast.MapNode, known []string) []pair {
	var out []pair
	for it := m.MapRange(); it.Next(); {
		key, line := scalarText(it.Key()), lineOf(it.Key())
		switch {
		case !slices.Contains(known, key):
			y.problem(line, "", CodeUnknownKey, key, insteadOf(key, known))
		case slices.ContainsFunc(out, func(p pair) bool { return p.key == key }):
			y.problem(line, "", CodeDuplicateKey, key)
		default:
			out = append(out, pair{key, line, it.Value()})
		}
	}
	return out
}

// entries gives the nodes of a list; nothing at all is an empty one.
func (y yamlDoc) entries(node ast.Node) []ast.Node {
	switch n := untagged(node).(type) {
	case *ast.SequenceNode:
		return n.Values
	case *ast.NullNode, nil:
		return nil
	default:
		y.problem(lineOf(n), "", CodeWrongType, typeName(n), "a list (- name: …)")
		return nil
	}
}

// mapping gives a node as a mapping and notes its line, or names that it is none.
func (y yamlDoc) mapping(node ast.Node) ast.MapNode {
	m, ok := untagged(node).(ast.MapNode)
	if !ok {
		y.problem(lineOf(node), "", CodeWrongType, typeName(node), "keys and values (name: …, product: …)")
		return nil
	}
	y.line = lineOf(node)
	return m
}

// values gives the text of a scalar, or of each scalar in a list where the field
// takes several. A number is taken as it is written: version: 7.10 is 7.10.
func (y yamlDoc) values(p pair, list bool) []string {
	value := untagged(p.value)
	seq, ok := value.(*ast.SequenceNode)
	if !ok {
		text, ok := y.scalar(p.key, value)
		if ok && list {
			return splitList(text)
		}
		return []string{text}
	}
	if !list {
		y.problem(p.line, p.key, CodeWrongType, typeName(seq), "one value")
		return nil
	}
	var out []string
	for _, v := range seq.Values {
		if text, ok := y.scalar(p.key, untagged(v)); ok {
			out = append(out, text)
		}
	}
	return out
}

func (y yamlDoc) scalar(key string, node ast.Node) (string, bool) {
	switch n := node.(type) {
	case nil, *ast.NullNode:
		return "", true
	case *ast.MappingNode, *ast.MappingValueNode, *ast.SequenceNode, *ast.AliasNode, *ast.MergeKeyNode:
		y.problem(lineOf(n), key, CodeWrongType, typeName(n), "a text")
		return "", false
	}
	return scalarText(node), true
}

// scalarText is a scalar as written, without its quotes.
func scalarText(node ast.Node) string {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value
	case *ast.LiteralNode:
		return n.Value.Value
	case *ast.MappingKeyNode:
		return scalarText(n.Value)
	}
	if node == nil || node.GetToken() == nil {
		return ""
	}
	return strings.TrimSpace(node.GetToken().Value)
}

// untagged takes tags (!!str) and anchors off a node.
func untagged(node ast.Node) ast.Node {
	for range maxDepth {
		switch n := node.(type) {
		case *ast.TagNode:
			node = n.Value
		case *ast.AnchorNode:
			node = n.Value
		default:
			return node
		}
	}
	return node
}

func typeName(node ast.Node) string {
	switch node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.AliasNode, *ast.MergeKeyNode:
		return "an alias"
	case *ast.NullNode, nil:
		return "nothing"
	}
	return "a single value"
}

func lineOf(node ast.Node) int {
	if m, ok := node.(*ast.MappingNode); ok && len(m.Values) > 0 {
		node = m.Values[0]
	}
	if v, ok := node.(*ast.MappingValueNode); ok {
		node = v.Key
	}
	if node == nil || node.GetToken() == nil || node.GetToken().Position == nil {
		return 0
	}
	return node.GetToken().Position.Line
}
