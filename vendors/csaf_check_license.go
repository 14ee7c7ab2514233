package vendors

import (
	"regexp"
	"slices"
	"strings"
)

var (
	licenseTokens = regexp.MustCompile(`[()]|[^\s()]+`)
	licenseID     = regexp.MustCompile(`^[A-Za-z0-9.\-]+\+?$`)
	licenseRef    = regexp.MustCompile(`^LicenseRef-[A-Za-z0-9.\-]+$`)
	additionID    = regexp.MustCompile(`^[A-Za-z0-9.\-]+$`)
	// reference is how no identifier of SPDX's list begins: in another case, or
	// where it doesn't belong, it is none.
	reference = regexp.MustCompile(`(?i)^(?:licenseref|additionref|documentref)-`)
)

// license reads the licence of a document (6.1.54), and finds where the text of its
// publisher's own isn't there (6.1.55). Whether another identifier is in the lists,
// which grow, isn't looked up.
func (c *checker) license() {
	expression := c.d.Document.License
	if expression == "" {
		return
	}
	tokens := licenseTokens.FindAllString(expression, -1)
	if !isLicense(tokens) {
		c.flaw("6.1.54", "%.100q is no SPDX licence expression", expression)
		return
	}
	if i := slices.IndexFunc(tokens, isOwnLicense); i >= 0 && c.d.Document.english() {
		c.licenseText(tokens[i])
	}
}

// licenseText demands the one note that has the text of a licence.
func (c *checker) licenseText(id string) {
	var found []string
	for _, n := range c.d.Document.Notes {
		if n.Title == "License" {
			found = append(found, n.Category)
		}
	}
	if len(found) != 1 || found[0] != "legal_disclaimer" {
		c.flaw("6.1.55", "not one legal disclaimer \"License\" with the text of %s", id)
	}
}

// isLicense keeps to the grammar of SPDX 3.0.1, annex B, without references to
// other documents, which CSAF forbids.
func isLicense(tokens []string) bool {
	const (
		wanted = iota // a licence
		simple        // one, to which an exception may be added
		whole         // a licence with all that belongs to it
		with          // an exception is wanted
	)
	state, open := wanted, 0
	for _, t := range tokens {
		switch {
		case state == wanted && t == "(":
			open++
		case state == wanted && isLicenseID(t):
			state = simple
		case state == with && isAddition(t):
			state = whole
		case state == simple && licenseWord(t) == "WITH":
			state = with
		case (state == simple || state == whole) && (licenseWord(t) == "AND" || licenseWord(t) == "OR"):
			state = wanted
		case (state == simple || state == whole) && t == ")" && open > 0:
			state, open = whole, open-1
		default:
			return false
		}
	}
	return (state == simple || state == whole) && open == 0
}

// licenseWord is the operator that a token is, in capitals; "" where it is none.
func licenseWord(token string) string {
	switch token {
	case "AND", "OR", "WITH", "and", "or", "with":
		return strings.ToUpper(token)
	}
	return ""
}

func isLicenseID(token string) bool {
	if reference.MatchString(token) {
		return licenseRef.MatchString(token)
	}
	return licenseID.MatchString(token) && licenseWord(token) == ""
}

func isAddition(token string) bool {
	if reference.MatchString(token) && !strings.HasPrefix(token, "AdditionRef-") {
		return false
	}
	return additionID.MatchString(token) && licenseWord(token) == ""
}

// isOwnLicense says whether an identifier is neither in SPDX's list, which has none
// of this form, nor in ScanCode's, whose are marked.
func isOwnLicense(token string) bool {
	_, name, ok := strings.Cut(token, "Ref-")
	return ok && reference.MatchString(token) && !strings.HasPrefix(name, "scancode-")
}
