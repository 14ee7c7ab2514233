package pipeline

import (
	"slices"
	"time"

	"hansho/cases"
	"hansho/notify"
)

// deeds are what we did about a case since a report, as far as it concerns the
// items that the reader is told of.
func (s *secretary) deeds(c cases.Case, items []notify.ItemView, since time.Time) (notify.Deeds, error) {
	var did notify.Deeds
	ours := func(id string) bool { return id == c.ID || slices.Contains(c.Merged, id) }
	enquiries, err := s.tx.EnquiriesAfter("", 0)
	if err != nil {
		return did, err
	}
	for _, e := range enquiries {
		if !ours(e.Case) {
			continue
		}
		if e.Sent.After(since) {
			did.Asked++
		}
		if slices.ContainsFunc(e.Answers, func(a cases.Answer) bool { return a.At.After(since) && !a.Pending }) {
			did.Answered++
		}
	}
	for _, v := range items {
		if it := c.Items[v.ID]; it != nil && examined(*it, since) {
			did.Examined++
		}
	}
	letters, err := s.tx.LettersAfter("", 0)
	did.Warned = slices.ContainsFunc(letters, func(l cases.Letter) bool {
		return ours(l.Case) && l.Kind == "awareness" && l.Approved.After(since)
	})
	return did, err
}

func examined(it cases.Item, since time.Time) bool {
	for _, check := range it.Checks {
		if check.At.After(since) {
			return true
		}
	}
	return false
}
