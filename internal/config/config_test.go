package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// texts are problems as a person reads them.
func texts(ps []Problem) []string {
	var out []string
	for _, p := range ps {
		out = append(out, p.String())
	}
	return out
}

func TestEveryMistakeAtOnce(t *testing.T) {
	f := Parse("config.yaml", []byte(`lang: jp
timezone: Asia/Tokio
storr: x.db
poll:
  first_contact: 7 days
  concurrency: many
  concurrency: 4
sources:
  - jpcert
  - no-such-source
  - id: mine
    format: rss
    url: ftp://example.org/feed
    enabeld: true
delivery:
  storm: 20
  fallback: [a, b]
`))
	want := []string{
		`config.yaml:3: storr: unknown key — did you mean store?`,
		`config.yaml:5: poll.first_contact: "7 days" is no duration — write 30s, 10m, 6h or 7d`,
		`config.yaml:6: poll.concurrency: "many" is no whole number`,
		`config.yaml:7: poll.concurrency: given twice — keep one of them`,
		`config.yaml:17: delivery.fallback: a single value is wanted here`,
		`config.yaml:1: lang: "jp" is no language of hansho — write ja or en`,
		`config.yaml:2: timezone: "Asia/Tokio" is no time zone — write a name such as Asia/Tokyo`,
		`config.yaml:10: sources[1]: url "ftp://example.org/feed": write an http or https address`,
		`config.yaml:10: sources[1]: "no-such-source" is not in the catalogue — hansho sources list --all shows the ids; a source of your own needs format and url`,
		`config.yaml:14: sources[2].enabeld: unknown key — did you mean enabled?`,
	}
	got := texts(f.Problems)
	for _, w := range want {
		found := false
		for _, g := range got {
			found = found || g == w
		}
		if !found {
			t.Errorf("not named: %s", w)
		}
	}
	if t.Failed() {
		t.Logf("named:\n%s", strings.Join(got, "\n"))
	}
}

func TestBrokenYAMLNamesItsLine(t *testing.T) {
	f := Parse("config.yaml", []byte("lang: ja\nsources:\n  - jpcert\n - ipa\n"))
	if len(f.Problems) != 1 || f.Problems[0].Line < 3 {
		t.Errorf("problems %q", texts(f.Problems))
	}
}

func TestSources(t *testing.T) {
	f := Parse("/etc/hansho/config.yaml", []byte(`
store: data/h.db
inventory: [a.yaml, /srv/b.yaml]
poll: {only_named: true}
sources:
  - jpcert
  - {id: ipa, enabled: false}
  - id: kev
    url: https://mirror.example/kev.json
    schedule: "@every 2h"
  - id: mine
    format: rss
    url: https://vendor.example/feed.xml
    schedule: "@hourly"
`))
	if len(f.Problems) > 0 {
		t.Fatalf("problems %q", texts(f.Problems))
	}
	on := map[string]string{}
	for _, e := range f.Entries {
		if e.Enabled {
			on[e.ID] = e.URL
		}
	}
	want := map[string]string{
		"jpcert": "https://www.jpcert.or.jp/rss/jpcert.rdf", "kev": "https://mirror.example/kev.json", "mine": "https://vendor.example/feed.xml",
	}
	if d := cmp.Diff(want, on); d != "" {
		t.Errorf("enabled (-want +got):\n%s", d)
	}
	if f.Store != "/etc/hansho/data/h.db" || f.Inventory[0] != "/etc/hansho/a.yaml" || f.Inventory[1] != "/srv/b.yaml" {
		t.Errorf("paths %s %v", f.Store, f.Inventory)
	}
	if e, ok := f.Entry("kev"); !ok || e.Schedule != "@every 2h" || e.Publisher == "" {
		t.Errorf("the patch replaced the rest of the entry: %+v", e)
	}
}

func TestTheRepositorysOwnConfiguration(t *testing.T) {
	f, err := Load(filepath.Join("..", "..", "config.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Problems) > 0 {
		t.Errorf("problems %q", texts(f.Problems))
	}
}

func TestParseDuration(t *testing.T) {
	for in, want := range map[string]time.Duration{"30s": 30 * time.Second, "7d": 7 * 24 * time.Hour, "1.5d": 36 * time.Hour, "6h": 6 * time.Hour, "0s": 0} {
		if got, err := ParseDuration(in); err != nil || got != want {
			t.Errorf("%q: %v, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "7", "-1h", "-2d", "d", "1d2h", "NaNd", "1e99d", "7 days"} {
		if got, err := ParseDuration(in); err == nil {
			t.Errorf("%q was read as %v", in, got)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"store", "storr", 1}, {"kitten", "sitting", 3}, {"lang", "lang", 0}} {
		if got := distance(tt.a, tt.b); got != tt.want {
			t.Errorf("distance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	b, err := os.ReadFile(filepath.Join("..", "..", "config.yaml"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte("routes:\n  - {when: {severity: [high]}}\nsources: {a: b}\nchannels: [x]\n"))
	f.Fuzz(func(_ *testing.T, src []byte) {
		if len(src) > 1<<16 {
			return
		}
		for _, p := range Parse("c.yaml", src).Problems {
			_ = fmt.Sprint(p)
		}
	})
}
