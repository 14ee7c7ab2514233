//go:build !race

package vendors

import (
	"archive/tar"
	"bytes"
	"compress/bzip2"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"hansho/feeds"
)

// realArchives hold real documents and others' fixtures of them.
var realArchives = []string{
	"csaf/vulsio_cisco-csaf_2021-2025_under300k.tar.zst",
	"csaf/vulsio_paloalto-csaf.tar.zst",
	"csaf/oasis-tcs_csaf_tests_examples.tar.zst",
	"feeds/vuls-data-update_fetch_fixtures.tar.zst",
	"feeds/vulnerablecode_test_data.tar.zst",
	"nvd/nvd-api-2.0-samples.tar.zst",
	"osv/golang_vulndb_osv.tar.zst",
}

// formatMarks tell a document's format by words that only it has.
var formatMarks = []struct {
	format string
	marks  []string
}{
	{"csaf", []string{`"csaf_version"`, `"tracking"`}},
	{"cve5", []string{`"cveMetadata"`, `"containers"`}},
	{"nvd", []string{`"NVD_CVE"`, `"vulnerabilities"`}},
	{"nvd", []string{`"CVE_Items"`}},
	{"msrc", []string{"cvrfdoc", "DocumentTracking", "Microsoft Security Response Center"}},
	{"cvrf", []string{"cvrfdoc", "DocumentTracking"}},
	{"epss", []string{"cve,epss"}},
	{"osv", []string{`"affected"`, `"modified"`, `"id"`, `"introduced"`}},
}

// realFormat is the format of a document, empty where it is none of ours.
func realFormat(body []byte) string {
	head := body[:min(len(body), 1<<20)]
	if c := bytes.TrimLeft(head, " \t\r\n\xef\xbb\xbf"); len(c) == 0 || !strings.ContainsRune("{[<#c", rune(c[0])) {
		return ""
	}
	for _, f := range formatMarks {
		if !slices.ContainsFunc(f.marks, func(m string) bool { return !bytes.Contains(head, []byte(m)) }) {
			return f.format
		}
	}
	return ""
}

// tally is how the documents of one format and origin were read.
type tally struct {
	documents, read, flawed, refused, advisories, claims int
	reasons                                              map[string]int
}

// TestRealDocuments reads every document of our formats that there is, but for
// those in another project's own envelope and empty pages, and prints the table.
// Nothing may panic, no document may come to nothing without
// a word, and of CSAF only what is no CSAF may be refused.
func TestRealDocuments(t *testing.T) {
	tallies := map[string]*tally{}
	for _, archive := range realArchives {
		eachFile(t, archive, func(name string, body []byte) { readReal(t, tallies, archive, name, body) })
	}
	var out strings.Builder
	for _, key := range sortedKeys(tallies) {
		n := tallies[key]
		fmt.Fprintf(&out, "%-42s %5d documents %5d read (%4d flawed) %3d refused %6d advisories %6d claims\n",
			key, n.documents, n.read, n.flawed, n.refused, n.advisories, n.claims)
		for _, reason := range sortedKeys(n.reasons) {
			fmt.Fprintf(&out, "%-42s   refused: %d × %s\n", "", n.reasons[reason], reason)
		}
	}
	t.Log("\n" + out.String())
	if n := tallies["csaf cisco-csaf"]; n == nil || n.refused > 0 || n.documents < 900 {
		t.Errorf("Cisco's CSAF: %+v", n)
	}
}

// readReal unpacks what is packed and reads what is of our formats.
func readReal(t *testing.T, tallies map[string]*tally, archive, name string, body []byte) {
	if inner := unpacked(name, body); inner != nil {
		for _, f := range inner {
			readReal(t, tallies, archive, name+"/"+f.name, f.body)
		}
		return
	}
	format := realFormat(body)
	if format == "" || strings.Contains(name, "/grype/") || bytes.Contains(body, []byte(`"totalResults": 0`)) || strings.Contains(path.Base(name), "expected") || strings.Contains(name, "golden") {
		return
	}
	parser, err := ParserFor(feeds.Entry{ID: "real", Format: format})
	if err != nil {
		t.Fatal(err)
	}
	list, errs := parser(bytes.NewReader(body), feeds.Meta{Entry: feeds.Entry{ID: "real", Format: format}, URL: "https://example.com/" + path.Base(name)})
	key := format + " " + origin(archive, name)
	n := tallies[key]
	if n == nil {
		n = &tally{reasons: map[string]int{}}
		tallies[key] = n
	}
	n.documents++
	n.advisories += len(list)
	for _, a := range list {
		n.claims += len(a.Products)
		if a.ID == "" || a.Title == "" || !strings.HasPrefix(a.ID, a.Source+":") {
			t.Errorf("%s: id %q, title %q", name, a.ID, a.Title)
		}
	}
	switch {
	case len(list) > 0:
		n.read++
		n.flawed += min(len(errs), 1)
	case len(errs) > 0:
		n.refused++
		n.reasons[fmt.Sprintf("%s: %.120s", path.Base(name), errs[0])]++
	case format != "epss":
		t.Errorf("%s: no advisory and no error", name)
	}
}

// origin names the maker by the folder that says most.
func origin(archive, name string) string {
	parts := strings.Split(name, "/")
	switch {
	case strings.Contains(archive, "vuls-data-update"):
		return "vuls fixtures/" + strings.Join(parts[:min(2, len(parts))], "/")
	case strings.Contains(name, "test_data/"):
		rest := strings.Split(strings.SplitAfterN(name, "test_data/", 2)[1], "/")
		return "vulnerablecode/" + rest[0]
	case strings.Contains(archive, "oasis"):
		return "oasis/" + parts[1] + " " + parts[len(parts)-2]
	case strings.Contains(archive, "nvd-api"):
		return "samples/" + parts[min(1, len(parts)-1)]
	}
	return parts[0]
}

type realFile struct {
	name string
	body []byte
}

// unpacked gives the files of an archive; nil where it is none. What is packed
// wrongly on purpose is left alone.
func unpacked(name string, body []byte) []realFile {
	var r io.Reader = bytes.NewReader(body)
	var err error
	switch path.Ext(name) {
	case ".gz":
		r, err = gzip.NewReader(r)
	case ".bz2":
		r = bzip2.NewReader(r)
	case ".zst":
		r, err = zstd.NewReader(r)
	default:
		return nil
	}
	if err != nil {
		return []realFile{}
	}
	if !strings.Contains(name, ".tar") {
		body, err := io.ReadAll(io.LimitReader(r, 64<<20))
		if err != nil {
			return []realFile{}
		}
		return []realFile{{strings.TrimSuffix(path.Base(name), path.Ext(name)), body}}
	}
	files := []realFile{}
	for tr := tar.NewReader(r); ; {
		h, err := tr.Next()
		if err != nil {
			return files
		}
		if body, err := io.ReadAll(tr); err == nil && h.Typeflag == tar.TypeReg {
			files = append(files, realFile{h.Name, body})
		}
	}
}
