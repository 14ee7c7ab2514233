package vex

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/gocsaf/csaf/v3/csaf"
	openvex "github.com/openvex/go-vex/pkg/vex"

	"hansho/cases"
)

func document() Document {
	states := map[string]cases.Item{
		"orders": {State: cases.ItemAffected, Fixed: "3.2.1", Since: time.Unix(1639445400, 0)}, "mail 機": {State: cases.ItemMitigated},
		"erp": {State: cases.ItemNotAffected, By: "hand:山田"}, "web": {State: cases.ItemFixed},
		"edi": {State: cases.ItemAsked}, "nas": {State: cases.ItemUnknown},
	}
	d := Document{
		Case: "case:CVE-2021-44228", Title: "Log4Shell", CVEs: []string{"CVE-2021-44228", "CVE-2021-45046"},
		Company: Company{Name: "株式会社例示商会", Namespace: "https://example.co.jp"}, States: states,
		At: time.Date(2021, 12, 17, 7, 0, 0, 0, time.UTC), Reader: "asahi",
		Issued: []time.Time{time.Date(2021, 12, 14, 7, 0, 0, 0, time.UTC)},
	}
	for _, id := range []string{"orders", "mail 機", "erp", "web", "edi", "nas"} {
		d.Products = append(d.Products, Product{ID: id, Name: "システム " + id})
	}
	d.Products[0].PURL = "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"
	return d
}

// The document must be valid for OpenVEX's own library, and say what the case
// says.
func TestOpenVEXIsValid(t *testing.T) {
	raw, err := OpenVEX(document())
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openvex.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	want := map[openvex.Status]int{openvex.StatusAffected: 4, openvex.StatusNotAffected: 2, openvex.StatusFixed: 2, openvex.StatusUnderInvestigation: 4}
	got := map[openvex.Status]int{}
	for _, s := range doc.Statements {
		if err := s.Validate(); err != nil {
			t.Errorf("%+v: %v", s, err)
		}
		got[s.Status]++
	}
	for s, n := range want {
		if got[s] != n {
			t.Errorf("%s: %d statements, want %d", s, got[s], n)
		}
	}
	if m := doc.Matches("CVE-2021-44228", "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1", nil); len(m) != 1 || m[0].Status != openvex.StatusAffected {
		t.Errorf("found by purl: %+v", m)
	}
}

func TestCSAFIsValid(t *testing.T) {
	raw, err := CSAF(document())
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.NewDecoder(bytes.NewReader(raw)).Decode(&doc); err != nil {
		t.Fatal(err)
	}
	wrong, err := csaf.ValidateCSAF(doc)
	if err != nil || len(wrong) > 0 {
		t.Errorf("schema: %v %v\n%s", wrong, err, raw)
	}
	var adv csaf.Advisory
	if err := json.Unmarshal(raw, &adv); err != nil {
		t.Fatal(err)
	}
	if err := adv.Validate(); err != nil {
		t.Errorf("%v", err)
	}
	if tr := adv.Document.Tracking; *tr.ID != "case-CVE-2021-44228-asahi" || *tr.Version != "2" || *tr.InitialReleaseDate != "2021-12-14T07:00:00Z" || *tr.CurrentReleaseDate != "2021-12-17T07:00:00Z" {
		t.Errorf("tracking %s %s, from %s to %s", *tr.ID, *tr.Version, *tr.InitialReleaseDate, *tr.CurrentReleaseDate)
	}
	for _, v := range adv.Vulnerabilities {
		s := v.ProductStatus
		if len(*s.KnownAffected) != 2 || len(*s.KnownNotAffected) != 1 || len(*s.Fixed) != 1 || len(*s.UnderInvestigation) != 2 || len(v.Remediations) != 2 || len(v.Threats) != 1 {
			t.Errorf("%s: %+v", *v.CVE, s)
		}
	}
}

func TestWhatHasNoNameIsNotWritten(t *testing.T) {
	for name, spoil := range map[string]func(*Document){
		"cves": func(d *Document) { d.CVEs = nil }, "items": func(d *Document) { d.Products = nil }, "company": func(d *Document) { d.Company.Name = "" },
		"namespace": func(d *Document) { d.Company.Namespace = "" },
	} {
		d := document()
		spoil(&d)
		if _, err := OpenVEX(d); err == nil {
			t.Errorf("%s: OpenVEX was written", name)
		}
		if _, err := CSAF(d); err == nil {
			t.Errorf("%s: CSAF was written", name)
		}
	}
}

func TestFilesAreNamedByTheirDocument(t *testing.T) {
	for form, want := range map[string]string{"csaf": "case-cve-2021-44228-asahi.json", "openvex": "case-cve-2021-44228-asahi.openvex.json"} {
		name, raw, err := Write(form, document())
		if name != want || len(raw) == 0 || err != nil {
			t.Errorf("%s: %q with %d bytes, %v", form, name, len(raw), err)
		}
	}
	if _, _, err := Write("pdf", document()); err == nil {
		t.Error("a form that isn't there")
	}
}
