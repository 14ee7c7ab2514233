package feeds

import (
	"testing"
	"time"
)

func TestParseDate(t *testing.T) {
	tests := map[string]string{ // in Tokyo where no zone is given
		"2026-02-13T13:27+09:00":           "2026-02-13T04:27:00Z",
		"2026-02-13T13:27:05+09:00":        "2026-02-13T04:27:05Z",
		"2026-08-12T16:00:00.000Z":         "2026-08-12T16:00:00Z",
		"2025-10-14T00:00:00":              "2025-10-13T15:00:00Z",
		"2007-04-06":                       "2007-04-05T15:00:00Z",
		"2021/12/14 9:05":                  "2021-12-14T00:05:00Z",
		"2021年12月14日":                      "2021-12-13T15:00:00Z",
		"2021年12月14日(火) 10:00":             "2021-12-14T01:00:00Z",
		"20211214":                         "",
		"Thu, 13 Aug 26 12:00:00 +0000":    "2026-08-13T12:00:00Z",
		"Thu, 13 Aug 1998 12:00:00 EST":    "1998-08-13T17:00:00Z",
		"Tue, 21 July 2026  12:30:54":      "2026-07-21T03:30:54Z",
		"Tue; 21 July 2026  12:30:54":      "2026-07-21T03:30:54Z",
		"Tue, 08 Sep 2026 00:00:00 -0700":  "2026-09-08T07:00:00Z",
		"26 February 2026":                 "2026-02-25T15:00:00Z",
		"February 26, 2026":                "2026-02-25T15:00:00Z",
		"Thu, Feb 5, 2026 1:05 PM PST":     "2026-02-05T21:05:00Z",
		"Wednesday, December 1st, 2021":    "2021-11-30T15:00:00Z",
		"2021-12-14 00:00:00 +0530":        "2021-12-13T18:30:00Z",
		"Sun, 28 Feb 2021 24:00:00 GMT":    "2021-03-01T00:00:00Z",
		"2021-13-01":                       "",
		"2021-02-30":                       "",
		"Thu, 13 Foo 2026 12:00:00 +0000":  "",
		"Thu, 13 Aug 2026 12:99:00 +0000":  "",
		"Thu, 13 Aug 2026 12:00:00 WHAT":   "",
		"":                                 "",
		"昨日":                               "",
		"0001-01-01T00:00:00Z":             "",
		"2026-02-13T13:27:05+09:00 and on": "",
	}
	for in, want := range tests {
		got := ""
		if d, ok := parseDate(in, tokyo); ok {
			got = d.UTC().Format(time.RFC3339)
		}
		if got != want {
			t.Errorf("parseDate(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzParseDate(f *testing.F) {
	f.Add("Tue; 21 July 2026  12:30:54")
	f.Add("2026-02-13T13:27+09:00")
	f.Fuzz(func(t *testing.T, s string) {
		if d, ok := parseDate(s, tokyo); ok && (d.Year() < 1979 || d.Year() > 2201) {
			t.Errorf("parseDate(%q) = %v", s, d)
		}
	})
}
