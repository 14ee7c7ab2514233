package inventory

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// seed gives the files whose names have one of the endings.
func seed(f *testing.F, endings ...string) {
	f.Helper()
	files, err := filepath.Glob("testdata/read/*")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		for _, e := range endings {
			if strings.HasSuffix(file, e) {
				raw, err := os.ReadFile(file)
				if err != nil {
					f.Fatal(err)
				}
				f.Add(raw)
			}
		}
	}
}

// sound reads a document by one reader and holds what every reader must: no
// panic, ids that are there and are one's own, something to be known by.
func sound(t *testing.T, raw []byte, by func(*doc)) {
	t.Helper()
	d := &doc{name: "fuzz", raw: raw, at: map[string]int{}}
	if text, err := decode(raw); err == nil {
		d.text = text
	}
	d.sniffJSON()
	by(d)
	inv, _ := finish(d.items, d.partners, d.imports, d.problems)
	seen := map[string]bool{}
	for _, it := range inv.Items {
		if it.ID == "" || seen[it.ID] {
			t.Fatalf("id %q is empty or there twice", it.ID)
		}
		seen[it.ID] = true
		if it.Name == "" && it.Product == "" && it.CPE == "" && it.PURL == "" {
			t.Fatalf("item %q is known by nothing", it.ID)
		}
	}
}

func FuzzRead(f *testing.F) {
	seed(f, ".csv", ".tsv", ".yaml", ".json", ".txt", ".xml", ".spdx", ".jsonl")
	f.Fuzz(func(t *testing.T, raw []byte) { sound(t, raw, (*doc).dispatch) })
}

func FuzzYAML(f *testing.F) {
	seed(f, ".yaml", "own.json")
	f.Fuzz(func(t *testing.T, raw []byte) { sound(t, raw, readYAML) })
}

func FuzzCSV(f *testing.F) {
	seed(f, ".csv", ".tsv")
	f.Fuzz(func(t *testing.T, raw []byte) { sound(t, raw, readCSV) })
}

func FuzzXLSX(f *testing.F) {
	f.Add(ledger(f))
	f.Fuzz(func(t *testing.T, raw []byte) {
		d := &doc{name: "fuzz", raw: raw, at: map[string]int{}}
		d.dispatch() // the library may panic on a broken part; that costs the file only
	})
}

func FuzzCycloneDX(f *testing.F) {
	seed(f, "cyclonedx.json", "cyclonedx.xml")
	f.Fuzz(func(t *testing.T, raw []byte) {
		sound(t, raw, readCycloneDX)
		sound(t, raw, readCycloneDXXML)
	})
}

func FuzzSPDX(f *testing.F) {
	seed(f, "spdx.json", ".spdx")
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, read := range []func(*doc){readSPDX, readSPDXTags} {
			d := &doc{name: "fuzz", raw: raw, at: map[string]int{}}
			d.try([]reader{{"spdx", func(d *doc) bool { d.text = string(raw); return true }, func(d *doc) { guarded(d, read) }}})
		}
	})
}

// guarded is how dispatch calls a reader.
func guarded(d *doc, read func(*doc)) {
	defer func() { _ = recover() }()
	read(d)
}

func FuzzListings(f *testing.F) {
	seed(f, ".txt")
	f.Fuzz(func(t *testing.T, raw []byte) {
		sound(t, raw, func(d *doc) {
			for _, r := range texts {
				if (r.name == "packages" || r.name == "console" || r.name == "identifiers") && r.looks(d) {
					r.read(d)
				}
			}
		})
	})
}

func FuzzJSON(f *testing.F) {
	seed(f, ".json", ".jsonl")
	f.Fuzz(func(t *testing.T, raw []byte) {
		sound(t, raw, func(d *doc) {
			for _, read := range []func(*doc){readTrivy, readSyft, readWingetExport, readJSONRows} {
				read(d)
			}
		})
	})
}

// What can be read can be written and read again, the same.
func FuzzWrite(f *testing.F) {
	f.Add("名前", "9.10", "a: b # c", "- x")
	f.Add("yes", "1e3", "'", "\"\\")
	f.Fuzz(func(t *testing.T, name, version, alias, contains string) {
		d := &doc{name: "fuzz"}
		it := Item{Name: d.clean(name), Version: d.clean(version), Aliases: appendNew(nil, d.clean(alias)), Contains: appendNew(nil, d.clean(contains))}
		d.addItem(it)
		inv, _ := finish(d.items, nil, nil, nil)
		if len(inv.Items) == 0 {
			return
		}
		var b bytes.Buffer
		if err := Write(&b, inv); err != nil {
			t.Fatal(err)
		}
		got, problems := Read("w.yaml", bytes.NewReader(b.Bytes()))
		if len(got.Items) != 1 || !sameFields(&inv.Items[0], &got.Items[0], itemColumns) {
			t.Fatalf("wrote %+v, read %+v %v from\n%s", inv.Items, got.Items, problems, b.String())
		}
	})
}
