package inventory

import (
	"strings"
	"unicode/utf8"

	"hansho/internal/fold"
)

// Names is a dictionary of products.
type Names interface {
	// Knows says that a product of a maker is known; the maker may be empty.
	Knows(vendor, product string) bool
	// Nearest gives the known products nearest to a name, best first.
	Nearest(name string, limit int) []string
}

// Known is how much can be known of an item.
type Known string

// The levels of what can be known, best first.
const (
	Identified Known = "identified" // an identifier, or a dictionary's product
	ByName     Known = "by_name"    // only words, which must stand in a text as they are
	TooVague   Known = "too_vague"  // words that would meet everything or nothing
)

// Finding is what can be known of one item.
type Finding struct {
	Item    string   `json:"item"`
	Known   Known    `json:"known"`
	By      string   `json:"by,omitempty"`      // cpe, purl, dictionary, contains
	Version bool     `json:"version"`           // without one every verdict is possible at best
	Nearest []string `json:"nearest,omitempty"` // dictionary products that may be meant
}

// nearestGiven is how many dictionary products are offered.
const nearestGiven = 3

// Check says for each item what can be known of it.
func Check(items []Item, names Names) []Finding {
	out := make([]Finding, len(items))
	for i, it := range items {
		f := Finding{Item: it.ID, Version: it.Version != "" || hasVersion(it)}
		f.Known, f.By = knownOf(it, names)
		if f.Known != Identified {
			f.Nearest = names.Nearest(spokenName(it), nearestGiven)
		}
		out[i] = f
	}
	return out
}

func knownOf(it Item, names Names) (Known, string) {
	switch {
	case it.CPE != "":
		return Identified, "cpe"
	case it.PURL != "":
		return Identified, "purl"
	case it.Product != "" && names.Knows(it.Vendor, it.Product), it.Product == "" && it.Name != "" && names.Knows(it.Vendor, it.Name):
		return Identified, "dictionary"
	}
	for _, alias := range it.Aliases {
		if names.Knows(it.Vendor, alias) {
			return Identified, "dictionary"
		}
	}
	for _, part := range it.Contains {
		if isIdentifier(part) || names.Knows("", part) {
			return Identified, "contains"
		}
	}
	if vague(it) {
		return TooVague, ""
	}
	return ByName, ""
}

// vague says that the words of an item name a kind of thing or nothing at all,
// or only the company itself knows them.
func vague(it Item) bool {
	word := it.Product
	if word == "" {
		if it.Vendor == "" {
			return true
		}
		word = it.Name
	}
	key := fold.Name(word)
	_, generic := kinds[headingKey(word)]
	return generic || utf8.RuneCountInString(key) < 3
}

func spokenName(it Item) string {
	if it.Product == "" {
		return strings.TrimSpace(it.Vendor + " " + it.Name)
	}
	return strings.TrimSpace(it.Vendor + " " + it.Product)
}

// hasVersion says that an identifier gives a version, or a part inside does.
func hasVersion(it Item) bool {
	if strings.Contains(it.PURL, "@") {
		return true
	}
	if f := strings.Split(strings.TrimPrefix(it.CPE, "cpe:2.3:"), ":"); len(f) > 3 && f[3] != "*" && f[3] != "-" && f[3] != "" {
		return true
	}
	for _, part := range it.Contains {
		if strings.ContainsAny(part, "0123456789") {
			return true
		}
	}
	return false
}
