// Package archtest holds the rules of the house as tests: who may import whom,
// which library has one home, that every package and exported name is
// documented. It reads the files themselves, so that no test cache hides a
// breach.
package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// allowed says which of our packages a room may import; rooms below it
// (match/version) count as the room unless they are named. cmd may import all.
var allowed = map[string][]string{
	"advisory":      {},
	"inventory":     {"internal/fold", "internal/typo"},
	"match":         {"advisory", "inventory", "internal/fold"},
	"match/version": {"internal/fold"},
	"feeds":         {"advisory", "internal/secret"},
	"vendors":       {"advisory", "feeds", "internal/fold", "inventory", "match/version"},
	"cases":         {"advisory", "inventory", "match"},
	"notify":        {"advisory", "cases", "match", "inventory", "internal/secret"},
	"forms":         {"cases", "inventory", "notify"},
	"store":         {"advisory", "cases", "feeds", "match", "notify", "inventory"},
	"pipeline":      {"advisory", "cases", "feeds", "inventory", "match", "notify", "store", "vendors"},
}

// homes are the libraries that only some places may name.
var homes = map[string][]string{
	"go.etcd.io/bbolt":               {"store/boltstore/"},
	"github.com/slack-go/slack":      {"notify/slack/"},
	"github.com/robfig/cron/v3":      {"pipeline/schedule.go"},
	"github.com/wneessen/go-mail":    {"notify/mail/"},
	"github.com/gocsaf/csaf/v3":      {"vendors/csaf", "cases/vex/"},
	"github.com/spf13/cobra":         {"cmd/"},
	"github.com/mmcdole/gofeed":      {"feeds/", "vendors/discover"},
	"github.com/xuri/excelize/v2":    {"inventory/"},
	"github.com/emersion/go-imap/v2": {"notify/mail/"},
}

// pure are the rooms that do no I/O.
var pure = []string{"advisory", "match", "match/version", "match/cpe", "cases"}

// impure are what a pure room must not import.
var impure = []string{"net/http", "os", "os/exec", "log", "database/sql"}

type file struct {
	path string // slash-separated, from the root
	room string // its package's folder
	ast  *ast.File
	test bool
}

func sources(t *testing.T) []file {
	t.Helper()
	root := filepath.Join("..", "..")
	var files []file
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == ".git" || d.Name() == "node_modules") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(p, ".go") {
			return nil
		}
		src, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), p, src, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		files = append(files, file{path: rel, room: path.Dir(rel), ast: parsed, test: strings.HasSuffix(rel, "_test.go")})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 50 {
		t.Fatalf("found %d Go files: this is not the repository", len(files))
	}
	return files
}

func imports(f file) []string {
	var out []string
	for _, i := range f.ast.Imports {
		out = append(out, strings.Trim(i.Path.Value, `"`))
	}
	return out
}

// rule gives the entry of allowed that covers a room: its own, or that of the
// room around it.
func rule(room string) (string, []string, bool) {
	for r := room; r != "."; r = path.Dir(r) {
		if list, ok := allowed[r]; ok {
			return r, list, true
		}
	}
	return "", nil, false
}

func TestWhoImportsWhom(t *testing.T) {
	for _, f := range sources(t) {
		name, list, ok := rule(f.room)
		if f.test || !ok {
			continue
		}
		for _, imp := range imports(f) {
			ours, ok := strings.CutPrefix(imp, "hansho/")
			if !ok || ours == name || strings.HasPrefix(ours, name+"/") {
				continue
			}
			if !slices.ContainsFunc(list, func(a string) bool { return ours == a || strings.HasPrefix(ours, a+"/") }) {
				t.Errorf("%s imports %s: %s may import %v", f.path, imp, name, list)
			}
		}
	}
}

func TestLibrariesHaveOneHome(t *testing.T) {
	for _, f := range sources(t) {
		if f.test {
			continue
		}
		for _, imp := range imports(f) {
			for lib, places := range homes {
				if imp != lib && !strings.HasPrefix(imp, lib+"/") {
					continue
				}
				if !slices.ContainsFunc(places, func(p string) bool { return strings.HasPrefix(f.path, p) }) {
					t.Errorf("%s imports %s, which lives in %v", f.path, imp, places)
				}
			}
		}
	}
}

func TestDomainDoesNoIO(t *testing.T) {
	for _, f := range sources(t) {
		if f.test || !slices.Contains(pure, f.room) {
			continue
		}
		for _, imp := range imports(f) {
			if slices.Contains(impure, imp) {
				t.Errorf("%s imports %s: %s does no I/O", f.path, imp, f.room)
			}
		}
	}
}

// Only the program, its configuration, and the place that keeps secrets read the
// environment.
func TestWhoReadsTheEnvironment(t *testing.T) {
	may := []string{"cmd/", "internal/"}
	for _, f := range sources(t) {
		if f.test || slices.ContainsFunc(may, func(p string) bool { return strings.HasPrefix(f.path, p) }) {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == "os" && slices.Contains([]string{"Getenv", "LookupEnv", "Environ", "Args"}, sel.Sel.Name) {
				t.Errorf("%s calls os.%s", f.path, sel.Sel.Name)
			}
			return true
		})
	}
}

func TestNoInitAndNoLooseNames(t *testing.T) {
	loose := []string{"util", "utils", "common", "helpers", "misc", "models", "types", "base"}
	for _, f := range sources(t) {
		if slices.Contains(loose, f.ast.Name.Name) {
			t.Errorf("%s: a package called %s says nothing", f.path, f.ast.Name.Name)
		}
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s has an init function", f.path)
			}
		}
	}
}

func TestEveryPackageIsDocumentedOnce(t *testing.T) {
	docs, rooms := map[string][]string{}, map[string]bool{}
	for _, f := range sources(t) {
		if f.test && !strings.HasPrefix(f.room, "internal/archtest") {
			continue
		}
		rooms[f.room] = true
		if f.ast.Doc != nil {
			docs[f.room] = append(docs[f.room], f.path)
		}
	}
	for room := range rooms {
		if n := len(docs[room]); n != 1 {
			t.Errorf("%s has %d package comments %v, want 1", room, n, docs[room])
		}
	}
}

func TestExportedNamesAreDocumented(t *testing.T) {
	for _, f := range sources(t) {
		if f.test || f.ast.Name.Name == "main" {
			continue
		}
		for _, d := range f.ast.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) && !wellKnown(d) {
					t.Errorf("%s: %s has no comment", f.path, d.Name.Name)
				}
			case *ast.GenDecl:
				undocumentedSpecs(t, f, d)
			}
		}
	}
}

func undocumentedSpecs(t *testing.T, f file, d *ast.GenDecl) {
	for _, s := range d.Specs {
		switch s := s.(type) {
		case *ast.TypeSpec:
			if s.Name.IsExported() && d.Doc == nil && s.Doc == nil {
				t.Errorf("%s: type %s has no comment", f.path, s.Name.Name)
			}
		case *ast.ValueSpec:
			for _, n := range s.Names {
				if n.IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
					t.Errorf("%s: %s has no comment", f.path, n.Name)
				}
			}
		}
	}
}

// exportedReceiver says whether a function is one, or a method of an exported
// type.
func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	typ := d.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	id, ok := typ.(*ast.Ident)
	return ok && id.IsExported()
}

// wellKnown are methods whose meaning is the interface's that they serve.
func wellKnown(d *ast.FuncDecl) bool {
	return d.Recv != nil && slices.Contains([]string{"Error", "String", "Unwrap", "Len", "Less", "Swap"}, d.Name.Name)
}
