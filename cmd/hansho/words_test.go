package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var verb = regexp.MustCompile(`%(\[(\d)\])?(?:\.\d)?[sdvf]`)

// verbs gives which value each verb of a line shows.
func verbs(line string) []string {
	var out []string
	for i, m := range verb.FindAllStringSubmatch(line, -1) {
		n := m[2]
		if n == "" {
			n = string(rune('1' + i))
		}
		out = append(out, n+m[0][len(m[0])-1:])
	}
	slices.Sort(out)
	return out
}

func TestWordsSayTheSameInBothLanguages(t *testing.T) {
	for key, pair := range lines {
		if pair[0] == "" || pair[1] == "" {
			t.Errorf("%s: a language is missing", key)
		}
		if !slices.Equal(verbs(pair[0]), verbs(pair[1])) {
			t.Errorf("%s: the values differ: %q, %q", key, pair[0], pair[1])
		}
		if strings.Count(pair[0], "\t") != strings.Count(pair[1], "\t") {
			t.Errorf("%s: the columns differ", key)
		}
	}
}

// Every key that the program says must have words, and every word a use.
func TestEveryKeyHasWords(t *testing.T) {
	used := map[string]bool{}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && f.Name() != "words.go" {
				used[strings.Trim(lit.Value, `"`)] = true
			}
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			sel, isSel := call.Fun.(*ast.SelectorExpr)
			lit, isLit := call.Args[0].(*ast.BasicLit)
			if key := ""; isSel && sel.Sel.Name == "say" && isLit {
				key = strings.Trim(lit.Value, `"`)
				if _, ok := lines[key]; !ok {
					t.Errorf("%s: no words for %s", f.Name(), key)
				}
			}
			return true
		})
	}
	for key := range lines {
		if !used[key] {
			t.Errorf("%s is never said", key)
		}
	}
}
