package inventory

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var (
	monday  = time.Date(2021, 12, 13, 9, 0, 0, 0, time.UTC)
	tuesday = monday.AddDate(0, 0, 1)
)

func read(t testing.TB, text string) Inventory {
	t.Helper()
	inv, problems := Read("x.csv", strings.NewReader(text))
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return inv
}

const firstLedger = `管理番号,名称,製品名,版数,部署
A-1,受発注,Tomcat,9.0.50,営業部
A-2,検索,Solr,8.9.0,営業部
A-3,監視,Zabbix,5.0,情シス
`

// edit changes one item as a hand would.
func edit(inv *Inventory, id string, by func(*Item)) {
	i := slices.IndexFunc(inv.Items, func(it Item) bool { return it.ID == id })
	by(&inv.Items[i])
}

func find(inv Inventory, id string) (Item, bool) {
	i := slices.IndexFunc(inv.Items, func(it Item) bool { return it.ID == id })
	if i < 0 {
		return Item{}, false
	}
	return inv.Items[i], true
}

func TestMergeTwiceChangesNothing(t *testing.T) {
	once, report := Merge(Inventory{}, read(t, firstLedger), "台帳.csv", false, monday)
	if diff := cmp.Diff(MergeReport{Origin: "台帳.csv", Added: []string{"A-1", "A-2", "A-3"}}, report); diff != "" {
		t.Errorf("first import (-want +got):\n%s", diff)
	}
	if it, _ := find(once, "A-1"); it.Imported == nil || it.Imported.From != "台帳.csv" || !it.Imported.Seen.Equal(monday) {
		t.Errorf("the item doesn't say where it came from: %+v", it.Imported)
	}
	again, report := Merge(once, read(t, firstLedger), "台帳.csv", false, tuesday)
	if !report.Unchanged {
		t.Errorf("the same file again: %+v", report)
	}
	if diff := cmp.Diff(once, again); diff != "" {
		t.Errorf("the same file again changed something:\n%s", diff)
	}
}

func TestMergeKeepsHandEdits(t *testing.T) {
	inv, _ := Merge(Inventory{}, read(t, firstLedger), "台帳.csv", false, monday)
	edit(&inv, "A-1", func(it *Item) { it.Owner, it.Contact = "購買部", "kobai@example.co.jp" })
	edit(&inv, "A-2", func(it *Item) { it.ID = "search" }) // renamed
	inv.Items = slices.DeleteFunc(inv.Items, func(it Item) bool { return it.ID == "A-3" })
	before := cloneOf(t, inv)

	next := strings.NewReplacer("9.0.50", "9.0.56", "営業部", "営業一部").Replace(firstLedger) + "A-4,新規,nginx,1.20,情シス\n"
	got, report := Merge(inv, read(t, next), "台帳.csv", false, tuesday)
	want := MergeReport{
		Origin: "台帳.csv",
		Added:  []string{"A-4"},
		Updated: []FieldChange{
			{"A-1", "version", "9.0.50", "9.0.56"},
			{"search", "owner", "営業部", "営業一部"},
		},
		Kept: []FieldChange{
			{"A-1", "owner", "購買部", "営業一部"},
			{"A-1", "contact", "kobai@example.co.jp", ""},
		},
		Removed: []string{"A-3"},
	}
	if diff := cmp.Diff(want, report); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
	if it, _ := find(got, "A-1"); it.Owner != "購買部" || it.Version != "9.0.56" || !it.Imported.Seen.Equal(tuesday) {
		t.Errorf("A-1 is %+v", it)
	}
	if _, back := find(got, "A-3"); back {
		t.Error("what a hand took out came back")
	}
	if diff := cmp.Diff(before, inv); diff != "" {
		t.Errorf("the inventory that was given changed:\n%s", diff)
	}
}

// cloneOf copies an inventory by way of its file.
func cloneOf(t testing.TB, inv Inventory) Inventory {
	t.Helper()
	out := roundTrip(t, inv)
	for i := range out.Items {
		out.Items[i].Origin = inv.Items[i].Origin
	}
	return out
}

func TestMergeMarksWhatVanished(t *testing.T) {
	inv, _ := Merge(Inventory{}, read(t, firstLedger), "台帳.csv", false, monday)
	without := strings.ReplaceAll(firstLedger, "A-2,検索,Solr,8.9.0,営業部\n", "")
	inv, report := Merge(inv, read(t, without), "台帳.csv", false, tuesday)
	it, there := find(inv, "A-2")
	if !there || !it.Missing || !it.Imported.Seen.Equal(monday) || !slices.Equal(report.Missing, []string{"A-2"}) {
		t.Errorf("A-2: there %v, %+v, report %+v", there, it, report)
	}
	inv, report = Merge(inv, read(t, firstLedger), "台帳.csv", false, tuesday.AddDate(0, 0, 1))
	if it, _ := find(inv, "A-2"); it.Missing || !slices.Equal(report.Returned, []string{"A-2"}) {
		t.Errorf("A-2 after its return: %+v, report %+v", it, report)
	}
}

func TestMergeLeavesWhatWasDeclaredByHand(t *testing.T) {
	declared := Inventory{Items: []Item{{ID: "A-1", Name: "手書き", Version: "1"}}}
	got, report := Merge(declared, read(t, firstLedger), "台帳.csv", false, monday)
	if it, _ := find(got, "A-1"); it.Name != "手書き" || it.Version != "1" || !slices.Equal(report.Declared, []string{"A-1"}) {
		t.Errorf("A-1 is %+v, report %+v", it, report)
	}
	if _, ours := find(got.From("台帳.csv"), "A-1"); ours {
		t.Error("the import writes an item that was declared by hand")
	}
}

// Two machines each have an openssl.
func TestMergeTwoOriginsWithOneID(t *testing.T) {
	web := "openssl-1.1.1k-5.el8.x86_64\nbash-4.4.20-2.el8.x86_64\n"
	inv, _ := Merge(Inventory{}, read(t, web), "web01.txt", false, monday)
	inv, report := Merge(inv, read(t, web), "db01.txt", false, monday)
	if !slices.Equal(report.Added, []string{"openssl@db01.txt", "bash@db01.txt"}) {
		t.Errorf("added %q", report.Added)
	}
	inv, report = Merge(inv, read(t, strings.ReplaceAll(web, "1.1.1k-5", "1.1.1k-6")), "db01.txt", false, tuesday)
	if diff := cmp.Diff([]FieldChange{
		{"openssl@db01.txt", "version", "1.1.1k-5.el8", "1.1.1k-6.el8"},
		{"openssl@db01.txt", "purl", "pkg:rpm/redhat/openssl@1.1.1k-5.el8?arch=x86_64", "pkg:rpm/redhat/openssl@1.1.1k-6.el8?arch=x86_64"},
	}, report.Updated); diff != "" {
		t.Errorf("the update met another machine's package (-want +got):\n%s", diff)
	}
	if it, _ := find(inv, "openssl"); it.Version != "1.1.1k-5.el8" {
		t.Errorf("web01's openssl is now %s", it.Version)
	}
}

// What an import writes is read back the same, edits and all, so that the next
// import knows them.
func TestWriteRoundTrip(t *testing.T) {
	inv, _ := Merge(Inventory{}, read(t, firstLedger), "台帳.csv", false, monday)
	edit(&inv, "A-1", func(it *Item) {
		it.Version, it.Aliases, it.Name = "9.10", []string{"a: b", "# c", "- d", "yes", "'q'", `"`, "null", "{x", "*y", "1e3"}, "改行なし: #「名」"
	})
	edit(&inv, "A-2", func(it *Item) { it.Missing = true })
	inv.Partners = []Partner{{ID: "p", Company: "株式会社あおば商会", Email: []string{"a@example.co.jp"}, From: "台帳.csv", Lang: "ja"}}
	got := roundTrip(t, inv)
	for i := range inv.Items {
		inv.Items[i].Origin = got.Items[i].Origin
	}
	inv.Partners[0].Origin = got.Partners[0].Origin
	if diff := cmp.Diff(inv, got); diff != "" {
		t.Errorf("(-written +read):\n%s", diff)
	}
}

func roundTrip(t testing.TB, inv Inventory) Inventory {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, inv); err != nil {
		t.Fatal(err)
	}
	got, problems := Read("written.yaml", bytes.NewReader(b.Bytes()))
	if len(problems) > 0 {
		t.Fatalf("%v in\n%s", problems, b.String())
	}
	return got
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"hand.yaml":                   "items:\n  - id: A-1\n    name: 手書き\n    supplier: 知らない商会\npartners:\n  - company: あおば商会\n",
		"more/ledger.csv":             "id,name,supplier\nB-1,乙,あおば商会\nA-9,重複,\n",
		"more/again.csv":              "id,name\nA-9,重複\n",
		"more/other.csv":              "id,name\nB-1,別の物\n",
		"more/README.txt":             "この下に台帳を置く\n",
		"more/.hidden.csv":            "id,name\nH-1,隠し\n",
		"inventory.d/imported-a.yaml": "items:\n  - id: A-1\n    name: 取り込み\n    imported: {from: a, key: A-1, seen: 2021-12-13T09:00:00Z}\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	inv, problems := Load(dir, filepath.Join(dir, "absent.yaml"))
	golden(t, "testdata/load.golden", strings.ReplaceAll(show(inv, problems), dir+string(filepath.Separator), ""))
}

// A person replaces a text all over the file, in the note of what was imported
// too: the edit stays all the same.
func TestMergeKeepsReplacedText(t *testing.T) {
	inv, _ := Merge(Inventory{}, read(t, firstLedger), "台帳.csv", false, monday)
	var b bytes.Buffer
	if err := Write(&b, inv); err != nil {
		t.Fatal(err)
	}
	edited := strings.ReplaceAll(b.String(), "Tomcat", "Apache Tomcat")
	inv, problems := Read("imported.yaml", strings.NewReader(edited))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	got, report := Merge(inv, read(t, strings.Replace(firstLedger, "8.9.0", "8.11.1", 1)), "台帳.csv", false, tuesday)
	if it, _ := find(got, "A-1"); it.Product != "Apache Tomcat" {
		t.Errorf("the edit is lost: %+v, report %+v", it, report)
	}
}

// Of a file that was read in part, nothing is taken for gone.
func TestMergePartial(t *testing.T) {
	inv, _ := Merge(Inventory{}, read(t, firstLedger), "台帳.csv", false, monday)
	got, report := Merge(inv, read(t, firstLedger[:strings.Index(firstLedger, "A-3")]), "台帳.csv", true, tuesday)
	if it, _ := find(got, "A-3"); it.Missing || len(report.Missing) > 0 {
		t.Errorf("A-3 is taken for gone: %+v", report)
	}
}

// The note of what was imported is read back as it was written, whatever form
// the file had; otherwise every later import would take it for edited.
func TestSealSurvives(t *testing.T) {
	files, err := filepath.Glob("testdata/read/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		imported, _ := Read(file, bytes.NewReader(raw))
		inv, _ := Merge(Inventory{}, imported, file, false, monday)
		for _, i := range roundTrip(t, inv).Imports {
			if i.Seal != contentDigest(i.Items, nil) {
				t.Errorf("%s: the seal is broken by writing and reading", file)
			}
		}
	}
}
