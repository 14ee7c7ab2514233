package inventory

import (
	"strings"
)

// sbom takes what a bill of materials says. One with a subject (the program, the
// image, the device that it is of) is that one item and contains the parts; in
// one without, each part is an item.
func (d *doc) sbom(subject Item, parts []Item) {
	if subject.Name == "" && subject.Product == "" {
		for _, p := range parts {
			if d.full() {
				return
			}
			d.addItem(p)
		}
		return
	}
	for _, p := range parts {
		subject.Contains = append(subject.Contains, identifiers(p)...)
	}
	subject.Contains = appendNewAll(subject.Contains)
	d.addItem(subject)
}

// identifiers are the ways in which contains names a part: by purl and CPE where
// it has them, by name and version otherwise.
func identifiers(p Item) []string {
	var out []string
	if isPURL(p.PURL) {
		out = append(out, p.PURL)
	}
	if isCPE(p.CPE) {
		out = append(out, p.CPE)
	}
	if name := strings.Join(strings.Fields(p.Vendor+" "+p.Product+" "+p.Version), " "); len(out) == 0 && p.Product != "" {
		out = append(out, tidy(name))
	}
	return out
}

// appendNewAll keeps the first of equal values, in linear time.
func appendNewAll(values []string) []string {
	seen := make(map[string]bool, len(values))
	out := values[:0]
	for _, v := range values {
		if v != "" && !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	return out
}
