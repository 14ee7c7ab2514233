package vendors

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hansho/advisory"
	"hansho/feeds"
)

// FuzzProductList reads anything as a list of each shape. What is read has ids,
// no markup that could act, and one advisory a product.
func FuzzProductList(f *testing.F) {
	files, err := filepath.Glob("testdata/lists/*")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, shape := range []string{"", shapeMarkdown, shapeCSV, shapeYAML, shapeJSON} {
			f.Add(text, shape)
		}
	}
	f.Add([]byte(`{"data":[{"vendor":"A","product":"B","status":{"CVE-2031-1000":"Fix"}}]}`), "")
	f.Add([]byte("|a|b|\n|-|-|\n|[x](<https://a.example/\n"), shapeMarkdown)
	for _, part := range append(notOfTheList,
		"# L\n## A\n### B\n- Status: Fixed\n- Affected versions:\n  - 1.0\n- CVE-2031-1000: affected\n",
		"#### A\n- **B** – not affected ([source](https://a.example/))\n- C 1 - 2: affected\n- D\n",
		"**A – B**\n- 影響：あり\n\nC\n: not affected\n\nD\n===\n- 製品名: E\n- ステータス：調査中\n",
		"## Affected products\n- A 1.0 (fixed in 2)\n## Not affected: B, C\n| Status | x |\n|--|--|\n") {
		f.Add([]byte(part), "")
	}
	f.Add([]byte(page("<h2>A</h2><dl><dt>B<dd>affected</dl><table><tr><td rowspan=2>V<td>Product<td>Status<tr><td>C<td>fixed</table>")), "")
	f.Add([]byte("<details><summary>A</summary>\n\n- B: not affected\n\n</details>\n<ul><li>C - affected"), shapeMarkdown)
	f.Fuzz(func(t *testing.T, text []byte, shape string) {
		e := feeds.Entry{ID: "list", Mapping: map[string]string{"shape": shape, "cve": "CVE-2031-1000"}}
		as, errs := ParseProductList(bytes.NewReader(text), feeds.Meta{Entry: e, URL: "https://list.example/x"})
		if len(as) == 0 && len(errs) == 0 {
			t.Error("neither a list nor an error")
		}
		seen := map[string]bool{}
		for _, a := range as {
			if seen[a.ID] || a.ID == "list:" || len(a.Products) == 0 {
				t.Errorf("%q: seen %v, %d claims", a.ID, seen[a.ID], len(a.Products))
			}
			seen[a.ID] = true
			for _, l := range a.Links {
				if !strings.HasPrefix(l, "http") {
					t.Errorf("link %q", l)
				}
			}
			if len(advisory.Diff(a, a)) > 0 {
				t.Errorf("%s differs from itself", a.ID)
			}
		}
	})
}

func FuzzInline(f *testing.F) {
	for _, s := range []string{"[a](b)", "![a](b", "<a href=x>", "~~x~~", "https://x.example/(", `\\|`, "[[[[", "<!--", "**"} {
		f.Add(s)
	}
	l := newListRules(feeds.Meta{URL: "https://list.example/"})
	f.Fuzz(func(t *testing.T, s string) {
		for _, link := range l.inline(s).links {
			if !strings.HasPrefix(link, "http://") && !strings.HasPrefix(link, "https://") {
				t.Errorf("link %q", link)
			}
		}
	})
}

func FuzzListCursor(f *testing.F) {
	c := listCursor{Reader: listReader, Files: []*keptFile{{URL: "https://list.example/", Text: []byte("x")}}}
	good, err := c.encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(good))
	f.Add([]byte(`{"files":[{"zstd":"AAAA"}]}`))
	f.Fuzz(func(t *testing.T, cursor []byte) {
		back, err := decodeListCursor(cursor).encode()
		if err != nil {
			t.Fatal(err)
		}
		if n := len(decodeListCursor(back).Files); n != len(decodeListCursor(cursor).Files) {
			t.Errorf("%d files read back", n)
		}
	})
}

func FuzzIndex(f *testing.F) {
	f.Add([]byte(`[{"name":"a.md","download_url":"https://x.example/a.md","sha":"1"}]`), "*.md")
	f.Add([]byte(`{"files":{"a.md":{"filename":"a.md","raw_url":"https://x.example/raw/a.md","content":"x"}}}`), "[")
	f.Fuzz(func(t *testing.T, body []byte, patterns string) {
		files, err := readIndex(body, strings.Fields(patterns))
		if err == nil && len(files) == 0 || len(files) > maxListFiles {
			t.Errorf("%d files, %v", len(files), err)
		}
	})
}
