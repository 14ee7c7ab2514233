package feeds

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/width"
)

// tokyo is the zone of the Japanese sources; Japan has had no summer time since
// 1952.
var tokyo = time.FixedZone("JST", 9*60*60)

const (
	clock = `(?:(?:[T\s,]*|\s-\s)(\d{1,2})[:時](\d{2})(?:[:分](\d{2})(?:[.,]\d+)?)?[分秒]?\s*([AaPp]\.?[Mm]\.?)?)?`
	zone  = `\s*\(?([A-Z]{1,5}|[+\-]\d{2}:?\d{2}|[+\-]\d{1,2})?\)?(?:\s*\([A-Z]{1,5}\))?`
)

// The orders in which feeds write a date, whatever stands between.
var (
	yearFirst  = regexp.MustCompile(`^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})日?(?:\s*\([^)]{1,6}\))?` + clock + zone + `$`)
	dayFirst   = regexp.MustCompile(`^(?:[A-Za-z]{3,9}[,;.]?\s*)?(\d{1,2})(?:st|nd|rd|th)?[\s\-]+([A-Za-z]{3,9})\.?[\s\-,]+(\d{4}|\d{2})` + clock + zone + `$`)
	dayDotted  = regexp.MustCompile(`^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})` + clock + zone + `$`)
	yearLast   = regexp.MustCompile(`^(?:[A-Z][a-z]{2} )?([A-Z][a-z]{2})\s+(\d{1,2})\s+(\d{2}:\d{2}:\d{2})(?:\s+([A-Z]{1,5}|[+\-]\d{4}))?\s+(\d{4})$`)
	era        = regexp.MustCompile(`^(令和|平成)\s*(元|\d{1,2})\s*年`)
	monthFirst = regexp.MustCompile(`^(?:[A-Za-z]{3,9}day,?\s+|[A-Z][a-z]{2},\s+)?([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})` + clock + zone + `$`)
)

// zones are the abbreviations that feeds were seen to use, in hours.
var zones = map[string]float64{
	"Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "WET": 0, "JST": 9, "KST": 9, "IST": 5.5, "CET": 1, "BST": 1, "CEST": 2, "EET": 2, "EEST": 3,
	"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AEST": 10, "AEDT": 11, "HKT": 8, "SGT": 8,
}

// eras are the years before the first of each.
var eras = map[string]int{"平成": 1988, "令和": 2018}

// plainDate brings a date into one of the orders: full-width digits, years of
// an era, the year at the end as C writes it.
func plainDate(s string) string {
	s = strings.TrimSpace(width.Fold.String(s))
	if m := era.FindStringSubmatch(s); m != nil {
		year := eras[m[1]] + max(number(m[2]), 1)
		return strconv.Itoa(year) + "年" + s[len(m[0]):]
	}
	if m := yearLast.FindStringSubmatch(s); m != nil {
		return strings.TrimSpace(m[2] + " " + m[1] + " " + m[5] + " " + m[3] + " " + m[4])
	}
	return s
}

// parseDate reads a date as feeds write it: RFC 3339 and its kin without
// seconds or zone, RFC 822 with two-digit years, full month names, semicolons
// and doubled spaces, Japanese dates. One without a zone is in the zone given.
func parseDate(s string, in *time.Location) (time.Time, bool) {
	if len(s) > 100 {
		return time.Time{}, false
	}
	s = plainDate(s)
	var y, mo, d string
	var rest []string
	if m := yearFirst.FindStringSubmatch(s); m != nil {
		y, mo, d, rest = m[1], m[2], m[3], m[4:]
	} else if m := dayFirst.FindStringSubmatch(s); m != nil {
		y, mo, d, rest = m[3], monthNumber(m[2]), m[1], m[4:]
	} else if m := monthFirst.FindStringSubmatch(s); m != nil {
		y, mo, d, rest = m[3], monthNumber(m[1]), m[2], m[4:]
	} else if m := dayDotted.FindStringSubmatch(s); m != nil {
		y, mo, d, rest = m[3], m[2], m[1], m[4:]
	} else {
		return time.Time{}, false
	}
	return makeDate(y, mo, d, rest, in)
}

// makeDate builds a time of the parts of a date, where rest is hour, minute,
// second, am or pm, and zone, each of which may be empty.
func makeDate(y, mo, d string, rest []string, in *time.Location) (time.Time, bool) {
	year := number(y)
	if len(y) == 2 {
		year += 2000
		if year > 2069 {
			year -= 100
		}
	}
	loc, ok := zoneOf(rest[4], in)
	month, day, hour := number(mo), number(d), number(rest[0])
	if half := strings.ToLower(rest[3]); half != "" {
		hour %= 12
		if half[0] == 'p' {
			hour += 12
		}
	}
	if !ok || year < 1980 || year > 2200 || hour > 24 || number(rest[1]) > 59 || number(rest[2]) > 60 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, hour, number(rest[1]), number(rest[2]), 0, loc)
	if month < 1 || month > 12 || t.Month() != time.Month(month) && hour < 24 {
		return time.Time{}, false
	}
	return t, true
}

func zoneOf(s string, in *time.Location) (*time.Location, bool) {
	if s == "" {
		if in == nil {
			in = time.UTC
		}
		return in, true
	}
	if hours, ok := zones[s]; ok {
		return time.FixedZone(s, int(hours*3600)), true
	}
	if s[0] != '+' && s[0] != '-' {
		return nil, false
	}
	digits := strings.ReplaceAll(s[1:], ":", "")
	seconds := number(digits[:min(2, len(digits))]) * 3600
	if len(digits) == 4 {
		seconds += number(digits[2:]) * 60
	}
	if s[0] == '-' {
		seconds = -seconds
	}
	return time.FixedZone("", seconds), true
}

var months = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}

func monthNumber(name string) string {
	for i, m := range months {
		if strings.HasPrefix(strings.ToLower(name), m) {
			return strconv.Itoa(i + 1)
		}
	}
	return ""
}

// number reads digits; empty or nonsense is 0.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}
