package vendors

// csafSSVC is a decision by SSVC, a list of selections of its version 2 (2.1).
type csafSSVC struct {
	Timestamp     string   `json:"timestamp"`
	SchemaVersion string   `json:"schemaVersion"`
	Targets       []string `json:"target_ids"`
	Selections    []struct {
		Namespace string `json:"namespace"`
		Key       string `json:"key"`
		Version   string `json:"version"`
		Values    []struct {
			Key string `json:"key"`
		} `json:"values"`
	} `json:"selections"`
}

// metrics runs the tests of 2.1 on decisions by SSVC (6.1.46, 6.1.47) and on
// severities in words (6.1.56).
func (c *checker) metrics(v *csafVulnerability) {
	known := map[string]bool{v.CVE: true}
	for _, id := range v.IDs {
		known[id.Text] = true
	}
	for _, m := range v.Metrics {
		if ssvc := m.Content.SSVC; ssvc != nil {
			if missing := ssvc.missing(); missing != "" {
				c.flaw("6.1.46", "SSVC without its %s", missing)
			}
			c.targets(v, ssvc, known)
		}
	}
	c.qualitative(v)
}

// missing names the first of what the schema of SSVC demands that isn't there.
func (s *csafSSVC) missing() string {
	switch {
	case s.Timestamp == "":
		return "timestamp"
	case s.SchemaVersion != "2.0.0":
		return "schemaVersion 2.0.0"
	case len(s.Selections) == 0:
		return "selections"
	}
	for _, selected := range s.Selections {
		switch {
		case selected.Namespace == "":
			return "namespace"
		case selected.Key == "":
			return "key"
		case selected.Version == "":
			return "version"
		case len(selected.Values) == 0:
			return "values"
		}
		for _, value := range selected.Values {
			if value.Key == "" {
				return "value's key"
			}
		}
	}
	return ""
}

// targets finds decisions on something else than their vulnerability, of known ids. The
// document's own id is a vulnerability's where there is no other.
func (c *checker) targets(v *csafVulnerability, s *csafSSVC, known map[string]bool) {
	for _, id := range s.Targets {
		if !known[id] || id == c.d.Document.Tracking.ID && len(c.d.Vulnerabilities) > 1 {
			c.flaw("6.1.47", "%s has SSVC of %q", v.name(), id)
		}
	}
}

// qualitative finds products that one source gives both CVSS and a severity in words.
func (c *checker) qualitative(v *csafVulnerability) {
	type rated struct{ product, source string }
	scored := map[rated]bool{}
	for _, s := range v.scores() {
		for _, id := range s.Products {
			if len(s.all()) > 0 {
				scored[rated{id, s.source}] = true
			}
		}
	}
	for _, s := range v.scores() {
		for _, id := range s.Products {
			if s.Qualitative != "" && scored[rated{id, s.source}] {
				c.flaw("6.1.56", "product %q has CVSS, and is rated %q beside it", id, s.Qualitative)
			}
		}
	}
}
