package inventory

import (
	"regexp"
	"strings"

	"github.com/package-url/packageurl-go"
)

// listing is a form in which package managers print what is installed: one line
// a package.
type listing struct {
	form    *regexp.Regexp // with groups name, version and perhaps arch
	purl    string
	distros []distro // by which a version shows its distribution; the last is the default
}

type distro struct{ mark, namespace string }

var (
	debDistros = []distro{{"ubuntu", "ubuntu"}, {"", "debian"}}
	rpmDistros = []distro{{".fc", "fedora"}, {".amzn", "amzn"}, {"suse", "suse"}, {".oe", "openeuler"}, {"", "redhat"}}
)

const rpmArch = `(?P<arch>x86_64|noarch|i[3-6]86|aarch64|ppc64le|ppc64|s390x|armv7hl|src|\(none\))`

// listings are the forms, the most telling first.
var listings = []listing{
	// dpkg -l: ii  openssl  1.1.1n-0+deb11u1  amd64  Secure Sockets Layer toolkit
	{regexp.MustCompile(`^[uihrp][iUFHWt][R ]? +(?P<name>[a-z0-9][a-z0-9+.\-]*)(?::[a-z0-9\-]+)? +(?P<version>\d\S*)(?: +(?P<arch>[a-z0-9\-]+))?(?: +.*)?$`), packageurl.TypeDebian, debDistros},
	// apt list --installed: openssl/stable,now 1.1.1n-0+deb11u1 amd64 [installed]
	{regexp.MustCompile(`^(?P<name>[a-z0-9][a-z0-9+.\-]*)/\S+ (?P<version>\d\S*) (?P<arch>[a-z0-9\-]+)(?: \[.*\])?$`), packageurl.TypeDebian, debDistros},
	// rpm -qa, also with --last, and yum's way with an epoch: openssl-libs-1.1.1k-5.el8_5.x86_64
	{regexp.MustCompile(`^(?:(?P<epoch>\d+):)?(?P<name>[A-Za-z0-9][\w+.\-]*)-(?P<version>(?:\d+:)?[^\s\-]+-[^\s\-]+)\.` + rpmArch + `(?:\s.*)?$`), packageurl.TypeRPM, rpmDistros},
	// yum or dnf list installed: openssl-libs.x86_64  1:1.1.1k-5.el8_5  @baseos
	{regexp.MustCompile(`^(?P<name>[A-Za-z0-9][\w+.\-]*)\.` + rpmArch + `\s+(?P<version>(?:\d+:)?\d[^\s\-]*-\S+)(?:\s+\S+)?\s*$`), packageurl.TypeRPM, rpmDistros},
	// rpm -qa --qf with the name, version, release and architecture set apart
	{regexp.MustCompile(`^(?P<name>[A-Za-z0-9][\w+.\-]*)[\t |,;](?:(?P<epoch>\d+|\(none\))[\t |,;])?(?P<version>[^\s|,;\-]+[\t |,;\-][^\s|,;\-]*\.(?:el|fc|amzn|oe|module|suse|lp|mga)[^\s|,;]*)(?:[\t |,;]` + rpmArch + `)?$`), packageurl.TypeRPM, rpmDistros},
	// dpkg-query -W: openssl  1.1.1n-0+deb11u1
	{regexp.MustCompile(`^(?P<name>[a-z0-9][a-z0-9+.\-]+)(?::(?P<arch>[a-z0-9\-]+))?\t(?P<version>\d\S*)$`), packageurl.TypeDebian, debDistros},
}

// listingDepth is how many lines must show the form.
const listingDepth = 200

// findListing gives the form of most lines, nil where half aren't in any.
func findListing(text string) *listing {
	var best *listing
	most, total := 0, 0
	counts := make([]int, len(listings))
	for _, line := range lines(text) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if total++; total > listingDepth {
			break
		}
		for i, l := range listings {
			if l.form.MatchString(line) {
				counts[i]++
			}
		}
	}
	for i, n := range counts {
		if n > most {
			best, most = &listings[i], n
		}
	}
	if most*2 < total && !strings.Contains(text[:min(len(text), 4096)], "||/ ") {
		return nil
	}
	return best
}

func looksPackages(d *doc) bool { return findListing(d.text) != nil }

// readPackages takes each package as an item. Lines in another form are the
// headings of the listing or packages that aren't installed.
func readPackages(d *doc) {
	l := findListing(d.text)
	namespace := l.namespace(d.text)
	for i, line := range lines(d.text) {
		m := l.form.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		if d.line = i + 1; d.full() {
			return
		}
		name, version, arch := m[l.form.SubexpIndex("name")], m[l.form.SubexpIndex("version")], m[l.form.SubexpIndex("arch")]
		version = setApart.ReplaceAllString(version, "-")
		if i := l.form.SubexpIndex("epoch"); i > 0 && strings.Trim(m[i], "0") != "" && m[i] != "(none)" {
			version = m[i] + ":" + version
		}
		d.addItem(Item{Product: name, Version: version, PURL: packagePURL(l.purl, namespace, name, version, arch)})
	}
}

// setApart is what parts version and release where a query format did.
var setApart = regexp.MustCompile(`[\t |,;]`)

// namespace is the distribution that the versions show.
func (l listing) namespace(text string) string {
	for _, d := range l.distros {
		if strings.Contains(text, d.mark) {
			return d.namespace
		}
	}
	return ""
}

// packagePURL names a package of a distribution; the epoch is a qualifier in
// RPM's purls.
func packagePURL(purlType, namespace, name, version, arch string) string {
	var qualifiers packageurl.Qualifiers
	if arch != "" && arch != "(none)" {
		qualifiers = append(qualifiers, packageurl.Qualifier{Key: "arch", Value: arch})
	}
	if epoch, rest, ok := strings.Cut(version, ":"); ok && purlType == packageurl.TypeRPM {
		version = rest
		qualifiers = append(qualifiers, packageurl.Qualifier{Key: "epoch", Value: epoch})
	}
	return packageurl.NewPackageURL(purlType, namespace, name, version, qualifiers, "").ToString()
}
