package notify

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// timing is when a route speaks, as its words were read.
type timing struct {
	hours  *window
	quiet  *window
	digest *moment
	group  time.Duration
}

// window is a part of some days of the week, in minutes after midnight. One
// whose end is before its beginning goes over midnight.
type window struct {
	days     [7]bool
	from, to int
}

// moment is a time of day, on one day of the week or on all.
type moment struct {
	days [7]bool
	at   int
}

func (r Route) timing() (timing, error) {
	t := timing{group: r.Group}
	var err error
	if r.Hours != "" {
		if t.hours, err = parseWindow(r.Hours); err != nil {
			return t, fmt.Errorf("hours: %w", err)
		}
	}
	if r.Quiet != "" {
		if t.quiet, err = parseWindow(r.Quiet); err != nil {
			return t, fmt.Errorf("quiet: %w", err)
		}
	}
	if r.Digest != "" {
		if t.digest, err = parseMoment(r.Digest); err != nil {
			return t, fmt.Errorf("digest: %w", err)
		}
	}
	if r.Group < 0 {
		return t, fmt.Errorf("group: %v is less than nothing", r.Group)
	}
	return t, nil
}

// next gives when what is known at now may be told. holiday may be nil.
func (t timing) next(now time.Time, holiday func(time.Time) bool) time.Time {
	at := now
	if t.group > 0 {
		at = now.Truncate(t.group).Add(t.group)
	}
	if t.digest != nil {
		at = t.digest.after(at)
	}
	if t.quiet != nil {
		at = t.quiet.leave(at)
	}
	if t.hours != nil {
		at = t.hours.enter(at, holiday)
	}
	return at
}

func (w window) holds(at time.Time) bool {
	m := at.Hour()*60 + at.Minute()
	today, before := w.days[at.Weekday()], w.days[(at.Weekday()+6)%7]
	if w.from <= w.to {
		return today && m >= w.from && m < w.to
	}
	return today && m >= w.from || before && m < w.to
}

// leave gives at, or the end of the window where at is in it. Windows that
// follow upon each other, as whole days do, are one.
func (w window) leave(at time.Time) time.Time {
	for range 8 {
		if !w.holds(at) {
			break
		}
		end := clock(at, w.to)
		if !end.After(at) {
			end = clock(at.AddDate(0, 0, 1), w.to)
		}
		at = end
	}
	return at
}

// enter gives at, or the next beginning of the window on a day that is no
// holiday.
func (w window) enter(at time.Time, holiday func(time.Time) bool) time.Time {
	free := func(t time.Time) bool { return holiday != nil && holiday(t) }
	if w.holds(at) && !free(at) {
		return at
	}
	for day := range 366 {
		start := clock(at.AddDate(0, 0, day), w.from)
		if w.days[start.Weekday()] && start.After(at) && !free(start) {
			return start
		}
	}
	return at // holidays all the year
}

// after gives the first such moment later than at.
func (m moment) after(at time.Time) time.Time {
	for day := range 8 {
		if t := clock(at.AddDate(0, 0, day), m.at); t.After(at) && m.days[t.Weekday()] {
			return t
		}
	}
	return at
}

func clock(day time.Time, minutes int) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), minutes/60, minutes%60, 0, 0, day.Location())
}

var dayNames = [7][]string{
	{"sun", "sunday", "日"},
	{"mon", "monday", "月"},
	{"tue", "tuesday", "火"},
	{"wed", "wednesday", "水"},
	{"thu", "thursday", "木"},
	{"fri", "friday", "金"},
	{"sat", "saturday", "土"},
}

// parseWindow reads "mon-fri 09:00-18:00", or the times alone for every day.
func parseWindow(s string) (*window, error) {
	fields := strings.Fields(s)
	w := window{days: everyDay()}
	var err error
	if len(fields) == 2 {
		if w.days, err = parseDays(fields[0]); err != nil {
			return nil, err
		}
		fields = fields[1:]
	}
	if len(fields) != 1 {
		return nil, fmt.Errorf("%q is not like mon-fri 09:00-18:00", s)
	}
	from, to, ok := strings.Cut(fields[0], "-")
	if w.from, err = parseClock(from); err == nil && ok {
		w.to, err = parseClock(to)
	}
	if err != nil || !ok || w.from == w.to {
		return nil, fmt.Errorf("%q is not like 09:00-18:00", fields[0])
	}
	return &w, nil
}

// parseMoment reads "daily 09:00" and "weekly mon 09:00".
func parseMoment(s string) (*moment, error) {
	fields := strings.Fields(s)
	m := moment{days: everyDay()}
	var err error
	switch {
	case len(fields) == 2 && fields[0] == "daily":
	case len(fields) == 3 && fields[0] == "weekly":
		if m.days, err = parseDays(fields[1]); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("%q is not like daily 09:00 or weekly mon 09:00", s)
	}
	m.at, err = parseClock(fields[len(fields)-1])
	return &m, err
}

func everyDay() [7]bool { return [7]bool{true, true, true, true, true, true, true} }

// parseDays reads "mon-fri", "sat,sun", "月-金".
func parseDays(s string) ([7]bool, error) {
	var days [7]bool
	for part := range strings.SplitSeq(s, ",") {
		from, to, span := strings.Cut(part, "-")
		a, b := dayOf(from), dayOf(from)
		if span {
			b = dayOf(to)
		}
		if a < 0 || b < 0 {
			return days, fmt.Errorf("%q is no day of the week: write mon, tue, …", part)
		}
		for d := a; ; d = (d + 1) % 7 {
			days[d] = true
			if d == b {
				break
			}
		}
	}
	return days, nil
}

func dayOf(s string) int {
	return slices.IndexFunc(dayNames[:], func(names []string) bool { return slices.Contains(names, strings.ToLower(s)) })
}

func parseClock(s string) (int, error) {
	h, m, ok := strings.Cut(s, ":")
	hour, err := strconv.Atoi(h)
	minute, err2 := strconv.Atoi(m)
	if !ok || err != nil || err2 != nil || len(m) != 2 || hour < 0 || minute < 0 || minute > 59 || hour*60+minute > 24*60 {
		return 0, fmt.Errorf("%q is no time of day: write 09:00", s)
	}
	return hour*60 + minute, nil
}
