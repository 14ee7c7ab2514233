package advisory

import (
	"fmt"
	"slices"
	"strings"

	gocvss20 "github.com/pandatix/go-cvss/20"
	gocvss30 "github.com/pandatix/go-cvss/30"
	gocvss31 "github.com/pandatix/go-cvss/31"
	gocvss40 "github.com/pandatix/go-cvss/40"
)

// The ratings of Severity, as FIRST's qualitative scale names them.
const (
	RatingCritical = "critical"
	RatingHigh     = "high"
	RatingMedium   = "medium"
	RatingLow      = "low"
	RatingNone     = "none"
)

// Score is what one CVSS vector says.
type Score struct {
	Version string  // 2.0, 3.0, 3.1 or 4.0
	Base    float64 // 0–10
	Rating  string  // critical, high, medium, low, none
}

// ParseVector reads a CVSS vector of version 2.0 (with or without the
// brackets), 3.0, 3.1 or 4.0 and computes its base score.
func ParseVector(vector string) (Score, error) {
	v := strings.TrimSpace(vector)
	switch {
	case strings.HasPrefix(v, "CVSS:3.0/"):
		c, err := gocvss30.ParseVector(v)
		if err != nil {
			return Score{}, fmt.Errorf("advisory: CVSS vector %.80q: %w", vector, err)
		}
		return newScore("3.0", c.BaseScore()), nil
	case strings.HasPrefix(v, "CVSS:3.1/"):
		c, err := gocvss31.ParseVector(v)
		if err != nil {
			return Score{}, fmt.Errorf("advisory: CVSS vector %.80q: %w", vector, err)
		}
		return newScore("3.1", c.BaseScore()), nil
	case strings.HasPrefix(v, "CVSS:4.0/"):
		c, err := gocvss40.ParseVector(v)
		if err != nil {
			return Score{}, fmt.Errorf("advisory: CVSS vector %.80q: %w", vector, err)
		}
		return newScore("4.0", c.Score()), nil
	}
	c, err := gocvss20.ParseVector(strings.TrimPrefix(strings.Trim(v, "()"), "CVSS:2.0/"))
	if err != nil {
		return Score{}, fmt.Errorf("advisory: CVSS vector %.80q: %w", vector, err)
	}
	return newScore("2.0", c.BaseScore()), nil
}

func newScore(version string, base float64) Score {
	return Score{Version: version, Base: base, Rating: RatingOf(version, base)}
}

// RatingOf gives the rating of a base score: FIRST's qualitative scale for
// versions 3.0 and later (specification section 5, and 6 in 4.0), NVD's scale
// for 2.0, which knows neither none nor critical.
func RatingOf(version string, base float64) string {
	v2 := strings.HasPrefix(version, "2")
	switch {
	case base >= 9 && !v2:
		return RatingCritical
	case base >= 7:
		return RatingHigh
	case base >= 4:
		return RatingMedium
	case base > 0 || v2:
		return RatingLow
	}
	return RatingNone
}

// SeverityFromVectors gives the severity that CVSS vectors state: the highest
// base score and rating, and the vectors as published. Version 2.0 counts only
// where nothing newer is stated: it rates the same matter by other rules. A
// vector that can't be read is kept and counts nothing.
func SeverityFromVectors(vectors ...string) Severity {
	all := make([]Severity, 0, len(vectors))
	for _, v := range vectors {
		if v = strings.TrimSpace(v); v == "" {
			continue
		}
		s := Severity{Vectors: []string{v}}
		if score, err := ParseVector(v); err == nil {
			s = s.raise(score.Rating, score.Base)
		}
		all = append(all, s)
	}
	return MaxSeverity(all...)
}

// WithScore adds a base score that was published as a number, of the named
// CVSS version ("3.1").
func (s Severity) WithScore(version string, base float64) Severity {
	if base < 0 || base > 10 {
		return s
	}
	return s.raise(RatingOf(version, base), base)
}

// WithRating adds a rating that was published as a word, in English or Japanese.
func (s Severity) WithRating(words string) Severity {
	return s.raise(ParseRating(words), 0)
}

func (s Severity) raise(rating string, base float64) Severity {
	if RatingRank(rating) > RatingRank(s.Rating) {
		s.Rating = rating
	}
	s.Score = max(s.Score, base)
	return s
}

// MaxSeverity joins what several statements say: the highest rating and score,
// those by CVSS 2.0 alone only where no statement is newer, and every vector
// once.
func MaxSeverity(all ...Severity) Severity {
	out := Severity{Vectors: []string{}}
	newer := slices.ContainsFunc(all, func(s Severity) bool { return slices.ContainsFunc(s.Vectors, isNewer) })
	for _, s := range all {
		if superseded := newer && len(s.Vectors) > 0 && !slices.ContainsFunc(s.Vectors, isNewer); !superseded {
			out = out.raise(s.Rating, s.Score)
		}
		for _, v := range s.Vectors {
			if !slices.Contains(out.Vectors, v) {
				out.Vectors = append(out.Vectors, v)
			}
		}
	}
	return out
}

// isNewer says whether a vector is of CVSS 3.0 or later, which name themselves.
func isNewer(vector string) bool {
	return strings.HasPrefix(vector, "CVSS:") && !strings.HasPrefix(vector, "CVSS:2")
}

// RatingRank orders ratings: 0 for unknown, then none, low, medium, high,
// critical.
func RatingRank(rating string) int {
	return 1 + slices.Index([]string{RatingNone, RatingLow, RatingMedium, RatingHigh, RatingCritical}, rating)
}

// ratingWords are the publishers' own words for the five ratings. JVN's 緊急,
// 重要, 警告 and 注意 are its translations of critical to low. The German words are
// the BSI's, the Dutch ones NCSC-NL's.
var ratingWords = map[string]string{
	"critical": RatingCritical, "urgent": RatingCritical, "緊急": RatingCritical, "クリティカル": RatingCritical,
	"high": RatingHigh, "important": RatingHigh, "serious": RatingHigh, "severe": RatingHigh, "重要": RatingHigh, "高": RatingHigh,
	"medium": RatingMedium, "moderate": RatingMedium, "警告": RatingMedium, "中": RatingMedium,
	"low": RatingLow, "minor": RatingLow, "negligible": RatingLow, "注意": RatingLow, "低": RatingLow,
	"kritisch": RatingCritical, "hoch": RatingHigh, "mittel": RatingMedium, "niedrig": RatingLow, "gering": RatingLow,
	"kritiek": RatingCritical, "hoog": RatingHigh, "gemiddeld": RatingMedium, "middel": RatingMedium, "laag": RatingLow,
	"none": RatingNone, "informational": RatingNone, "なし": RatingNone,
}

// ParseRating reads a publisher's word for a severity (Important, Moderate,
// 緊急) and gives the rating, empty where the word is not known.
func ParseRating(words string) string {
	return ratingWords[strings.ToLower(strings.TrimSpace(foldWidth(words)))]
}
