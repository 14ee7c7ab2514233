package vex

import (
	"fmt"
	"regexp"
	"strings"
)

// Forms are the forms in which a document can be written.
var Forms = []string{"openvex", "csaf"}

// Write writes the document in one of the Forms and names its file: that of CSAF
// as section 5.1 has it.
func Write(form string, d Document) (name string, raw []byte, err error) {
	name = notInNames.ReplaceAllString(strings.ToLower(d.id()), "_")
	switch form {
	case "openvex":
		raw, err = OpenVEX(d)
		return name + ".openvex.json", raw, err
	case "csaf":
		raw, err = CSAF(d)
		return name + ".json", raw, err
	}
	return "", nil, fmt.Errorf("vex: no form is called %q", form)
}

var notInNames = regexp.MustCompile(`[^+\-a-z0-9]+`)
