//go:build !race

package vendors

import (
	"archive/tar"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"hansho/advisory"
	"hansho/feeds"
	"hansho/internal/realdata"
)

// listEntry is the catalogue's entry as a captured document of its list is read.
func listEntry(t testing.TB, id string) feeds.Entry {
	t.Helper()
	for _, e := range catalogue(t) {
		if e.ID == id {
			return e
		}
	}
	t.Fatalf("the catalogue has no %s", id)
	return feeds.Entry{}
}

// revision is one state of a list, with the time in its file name.
type revision struct {
	name string
	text string
}

// revisions reads an archive of a list's states in order of time.
func revisions(t testing.TB, archive, folder string) []revision {
	t.Helper()
	var all []revision
	r := tar.NewReader(realdata.Open(t, archive))
	for {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Typeflag != tar.TypeReg || !strings.Contains(h.Name, folder) {
			continue
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, revision{path.Base(h.Name), string(text)})
	}
	slices.SortFunc(all, func(a, b revision) int { return strings.Compare(a.name, b.name) })
	return all
}

// countRows counts the rows of a Markdown document's tables as one would by
// eye: lines with a pipe that are no headings, no dashes and not empty.
func countRows(text string) int {
	lines := strings.Split(text, "\n")
	n := 0
	for i, line := range lines {
		letters := strings.Trim(line, "|-: \t\r")
		legend := strings.Count(line, "|") <= 3
		heading := i+1 < len(lines) && strings.Contains(lines[i+1], "--") && strings.Trim(lines[i+1], "|-: \t\r") == ""
		if strings.Contains(line, "|") && letters != "" && !legend && !heading {
			n++
		}
	}
	return n
}

// replay serves one text after another as the same document.
type replay struct{ text string }

func (r *replay) Get(_ context.Context, req feeds.Request) (*feeds.Document, error) {
	return &feeds.Document{URL: req.URL, Status: http.StatusOK, Body: []byte(r.text), Bytes: int64(len(r.text))}, nil
}

// byHand reads the status cells of well-formed rows as one would by eye:
// "vendor|product|version|CVE" → words.
func byHand(text string) map[string]string {
	cells := func(line string) []string {
		parts := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i, p := range parts {
			parts[i] = strings.TrimSpace(p)
		}
		return parts
	}
	out := map[string]string{}
	var heads []string
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if !strings.HasPrefix(line, "|") || strings.Trim(line, "|-: \t\r") == "" {
			continue
		}
		row := cells(line)
		if i+1 < len(lines) && strings.Contains(lines[i+1], "--") && strings.Trim(lines[i+1], "|-: \t\r") == "" {
			heads = row
			continue
		}
		if len(row) != len(heads) || heads[0] != "Supplier" {
			continue
		}
		for c, head := range heads {
			if name, cve, _ := strings.Cut(head, " "); name == "Status" {
				out[strings.ToLower(row[0]+"|"+row[1]+"|"+row[2]+"|")+cve] = strings.ToLower(row[c])
			}
		}
	}
	return out
}

// byHandStatus sorts the words that are plain; others are "".
func byHandStatus(words string) string {
	for prefix, status := range map[string]string{
		"not vuln": "safe", "not affected": "safe", "not vul": "safe", "vuln": "hit", "workaround": "hit", "mitigation": "hit",
		"fix": "fixed", "investigat": "open", "under": "open",
	} {
		if words == prefix || strings.HasPrefix(words, prefix) && !strings.ContainsAny(words, " /,") {
			return status
		}
	}
	if words == "not vulnerable" {
		return "safe"
	}
	return ""
}

// day is what came of the polls of one day.
type day struct {
	polls, broken     int
	read, there       int // rows of the last poll: read by us, counted by eye
	added, gone       int // products
	changed, statuses int // products that changed, changes of a status
	alarms            int // of them from not affected to affected
	relabels          int // cells that were only worded otherwise
}

// ncscReplay polls NCSC-NL's list revision by revision.
type ncscReplay struct {
	t      *testing.T
	source *ListSource
	server *replay
	cursor feeds.Cursor
	known  map[string]advisory.Advisory
	eye    map[string]string // the last good revision, read by hand
	days   map[string]*day
	parse  time.Duration
}

// NCSC-NL's list as it was edited through the crisis's first three weeks: every
// row that is there is read, every row that turns from not affected to affected
// rings, and one that is only relabelled is silent.
//
// The gate reads every twentieth revision; HANSHO_FULL=1 reads them all.
func TestRealNCSCRevisions(t *testing.T) {
	full := os.Getenv("HANSHO_FULL") != ""
	entry := listEntry(t, "ncsc-nl-log4shell")
	entry.Mapping = map[string]string{"cve": "CVE-2021-44228"}
	entry.URL = "https://raw.example.org/software/README.md"
	revs := revisions(t, "log4shell/ncsc-nl-revisions.tar.zst", "ncsc_readme")
	r := ncscReplay{t: t, server: &replay{}, known: map[string]advisory.Advisory{}, days: map[string]*day{}}
	var err error
	if r.source, err = newListSource(entry, r.server, func() time.Time { return time.Time{} }); err != nil {
		t.Fatal(err)
	}
	for i, rev := range revs {
		if full || i%20 == 0 {
			r.poll(rev)
		}
	}
	var sum day
	t.Logf("%-8s %5s %6s %6s %6s %6s %5s %8s %8s %6s %8s", "day", "polls", "broken", "read", "there", "added", "gone", "changed", "statuses", "alarms", "relabels")
	for _, name := range slices.Sorted(maps.Keys(r.days)) {
		d := r.days[name]
		t.Logf("%-8s %5d %6d %6d %6d %6d %5d %8d %8d %6d %8d", name, d.polls, d.broken, d.read, d.there, d.added, d.gone, d.changed, d.statuses, d.alarms, d.relabels)
		sum.polls, sum.broken, sum.added, sum.gone = sum.polls+d.polls, sum.broken+d.broken, sum.added+d.added, sum.gone+d.gone
		sum.changed, sum.statuses, sum.alarms, sum.relabels = sum.changed+d.changed, sum.statuses+d.statuses, sum.alarms+d.alarms, sum.relabels+d.relabels
	}
	t.Logf("all      %+v; cursor at the end %d bytes, %.1f ms to read a revision", sum, len(r.cursor), float64(r.parse.Milliseconds())/float64(sum.polls))
	if full && (sum.alarms < 18 || sum.relabels < 60) {
		t.Errorf("%d alarms and %d relabels: fewer than are known", sum.alarms, sum.relabels)
	}
}

func (r *ncscReplay) poll(rev revision) {
	r.server.text = rev.text
	start := time.Now()
	rows, _ := newListRules(feeds.Meta{Entry: r.source.entry, URL: r.source.entry.URL}).read([]byte(rev.text))
	r.parse += time.Since(start)
	d := r.days[rev.name[:8]]
	if d == nil {
		d = &day{}
		r.days[rev.name[:8]] = d
	}
	d.polls++
	d.read, d.there = len(rows), countRows(rev.text)
	batch, next, err := r.source.Fetch(r.t.Context(), r.cursor)
	var broken *BrokenListError
	switch {
	case errors.As(err, &broken):
		d.broken++
		r.t.Logf("%s: %v", rev.name, err)
		return
	case err != nil && !errors.Is(err, feeds.ErrUnchanged):
		r.t.Fatalf("%s: %v", rev.name, err)
	}
	r.cursor = next
	if d.read < d.there || d.read > d.there+3 {
		r.t.Errorf("%s: read %d rows of %d", rev.name, d.read, d.there)
	}
	alarms, statuses := map[string]bool{}, map[string]bool{}
	for _, a := range batch.Advisories {
		r.note(d, a, alarms, statuses)
	}
	r.check(rev, d, alarms, statuses)
}

// note counts what an advisory of a batch changes.
func (r *ncscReplay) note(d *day, a advisory.Advisory, alarms, statuses map[string]bool) {
	before, ok := r.known[a.ID]
	switch {
	case a.Withdrawn:
		d.gone++
		delete(r.known, a.ID)
		return
	case !ok:
		d.added++
	default:
		d.changed++
		for _, c := range advisory.Diff(before, a) {
			if c.Field != "status" {
				continue
			}
			d.statuses++
			statuses[a.ID] = true
			if c.Before == string(advisory.StatusNotAffected) && c.After == string(advisory.StatusAffected) {
				d.alarms++
				alarms[a.ID] = true
			}
		}
	}
	r.known[a.ID] = a
}

// check compares what was told with the cells read by hand.
func (r *ncscReplay) check(rev revision, d *day, alarms, statuses map[string]bool) {
	eye := byHand(rev.text)
	turned := map[string]bool{} // products of which a cell says something else
	var relabelled []string
	for cell, words := range eye {
		before, ok := r.eye[cell]
		if !ok || words == before {
			continue
		}
		was, is := byHandStatus(before), byHandStatus(words)
		parts := strings.Split(cell, "|")
		id := r.source.ID() + ":" + slugOf(parts[0], parts[1])
		switch {
		case was == "safe" && is == "hit":
			turned[id] = true
			if !alarms[id] {
				r.t.Errorf("%s: %s went from %q to %q, and nothing rang", rev.name, cell, before, words)
			}
		case was == is && was != "":
			relabelled = append(relabelled, id)
		default:
			turned[id] = true
		}
	}
	for _, id := range relabelled {
		d.relabels++
		if statuses[id] && !turned[id] {
			r.t.Errorf("%s: %s was only relabelled, and is told as a change of status", rev.name, id)
		}
	}
	r.eye = eye
}

// CISA's lists: Markdown tables by letter, and the YAML that they are made of.
func TestRealCISALists(t *testing.T) {
	entry := listEntry(t, "cisa-log4j")
	folder := filepath.Join(realdata.Dir(t), "log4shell", "cisagov-lists")
	files, err := filepath.Glob(filepath.Join(folder, "software_list_*.md"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no lists in %s: %v", folder, err)
	}
	rowLine := regexp.MustCompile(`(?m)^\| .+\| .+\|$`)
	var read, there, bad int
	for _, name := range files {
		text := realdata.Read(t, "log4shell/cisagov-lists/"+filepath.Base(name))
		_, list, _ := strings.Cut(string(text), "| Vendor | Product |")
		rows, errs := newListRules(feeds.Meta{Entry: entry, URL: "https://raw.example.org/" + filepath.Base(name)}).read(text)
		want := len(rowLine.FindAllString(list, -1))
		if _, after, ok := strings.Cut(list, "\n"); ok {
			want = len(rowLine.FindAllString(after, -1)) - 1 // the row of dashes
		}
		if len(rows) != want {
			t.Errorf("%s: read %d rows of %d", filepath.Base(name), len(rows), want)
		}
		read, there, bad = read+len(rows), there+want, bad+len(errs)
	}
	t.Logf("Markdown: %d files, %d rows of %d read, %d reported as malformed", len(files), read, there, bad)

	text := realdata.Read(t, "log4shell/cisagov.yml.zst")
	start := time.Now()
	rows, errs := newListRules(feeds.Meta{Entry: entry, URL: "https://raw.example.org/cisagov.yml"}).read(text)
	want := strings.Count(string(text), "\n  - vendor:")
	if len(rows) != want || len(errs) > 0 {
		t.Errorf("YAML: read %d rows of %d: %v", len(rows), want, errs)
	}
	t.Logf("YAML: %d bytes, %d rows of %d read in %v", len(text), len(rows), want, time.Since(start).Round(time.Millisecond))
	claims := map[advisory.Status]int{}
	for _, a := range newListRules(feeds.Meta{Entry: entry}).advisories(rows) {
		for _, p := range a.Products {
			claims[p.Status]++
		}
	}
	t.Logf("YAML claims: %v", claims)
}

// SwitHak's list: names with a link each.
func TestRealSwitHakLists(t *testing.T) {
	entry := listEntry(t, "swithak-log4shell")
	for name, line := range map[string]*regexp.Regexp{
		"swithak-products.csv":                              regexp.MustCompile(`(?m)https?://.*$`),
		"RECONSTRUCTED_20211211_rev2616607b.md":             regexp.MustCompile(`(?m)^#####.*https?://.*$`),
		"RECONSTRUCTED_late_from_cisa_linkonly_20211221.md": regexp.MustCompile(`(?m)^#####.*https?://.*$`),
	} {
		text := realdata.Read(t, "log4shell/"+name)
		rows, errs := newListRules(feeds.Meta{Entry: entry, URL: "https://raw.example.org/" + name}).read(text)
		want := len(line.FindAll(text, -1))
		if len(rows) != want || len(errs) > 0 {
			t.Errorf("%s: read %d entries of %d: %v", name, len(rows), want, errs)
		}
		for _, r := range rows {
			if len(r.links) != 1 || strings.Contains(r.product, "http") || strings.HasSuffix(r.product, ":") {
				t.Errorf("%s: line %d is read as %q %v", name, r.line, r.product, r.links)
			}
		}
		t.Logf("%s: %d entries of %d read", name, len(rows), want)
	}
}

func BenchmarkNCSCRevision(b *testing.B) {
	revs := revisions(b, "log4shell/ncsc-nl-revisions.tar.zst", "ncsc_readme/20211227T101709Z")
	if len(revs) != 1 {
		b.Fatalf("%d revisions", len(revs))
	}
	b.SetBytes(int64(len(revs[0].text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, errs := parseList(strings.NewReader(revs[0].text), feeds.Meta{Entry: feeds.Entry{ID: "ncsc"}}); len(errs) > 20 {
			b.Fatal(len(errs))
		}
	}
}
