package vendors

import (
	"bytes"

	"github.com/gocsaf/csaf/v3/csaf"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// maxFlaws bounds what is told of one document by one test.
const maxFlaws = 5

// csafSchema checks a document of CSAF 2.0 against the standard's schema. For
// 2.1 there is none in the library yet.
func csafSchema(d *csafDocument, body []byte) []Flaw {
	if d.Document.Version != "2.0" {
		return nil
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(bytes.TrimPrefix(body, utf8BOM)))
	if err != nil {
		return []Flaw{{Test: "schema", Text: err.Error()}}
	}
	violations, err := csaf.ValidateCSAF(value)
	if err != nil {
		return []Flaw{{Test: "schema", Text: err.Error()}}
	}
	var flaws []Flaw
	for _, text := range violations[:min(len(violations), maxFlaws)] {
		flaws = append(flaws, Flaw{Test: "schema", Text: text})
	}
	return flaws
}
