// Package calendar knows the Japanese working days: the national holidays as the
// law had them in each year, computed, and a company's own yearly closures.
// Days are civil days in whatever zone the given time has; no clock is read.
package calendar

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Holiday is one day off by law.
type Holiday struct {
	Date time.Time // midnight UTC of the civil day
	Name string    // in Japanese: 元日, 休日 for a substitute
	EN   string
}

// The first days on which the two rules about days in between stood.
var (
	substitutesSince = date(1973, 4, 12)  // 振替休日
	betweenSince     = date(1985, 12, 27) // 国民の休日
)

// Holidays gives a year's holidays, from 1948 on, in order. Years whose
// equinoxes are not proclaimed yet are computed as the law stands today.
func Holidays(year int) []Holiday {
	named := namedHolidays(year)
	all := slices.Clone(named)
	is := func(list []Holiday, d time.Time) bool {
		return slices.ContainsFunc(list, func(h Holiday) bool { return h.Date.Equal(d) })
	}
	for _, h := range named {
		if h.Date.Weekday() != time.Sunday || h.Date.Before(substitutesSince) {
			continue
		}
		d := h.Date.AddDate(0, 0, 1)
		for year >= 2007 && is(named, d) { // before, only the Monday could take its place
			d = d.AddDate(0, 0, 1)
		}
		if !is(all, d) {
			all = append(all, Holiday{d, "休日（振替休日）", "Substitute holiday"})
		}
	}
	for _, h := range named {
		d := h.Date.AddDate(0, 0, 1)
		if d.Before(betweenSince) || is(all, d) || !is(named, d.AddDate(0, 0, 1)) || d.Weekday() == time.Sunday {
			continue
		}
		all = append(all, Holiday{d, "休日（国民の休日）", "Citizens' holiday"})
	}
	slices.SortFunc(all, func(a, b Holiday) int { return cmp.Or(a.Date.Compare(b.Date), cmp.Compare(a.Name, b.Name)) })
	return all
}

func namedHolidays(year int) []Holiday {
	var out []Holiday
	for _, r := range law {
		if d, ok := r.on(year); ok {
			out = append(out, Holiday{d, r.name, r.en})
		}
	}
	slices.SortFunc(out, func(a, b Holiday) int { return a.Date.Compare(b.Date) })
	return out
}

// Calendar is a company's working days.
type Calendar struct {
	closures []closure
}

// New makes a calendar with closures beside weekends and holidays: yearly ones as
// "12-29..01-03" or "08-13", those of one year as "2026-08-13..2026-08-15".
func New(closures []string) (Calendar, error) {
	var c Calendar
	for _, text := range closures {
		one, err := parseClosure(text)
		if err != nil {
			return Calendar{}, err
		}
		c.closures = append(c.closures, one)
	}
	return c, nil
}

// closure is a span of days, both ends included: YYYYMMDD, or MMDD each year.
type closure struct {
	from, to int
	yearly   bool
}

func parseClosure(text string) (closure, error) {
	first, last, ok := strings.Cut(strings.ReplaceAll(text, " ", ""), "..")
	if !ok {
		last = first
	}
	for _, layout := range []string{time.DateOnly, "01-02"} {
		a, err := time.Parse(layout, first)
		b, err2 := time.Parse(layout, last)
		if err != nil || err2 != nil {
			continue
		}
		c := closure{yearly: layout != time.DateOnly}
		c.from, c.to = c.number(a), c.number(b)
		if !c.yearly && c.to < c.from {
			return closure{}, fmt.Errorf("calendar: closure %q ends before it begins", text)
		}
		return c, nil
	}
	return closure{}, fmt.Errorf("calendar: closure %q: want 12-29..01-03 or 2026-08-13..2026-08-15", text)
}

func (c closure) number(d time.Time) int {
	n := int(d.Month())*100 + d.Day()
	if !c.yearly {
		n += d.Year() * 10000
	}
	return n
}

func (c closure) holds(d time.Time) bool {
	n := c.number(d)
	if c.from > c.to { // over the new year
		return n >= c.from || n <= c.to
	}
	return c.from <= n && n <= c.to
}

// Working says whether people work on t's day, in t's zone.
func (c Calendar) Working(t time.Time) bool {
	if t.Weekday() == time.Saturday || t.Weekday() == time.Sunday {
		return false
	}
	if slices.ContainsFunc(c.closures, func(cl closure) bool { return cl.holds(t) }) {
		return false
	}
	day := date(t.Year(), t.Month(), t.Day())
	return !slices.ContainsFunc(Holidays(t.Year()), func(h Holiday) bool { return h.Date.Equal(day) })
}

// horizon bounds the search for a working day: a calendar that is closed for
// longer is a mistake, and gives the day itself.
const horizon = 366

// Next gives t where its day is a working day, else the same hour of the next
// one.
func (c Calendar) Next(t time.Time) time.Time { return c.seek(t, 1) }

// Previous gives t where its day is a working day, else the same hour of the
// last one before.
func (c Calendar) Previous(t time.Time) time.Time { return c.seek(t, -1) }

func (c Calendar) seek(t time.Time, step int) time.Time {
	for i := range horizon {
		if d := t.AddDate(0, 0, i*step); c.Working(d) {
			return d
		}
	}
	return t
}

// Add gives the nth working day after t's day, at the same hour; for 0 it is
// Next.
func (c Calendar) Add(t time.Time, n int) time.Time {
	t = c.Next(t)
	for range n {
		t = c.Next(t.AddDate(0, 0, 1))
	}
	return t
}

// Between counts the working days after from's day up to to's day, in from's
// zone; zero where to is no later, or from is the zero time.
func (c Calendar) Between(from, to time.Time) int {
	if from.IsZero() {
		return 0
	}
	n, to := 0, to.In(from.Location())
	end := date(to.Year(), to.Month(), to.Day())
	for d := date(from.Year(), from.Month(), from.Day()).AddDate(0, 0, 1); !d.After(end); d = d.AddDate(0, 0, 1) {
		if c.Working(d) {
			n++
		}
	}
	return n
}
