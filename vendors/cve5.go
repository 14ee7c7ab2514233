package vendors

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"hansho/advisory"
	"hansho/feeds"
)

// cveRecord is what hansho reads of a CVE record (CVE JSON 5.x).
type cveRecord struct {
	DataType string `json:"dataType"`
	Metadata struct {
		ID        string `json:"cveId"`
		State     string `json:"state"`
		Assigner  string `json:"assignerShortName"`
		Published string `json:"datePublished"`
		Updated   string `json:"dateUpdated"`
		Rejected  string `json:"dateRejected"`
	} `json:"cveMetadata"`
	Containers struct {
		CNA cveContainer   `json:"cna"`
		ADP []cveContainer `json:"adp"`
	} `json:"containers"`
}

// cveContainer is what the CNA, or another authorised publisher beside it, says.
type cveContainer struct {
	Title           string        `json:"title"`
	Public          string        `json:"datePublic"`
	Descriptions    []cveText     `json:"descriptions"`
	RejectedReasons []cveText     `json:"rejectedReasons"`
	Affected        []cveAffected `json:"affected"`
	References      []struct {
		URL string `json:"url"`
	} `json:"references"`
	Metrics     []cveMetric `json:"metrics"`
	Workarounds []cveText   `json:"workarounds"`
	Solutions   []cveText   `json:"solutions"`
	Exploits    []cveText   `json:"exploits"`
	Source      struct {
		Advisory string `json:"advisory"`
	} `json:"source"`
}

type cveText struct {
	Lang  string `json:"lang"`
	Value string `json:"value"`
}

type cveMetric struct {
	V40   *csafCVSS `json:"cvssV4_0"`
	V31   *csafCVSS `json:"cvssV3_1"`
	V30   *csafCVSS `json:"cvssV3_0"`
	V20   *csafCVSS `json:"cvssV2_0"`
	Other struct {
		Type    string          `json:"type"`
		Content json.RawMessage `json:"content"`
	} `json:"other"`
}

// ParseCVE5 reads CVE records 5.x: one record, a list of them, or a zip of
// either, as cvelistV5 publishes its changes. A record that can't be read is an
// error beside the others. Ids are cve:CVE-…. Makers who publish their own
// advisories in this form (Palo Alto Networks, OpenSSL) have ids of their own.
func ParseCVE5(r io.Reader, doc feeds.Meta) ([]advisory.Advisory, []error) {
	body, err := readAll(r, maxArchiveBytes)
	if err != nil {
		return refuse("cve5", err)
	}
	var c collected
	err = eachJSON(body, func(name string, content []byte) error {
		c.records(name, content)
		return nil
	})
	if err != nil {
		err = fmt.Errorf("cve5: %w", err)
	}
	return c.under(doc.Entry).result(err)
}

// records reads one file: a record or a list.
func (c *collected) records(file string, content []byte) {
	content = bytes.TrimSpace(bytes.TrimPrefix(content, utf8BOM))
	if len(content) > 0 && content[0] == '[' {
		var list []json.RawMessage
		if err := json.Unmarshal(content, &list); err != nil {
			_ = c.add(advisory.Advisory{}, fmt.Errorf("cve5: %s: %w", cmp.Or(file, "document"), err))
			return
		}
		for i, record := range list {
			a, err := readCVE(record)
			_ = c.add(a, inFile(err, "cve5", cmp.Or(file, "document"), i))
		}
		return
	}
	a, err := readCVE(content)
	_ = c.add(a, inFile(err, "cve5", cmp.Or(file, "document"), -1))
}

// inFile names where an error is: the file, and the entry in it where there are
// several.
func inFile(err error, format, file string, entry int) error {
	switch {
	case err == nil:
		return nil
	case entry < 0:
		return fmt.Errorf("%s: %s: %w", format, file, err)
	}
	return fmt.Errorf("%s: %s: entry %d: %w", format, file, entry+1, err)
}

// errNotCVE says that a document is JSON and no CVE record.
var errNotCVE = errors.New("not a CVE record: no cveId")

// readCVE reads a record. With an error beside an advisory, a part of it had another
// type than it should.
func readCVE(content []byte) (advisory.Advisory, error) {
	var rec cveRecord
	odd, err := decode(content, &rec)
	if err != nil {
		return advisory.Advisory{}, err
	}
	if rec.Metadata.ID = strings.TrimSpace(rec.Metadata.ID); rec.Metadata.ID == "" {
		return advisory.Advisory{}, cmp.Or(odd, errNotCVE)
	}
	return rec.advisory(), odd
}

func (rec *cveRecord) advisory() advisory.Advisory {
	id, cna := rec.Metadata.ID, &rec.Containers.CNA
	a := advisory.Advisory{
		ID: "cve:" + id, Source: "cve", Kind: advisory.KindVulnerability, Lang: "en",
		Summary:   english(cna.Descriptions),
		CVEs:      advisory.FindCVEs(id),
		Products:  []advisory.ProductStatus{},
		Links:     rec.links(),
		Trust:     advisory.TrustMaker,
		Withdrawn: rec.Metadata.State == "REJECTED",
	}
	if len(a.CVEs) == 0 { // a maker's own advisory
		a.Kind, a.CVEs, a.Refs = advisory.KindAdvisory, advisory.FindCVEs(a.Summary), []string{id}
	}
	if a.Withdrawn {
		a.Summary = cmp.Or(a.Summary, english(cna.RejectedReasons))
	}
	if s := cna.Source.Advisory; s != "" && len(advisory.FindCVEs(s)) == 0 {
		a.Refs = append(a.Refs, s)
	}
	a.Title = cmp.Or(cna.Title, titleFrom(a.Summary), id)
	var metrics []metric
	for _, c := range rec.containers() {
		a.Products = append(a.Products, c.products()...)
		for _, m := range c.Metrics {
			metrics = append(metrics, m.scores()...)
			a.Exploited = a.Exploited || m.exploited()
		}
		a.Exploited = a.Exploited || saysExploited(english(c.Exploits))
	}
	a.Severity = severity(metrics)
	if len(metrics) == 0 {
		for _, m := range cna.Metrics {
			a.Severity = a.Severity.WithRating(m.rating())
		}
	}
	// Unreadable dates stay unset: no advisory is lost for them.
	a.Published, _ = parseTime(cmp.Or(rec.Metadata.Published, cna.Public))
	a.Updated, _ = parseTime(cmp.Or(rec.Metadata.Updated, rec.Metadata.Rejected))
	return a
}

// containers are the CNA's and the others', in this order.
func (rec *cveRecord) containers() []*cveContainer {
	all := []*cveContainer{&rec.Containers.CNA}
	for i := range rec.Containers.ADP {
		all = append(all, &rec.Containers.ADP[i])
	}
	return all
}

func (rec *cveRecord) links() []string {
	var links []string
	if len(advisory.FindCVEs(rec.Metadata.ID)) == 1 {
		links = append(links, "https://www.cve.org/CVERecord?id="+rec.Metadata.ID)
	}
	for _, c := range rec.containers() {
		for _, r := range c.References {
			links = append(links, r.URL)
		}
	}
	links = webLinks(links)
	return links[:min(len(links), maxLinks)]
}

// products are the container's claims, with its solution and workaround on what
// is affected.
func (c *cveContainer) products() []advisory.ProductStatus {
	claims := claimProducts(c.Affected)
	workaround, solution := english(c.Workarounds), english(c.Solutions)
	for i := range claims {
		if claims[i].Status != advisory.StatusAffected {
			continue
		}
		claims[i].Workaround = workaround
		switch {
		case claims[i].Fixed == "" && len([]rune(solution)) <= maxFixed:
			claims[i].Fixed = solution
		case solution != "":
			claims[i].Note = joinNotes(claims[i].Note, solution)
		}
	}
	return claims
}

// english is the first English text, or the first where none is English.
func english(texts []cveText) string {
	for _, t := range texts {
		if t.Lang == "" || strings.HasPrefix(strings.ToLower(t.Lang), "en") {
			return strings.TrimSpace(t.Value)
		}
	}
	if len(texts) > 0 {
		return strings.TrimSpace(texts[0].Value)
	}
	return ""
}

func (m cveMetric) scores() []metric {
	var list []metric
	for _, c := range []*csafCVSS{m.V40, m.V31, m.V30, m.V20} {
		if c != nil {
			list = append(list, metric{vector: c.Vector, score: c.Score})
		}
	}
	return list
}

// rating is a maker's own word for the severity: "Severity: Low" or a text by its
// policy.
func (m cveMetric) rating() string {
	var own struct {
		Text  string `json:"text"`
		Value string `json:"value"`
	}
	if m.Other.Type == "ssvc" || json.Unmarshal(m.Other.Content, &own) != nil {
		return ""
	}
	return cmp.Or(own.Text, own.Value)
}

// exploited reads what CISA adds: its list of exploited vulnerabilities, and the
// exploitation in its stakeholder decision.
func (m cveMetric) exploited() bool {
	switch m.Other.Type {
	case "kev":
		return true
	case "ssvc":
		var decision struct {
			Options []struct{ Exploitation string } `json:"options"`
		}
		if json.Unmarshal(m.Other.Content, &decision) != nil {
			return false
		}
		for _, o := range decision.Options {
			if strings.EqualFold(o.Exploitation, "active") {
				return true
			}
		}
	}
	return false
}
