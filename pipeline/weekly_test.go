package pipeline

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hansho/advisory"
	"hansho/cases"
	"hansho/notify"
	"hansho/store"
)

func (b *bureau) round(at time.Time) Ran {
	b.t.Helper()
	b.clock = at
	ran, err := b.desk.Round(b.t.Context())
	must(b.t, err)
	return ran
}

func tokyo(month time.Month, day, hour int) time.Time {
	return time.Date(2021, month, day, hour, 0, 0, 0, jst).UTC()
}

func TestTheWeeklyDayMovesOffHolidays(t *testing.T) {
	b := newBureau(t)
	o := b.p.currentOffice()
	for day, want := range map[time.Time]string{
		tokyo(12, 13, 9): "2021-12-17 16:00", tokyo(12, 17, 20): "2021-12-17 16:00", tokyo(12, 18, 9): "2021-12-24 16:00",
		tokyo(12, 27, 9): "2021-12-28 16:00", // the 31st is in the closure
		tokyo(7, 20, 9):  "2021-07-21 16:00", // the 22nd and 23rd are holidays
	} {
		if got := o.Due(day).Format("2006-01-02 15:04"); got != want {
			t.Errorf("week of %s: %s, want %s", day.In(jst).Format(time.DateOnly), got, want)
		}
	}
}

// The digest names the places that could not be told, and no letter among them.
func TestTheDigestSaysWhatIsStuck(t *testing.T) {
	b := newBureau(t)
	now := tokyo(12, 17, 15)
	at := func(channel, to string) notify.Address { return notify.Address{Channel: channel, To: to} }
	must(t, b.st.Update(t.Context(), func(tx store.Tx) error {
		for _, d := range []notify.Delivery{
			{Key: "a", Address: at("slack", "#old"), Created: now.Add(-2 * time.Hour)},
			{Key: "b", Address: at("slack", "#old"), Created: now.Add(-3 * time.Hour)},
			{Key: "young", Address: at("slack", "#new"), Created: now},
			{Key: "waits", Address: at("mail", "a@example.jp"), Created: now.Add(-9 * time.Hour)},
			{Key: "letter", Address: at("mail", "b@example.jp"), Created: now.Add(-9 * time.Hour), Notice: notify.Notice{Kind: notify.KindLetter}},
			{Key: "parked", Address: at("teams", ""), Created: now.Add(-9 * time.Hour)},
			{Key: "long ago", Address: at("teams", ""), Created: now.AddDate(0, 0, -30)},
		} {
			if _, err := tx.Enqueue(d); err != nil {
				return err
			}
		}
		fail := notify.Postponement{Until: now.Add(time.Minute), Reason: "503"}
		return errors.Join(
			tx.Postpone("a", fail), tx.Postpone("b", fail), tx.Postpone("young", fail), tx.Postpone("letter", fail),
			tx.Settle("parked", notify.Parked, notify.Receipt{At: now.Add(-time.Hour)}, "no"),
			tx.Settle("long ago", notify.Parked, notify.Receipt{At: now.AddDate(0, 0, -29)}, "no"))
	}))
	if ran := b.round(tokyo(12, 17, 16)); !ran.Digest {
		t.Fatal("no digest")
	}
	want := []notify.Stuck{{To: "slack:#old", Waiting: 2}, {To: "teams", Parked: 1}}
	got := b.told.told[len(b.told.told)-1].Digest.Stuck
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stuck (-want +got):\n%s", diff)
	}
}

func TestTheWeek(t *testing.T) {
	b := newBureau(t)
	b.clock = tokyo(12, 13, 10)
	for _, l := range b.draft("partner-request") {
		must(t, b.desk.ApproveLetter(t.Context(), l.ID, "部長"))
	}
	b.deliver(notify.Sent, "")
	b.clock = tokyo(12, 15, 10)
	b.poll("jpcert", adv("jpcert:at210050", func(a *advisory.Advisory) {
		a.Exploited, a.Links = true, []string{"https://www.jpcert.or.jp/at/2021/at210050.html"}
	}))
	b.hand("orders", cases.ItemMitigated)

	if ran := b.round(tokyo(12, 16, 17)); len(ran.Weekly) != 0 || ran.Digest {
		t.Errorf("on Thursday: %+v", ran)
	}
	if ran := b.round(tokyo(12, 17, 8)); len(ran.Weekly) != 0 {
		t.Errorf("before nine: %+v", ran)
	}
	before := len(b.told.told)
	ran := b.round(tokyo(12, 17, 10))
	if len(ran.Weekly) != 2 || ran.Digest {
		t.Fatalf("on Friday morning: %+v", ran)
	}
	asahi := ran.Weekly[0]
	for _, words := range []string{"「影響の有無を確認中」から「回避策を適用済み」に変わりました", "新たに公表・更新された情報", "12月13日(月) から変わった点", "2021年12月24日(金) にご報告"} {
		if !strings.Contains(asahi.Text, words) {
			t.Errorf("the weekly letter lacks %q:\n%s", words, asahi.Text)
		}
	}
	if nordvik := ran.Weekly[1]; strings.Contains(nordvik.Text, "受発注") {
		t.Errorf("to a partner of the class minimal:\n%s", nordvik.Text)
	}
	if again := b.round(tokyo(12, 17, 11)); len(again.Weekly) != 0 {
		t.Error("drafted twice")
	}
	must(t, b.desk.ApproveLetter(t.Context(), asahi.ID, "部長"))
	if out := b.outbox(); !out[len(out)-1].NotBefore.Equal(tokyo(12, 17, 16)) {
		t.Errorf("leaves at %s", out[len(out)-1].NotBefore)
	}
	if ran := b.round(tokyo(12, 17, 16)); !ran.Digest {
		t.Error("no digest at four")
	}
	if ran := b.round(tokyo(12, 17, 17)); ran.Digest {
		t.Error("two digests")
	}
	told := b.told.told[before:]
	wantKinds(t, told, notify.KindDigest)
	// A weekly letter and two reminders wait; both requests were due on Thursday.
	dg := told[0].Digest
	if dg.Polls < 2 || dg.Sources < 1 || dg.Waiting != 3 || len(dg.Overdue) != 2 || dg.Items != 3 || len(told[0].Cases) != 1 || dg.OldestSource == "" {
		t.Errorf("digest %+v", dg)
	}
}

func TestAQuietWeekIsSaidOrSkipped(t *testing.T) {
	for noNews, want := range map[string]int{"say": 1, "skip": 0} {
		b := newBureau(t)
		o := b.p.currentOffice()
		o.NoNews = noNews
		b.p.SetOffice(o)
		b.clock = tokyo(12, 13, 10)
		must(t, b.desk.ApproveLetter(t.Context(), b.draft("status", "asahi")[0].ID, "部長"))
		ran := b.round(tokyo(12, 17, 10))
		if len(ran.Weekly) != want {
			t.Fatalf("%s: %d letters", noNews, len(ran.Weekly))
		}
		if want == 1 && !strings.Contains(ran.Weekly[0].Text, "新たにお知らせする事項はございません") {
			t.Errorf("%s", ran.Weekly[0].Text)
		}
	}
}

func TestNobodyIsWrittenToUnasked(t *testing.T) {
	b := newBureau(t)
	if ran := b.round(tokyo(12, 17, 10)); len(ran.Weekly) != 0 {
		t.Errorf("partners that know nothing of the case got %d letters", len(ran.Weekly))
	}
}
