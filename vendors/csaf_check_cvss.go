package vendors

import (
	"cmp"
	"strings"

	"hansho/advisory"
)

// cvssSpecials are the codes of values that aren't made by the rule of their
// version, see cvssCode.
var cvssSpecials = map[string]string{
	"UNCONFIRMED": "UC", "UNCORROBORATED": "UR", "ADJACENT_NETWORK": "A",
	"CLEAR": "Clear", "GREEN": "Green", "AMBER": "Amber", "RED": "Red",
}

// cvssCode gives the code of a property's value in a vector: its initial, or in
// CVSS 2.0 the initials of all its words, PROOF_OF_CONCEPT and LOW_MEDIUM.
func cvssCode(version, value string) string {
	v2 := version == "2.0"
	switch special, ok := cvssSpecials[value]; {
	case ok && (len(special) != 2 || v2):
		return special
	case value == "NOT_DEFINED" && !v2:
		return "X"
	case !v2:
		return value[:1]
	}
	code := ""
	for _, word := range strings.Split(value, "_") {
		code += word[:min(1, len(word))]
	}
	return code
}

// cvssMetrics are the metrics that CVSS properties stand for. Where a name means
// another metric in one version, the version is before it.
var cvssMetrics = map[string]string{
	"attackVector": "AV", "attackComplexity": "AC", "privilegesRequired": "PR", "userInteraction": "UI", "scope": "S",
	"confidentialityImpact": "C", "integrityImpact": "I", "availabilityImpact": "A",
	"exploitCodeMaturity": "E", "remediationLevel": "RL", "reportConfidence": "RC",
	"confidentialityRequirement": "CR", "integrityRequirement": "IR", "availabilityRequirement": "AR",
	"modifiedAttackVector": "MAV", "modifiedAttackComplexity": "MAC", "modifiedPrivilegesRequired": "MPR",
	"modifiedUserInteraction": "MUI", "modifiedScope": "MS",
	"modifiedConfidentialityImpact": "MC", "modifiedIntegrityImpact": "MI", "modifiedAvailabilityImpact": "MA",

	"accessVector": "AV", "accessComplexity": "AC", "authentication": "Au", "exploitability": "E",
	"collateralDamagePotential": "CDP", "targetDistribution": "TD",

	"attackRequirements": "AT", "exploitMaturity": "E",
	"vulnConfidentialityImpact": "VC", "vulnIntegrityImpact": "VI", "vulnAvailabilityImpact": "VA",
	"subConfidentialityImpact": "SC", "subIntegrityImpact": "SI", "subAvailabilityImpact": "SA",
	"modifiedAttackRequirements":        "MAT",
	"modifiedVulnConfidentialityImpact": "MVC", "modifiedVulnIntegrityImpact": "MVI", "modifiedVulnAvailabilityImpact": "MVA",
	"modifiedSubConfidentialityImpact": "MSC", "modifiedSubIntegrityImpact": "MSI", "modifiedSubAvailabilityImpact": "MSA",
	"Safety": "S", "Automatable": "AU", "Recovery": "R", "valueDensity": "V",
	"vulnerabilityResponseEffort": "RE", "providerUrgency": "U",
}

// properties compares what is said beside a vector with the vector (6.1.10). A
// property whose metric the vector leaves out must be undefined.
func (c *checker) properties(cvss *csafCVSS) {
	version := cmp.Or(cvss.Version, cvssVersion(cvss.Vector))
	vector := map[string]string{}
	for _, metric := range strings.Split(cvss.Vector, "/") {
		name, code, _ := strings.Cut(metric, ":")
		vector[name] = code
	}
	for _, property := range sortedKeys(cvss.properties) {
		value, metric := cvss.properties[property], cvssMetrics[property]
		if metric == "" || value == "" {
			continue
		}
		want := cvssCode(version, value)
		if have, ok := vector[metric]; have != want && (ok || value != "NOT_DEFINED") {
			c.flaw("6.1.10", "%s is %s, but the vector is %s", property, value, cvss.Vector)
		}
	}
}

// complete demands what the schema of a score does, where no schema of the
// document's version is at hand (6.1.8). That of CVSS 4.0 has lost the scores that
// its drafts took over from 3.1 (cvss-v4.0.1.json).
func (c *checker) complete(cvss *csafCVSS) {
	if c.d.Document.Version == "2.0" {
		return // the schema's
	}
	if cvssVersion(cvss.Vector) == "4.0" && (cvss.Threat != nil || cvss.Environmental != nil || cvss.properties["threatSeverity"] != "" || cvss.properties["environmentalSeverity"] != "") {
		c.flaw("6.1.8", "CVSS 4.0 with a threat or environmental score: it has one score only")
	}
	missing := ""
	switch v2 := cvssVersion(cvss.Vector) == "2.0"; {
	case cvss.Version == "":
		missing = "version"
	case cvss.Vector == "":
		missing = "vectorString"
	case cvss.properties["baseSeverity"] == "" && !v2:
		missing = "baseSeverity"
	}
	if missing != "" {
		c.flaw("6.1.8", "a CVSS score without its %s", missing)
	}
}

// scoreOf reads a vector. One of CVSS 2.0 may give some temporal metrics only:
// its base score is that of the base metrics.
func scoreOf(vector string) (advisory.Score, error) {
	score, err := advisory.ParseVector(vector)
	const base = 6
	if metrics := strings.Split(vector, "/"); err != nil && cvssVersion(vector) == "2.0" && len(metrics) > base {
		if short, shortErr := advisory.ParseVector(strings.Join(metrics[:base], "/")); shortErr == nil {
			return short, nil
		}
	}
	return score, err
}
