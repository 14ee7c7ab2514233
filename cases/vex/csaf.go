package vex

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

type object = map[string]any

// CSAF writes the document in the VEX profile of CSAF 2.0 (section 4.5).
func CSAF(d Document) ([]byte, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	var vulnerabilities []object
	for _, cve := range d.CVEs {
		vulnerabilities = append(vulnerabilities, d.vulnerability(cve))
	}
	return json.MarshalIndent(object{
		"document":        d.head(),
		"product_tree":    object{"full_product_names": d.products()},
		"vulnerabilities": vulnerabilities,
	}, "", "  ")
}

func (d Document) head() object {
	revisions := d.revisions()
	at := d.At.UTC().Format(time.RFC3339)
	publisher := object{"category": "user", "name": d.Company.Name, "namespace": d.Company.Namespace}
	if d.Company.Contact != "" {
		publisher["contact_details"] = d.Company.Contact
	}
	return object{
		"category": "csaf_vex", "csaf_version": "2.0", "title": d.Title, "publisher": publisher,
		"notes": []object{{"category": "legal_disclaimer", "text": "What we know at the time of issue; it may not be complete."}},
		"tracking": object{
			"id": d.id(), "status": "final", "version": fmt.Sprint(d.version()),
			"initial_release_date": revisions[0]["date"], "current_release_date": at,
			"revision_history": revisions,
			"generator":        object{"engine": object{"name": "hansho"}, "date": at},
		},
	}
}

// revisions give each version an entry, as section 6.1.22 demands of a final
// document.
func (d Document) revisions() []object {
	var out []object
	for i, at := range append(slices.Clone(d.Issued), d.At) {
		out = append(out, object{"number": fmt.Sprint(i + 1), "date": at.UTC().Format(time.RFC3339), "summary": fmt.Sprintf("Issue %d", i+1)})
	}
	return out
}

func (d Document) products() []object {
	var out []object
	for _, p := range d.Products {
		one := object{"product_id": token(p.ID), "name": p.Name}
		if p.PURL != "" {
			one["product_identification_helper"] = object{"purl": p.PURL}
		}
		out = append(out, one)
	}
	return out
}

func (d Document) vulnerability(cve string) object {
	states := object{}
	for key, status := range map[string]string{
		"known_affected": "affected", "known_not_affected": "not_affected", "fixed": "fixed", "under_investigation": "under_investigation",
	} {
		if ids := d.ids(status); len(ids) > 0 {
			states[key] = ids
		}
	}
	v := object{
		"cve": cve, "product_status": states,
		"notes": []object{{"category": "summary", "text": d.Title}},
	}
	var threats, remedies []object
	for _, p := range d.Products {
		it := d.States[p.ID]
		switch status(it.State) {
		case "not_affected":
			threats = append(threats, object{"category": "impact", "details": impact(it), "product_ids": []string{token(p.ID)}})
		case "affected":
			remedies = append(remedies, object{"category": remedy(it.Fixed, it.Workaround, string(it.State)), "details": action(it), "product_ids": []string{token(p.ID)}})
		}
	}
	if threats != nil {
		v["threats"] = threats
	}
	if remedies != nil {
		v["remediations"] = remedies
	}
	return v
}

func remedy(fixed, workaround, state string) string {
	switch {
	case fixed != "":
		return "vendor_fix"
	case workaround != "" || state == "mitigated":
		return "workaround"
	}
	return "none_available"
}
