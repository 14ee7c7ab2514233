package pipeline

import (
	"strings"
	"testing"
	"time"

	"hansho/cases/calendar"
)

// weekFrom has partners that are written to weekly, and one week done.
func weekFrom(t *testing.T) *bureau {
	t.Helper()
	b := newBureau(t)
	b.clock = tokyo(12, 6, 10)
	for _, l := range b.draft("partner-request") {
		must(t, b.desk.ApproveLetter(t.Context(), l.ID, "部長"))
	}
	if ran := b.round(tokyo(12, 10, 16)); len(ran.Weekly) != 2 || !ran.Digest {
		t.Fatalf("on Friday: %+v", ran)
	}
	return b
}

func TestAWeekThatWasSleptThroughIsMadeUpFor(t *testing.T) {
	b := weekFrom(t)
	for _, at := range []time.Time{tokyo(12, 11, 12), tokyo(12, 13, 12), tokyo(12, 18, 12), tokyo(12, 19, 12), tokyo(12, 20, 8)} {
		if ran := b.round(at); len(ran.Weekly) != 0 || ran.Digest {
			t.Errorf("%s: %+v", at.In(jst), ran)
		}
	}
	ran := b.round(tokyo(12, 20, 9)) // nothing ran on Friday the 17th
	if len(ran.Weekly) != 2 || !ran.Digest {
		t.Fatalf("on Monday: %+v", ran)
	}
	if text := ran.Weekly[0].Text; !strings.Contains(text, "次回は 2021年12月24日(金)") {
		t.Errorf("the next report is this week's:\n%s", text)
	}
	if ran := b.round(tokyo(12, 21, 9)); len(ran.Weekly) != 0 || ran.Digest {
		t.Errorf("made up for twice: %+v", ran)
	}
	if ran := b.round(tokyo(12, 24, 16)); len(ran.Weekly) != 2 || !ran.Digest {
		t.Errorf("the week after: %+v", ran)
	}
}

func TestAnOfficeThatBeginsHasMissedNothing(t *testing.T) {
	b := newBureau(t)
	if ran := b.round(tokyo(12, 20, 12)); ran.Digest {
		t.Errorf("%+v", ran)
	}
}

func TestTheNextReportIsOnALaterDay(t *testing.T) {
	cal, err := calendar.New([]string{"12-29..01-03", "2024-08-10..2024-08-18"})
	must(t, err)
	o := Office{Zone: jst, Calendar: cal, Weekly: Weekday{Day: time.Friday, Hour: 16, Set: true}}
	for due, want := range map[string]string{
		"2024-12-27": "2025-01-10", // the 3rd is closed, and was moved to the 27th itself
		"2024-08-09": "2024-08-23", "2024-08-02": "2024-08-09",
		"2021-12-28": "2022-01-07", "2021-12-17": "2021-12-24",
	} {
		day, err := time.ParseInLocation(time.DateOnly, due, jst)
		must(t, err)
		if got := o.dueAfter(o.Due(day)).Format(time.DateOnly); got != want {
			t.Errorf("after %s: %s, want %s", due, got, want)
		}
	}
}
