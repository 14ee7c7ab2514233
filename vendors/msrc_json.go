package vendors

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// msrcDocument is the JSON form of Microsoft's CVRF API, in which CVRF's words
// are numbers.
type msrcDocument struct {
	DocumentTitle     msrcValue
	DocumentPublisher struct{ Type int }
	DocumentTracking  struct {
		Identification     struct{ ID msrcValue }
		RevisionHistory    []struct{ Date string }
		InitialReleaseDate string
		CurrentReleaseDate string
	}
	ProductTree struct {
		Branch          []msrcBranch
		FullProductName []msrcName
	}
	Vulnerability []msrcVulnerability
}

type msrcValue struct{ Value string }

type msrcName struct {
	ProductID string
	Value     string
	CPE       string
}

// msrcBranch is a branch; those of its items with a product id are products.
type msrcBranch struct {
	msrcName
	Type  int
	Name  string
	Items []msrcBranch
}

type msrcVulnerability struct {
	Title           msrcValue
	CVE             string
	ProductStatuses []struct {
		Type      int
		ProductID []string
	}
	Threats []struct {
		Type        int
		Description msrcValue
		ProductID   []string
	}
	CVSSScoreSets []struct {
		BaseScore float64
		Vector    string
		ProductID []string
	}
	Remediations []struct {
		Type        int
		Description msrcValue
		URL         string
		ProductID   []string
		SubType     string
		FixedBuild  string
	}
}

// The words behind the API's numbers, in the order of CVRF's schema.
var (
	msrcBranchTypes = []string{"Vendor", "Product Family", "Product Name", "Product Version", "Patch Level", "Service Pack", "Architecture", "Language", "Legacy", "Specification"}
	msrcStatusTypes = []string{"First Affected", "Known Not Affected", "First Fixed", "Known Affected", "Recommended", "Last Affected", "Under Investigation"}
	msrcThreatTypes = []string{"Impact", "Exploit Status", "Target Set", "Severity"}
	msrcRemedyTypes = []string{"Workaround", "Mitigation", "Vendor Fix", "None Available", "Will Not Fix", "Known Issue"}
)

// wordAt is the word of a number; empty where the number is new.
func wordAt(words []string, n int) string {
	if n < 0 || n >= len(words) {
		return ""
	}
	return words[n]
}

// decodeMSRC reads the JSON form into CVRF's.
func decodeMSRC(body []byte) (*cvrfDocument, error) {
	var in msrcDocument
	if err := json.Unmarshal(bytes.TrimPrefix(body, utf8BOM), &in); err != nil {
		return nil, err
	}
	var d cvrfDocument
	d.Title = in.DocumentTitle.Value
	d.Tracking.ID = in.DocumentTracking.Identification.ID.Value
	d.Tracking.Initial, d.Tracking.Current = in.DocumentTracking.InitialReleaseDate, in.DocumentTracking.CurrentReleaseDate
	for _, b := range in.ProductTree.Branch {
		d.Tree.Branches = append(d.Tree.Branches, b.cvrf(0))
	}
	for _, n := range in.ProductTree.FullProductName {
		d.Tree.Names = append(d.Tree.Names, n.cvrf())
	}
	for i := range in.Vulnerability {
		d.Vulnerabilities = append(d.Vulnerabilities, in.Vulnerability[i].cvrf())
	}
	return &d, d.complete()
}

func (n msrcName) cvrf() cvrfName { return cvrfName{ID: n.ProductID, CPE: n.CPE, Name: n.Value} }

// cvrf gives the branch. The API numbers vendor and family 0 and 1; what lies
// below a family are its products.
func (b msrcBranch) cvrf(depth int) cvrfBranch {
	out := cvrfBranch{Type: wordAt(msrcBranchTypes, b.Type), Name: b.Name}
	if depth > maxBranchDepth {
		return out
	}
	for _, item := range b.Items {
		if item.ProductID != "" {
			out.Names = append(out.Names, item.msrcName.cvrf())
			continue
		}
		out.Branches = append(out.Branches, item.cvrf(depth+1))
	}
	return out
}

func (v *msrcVulnerability) cvrf() cvrfVulnerability {
	out := cvrfVulnerability{Title: v.Title.Value, CVE: v.CVE}
	for _, s := range v.ProductStatuses {
		out.Status = append(out.Status, cvrfStatus{Type: wordAt(msrcStatusTypes, s.Type), Products: s.ProductID})
	}
	for _, t := range v.Threats {
		out.Threats = append(out.Threats, cvrfThreat{Type: wordAt(msrcThreatTypes, t.Type), Text: t.Description.Value, Products: t.ProductID})
	}
	for _, s := range v.CVSSScoreSets {
		out.Scores = append(out.Scores, cvrfScore{Base: strconv.FormatFloat(s.BaseScore, 'f', -1, 64), Vector: s.Vector, Products: s.ProductID})
	}
	for _, r := range v.Remediations {
		out.Remediations = append(out.Remediations, cvrfRemediation{
			Type: wordAt(msrcRemedyTypes, r.Type), Text: r.Description.Value, URL: r.URL,
			Products: r.ProductID, SubType: r.SubType, FixedBuild: r.FixedBuild,
		})
	}
	return out
}
