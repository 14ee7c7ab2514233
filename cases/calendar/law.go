package calendar

import "time"

// rule is one holiday of the law as it stood from one year to another.
type rule struct {
	name, en  string
	from, to  int // years; to is 0 where it still stands
	month     time.Month
	day       int // of the month; 0 where week is set
	week      int // the nth Monday
	equinox   bool
	exception map[int]monthDay // years for which another law moved it
}

type monthDay struct {
	month time.Month
	day   int
}

// law is the Act on National Holidays (国民の祝日に関する法律, 20 July 1948) with
// its amendments, and the acts that moved holidays for the Games of 2020.
var law = [...]rule{
	{name: "元日", en: "New Year's Day", from: 1949, month: 1, day: 1},
	{name: "成人の日", en: "Coming of Age Day", from: 1949, to: 1999, month: 1, day: 15},
	{name: "成人の日", en: "Coming of Age Day", from: 2000, month: 1, week: 2},
	{name: "建国記念の日", en: "National Foundation Day", from: 1967, month: 2, day: 11},
	{name: "天皇誕生日", en: "The Emperor's Birthday", from: 2020, month: 2, day: 23},
	{name: "春分の日", en: "Vernal Equinox Day", from: 1949, month: 3, equinox: true},
	{name: "天皇誕生日", en: "The Emperor's Birthday", from: 1949, to: 1988, month: 4, day: 29},
	{name: "みどりの日", en: "Greenery Day", from: 1989, to: 2006, month: 4, day: 29},
	{name: "昭和の日", en: "Showa Day", from: 2007, month: 4, day: 29},
	{name: "憲法記念日", en: "Constitution Memorial Day", from: 1949, month: 5, day: 3},
	{name: "みどりの日", en: "Greenery Day", from: 2007, month: 5, day: 4},
	{name: "こどもの日", en: "Children's Day", from: 1949, month: 5, day: 5},
	{name: "海の日", en: "Marine Day", from: 1996, to: 2002, month: 7, day: 20},
	{name: "海の日", en: "Marine Day", from: 2003, month: 7, week: 3, exception: map[int]monthDay{2020: {7, 23}, 2021: {7, 22}}},
	{name: "山の日", en: "Mountain Day", from: 2016, month: 8, day: 11, exception: map[int]monthDay{2020: {8, 10}, 2021: {8, 8}}},
	{name: "敬老の日", en: "Respect for the Aged Day", from: 1966, to: 2002, month: 9, day: 15},
	{name: "敬老の日", en: "Respect for the Aged Day", from: 2003, month: 9, week: 3},
	{name: "秋分の日", en: "Autumnal Equinox Day", from: 1948, month: 9, equinox: true},
	{name: "体育の日", en: "Health and Sports Day", from: 1966, to: 1999, month: 10, day: 10},
	{name: "体育の日", en: "Health and Sports Day", from: 2000, to: 2019, month: 10, week: 2},
	{name: "スポーツの日", en: "Sports Day", from: 2020, month: 10, week: 2, exception: map[int]monthDay{2020: {7, 24}, 2021: {7, 23}}},
	{name: "文化の日", en: "Culture Day", from: 1948, month: 11, day: 3},
	{name: "勤労感謝の日", en: "Labour Thanksgiving Day", from: 1948, month: 11, day: 23},
	{name: "天皇誕生日", en: "The Emperor's Birthday", from: 1989, to: 2018, month: 12, day: 23},
	// Days that a law of its own made holidays of one year.
	{name: "皇太子明仁親王の結婚の儀", en: "Wedding of Crown Prince Akihito", from: 1959, to: 1959, month: 4, day: 10},
	{name: "昭和天皇の大喪の礼", en: "Funeral of Emperor Showa", from: 1989, to: 1989, month: 2, day: 24},
	{name: "即位礼正殿の儀", en: "Enthronement Ceremony", from: 1990, to: 1990, month: 11, day: 12},
	{name: "皇太子徳仁親王の結婚の儀", en: "Wedding of Crown Prince Naruhito", from: 1993, to: 1993, month: 6, day: 9},
	{name: "天皇の即位の日", en: "Day of Accession", from: 2019, to: 2019, month: 5, day: 1},
	{name: "即位礼正殿の儀", en: "Enthronement Ceremony", from: 2019, to: 2019, month: 10, day: 22},
}

// on gives the day of a rule in a year, and false where the law did not have it
// then.
func (r rule) on(year int) (time.Time, bool) {
	if year < r.from || r.to != 0 && year > r.to {
		return time.Time{}, false
	}
	if moved, ok := r.exception[year]; ok {
		return date(year, moved.month, moved.day), true
	}
	switch {
	case r.equinox:
		return equinox(year, r.month), true
	case r.week > 0:
		first := date(year, r.month, 1)
		return first.AddDate(0, 0, (8-int(first.Weekday()))%7+7*(r.week-1)), true
	}
	return date(year, r.month, r.day), true
}

func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}
