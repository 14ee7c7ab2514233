package advisory

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The vectors and scores are FIRST's and NVD's published ones.
func TestParseVector(t *testing.T) {
	tests := []struct {
		vector string
		want   Score
	}{
		{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", Score{"3.1", 10, RatingCritical}},
		{"CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", Score{"3.0", 9.8, RatingCritical}},
		{"CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:U/C:L/I:N/A:L", Score{"3.0", 5.4, RatingMedium}},
		{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", Score{"3.1", 0, RatingNone}},
		{"AV:N/AC:M/Au:N/C:C/I:C/A:C", Score{"2.0", 9.3, RatingHigh}},
		{"(AV:N/AC:L/Au:N/C:N/I:N/A:P)", Score{"2.0", 5, RatingMedium}},
		{"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", Score{"4.0", 9.3, RatingCritical}},
		{" CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H ", Score{"3.1", 7.8, RatingHigh}},
	}
	for _, tt := range tests {
		got, err := ParseVector(tt.vector)
		if err != nil {
			t.Errorf("ParseVector(%q): %v", tt.vector, err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("ParseVector(%q): (-want +got)\n%s", tt.vector, diff)
		}
	}
}

func TestParseVectorRefuses(t *testing.T) {
	for _, v := range []string{"", "CVSS:3.1/", "CVSS:5.0/AV:N", "AV:N", "CVSS:3.1/AV:N/AC:L", "なし"} {
		if got, err := ParseVector(v); err == nil {
			t.Errorf("ParseVector(%q) = %v, want an error", v, got)
		}
	}
}

func TestSeverityFromVectors(t *testing.T) {
	v2, v3 := "AV:N/AC:M/Au:N/C:C/I:C/A:C", "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"
	tests := []struct {
		name string
		got  Severity
		want Severity
	}{
		{"none", SeverityFromVectors(), Severity{Vectors: []string{}}},
		{"two versions", SeverityFromVectors(v2, v3, v2), Severity{RatingCritical, 10, []string{v2, v3}}},
		{"v2 alone is never critical", SeverityFromVectors(v2), Severity{RatingHigh, 9.3, []string{v2}}},
		{"unreadable is kept", SeverityFromVectors("AV:?"), Severity{"", 0, []string{"AV:?"}}},
		{"number", SeverityFromVectors().WithScore("3.0", 7.5), Severity{RatingHigh, 7.5, []string{}}},
		{"nonsense number", SeverityFromVectors().WithScore("3.0", 75), Severity{"", 0, []string{}}},
		{"word", SeverityFromVectors().WithRating("緊急"), Severity{RatingCritical, 0, []string{}}},
		{"max", MaxSeverity(SeverityFromVectors(v2), Severity{Rating: RatingCritical}), Severity{RatingCritical, 9.3, []string{v2}}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, tt.got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", tt.name, diff)
		}
	}
}

func TestRatingOf(t *testing.T) {
	tests := []struct {
		version string
		base    float64
		want    string
	}{
		{"3.1", 0, "none"},
		{"3.1", 0.1, "low"},
		{"3.1", 3.9, "low"},
		{"3.1", 4, "medium"},
		{"3.1", 6.9, "medium"},
		{"3.1", 7, "high"},
		{"3.1", 8.9, "high"},
		{"3.1", 9, "critical"},
		{"2.0", 0, "low"},
		{"2.0", 10, "high"},
		{"4.0", 9, "critical"},
	}
	for _, tt := range tests {
		if got := RatingOf(tt.version, tt.base); got != tt.want {
			t.Errorf("RatingOf(%s, %v) = %s, want %s", tt.version, tt.base, got, tt.want)
		}
	}
}

func TestOlderCVSSGivesWay(t *testing.T) {
	const v2, v3 = "AV:N/AC:L/Au:N/C:C/I:C/A:C", "CVSS:3.1/AV:L/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H" // 10.0, 7.8
	for name, got := range map[string]Severity{
		"older first": SeverityFromVectors(v2, v3), "newer first": SeverityFromVectors(v3, v2),
		"two statements": MaxSeverity(SeverityFromVectors(v2), SeverityFromVectors(v3)),
	} {
		if got.Score != 7.8 || got.Rating != RatingHigh || len(got.Vectors) != 2 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := SeverityFromVectors(v2); got.Score != 10 {
		t.Errorf("alone: %+v", got)
	}
}
