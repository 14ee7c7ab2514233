package pipeline

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"hansho/cases"
	"hansho/inventory"
	"hansho/notify"
	"hansho/notify/notifytest"
	"hansho/store"
)

// openPages gives a bureau's office its pages.
func (b *bureau) openPages() {
	o := b.p.currentOffice()
	n := 0
	o.Forms = Forms{
		URL: "https://pages.example/", Expire: 60 * 24 * time.Hour,
		Token: func() string { n++; return fmt.Sprintf("token-of-many-letters-%04d", n) },
	}
	b.p.SetOffice(o)
}

// sent drafts a letter to one partner, approves and delivers it.
func (b *bureau) sent(kind, to string) cases.Letter {
	b.t.Helper()
	l := b.draft(kind, to)[0]
	must(b.t, b.desk.ApproveLetter(b.t.Context(), l.ID, "部長"))
	b.deliver("sent", "")
	return b.letter(l.ID)
}

func (b *bureau) ask(token string) error {
	b.t.Helper()
	_, err := b.desk.Question(b.t.Context(), token)
	return err
}

func (b *bureau) answer(token string, c cases.Choice, text string) error {
	b.t.Helper()
	return b.desk.AnswerQuestion(b.t.Context(), token, cases.Answer{
		From: "佐藤", Text: text, Choice: c, Pending: c == cases.ChoiceInvestigating, Remote: "203.0.113.5",
	})
}

func (b *bureau) standing(id string) cases.Standing {
	b.t.Helper()
	lines, err := b.desk.Ledger(b.t.Context(), "")
	must(b.t, err)
	for _, l := range lines {
		if l.Letter == id {
			return l.Standing
		}
	}
	b.t.Fatalf("%s is not in the ledger", id)
	return ""
}

func TestLettersLinkToTheirPagesOnlyWhereThereAreAny(t *testing.T) {
	b := newBureau(t)
	if l := b.draft("partner-request", "asahi")[0]; l.Form != nil || strings.Contains(l.Text, "ご回答用のページ") {
		t.Errorf("a link without pages: %+v\n%s", l.Form, l.Text)
	}
	b.openPages()
	for kind, link := range map[string]string{"partner-request": "https://pages.example/a/", "awareness": "https://pages.example/r/", "awareness-owners": "https://pages.example/r/"} {
		l := b.draft(kind)[0]
		if l.Form == nil {
			t.Errorf("%s has no page", kind)
			continue
		}
		for form, words := range map[string]string{"text": l.Text, "html": l.HTML, "markdown": l.Markdown} {
			if !strings.Contains(words, link+l.Form.Token) {
				t.Errorf("%s: no link in its %s:\n%s", kind, form, words)
			}
		}
		if again := b.draft(kind)[0]; again.ID != l.ID || again.Form.Token != l.Form.Token || again.Text != l.Text {
			t.Errorf("%s written anew has another page: %+v, was %+v", kind, again.Form, l.Form)
		}
	}
	for _, kind := range []string{"status", "awareness-management", "guide"} {
		if l := b.draft(kind)[0]; l.Form != nil || strings.Contains(l.Text, "pages.example") {
			t.Errorf("%s, which asks nothing, has a page: %+v", kind, l.Form)
		}
	}
}

func TestEveryPartnerHasAnAddressOfItsOwn(t *testing.T) {
	b := newBureau(t)
	b.openPages()
	list := b.draft("partner-request")
	for _, l := range list {
		if !strings.Contains(l.Text, "https://pages.example/a/"+l.Form.Token) {
			t.Errorf("the letter to %s (%s) lacks its link:\n%s", l.Audience, l.Lang, l.Text)
		}
	}
	if list[0].Form.Token == list[1].Form.Token || strings.Contains(list[0].Text, list[1].Form.Token) {
		t.Errorf("%s and %s share a page", list[0].Audience, list[1].Audience)
	}
}

func TestWhenAPageOpens(t *testing.T) {
	b := newBureau(t)
	b.openPages()
	l := b.draft("partner-request", "asahi")[0]
	closed := func(when string) {
		t.Helper()
		if err := b.ask(l.Form.Token); !errors.Is(err, ErrNoForm) {
			t.Errorf("%s: asked: %v", when, err)
		}
		if err := b.answer(l.Form.Token, cases.ChoiceNotAffected, "x"); !errors.Is(err, ErrNoForm) {
			t.Errorf("%s: answered: %v", when, err)
		}
	}
	open := func(when string) {
		t.Helper()
		if err := b.ask(l.Form.Token); err != nil {
			t.Errorf("%s: %v", when, err)
		}
	}
	closed("unapproved")
	o := b.p.currentOffice()
	o.Forms.Expire = 0
	b.p.SetOffice(o)
	closed("unapproved, where pages don't expire")
	b.openPages()
	must(t, b.desk.ApproveLetter(t.Context(), l.ID, "部長"))
	open("approved")
	b.deliver("sent", "")
	open("sent")
	_, err := b.desk.SetState(t.Context(), "CVE-2021-44228", cases.Closed, "山田", "終息")
	must(t, err)
	closed("case closed")
	_, err = b.desk.SetState(t.Context(), "CVE-2021-44228", cases.Open, "山田", "再燃")
	must(t, err)
	open("case reopened")
	b.clock = b.clock.Add(60 * 24 * time.Hour)
	open("on the last day")
	b.clock = b.clock.Add(time.Second)
	closed("expired")
	for _, token := range []string{"", "short", l.Token, l.ID, strings.Repeat("x", 26), strings.Repeat("x", 1<<16), "../../etc/passwd-and-more"} {
		if err := b.ask(token); !errors.Is(err, ErrNoForm) {
			t.Errorf("token %.40q: %v", token, err)
		}
	}
}

func TestAnAnswerByThePageStandsInTheLedger(t *testing.T) {
	b := newBureau(t)
	b.openPages()
	l := b.sent("partner-request", "asahi")
	must(t, b.answer(l.Form.Token, cases.ChoiceInvestigating, "影響の有無：調査中"))
	if got := b.standing(l.ID); got != cases.StandDontKnow {
		t.Errorf("after 調査中 it stands as %s", got)
	}
	must(t, b.answer(l.Form.Token, cases.ChoiceNotAffected, "影響の有無：なし"))
	must(t, b.answer(l.Form.Token, cases.ChoiceNotAffected, "影響の有無：なし"))
	got := b.letter(l.ID)
	if b.standing(l.ID) != cases.StandAnswered || len(got.Answers) != 2 {
		t.Fatalf("it stands as %s with %d answers, want answered with 2: %+v", b.standing(l.ID), len(got.Answers), got.Answers)
	}
	want := cases.Answer{At: b.clock, From: "佐藤 (旭重機)", Text: "影響の有無：なし", Choice: cases.ChoiceNotAffected, Remote: "203.0.113.5"}
	if got.Answers[1] != want {
		t.Errorf("kept %+v, want %+v", got.Answers[1], want)
	}
	q, err := b.desk.Question(t.Context(), l.Form.Token)
	must(t, err)
	if q.Last == nil || q.Last.Choice != cases.ChoiceNotAffected || q.To != "旭重機" || strings.Contains(q.Subject, l.Token) || q.Reference != l.Token {
		t.Errorf("the page shows %+v", q)
	}
	for i := range maxPageAnswers {
		err = b.answer(l.Form.Token, cases.ChoiceOther, fmt.Sprint(i))
	}
	if !errors.Is(err, ErrFormFull) {
		t.Errorf("a flood of answers: %v", err)
	}
}

// What needs somebody is told, since a link brings no mail; what doesn't is in the
// ledger alone.
func TestAnswersThatNeedSomebodyAreTold(t *testing.T) {
	b := newBureau(t)
	b.openPages()
	l := b.sent("partner-request", "asahi")
	told := func(c cases.Choice, text string) *notify.Step {
		t.Helper()
		before := len(b.told.told)
		b.clock = b.clock.Add(time.Minute)
		must(t, b.answer(l.Form.Token, c, text))
		if len(b.told.told) == before {
			return nil
		}
		return b.told.told[before].Step
	}
	for _, c := range []cases.Choice{cases.ChoiceInvestigating, cases.ChoiceNotAffected} {
		if s := told(c, "x"); s != nil {
			t.Errorf("%s was told: %+v", c, s)
		}
	}
	s := told(cases.ChoiceAffected, "影響あり\n\n"+strings.Repeat("長い", 500))
	if s == nil || s.Who != "佐藤 (旭重機)" || !strings.HasPrefix(s.Text, "影響あり 長い") || len([]rune(s.Text)) > maxToldAnswer || s.Ref != l.ID {
		t.Errorf("a partner who is hit: told %+v", s)
	}
	list, err := b.desk.OpenEnquiries(t.Context(), "CVE-2021-44228", "toto", "山田")
	must(t, err)
	must(t, b.desk.ApproveLetter(t.Context(), list[0].Letter, "部長"))
	l = b.letter(list[0].Letter)
	if s := told(cases.ChoiceNotAffected, "受けない"); s == nil {
		t.Error("nobody was told of a supplier's answer")
	}
}

func TestHostileAnswersAreToldAsWords(t *testing.T) {
	b := newBureau(t)
	b.openPages()
	l := b.sent("partner-request", "asahi")
	before := len(b.told.told)
	must(t, b.desk.AnswerQuestion(t.Context(), l.Form.Token, cases.Answer{From: notifytest.Hostile, Text: notifytest.Hostile, Choice: cases.ChoiceOther}))
	ts, err := templates()
	must(t, err)
	for _, n := range b.told.told[before:] {
		for _, n.Lang = range notify.Langs {
			doc, err := ts.Render(n, notify.Reply)
			must(t, err)
			if strings.Contains(doc.HTML(), "<script>") || strings.Contains(doc.HTML(), `href="https://evil`) || strings.Contains(doc.Markdown, " <!channel>") || strings.ContainsAny(doc.Text(), "\x1b\x00\u202e") {
				t.Errorf("%s: not as words:\n%s", n.Lang, doc.Markdown)
			}
			if !strings.Contains(doc.Text(), "evil.example") {
				t.Errorf("%s: the answer is not told:\n%s", n.Lang, doc.Text())
			}
		}
	}
	if len(b.told.told) == before {
		t.Error("nothing was told")
	}
}

func TestTheLedgerShowsWhatWasAnsweredLast(t *testing.T) {
	b := newBureau(t)
	b.openPages()
	l := b.sent("partner-request", "asahi")
	must(t, b.answer(l.Form.Token, cases.ChoiceInvestigating, "調査中"))
	must(t, b.answer(l.Form.Token, cases.ChoiceNotAffected, "影響なし"))
	lines, err := b.desk.Ledger(t.Context(), "")
	must(t, err)
	if len(lines) != 1 || lines[0].Answer != "影響なし" || lines[0].By != "佐藤 (旭重機)" {
		t.Errorf("the ledger says %+v", lines)
	}
}

func TestAReminderLeadsToThePageOfItsLetter(t *testing.T) {
	b := newBureau(t)
	b.openPages()
	l := b.sent("partner-request", "asahi")
	b.clock = time.Date(2021, 12, 20, 6, 0, 0, 0, time.UTC) // a Monday in Tokyo
	list, err := b.desk.Remind(t.Context())
	must(t, err)
	if len(list) != 1 || !strings.Contains(list[0].Text, "https://pages.example/a/"+l.Form.Token) || list[0].Form != nil {
		t.Errorf("reminders %+v", list)
	}
}

func TestASuppliersAnswerByThePageIsEvidence(t *testing.T) {
	b := newBureau(t)
	b.openPages()
	list, err := b.desk.OpenEnquiries(t.Context(), "CVE-2021-44228", "toto", "山田")
	must(t, err)
	e := list[0]
	must(t, b.desk.ApproveLetter(t.Context(), e.Letter, "部長"))
	l := b.letter(e.Letter)
	if len(l.Form.Items) != len(e.Items) || !strings.Contains(l.Form.Items[1].Title, "受発注システム") {
		t.Fatalf("the page asks about %+v, the enquiry about %v", l.Form.Items, e.Items)
	}
	must(t, b.answer(l.Form.Token, cases.ChoiceAffected, "受発注システム：受ける"))
	e, err = b.desk.Enquiry(t.Context(), e.ID)
	must(t, err)
	if len(e.Answers) != 1 || b.item("orders").State != cases.ItemAsked {
		t.Fatalf("answers %+v; orders is %s", e.Answers, b.item("orders").State)
	}
	for _, item := range e.Items {
		_, err = b.desk.AcceptAnswer(t.Context(), Accepted{Enquiry: e.ID, Item: item, State: cases.ItemAffected, Who: "山田"})
		must(t, err)
	}
	must(t, b.answer(l.Form.Token, cases.ChoiceNotAffected, "訂正：受けない"))
	if e, err = b.desk.Enquiry(t.Context(), e.ID); err != nil || !e.Closed.IsZero() {
		t.Errorf("an answer that was changed is read by nobody: closed %v, %v", e.Closed, err)
	}
}

func TestStaffReportByThePageOfAnAwarenessLetter(t *testing.T) {
	b := newBureau(t)
	b.openPages()
	l := b.draft("awareness")[0]
	_, err := b.desk.SendLetter(t.Context(), l.ID, "山田")
	must(t, err)
	report := func(dept string, products ...string) error {
		var list []inventory.Report
		for _, p := range products {
			list = append(list, inventory.Report{Who: "鈴木", Department: dept, Product: p})
		}
		return b.desk.ReportUse(t.Context(), l.Form.Token, list)
	}
	must(t, report("営業部", "例示チャット", "例示会議"))
	must(t, report("営業部", "例示チャット"))
	must(t, report("経理部", ""))
	list, err := b.desk.Reports(t.Context(), inventory.ReportNew)
	must(t, err)
	if len(list) != 2 || list[0].Letter != l.ID {
		t.Errorf("%d reports wait, want 2: %+v", len(list), list)
	}
	missing, err := b.desk.Unanswered(t.Context())
	must(t, err)
	if fmt.Sprint(missing) != "[購買部]" {
		t.Errorf("not reported: %v", missing)
	}
	b.anotherNotice()
	r, err := b.desk.DecideReport(t.Context(), list[0].ID, inventory.ReportAccepted, "山田")
	must(t, err)
	must(t, b.desk.ScopeReport(t.Context(), r, "山田"))
	if it := b.item(r.Item().ID); it == nil || it.State != cases.ItemUnknown {
		t.Errorf("what was accepted is not in the case: %+v", it)
	}
	if err := b.answer(l.Form.Token, cases.ChoiceAffected, "x"); !errors.Is(err, ErrNoForm) {
		t.Errorf("a staff page took a partner's answer: %v", err)
	}
	if err := b.desk.ReportUse(t.Context(), l.Form.Token, make([]inventory.Report, 1)); err == nil {
		t.Error("a report of nobody was taken")
	}
	if err := report("営業部", make([]string, maxPageReports)...); !errors.Is(err, ErrFormFull) {
		t.Errorf("a flood of reports: %v", err)
	}
}

// anotherNotice asks staff again, on another case: who answered on the first has not
// answered on it.
func (b *bureau) anotherNotice() {
	b.t.Helper()
	const other = "CVE-2022-0001"
	_, err := b.desk.Open(b.t.Context(), other, "", "山田")
	must(b.t, err)
	unanswered := func(ref, want string) {
		b.t.Helper()
		if got, err := b.desk.UnansweredOn(b.t.Context(), ref); err != nil || fmt.Sprint(got) != want {
			b.t.Errorf("on %s, not reported: %v, %v, want %s", ref, got, err, want)
		}
	}
	unanswered(other, "[営業部 経理部 購買部]")
	b.clock = b.clock.Add(time.Hour)
	list, err := b.desk.Draft(b.t.Context(), Draft{Kind: "awareness", Case: other, Who: "山田"})
	must(b.t, err)
	_, err = b.desk.SendLetter(b.t.Context(), list[0].ID, "山田")
	must(b.t, err)
	unanswered(other, "[営業部 経理部 購買部]")
	must(b.t, b.desk.ReportUse(b.t.Context(), list[0].Form.Token, []inventory.Report{{Who: "高橋", Department: "経理部"}}))
	unanswered(other, "[営業部 購買部]")
	unanswered("CVE-2021-44228", "[購買部]")
}

func TestAskingChangesNothing(t *testing.T) {
	b := newBureau(t)
	b.openPages()
	l := b.sent("partner-request", "asahi")
	before := b.written()
	for range 3 {
		must(t, b.ask(l.Form.Token))
	}
	if b.written() != before {
		t.Error("to look at a page changed the store")
	}
}

// written gives all that the store holds of letters, cases and notes.
func (b *bureau) written() string {
	b.t.Helper()
	var raw []byte
	must(b.t, b.st.View(b.t.Context(), func(tx store.Tx) error {
		letters, err := tx.LettersAfter("", 0)
		if err != nil {
			return err
		}
		list, err := tx.CasesAfter("", 0)
		if err != nil {
			return err
		}
		notes, err := tx.NotesAfter("", "", 0)
		if err != nil {
			return err
		}
		raw, err = json.Marshal([]any{letters, list, notes})
		return err
	}))
	return string(raw)
}
