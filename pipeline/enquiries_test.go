package pipeline

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"hansho/cases"
	"hansho/notify"
)

// asked opens, approves and sends the enquiry to one supplier.
func (b *bureau) asked(partner string) (cases.Enquiry, cases.Letter) {
	b.t.Helper()
	list, err := b.desk.OpenEnquiries(b.t.Context(), "CVE-2021-44228", partner, "山田")
	must(b.t, err)
	must(b.t, b.desk.ApproveLetter(b.t.Context(), list[0].Letter, "部長"))
	b.deliver(notify.Sent, "")
	e, err := b.desk.Enquiry(b.t.Context(), list[0].ID)
	must(b.t, err)
	return e, b.letter(e.Letter)
}

// reply is a mail that answers a letter.
func mailOf(headers, body string) []byte {
	return []byte("From: =?UTF-8?B?5pyo5p2R?= <kimura@toto.example>\r\nTo: it@example\r\nDate: Tue, 14 Dec 2021 10:00:00 +0900\r\n" +
		"Message-ID: <reply-1@toto.example>\r\n" + headers + "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + body)
}

func TestOneEnquiryASupplier(t *testing.T) {
	b := newBureau(t)
	list, err := b.desk.OpenEnquiries(t.Context(), "CVE-2021-44228", "", "山田")
	must(t, err)
	if len(list) != 1 || list[0].Partner != "toto" || !slices.Equal(list[0].Items, []string{"edi", "orders"}) {
		t.Fatalf("enquiries %+v", list)
	}
	l := b.letter(list[0].Letter)
	if l.Kind != "supplier-request" || !strings.Contains(l.Text, "EDI") || !strings.Contains(l.Subject, "["+l.Token+"]") || l.State != cases.LetterQueued {
		t.Errorf("letter %+v", l)
	}
	if it := b.item("orders"); it.State != cases.ItemUnknown || !it.Asked.IsZero() {
		t.Errorf("asked before anybody approved: %+v", it)
	}
	again, err := b.desk.OpenEnquiries(t.Context(), "CVE-2021-44228", "toto", "山田")
	must(t, err)
	if again[0].Letter != list[0].Letter {
		t.Error("the supplier would be asked twice")
	}
	must(t, b.desk.ApproveLetter(t.Context(), l.ID, "部長"))
	if it := b.item("edi"); it.State != cases.ItemAsked {
		t.Errorf("asked: %+v", it)
	}
	en, err := b.desk.OpenEnquiries(t.Context(), "CVE-2021-44228", "keiyo", "山田")
	must(t, err)
	if l := b.letter(en[0].Letter); l.Lang != "en" || !strings.Contains(l.Text, "Our questions") {
		t.Errorf("letter to keiyo: %s", l.Text)
	}
	if _, err := b.desk.OpenEnquiries(t.Context(), "CVE-2021-44228", "nobody", "山田"); !errors.Is(err, ErrNoPartner) {
		t.Errorf("got %v", err)
	}
}

func TestAnAnswerIsEvidenceUntilAPersonReadsIt(t *testing.T) {
	b := newBureau(t)
	e, _ := b.asked("toto")
	accept := Accepted{Enquiry: e.ID, Item: "orders", State: cases.ItemAffected, Fixed: "3.3", Who: "山田"}
	if _, err := b.desk.AcceptAnswer(t.Context(), accept); err == nil {
		t.Error("an answer was accepted before any came")
	}
	must(t, b.desk.Answer(t.Context(), e.ID, cases.Answer{From: "木村様", Text: "影響あり。3.3 で対策"}))
	if it := b.item("orders"); it.State != cases.ItemAsked {
		t.Errorf("the answer changed the state by itself: %+v", it)
	}
	_, err := b.desk.AcceptAnswer(t.Context(), accept)
	must(t, err)
	if it := b.item("orders"); it.State != cases.ItemAffected || it.Fixed != "3.3" || !strings.Contains(it.Note, "木村様") {
		t.Errorf("item %+v", it)
	}
	accept.Item = "erp"
	if _, err := b.desk.AcceptAnswer(t.Context(), accept); err == nil {
		t.Error("an item that was not asked about")
	}
	accept.Item, accept.State = "edi", cases.ItemUnknown
	_, err = b.desk.AcceptAnswer(t.Context(), accept)
	must(t, err)
	if e, _ = b.desk.Enquiry(t.Context(), e.ID); !e.Closed.IsZero() || b.letter(e.Letter).Standing("") != cases.StandDontKnow {
		t.Errorf("they still look into one, and it is over: %s", b.letter(e.Letter).Standing(""))
	}
	accept.State = cases.ItemNotAffected
	_, err = b.desk.AcceptAnswer(t.Context(), accept)
	must(t, err)
	if e, _ = b.desk.Enquiry(t.Context(), e.ID); e.Closed.IsZero() || b.letter(e.Letter).Standing("") != cases.StandAnswered {
		t.Error("all items are known and the enquiry is open")
	}
	must(t, b.desk.Answer(t.Context(), e.ID, cases.Answer{From: "木村様", Text: "先の回答を訂正します。EDI も影響を受けます"}))
	if e, _ = b.desk.Enquiry(t.Context(), e.ID); !e.Closed.IsZero() {
		t.Error("they answered anew, and nobody has to read it")
	}
}

func TestRepliesAreMatched(t *testing.T) {
	tests := map[string]func(l cases.Letter) string{
		"in-reply-to": func(l cases.Letter) string { return "Subject: Re: other\r\nIn-Reply-To: <" + l.MessageID + ">\r\n" },
		"references":  func(l cases.Letter) string { return "References: <x@y> <" + l.MessageID + ">\r\n <z@y>\r\n" },
		"token":       func(l cases.Letter) string { return "Subject: RE: [" + strings.ToLower(l.Token) + "] answer\r\n" },
	}
	for name, headers := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBureau(t)
			e, l := b.asked("toto")
			raw := mailOf(headers(l), "影響を受けます。\r\n対策版は 3.3 です。")
			for range 2 {
				got, err := b.desk.TakeReply(t.Context(), raw)
				must(t, err)
				if got != l.ID {
					t.Errorf("matched %q, want %q", got, l.ID)
				}
			}
			e, _ = b.desk.Enquiry(t.Context(), e.ID)
			if len(e.Answers) != 1 || !strings.Contains(e.Answers[0].Text, "3.3") || !strings.Contains(e.Answers[0].From, "木村") {
				t.Errorf("answers %+v", e.Answers)
			}
			if b.letter(l.ID).State != cases.LetterAnswered || b.item("orders").State != cases.ItemAsked {
				t.Error("the letter is not answered, or the item was changed by a mail")
			}
		})
	}
}

func TestOtherMailsMatchNothing(t *testing.T) {
	b := newBureau(t)
	_, l := b.asked("toto")
	waiting := b.draft("status", "asahi")[0]
	for _, headers := range []string{
		"Subject: lunch\r\n", "In-Reply-To: <stranger@example>\r\n", "Subject: [HS-9999]\r\n",
		"In-Reply-To: <" + waiting.MessageID + ">\r\n", // never left us
		"Subject: " + l.Token + "\r\n",                 // the token by itself is any word
	} {
		got, err := b.desk.TakeReply(t.Context(), mailOf(headers, "x"))
		must(t, err)
		if got != "" {
			t.Errorf("%q matched %s", headers, got)
		}
	}
	if b.letter(l.ID).State != cases.LetterSent {
		t.Error("the letter was answered by a stranger")
	}
}

func TestAnAutomaticReplyAnswersNothing(t *testing.T) {
	b := newBureau(t)
	_, l := b.asked("toto")
	got, err := b.desk.TakeReply(t.Context(), mailOf("Auto-Submitted: auto-replied\r\nIn-Reply-To: <"+l.MessageID+">\r\n", "休暇中です"))
	must(t, err)
	if got != l.ID || b.letter(l.ID).State != cases.LetterSent {
		t.Errorf("matched %q, state %s", got, b.letter(l.ID).State)
	}
}

const dsn = `From: MAILER-DAEMON@mx.example
To: it@example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; s@toto.example
Action: %s
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1
 unknown user

--b
Content-Type: text/rfc822-headers

From: it@example
Message-ID: <%s>

--b--
`

func TestABounceMarksTheLetter(t *testing.T) {
	for action, want := range map[string]cases.LetterState{"failed": cases.LetterBounced, "delayed": cases.LetterSent} {
		b := newBureau(t)
		_, l := b.asked("toto")
		raw := strings.ReplaceAll(fmt.Sprintf(dsn, action, l.MessageID), "\n", "\r\n")
		got, err := b.desk.TakeReply(t.Context(), []byte(raw))
		must(t, err)
		if l := b.letter(l.ID); got != l.ID || l.State != want || want == cases.LetterBounced && !strings.Contains(l.Reason, "unknown user") {
			t.Errorf("%s: matched %q, letter %s %q", action, got, l.State, l.Reason)
		}
	}
}

func TestRemindersComeInWorkingDays(t *testing.T) {
	b := newBureau(t)
	b.clock = time.Date(2021, 12, 16, 6, 0, 0, 0, time.UTC) // a Thursday in Tokyo
	e, l := b.asked("toto")
	if l.Due != "2021-12-21" {
		t.Errorf("due %s", l.Due)
	}
	remind := func(day int) []cases.Letter {
		b.clock = time.Date(2021, 12, day, 6, 0, 0, 0, time.UTC)
		out, err := b.desk.Remind(t.Context())
		must(t, err)
		return out
	}
	counts := map[int]int{}
	for day := 16; day <= 31; day++ {
		if out := remind(day); len(out) > 0 {
			counts[day] = len(out)
			must(t, b.desk.ApproveLetter(t.Context(), out[0].ID, "部長"))
			b.deliver(notify.Sent, "")
			if out[0].Token != l.Token || out[0].Earlier != l.ID || !strings.Contains(out[0].Text, "EDI") {
				t.Errorf("reminder %+v", out[0])
			}
		}
	}
	// The 18th and 19th are a weekend: four working days are over on the 22nd, seven
	// on the 27th, on which the first reminder asked for an answer.
	if len(counts) != 2 || counts[22] != 1 || counts[28] != 1 {
		t.Errorf("reminded on %v", counts)
	}
	lines, err := b.desk.Ledger(t.Context(), "")
	must(t, err)
	if i := slices.IndexFunc(lines, func(x LedgerLine) bool { return x.Letter == l.ID }); lines[i].Standing != cases.StandSilent || lines[i].Late != 5 || lines[i].Reminded != 2 {
		t.Errorf("ledger %+v", lines[i])
	}
	reminder := lines[slices.IndexFunc(lines, func(x LedgerLine) bool { return x.Kind == "reminder" })]
	got, err := b.desk.TakeReply(t.Context(), mailOf("In-Reply-To: <"+b.letter(reminder.Letter).MessageID+">\r\n", "遅くなりました"))
	must(t, err)
	if got != l.ID {
		t.Errorf("a reply to the reminder answers %s", got)
	}
	if e, _ = b.desk.Enquiry(t.Context(), e.ID); len(e.Answers) != 1 {
		t.Errorf("answers %+v", e.Answers)
	}
}

func TestTheLedgerTellsSilenceFromIgnorance(t *testing.T) {
	b := newBureau(t)
	_, l := b.asked("toto")
	standing := func() cases.Standing {
		lines, err := b.desk.Ledger(t.Context(), "case:CVE-2021-44228")
		must(t, err)
		return lines[0].Standing
	}
	if got := standing(); got != cases.StandSent {
		t.Errorf("%s", got)
	}
	b.clock = b.clock.AddDate(0, 0, 20)
	if got := standing(); got != cases.StandSilent {
		t.Errorf("%s", got)
	}
	must(t, b.desk.Answer(t.Context(), l.ID, cases.Answer{From: "先方", Text: "調査中です", Pending: true}))
	if got := standing(); got != cases.StandDontKnow {
		t.Errorf("%s", got)
	}
	must(t, b.desk.Answer(t.Context(), l.ID, cases.Answer{From: "先方", Text: "影響なし"}))
	if got := standing(); got != cases.StandAnswered {
		t.Errorf("%s", got)
	}
}

func FuzzReadReply(f *testing.F) {
	f.Add(mailOf("Subject: [HS-0001]\r\n", "本文"))
	f.Add([]byte(strings.ReplaceAll(fmt.Sprintf(dsn, "failed", "a@b"), "\n", "\r\n")))
	f.Add([]byte("Content-Type: multipart/mixed; boundary=\r\n\r\n----"))
	f.Add([]byte("Subject: =?ISO-2022-JP?B?GyRCO28bKEI=?=\r\nContent-Type: text/plain; charset=iso-2022-jp\r\n\r\n\x1b$B;n\x1b(B"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := readReply(raw)
		if err == nil && len(r.text) > maxAnswer+len("…") {
			t.Errorf("%d bytes of answer", len(r.text))
		}
	})
}

// A reply that says "still looking" is told apart from an answer and from
// silence, and is followed up in working days from then on.
func TestWhoIsStillLookingIsAskedAgain(t *testing.T) {
	b := newBureau(t)
	b.clock = time.Date(2021, 12, 13, 6, 0, 0, 0, time.UTC) // a Monday
	_, l := b.asked("toto")
	b.clock = time.Date(2021, 12, 14, 6, 0, 0, 0, time.UTC)
	_, err := b.desk.TakeReply(t.Context(), mailOf("In-Reply-To: <"+l.MessageID+">\r\n", "現在調査中です。判明次第ご連絡します。\r\n\r\n> 影響を受けますか"))
	must(t, err)
	got := b.letter(l.ID)
	if got.Standing("2021-12-31") != cases.StandDontKnow || got.Answers[0].By != self || b.item("orders").State != cases.ItemAsked {
		t.Fatalf("after “still looking”: %+v", got)
	}
	reminded := map[int]string{}
	for day := 14; day <= 31; day++ {
		b.clock = time.Date(2021, 12, day, 8, 0, 0, 0, time.UTC)
		out, err := b.desk.Remind(t.Context())
		must(t, err)
		for _, r := range out {
			reminded[day] = r.Text
			must(t, b.desk.ApproveLetter(t.Context(), r.ID, "部長"))
			b.deliver(notify.Sent, "")
		}
	}
	if len(reminded) != 2 || !strings.Contains(reminded[20], "ご確認のお願い（当社）」の件では、2021年12月14日(火)に調査中とのご回答") || reminded[24] == "" {
		t.Errorf("asked again on %v", reminded)
	}
	_, err = b.desk.TakeReply(t.Context(), []byte(strings.ReplaceAll(string(mailOf("In-Reply-To: <"+l.MessageID+">\r\n", "影響を受けません。")), "reply-1", "reply-2")))
	must(t, err)
	if got := b.letter(l.ID).Standing("2021-12-31"); got != cases.StandAnswered {
		t.Errorf("after the answer: %s", got)
	}
}
