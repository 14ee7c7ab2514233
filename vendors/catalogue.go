// Package vendors holds the source catalogue and the formats in which makers,
// agencies and the community publish: CSAF, CVRF, CVE records, NVD, OSV, EPSS and
// the product lists of a crisis. A source of a known format is an entry of
// catalogue.yaml; a new format is a file here and a line in Formats.
package vendors

import (
	"bytes"
	_ "embed" // the catalogue
	"fmt"

	"github.com/goccy/go-yaml"

	"hansho/feeds"
)

//go:embed catalogue.yaml
var catalogueYAML []byte

// productListFormat reads the lists that a crisis brings.
const productListFormat = "product-list"

// FormatNone marks a publisher without a feed that hansho can read: the entry
// has a page for people, and its note says who else speaks of its products.
const FormatNone = "none"

// Catalogue gives the built-in sources, in the order of catalogue.yaml, which
// explains the fields. The slice is the caller's own.
func Catalogue() ([]feeds.Entry, error) {
	var entries []feeds.Entry
	if err := yaml.NewDecoder(bytes.NewReader(catalogueYAML), yaml.Strict()).Decode(&entries); err != nil {
		return nil, fmt.Errorf("vendors: read the built-in catalogue: %w", err)
	}
	return entries, nil
}
