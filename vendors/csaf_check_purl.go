package vendors

import (
	"fmt"
	"slices"

	packageurl "github.com/package-url/packageurl-go"
)

// noNamespace are the types of packages that have none, by the definitions of their
// types (github.com/package-url/purl-spec, types), beyond those that the library knows.
var noNamespace = []string{
	"bitnami", "cargo", "cocoapods", "conda", "cran", "gem", "hackage", "mlflow", "nuget", "oci", "pub", "pypi",
}

// readPURL reads a package URL, by the rules of its type as well.
func readPURL(text string) (packageurl.PackageURL, error) {
	u, err := packageurl.FromString(text)
	if err == nil && u.Namespace != "" && slices.Contains(noNamespace, u.Type) {
		err = fmt.Errorf("a package of type %s has no namespace", u.Type)
	}
	return u, err
}

// purls finds package URLs that are none (6.1.13), and those of one product that
// differ in more than qualifiers (6.1.42).
func (c *checker) purls(h *csafHelper) {
	var first *packageurl.PackageURL
	for _, text := range append(slices.Clone(h.PURLs), h.PURL) {
		if text == "" {
			continue
		}
		u, err := readPURL(text)
		if err != nil {
			c.flaw("6.1.13", "package URL %q: %v", text, err)
			continue
		}
		u.Qualifiers = nil
		if first == nil {
			first = &u
		}
		if one, other := first.ToString(), u.ToString(); one != other {
			c.flaw("6.1.42", "one product is both %s and %s", one, other)
		}
	}
}
