package inventory

import (
	"slices"
	"testing"
	"time"
)

func TestUnanswered(t *testing.T) {
	day := time.Date(2021, 12, 14, 0, 0, 0, 0, time.UTC)
	items := []Item{{Owner: "営業部"}, {Owner: "総務部"}, {Owner: "営業部"}, {Owner: "旧部署", Missing: true}, {}}
	reports := []Report{{Department: "営業部", At: day}}
	for name, tt := range map[string]struct {
		since time.Time
		want  []string
	}{
		"ever":       {time.Time{}, []string{"総務部"}},
		"that day":   {day, []string{"総務部"}},
		"after that": {day.Add(time.Second), []string{"営業部", "総務部"}},
	} {
		if got := Unanswered(items, reports, tt.since); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}
