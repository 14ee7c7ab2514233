package vendors

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hansho/feeds"
)

// heldList is a list that is polled as time goes on.
type heldList struct {
	t      *testing.T
	site   *site
	source *ListSource
	cursor feeds.Cursor
	clock  time.Time
}

func newHeldList(t *testing.T, text string) *heldList {
	t.Helper()
	s, at := serve(t, map[string]string{"/list.md": text})
	l := &heldList{t: t, site: s, source: listSource(t, feeds.Entry{URL: at + "/list.md", Mapping: map[string]string{"cve": "CVE-2031-1000"}}), clock: fixedNow()}
	l.source.now = func() time.Time { return l.clock }
	l.poll(0, text)
	return l
}

// poll lets time go by, has the list stand as given, and gives what is told.
func (l *heldList) poll(after time.Duration, text string) []string {
	l.t.Helper()
	l.clock = l.clock.Add(after)
	l.site.docs["/list.md"] = text
	b, cursor, err := l.source.Fetch(l.t.Context(), l.cursor)
	if err != nil && !errors.Is(err, feeds.ErrUnchanged) {
		l.t.Fatal(err)
	}
	l.cursor = cursor
	return toldLines(b)
}

func (l *heldList) want(told []string, want ...string) {
	l.t.Helper()
	if diff := cmp.Diff(want, told); diff != "" {
		l.t.Error(diff)
	}
}

func TestARemovedRowThatComesBackIsNoNews(t *testing.T) {
	with, without := table("A=Fix", "B=Not vuln", "C=Fix", "D=Fix"), table("A=Fix", "C=Fix", "D=Fix")
	l := newHeldList(t, with)
	for range 3 {
		l.want(l.poll(5*time.Minute, without))
		l.want(l.poll(5*time.Minute, with))
	}
	l.want(l.poll(time.Hour, with))
}

func TestARowThatStaysAwayIsTold(t *testing.T) {
	with, without := table("A=Fix", "B=Not vuln", "C=Fix", "D=Fix"), table("A=Fix", "C=Fix", "D=Fix")
	l := newHeldList(t, with)
	l.want(l.poll(time.Hour, without))
	l.want(l.poll(20*time.Minute, table("A=Fix", "C=Fix", "D=Fix", "E=Fix")), "e fixed")
	l.want(l.poll(25*time.Minute, table("A=Fix", "C=Fix", "D=Fix", "E=Fix")), "b not_affected gone") // the list itself is unchanged
	l.want(l.poll(time.Hour, without+"\nA footer.\n"))
}

func TestARowThatComesBackUnsafeIsAChangeAtOnce(t *testing.T) {
	l := newHeldList(t, table("A=Fix", "B=Not vuln", "C=Fix", "D=Fix"))
	l.want(l.poll(time.Minute, table("A=Fix", "C=Fix", "D=Fix")))
	l.want(l.poll(time.Minute, table("A=Fix", "B=Vulnerable", "C=Fix", "D=Fix")), "b affected")
	l.want(l.poll(time.Hour, table("A=Fix", "B=Vulnerable", "C=Fix", "D=Fix")))
}

func TestWhatIsHeldHasABound(t *testing.T) {
	p := &listPoll{source: &ListSource{hold: time.Hour, now: fixedNow}}
	told := p.remove(make([]heldRow, 1))
	if len(told) != 1 {
		t.Errorf("a row that went long ago: %v", told)
	}
	young := make([]heldRow, maxHeld+2)
	for i := range young {
		young[i].Since = fixedNow()
	}
	if told = p.remove(young); len(told) != 2 || len(p.next.Held) != maxHeld {
		t.Errorf("told %d, held %d", len(told), len(p.next.Held))
	}
}
