package feeds

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hansho/advisory"
)

var update = flag.Bool("update", false, "write the golden files")

// record is all of an advisory, with what has no JSON name.
type record struct {
	advisory.Advisory
	Refs       []string            `json:"refs"`
	History    []advisory.Revision `json:"history,omitempty"`
	Withdrawn  bool                `json:"withdrawn,omitempty"`
	Trust      advisory.Trust      `json:"trust"`
	Due        string              `json:"due,omitempty"`
	Ransomware bool                `json:"ransomware,omitempty"`
}

func TestGolden(t *testing.T) {
	rssMapping := map[string]string{"id": `link guid ~ EX-IR-\d+-\d+`, "vendor": "=Example", "products": `title ~ ^(Example \w+)`}
	tests := []struct {
		file   string
		parse  Parser
		entry  Entry
		errors int
	}{
		{"jpcert.rdf", ParseJPCERT, Entry{ID: "jpcert-weekly"}, 0},
		{"at300002.html", ParseJPCERT, Entry{ID: "jpcert"}, 0},
		{"ipa.rdf", ParseIPA, Entry{}, 0},
		{"jvn.rdf", ParseJVN, Entry{}, 0},
		{"jvndb.rdf", ParseJVNDB, Entry{}, 0},
		{"vuldef.xml", ParseJVNDB, Entry{}, 0},
		{"kev.json", ParseKEV, Entry{}, 1},
		{"rss.xml", ParseRSS, Entry{ID: "example", Trust: advisory.TrustMaker, Mapping: rssMapping}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join("testdata", tt.file))
			if err != nil {
				t.Fatal(err)
			}
			got, errs := tt.parse(bytes.NewReader(b), Meta{Entry: tt.entry})
			if len(errs) != tt.errors {
				t.Errorf("%d errors, want %d: %v", len(errs), tt.errors, errs)
			}
			checkGolden(t, filepath.Join("testdata", tt.file+".golden"), got)
		})
	}
}

func checkGolden(t *testing.T, name string, got []advisory.Advisory) {
	t.Helper()
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	for _, a := range got {
		r := record{a, a.Refs, a.History, a.Withdrawn, a.Trust, a.Due, a.Ransomware}
		if err := enc.Encode(r); err != nil {
			t.Fatal(err)
		}
	}
	if *update {
		if err := os.WriteFile(name, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), out.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}
