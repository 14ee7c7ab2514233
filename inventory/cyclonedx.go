package inventory

import (
	"bytes"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

func looksCycloneDX(d *doc) bool { return d.json["bomFormat"] != nil }

func readCycloneDX(d *doc) { d.cycloneDX(cdx.BOMFileFormatJSON) }

// looksCycloneDXXML finds the namespace on the root element.
func looksCycloneDXXML(d *doc) bool {
	head := d.text[:min(len(d.text), 4096)]
	return strings.HasPrefix(strings.TrimSpace(head), "<") && strings.Contains(head, "cyclonedx.org/schema/bom")
}

func readCycloneDXXML(d *doc) { d.cycloneDX(cdx.BOMFileFormatXML) }

func (d *doc) cycloneDX(format cdx.BOMFileFormat) {
	var bom cdx.BOM
	if err := cdx.NewBOMDecoder(bytes.NewReader([]byte(d.text)), format).Decode(&bom); err != nil {
		d.unreadable(err)
		return
	}
	var subject Item
	if bom.Metadata != nil && bom.Metadata.Component != nil {
		subject = cdxItem(*bom.Metadata.Component)
		subject.Name, subject.Product = subject.Product, ""
	}
	if subject.Name != "" {
		d.sbom(subject, cdxFlatten(bom.Components, 0))
	} else {
		d.cdxComponents(bom.Components)
	}
	d.cdxServices(bom.Services)
}

// cdxComponents takes each component as an item that contains those inside it.
func (d *doc) cdxComponents(components *[]cdx.Component) {
	for _, c := range deref(components) {
		if d.full() {
			return
		}
		it := cdxItem(c)
		for _, part := range cdxFlatten(c.Components, 0) {
			it.Contains = append(it.Contains, identifiers(part)...)
		}
		it.Contains = appendNewAll(it.Contains)
		d.addItem(it)
	}
}

// cdxServices takes services as what the company uses of others.
func (d *doc) cdxServices(services *[]cdx.Service) {
	for _, s := range deref(services) {
		it := Item{Product: tidy(s.Name), Version: tidy(s.Version), Kind: KindCloud}
		if s.Provider != nil {
			it.Vendor = tidy(s.Provider.Name)
		}
		d.addItem(it)
	}
}

// cdxFlatten gives all components, those inside others too.
func cdxFlatten(components *[]cdx.Component, depth int) []Item {
	var out []Item
	for _, c := range deref(components) {
		if !cdxNoSoftware[c.Type] || c.CPE != "" || c.PackageURL != "" {
			out = append(out, cdxItem(c))
		}
		if depth < maxDepth {
			out = append(out, cdxFlatten(c.Components, depth+1)...)
		}
	}
	return out
}

func cdxItem(c cdx.Component) Item {
	it := Item{
		Product: tidy(c.Name), Version: tidy(c.Version),
		CPE: strings.TrimSpace(c.CPE), PURL: strings.TrimSpace(c.PackageURL),
		Kind: cdxKinds[c.Type],
	}
	switch {
	case c.Supplier != nil && c.Supplier.Name != "":
		it.Vendor = tidy(c.Supplier.Name)
	case c.Manufacturer != nil && c.Manufacturer.Name != "":
		it.Vendor = tidy(c.Manufacturer.Name)
	case c.Publisher != "":
		it.Vendor = tidy(c.Publisher)
	default:
		it.Vendor = tidy(c.Group)
	}
	return it
}

// cdxKinds are the component types that say what kind of item it is.
var cdxKinds = map[cdx.ComponentType]Kind{
	cdx.ComponentTypeLibrary:   KindLibrary,
	cdx.ComponentTypeFramework: KindLibrary,
	cdx.ComponentTypeOS:        KindServer,
	cdx.ComponentTypeContainer: KindServer,
	cdx.ComponentTypeDevice:    KindIoT,
}

// cdxNoSoftware are the types of what has no vulnerabilities of its own; one with
// an identifier counts all the same.
var cdxNoSoftware = map[cdx.ComponentType]bool{
	cdx.ComponentTypeFile:                 true,
	cdx.ComponentTypeData:                 true,
	cdx.ComponentTypeCryptographicAsset:   true,
	cdx.ComponentTypeMachineLearningModel: true,
}

func deref[T any](list *[]T) []T {
	if list == nil {
		return nil
	}
	return *list
}
