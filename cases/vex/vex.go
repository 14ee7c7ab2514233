// Package vex writes the state of a case for machines: as OpenVEX 0.2.0 and as a
// CSAF 2.0 document of the profile VEX.
package vex

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hansho/cases"
)

// Company is who states it.
type Company struct {
	Name      string
	Namespace string // its URL, the base of the documents' ids
	Contact   string
}

// Product is one of our items, as it is named to the reader.
type Product struct {
	ID   string // of the item
	Name string
	PURL string // empty where it has none
}

// Document is what is stated of a case.
type Document struct {
	Case     string // id
	Reader   string // id of the partner that it is for; empty where it is for all
	Title    string
	CVEs     []string
	Company  Company
	Products []Product
	States   map[string]cases.Item // by item id
	At       time.Time
	Issued   []time.Time // when it was issued before, oldest first
}

// url is the IRI of something of ours.
func (d Document) url(kind, id string) string {
	return strings.TrimRight(d.Company.Namespace, "/") + "/vex/" + kind + "/" + token(id)
}

// id names the document: what two readers are told differs, and so must its name.
func (d Document) id() string {
	if d.Reader == "" {
		return token(d.Case)
	}
	return token(d.Case + "-" + d.Reader)
}

// version is the number of this issue.
func (d Document) version() int { return len(d.Issued) + 1 }

// token keeps of an id what may stand in an IRI and in a file's name.
func token(id string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-._", r) {
			return r
		}
		return '-'
	}, id)
}

// ErrNoNamespace says that the company has no URL: every id of a document is an
// address of its author's, and an invented one is somebody else's.
var ErrNoNamespace = errors.New("vex: the company has no URL")

// check says what keeps a case from being written: VEX is about products and
// vulnerabilities that have names.
func (d Document) check() error {
	switch {
	case len(d.CVEs) == 0:
		return fmt.Errorf("vex: case %s has no CVE id", d.Case)
	case len(d.Products) == 0:
		return fmt.Errorf("vex: case %s has no items", d.Case)
	case d.Company.Name == "":
		return errors.New("vex: the company has no name")
	case d.Company.Namespace == "":
		return ErrNoNamespace
	}
	return nil
}

// action is what is done about an affected item.
func action(it cases.Item) string {
	switch {
	case it.State == cases.ItemMitigated && it.Fixed != "":
		return "A workaround is in place. The fix is in " + it.Fixed + "."
	case it.State == cases.ItemMitigated:
		return "A workaround is in place."
	case it.Fixed != "":
		return "Update to " + it.Fixed + "."
	case it.Workaround != "":
		return it.Workaround
	}
	return "No fix is known yet; we are in contact with the maker."
}

// impact is why an item is not affected.
func impact(it cases.Item) string {
	if strings.HasPrefix(it.By, "hand:") {
		return "Our own check, or the supplier's answer, found it not affected."
	}
	return "The publisher of the advisory " + it.By + " states that it is not affected."
}

type openVEX struct {
	Context    string          `json:"@context"`
	ID         string          `json:"@id"`
	Author     string          `json:"author"`
	Timestamp  time.Time       `json:"timestamp"`
	Version    int             `json:"version"`
	Tooling    string          `json:"tooling"`
	Statements []openStatement `json:"statements"`
}

type openStatement struct {
	Vulnerability   openName      `json:"vulnerability"`
	Products        []openProduct `json:"products"`
	Status          string        `json:"status"`
	ImpactStatement string        `json:"impact_statement,omitempty"`
	ActionStatement string        `json:"action_statement,omitempty"`
	Timestamp       *time.Time    `json:"timestamp,omitempty"`
}

type openName struct {
	Name string `json:"name"`
}

type openProduct struct {
	ID          string            `json:"@id"`
	Identifiers map[string]string `json:"identifiers,omitempty"`
}

// status is the state of an item in the words that OpenVEX and CSAF share.
func status(s cases.ItemState) string {
	switch s {
	case cases.ItemAffected, cases.ItemMitigated:
		return "affected"
	case cases.ItemFixed:
		return "fixed"
	case cases.ItemNotAffected:
		return "not_affected"
	}
	return "under_investigation"
}

// OpenVEX writes the document as OpenVEX 0.2.0.
func OpenVEX(d Document) ([]byte, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	out := openVEX{
		Context: "https://openvex.dev/ns/v0.2.0", ID: d.url("openvex", d.id()), Author: d.Company.Name,
		Timestamp: d.At.UTC(), Version: d.version(), Tooling: "hansho",
	}
	for _, cve := range d.CVEs {
		for _, p := range d.Products {
			it := d.States[p.ID]
			s := openStatement{Vulnerability: openName{cve}, Status: status(it.State), Products: []openProduct{{ID: d.url("item", p.ID)}}}
			if p.PURL != "" {
				s.Products[0].Identifiers = map[string]string{"purl": p.PURL}
			}
			if !it.Since.IsZero() {
				since := it.Since.UTC()
				s.Timestamp = &since
			}
			switch s.Status {
			case "affected":
				s.ActionStatement = action(it)
			case "not_affected":
				s.ImpactStatement = impact(it)
			}
			out.Statements = append(out.Statements, s)
		}
	}
	return json.MarshalIndent(out, "", "  ")
}

// ids lists the products of an item state, in the order of the document.
func (d Document) ids(statuses ...string) []string {
	var out []string
	for _, p := range d.Products {
		if slices.Contains(statuses, status(d.States[p.ID].State)) {
			out = append(out, token(p.ID))
		}
	}
	return out
}
