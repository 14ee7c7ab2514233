package vendors

import (
	"fmt"
	"time"

	"hansho/feeds"
)

// Formats are all the forms of document that hansho reads: the public sources'
// and the vendors'.
func Formats() []feeds.Format {
	return append(append(feeds.Formats(), documentFormats()...),
		feeds.Format{Name: productListFormat, Parse: ParseProductList, New: NewProductListSource},
	)
}

func formatOf(name string) (feeds.Format, bool) {
	for _, f := range Formats() {
		if f.Name == name {
			return f, true
		}
	}
	return feeds.Format{}, false
}

func formatNames() []string {
	names := []string{FormatNone}
	for _, f := range Formats() {
		names = append(names, f.Name)
	}
	return names
}

// ParserFor gives the parser of an entry's documents, for reading a captured
// one.
func ParserFor(e feeds.Entry) (feeds.Parser, error) {
	if e.Format == FormatNone {
		return nil, fmt.Errorf("vendors: %s publishes nothing that hansho reads; see %s", e.ID, e.Page)
	}
	f, ok := formatOf(e.Format)
	switch {
	case !ok:
		return nil, fmt.Errorf("vendors: %s: no parser for format %q", e.ID, e.Format)
	case f.Parse == nil:
		return nil, fmt.Errorf("vendors: %s: its documents (%s) hold names and no advisories; they are read when it is polled", e.ID, e.Format)
	}
	return f.Parse, nil
}

// Build makes the sources of the entries that are enabled. An entry that can't
// be built is an error beside the others' sources.
func Build(entries []feeds.Entry, client *feeds.Client, now func() time.Time) ([]feeds.Source, []error) {
	var sources []feeds.Source
	var failed []error
	for _, e := range entries {
		if !e.Enabled {
			continue
		}
		s, err := build(e, client, now)
		if err != nil {
			failed = append(failed, fmt.Errorf("vendors: source %s: %w", e.ID, err))
			continue
		}
		sources = append(sources, s)
	}
	return sources, failed
}

func build(e feeds.Entry, client *feeds.Client, now func() time.Time) (feeds.Source, error) {
	f, ok := formatOf(e.Format)
	if !ok {
		return nil, fmt.Errorf("format %q is unknown", e.Format)
	}
	if f.New != nil {
		return f.New(e, client, now)
	}
	return feeds.NewPollSource(e, f.Parse, client, now)
}
