package vendors

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"hansho/advisory"
	"hansho/feeds"
)

func patches(t *testing.T, text string) []Patch {
	t.Helper()
	var ps []Patch
	if err := yaml.UnmarshalWithOptions([]byte(text), &ps, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	return ps
}

func TestOverride(t *testing.T) {
	base := []feeds.Entry{
		{ID: "a", Format: "rss", URL: "https://a.example/", Trust: advisory.TrustMaker, Mapping: map[string]string{"vendor": "=A", "products": "title"}},
		{ID: "b", Format: "rss", URL: "https://b.example/", Enabled: true},
	}
	got, mistakes := Override(base, patches(t, `
- id: a
  schedule: "@every 5m"
  mapping: {products: "=One"}
  headers: {Authorization: secret}
- id: b
  enabled: false
- id: c
  format: product-list
  url: https://c.example/list.md
  trust: community
`))
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	want := []feeds.Entry{
		{
			ID: "a", Format: "rss", URL: "https://a.example/", Trust: advisory.TrustMaker, Schedule: "@every 5m", Enabled: true,
			Mapping: map[string]string{"vendor": "=A", "products": "=One"}, Headers: map[string]string{"Authorization": "secret"},
		},
		{ID: "b", Format: "rss", URL: "https://b.example/"},
		{ID: "c", Format: "product-list", URL: "https://c.example/list.md", Trust: advisory.TrustCommunity, Enabled: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if base[0].Schedule != "" || base[0].Mapping["products"] != "title" {
		t.Error("the catalogue given was changed")
	}
}

func TestOverrideNamesEveryMistake(t *testing.T) {
	_, mistakes := Override(catalogue(t), patches(t, `
- url: https://x.example/
- id: Cisco
  format: rss
  url: https://x.example/
- id: mine
  format: rsss
  url: ftp://x.example/
- id: mine
- id: apple
- id: yours
`))
	text := errors.Join(mistakes...).Error()
	for _, want := range []string{
		"sources[0]: an id is missing", `sources[1] Cisco: id "Cisco"`, `sources[2] mine: format "rsss" is unknown`,
		`sources[2] mine: url "ftp://x.example/"`, "sources[3]: mine is there twice", "sources[4] apple: apple has no feed", "sources[5] yours: format is missing",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not named in:\n%s", want, text)
		}
	}
	if len(mistakes) != 7 {
		t.Errorf("%d mistakes:\n%s", len(mistakes), text)
	}
}

func TestPatchRefusesUnknownKeys(t *testing.T) {
	var ps []Patch
	if err := yaml.Unmarshal([]byte("- id: a\n  shedule: x\n"), &ps); err == nil {
		t.Errorf("read as %+v", ps)
	}
}

func TestBuild(t *testing.T) {
	entries := []feeds.Entry{
		{ID: "feed", Format: "rss", URL: "https://a.example/", Enabled: true},
		{ID: "list", Format: "product-list", URL: "https://a.example/l.md", Enabled: true},
		{ID: "off", Format: "rss", URL: "https://a.example/"},
		{ID: "odd", Format: "gopher", Enabled: true},
		{ID: "bad", Format: "product-list", URL: "https://a.example/l.md", Enabled: true, Mapping: map[string]string{"max_loss": "half"}},
	}
	sources, errs := Build(entries, testClient(), time.Now)
	var ids []string
	for _, s := range sources {
		ids = append(ids, s.ID())
	}
	if diff := cmp.Diff([]string{"feed", "list"}, ids); diff != "" {
		t.Error(diff)
	}
	if text := errors.Join(errs...).Error(); len(errs) != 2 || !strings.Contains(text, "source odd") || !strings.Contains(text, "max_loss") {
		t.Errorf("errors: %v", errs)
	}
}

// A slip of the pen in a mapping is told by the check of the configuration, not
// by a poll in the night.
func TestCheckMapping(t *testing.T) {
	for _, tt := range []struct {
		format, key, value, want string
	}{
		{"rss", "products", "title ~ (A)", ""},
		{"rss", "prodct", "title", `unknown key "prodct"`},
		{"rss", "products", "titel", `"titel" is no field`},
		{"rss", "products", "title ~ (", "missing closing"},
		{"csaf", "keep", "(", "mapping: keep"},
		{"product-list", "status", "Impacted?", ""},
		{"product-list", "stauts", "Impacted?", `unknown key "stauts"`},
		{"product-list", "words", "yes=affected, no=not_affected", ""},
		{"product-list", "words", "yes=afected", `"yes=afected"`},
	} {
		errs := Check(feeds.Entry{ID: "x", Format: tt.format, URL: "https://x.example/", Mapping: map[string]string{tt.key: tt.value}})
		if text := fmt.Sprint(errs); tt.want == "" && len(errs) > 0 || !strings.Contains(text, tt.want) {
			t.Errorf("%s %s: %q: %v, want %q", tt.format, tt.key, tt.value, errs, tt.want)
		}
	}
}

// The catalogue's own mappings are right.
func TestCatalogueMappings(t *testing.T) {
	for _, e := range catalogue(t) {
		if errs := checkMapping(e); len(errs) > 0 {
			t.Errorf("%s: %v", e.ID, errs)
		}
	}
}
