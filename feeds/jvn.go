package feeds

import (
	"io"
	"regexp"

	"hansho/advisory"
)

var jvnLink = regexp.MustCompile(`/(JVN(?:VU|TA)?)#?(\d{8})`)

// ParseJVN reads JVN's feed, or a maker's own JVNRSS. JVN's items have no CVE, CPE
// or CVSS: JVN iPedia states them for the same JVN number; a maker's may.
func ParseJVN(r io.Reader, doc Meta) ([]advisory.Advisory, []error) {
	source := sourceID(doc, "jvn")
	return parseFeed(r, doc, source, func(i feedItem) (advisory.Advisory, error) {
		link := firstOf(i.About, i.Link)
		id := firstOf(i.ext("sec", "identifier"), i.ext("dc", "identifier"))
		if m := jvnLink.FindStringSubmatch(link); id == "" && m != nil {
			id = m[1] + "#" + m[2]
		}
		if id == "" {
			return advisory.Advisory{}, errNoID
		}
		title, updated := advisory.CutUpdateMark(titleLine(i.Title))
		a := advisory.Advisory{
			ID: source + ":" + id, Source: source, Kind: advisory.KindAdvisory, Lang: "ja",
			Trust: trustOr(doc, advisory.TrustCoordinator), Title: firstOf(title, id),
			Summary: plainText(i.Description), Links: []string{link}, Refs: []string{id},
		}
		a.CVEs = advisory.FindCVEs(a.Title, a.Summary)
		addJVNRSS(&a, i)
		a.Published, a.Updated = markedDates(i, updated)
		return a, nil
	})
}
