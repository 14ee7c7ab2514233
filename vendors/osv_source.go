package vendors

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"hansho/feeds"
)

// keyEcosystem is the key of Entry.Mapping for the {ecosystem} in an address.
const keyEcosystem = "ecosystem"

// newOSVSource polls the export of one ecosystem.
func newOSVSource(e feeds.Entry, c *feeds.Client, now func() time.Time) (feeds.Source, error) {
	const place = "{ecosystem}"
	if strings.Contains(e.URL, place) {
		if e.Mapping[keyEcosystem] == "" {
			return nil, fmt.Errorf("osv: %s: mapping %s: which ecosystem?", e.ID, keyEcosystem)
		}
		e.URL = strings.ReplaceAll(e.URL, place, url.PathEscape(e.Mapping[keyEcosystem]))
	}
	return feeds.NewPollSource(e, ParseOSV, c, now)
}
