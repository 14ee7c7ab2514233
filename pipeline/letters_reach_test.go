package pipeline

import (
	"fmt"
	"strings"
	"testing"

	"hansho/cases"
	"hansho/inventory"
	"hansho/notify"
	"hansho/store"
)

// asahi has two addresses.
func (b *bureau) toAsahi() cases.Letter {
	b.t.Helper()
	l := b.draft("status", "asahi")[0]
	must(b.t, b.desk.ApproveLetter(b.t.Context(), l.ID, "部長"))
	return l
}

func (b *bureau) end(id, to string, state notify.State, reason string) {
	b.t.Helper()
	must(b.t, b.st.Update(b.t.Context(), func(tx store.Tx) error {
		return tx.Settle(letterKey(id, to), state, notify.Receipt{ID: to, At: b.clock}, reason)
	}))
	_, err := b.desk.Reconcile(b.t.Context())
	must(b.t, err)
}

func TestALetterThatReachedOneAddressWasSent(t *testing.T) {
	b := newBureau(t)
	l := b.toAsahi()
	b.end(l.ID, "mail:a@asahi.example", notify.Parked, "550 no such user")
	if got := b.letter(l.ID); got.State != cases.LetterApproved {
		t.Errorf("one of two is over: %s", got.State)
	}
	b.end(l.ID, "mail:b@asahi.example", notify.Sent, "")
	got := b.letter(l.ID)
	if got.State != cases.LetterSent || !strings.Contains(got.Reason, "a@asahi.example: 550") || len(got.Failed) != 1 {
		t.Errorf("%s, %q, %v", got.State, got.Reason, got.Failed)
	}
	b.returned(l, "b@asahi.example")
	if got := b.letter(l.ID); got.State != cases.LetterBounced {
		t.Errorf("the second came back as well: %s", got.State)
	}
}

func TestALetterThatIsSentAfterAllHasNotBounced(t *testing.T) {
	b := newBureau(t)
	l := b.draft("status", "nordvik")[0]
	must(t, b.desk.ApproveLetter(t.Context(), l.ID, "部長"))
	b.deliver(notify.Parked, "450 try later")
	must(t, b.st.Update(t.Context(), func(tx store.Tx) error {
		return tx.Postpone(letterKey(l.ID, l.To[0]), notify.Postponement{Until: b.clock, Reason: "put back by hand", Stopped: true})
	}))
	b.deliver(notify.Sent, "")
	if got := b.letter(l.ID); got.State != cases.LetterSent || got.Reason != "" {
		t.Errorf("%s %q", got.State, got.Reason)
	}
}

// returned takes in a failure report on one address of a letter.
func (b *bureau) returned(l cases.Letter, address string) {
	b.t.Helper()
	raw := strings.ReplaceAll(fmt.Sprintf(dsn, "failed", l.MessageID), "s@toto.example", address)
	if got, err := b.desk.TakeReply(b.t.Context(), []byte(strings.ReplaceAll(raw, "\n", "\r\n"))); err != nil || got != l.ID {
		b.t.Fatalf("matched %q, %v", got, err)
	}
}

func TestAFailureReportBeforeTheOutboxWasLookedAt(t *testing.T) {
	b := newBureau(t)
	l := b.draft("status", "nordvik")[0]
	must(t, b.desk.ApproveLetter(t.Context(), l.ID, "部長"))
	b.returned(l, strings.TrimPrefix(l.To[0], "mail:"))
	b.deliver(notify.Sent, "")
	if got := b.letter(l.ID); got.State != cases.LetterBounced || got.Sent.IsZero() {
		t.Errorf("%s, sent %v", got.State, got.Sent)
	}

	two := b.toAsahi()
	b.returned(two, "a@asahi.example")
	b.deliver(notify.Sent, "")
	if got := b.letter(two.ID); got.State != cases.LetterSent || len(got.Failed) != 1 || !strings.Contains(got.Reason, "unknown user") {
		t.Errorf("one of two: %s %v %q", got.State, got.Failed, got.Reason)
	}
}

func TestAFailureReportOnOneAddressOfTwo(t *testing.T) {
	b := newBureau(t)
	l := b.toAsahi()
	b.deliver(notify.Sent, "")
	b.returned(l, "A@ASAHI.example")
	b.returned(l, "a@asahi.example")
	if got := b.letter(l.ID); got.State != cases.LetterSent || !strings.Contains(got.Reason, "unknown user") {
		t.Errorf("%s %q", got.State, got.Reason)
	}
	b.returned(l, "b@asahi.example")
	if got := b.letter(l.ID); got.State != cases.LetterBounced {
		t.Errorf("both came back: %s", got.State)
	}
	if moved, err := b.desk.Reconcile(t.Context()); err != nil || len(moved) != 0 {
		t.Errorf("what came back is sent again by its receipts: %+v %v", moved, err)
	}
}

func TestAPartnerWithoutAnAddressStopsNobody(t *testing.T) {
	b := newBureau(t)
	o := b.p.currentOffice()
	o.Partners = append([]inventory.Partner{
		{ID: "shop", Company: "商店", Role: "both"},
		{ID: "maker", Company: "株式会社京葉製作", Role: "supplier"},
	}, o.Partners...)
	b.p.SetOffice(o)
	if list := b.draft("partner-request"); len(list) != 2 {
		t.Errorf("%d letters", len(list))
	}
	if _, err := b.desk.OpenEnquiries(t.Context(), "CVE-2021-44228", "", "山田"); err != nil {
		t.Error(err)
	}
	if got := b.desk.Unreachable("customer"); len(got) != 1 || got[0].ID != "shop" {
		t.Errorf("%+v", got)
	}
	if _, err := b.desk.Draft(t.Context(), Draft{Kind: "status", Case: "CVE-2021-44228", To: []string{"shop"}}); err == nil {
		t.Error("who was named and can't be written to must be told of")
	}
}

func TestANewSubjectKeepsTheReference(t *testing.T) {
	b := newBureau(t)
	l := b.draft("partner-request", "asahi")[0]
	got, err := b.desk.EditLetter(t.Context(), l.ID, "ご協力のお願い", l.Markdown, "山田")
	must(t, err)
	if got.Subject != "ご協力のお願い ["+l.Token+"]" {
		t.Errorf("%q", got.Subject)
	}
	got, err = b.desk.EditLetter(t.Context(), l.ID, "["+l.Token+"] お願い", l.Markdown, "山田")
	must(t, err)
	if got.Subject != "["+l.Token+"] お願い" {
		t.Errorf("%q", got.Subject)
	}
}

func TestNobodyIsRemindedAtAnAddressThatBounced(t *testing.T) {
	b := newBureau(t)
	_, l := b.asked("toto")
	b.clock = tokyo(12, 27, 10)
	reminders, err := b.desk.Remind(t.Context())
	must(t, err)
	b.returned(l, "s@toto.example")
	if len(reminders) != 1 || b.letter(reminders[0].ID).State != cases.LetterRejected {
		t.Errorf("%+v", reminders)
	}
}
