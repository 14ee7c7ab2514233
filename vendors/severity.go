package vendors

import (
	"strings"

	"hansho/advisory"
)

// metric is one CVSS statement of a document.
type metric struct {
	vector string
	score  float64 // base score as published; 0 where only the vector is given
}

// severity joins the statements of a document. A published score counts as it
// stands, a vector without one is computed.
func severity(metrics []metric) advisory.Severity {
	all := make([]advisory.Severity, 0, len(metrics))
	for _, m := range metrics {
		if m.score == 0 && m.vector != "" {
			all = append(all, advisory.SeverityFromVectors(m.vector))
			continue
		}
		s := advisory.Severity{}.WithScore(cvssVersion(m.vector), m.score)
		if m.vector != "" {
			s.Vectors = []string{m.vector}
		}
		all = append(all, s)
	}
	return advisory.MaxSeverity(all...)
}

// cvssVersion is the version that a vector names; vectors of 2.0 name none.
func cvssVersion(vector string) string {
	name, ok := strings.CutPrefix(vector, "CVSS:")
	if !ok && vector != "" {
		return "2.0"
	}
	version, _, _ := strings.Cut(name, "/")
	return version
}
