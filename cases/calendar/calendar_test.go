package calendar

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// published are the days that the Cabinet Office's list of holidays, 1955 to
// 2027, has beside those of fixed dates: the equinoxes, the moved Mondays, the
// substitutes and the days of one year. A fact a number: month and day.
const published = `
1955 321 924
1956 321 923
1957 321 923
1958 321 923
1959 321 924 410
1960 320 923
1961 321 923
1962 321 923
1963 321 924
1964 320 923
1965 321 923
1966 321 923
1967 321 924
1968 320 923
1969 321 923
1970 321 923
1971 321 924
1972 320 923
1973 321 923 430 924
1974 321 923 506 916 1104
1975 321 924 1124
1976 320 923 1011
1977 321 923
1978 321 923 102 116
1979 321 924 212 430
1980 320 923 1124
1981 321 923 504
1982 321 923 322 1011
1983 321 923
1984 320 923 102 116 430 924
1985 321 923 506 916 1104
1986 321 923 1124
1987 321 923 504
1988 320 923 321 504
1989 321 923 102 116 224 504
1990 321 923 212 430 504 924 1112 1224
1991 321 923 504 506 916 1104
1992 320 923 504
1993 320 923 504 609 1011
1994 321 923 504
1995 321 923 102 116 504
1996 320 923 212 504 506 916 1104
1997 320 923 721 1124
1998 321 923 504
1999 321 923 322 504 1011
2000 320 923 110 1009 504
2001 320 923 108 1008 212 430 504 924 1224
2002 321 923 114 1014 504 506 916 1104
2003 321 923 113 721 915 1013 1124
2004 320 923 112 719 920 1011 504
2005 320 923 110 718 919 1010 321 504
2006 321 923 109 717 918 1009 102 504
2007 321 923 108 716 917 1008 212 430 924 1224
2008 320 923 114 721 915 1013 506 1124
2009 320 923 112 720 921 1012 506 922
2010 321 923 111 719 920 1011 322
2011 321 923 110 718 919 1010
2012 320 922 109 716 917 1008 102 430 1224
2013 320 923 114 715 916 1014 506 1104
2014 321 923 113 721 915 1013 506 1124
2015 321 923 112 720 921 1012 506 922
2016 320 922 111 718 919 1010 811 321
2017 320 923 109 717 918 1009 811 102
2018 321 923 108 716 917 1008 811 212 430 924 1224
2019 321 923 114 715 916 1014 811 812 430 501 502 506 1022 1104
2020 320 922 113 723 921 724 810 224 506
2021 320 923 111 722 920 723 808 809
2022 321 923 110 718 919 1010 811
2023 321 923 109 717 918 1009 811 102
2024 320 922 108 715 916 1014 811 212 506 812 923 1104
2025 320 923 113 721 915 1013 811 224 506 1124
2026 320 923 112 720 921 1012 811 506 922
2027 321 923 111 719 920 1011 811 322`

// fixed are the days of fixed date on the list, with the years that they stand
// in.
var fixed = []struct{ day, from, to int }{
	{101, 1955, 2027},
	{115, 1955, 1999},
	{211, 1967, 2027},
	{223, 2020, 2027},
	{429, 1955, 2027},
	{503, 1955, 2027},
	{504, 2007, 2027},
	{505, 1955, 2027},
	{720, 1996, 2002},
	{915, 1966, 2002},
	{1010, 1966, 1999},
	{1103, 1955, 2027},
	{1123, 1955, 2027},
	{1223, 1989, 2018},
}

func TestHolidaysAreThosePublished(t *testing.T) {
	years, days := 0, 0
	for line := range strings.Lines(strings.TrimSpace(published)) {
		fields := strings.Fields(line)
		year, _ := strconv.Atoi(fields[0])
		var want []int
		for _, f := range fields[1:] {
			n, _ := strconv.Atoi(f)
			want = append(want, n)
		}
		for _, f := range fixed {
			if f.from <= year && year <= f.to {
				want = append(want, f.day)
			}
		}
		slices.Sort(want)
		var got []int
		for _, h := range Holidays(year) {
			got = append(got, int(h.Date.Month())*100+h.Date.Day())
			if h.Name == "" || h.EN == "" {
				t.Errorf("%s has no name", h.Date)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d (-published +computed):\n%s", year, diff)
		}
		years, days = years+1, days+len(want)
	}
	if years != 73 {
		t.Errorf("the table has %d years", years)
	}
	t.Logf("%d days in %d years", days, years)
}

// The usual closed formulas for the equinoxes, in hours of Tokyo, are an
// independent computation: both must agree over the years that the law can mean.
func TestEquinoxesAgreeWithTheClosedFormula(t *testing.T) {
	for year := 1949; year <= 2099; year++ {
		spring, autumn, leap := 20.8431, 23.2488, math.Floor(float64(year-1980)/4)
		if year < 1980 {
			spring, autumn, leap = 20.8357, 23.2588, math.Trunc(float64(year-1983)/4) // rounds towards 1983
		}
		for month, base := range map[time.Month]float64{time.March: spring, time.September: autumn} {
			want := int(base + 0.242194*float64(year-1980) - leap)
			if got := equinox(year, month); got.Day() != want || got.Month() != month {
				t.Errorf("%d %s: %d, the formula says %d", year, month, got.Day(), want)
			}
		}
	}
}

func TestWorkingDays(t *testing.T) {
	c, err := New([]string{"12-29..01-03", "2021-08-12..2021-08-16", "10-02"})
	if err != nil {
		t.Fatal(err)
	}
	tokyo := time.FixedZone("JST", 9*3600)
	day := func(s string) time.Time {
		d, err := time.ParseInLocation("2006-01-02 15:04", s+" 16:00", tokyo)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	next := map[string]string{
		"2021-12-17": "2021-12-17", "2021-12-18": "2021-12-20", "2021-12-29": "2022-01-04",
		"2021-08-11": "2021-08-11", "2021-08-12": "2021-08-17", "2022-08-12": "2022-08-12",
		"2021-07-22": "2021-07-26", "2026-09-19": "2026-09-24", "2019-04-27": "2019-05-07", "2020-10-02": "2020-10-05",
	}
	for from, want := range next {
		if got := c.Next(day(from)); !got.Equal(day(want)) {
			t.Errorf("next of %s: %s, want %s at the same hour", from, got, want)
		}
	}
	if got := c.Previous(day("2022-01-03")); !got.Equal(day("2021-12-28")) {
		t.Errorf("previous: %s", got)
	}
	for n, want := range []string{"2021-12-27", "2021-12-28", "2022-01-04", "2022-01-05"} {
		if got := c.Add(day("2021-12-25"), n); !got.Equal(day(want)) {
			t.Errorf("%d working days after 25 December 2021: %s, want %s", n, got, want)
		}
	}
	if got := c.Between(day("2021-12-27"), day("2022-01-05")); got != 3 {
		t.Errorf("between: %d", got)
	}
	if got := c.Between(day("2021-12-27"), day("2021-12-01")); got != 0 {
		t.Errorf("backwards: %d", got)
	}
}

// What is counted and what is added must agree, whatever the day.
func TestAddAndBetweenAgree(t *testing.T) {
	c, err := New([]string{"12-29..01-03", "08-13..08-15"})
	if err != nil {
		t.Fatal(err)
	}
	for d := date(2018, 12, 1); d.Before(date(2021, 1, 20)); d = d.AddDate(0, 0, 1) {
		if !c.Working(d) {
			continue
		}
		for n := range 12 {
			if got := c.Between(d, c.Add(d, n)); got != n {
				t.Fatalf("%s + %d = %s, %d days between", d, n, c.Add(d, n), got)
			}
		}
	}
}

func TestMistakenClosures(t *testing.T) {
	for _, bad := range []string{"", "夏休み", "13-01", "2021-12-29..2021-12-01", "12-29..2022-01-03", "02-30"} {
		if _, err := New([]string{bad}); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
	always, err := New([]string{"01-01..12-31"})
	if err != nil {
		t.Fatal(err)
	}
	if d := date(2021, 12, 1); !always.Add(d, 3).After(d.AddDate(0, 0, -1)) {
		t.Error("a company that never works hangs")
	}
}

func FuzzClosure(f *testing.F) {
	f.Add("12-29..01-03", int64(1639445400))
	f.Add("2021-08-13", int64(0))
	f.Fuzz(func(t *testing.T, text string, at int64) {
		c, err := New([]string{text})
		if err != nil {
			return
		}
		d := time.Unix(at%(1<<33), 0).UTC()
		if n := c.Next(d); n.Before(d) {
			t.Errorf("next of %s is %s", d, n)
		}
	})
}

func ExampleHolidays() {
	for _, h := range Holidays(2021)[8:13] {
		fmt.Println(h.Date.Format(time.DateOnly), h.Name)
	}
	// Output:
	// 2021-05-05 こどもの日
	// 2021-07-22 海の日
	// 2021-07-23 スポーツの日
	// 2021-08-08 山の日
	// 2021-08-09 休日（振替休日）
}
