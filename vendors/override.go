package vendors

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"

	"github.com/goccy/go-yaml"

	"hansho/feeds"
)

// Patch is what a configuration says of one source: the fields that differ from
// the catalogue's entry of the same id, or a whole entry of its own. Naming a
// source turns it on unless enabled is false.
type Patch struct {
	feeds.Entry
	Off bool // the configuration says enabled: false
}

// UnmarshalYAML reads a patch as an entry, keeping apart "enabled: false" and
// nothing said. Unknown keys are errors.
func (p *Patch) UnmarshalYAML(text []byte) error {
	if err := yaml.UnmarshalWithOptions(text, &p.Entry, yaml.Strict()); err != nil {
		return err
	}
	var said struct {
		Enabled *bool `yaml:"enabled"`
	}
	if err := yaml.Unmarshal(text, &said); err != nil {
		return err
	}
	p.Off = said.Enabled != nil && !*said.Enabled
	return nil
}

// Override applies patches to a catalogue by id: fields that a patch names
// replace the entry's (keys of mapping and headers one by one), and a patch of
// an unknown id is a new entry. It gives the merged entries, and every mistake
// that the patches make.
func Override(catalogue []feeds.Entry, patches []Patch) ([]feeds.Entry, []error) {
	merged := slices.Clone(catalogue)
	var mistakes []error
	seen := map[string]bool{}
	for i, p := range patches {
		if p.ID == "" {
			mistakes = append(mistakes, fmt.Errorf("sources[%d]: an id is missing", i))
			continue
		}
		if seen[p.ID] {
			mistakes = append(mistakes, fmt.Errorf("sources[%d]: %s is there twice", i, p.ID))
			continue
		}
		seen[p.ID] = true
		e := p.Entry
		at := slices.IndexFunc(merged, func(e feeds.Entry) bool { return e.ID == p.ID })
		if at >= 0 {
			e = patched(merged[at], p.Entry)
		}
		e.Enabled = !p.Off
		for _, err := range Check(e) {
			mistakes = append(mistakes, fmt.Errorf("sources[%d] %s: %w", i, p.ID, err))
		}
		if at >= 0 {
			merged[at] = e
		} else {
			merged = append(merged, e)
		}
	}
	return merged, mistakes
}

// patched gives e with the fields that p sets.
func patched(e, p feeds.Entry) feeds.Entry {
	for _, f := range []struct {
		to   *string
		with string
	}{
		{&e.Publisher, p.Publisher},
		{&e.PublisherJA, p.PublisherJA},
		{&e.Format, p.Format},
		{&e.URL, p.URL},
		{&e.Page, p.Page},
		{&e.Lang, p.Lang},
		{&e.Schedule, p.Schedule},
		{&e.Checked, p.Checked},
		{&e.Confidence, p.Confidence},
		{&e.Note, p.Note},
	} {
		if f.with != "" {
			*f.to = f.with
		}
	}
	if p.Covers != nil {
		e.Covers = p.Covers
	}
	if p.Kind != "" {
		e.Kind = p.Kind
	}
	if p.Trust != 0 {
		e.Trust = p.Trust
	}
	if p.MaxBytes != 0 {
		e.MaxBytes = p.MaxBytes
	}
	e.Mapping = overlaid(e.Mapping, p.Mapping)
	e.Headers = overlaid(e.Headers, p.Headers)
	return e
}

func overlaid(under, over map[string]string) map[string]string {
	if len(over) == 0 {
		return under
	}
	both := maps.Clone(under)
	if both == nil {
		both = map[string]string{}
	}
	maps.Copy(both, over)
	return both
}

var entryID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// Check lists what is wrong with an entry: an id that isn't short, lower-case
// and stable, a format that nothing reads, an address that is none, a mapping with
// keys or words that its format doesn't know. It polls nothing.
func Check(e feeds.Entry) []error {
	var wrong []error
	if !entryID.MatchString(e.ID) {
		wrong = append(wrong, fmt.Errorf("id %q: write a-z, 0-9 and -, at most 40", e.ID))
	}
	if e.Format == "" {
		return append(wrong, fmt.Errorf("format is missing: write one of %v", formatNames()))
	}
	if e.Format == FormatNone {
		if e.Enabled {
			wrong = append(wrong, fmt.Errorf("%s has no feed that hansho reads; see %s", e.ID, e.Page))
		}
		return wrong
	}
	if _, ok := formatOf(e.Format); !ok {
		wrong = append(wrong, fmt.Errorf("format %q is unknown: write one of %v", e.Format, formatNames()))
	}
	wrong = append(wrong, checkMapping(e)...)
	if e.URL == "" && !e.Enabled {
		return wrong
	}
	u, err := url.Parse(e.URL)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		wrong = append(wrong, fmt.Errorf("url %q: write an http or https address", e.URL))
	}
	return wrong
}
