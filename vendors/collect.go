package vendors

import (
	"fmt"
	"strings"

	"hansho/advisory"
	"hansho/feeds"
)

// collected gathers what a streaming reader yields, for a Parser.
type collected struct {
	list []advisory.Advisory
	errs []error
}

// add takes one yield, an advisory or an error or what could be read beside one; it
// always wants more.
func (c *collected) add(a advisory.Advisory, err error) bool {
	if err != nil {
		c.errs = append(c.errs, err)
	}
	if a.ID != "" {
		c.list = append(c.list, a)
	}
	return true
}

// under files the advisories under the catalogue entry that they came by, which
// may be another than the format's own id.
func (c *collected) under(e feeds.Entry) *collected {
	for i := range c.list {
		fileUnder(&c.list[i], e)
	}
	return c
}

// result gives what was gathered, with the document's own error where there is
// one.
func (c *collected) result(err error) ([]advisory.Advisory, []error) {
	if err != nil {
		c.errs = append(c.errs, err)
	}
	return c.list, c.errs
}

// fileUnder names a's source as the entry does, takes kind, trust and language
// of it where it says any, and normalises.
func fileUnder(a *advisory.Advisory, e feeds.Entry) {
	if e.ID != "" && e.ID != a.Source {
		_, id, _ := strings.Cut(a.ID, ":")
		a.Source, a.ID = e.ID, e.ID+":"+id
	}
	if e.Trust != 0 {
		a.Trust = e.Trust
	}
	advisory.Normalize(a)
}

// refuse is the answer to a document that can't be read at all.
func refuse(source string, err error) ([]advisory.Advisory, []error) {
	return nil, []error{fmt.Errorf("%s: %w", source, err)}
}
