package pipeline

import (
	"strings"
	"testing"

	"hansho/advisory"
	"hansho/cases"
)

// send drafts a letter inside, sends it and gives it.
func (b *bureau) send(kind string) cases.Letter {
	b.t.Helper()
	l := b.draft(kind)[0]
	_, err := b.desk.SendLetter(b.t.Context(), l.ID, "山田")
	must(b.t, err)
	return l
}

func TestALetterInsideIsIssuedAnewWithWhatChanged(t *testing.T) {
	kinds := []string{"awareness", "awareness-owners", "awareness-management"}
	b := newBureau(t)
	b.clock = tokyo(12, 10, 10)
	for _, kind := range kinds {
		if l := b.send(kind); strings.Contains(l.Text, "前回") {
			t.Errorf("the first %s speaks of one before:\n%s", kind, l.Text)
		}
	}
	b.clock = tokyo(12, 13, 10)
	for _, kind := range kinds {
		if l := b.send(kind); !strings.Contains(l.Text, "前回（12月10日(金)）") || !strings.Contains(l.Text, "状況に変わりはありません") {
			t.Errorf("%s, and nothing changed:\n%s", kind, l.Text)
		}
	}
	b.clock = tokyo(12, 14, 10)
	b.poll("jpcert", adv("jpcert:at210050", func(a *advisory.Advisory) {
		a.Exploited, a.Links, a.Severity = true, []string{"https://www.jpcert.or.jp/at/2021/at210050.html"}, advisory.Severity{Rating: "critical"}
		a.CVEs = append(a.CVEs, "CVE-2021-45046")
	}))
	b.hand("orders", cases.ItemMitigated)
	for _, kind := range kinds {
		l := b.draft(kind)[0]
		for _, words := range []string{"前回（12月13日(月)）", "悪用した攻撃が確認されました", "「緊急」に変わりました", "CVE-2021-45046 が加わりました", "公表・更新された情報"} {
			if !strings.Contains(l.Text, words) {
				t.Errorf("%s lacks %q:\n%s", kind, words, l.Text)
			}
		}
		if moved := strings.Contains(l.Text, "受発注システム：「未確認」から「回避策を適用済み」に変わりました"); moved != namesItems(kind) {
			t.Errorf("%s tells of the item: %v", kind, moved)
		}
	}
}

func TestALetterInsideToOthersIsTheirFirst(t *testing.T) {
	b := newBureau(t)
	b.send("awareness")
	if l := b.draft("awareness", "mail:branch@example")[0]; strings.Contains(l.Text, "前回") {
		t.Errorf("to people who were not written to:\n%s", l.Text)
	}
}

func TestStaffAreAskedByADay(t *testing.T) {
	b := newBureau(t)
	b.clock = tokyo(12, 10, 10)
	if l := b.draft("awareness")[0]; !strings.Contains(l.Text, "2021年12月15日(水) までに") {
		t.Errorf("three working days from Friday:\n%s", l.Text)
	}
}

func TestAQueuedDraftForOwnersThatIsNoLongerTrueIsRejected(t *testing.T) {
	b := newBureau(t)
	b.hand("orders", cases.ItemFixed)
	l := b.draft("awareness-owners")[0]
	sent := b.send("awareness-management")
	b.hand("orders", cases.ItemAffected)
	if got := b.letter(l.ID); got.State != cases.LetterRejected {
		t.Errorf("it says of what is hit that it is fixed, and is %s", got.State)
	}
	if got := b.letter(sent.ID); got.State != cases.LetterApproved {
		t.Errorf("what had left is %s", got.State)
	}
}
