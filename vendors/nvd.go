package vendors

import (
	"fmt"
	"io"
	"strings"

	"hansho/advisory"
)

// nvdDetail is the page for people of a CVE.
const nvdDetail = "https://nvd.nist.gov/vuln/detail/"

// maxConfigDepth bounds the nesting of applicability statements; NVD nests two.
const maxConfigDepth = 16

// ReadNVD reads NVD's JSON: the 1.1 year files, the documents of the API 2.0,
// the 2.0 year, recent and modified files, and a single CVE object of either.
// It calls yield for each entry, in order, and holds no more than one, so that
// memory doesn't grow with the document. Either the advisory or the error is
// set; an entry's error does not end the reading, yield's false does.
//
// Advisories are nvd:CVE-… with their Configs. Products hold what the CNA says
// of versions (the affected block of 2.0); those that only the Configs mention
// are not repeated there, see ConfigProducts.
func ReadNVD(r io.Reader, yield func(advisory.Advisory, error) bool) error {
	_, err := readNVD(r, yield)
	return err
}

// nvdPage is where a document stands in the answer to a query of the API.
type nvdPage struct {
	start, perPage, total float64
	entries               int
}

// errStopped ends a reading at yield's word.
var errStopped = fmt.Errorf("stopped")

func readNVD(r io.Reader, yield func(advisory.Advisory, error) bool) (nvdPage, error) {
	n := &nvdReader{walker: newWalker(r), yield: yield}
	err := n.document()
	switch {
	case err == errStopped:
		return n.page, nil
	case err != nil:
		return n.page, fmt.Errorf("nvd: after %d entries: %w", n.page.entries, err)
	case !n.known:
		return n.page, fmt.Errorf("nvd: no list of CVEs in the document")
	}
	return n.page, nil
}

type nvdReader struct {
	*walker
	yield func(advisory.Advisory, error) bool
	page  nvdPage
	known bool // the document had a list of CVEs
}

func (n *nvdReader) document() error {
	var single nvdEntry
	err := n.object(func(name []byte) error {
		switch string(name) {
		case "CVE_Items", "vulnerabilities", "cve_items": // the last is a mirror's
			return n.list()
		case "startIndex":
			return n.number(&n.page.start)
		case "resultsPerPage":
			return n.number(&n.page.perPage)
		case "totalResults":
			return n.number(&n.page.total)
		}
		return n.member(&single, name)
	})
	if err == nil && !n.known && single.a.ID != "" {
		n.known = true
		return n.give(single)
	}
	return err
}

// list reads the entries one by one.
func (n *nvdReader) list() error {
	n.known = true
	return n.array(func() error {
		var e nvdEntry
		entryErr, err := n.entry(func() error { return n.cve(&e) })
		if err != nil {
			return err
		}
		n.page.entries++
		switch {
		case entryErr != nil:
			return n.fail(e, entryErr)
		case e.a.ID == "":
			return n.fail(e, fmt.Errorf("no CVE id"))
		}
		return n.give(e)
	})
}

func (n *nvdReader) fail(e nvdEntry, err error) error {
	name := e.a.ID
	if name == "" {
		name = fmt.Sprintf("entry %d", n.page.entries)
	}
	if !n.yield(advisory.Advisory{}, fmt.Errorf("nvd: %s: %w", name, err)) {
		return errStopped
	}
	return nil
}

func (n *nvdReader) give(e nvdEntry) error {
	if !n.yield(e.advisory(), nil) {
		return errStopped
	}
	return nil
}

// nvdEntry gathers one CVE as its members come.
type nvdEntry struct {
	a       advisory.Advisory // ID is the bare CVE id until the end
	metrics []metric
	links   []string
	exploit bool // SSVC of CISA: exploitation active
	status  string
	claims  []cveAffected
}

// cve reads one CVE: an element of a list, or its member cve, beside which 1.1
// keeps the rest.
func (n *nvdReader) cve(e *nvdEntry) error {
	return n.object(func(name []byte) error { return n.member(e, name) })
}

// member reads one member of a CVE, at whatever level the versions keep it: the
// names of 1.1 and 2.0 don't clash.
func (n *nvdReader) member(e *nvdEntry, name []byte) error {
	switch string(name) {
	case "cve":
		return n.cve(e)
	case "id": // 2.0
		return n.text(&e.a.ID)
	case "CVE_data_meta": // 1.1
		return n.field("ID", &e.a.ID)
	case "description": // 1.1
		return n.inside("description_data", func() error { return n.descriptions(e) })
	case "descriptions": // 2.0
		return n.descriptions(e)
	case "references":
		return n.references(e)
	case "configurations":
		return n.configurations(e)
	case "impact", "metrics":
		return n.metrics(e)
	case "publishedDate", "published":
		return n.time(&e.a.Published)
	case "lastModifiedDate", "lastModified":
		return n.time(&e.a.Updated)
	case "vulnStatus":
		return n.text(&e.status)
	case "affected":
		return n.affected(e)
	case "cisaExploitAdd":
		var added string
		err := n.text(&added)
		e.a.Exploited = e.a.Exploited || added != ""
		return err
	case "cisaActionDue":
		return n.text(&e.a.Due)
	case "cisaVulnerabilityName":
		return n.text(&e.a.Title)
	}
	return n.skip()
}

// descriptions keeps the English text.
func (n *nvdReader) descriptions(e *nvdEntry) error {
	return n.array(func() error {
		var lang, text string
		err := n.object(func(name []byte) error {
			switch string(name) {
			case "lang":
				return n.text(&lang)
			case "value":
				return n.text(&text)
			}
			return n.skip()
		})
		if strings.HasPrefix(lang, "en") && e.a.Summary == "" {
			e.a.Summary = strings.TrimSpace(text)
		}
		return err
	})
}

// references reads 2.0's array, or 1.1's object around one.
func (n *nvdReader) references(e *nvdEntry) error {
	list := func() error {
		return n.array(func() error {
			var url string
			err := n.field("url", &url)
			e.links = append(e.links, url)
			return err
		})
	}
	if n.dec.PeekKind() == '{' {
		return n.inside("reference_data", list)
	}
	return list()
}

// metrics reads CVSS statements wherever they lie below the metrics of 2.0 and
// the impact of 1.1; their keys hold the version, of which new ones come.
func (n *nvdReader) metrics(e *nvdEntry) error {
	return n.object(func(name []byte) error {
		if string(name) == "ssvcV203" {
			return n.array(func() error { return n.ssvc(e) })
		}
		if n.dec.PeekKind() == '[' {
			return n.array(func() error { return n.metric(e) })
		}
		return n.metric(e)
	})
}

func (n *nvdReader) metric(e *nvdEntry) error {
	if n.dec.PeekKind() != '{' {
		return n.skip()
	}
	return n.object(func(name []byte) error {
		switch string(name) {
		case "cvssData", "cvssV2", "cvssV3":
			var m metric
			err := n.object(func(name []byte) error {
				switch string(name) {
				case "vectorString":
					return n.text(&m.vector)
				case "baseScore":
					return n.number(&m.score)
				}
				return n.skip()
			})
			e.metrics = append(e.metrics, m)
			return err
		}
		return n.skip()
	})
}

// ssvc reads CISA's stakeholder decision, of which only active exploitation
// concerns us.
func (n *nvdReader) ssvc(e *nvdEntry) error {
	return n.inside("ssvcData", func() error {
		return n.inside("options", func() error {
			return n.array(func() error {
				var word string
				err := n.field("exploitation", &word)
				e.exploit = e.exploit || word == "active"
				return err
			})
		})
	})
}

// affected reads the CNAs' own claims; the block came in 2026.
func (n *nvdReader) affected(e *nvdEntry) error {
	return n.array(func() error {
		return n.inside("affectedData", func() error {
			var list []cveAffected
			err := n.decode(&list)
			e.claims = append(e.claims, list...)
			return err
		})
	})
}

// advisory finishes the entry.
func (e *nvdEntry) advisory() advisory.Advisory {
	a, id := e.a, e.a.ID
	a.ID, a.Source = "nvd:"+id, "nvd"
	a.Kind, a.Lang, a.Trust = advisory.KindVulnerability, "en", advisory.TrustDatabase
	a.CVEs = []string{id}
	if a.Title == "" {
		a.Title = titleFrom(a.Summary)
	}
	a.Severity = severity(e.metrics)
	a.Exploited = a.Exploited || e.exploit
	if a.Updated.IsZero() {
		a.Updated = a.Published
	}
	a.Links = append([]string{nvdDetail + id}, webLinks(e.links)...)
	a.Withdrawn = e.status == "Rejected" || rejected(a.Summary)
	a.Products = claimProducts(e.claims)
	return a
}

// rejected knows the texts that stand for a CVE id which was taken back.
func rejected(text string) bool {
	return strings.HasPrefix(text, "** REJECT **") || strings.HasPrefix(text, "Rejected reason:")
}
