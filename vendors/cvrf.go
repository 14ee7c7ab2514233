package vendors

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/net/html/charset"

	"hansho/advisory"
	"hansho/feeds"
)

// cvrfDocument is what hansho reads of a CVRF document, 1.1 and 1.2: CSAF's
// ancestor in XML. Element names are the same in all versions' namespaces.
type cvrfDocument struct {
	Title     string `xml:"DocumentTitle"`
	Type      string `xml:"DocumentType"`
	Publisher struct {
		Type      string `xml:"Type,attr"`
		Authority string `xml:"IssuingAuthority"`
	} `xml:"DocumentPublisher"`
	Tracking struct {
		ID      string   `xml:"Identification>ID"`
		Aliases []string `xml:"Identification>Alias"`
		Status  string   `xml:"Status"`
		Version string   `xml:"Version"`
		History []struct {
			Number string `xml:"Number"`
			Date   string `xml:"Date"`
			Text   string `xml:"Description"`
		} `xml:"RevisionHistory>Revision"`
		Initial string `xml:"InitialReleaseDate"`
		Current string `xml:"CurrentReleaseDate"`
	} `xml:"DocumentTracking"`
	Notes        []cvrfNote      `xml:"DocumentNotes>Note"`
	Distribution string          `xml:"DocumentDistribution"`
	Severity     string          `xml:"AggregateSeverity"`
	References   []cvrfReference `xml:"DocumentReferences>Reference"`
	Tree         struct {
		Branches      []cvrfBranch `xml:"Branch"`
		Names         []cvrfName   `xml:"FullProductName"`
		Relationships []struct {
			Reference string   `xml:"ProductReference,attr"`
			Type      string   `xml:"RelationType,attr"`
			RelatesTo string   `xml:"RelatesToProductReference,attr"`
			Name      cvrfName `xml:"FullProductName"`
		} `xml:"Relationship"`
		Groups []struct {
			ID       string   `xml:"GroupID,attr"`
			Products []string `xml:"ProductID"`
		} `xml:"ProductGroups>Group"`
	} `xml:"ProductTree"`
	Vulnerabilities []cvrfVulnerability `xml:"Vulnerability"`
}

type cvrfNote struct {
	Title string `xml:"Title,attr"`
	Type  string `xml:"Type,attr"`
	Text  string `xml:",chardata"`
}

type cvrfReference struct {
	Type string `xml:"Type,attr"`
	URL  string `xml:"URL"`
}

type cvrfBranch struct {
	Type     string       `xml:"Type,attr"`
	Name     string       `xml:"Name,attr"`
	Names    []cvrfName   `xml:"FullProductName"`
	Branches []cvrfBranch `xml:"Branch"`
}

type cvrfName struct {
	ID   string `xml:"ProductID,attr"`
	CPE  string `xml:"CPE,attr"`
	Name string `xml:",chardata"`
}

type cvrfVulnerability struct {
	Title string `xml:"Title"`
	ID    struct {
		System string `xml:"SystemName,attr"`
		Text   string `xml:",chardata"`
	} `xml:"ID"`
	Notes        []cvrfNote        `xml:"Notes>Note"`
	CVE          string            `xml:"CVE"`
	Status       []cvrfStatus      `xml:"ProductStatuses>Status"`
	Threats      []cvrfThreat      `xml:"Threats>Threat"`
	Scores       []cvrfScore       `xml:"CVSSScoreSets>ScoreSet"`
	ScoresV2     []cvrfScore       `xml:"CVSSScoreSets>ScoreSetV2"`
	ScoresV3     []cvrfScore       `xml:"CVSSScoreSets>ScoreSetV3"`
	Remediations []cvrfRemediation `xml:"Remediations>Remediation"`
	References   []cvrfReference   `xml:"References>Reference"`
}

type cvrfStatus struct {
	Type     string   `xml:"Type,attr"`
	Products []string `xml:"ProductID"`
}

type cvrfThreat struct {
	Type     string   `xml:"Type,attr"`
	Text     string   `xml:"Description"`
	Products []string `xml:"ProductID"`
	Groups   []string `xml:"GroupID"`
}

type cvrfScore struct {
	Base     string   `xml:"BaseScore"`
	BaseV2   string   `xml:"BaseScoreV2"`
	BaseV3   string   `xml:"BaseScoreV3"`
	Vector   string   `xml:"Vector"`
	VectorV2 string   `xml:"VectorV2"`
	VectorV3 string   `xml:"VectorV3"`
	Products []string `xml:"ProductID"`
}

type cvrfRemediation struct {
	Type       string   `xml:"Type,attr"`
	Text       string   `xml:"Description"`
	URL        string   `xml:"URL"`
	Products   []string `xml:"ProductID"`
	Groups     []string `xml:"GroupID"`
	SubType    string   `xml:"SubType"`    // Microsoft's
	FixedBuild string   `xml:"FixedBuild"` // Microsoft's
}

// ParseCVRF reads one CVRF document (1.1 or 1.2) into one advisory, as ParseCSAF
// does the same content in CSAF.
func ParseCVRF(r io.Reader, doc feeds.Meta) ([]advisory.Advisory, []error) {
	name := cmp.Or(doc.Entry.ID, "cvrf")
	body, err := readAll(r, maxCSAFBytes)
	if err != nil {
		return refuse(name, err)
	}
	d, err := decodeCVRF(body)
	if err != nil {
		return refuse(name, fmt.Errorf("%s: %w", cmp.Or(doc.URL, "document"), err))
	}
	made := d.csaf()
	tree, flaws := newProducts(&made.ProductTree)
	tree.maker = made.maker()
	a := made.advisory(name, tree, doc)
	fileUnder(&a, doc.Entry)
	return []advisory.Advisory{a}, made.flawed(flaws)
}

func decodeCVRF(body []byte) (*cvrfDocument, error) {
	dec := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, utf8BOM)))
	dec.CharsetReader = charset.NewReaderLabel
	var root struct {
		XMLName xml.Name
		cvrfDocument
	}
	if err := dec.Decode(&root); err != nil {
		return nil, err
	}
	if root.XMLName.Local != "cvrfdoc" {
		return nil, fmt.Errorf("root element %.40q: not a CVRF document", root.XMLName.Local)
	}
	return &root.cvrfDocument, root.complete()
}

func (d *cvrfDocument) complete() error {
	switch {
	case strings.TrimSpace(d.Tracking.ID) == "":
		return errors.New("no document id")
	case strings.TrimSpace(d.Title) == "":
		return errors.New("no title")
	}
	return nil
}

// word gives CVRF's words in CSAF's form: "Known Not Affected" is
// known_not_affected.
func word(s string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(s)), " ", "_")
}

// csaf gives the document in CSAF's form.
func (d *cvrfDocument) csaf() *csafDocument {
	var out csafDocument
	head := &out.Document
	head.Title, head.Category = strings.TrimSpace(d.Title), d.Type
	head.Publisher.Category = word(d.Publisher.Type)
	head.AggregateSeverity.Text = d.Severity
	head.Notes = cvrfNotes(d.Notes)
	head.References = cvrfReferences(d.References)
	head.Distribution.TLP.Label = distributionLabel(d.Distribution)
	t := &head.Tracking
	t.ID, t.Aliases, t.Status, t.Version = strings.TrimSpace(d.Tracking.ID), d.Tracking.Aliases, word(d.Tracking.Status), d.Tracking.Version
	t.InitialReleaseDate, t.CurrentReleaseDate = d.Tracking.Initial, d.Tracking.Current
	for _, r := range d.Tracking.History {
		t.RevisionHistory = append(t.RevisionHistory, csafRevision{Date: r.Date, Number: r.Number, Summary: strings.TrimSpace(r.Text)})
	}
	out.ProductTree = d.tree()
	for i := range d.Vulnerabilities {
		out.Vulnerabilities = append(out.Vulnerabilities, d.Vulnerabilities[i].csaf())
	}
	return &out
}

// distributionLabel finds a TLP label in the words on distribution.
func distributionLabel(text string) string {
	for word := range strings.FieldsSeq(strings.ToUpper(text)) {
		if label, ok := strings.CutPrefix(word, "TLP:"); ok {
			return strings.Trim(label, ".,;)")
		}
	}
	return ""
}

func cvrfNotes(list []cvrfNote) []csafNote {
	var out []csafNote
	for _, n := range list {
		out = append(out, csafNote{Category: word(n.Type), Title: n.Title, Text: strings.TrimSpace(n.Text)})
	}
	return out
}

func cvrfReferences(list []cvrfReference) []csafReference {
	var out []csafReference
	for _, r := range list {
		out = append(out, csafReference{Category: word(r.Type), URL: strings.TrimSpace(r.URL)})
	}
	return out
}

// tree gives the product tree. Microsoft lists all products a second time, flat:
// what a branch has is not repeated.
func (d *cvrfDocument) tree() csafTree {
	var t csafTree
	seen := map[string]bool{}
	for _, b := range d.Tree.Branches {
		t.Branches = append(t.Branches, b.csaf(seen, 0))
	}
	for _, n := range d.Tree.Names {
		if !seen[n.ID] {
			t.FullProductNames = append(t.FullProductNames, n.csaf())
		}
	}
	for _, r := range d.Tree.Relationships {
		t.Relationships = append(t.Relationships, csafRelationship{
			Category: word(r.Type), Product: r.Name.csaf(), Reference: r.Reference, RelatesTo: r.RelatesTo,
		})
	}
	for _, g := range d.Tree.Groups {
		t.Groups = append(t.Groups, csafGroup{ID: g.ID, Products: g.Products})
	}
	return t
}

func (n cvrfName) csaf() csafProductName {
	return csafProductName{ID: n.ID, Name: strings.TrimSpace(n.Name), Helper: csafHelper{CPE: n.CPE}}
}

// csaf gives the branch; several names in one branch become branches of it.
func (b cvrfBranch) csaf(seen map[string]bool, depth int) csafBranch {
	out := csafBranch{Category: word(b.Type), Name: b.Name}
	if depth > maxBranchDepth {
		return out
	}
	for _, n := range b.Names {
		seen[n.ID] = true
		name := n.csaf()
		if len(b.Names) == 1 && out.Category != "product_family" {
			out.Product = &name
			continue
		}
		out.Branches = append(out.Branches, csafBranch{Category: "product_name", Name: name.Name, Product: &name})
	}
	for _, child := range b.Branches {
		out.Branches = append(out.Branches, child.csaf(seen, depth+1))
	}
	return out
}

func (v *cvrfVulnerability) csaf() csafVulnerability {
	out := csafVulnerability{
		CVE: strings.TrimSpace(v.CVE), Title: strings.TrimSpace(v.Title),
		Notes: cvrfNotes(v.Notes), References: cvrfReferences(v.References), Status: map[string][]string{},
	}
	if id := strings.TrimSpace(v.ID.Text); id != "" {
		out.IDs = []csafID{{System: v.ID.System, Text: id}}
	}
	for _, s := range v.Status {
		out.Status[word(s.Type)] = append(out.Status[word(s.Type)], s.Products...)
	}
	for _, t := range v.Threats {
		out.Threats = append(out.Threats, csafThreat{
			csafScope: csafScope{t.Products, t.Groups}, Category: word(t.Type), Details: strings.Join(strings.Fields(t.Text), " "),
		})
	}
	for _, r := range v.Remediations {
		out.Remediations = append(out.Remediations, csafRemediation{
			csafScope: csafScope{r.Products, r.Groups}, Category: word(r.Type), Details: strings.TrimSpace(r.Text), URL: r.URL,
		})
	}
	for _, list := range [][]cvrfScore{v.Scores, v.ScoresV2, v.ScoresV3} {
		for _, s := range list {
			out.Scores = append(out.Scores, s.csaf())
		}
	}
	return out
}

func (s cvrfScore) csaf() csafScore {
	c := &csafCVSS{Vector: strings.TrimSpace(cmp.Or(s.Vector, s.VectorV3, s.VectorV2))}
	// A score that is no number is none.
	c.Score, _ = strconv.ParseFloat(strings.TrimSpace(cmp.Or(s.Base, s.BaseV3, s.BaseV2)), 64)
	out := csafScore{Products: s.Products}
	if s.BaseV3 != "" || strings.HasPrefix(c.Vector, "CVSS:3") {
		out.CVSS3 = c
	} else {
		out.CVSS2 = c
	}
	return out
}
