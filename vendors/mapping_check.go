package vendors

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"hansho/advisory"
	"hansho/feeds"
)

// listKeys are the keys of a product list's mapping, see ParseProductList and the
// sources of several files.
var listKeys = []string{
	"vendor", "product", "version", "affected", "fixed", "unaffected", "status", "cve", "notes", "workaround", "link", "updated",
	"words", "shape", "list", "files", "max_loss", "hold", "keep", "drop",
}

// checkMapping lists what is wrong with an entry's mapping, so that a slip of the
// pen is told before the source is polled.
func checkMapping(e feeds.Entry) []error {
	var wrong []error
	for _, key := range []string{"keep", "drop"} {
		if _, err := regexp.Compile(e.Mapping[key]); err != nil {
			wrong = append(wrong, fmt.Errorf("mapping: %s: %w", key, err))
		}
	}
	switch e.Format {
	case "rss":
		if err := feeds.CheckMapping(e.Mapping); err != nil {
			wrong = append(wrong, err)
		}
	case productListFormat:
		for _, key := range sortedKeys(e.Mapping) {
			if !slices.Contains(listKeys, key) {
				wrong = append(wrong, fmt.Errorf("mapping: unknown key %q: write one of %s", key, strings.Join(listKeys, ", ")))
			}
		}
		wrong = append(wrong, checkWords(e.Mapping["words"])...)
	}
	return wrong
}

// checkWords reads "yes=affected, no=not_affected".
func checkWords(words string) []error {
	statuses := []advisory.Status{
		advisory.StatusAffected, advisory.StatusFixed, advisory.StatusNotAffected, advisory.StatusUnderInvestigation, advisory.StatusUnknown,
	}
	var wrong []error
	for pair := range strings.SplitSeq(words, ",") {
		word, status, ok := strings.Cut(pair, "=")
		if strings.TrimSpace(pair) == "" || ok && strings.TrimSpace(word) != "" && slices.Contains(statuses, advisory.Status(strings.TrimSpace(status))) {
			continue
		}
		wrong = append(wrong, fmt.Errorf("mapping: words: %q: write WORD=STATUS, where STATUS is one of %v", strings.TrimSpace(pair), statuses))
	}
	return wrong
}
