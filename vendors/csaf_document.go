package vendors

import (
	"encoding/json"
	"strings"
)

// csafDocument is what hansho reads of a CSAF document, 2.0 and 2.1 alike. The
// library's own types refuse valid documents with product groups, group ids or
// file hashes and all of 2.1; its schema check is used, see csafSchema.
type csafDocument struct {
	Document        csafHead            `json:"document"`
	ProductTree     csafTree            `json:"product_tree"`
	Vulnerabilities []csafVulnerability `json:"vulnerabilities"`
	Extensions      json.RawMessage     `json:"x_extensions"` // 2.1
}

type csafHead struct {
	Category     string `json:"category"`
	Version      string `json:"csaf_version"`
	Lang         string `json:"lang"`
	SourceLang   string `json:"source_lang"`
	Title        string `json:"title"`
	Distribution struct {
		TLP struct {
			Label string `json:"label"`
		} `json:"tlp"`
		Sharing *csafSharing `json:"sharing_group"` // 2.1
	} `json:"distribution"`
	License           string `json:"license_expression"` // 2.1
	AggregateSeverity struct {
		Text string `json:"text"`
	} `json:"aggregate_severity"`
	Publisher struct {
		Category  string `json:"category"`
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
	} `json:"publisher"`
	Notes      []csafNote      `json:"notes"`
	References []csafReference `json:"references"`
	Tracking   csafTracking    `json:"tracking"`
	Extensions json.RawMessage `json:"x_extensions"` // 2.1
}

// english says that a document is in English, as one is that names no language.
func (h *csafHead) english() bool {
	base, _, _ := strings.Cut(h.Lang, "-")
	return base == "" || strings.EqualFold(base, "en")
}

type csafTracking struct {
	ID                 string         `json:"id"`
	Aliases            []string       `json:"aliases"`
	Status             string         `json:"status"`
	Version            string         `json:"version"`
	InitialReleaseDate string         `json:"initial_release_date"`
	CurrentReleaseDate string         `json:"current_release_date"`
	RevisionHistory    []csafRevision `json:"revision_history"`
	Generator          struct {
		Date string `json:"date"`
	} `json:"generator"`
}

type csafRevision struct {
	Date    string `json:"date"`
	Number  string `json:"number"`
	Summary string `json:"summary"`
}

type csafNote struct {
	csafScope        // 2.1
	Category  string `json:"category"`
	Title     string `json:"title"`
	Text      string `json:"text"`
}

type csafReference struct {
	Category string `json:"category"`
	Summary  string `json:"summary"`
	URL      string `json:"url"`
}

type csafTree struct {
	Branches         []csafBranch       `json:"branches"`
	FullProductNames []csafProductName  `json:"full_product_names"`
	Groups           []csafGroup        `json:"product_groups"`
	Relationships    []csafRelationship `json:"relationships"`
	Paths            []csafPath         `json:"product_paths"` // 2.1's relationships
}

// csafPath is a product made of one and what it is in or on, step by step.
type csafPath struct {
	Beginning string          `json:"beginning_product_reference"`
	Product   csafProductName `json:"full_product_name"`
	Steps     []struct {
		Category string `json:"category"`
		Next     string `json:"next_product_reference"`
	} `json:"subpaths"`
}

// relationships are the relationships of 2.0 and the first steps of 2.1's paths
// in one form.
func (t *csafTree) relationships() []csafRelationship {
	all := t.Relationships
	for _, p := range t.Paths {
		if len(p.Steps) > 0 {
			all = append(all, csafRelationship{Category: p.Steps[0].Category, Product: p.Product, Reference: p.Beginning, RelatesTo: p.Steps[0].Next})
		}
	}
	return all
}

// each calls do with every product that the tree defines, in branches or not.
func (t *csafTree) each(do func(*csafProductName)) {
	for i := range t.Branches {
		t.Branches[i].each(do, 0)
	}
	for i := range t.FullProductNames {
		do(&t.FullProductNames[i])
	}
	for i := range t.Relationships {
		do(&t.Relationships[i].Product)
	}
	for i := range t.Paths {
		do(&t.Paths[i].Product)
	}
}

func (b *csafBranch) each(do func(*csafProductName), depth int) {
	if depth > maxBranchDepth {
		return
	}
	if b.Product != nil {
		do(b.Product)
	}
	for i := range b.Branches {
		b.Branches[i].each(do, depth+1)
	}
}

type csafBranch struct {
	Category string           `json:"category"`
	Name     string           `json:"name"`
	Product  *csafProductName `json:"product"`
	Branches []csafBranch     `json:"branches"`
}

type csafProductName struct {
	Name       string          `json:"name"`
	ID         string          `json:"product_id"`
	Helper     csafHelper      `json:"product_identification_helper"`
	Extensions json.RawMessage `json:"x_extensions"` // 2.1
}

type csafHelper struct {
	CPE          string   `json:"cpe"`
	PURL         string   `json:"purl"`
	PURLs        []string `json:"purls"` // 2.1
	ModelNumbers []string `json:"model_numbers"`

	SerialNumbers []string `json:"serial_numbers"`
	SKUs          []string `json:"skus"`

	Hashes []struct {
		Filename   string `json:"filename"`
		FileHashes []struct {
			Algorithm string `json:"algorithm"`
		} `json:"file_hashes"`
	} `json:"hashes"`
}

type csafGroup struct {
	ID       string   `json:"group_id"`
	Products []string `json:"product_ids"`
}

type csafRelationship struct {
	Category  string          `json:"category"`
	Product   csafProductName `json:"full_product_name"`
	Reference string          `json:"product_reference"`
	RelatesTo string          `json:"relates_to_product_reference"`
}

type csafVulnerability struct {
	CVE          string              `json:"cve"`
	Title        string              `json:"title"`
	CWE          csafWeakness        `json:"cwe"`  // 2.0
	CWEs         []csafWeakness      `json:"cwes"` // 2.1
	IDs          []csafID            `json:"ids"`
	Notes        []csafNote          `json:"notes"`
	Status       map[string][]string `json:"product_status"`
	Remediations []csafRemediation   `json:"remediations"`
	Scores       []csafScore         `json:"scores"`
	Metrics      []csafMetric        `json:"metrics"` // 2.1
	Threats      []csafThreat        `json:"threats"`
	Flags        []csafFlag          `json:"flags"`
	References   []csafReference     `json:"references"`
	Involvements []csafInvolvement   `json:"involvements"`
	Exploitation []csafExploitation  `json:"first_known_exploitation_dates"` // 2.1
	Disclosed    string              `json:"disclosure_date"`                // 2.1
	Discovered   string              `json:"discovery_date"`
	Extensions   json.RawMessage     `json:"x_extensions"` // 2.1
}

// csafExploitation is an attack, and since when it has been known.
type csafExploitation struct {
	Known     string `json:"date"`
	Exploited string `json:"exploitation_date"`
}

type csafID struct {
	csafScope        // 2.1
	System    string `json:"system_name"`
	Text      string `json:"text"`
}

// csafScope names the products that a statement is about.
type csafScope struct {
	Products []string `json:"product_ids"`
	Groups   []string `json:"group_ids"`
}

type csafRemediation struct {
	csafScope
	Category string `json:"category"`
	Details  string `json:"details"`
	URL      string `json:"url"`
	Date     string `json:"date"`
}

type csafThreat struct {
	csafScope
	Category string `json:"category"`
	Details  string `json:"details"`
	Date     string `json:"date"`
}

type csafFlag struct {
	csafScope
	Label string `json:"label"`
	Date  string `json:"date"`
}

type csafInvolvement struct {
	Party string `json:"party"`
	Date  string `json:"date"`
}

type csafScore struct {
	CVSS2    *csafCVSS `json:"cvss_v2"`
	CVSS3    *csafCVSS `json:"cvss_v3"`
	CVSS4    *csafCVSS `json:"cvss_v4"`
	SSVC     *csafSSVC `json:"ssvc_v2"` // 2.1
	EPSS     csafStamp `json:"epss"`    // 2.1
	Products []string  `json:"products"`

	Qualitative string          `json:"qualitative_severity_rating"` // 2.1
	Extensions  json.RawMessage `json:"x_extensions"`                // 2.1

	source string // who scored, in 2.1; empty is the document's own
}

// csafStamp is when something was said.
type csafStamp struct {
	Timestamp string `json:"timestamp"`
}

type csafMetric struct {
	Content  csafScore `json:"content"`
	Source   string    `json:"source"`
	Products []string  `json:"products"`
}

type csafCVSS struct {
	Version string  `json:"version"`
	Vector  string  `json:"vectorString"`
	Score   float64 `json:"baseScore"`

	Threat        *float64 `json:"threatScore"`
	Environmental *float64 `json:"environmentalScore"`

	properties map[string]string // what is said in words, such as attackVector
}

// UnmarshalJSON keeps all that is said in words beside what is read.
func (c *csafCVSS) UnmarshalJSON(data []byte) error {
	type plain csafCVSS
	if _, err := decode(data, (*plain)(c)); err != nil {
		return err
	}
	var all map[string]any
	if _, err := decode(data, &all); err != nil {
		return err
	}
	c.properties = make(map[string]string, len(all))
	for name, value := range all {
		if words, ok := value.(string); ok {
			c.properties[name] = words
		}
	}
	return nil
}

// scores are the scores of 2.0 and the metrics of 2.1 in one form.
func (v *csafVulnerability) scores() []csafScore {
	all := v.Scores
	for _, m := range v.Metrics {
		m.Content.Products, m.Content.source = m.Products, m.Source
		all = append(all, m.Content)
	}
	return all
}

func (s csafScore) all() []*csafCVSS {
	var list []*csafCVSS
	for _, c := range []*csafCVSS{s.CVSS4, s.CVSS3, s.CVSS2} {
		if c != nil {
			list = append(list, c)
		}
	}
	return list
}
