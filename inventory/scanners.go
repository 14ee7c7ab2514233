package inventory

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/package-url/packageurl-go"
)

// trivyReport is what Trivy's JSON says of packages; the list of all needs
// --list-all-pkgs, otherwise only those with findings are there.
type trivyReport struct {
	ArtifactName string
	Results      []struct {
		Type     string
		Packages []struct {
			Name, Version, Release string
			Epoch                  int
			Identifier             trivyIdentifier
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
			parts = append(parts, Item{Product: tidy(p.Name), Version: packageVersion(p.Epoch, tidy(p.Version), tidy(p.Release)), PURL: trivyPURL(r.Type, p.Name, p.Version, p.Identifier), Kind: KindLibrary})
		}
		if len(r.Packages) > 0 {
			continue // the list of all has those with findings too
		}
		for _, v := range r.Vulnerabilities {
			parts = append(parts, Item{Product: tidy(v.PkgName), Version: tidy(v.InstalledVersion), PURL: trivyPURL(r.Type, v.PkgName, v.InstalledVersion, v.PkgIdentifier), Kind: KindLibrary})
		}
	}
	d.sbom(Item{Name: tidy(report.ArtifactName)}, parts)
}

// trivyTypes are the kinds of result whose names and versions make a purl by
// themselves; a distribution's package would need its release too.
var trivyTypes = map[string]string{
	"jar": packageurl.TypeMaven, "pom": packageurl.TypeMaven, "gradle": packageurl.TypeMaven, "sbt": packageurl.TypeMaven,
	"npm": packageurl.TypeNPM, "node-pkg": packageurl.TypeNPM, "yarn": packageurl.TypeNPM, "pnpm": packageurl.TypeNPM,
	"pip": packageurl.TypePyPi, "pipenv": packageurl.TypePyPi, "poetry": packageurl.TypePyPi, "python-pkg": packageurl.TypePyPi,
	"gomod": packageurl.TypeGolang, "gobinary": packageurl.TypeGolang,
	"bundler": packageurl.TypeGem, "gemspec": packageurl.TypeGem,
	"cargo": packageurl.TypeCargo, "rustbinary": packageurl.TypeCargo,
	"composer": packageurl.TypeComposer, "composer-vendor": packageurl.TypeComposer,
	"nuget": packageurl.TypeNuget, "dotnet-core": packageurl.TypeNuget,
}

// trivyPURL is the package's purl, made of its name where an older Trivy gives
// none. Maven's names are group:artifact, the others' namespaces end in a slash.
func trivyPURL(resultType, name, version string, id trivyIdentifier) string {
	kind := trivyTypes[resultType]
	if id.PURL != "" || kind == "" || name == "" {
		return id.PURL
	}
	parted := "/"
	if kind == packageurl.TypeMaven {
		parted = ":"
	}
	namespace, short := "", name
	if i := strings.LastIndex(name, parted); i > 0 {
		namespace, short = name[:i], name[i+1:]
	}
	return packageurl.NewPackageURL(kind, namespace, short, version, nil, "").ToString()
}

// packageVersion joins the parts of a distribution's version: 1:1.2.13-1.
func packageVersion(epoch int, version, release string) string {
	if release != "" {
		version += "-" + release
	}
	if epoch > 0 {
		version = strconv.Itoa(epoch) + ":" + version
	}
	return version
}

// syftReport is what Syft's own JSON says of packages.
type syftReport struct {
	Artifacts []struct {
		Name, Version, PURL string
		CPEs                []json.RawMessage // objects, or in old reports texts
	}
	Source struct {
		Name    string
		Version string
		Target  json.RawMessage // an object, or in old reports of folders a text
	}
}

func looksSyft(d *doc) bool { return d.json["artifacts"] != nil && d.json["source"] != nil }

// readSyft takes the purls, and of the CPE names those from NVD's dictionary: the
// others are guesses, ten to a package.
func readSyft(d *doc) {
	var report syftReport
	if err := json.Unmarshal([]byte(d.text), &report); err != nil {
		d.unreadable(err)
		return
	}
	var parts []Item
	for _, a := range report.Artifacts {
		parts = append(parts, Item{Product: tidy(a.Name), Version: tidy(a.Version), PURL: a.PURL, CPE: knownCPE(a.CPEs), Kind: KindLibrary})
	}
	version := tidy(report.Source.Version)
	if strings.HasPrefix(version, "sha256:") { // of an image, Syft gives the digest
		version = ""
	}
	d.sbom(Item{Name: syftSubject(report), Version: version}, parts)
}

// knownCPE is the first of the CPE names that stands in NVD's dictionary.
func knownCPE(cpes []json.RawMessage) string {
	for _, raw := range cpes {
		var c struct{ CPE, Source string }
		if json.Unmarshal(raw, &c) == nil && c.Source == "nvd-cpe-dictionary" {
			return c.CPE
		}
	}
	return ""
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
