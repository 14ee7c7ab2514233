package notify

import (
	"slices"

	"hansho/advisory"
)

var ratings = []string{"none", "low", "medium", "high", "critical"}

// rating gives a severity's rating, by the CVSS v3 bands of its score where the
// source states none; empty where nothing is known.
func rating(s advisory.Severity) string {
	switch {
	case s.Rating != "":
		return s.Rating
	case s.Score >= 9:
		return "critical"
	case s.Score >= 7:
		return "high"
	case s.Score >= 4:
		return "medium"
	case s.Score > 0:
		return "low"
	}
	return ""
}

// rank orders ratings; -1 is unknown.
func rank(rating string) int { return slices.Index(ratings, rating) }

// Rating is how severe the case is held to be: none, low, medium, high or
// critical, by the score where no source states a rating; empty where nothing is
// known.
func (c CaseView) Rating() string { return rating(c.Severity) }
