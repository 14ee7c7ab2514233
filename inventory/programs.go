package inventory

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/package-url/packageurl-go"

	"hansho/internal/fold"
)

// listingHeads are headings that only a program writes. In such a table the
// name is the product's, not the company's own.
var listingHeads = map[string]bool{
	"install location": true, "install source": true, "identifying number": true, "provider name": true,
	"display version": true, "tag id": true, "uninstall string": true, "upgrade code": true, "pid with namespace": true,
	"admindir": true, "package group": true, "quiet uninstall string": true, "canonical id": true,
}

// listingKeys are the fields that such a table can give; its Section and Source
// are not what a ledger means by them.
var listingKeys = []string{"id", "name", "vendor", "product", "version", "release", "cpe", "purl"}

// isListing says that a program wrote the table.
func isListing(cells []string, items heads[Item]) bool {
	machine, publisher, ledger := false, false, false
	for _, cell := range cells {
		c, _ := items.find(cell)
		if c != nil && c.key == "product" {
			return false
		}
		ledger = ledger || c != nil && !slices.Contains(listingKeys, c.key)
		name := fold.Name(spaced(cell))
		publisher = publisher || name == "publisher"
		machine = machine || listingHeads[name]
	}
	return machine || publisher && !ledger
}

// programs reads a table of installed software.
func (d *doc) programs(items heads[Item], heading row, rows []row) {
	columns := bind(d, items, heading, false)
	for i, c := range columns {
		if c != nil && !slices.Contains(listingKeys, c.key) {
			columns[i] = nil
		}
	}
	seconds(d, columns, heading)
	purlType, distros := packageType(heading.cells)
	fill(d, columns, heading, rows, func(it Item) {
		if patch.MatchString(it.Name) {
			return
		}
		it = asProduct(it)
		if purlType != "" && it.PURL == "" && it.Product != "" {
			l := listing{purl: purlType, distros: distros}
			it.PURL = packagePURL(purlType, l.namespace(it.Version), it.Product, it.Version, "")
		}
		d.addItem(it)
	})
}

// packageType is the kind of package that osquery's deb_packages and
// rpm_packages show by their columns.
func packageType(cells []string) (string, []distro) {
	switch {
	case slices.Contains(cells, "admindir"):
		return packageurl.TypeDebian, debDistros
	case slices.Contains(cells, "package_group"):
		return packageurl.TypeRPM, rpmDistros
	}
	return "", nil
}

// asProduct says that a name given by a program is the product's.
func asProduct(it Item) Item {
	if it.Product == "" {
		it.Product, it.Name = programName(it.Name, it.Version), ""
	}
	if m := javaProgram.FindStringSubmatch(it.Product); m != nil {
		it.Vendor, it.Product, it.Version = cmp.Or(it.Vendor, "Oracle"), "Java Runtime Environment", m[1]+"u"+m[2]
		it.Aliases = appendNew(it.Aliases, "Java SE")
	}
	return it
}

// javaProgram is Oracle's Java as its installer names it, with the version of
// which the installer's own number (8.0.2910.10) is another spelling.
var javaProgram = regexp.MustCompile(`^Java(?:\(TM\))?(?: SE)? (\d+) Update (\d+)$`)

// ornament is what installers put behind a name: the architecture and language.
var ornament = regexp.MustCompile(`(?i)\s*[(\[](?:(?:x64|x86|x86_64|arm64|amd64|(?:64|32)[ -]?bits?(?:版)?|[a-z]{2}(?:-[a-z]{2})?|user|edition)[ ,]*)+[)\]]\s*$`)

// versionNoun is the word that some installers put before the number.
var versionNoun = regexp.MustCompile(`(?i)\s+(?:version|ver\.?|バージョン)$`)

// patch is an update of a product, which Windows lists beside the products.
var patch = regexp.MustCompile(`(?i)(?:^|[ (])KB\d{6,8}\b`)

// programName is the product in the name that an installer gave:
// "7-Zip 19.00 (x64)" of version 19.00 is 7-Zip, and stays so when updated.
func programName(name, version string) string {
	name = ornament.ReplaceAllString(name, "")
	short, numbers := name, strings.FieldsFunc(version, func(r rune) bool { return r == '.' || r == '-' })
	if len(numbers) > 1 {
		i := strings.LastIndexByte(name, ' ')
		last := strings.TrimPrefix(strings.ToLower(name[i+1:]), "v")
		if i > 0 && strings.Contains(last, ".") && strings.HasPrefix(version, last) {
			short = strings.TrimRight(versionNoun.ReplaceAllString(name[:i], ""), " -")
		}
	}
	if fold.Name(short) == "" {
		return name
	}
	return short
}

// addRelease joins the release of an RPM package to the version in the column
// before.
func addRelease(i *Item, value string) {
	if i.Version != "" {
		i.Version += "-" + value
	}
}
