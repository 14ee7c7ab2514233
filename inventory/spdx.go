package inventory

import (
	"regexp"
	"strings"

	spdxjson "github.com/spdx/tools-golang/json"
	"github.com/spdx/tools-golang/spdx"
	"github.com/spdx/tools-golang/tagvalue"
)

func looksSPDX(d *doc) bool { return d.json["spdxVersion"] != nil }

func readSPDX(d *doc) {
	document, err := spdxjson.Read(strings.NewReader(d.text))
	if err != nil {
		d.unreadable(err)
		return
	}
	d.spdx(document)
}

// spdxStart is the first tag of a document, after comments.
var spdxStart = regexp.MustCompile(`\A(?:\s*(?:#[^\n]*)?\n)*SPDXVersion:`)

// snippets are tags about parts of files; the library refuses them behind a
// package, and they name nothing that is installed.
var snippets = regexp.MustCompile(`(?ms)^Snippet\w*:[ \t]*(?:<text>.*?</text>|[^\n]*)$`)

func looksSPDXTags(d *doc) bool { return spdxStart.MatchString(d.text) }

func readSPDXTags(d *doc) {
	document, err := tagvalue.Read(strings.NewReader(snippets.ReplaceAllString(d.text, "")))
	if err != nil {
		d.unreadable(err)
		return
	}
	d.spdx(document)
}

// spdx takes the package that the document describes as the subject, where it
// is one.
func (d *doc) spdx(document *spdx.Document) {
	described := spdxDescribed(document)
	var subject Item
	var parts []Item
	for _, p := range document.Packages {
		if p == nil {
			continue
		}
		it := spdxItem(p)
		if len(described) == 1 && described[string(p.PackageSPDXIdentifier)] {
			it.Name, it.Product = it.Product, ""
			subject = it
			continue
		}
		parts = append(parts, it)
	}
	d.sbom(subject, parts)
}

// spdxDescribed are the elements that the document says it is of.
func spdxDescribed(document *spdx.Document) map[string]bool {
	described := map[string]bool{}
	for _, r := range document.Relationships {
		switch {
		case r == nil:
		case r.Relationship == "DESCRIBES" && r.RefA.ElementRefID == "DOCUMENT":
			described[string(r.RefB.ElementRefID)] = true
		case r.Relationship == "DESCRIBED_BY" && r.RefB.ElementRefID == "DOCUMENT":
			described[string(r.RefA.ElementRefID)] = true
		}
	}
	return described
}

func spdxItem(p *spdx.Package) Item {
	it := Item{Product: tidy(p.PackageName), Version: said(p.PackageVersion)}
	if p.PackageSupplier != nil {
		it.Vendor = said(p.PackageSupplier.Supplier)
	}
	if it.Vendor == "" && p.PackageOriginator != nil {
		it.Vendor = said(p.PackageOriginator.Originator)
	}
	for _, ref := range p.PackageExternalReferences {
		switch {
		case ref == nil:
		case ref.RefType == "purl" && it.PURL == "":
			it.PURL = strings.TrimSpace(ref.Locator)
		case (ref.RefType == "cpe23Type" || ref.RefType == "cpe22Type") && it.CPE == "":
			it.CPE = strings.TrimSpace(ref.Locator)
		}
	}
	return it
}

// said is a value, or nothing where the document says that it says nothing.
func said(value string) string {
	if value == "NOASSERTION" || value == "NONE" {
		return ""
	}
	return tidy(value)
}
