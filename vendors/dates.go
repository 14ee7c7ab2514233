package vendors

import (
	"fmt"
	"strings"
	"time"
)

// dateLayouts are the ways in which the formats of this package write a time.
// Those without a zone are UTC: NVD, Fortinet and FIRST say so.
var dateLayouts = []string{
	time.RFC3339Nano,
	"2006-01-02T15:04Z07:00", // NVD 1.1
	"2006-01-02T15:04:05.999999999",
	"2006-01-02 15:04:05.999999999",
	"2006-01-02T15:04:05.999999999-0700", // EPSS
	"2006-01-02T15:04",
	time.DateOnly,
}

// parseTime reads a time in UTC; empty text is the zero time.
func parseTime(s string) (time.Time, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("not a date: %.40q", s)
}
