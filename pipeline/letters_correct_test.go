package pipeline

import (
	"slices"
	"strings"
	"testing"

	"hansho/advisory"
	"hansho/cases"
	"hansho/notify"
)

// told has asahi told twice that the orders are safe.
func (b *bureau) toldTwice() (first, second cases.Letter) {
	b.t.Helper()
	b.clock = tokyo(12, 13, 10)
	b.hand("orders", cases.ItemNotAffected)
	first = b.draft("status", "asahi")[0]
	must(b.t, b.desk.ApproveLetter(b.t.Context(), first.ID, "部長"))
	b.deliver(notify.Sent, "")
	b.clock = tokyo(12, 15, 10)
	second = b.draft("status", "asahi")[0]
	must(b.t, b.desk.ApproveLetter(b.t.Context(), second.ID, "部長"))
	b.deliver(notify.Sent, "")
	return first, second
}

func TestAPartnerGetsOneCorrection(t *testing.T) {
	b := newBureau(t)
	_, second := b.toldTwice()
	b.hand("orders", cases.ItemAffected)
	queue, err := b.desk.LettersWaiting(t.Context())
	must(t, err)
	if len(queue) != 1 || queue[0].Earlier != second.ID {
		t.Errorf("%d corrections, the first of %s", len(queue), queue[0].Earlier)
	}
}

// byKind gives the partner's letters of a kind in a state.
func (b *bureau) byKind(kind string, state cases.LetterState) []cases.Letter {
	b.t.Helper()
	all, err := b.desk.Letters(b.t.Context(), "", state)
	must(b.t, err)
	return slices.DeleteFunc(all, func(l cases.Letter) bool { return l.Kind != kind || l.Audience != "asahi" })
}

func TestAnApprovedWeeklyLetterThatIsNoLongerTrueDoesNotLeave(t *testing.T) {
	for name, turn := range map[string]func(b *bureau){
		"by hand": func(b *bureau) { b.hand("orders", cases.ItemAffected) },
		"by a source": func(b *bureau) {
			b.poll("jpcert", adv("jpcert:at210050", func(a *advisory.Advisory) { a.Title = "Log4j again" }))
			b.hand("orders", cases.ItemUnknown)
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBureau(t)
			b.toldTwice()
			b.round(tokyo(12, 17, 9))
			for _, l := range b.byKind("weekly", cases.LetterQueued) {
				must(t, b.desk.ApproveLetter(t.Context(), l.ID, "部長"))
			}
			b.clock = tokyo(12, 17, 13)
			turn(b)
			if got := b.byKind("weekly", cases.LetterApproved); len(got) != 0 {
				t.Fatalf("it still waits to leave: %s", got[0].ID)
			}
			anew := b.byKind("weekly", cases.LetterQueued)
			if len(anew) != 1 || strings.Contains(anew[0].Text, "受発注システム：影響なし") || !anew[0].After.Equal(tokyo(12, 17, 16)) {
				t.Fatalf("written anew: %+v", anew)
			}
			b.clock = tokyo(12, 17, 17)
			b.deliver(notify.Sent, "")
			for _, d := range b.outbox() {
				if d.State == notify.Sent && d.Notice.Letter.Kind == "weekly" {
					t.Errorf("%s left", d.Key)
				}
			}
			if again, _ := b.desk.Reconcile(t.Context()); len(again) != 0 {
				t.Errorf("what was held back moved: %+v", again)
			}
		})
	}
}
