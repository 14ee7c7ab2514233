package vendors

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	"github.com/google/go-cmp/cmp"

	"hansho/feeds"
	"hansho/internal/realdata"
)

// csafNow is the time of the tests.
var csafNow = time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)

// csafServer is a CSAF provider on a local server. A file {{.}} stands for the
// server's address; asked counts requests by path.
type csafServer struct {
	*httptest.Server
	files map[string]string
	asked map[string]int
}

func newCSAFServer(t *testing.T, files map[string]string) *csafServer {
	t.Helper()
	p := &csafServer{files: files, asked: map[string]int{}}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.asked[r.URL.Path]++
		body, ok := p.files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		body = strings.ReplaceAll(body, "{{.}}", p.URL)
		etag := fmt.Sprintf("%q", sumHex(body)[:16])
		w.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(p.Close)
	return p
}

func sumHex(s string) string {
	d := sha256.Sum256([]byte(s))
	return hex.EncodeToString(d[:])
}

// source makes the source of an entry at a path of the server.
func (p *csafServer) source(t *testing.T, path string, mapping map[string]string) feeds.Source {
	t.Helper()
	client := feeds.NewClient(feeds.Options{HostSpacing: -1, Now: func() time.Time { return csafNow }})
	s, err := newCSAFSource(feeds.Entry{ID: "example", URL: p.URL + path, Mapping: mapping}, client, func() time.Time { return csafNow })
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// fetch runs one fetch and fails on an error other than ErrUnchanged.
func fetch(t *testing.T, s feeds.Source, since feeds.Cursor) (feeds.Batch, feeds.Cursor) {
	t.Helper()
	b, next, err := s.Fetch(context.Background(), since)
	if err != nil && !errors.Is(err, feeds.ErrUnchanged) {
		t.Fatalf("fetch: %v (%v)", err, b.Errors)
	}
	return b, next
}

// numbered is a small CSAF document with the given id.
func numbered(id string) string {
	return strings.Replace(csafWith("", `"cve":"CVE-2026-1"`), `"id":"T-1"`, `"id":"`+id+`"`, 1)
}

func idsOf(b feeds.Batch) []string {
	var ids []string
	for _, a := range b.Advisories {
		ids = append(ids, a.ID)
	}
	return ids
}

// notFlaws are the errors of a batch that are not about a document's content.
func notFlaws(b feeds.Batch) []string {
	var texts []string
	for _, err := range b.Errors {
		var f *Flaw
		if !errors.As(err, &f) {
			texts = append(texts, err.Error())
		}
	}
	return texts
}

func TestCSAFSourceChanges(t *testing.T) {
	p := newCSAFServer(t, map[string]string{
		"/csaf/changes.csv": "\"2026/a.json\",\"2026-03-09T00:00:00Z\"\n2026/b.json,2026-03-08T00:00:00Z\n" +
			"2020/old.json,2020-01-01T00:00:00Z\n../secret.json,2026-03-09T00:00:00Z\nhttps://evil.example/x.json,2026-03-09T00:00:00Z\n",
		"/csaf/2026/a.json": numbered("A"), "/csaf/2026/b.json": numbered("B"),
	})
	s := p.source(t, "/csaf/changes.csv", nil)
	b, cur := fetch(t, s, nil)
	if diff := cmp.Diff([]string{"example:B", "example:A"}, idsOf(b)); diff != "" {
		t.Errorf("first fetch (-want +got):\n%s", diff)
	}
	if got := strings.Join(notFlaws(b), "\n"); !strings.Contains(got, "leads out of its folder") || !strings.Contains(got, "not relative") || len(notFlaws(b)) != 2 {
		t.Errorf("errors: %s", got)
	}
	if p.asked["/csaf/2020/old.json"] != 0 || p.asked["/secret.json"] != 0 {
		t.Errorf("asked for what it shouldn't: %v", p.asked)
	}

	_, _, err := s.Fetch(context.Background(), cur)
	if !errors.Is(err, feeds.ErrUnchanged) {
		t.Errorf("nothing new: error %v, want ErrUnchanged", err)
	}

	p.files["/csaf/changes.csv"] = "2026/c.json,2026-03-09T00:00:00Z\n2026/a.json,2026-03-09T00:00:00Z\n"
	p.files["/csaf/2026/c.json"] = numbered("C")
	b, cur = fetch(t, s, cur)
	if diff := cmp.Diff([]string{"example:C"}, idsOf(b)); diff != "" {
		t.Errorf("a document of the same second (-want +got):\n%s", diff)
	}

	p.files["/csaf/deletions.csv"] = "2026/a.json,2026-03-10T00:00:00Z\n2026/never.json,2026-03-10T00:00:00Z\n"
	b, _ = fetch(t, s, cur)
	if len(b.Advisories) != 1 || !b.Advisories[0].Withdrawn || b.Advisories[0].ID != "example:A" || b.Advisories[0].Title != "T" {
		t.Errorf("deletion gave %+v", b.Advisories)
	}
}

// TestCSAFSourceCatchesUp reads more documents than one fetch takes.
func TestCSAFSourceCatchesUp(t *testing.T) {
	files := map[string]string{}
	var rows strings.Builder
	for i := range 7 {
		name := fmt.Sprintf("d%d.json", i)
		files["/"+name] = numbered(fmt.Sprint("D", i))
		fmt.Fprintf(&rows, "%s,2026-03-0%dT00:00:00Z\n", name, i/2+1)
	}
	files["/changes.csv"] = rows.String()
	p := newCSAFServer(t, files)
	s := p.source(t, "/changes.csv", map[string]string{keyMaxDocs: "3"})
	var got []string
	var cur feeds.Cursor
	for range 4 {
		var b feeds.Batch
		b, cur = fetch(t, s, cur)
		got = append(got, idsOf(b)...)
	}
	want := []string{"example:D0", "example:D1", "example:D2", "example:D3", "example:D4", "example:D5", "example:D6"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// signer signs as a provider does.
type signer struct {
	t      *testing.T
	entity *openpgp.Entity
}

func newSigner(t *testing.T) *signer {
	t.Helper()
	e, err := openpgp.NewEntity("Example", "", "security@example.com", &packet.Config{
		Algorithm: packet.PubKeyAlgoEdDSA, Time: func() time.Time { return csafNow.AddDate(-1, 0, 0) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return &signer{t, e}
}

func (s *signer) key() string {
	var b bytes.Buffer
	w, err := armor.Encode(&b, openpgp.PublicKeyType, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.entity.Serialize(w); err != nil {
		s.t.Fatal(err)
	}
	_ = w.Close()
	return b.String()
}

func (s *signer) sign(doc string) string {
	var b bytes.Buffer
	err := openpgp.ArmoredDetachSign(&b, s.entity, strings.NewReader(doc), &packet.Config{Time: func() time.Time { return csafNow.AddDate(0, 0, -1) }})
	if err != nil {
		s.t.Fatal(err)
	}
	return b.String()
}

func TestCSAFSourceProvider(t *testing.T) {
	key := newSigner(t)
	good, bad := numbered("GOOD"), numbered("BAD")
	entry := func(name string) string {
		return `{"id":"` + name + `","updated":"2026-03-09T00:00:00Z","content":{"src":"{{.}}/white/` + name + `.json"},"link":[
			{"rel":"self","href":"{{.}}/white/` + name + `.json"},{"rel":"hash","href":"{{.}}/white/` + name + `.json.sha512"},
			{"ref":"signature","href":"{{.}}/white/` + name + `.json.asc"}]}`
	}
	p := newCSAFServer(t, map[string]string{
		"/provider-metadata.json": `{"canonical_url":"{{.}}/provider-metadata.json","metadata_version":"2.0","public_openpgp_keys":[{"url":"{{.}}/key.asc","fingerprint":"` +
			hex.EncodeToString(key.entity.PrimaryKey.Fingerprint) + `"}],"distributions":[{"rolie":{"feeds":[{"tlp_label":"GREEN","url":"{{.}}/white/feed.json"},{"tlp_label":"RED","url":"{{.}}/red/feed.json"}]}}]}`,
		"/key.asc": key.key(),
		"/white/feed.json": `{"feed":{"entry":[` + entry("good") + `,` + entry("badhash") + `,` + entry("badsig") +
			`,{"id":"elsewhere","updated":"2026-03-09T00:00:00Z","content":{"src":"https://elsewhere.example/x.json"}}]}}`,
		"/white/good.json": good, "/white/good.json.sha512": sum512(good) + "  good.json\n", "/white/good.json.asc": key.sign(good),
		"/white/badhash.json": bad, "/white/badhash.json.sha512": sum512(good) + "  badhash.json\n", "/white/badhash.json.asc": key.sign(bad),
		"/white/badsig.json": bad, "/white/badsig.json.sha512": sum512(bad) + "  badsig.json\n", "/white/badsig.json.asc": key.sign(good),
	})
	s := p.source(t, "/provider-metadata.json", nil)
	b, cur := fetch(t, s, nil)
	if diff := cmp.Diff([]string{"example:GOOD"}, idsOf(b)); diff != "" {
		t.Errorf("taken (-want +got):\n%s", diff)
	}
	if len(b.Advisories) == 1 && b.Advisories[0].TLP != "GREEN" {
		t.Errorf("TLP %q, want the feed's GREEN", b.Advisories[0].TLP)
	}
	told := strings.Join(notFlaws(b), "\n")
	for _, want := range []string{"badhash.json: SHA-512 does not match", "badsig.json: signature: ", "link to elsewhere.example: another site"} {
		if !strings.Contains(told, want) {
			t.Errorf("not told: %s\nin: %s", want, told)
		}
	}
	if p.asked["/red/feed.json"] != 0 {
		t.Error("asked for a RED feed without credentials")
	}

	// The provider mends the signature: the document is taken at the next fetch.
	p.files["/white/badsig.json.asc"] = key.sign(bad)
	b, _ = fetch(t, s, cur)
	if diff := cmp.Diff([]string{"example:BAD"}, idsOf(b)); diff != "" {
		t.Errorf("after mending (-want +got):\n%s", diff)
	}
}

func sum512(s string) string {
	d := sha512.Sum512([]byte(s))
	return hex.EncodeToString(d[:])
}

// TestCSAFSourceIndex reads a folder that has only index.txt.
func TestCSAFSourceIndex(t *testing.T) {
	p := newCSAFServer(t, map[string]string{
		"/provider-metadata.json": `{"metadata_version":"2.0","distributions":[{"directory_url":"{{.}}/dir"}]}`,
		"/dir/index.txt":          "2025/a.json\n2026/b.json\n",
		"/dir/2025/a.json":        numbered("A"), "/dir/2026/b.json": numbered("B"), "/dir/2026/c.json": numbered("C"),
	})
	s := p.source(t, "/provider-metadata.json", map[string]string{keyMaxDocs: "1"})
	b, cur := fetch(t, s, nil)
	if diff := cmp.Diff([]string{"example:B"}, idsOf(b)); diff != "" {
		t.Errorf("first fetch (-want +got):\n%s", diff)
	}
	want := []string{
		"1 documents have no hash", "1 documents were taken without looking at a signature: no key of the provider is known",
		"documents that don't keep the CSAF standard, read all the same: 1 (schema ×1; such as B: schema: /vulnerabilities/0/cve: 'CVE-2026-1' does not match pattern '^CVE-[0-9]{4}-[0-9]{4,}$')",
	}
	if diff := cmp.Diff(want, b.Warnings); diff != "" || len(b.Errors) > 0 {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	p.files["/dir/index.txt"] += "2026/c.json\n"
	b, _ = fetch(t, s, cur)
	if diff := cmp.Diff([]string{"example:C"}, idsOf(b)); diff != "" {
		t.Errorf("second fetch (-want +got):\n%s", diff)
	}
}

func TestCSAFSourceRefuses(t *testing.T) {
	p := newCSAFServer(t, map[string]string{"/page": "<html>Access Denied</html>", "/empty.json": `{"metadata_version":"2.0","distributions":[]}`})
	for path, want := range map[string]string{
		"/page": "neither provider metadata", "/empty.json": "no distribution", "/gone": "404",
	} {
		b, _, err := p.source(t, path, nil).Fetch(context.Background(), nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", path, err, want)
		}
		if len(b.Advisories) > 0 {
			t.Errorf("%s gave advisories", path)
		}
	}
}

// TestCSAFUnread: a source is warned of for what is read of its documents only.
func TestCSAFUnread(t *testing.T) {
	var f csafFetch
	f.told([]error{&Flaw{Test: "6.1.11"}, &Flaw{Test: fileNameTest}})
	if f.notes(); len(f.batch.Warnings) != 0 {
		t.Errorf("warned: %v", f.batch.Warnings)
	}
	f.told([]error{&Flaw{Test: "6.1.55"}, &Flaw{Document: "A-1", Test: "6.1.6", Text: "both"}})
	if f.notes(); len(f.batch.Warnings) != 1 || !strings.Contains(f.batch.Warnings[0], "1 (6.1.6 ×1; such as A-1: 6.1.6: both)") {
		t.Errorf("warnings %q", f.batch.Warnings)
	}
}

// TestCSAFSourceRealProviders reads the test providers of the reference
// implementation, whose documents are signed by GnuPG.
func TestCSAFSourceRealProviders(t *testing.T) {
	root := filepath.Join(realdata.Dir(t), "csaf", "gocsaf-testdata")
	for _, name := range []string{"simple-directory-provider", "simple-rolie-provider"} {
		t.Run(name, func(t *testing.T) {
			p := newCSAFServer(t, readTree(t, filepath.Join(root, name)))
			s := p.source(t, "/provider-metadata.json", map[string]string{keySinceDays: "36500"})
			b, _ := fetch(t, s, nil)
			if len(b.Advisories) != 1 || len(notFlaws(b)) != 0 || len(b.Warnings) != 0 {
				t.Errorf("%v, errors %v, warnings %v", idsOf(b), notFlaws(b), b.Warnings)
			}
			if p.asked["/white/avendor-advisory-0004.json.asc"] != 1 || p.asked["/openpgp/pubkey.asc"] != 1 {
				t.Errorf("signature not asked for: %v", p.asked)
			}
		})
	}
}

// readTree reads the files below a folder; those that are templates are filled
// in with {{.}} for the server's address and hashes enabled.
func readTree(t *testing.T, root string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		text := string(body)
		if strings.Contains(text, "{{.URL}}") {
			var b strings.Builder
			tmpl := template.Must(template.New("").Parse(text))
			if err := tmpl.Execute(&b, map[string]any{"URL": "{{.}}", "EnableSha256": true, "EnableSha512": true}); err != nil {
				return err
			}
			text = b.String()
		}
		files[filepath.ToSlash(strings.TrimPrefix(path, root))] = text
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func FuzzReadListing(f *testing.F) {
	f.Add([]byte("2026/a.json,2026-03-09T00:00:00Z\n../x.json,2026-03-09\n"))
	f.Add([]byte(`{"feed":{"entry":[{"id":"x","updated":"2026-03-09T00:00:00Z","content":{"src":"https://example.com/a.json"},"link":[{"ref":"hash","href":"//evil"}]}]}}`))
	at, err := webAddress("https://example.com/csaf/changes.csv")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		list, _ := readListing(body, at)
		for _, d := range list {
			u, err := webAddress(d.URL)
			if err != nil || !sameSite(at, u) {
				t.Errorf("%q is on another site", d.URL)
			}
		}
		_, _ = readProvider(body, at)
	})
}
