package inventory

import (
	"encoding/json"
)

// trivyReport is what Trivy's JSON says of packages; the list of all needs
// --list-all-pkgs, otherwise only those with findings are there.
type trivyReport struct {
	ArtifactName string
	Results      []struct {
		Packages []struct {
			Name, Version string
			Identifier    trivyIdentifier
		}
		Vulnerabilities []struct {
			PkgName, InstalledVersion string
			PkgIdentifier             trivyIdentifier
		}
	}
}

type trivyIdentifier struct{ PURL string }

func looksTrivy(d *doc) bool { return d.json["ArtifactName"] != nil }

func readTrivy(d *doc) {
	var report trivyReport
	if err := json.Unmarshal([]byte(d.text), &report); err != nil {
		d.unreadable(err)
		return
	}
	var parts []Item
	for _, r := range report.Results {
		for _, p := range r.Packages {
			parts = append(parts, Item{Product: tidy(p.Name), Version: tidy(p.Version), PURL: p.Identifier.PURL, Kind: KindLibrary})
		}
		for _, v := range r.Vulnerabilities {
			parts = append(parts, Item{Product: tidy(v.PkgName), Version: tidy(v.InstalledVersion), PURL: v.PkgIdentifier.PURL, Kind: KindLibrary})
		}
	}
	d.sbom(Item{Name: tidy(report.ArtifactName)}, parts)
}

// syftReport is what Syft's own JSON says of packages.
type syftReport struct {
	Artifacts []struct {
		Name, Version, PURL string
	}
	Source struct {
		Name    string
		Version string
		Target  json.RawMessage // an object, or in old reports of folders a text
	}
}

func looksSyft(d *doc) bool { return d.json["artifacts"] != nil && d.json["source"] != nil }

// readSyft takes the purls only: the CPE names in a Syft report are guesses, ten
// to a package.
func readSyft(d *doc) {
	var report syftReport
	if err := json.Unmarshal([]byte(d.text), &report); err != nil {
		d.unreadable(err)
		return
	}
	var parts []Item
	for _, a := range report.Artifacts {
		parts = append(parts, Item{Product: tidy(a.Name), Version: tidy(a.Version), PURL: a.PURL, Kind: KindLibrary})
	}
	d.sbom(Item{Name: syftSubject(report), Version: tidy(report.Source.Version)}, parts)
}

func syftSubject(report syftReport) string {
	if report.Source.Name != "" {
		return tidy(report.Source.Name)
	}
	var target struct{ UserInput string }
	var path string
	if json.Unmarshal(report.Source.Target, &target) == nil && target.UserInput != "" {
		return tidy(target.UserInput)
	}
	_ = json.Unmarshal(report.Source.Target, &path) // a text or nothing
	return tidy(path)
}
