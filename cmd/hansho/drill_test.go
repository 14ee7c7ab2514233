package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"hansho/pipeline"
)

func runDrill(t *testing.T, args ...string) pipeline.DrillReport {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(t.Context(), append([]string{"drill", "--json", "--log-level", "error"}, args...), strings.NewReader(""), &out, &errs); code != exitFine {
		t.Fatalf("exit %d: %s", code, errs.String())
	}
	var rep pipeline.DrillReport
	if err := json.Unmarshal(out.Bytes(), &rep); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	return rep
}

func item(rep pipeline.DrillReport, id string) pipeline.DrillItem {
	for _, it := range rep.Items {
		if it.Item == id {
			return it
		}
	}
	return pipeline.DrillItem{}
}

// The recorded week must tell of what the company runs on the day on which it
// could be known, and leave nothing untold.
func TestDrillOverTheDemosWeek(t *testing.T) {
	rep := runDrill(t)
	if rep.Revisions < 10 || rep.Notices == 0 || rep.Notices > 20 || len(rep.Missed) != 0 {
		t.Errorf("report %+v", rep)
	}
	orders := item(rep, "order-system")
	if orders.Claimed.Format(time.DateOnly) != "2021-12-11" || orders.Told.Sub(orders.Claimed) > time.Minute || orders.By == "" {
		t.Errorf("order-system: %+v", orders)
	}
	if before := runDrill(t, "--to", "2021-12-12"); before.Revisions >= rep.Revisions ||
		item(before, "vcenter").State != "unknown" || item(rep, "vcenter").State == "unknown" { // a list had its maker's link, no more
		t.Errorf("a shorter week knows what came later: %+v", before)
	}
}

const listHead = "## Software\n\n| Supplier | Product | Version | Status CVE-2021-44228 | Notes | Links |\n|---|---|---|---|---|---|\n"

func TestDrillOverTheRevisionsOfAList(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	other := "| Acme | Anvil | 1 | Vulnerable | | |\n| Acme | Rocket | 1 | Vulnerable | | |\n"
	write("20211212T070000Z_aa.md", listHead+other)
	write("20211213T070000Z_bb.md", listHead+other+"| Example Works | Papermill | All | Not vuln | | |\n")
	write("20211214T070000Z_cc.md", listHead+other+"| Example Works | Papermill | All | Vulnerable | | |\n")
	write("20211214T080000Z_dd.md", listHead+"| Acme | Rocket | 1 | Vulnerable | | |\n| Acme | Anvil | 1 | Vulnerable | | |\n"+"| Example Works | Papermill | All | Vulnerable | | |\n")
	inv := filepath.Join(t.TempDir(), "inventory.yaml")
	if err := os.WriteFile(inv, []byte("items:\n  - {id: docs, vendor: Example Works, product: Papermill, version: '5'}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	rep := runDrill(t, "--inventory", inv, "--replay", dir, "--source", "ncsc-nl-log4shell")
	docs := item(rep, "docs")
	if rep.Revisions != 4 || rep.Cases != 1 || rep.Notices != 1 || string(docs.State) != "affected" {
		t.Fatalf("report %+v", rep)
	}
	if got := docs.Told.UTC().Format("2006-01-02 15:04"); got != "2021-12-14 07:00" {
		t.Errorf("told at %s", got)
	}
}

func TestWhatCannotBeDrilledIsSaid(t *testing.T) {
	for name, args := range map[string][]string{
		"no days":     {"--from", "tomorrow"},
		"no replay":   {"--source", "ncsc-nl-log4shell"},
		"no source":   {"--replay", ".", "--source", "nothing-of-the-sort"},
		"nothing":     {"--from", "2020-01-01", "--to", "2020-01-02"},
		"wrong items": {"--inventory", "drill_test.go"},
	} {
		var errs bytes.Buffer
		if code := run(t.Context(), append([]string{"drill"}, args...), strings.NewReader(""), &bytes.Buffer{}, &errs); code != exitUsage {
			t.Errorf("%s: exit %d: %s", name, code, errs.String())
		}
	}
}

// A recording answers from memory, and with what stood at the time.
func TestRecording(t *testing.T) {
	fsys := fstest.MapFS{
		"1211T1200/a.example/x.rdf":     {Data: []byte("one")},
		"20211213T0900/a.example/x.rdf": {Data: []byte("two")},
		"README.md":                     {Data: []byte("no recording")},
	}
	from := time.Date(2021, 12, 10, 0, 0, 0, 0, time.UTC)
	rec, err := readRecording(fsys, "", from, from.AddDate(0, 0, 20))
	if err != nil || len(rec.steps) != 2 {
		t.Fatal(rec, err)
	}
	get := func(address string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := rec.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var b bytes.Buffer
		_, _ = b.ReadFrom(res.Body)
		return res.StatusCode, b.String()
	}
	for i, want := range []string{"one", "two"} {
		rec.goTo(i)
		if code, body := get("https://a.example/x.rdf?q=1"); code != http.StatusOK || body != want {
			t.Errorf("step %d: %d %q", i, code, body)
		}
	}
	if code, _ := get("https://b.example/x.rdf"); code != http.StatusNotFound {
		t.Errorf("an address that was not recorded: %d", code)
	}
	if _, err := readRecording(fsys, "", from.AddDate(0, 1, 0), from.AddDate(0, 2, 0)); !errors.As(err, new(*usageError)) {
		t.Errorf("got %v", err)
	}
}
