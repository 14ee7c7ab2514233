package vendors

import (
	"encoding/json"
	"slices"
	"time"

	"hansho/feeds"
)

// The bounds of what a CSAF source remembers.
const (
	maxTries = 5    // of a document that can't be had
	maxKnown = 2000 // documents whose deletion can be told
	maxNames = 100_000
)

// csafCursor is where a CSAF source left off.
type csafCursor struct {
	Validators feeds.Validators             `json:"validators"` // of the provider metadata
	Provider   csafProvider                 `json:"provider"`
	Listings   map[string]*csafListingState `json:"listings"` // by address
	Retry      []csafRetry                  `json:"retry,omitempty"`
	Known      []csafKnown                  `json:"known,omitempty"` // newest last
}

// csafListingState is how far one listing was read.
type csafListingState struct {
	Validators feeds.Validators `json:"validators"`
	Deletions  feeds.Validators `json:"deletions"`
	Since      time.Time        `json:"since"`           // date of the newest document taken
	At         []string         `json:"at,omitempty"`    // the documents taken of that very date
	Names      []string         `json:"names,omitempty"` // all taken, where the listing has no dates; sorted
}

// csafRetry is a document that was listed and could not be had.
type csafRetry struct {
	csafListed
	Tries int `json:"tries"`
}

// csafKnown is a document that became an advisory.
type csafKnown struct {
	URL   string `json:"url"`
	ID    string `json:"id"`
	Title string `json:"title"`
}

func readCSAFCursor(c feeds.Cursor) csafCursor {
	var cur csafCursor
	// A cursor that can't be read is a first contact.
	if len(c) > 0 && json.Unmarshal(c, &cur) != nil {
		cur = csafCursor{}
	}
	if cur.Listings == nil {
		cur.Listings = map[string]*csafListingState{}
	}
	return cur
}

// state is the state of a listing; a new one begins at since.
func (c *csafCursor) state(listing string, since time.Time) *csafListingState {
	s := c.Listings[listing]
	if s == nil {
		s = &csafListingState{Since: since}
		c.Listings[listing] = s
	}
	return s
}

// pick gives the documents that are new, oldest first and at most limit, and
// whether there are more. Of a listing without dates the last by name are first:
// names hold years and numbers.
func (s *csafListingState) pick(list []csafListed, limit int) (picked []csafListed, more bool) {
	if undated(list) {
		return s.pickNames(list, limit)
	}
	for _, d := range list {
		if d.Updated.After(s.Since) || d.Updated.Equal(s.Since) && !slices.Contains(s.At, d.URL) {
			picked = append(picked, d)
		}
	}
	oldestFirst(picked)
	if len(picked) > limit {
		return picked[:limit], true
	}
	return picked, false
}

func (s *csafListingState) pickNames(list []csafListed, limit int) ([]csafListed, bool) {
	first := len(s.Names) == 0
	var picked []csafListed
	for _, d := range list {
		if _, known := slices.BinarySearch(s.Names, d.URL); !known {
			picked = append(picked, d)
		}
	}
	oldestFirst(picked)
	if len(picked) <= limit {
		return picked, false
	}
	left, newest := picked[:len(picked)-limit], picked[len(picked)-limit:]
	if first { // the old ones are history
		for _, d := range left {
			s.took(d)
		}
		return newest, false
	}
	return newest, true
}

func undated(list []csafListed) bool {
	return !slices.ContainsFunc(list, func(d csafListed) bool { return !d.Updated.IsZero() })
}

// took notes that a document was dealt with.
func (s *csafListingState) took(d csafListed) {
	switch {
	case d.Updated.IsZero():
		if i, known := slices.BinarySearch(s.Names, d.URL); !known && len(s.Names) < maxNames {
			s.Names = slices.Insert(s.Names, i, d.URL)
		}
	case d.Updated.After(s.Since):
		s.Since, s.At = d.Updated, []string{d.URL}
	case d.Updated.Equal(s.Since):
		s.At = append(s.At, d.URL)
	}
}

// know remembers what a document became.
func (c *csafCursor) know(k csafKnown) {
	c.Known = slices.DeleteFunc(c.Known, func(o csafKnown) bool { return o.URL == k.URL })
	c.Known = append(c.Known, k)
	if extra := len(c.Known) - maxKnown; extra > 0 {
		c.Known = c.Known[extra:]
	}
}

// retry notes a failed document; false where it has failed too often.
func (c *csafCursor) retry(d csafListed, tries int) bool {
	if tries >= maxTries {
		return false
	}
	c.Retry = append(c.Retry, csafRetry{d, tries})
	return true
}
