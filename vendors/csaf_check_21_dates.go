package vendors

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// inTime finds what is dated after the document that tells of it: disclosures
// (6.1.45), decisions (6.1.49), EPSS (6.1.51) and exploitation (6.1.52), and an
// exploitation that was known before it happened (6.1.53).
func (c *checker) inTime() {
	status := c.d.Document.Tracking.Status
	if status != "final" && status != "interim" {
		return
	}
	var newest time.Time
	for _, r := range c.d.Document.Tracking.RevisionHistory {
		if t, err := time.Parse(time.RFC3339, r.Date); err == nil && t.After(newest) {
			newest = t
		}
	}
	late := func(test, what, date string, than time.Time) {
		if t, err := time.Parse(time.RFC3339, date); err == nil && t.After(than) {
			c.flaw(test, "%s: %s is after %s", what, date, than.Format(time.RFC3339))
		}
	}
	for _, v := range c.d.Vulnerabilities {
		if strings.EqualFold(c.d.Document.Distribution.TLP.Label, "CLEAR") {
			late("6.1.45", "disclosed", v.Disclosed, newest)
		}
		for _, m := range v.Metrics {
			if ssvc := m.Content.SSVC; ssvc != nil {
				late("6.1.49", "SSVC", ssvc.Timestamp, newest)
			}
			late("6.1.51", "EPSS", m.Content.EPSS.Timestamp, newest)
		}
		for _, e := range v.Exploitation {
			late("6.1.52", "known to be exploited", e.Known, newest)
			late("6.1.52", "exploited", e.Exploited, newest)
			if t, err := time.Parse(time.RFC3339, e.Known); err == nil {
				late("6.1.53", "exploited", e.Exploited, t)
			}
		}
	}
}

// tookBack are the profiles of documents that are no longer meant, by what their
// one note on why is called in English.
var tookBack = map[string]struct{ test, title string }{
	"csaf_withdrawn":  {"6.1.27.17", "Reasoning for Withdrawal"},
	"csaf_superseded": {"6.1.27.18", "Reasoning for Supersession"},
}

// gone runs the tests on withdrawn and superseded documents (6.1.27.14 to
// 6.1.27.19): they say why and since when, and nothing of products.
func (c *checker) gone() {
	head := &c.d.Document
	want, ok := tookBack[head.Category]
	if !ok {
		return
	}
	if !slices.ContainsFunc(head.Notes, func(n csafNote) bool { return n.Category == "description" }) {
		c.flaw("6.1.27.14", "no note says why")
	}
	if len(c.d.ProductTree.Branches)+len(c.d.ProductTree.FullProductNames)+len(c.d.ProductTree.Groups) > 0 || len(c.d.Vulnerabilities) > 0 {
		c.flaw("6.1.27.15", "it still speaks of products")
	}
	if len(head.Tracking.RevisionHistory) < 2 {
		c.flaw("6.1.27.16", "no revision came before")
	}
	if !head.english() {
		return
	}
	titled := slices.DeleteFunc(slices.Clone(head.Notes), func(n csafNote) bool { return n.Title != want.title })
	if len(titled) != 1 || titled[0].Category != "description" {
		c.flaw(want.test, "not one description %q", want.title)
	}
	superseding := func(r csafReference) bool {
		return r.Category == "external" && strings.HasPrefix(r.Summary, "Superseding Document")
	}
	if head.Category == "csaf_superseded" && !slices.ContainsFunc(head.References, superseding) {
		c.flaw("6.1.27.19", "no reference to what supersedes it")
	}
}

// versionRange is a range as 2.1 wants it: VERS, or its constraints alone.
var versionRange = regexp.MustCompile(`^(?:vers:/?all(?:/\*)?|(?:vers:[a-z0-9.+\-]+/)?(?:(?:<=|>=|!=|<|>|=)?[^<>=!*|\s]+)(?:\|(?:<=|>=|!=|<|>|=)?[^<>=!*|\s]+)*|vers:[a-z0-9.+\-]+/\*)$`)

// rangeForm finds ranges in other forms (6.1.50).
func (c *checker) rangeForm(name string) {
	if !versionRange.MatchString(name) || strings.HasPrefix(name, "vers:all/") && name != "vers:all/*" {
		c.flaw("6.1.50", "%q is no version range", name)
	}
}

var timestamp = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$`)

// dates finds what is no date and time of RFC 3339 in capital letters, without
// leap seconds (6.1.37).
func (c *checker) dates() {
	t := &c.d.Document.Tracking
	all := []string{t.InitialReleaseDate, t.CurrentReleaseDate, t.Generator.Date}
	for _, r := range t.RevisionHistory {
		all = append(all, r.Date)
	}
	for i := range c.d.Vulnerabilities {
		all = append(all, c.d.Vulnerabilities[i].dates()...)
	}
	for _, date := range all {
		if _, err := time.Parse(time.RFC3339, date); date != "" && (err != nil || !timestamp.MatchString(date)) {
			c.flaw("6.1.37", "%q is no date and time", date)
		}
	}
}

// dates are all that a vulnerability gives.
func (v *csafVulnerability) dates() []string {
	all := []string{v.Disclosed, v.Discovered}
	for _, i := range v.Involvements {
		all = append(all, i.Date)
	}
	for _, r := range v.Remediations {
		all = append(all, r.Date)
	}
	for _, t := range v.Threats {
		all = append(all, t.Date)
	}
	for _, f := range v.Flags {
		all = append(all, f.Date)
	}
	for _, e := range v.Exploitation {
		all = append(all, e.Known, e.Exploited)
	}
	for _, m := range v.Metrics {
		all = append(all, m.Content.EPSS.Timestamp)
		if m.Content.SSVC != nil {
			all = append(all, m.Content.SSVC.Timestamp)
		}
	}
	return all
}
