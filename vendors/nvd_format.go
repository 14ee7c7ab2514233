package vendors

import (
	"io"

	"hansho/advisory"
	"hansho/feeds"
)

// ParseNVD is the nvd format's parser: ReadNVD, with the products named that
// the applicability statements mention.
func ParseNVD(r io.Reader, doc feeds.Meta) ([]advisory.Advisory, []error) {
	var c collected
	err := ReadNVD(r, func(a advisory.Advisory, err error) bool {
		if err == nil {
			a.Products = append(a.Products, ConfigProducts(a.Configs)...)
		}
		return c.add(a, err)
	})
	return c.under(doc.Entry).result(err)
}
