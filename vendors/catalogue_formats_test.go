package vendors

import "testing"

func TestCatalogueEntriesCheck(t *testing.T) {
	for _, e := range catalogue(t) {
		for _, err := range Check(e) {
			t.Errorf("%s: %v", e.ID, err)
		}
	}
}

func TestParserFor(t *testing.T) {
	for _, e := range catalogue(t) {
		parse, err := ParserFor(e)
		if (e.Format == FormatNone) != (err != nil) || (err == nil) != (parse != nil) {
			t.Errorf("%s (%s): %v", e.ID, e.Format, err)
		}
	}
}
