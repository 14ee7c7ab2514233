package version

import (
	"regexp"
	"strings"
)

// Scheme names the rules by which versions are ordered. The values are those of
// the VERS registry where it has one ("deb", "maven"), else our own. A Scheme
// is the [Comparer] of its versions.
type Scheme string

// The schemes.
const (
	Generic    Scheme = "generic" // dotted numbers with suffixes
	SemVer     Scheme = "semver"
	NPM        Scheme = "npm"
	Golang     Scheme = "golang"
	Cargo      Scheme = "cargo"
	NuGet      Scheme = "nuget" // semver of up to four parts
	Maven      Scheme = "maven"
	Deb        Scheme = "deb"
	RPM        Scheme = "rpm"
	PEP440     Scheme = "pypi"
	Gem        Scheme = "gem"
	Windows    Scheme = "windows"
	CiscoIOS   Scheme = "cisco-ios"   // 15.2(7)E3
	CiscoIOSXE Scheme = "cisco-iosxe" // 17.3.4a
	CiscoASA   Scheme = "cisco-asa"   // 9.16(3)14; also NX-OS
	Fortinet   Scheme = "fortinet"    // 7.0.15
	PaloAlto   Scheme = "paloalto"    // 10.2.4-h2
)

// purlSchemes says by which rules each purl type's versions are ordered.
var purlSchemes = map[string]Scheme{
	"npm": NPM, "golang": Golang, "cargo": Cargo, "nuget": NuGet, "maven": Maven, "deb": Deb, "rpm": RPM,
	"pypi": PEP440, "gem": Gem, "hex": SemVer, "pub": SemVer, "swift": SemVer, "semver": SemVer,
	"composer": Generic, "generic": Generic, "github": Generic, "intdot": Generic,
}

var ciscoLook = regexp.MustCompile(`^\d+\.\d+\(\d+[a-z]*(\.\d+)?\)`)

// For finds the scheme of a product's versions: from the purl type, else from
// the vendor and product (CPE words or names), else from the look of an
// example version. Any of them may be empty; what says nothing is Generic.
func For(purlType, vendor, product, example string) Scheme {
	if s, ok := purlSchemes[strings.ToLower(purlType)]; ok {
		return s
	}
	v := strings.ToLower(vendor)
	p := strings.NewReplacer("_", " ", "-", " ").Replace(strings.ToLower(product))
	switch {
	case strings.Contains(v, "cisco"):
		return ciscoScheme(p, example)
	case strings.Contains(v, "fortinet") || strings.HasPrefix(p, "forti"):
		return Fortinet
	case strings.Contains(strings.ReplaceAll(v, " ", ""), "paloalto") || strings.Contains(p, "pan os"):
		return PaloAlto
	case strings.HasPrefix(p, "windows"):
		return Windows
	case ciscoLook.MatchString(strings.ToLower(example)):
		return CiscoIOS
	}
	return Generic
}

// ciscoScheme tells Cisco's systems apart. Its other products count in dotted
// numbers.
func ciscoScheme(product, example string) Scheme {
	switch {
	case strings.Contains(product, "ios xe"):
		return CiscoIOSXE
	case strings.Contains(product, "adaptive security"), strings.HasPrefix(product, "asa"), strings.Contains(product, "nx os"):
		return CiscoASA
	case product == "ios" || strings.Contains(product, "ios software") || strings.HasSuffix(product, " ios"):
		return CiscoIOS
	case ciscoLook.MatchString(strings.ToLower(example)):
		return CiscoIOS
	}
	return Generic
}
