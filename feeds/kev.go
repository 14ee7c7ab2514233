package feeds

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"hansho/advisory"
)

// kevEntry is one row of CISA's Known Exploited Vulnerabilities catalogue, by
// the names of its published schema.
type kevEntry struct {
	CVE         string `json:"cveID"`
	Vendor      string `json:"vendorProject"`
	Product     string `json:"product"`
	Name        string `json:"vulnerabilityName"`
	Added       string `json:"dateAdded"`
	Description string `json:"shortDescription"`
	Action      string `json:"requiredAction"`
	Due         string `json:"dueDate"`
	Ransomware  string `json:"knownRansomwareCampaignUse"`
	Notes       string `json:"notes"`
}

// ParseKEV reads CISA's Known Exploited Vulnerabilities JSON: one advisory a
// CVE, each exploited by definition.
func ParseKEV(r io.Reader, doc Meta) ([]advisory.Advisory, []error) {
	source := sourceID(doc, "kev")
	rows, err := readKEV(r, doc)
	if err != nil {
		return nil, []error{fmt.Errorf("feeds: %s: %w", source, err)}
	}
	out := make([]advisory.Advisory, 0, len(rows))
	var errs []error
	seen := make(map[string]bool, len(rows))
	for n, row := range rows {
		a, err := kevAdvisory(row, doc, source)
		if err != nil {
			errs = append(errs, fmt.Errorf("feeds: %s: %w", source, itemError(n, "", err)))
			continue
		}
		if !seen[a.ID] {
			seen[a.ID] = true
			out = append(out, a)
		}
	}
	return out, errs
}

func readKEV(r io.Reader, doc Meta) ([]json.RawMessage, error) {
	text, err := readText(r, doc)
	if err != nil {
		return nil, err
	}
	if _, err := Classify(text, ShapeJSON); err != nil {
		return nil, err
	}
	var catalogue struct {
		Rows *[]json.RawMessage `json:"vulnerabilities"`
	}
	if err := json.Unmarshal([]byte(text), &catalogue); err != nil {
		return nil, &UnreadableError{Reason: ReasonBroken, Err: err}
	}
	if catalogue.Rows == nil {
		return nil, &UnreadableError{Reason: ReasonFormat, Detail: "no list of vulnerabilities"}
	}
	return *catalogue.Rows, nil
}

// kevPage is the catalogue's page, searched for one CVE.
const kevPage = "https://www.cisa.gov/known-exploited-vulnerabilities-catalog?search_api_fulltext="

var links = regexp.MustCompile(`https?://[^\s;,<>"'）」]+`)

func kevAdvisory(raw json.RawMessage, doc Meta, source string) (advisory.Advisory, error) {
	var e kevEntry
	if err := json.Unmarshal(raw, &e); err != nil {
		return advisory.Advisory{}, &UnreadableError{Reason: ReasonBroken, Err: err}
	}
	cves := advisory.FindCVEs(e.CVE)
	if len(cves) != 1 {
		return advisory.Advisory{}, fmt.Errorf("%.40q is no CVE id", e.CVE)
	}
	a := advisory.Advisory{
		ID: source + ":" + cves[0], Source: source, Kind: advisory.KindExploited, Lang: "en",
		Trust: trustOr(doc, advisory.TrustCoordinator), Title: firstOf(e.Name, e.Vendor+" "+e.Product),
		Summary: plainText(e.Description), CVEs: cves, Exploited: true,
		Links: append([]string{kevPage + cves[0]}, links.FindAllString(e.Notes, -1)...),
		Due:   strings.TrimSpace(e.Due), Ransomware: strings.EqualFold(strings.TrimSpace(e.Ransomware), "known"),
		Products: []advisory.ProductStatus{{
			Vendor: e.Vendor, Product: e.Product, Status: advisory.StatusAffected, Note: plainText(e.Action),
		}},
	}
	a.Published, _ = parseDate(e.Added, time.UTC)
	a.Updated = a.Published
	advisory.Normalize(&a)
	return a, nil
}
