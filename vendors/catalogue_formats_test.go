package vendors

import (
	"strings"
	"testing"

	"hansho/advisory"
	"hansho/feeds"
)

func TestCatalogueEntriesCheck(t *testing.T) {
	for _, e := range catalogue(t) {
		for _, err := range Check(e) {
			t.Errorf("%s: %v", e.ID, err)
		}
	}
}

// A parser is there for every format that makes advisories of a document.
func TestParserFor(t *testing.T) {
	for _, e := range catalogue(t) {
		f, _ := formatOf(e.Format)
		parse, err := ParserFor(e)
		if (f.Parse != nil) != (parse != nil) || (parse != nil) != (err == nil) {
			t.Errorf("%s (%s): %v", e.ID, e.Format, err)
		}
		if e.Kind == advisory.KindList && parse == nil {
			t.Errorf("%s: a list that can't be read", e.ID)
		}
	}
}

// Every entry can be polled by whoever turns it on.
func TestCatalogueBuilds(t *testing.T) {
	var on []feeds.Entry
	for _, e := range catalogue(t) {
		if e.Format != FormatNone {
			e.Enabled = true
			on = append(on, e)
		}
	}
	sources, errs := Build(on, testClient(), fixedNow)
	for _, err := range errs {
		t.Error(err)
	}
	if len(sources) != len(on) {
		t.Errorf("%d sources of %d entries", len(sources), len(on))
	}
}

func TestCatalogueMappingsOfFeedsAreRead(t *testing.T) {
	for _, e := range catalogue(t) {
		if e.Format != "rss" {
			continue
		}
		if as, errs := feeds.ParseRSS(strings.NewReader(rssFeed), feeds.Meta{Entry: e, URL: e.URL}); len(as) != 2 || len(errs) > 0 {
			t.Errorf("%s: %d advisories, %v", e.ID, len(as), errs)
		}
	}
}
