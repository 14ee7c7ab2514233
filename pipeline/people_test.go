package pipeline

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hansho/advisory"
	"hansho/cases"
	"hansho/inventory"
	"hansho/notify"
	"hansho/store"
)

var orderSystem = inventory.Item{ID: "app", Name: "受発注システム", Product: "Log4j", Owner: "情報システム部"}

// critical has a source say that an item of ours is hit by something critical.
func (b *bench) critical() {
	b.t.Helper()
	b.first("s")
	b.poll("s", advisory.Advisory{
		ID: "s:1", Source: "s", Title: "Log4j", CVEs: []string{"CVE-2021-44228"}, Updated: b.clock, Published: b.clock,
		Severity: advisory.Severity{Rating: "critical", Score: 10},
		Products: []advisory.ProductStatus{{Product: "Log4j", Status: advisory.StatusAffected}},
	})
}

// deliver has what is due arrive now.
func (b *bench) deliver() {
	b.t.Helper()
	box := store.NewOutbox(b.st)
	ms, err := box.Claim(b.t.Context(), b.clock, time.Minute, 100, nil)
	must(b.t, err)
	for _, m := range ms {
		must(b.t, box.Record(b.t.Context(), []notify.Outcome{{Delivery: m.Delivery, State: notify.Sent, Receipt: notify.Receipt{ID: "ts", At: b.clock}}}))
	}
}

func (b *bench) reminders() []notify.Notice {
	return slices.DeleteFunc(slices.Clone(b.told.told), func(n notify.Notice) bool { return n.Kind != notify.KindReminder })
}

func (b *bench) deliveriesTo(to notify.Address) int {
	n := 0
	must(b.t, b.st.View(b.t.Context(), func(tx store.Tx) error {
		ds, err := tx.Deliveries("", "", 0)
		for _, d := range ds {
			if d.Address == to {
				n++
			}
		}
		return err
	}))
	return n
}

func TestEscalation(t *testing.T) {
	chief := notify.Address{Channel: "mail", To: "chief@example.co.jp"}
	e := Escalation{Repeat: 15 * time.Minute, After: 30 * time.Minute, To: []notify.Address{chief}}
	b := newBench(t, orderSystem)
	b.critical()
	b.deliver()
	tick := func(after time.Duration, wantReminders, wantEscalated int) {
		t.Helper()
		b.clock = b.clock.Add(after)
		_, err := b.p.Escalate(t.Context(), e)
		must(t, err)
		if got := len(b.reminders()); got != wantReminders {
			t.Errorf("%d reminders, want %d", got, wantReminders)
		}
		if got := b.deliveriesTo(chief); got != wantEscalated {
			t.Errorf("%d escalated, want %d", got, wantEscalated)
		}
	}
	tick(0, 0, 0)
	tick(14*time.Minute, 0, 0)
	tick(time.Minute, 1, 0)
	tick(0, 1, 0) // the same moment again
	b.p = New(b.st, b.told, nil, []inventory.Item{orderSystem}, names{orderSystem}, b.p.opts)
	tick(time.Minute, 1, 0) // a restart forgets nothing
	tick(14*time.Minute, 2, 1)
	tick(time.Hour, 3, 1)
	_, err := b.p.Desk().Acknowledge(t.Context(), "CVE-2021-44228", "山田")
	must(t, err)
	tick(time.Hour, 3, 1)
	if last := b.reminders()[2]; last.Since.IsZero() || !last.Urgent {
		t.Errorf("reminder %+v: want urgent, with since when", last)
	}
}

func TestTheTimesOfEscalationBeginWithItsDelivery(t *testing.T) {
	chief := notify.Address{Channel: "mail", To: "chief@example.co.jp"}
	e := Escalation{Repeat: 15 * time.Minute, After: time.Hour, To: []notify.Address{chief}}
	tests := map[string]struct {
		delivered time.Duration // after the case opened; 0 is never
		reminded  time.Duration
		escalated time.Duration
	}{
		"at once":       {time.Minute, 16 * time.Minute, 61 * time.Minute},
		"after a while": {40 * time.Minute, 55 * time.Minute, 100 * time.Minute},
		"never":         {0, 0, time.Hour},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, orderSystem)
			b.critical()
			start := b.clock
			var reminded, escalated time.Duration
			for range 3 * 60 {
				if passed := b.clock.Sub(start); tt.delivered > 0 && passed == tt.delivered {
					b.deliver()
				}
				_, err := b.p.Escalate(t.Context(), e)
				must(t, err)
				if reminded == 0 && len(b.reminders()) > 0 {
					reminded = b.clock.Sub(start)
				}
				if escalated == 0 && b.deliveriesTo(chief) > 0 {
					escalated = b.clock.Sub(start)
				}
				b.clock = b.clock.Add(time.Minute)
			}
			if reminded != tt.reminded || escalated != tt.escalated {
				t.Errorf("reminded after %v, escalated after %v; want %v and %v", reminded, escalated, tt.reminded, tt.escalated)
			}
		})
	}
}

func TestSnoozedCaseIsNotEscalated(t *testing.T) {
	e := Escalation{Repeat: 15 * time.Minute}
	b := newBench(t, orderSystem)
	b.critical()
	b.deliver()
	_, err := b.p.Desk().Snooze(t.Context(), "CVE-2021-44228", b.clock.Add(2*time.Hour), "山田", "保守の時間に対応")
	must(t, err)
	for range 8 {
		_, err := b.p.Escalate(t.Context(), e)
		must(t, err)
		b.clock = b.clock.Add(14 * time.Minute)
	}
	if got := len(b.reminders()); got != 0 {
		t.Errorf("%d reminders in a silence", got)
	}
	b.clock = b.clock.Add(time.Hour)
	_, err = b.p.Escalate(t.Context(), e)
	must(t, err)
	if got := len(b.reminders()); got != 1 {
		t.Errorf("%d reminders after the silence, want 1", got)
	}
}

func TestSnooze(t *testing.T) {
	b := newBench(t, orderSystem)
	b.critical()
	d := b.p.Desk()
	for name, until := range map[string]time.Time{"past": b.clock, "too long": b.clock.AddDate(1, 0, 0)} {
		if _, err := d.Snooze(t.Context(), "CVE-2021-44228", until, "山田", "w"); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	c, err := d.Snooze(t.Context(), "CVE-2021-44228", b.clock.Add(time.Hour), "山田", "保守の時間に対応")
	must(t, err)
	if e := c.Timeline[len(c.Timeline)-1]; e.Kind != "snooze" || e.Who != "山田" || e.Text != "保守の時間に対応" {
		t.Errorf("timeline says %+v", e)
	}
	if s := b.told.told[len(b.told.told)-1].Step; s == nil || !s.Until.Equal(b.clock.Add(time.Hour)) {
		t.Errorf("told step %+v", s)
	}
	if list, _ := d.Silences(t.Context()); len(list) != 1 {
		t.Errorf("%d silences, want 1", len(list))
	}
	_, err = d.Wake(t.Context(), "CVE-2021-44228", "山田")
	must(t, err)
	if list, _ := d.Silences(t.Context()); len(list) != 0 {
		t.Errorf("%d silences after waking, want 0", len(list))
	}
}

// Who puts a case off hears of it when the time has come, once, with what came
// meanwhile; a case that was closed meanwhile is let be.
func TestWhatWasPutOffIsToldLater(t *testing.T) {
	b := newBench(t, orderSystem)
	b.critical()
	b.deliver()
	d := b.p.Desk()
	end := func(want int) {
		t.Helper()
		before := len(b.told.told)
		_, err := b.p.EndSilences(t.Context())
		must(t, err)
		if got := len(b.told.told) - before; got != want {
			t.Fatalf("told %d times, want %d", got, want)
		}
	}
	_, err := d.Snooze(t.Context(), "CVE-2021-44228", b.clock.Add(2*time.Hour), "山田", "保守の時間に対応")
	must(t, err)
	b.clock = b.clock.Add(time.Hour)
	end(0)
	b.clock = b.clock.Add(time.Hour)
	end(1)
	n := b.told.told[len(b.told.told)-1]
	if n.Kind != notify.KindUpdate || n.Step == nil || n.Step.Kind != "wake" || n.Step.Who != "山田" || n.Step.Text != "保守の時間に対応" || len(n.News) != 0 {
		t.Errorf("told %+v", n)
	}
	end(0)
	_, err = d.Snooze(t.Context(), "CVE-2021-44228", b.clock.Add(time.Hour), "山田", "休み")
	must(t, err)
	_, err = d.SetState(t.Context(), "CVE-2021-44228", cases.Closed, "山田", "")
	must(t, err)
	b.clock = b.clock.Add(2 * time.Hour)
	end(0)
}

func TestNewsOfASilence(t *testing.T) {
	at := time.Date(2021, 12, 14, 3, 0, 0, 0, time.UTC)
	until := at.Add(time.Hour)
	c := cases.Case{Timeline: []cases.Event{
		{Kind: "advisory", Ref: "jvn:1"},
		{Kind: "advisory", Ref: "jpcert:1"},
		{Kind: "snooze", Ref: until.Format(time.RFC3339)},
		{Kind: "revision", Ref: "jvn:1"},
		{Kind: "advisory", Ref: "kev:1"},
		{Kind: "revision", Ref: "kev:1"},
	}}
	view := notify.CaseView{Sources: []notify.SourceView{{Advisory: "jvn:1"}, {Advisory: "jpcert:1"}, {Advisory: "kev:1"}}}
	got := newsOfSilence(c, view, until)
	want := []notify.News{{SourceView: view.Sources[0], Revised: true}, {SourceView: view.Sources[2]}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("news (-want +got):\n%s", diff)
	}
	if got := newsOfSilence(c, view, at); got != nil {
		t.Errorf("news of a silence that the timeline doesn't know: %v", got)
	}
}

func TestNotOurs(t *testing.T) {
	b := newBench(t, orderSystem)
	b.critical()
	if _, err := b.p.Desk().NotOurs(t.Context(), "CVE-2021-44228", []string{"app"}, "山田", " "); err == nil {
		t.Error("no reason is taken")
	}
	c, err := b.p.Desk().NotOurs(t.Context(), "CVE-2021-44228", []string{"app"}, "山田", "JNDI を使っていない")
	must(t, err)
	if it := c.Items["app"]; it.State != cases.ItemNotAffected || it.Note != "JNDI を使っていない" || it.By != "hand:山田" {
		t.Errorf("item is %+v", it)
	}
	if s := b.told.told[len(b.told.told)-1].Step; s == nil || s.State != "not_affected" || s.Text != "JNDI を使っていない" || s.Ref != "受発注システム" || !slices.Equal(s.Items, []string{"app"}) {
		t.Errorf("told step %+v", s)
	}
}

func TestSubscriptions(t *testing.T) {
	b := newBench(t, orderSystem)
	r, err := notify.NewRouter(notify.Rules{})
	must(t, err)
	b.p = New(b.st, r, nil, []inventory.Item{orderSystem}, names{orderSystem}, b.p.opts)
	here := notify.Address{Channel: "slack", To: "C1"}
	d := b.p.Desk()
	one, err := d.Subscribe(t.Context(), notify.Subscription{To: here, By: "山田", Field: "product", Value: " Log4j "})
	must(t, err)
	again, err := d.Subscribe(t.Context(), notify.Subscription{To: here, By: "佐藤", Field: "product", Value: "log4J"})
	must(t, err)
	if one.ID != again.ID || again.By != "山田" {
		t.Errorf("the same wish is kept twice: %+v, %+v", one, again)
	}
	b.critical()
	if got := b.deliveriesTo(here); got != 1 {
		t.Errorf("%d deliveries, want 1: a subscription is in effect at once", got)
	}
	other := notify.Address{Channel: "slack", To: "C2"}
	if err := d.Unsubscribe(t.Context(), other, one.ID); !errors.Is(err, ErrNoSubscription) {
		t.Errorf("another place may end it: %v", err)
	}
	must(t, d.Unsubscribe(t.Context(), here, one.ID))
	if list, _ := d.Subscriptions(t.Context(), here); len(list) != 0 {
		t.Errorf("%v is left", list)
	}
	for _, s := range []notify.Subscription{
		{Field: "colour", Value: "red"}, {Field: "severity", Value: "worst"}, {Field: "product"}, {Field: "product", Value: strings.Repeat("脆", 400)},
	} {
		if _, err := d.Subscribe(t.Context(), s); err == nil {
			t.Errorf("%s %q is taken", s.Field, s.Value)
		}
	}
}

func TestReports(t *testing.T) {
	b := newBench(t, orderSystem, inventory.Item{ID: "x", Product: "X", Owner: "営業部"})
	d := b.p.Desk()
	r, err := d.Report(t.Context(), "V1", inventory.Report{Who: "山田", Department: "営業部", Product: "例示チャット", Version: "3"})
	must(t, err)
	again, err := d.Report(t.Context(), "V1", inventory.Report{Who: "山田", Department: "営業部", Product: "例示チャット", Version: "3"})
	must(t, err)
	if r.ID != again.ID {
		t.Error("the same form twice is two reports")
	}
	if left, _ := d.Unanswered(t.Context()); !slices.Equal(left, []string{"情報システム部"}) {
		t.Errorf("unanswered: %v", left)
	}
	if _, err := d.DecideReport(t.Context(), r.ID, inventory.ReportAccepted, "佐藤"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.DecideReport(t.Context(), r.ID, inventory.ReportDropped, "鈴木"); err == nil {
		t.Error("a second decision overturns the first")
	}
	if _, err := d.DecideReport(t.Context(), "none", inventory.ReportDropped, "鈴木"); !errors.Is(err, ErrNoReport) {
		t.Errorf("no report: %v", err)
	}
	if open, _ := d.Reports(t.Context(), inventory.ReportNew); len(open) != 0 {
		t.Errorf("%v still waits", open)
	}
}
