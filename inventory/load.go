package inventory

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"hansho/internal/fold"
)

// Load reads files and folders (with the folders in them) into one inventory.
// What several files say is taken once. An item that a person declared stands
// over one of the same id that an import wrote.
func Load(paths ...string) (Inventory, Problems) {
	var items []Item
	var partners []Partner
	var imports []Import
	var problems Problems
	for _, path := range paths {
		files, err := filesOf(path)
		if err != nil {
			problems = append(problems, Problem{File: path, Code: CodeUnreadable, Args: []string{plainError(err)}})
		}
		for _, file := range files {
			d := readFile(file)
			softenUnknown(d, file != path)
			items, partners, imports = append(items, d.items...), append(partners, d.partners...), append(imports, d.imports...)
			problems = append(problems, d.problems...)
		}
	}
	inv, problems := finish(items, partners, imports, problems)
	return inv, append(problems, inv.unknownSuppliers()...).sorted()
}

// filesOf gives the file itself, or the files of a folder in order, without
// hidden ones.
func filesOf(path string) ([]string, error) {
	var files []string
	err := filepath.WalkDir(path, func(p string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case p != path && strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return fs.SkipDir
			}
		case !entry.IsDir():
			files = append(files, p)
		}
		return nil
	})
	return files, err
}

func readFile(path string) *doc {
	f, err := os.Open(path)
	if err != nil {
		d := &doc{name: path}
		d.problem(0, "", CodeUnreadable, plainError(err))
		return d
	}
	defer func() { _ = f.Close() }()
	return readDoc(path, f)
}

// plainError says why a file can't be opened, without its name again.
func plainError(err error) string {
	if e, ok := err.(*fs.PathError); ok { //nolint:errorlint // the outermost error names the file
		return e.Err.Error()
	}
	return err.Error()
}

// softenUnknown makes a warning of a file that lies in a folder and is no
// inventory, such as a README.
func softenUnknown(d *doc, inFolder bool) {
	for i, p := range d.problems {
		if inFolder && p.Code == CodeUnknownFormat {
			d.problems[i].Warning = true
		}
	}
}

// unknownSuppliers names suppliers who aren't among the partners, where there
// are any.
func (inv Inventory) unknownSuppliers() Problems {
	known := map[string]bool{"": true}
	for _, p := range inv.Partners {
		known[fold.Name(p.ID)] = true
		known[fold.Name(p.Company)] = true
	}
	var problems Problems
	for _, it := range inv.Items {
		if key := fold.Name(it.Supplier); len(inv.Partners) > 0 && !known[key] {
			known[key] = true // once is enough
			p := Problem{Field: "supplier", Code: CodeUnknownPartner, Args: []string{it.Supplier}, Warning: true}
			p.File, p.Sheet, p.Line = parseOrigin(it.Origin)
			problems = append(problems, p)
		}
	}
	return problems
}
