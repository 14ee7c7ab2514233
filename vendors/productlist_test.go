package vendors

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/japanese"

	"hansho/advisory"
	"hansho/feeds"
)

// read parses a fixture as the list of a source called "list".
func read(t *testing.T, name string, mapping map[string]string) ([]advisory.Advisory, []error) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "lists", name))
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, string(text), name, mapping)
}

func parse(t *testing.T, text, name string, mapping map[string]string) ([]advisory.Advisory, []error) {
	t.Helper()
	return ParseProductList(strings.NewReader(text), feeds.Meta{
		Entry: feeds.Entry{ID: "list", Lang: "en", Page: "https://list.example/", Mapping: mapping},
		URL:   "https://list.example/data/" + name, Fetched: time.Date(2031, 12, 16, 3, 0, 0, 0, time.UTC),
	})
}

// lines writes each claim in one line: id | CVE | versions | status | fixed | workaround | note | link.
func lines(as []advisory.Advisory) []string {
	var out []string
	for _, a := range as {
		for _, p := range a.Products {
			out = append(out, strings.Join([]string{
				strings.TrimPrefix(a.ID, "list:"), p.CVE, p.Versions, string(p.Status), p.Fixed, p.Workaround, p.Note, strings.TrimPrefix(p.Link, "https://"),
			}, " | "))
		}
	}
	return out
}

func TestStatusTable(t *testing.T) {
	as, errs := read(t, "statuses.md", nil)
	want := []string{
		"akane-works/ledger | CVE-2031-1000 |  | fixed | 2.4.1 |  |  | akane.example/ledger_(2)",
		"akane-works/ledger | CVE-2031-1001 | 2.4.1 | not_affected |  |  |  | akane.example/ledger_(2)",
		"akane-works/ledger | CVE-2031-1000 | 1.x | affected |  |  | end of life | akane.example/ledger_(2)",
		"akane-works/b-r-tools | CVE-2031-1000 | All | not_affected |  |  |  | list.example/data/notes/akane.png",
		"akane-works/b-r-tools | CVE-2031-1001 | All | not_affected |  |  |  | list.example/data/notes/akane.png",
		"aoi-systems/all | CVE-2031-1000 |  | under_investigation |  |  | Fix expected on Dec 20th | aoi.example/a",
		"aoi-systems/gate-keeper | CVE-2031-1000 |  | not_affected |  |  |  | aoi.example/gk",
		"aoi-systems/gate-keeper | CVE-2031-1001 |  | not_affected |  |  |  | aoi.example/gk",
		"aoi-systems/router | CVE-2031-1000 | <3.2 | affected |  |  | Fix expected on Dec 14th / Turn it off | aoi.example/router",
		"aoi-systems/router | CVE-2031-1001 | <3.2 | affected |  | Turn it off | Turn it off | aoi.example/router",
		"aoi-systems/stray | CVE-2031-1000 | 7 | affected |  |  |  | aoi.example/s",
		"benten/mail | CVE-2031-1000 | 9 | 10 | affected |  |  | new | benten.example/mail",
		"benten/mail | CVE-2031-1001 | 9 | 10 | unknown |  |  | Unknown to us / new | benten.example/mail",
	}
	got := lines(as)
	if diff := cmp.Diff(want, got[:min(len(want), len(got))]); diff != "" {
		t.Error(diff)
	}
	last := as[len(as)-1]
	if last.ID != "list:benten/mail-extra" || last.Products[0].Link != "https://benten.example/x" {
		t.Errorf("the row with too many cells is read as %+v", last)
	}
	var rows []int
	for _, err := range errs {
		var row *RowError
		if !errors.As(err, &row) {
			t.Errorf("not of a row: %v", err)
			continue
		}
		rows = append(rows, row.Line)
	}
	if diff := cmp.Diff([]int{26, 37}, rows); diff != "" {
		t.Errorf("rows reported: %s\n%v", diff, errs)
	}
	if diff := cmp.Diff([]string{"https://list.example/", "https://list.example/data/notes/akane.png", "https://akane.example/blog"}, as[1].Links); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"CVE-2031-1000", "CVE-2031-1001"}, as[0].CVEs); diff != "" {
		t.Error(diff)
	}
}

// A status says that there is a workaround; the notes are it where they say what to
// do.
func TestWorkaroundInNotes(t *testing.T) {
	for notes, want := range map[string]string{
		"Set mode=safe and restart": "Set mode=safe and restart", "JndiLookup を削除する": "JndiLookup を削除する",
		"Running on the appliance and on Windows": advisory.WorkaroundStated, "": advisory.WorkaroundStated, "on-prem only": advisory.WorkaroundStated,
	} {
		as, errs := parse(t, "| Supplier | Product | Version | Status CVE-2031-1000 | Notes |\n|:-|:-|:-|:-|:-|\n| Akane | Ledger | 7.x | Workaround | "+notes+" |\n", "x.md", nil)
		if len(errs) > 0 || len(as) != 1 || len(as[0].Products) != 1 {
			t.Fatalf("%q: %d rows, %v", notes, len(as), errs)
		}
		if p := as[0].Products[0]; p.Workaround != want || p.Note != notes || p.Status != advisory.StatusAffected {
			t.Errorf("%q: %+v, want the workaround %q", notes, p, want)
		}
	}
}

func TestNameList(t *testing.T) {
	as, errs := read(t, "names.md", map[string]string{"cve": "CVE-2031-1000"})
	if len(errs) > 0 {
		t.Error(errs)
	}
	want := []string{
		"akane-works |  |  | unknown |  |  |  | akane.example/advisory",
		"aoi-systems |  |  | unknown |  |  | (needs a login) | aoi.example/a?x=1&y=2",
		"aster |  |  | unknown |  |  | unofficial | social.example/aster/1",
		"benten |  |  | unknown |  |  | and | benten.example/1",
		"benten |  |  | unknown |  |  |  | benten.example/3",
		"botan-kk |  |  | unknown |  |  |  | botan.example/statement",
		"biwa |  |  | unknown |  |  |  | biwa.example/1",
	}
	if diff := cmp.Diff(want, lines(as)); diff != "" {
		t.Error(diff)
	}
	for _, a := range as {
		if a.ID != "list:benten" {
			continue
		}
		want := []string{"https://list.example/", "https://benten.example/1", "https://benten.example/2", "https://benten.example/3"}
		if diff := cmp.Diff(want, a.Links); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"CVE-2031-1000"}, a.CVEs); diff != "" {
			t.Error(diff)
		}
	}
}

func TestJapaneseSheet(t *testing.T) {
	text, err := os.ReadFile("testdata/lists/sjis.csv.txt")
	if err != nil {
		t.Fatal(err)
	}
	sjis, err := japanese.ShiftJIS.NewEncoder().Bytes(bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"あかね製作所/帳票サーバ | CVE-2031-1000 | 2.4 | affected |  |  | 12月中に対策版 | akane.example/1",
		"あかね製作所/帳票クライアント | CVE-2031-1000 | すべて | not_affected |  |  |  | akane.example/1",
		"葵システム/門番 | CVE-2031-1000 |  | under_investigation |  |  |  | ",
	}
	for name, body := range map[string][]byte{"UTF-8": text, "UTF-8 with BOM": append([]byte("\ufeff"), text...), "Shift_JIS": sjis} {
		as, errs := parse(t, string(body), "list.csv", map[string]string{"cve": "CVE-2031-1000"})
		if len(errs) > 0 {
			t.Errorf("%s: %v", name, errs)
		}
		if diff := cmp.Diff(want, lines(as)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestVersionLists(t *testing.T) {
	as, errs := read(t, "versions.yml", nil)
	want := []string{
		"akane-works/ledger | CVE-2031-1000 | < 2.4 | affected | 2.4, 1.9.8 |  | Mind the agent. | akane.example/a",
		"akane-works/ledger | CVE-2031-1000 |  | fixed | 2.4, 1.9.8 |  | Mind the agent. | akane.example/a",
		"akane-works/ledger | CVE-2031-1001 | >= 1.0 | not_affected |  |  | Mind the agent. | akane.example/a",
		"aoi-systems/all |  |  | unknown |  |  |  | ",
	}
	if diff := cmp.Diff(want, lines(as)); diff != "" {
		t.Error(diff)
	}
	if len(errs) != 1 || !strings.Contains(errs[0].Error(), "names no vendor") {
		t.Errorf("errors: %v", errs)
	}
	if want := time.Date(2031, 12, 14, 0, 0, 0, 0, time.UTC); !as[0].Updated.Equal(want) {
		t.Errorf("updated %v, want %v", as[0].Updated, want)
	}
	if want := time.Date(2031, 12, 16, 3, 0, 0, 0, time.UTC); !as[0].Updated.Before(want) {
		t.Errorf("a row with a date of its own has the poll's: %v", as[0].Updated)
	}
}

func TestMappedColumns(t *testing.T) {
	const table = `| Tool | What of it? | Seen in | Go there |
|---|---|---|---|
| Ledger | yes | 1.0 | https://akane.example/1 |
| Ledger Lite | no | 1.0 | |
`
	as, errs := parse(t, table, "list.md", map[string]string{
		"product": "Tool", "vendor": "=Akane Works", "status": "what of it", "version": "seen in",
		"link": "Go there", "words": "yes=affected, no=not_affected", "cve": "CVE-2031-1000",
	})
	want := []string{
		"akane-works/ledger | CVE-2031-1000 | 1.0 | affected |  |  |  | akane.example/1",
		"akane-works/ledger-lite | CVE-2031-1000 | 1.0 | not_affected |  |  |  | ",
	}
	if diff := cmp.Diff(want, lines(as)); diff != "" || len(errs) > 0 {
		t.Error(diff, errs)
	}
}

func TestJSONRows(t *testing.T) {
	const doc = `{"updated":"x","data":[{"vendor":"Akane","product":"Ledger","status":{"CVE-2031-1000":"Not vuln","CVE-2031-1001":"Fix"},"version":"2.0","links":["https://akane.example/1"]}]}`
	as, errs := parse(t, doc, "list.json", nil)
	want := []string{
		"akane/ledger | CVE-2031-1000 | 2.0 | not_affected |  |  |  | akane.example/1",
		"akane/ledger | CVE-2031-1001 |  | fixed | 2.0 |  |  | akane.example/1",
	}
	if diff := cmp.Diff(want, lines(as)); diff != "" || len(errs) > 0 {
		t.Error(diff, errs)
	}
}

// A raw address often has no extension, and prose above a table has commas.
func TestShapeIsSeenInTheText(t *testing.T) {
	for name, want := range map[string]string{"statuses.md": shapeMarkdown, "names.md": shapeMarkdown, "sjis.csv.txt": shapeCSV, "versions.yml": shapeYAML} {
		text, err := os.ReadFile(filepath.Join("testdata", "lists", name))
		if err != nil {
			t.Fatal(err)
		}
		l := newListRules(feeds.Meta{URL: "https://list.example/raw"})
		if got := l.shapeOf(text); got != want {
			t.Errorf("%s is seen as %s", name, got)
		}
		prose := "Vendors, products, and their status\n\nA list of products, the vendor of each, with its status.\n\n"
		if got := l.shapeOf(append([]byte(prose), text...)); want == shapeMarkdown && got != want {
			t.Errorf("%s below prose is seen as %s", name, got)
		}
	}
}

func TestNoList(t *testing.T) {
	for name, text := range map[string]string{
		"one byte":        "\n",
		"empty":           "",
		"prose":           "Nothing here. See https://example.org for more, as we said before, at length and in detail.",
		"other columns":   "| Colour | Taste | Price |\n|---|---|---|\n| red | sweet | 3 |\n",
		"web page":        "<!DOCTYPE html><html><head><title>Just a moment</title></head></html>",
		"yaml aliases":    "a: &a [x, x]\nsoftware:\n  - vendor: *a\n    product: b\n",
		"json of nothing": `{"message":"Not Found"}`,
	} {
		as, errs := parse(t, text, "list", nil)
		if len(as) != 0 || len(errs) == 0 {
			t.Errorf("%s: %d advisories, errors %v", name, len(as), errs)
		}
	}
}

func TestColumns(t *testing.T) {
	for heads, want := range map[string]string{
		"Supplier|Product|Version|Status|Notes|Links":                                                                  "vendor product version status notes link",
		"Vendor|Product|Version(s)|Status|Update Available|Vendor Link|Notes|Other References|Last Updated":            "vendor product version status  link notes link updated",
		"Vendor|Product|Affected Versions|Patched Versions|Status|Vendor Links|Notes|References|Reporter|Last Updated": "vendor product affected fixed status link notes link  updated",
		"Manufacturer|Application Name|Vulnerable?|Fixed in|Mitigation|Source URL":                                     "vendor product status fixed workaround link",
		"会社名|製品名|影響を受けるバージョン|対策バージョン|影響有無|回避策|備考|参照先|更新日":                                                              "vendor product affected fixed status workaround notes link updated",
		"メーカー|サービス名|対応状況|URL":                                                                                          "vendor product status link",
		"Name|Link": "product link",
	} {
		var got []string
		for _, c := range newListRules(feeds.Meta{}).columns(strings.Split(heads, "|")) {
			got = append(got, string(c.role))
		}
		if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s: %s", heads, diff)
		}
	}
	for _, heads := range []string{"Status|Description", "Colour|Taste", "Product", "Product|Comment"} {
		if c := newListRules(feeds.Meta{}).columns(strings.Split(heads, "|")); c != nil {
			t.Errorf("%s heads a product list: %v", heads, c)
		}
	}
}

func TestInline(t *testing.T) {
	l := newListRules(feeds.Meta{URL: "https://list.example/a/list.md"})
	for in, want := range map[string]cellText{
		"plain":                                                     {text: "plain"},
		"**bold** and `code` *it*":                                  {text: "bold and code it"},
		"[source](https://a.example/x_(y)) more":                    {"more", []string{"https://a.example/x_(y)"}},
		"[Ledger 2](https://a.example/ \"title\")":                  {"Ledger 2", []string{"https://a.example/"}},
		"(see https://a.example/x).":                                {"(see ).", []string{"https://a.example/x"}},
		"<a href=\"https://a.example/q?a=1&amp;b=2\">here</a><br>x": {"here x", []string{"https://a.example/q?a=1&b=2"}},
		"<https://a.example/z>":                                     {"", []string{"https://a.example/z"}},
		"~~gone https://a.example/~~ left":                          {text: "left"},
		"[x](javascript:alert(1)) [y](#top)":                        {text: "x y"},
		"[up](../up.md)":                                            {"up", []string{"https://list.example/up.md"}},
		"1 < 2 & 3 > 2 [open":                                       {text: "1 < 2 & 3 > 2 [open"},
		"A &amp; B \\| C":                                           {text: "A & B | C"},
		"[broken](https://a.example/half and more":                  {"broken and more", []string{"https://a.example/half"}},
	} {
		if diff := cmp.Diff(want, l.inline(in), cmp.AllowUnexported(cellText{})); diff != "" {
			t.Errorf("%s: %s", in, diff)
		}
	}
}

func TestFixedIn(t *testing.T) {
	for in, want := range map[string]string{
		"2.15.0": "2.15.0", "<1.7.4": "1.7.4", "< 1.7.4": "1.7.4", "=>7.0.6": "7.0.6", ">= 2": "2",
		"<=4.1": "", "All": "", "": "", "6.5.1, 7.0.2": "6.5.1, 7.0.2",
	} {
		if got := fixedIn(in); got != want {
			t.Errorf("fixedIn(%q) = %q, want %q", in, got, want)
		}
	}
}

// Rows as hands type them: what is meant is read, and a slip more or less in the
// next revision is no change.
func TestRowsAsTyped(t *testing.T) {
	const heads = "| Supplier | Product | Version | Status CVE-2021-0001 | Notes | Links |\n|---|---|---|---|---|---|\n"
	for name, test := range map[string]struct {
		row  string
		want advisory.ProductStatus
	}{
		"status in the version column": {
			"| 例 | Server | Not vuln | | | |",
			advisory.ProductStatus{Vendor: "例", Product: "Server", Status: advisory.StatusNotAffected, CVE: "CVE-2021-0001"},
		},
		"no versions of what is safe": {
			"| 例 | Server | Unknown | Not vuln | | |",
			advisory.ProductStatus{Vendor: "例", Product: "Server", Status: advisory.StatusNotAffected, CVE: "CVE-2021-0001"},
		},
		"versions with a wildcard are not the fix": {
			"| 例 | Server | 3.x, 2.x | Fix | Fixed in 3.0.3 | |",
			advisory.ProductStatus{Vendor: "例", Product: "Server", Fixed: "3.0.3", Note: "Fixed in 3.0.3", Status: advisory.StatusFixed, CVE: "CVE-2021-0001"},
		},
		"a blank within a link": {
			"| 例 | Server | 3.0.3 | Fix | [see the note] (https://e.example/1) | |",
			advisory.ProductStatus{Vendor: "例", Product: "Server", Fixed: "3.0.3", Note: "see the note", Link: "https://e.example/1", Status: advisory.StatusFixed, CVE: "CVE-2021-0001"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, errs := parseList(strings.NewReader(heads+test.row+"\n"), feeds.Meta{Entry: feeds.Entry{ID: "list"}, URL: "https://e.example/list.md"})
			if len(errs) > 0 || len(got) != 1 {
				t.Fatalf("%v, %v", got, errs)
			}
			if diff := cmp.Diff([]advisory.ProductStatus{test.want}, got[0].Products); diff != "" {
				t.Error(diff)
			}
		})
	}
	if a, b := slugOf("Cisco", "Cisco MDS 9000"), slugOf("Cisco", "MDS 9000"); a != b {
		t.Errorf("%s and %s", a, b)
	}
}

// endless are marks that are opened again and again and never end.
var endless = []string{"<a>", "<s>", "<!--", "[", "[x](", "~~x", "<a href=", "![", "<http", "<s></x>"}

func endlessList(mark string, n int) (string, feeds.Meta) {
	return "- Example " + strings.Repeat(mark, n) + " https://e.example/\n- Other https://o.example/\n",
		feeds.Meta{Entry: feeds.Entry{ID: "list"}, URL: "https://e.example/list.md"}
}

// Marks that never end cost their own row at most.
func TestEndlessMarks(t *testing.T) {
	for _, mark := range endless {
		text, meta := endlessList(mark, 5_000)
		got, _ := parseList(strings.NewReader(text), meta)
		if !slices.ContainsFunc(got, func(a advisory.Advisory) bool { return a.Title == "Other" }) {
			t.Errorf("%q: the row after it is lost: %d rows", mark, len(got))
		}
	}
}

// BenchmarkEndlessMarks shows that they cost what they are long, not its square:
// compare the two lengths.
func BenchmarkEndlessMarks(b *testing.B) {
	for _, n := range []int{20_000, 200_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			for b.Loop() {
				for _, mark := range endless {
					text, meta := endlessList(mark, n)
					parseList(strings.NewReader(text), meta)
				}
			}
		})
	}
}
