package pipeline

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hansho/advisory"
	"hansho/cases"
	"hansho/cases/calendar"
	"hansho/cases/vex"
	"hansho/inventory"
	"hansho/notify"
	"hansho/store"
)

var (
	jst       = time.FixedZone("JST", 9*60*60)
	templates = sync.OnceValues(func() (*notify.Templates, error) { return notify.LoadTemplates(nil, jst) })
)

// bureau is a bench with an office: two suppliers, two customers.
type bureau struct {
	*bench
	desk *Desk
}

func newBureau(t *testing.T) *bureau {
	t.Helper()
	items := []inventory.Item{
		{ID: "orders", Name: "受発注システム", Product: "Log4j", Version: "2.14.1", Supplier: "toto", Owner: "営業部"},
		{ID: "edi", Name: "EDI", Product: "EDIserver", Supplier: "toto", Owner: "購買部"},
		{ID: "erp", Name: "会計", Product: "Bugyo", Supplier: "株式会社京葉", Owner: "経理部", Tags: []string{"社外"}},
	}
	b := &bureau{bench: newBench(t, items...)}
	b.desk = b.p.Desk()
	ts, err := templates()
	must(t, err)
	n := 0
	cal, err := calendar.New([]string{"12-29..01-03"})
	must(t, err)
	b.p.SetOffice(Office{
		Publisher: vex.Company{Name: "当社", Namespace: "https://example"}, Templates: ts, Lang: "ja", Zone: jst, Channel: "mail", Calendar: cal, Remind: []int{4, 7}, NoNews: "say",
		Partners: []inventory.Partner{
			{ID: "toto", Company: "東都", Role: "supplier", Email: []string{"s@toto.example"}},
			{ID: "keiyo", Company: "株式会社京葉", Role: "supplier", Lang: "en", Email: []string{"k@keiyo.example"}},
			{ID: "asahi", Company: "旭重機", Role: "customer", Class: "full", VEX: "csaf", Email: []string{"a@asahi.example", "b@asahi.example"}},
			{ID: "nordvik", Company: "Nordvik", Role: "customer", Lang: "en", Class: "minimal", Email: []string{"n@nordvik.example"}, Items: []string{"社外"}},
		},
		Sender: func(string) notify.Sender {
			return notify.Sender{Company: "当社", Department: "情シス", Email: "it@example"}
		},
		Everyone: []notify.Address{{Channel: "slack", To: "#all"}},
		Weekly:   Weekday{Day: time.Friday, Hour: 16, Set: true}, Domain: "example",
		Token: func() string { n++; return fmt.Sprintf("HS-%04d", n) },
	})
	b.first("jpcert", "list")
	b.poll("jpcert", adv("jpcert:at210050"))
	return b
}

func (b *bureau) outbox() []notify.Delivery {
	b.t.Helper()
	var out []notify.Delivery
	must(b.t, b.st.View(b.t.Context(), func(tx store.Tx) error {
		all, err := tx.Deliveries("", "", 0)
		out = slices.DeleteFunc(all, func(d notify.Delivery) bool { return d.Notice.Kind != notify.KindLetter })
		return err
	}))
	return out
}

// deliver ends every delivery that is due, as a dispatcher would.
func (b *bureau) deliver(state notify.State, reason string) {
	b.t.Helper()
	must(b.t, b.st.Update(b.t.Context(), func(tx store.Tx) error {
		for {
			ds, err := tx.Claim(b.clock, time.Minute, 100, nil)
			if err != nil || len(ds) == 0 {
				return err
			}
			for _, d := range ds {
				if err := tx.Settle(d.Key, state, notify.Receipt{ID: d.Key, At: b.clock}, reason); err != nil {
					return err
				}
			}
		}
	}))
	_, err := b.desk.Reconcile(b.t.Context())
	must(b.t, err)
}

func (b *bureau) draft(kind string, to ...string) []cases.Letter {
	b.t.Helper()
	list, err := b.desk.Draft(b.t.Context(), Draft{Kind: kind, Case: "CVE-2021-44228", To: to, Who: "山田"})
	must(b.t, err)
	return list
}

func (b *bureau) letter(id string) cases.Letter {
	b.t.Helper()
	l, err := b.desk.Letter(b.t.Context(), id)
	must(b.t, err)
	return l
}

func (b *bureau) item(id string) *cases.Item {
	b.t.Helper()
	c, err := b.desk.Case(b.t.Context(), "CVE-2021-44228")
	must(b.t, err)
	return c.Items[id]
}

func (b *bureau) hand(item string, s cases.ItemState) {
	b.t.Helper()
	b.clock = b.clock.Add(time.Minute)
	_, err := b.desk.SetItem(b.t.Context(), "CVE-2021-44228", item, cases.Hand{State: s, Who: "山田"})
	must(b.t, err)
}

func TestALetterFromDraftToReceipt(t *testing.T) {
	b := newBureau(t)
	list := b.draft("partner-request")
	if len(list) != 2 || list[0].Audience != "asahi" || list[1].Lang != "en" || len(b.outbox()) != 0 {
		t.Fatalf("drafted %+v, %d in the outbox", list, len(b.outbox()))
	}
	again := b.draft("partner-request")
	if again[0].ID != list[0].ID || again[0].Token != list[0].Token {
		t.Errorf("drafted again: %s %s, was %s %s", again[0].ID, again[0].Token, list[0].ID, list[0].Token)
	}
	id := list[0].ID
	if _, err := b.desk.SendLetter(t.Context(), id, "山田"); !errors.Is(err, ErrUnapproved) {
		t.Errorf("sent unapproved: %v", err)
	}
	edited, err := b.desk.EditLetter(t.Context(), id, "件名", "# 直した\n\n本文です。", "山田")
	must(t, err)
	if !strings.Contains(edited.HTML, "本文です") || strings.TrimSpace(edited.Text) == "" {
		t.Errorf("edited %+v", edited)
	}
	must(t, b.desk.ApproveLetter(t.Context(), id, "部長"))
	must(t, b.desk.ApproveLetter(t.Context(), id, "別人"))
	if l := b.letter(id); l.State != cases.LetterApproved || l.By != "部長" || l.Approved != b.clock {
		t.Errorf("approved: %+v", l)
	}
	if _, err := b.desk.EditLetter(t.Context(), id, "", "別の文", "山田"); err == nil {
		t.Error("the words were changed after the approval")
	}
	out := b.outbox()
	if len(out) != 2 || out[0].Notice.Letter.Text != edited.Text || out[0].Address.Channel != "mail" {
		t.Fatalf("outbox %+v", out)
	}
	b.deliver(notify.Sent, "")
	if l := b.letter(id); l.State != cases.LetterSent || l.Sent.IsZero() {
		t.Errorf("sent: %+v", l)
	}
	must(t, b.desk.RejectLetter(t.Context(), list[1].ID, "部長", "不要"))
	if err := b.desk.ApproveLetter(t.Context(), list[1].ID, "部長"); err == nil {
		t.Error("a rejected letter was approved")
	}
}

func TestALetterThatCannotArriveHasBounced(t *testing.T) {
	b := newBureau(t)
	l := b.draft("status", "nordvik")[0]
	must(t, b.desk.ApproveLetter(t.Context(), l.ID, "部長"))
	b.deliver(notify.Parked, "550 no such user")
	if got := b.letter(l.ID); got.State != cases.LetterBounced || !strings.Contains(got.Reason, "550") {
		t.Errorf("%+v", got)
	}
}

func TestLettersInsideNeedNoApproval(t *testing.T) {
	b := newBureau(t)
	for _, kind := range []string{"awareness", "awareness-owners", "awareness-management", "guide"} {
		l := b.draft(kind)[0]
		if l.Outside {
			t.Errorf("%s goes outside", kind)
		}
		_, err := b.desk.SendLetter(t.Context(), l.ID, "山田")
		must(t, err)
	}
	if out := b.outbox(); len(out) != 4 || out[0].Address.String() != "slack:#all" {
		t.Errorf("outbox %+v", out)
	}
}

func TestAKindMayLeaveByItselfWhereTheOfficeSaysSo(t *testing.T) {
	b := newBureau(t)
	o := b.p.currentOffice()
	o.Automatic = []string{"status"}
	b.p.SetOffice(o)
	if l := b.draft("status", "nordvik")[0]; l.State != cases.LetterApproved || l.By != "automatic" {
		t.Errorf("%+v", l)
	}
	if l := b.draft("partner-request", "nordvik")[0]; l.State != cases.LetterQueued {
		t.Errorf("%+v", l)
	}
}

// No letter leaves unapproved, and none with other words than those approved,
// whatever people and time do in whatever order.
func TestNoLetterLeavesUnapproved(t *testing.T) {
	for seed := range uint64(12) {
		b := newBureau(t)
		approved := map[string]string{} // by letter, the words that were approved
		r := rand.New(rand.NewPCG(seed, 5))
		ctx := t.Context()
		for range 40 {
			b.clock = b.clock.Add(time.Duration(r.IntN(30)) * time.Hour)
			all, err := b.desk.Letters(ctx, "", "")
			must(t, err)
			id := "none"
			if len(all) > 0 {
				id = all[r.IntN(len(all))].ID
			}
			b.random(ctx, r, id, approved)
		}
		for _, d := range b.outbox() {
			l := b.letter(d.Notice.Letter.ID)
			if !l.Outside {
				continue
			}
			words, ok := approved[l.ID]
			if !ok || l.By == "" || l.Approved.IsZero() {
				t.Fatalf("seed %d: %s left, approved by %q", seed, l.ID, l.By)
			}
			if got := content(*d.Notice.Letter); got != words || wordsDigest(l) != l.Digest {
				t.Fatalf("seed %d: %s left with other words than those approved", seed, l.ID)
			}
		}
	}
}

// delivered is a letter as it goes to a channel.
func delivered(l cases.Letter) *notify.Letter {
	return &notify.Letter{Subject: l.Subject, Text: l.Text, HTML: l.HTML, Attachments: attached(l)}
}

func content(l notify.Letter) string { return fmt.Sprint(l.Subject, l.Text, l.HTML, l.Attachments) }

// random takes one step of the many that there are. Errors are answers here:
// what must not happen shows in the outbox.
func (b *bureau) random(ctx context.Context, r *rand.Rand, id string, approved map[string]string) {
	b.t.Helper()
	switch r.IntN(11) {
	case 0:
		_, _ = b.desk.Draft(ctx, Draft{Kind: []string{"status", "partner-request", "awareness"}[r.IntN(3)], Case: "CVE-2021-44228"})
	case 1:
		_, _ = b.desk.OpenEnquiries(ctx, "CVE-2021-44228", []string{"", "toto"}[r.IntN(2)], "山田")
	case 2, 3:
		before, err := b.desk.Letter(ctx, id)
		if err == nil && b.desk.ApproveLetter(ctx, id, "部長") == nil && approved[id] == "" {
			approved[id] = content(*delivered(before))
		}
	case 4:
		_, _ = b.desk.SendLetter(ctx, id, "山田")
	case 5:
		_, _ = b.desk.EditLetter(ctx, id, "", fmt.Sprint("改稿 ", r.IntN(9)), "山田")
	case 6:
		_ = b.desk.RejectLetter(ctx, id, "部長", "")
	case 7:
		_, err := b.desk.Round(ctx)
		must(b.t, err)
	case 8:
		b.hand([]string{"orders", "erp"}[r.IntN(2)], []cases.ItemState{cases.ItemFixed, cases.ItemAffected, cases.ItemNotAffected}[r.IntN(3)])
	case 9:
		b.deliver([]notify.State{notify.Sent, notify.Sent, notify.Parked}[r.IntN(3)], "no")
	case 10:
		_ = b.desk.Answer(ctx, id, cases.Answer{From: "先方", Text: "調査中", Pending: r.IntN(2) == 0})
	}
}

func TestRestrictedStatementsStayInside(t *testing.T) {
	b := newBureau(t)
	secret := func(a *advisory.Advisory) {
		a.Title, a.Summary, a.TLP = "ACME-SECRET Log4j", "ACME-SECRET", "TLP:AMBER+STRICT"
		a.Links, a.CVEs = []string{"https://acme-secret.example/"}, append(a.CVEs, "CVE-2021-99999")
	}
	b.poll("list", adv("list:secret", kind(advisory.KindAdvisory, advisory.TrustMaker), product("Log4j", advisory.StatusAffected, "9.9.9-ACME-SECRET"), secret))
	if it := b.item("orders"); it.State != cases.ItemAffected {
		t.Fatalf("the restricted claim is not in the case: %+v", it)
	}
	ts, _ := templates()
	for _, lang := range notify.Langs {
		for _, kind := range ts.Letters(lang) {
			for _, to := range [][]string{nil, {"asahi"}, {"toto"}} {
				got, err := b.desk.Preview(t.Context(), Draft{Kind: kind, Case: "CVE-2021-44228", Lang: lang, To: to})
				must(t, err)
				for _, l := range got {
					if all := l.Subject + l.Text + l.HTML + l.Markdown; strings.Contains(strings.ToLower(all), "acme-secret") || strings.Contains(all, "CVE-2021-99999") {
						t.Errorf("%s %s: a restricted statement leaves:\n%s", lang, kind, l.Text)
					}
				}
			}
		}
	}
	full := b.draft("status", "asahi")[0]
	if strings.Contains(full.Text, "影響なし") || !strings.Contains(full.Text, "影響の有無を確認中") {
		t.Errorf("what rests on a restricted claim must be unknown, not safe:\n%s", full.Text)
	}
}

func TestWhenAllIsRestrictedNothingIsWritten(t *testing.T) {
	c := cases.New([]string{"CVE-2021-1"}, time.Now())
	c.Hear(&advisory.Advisory{ID: "a:1", CVEs: []string{"CVE-2021-1"}, TLP: "RED"}, 1, nil, time.Now())
	if _, err := public(c); !errors.Is(err, ErrRestricted) {
		t.Errorf("got %v", err)
	}
	for _, tlp := range []string{"", "CLEAR", "GREEN", "WHITE"} {
		if restricted(tlp) {
			t.Errorf("%s is restricted", tlp)
		}
	}
}

func TestReversalNamesAndCorrects(t *testing.T) {
	b := newBureau(t)
	b.hand("orders", cases.ItemNotAffected)
	sent := b.draft("status", "asahi")[0]
	must(t, b.desk.ApproveLetter(t.Context(), sent.ID, "部長"))
	b.deliver(notify.Sent, "")
	waiting := b.draft("partner-request", "asahi")[0]
	before := len(b.told.told)
	b.hand("orders", cases.ItemAffected)
	told := b.told.told[before:]
	if len(told) != 1 || told[0].Kind != notify.KindReversal || !told[0].Urgent || !slices.Contains(told[0].Told, "旭重機") {
		t.Fatalf("told %+v", told)
	}
	if l := b.letter(waiting.ID); l.State != cases.LetterRejected || !strings.Contains(l.Reason, "orders") {
		t.Errorf("a letter that says what is wrong still waits: %+v", l)
	}
	queue, err := b.desk.LettersWaiting(t.Context())
	must(t, err)
	if len(queue) != 1 || queue[0].Kind != "correction" || queue[0].Earlier != sent.ID || !strings.Contains(queue[0].Text, "受発注システム：誤「影響なし」→ 正「影響あり」") {
		t.Fatalf("corrections %+v", queue)
	}
	b.hand("orders", cases.ItemAffected)
	if again, _ := b.desk.LettersWaiting(t.Context()); len(again) != 1 {
		t.Errorf("corrected twice: %d", len(again))
	}
}

func TestASourceThatTurnsUnsafeCorrectsToo(t *testing.T) {
	b := newBureau(t)
	row := func(s advisory.Status) advisory.Advisory {
		return adv("list:log4j", kind(advisory.KindAdvisory, advisory.TrustMaker), product("Log4j", s, ""))
	}
	b.poll("list", row(advisory.StatusNotAffected))
	l := b.draft("status", "asahi")[0]
	must(t, b.desk.ApproveLetter(t.Context(), l.ID, "部長"))
	_, told := b.poll("list", row(advisory.StatusAffected))
	wantKinds(t, told, notify.KindReversal)
	if !slices.Contains(told[0].Told, "旭重機") || !slices.Contains(told[0].Told, "営業部") {
		t.Errorf("told safe: %v", told[0].Told)
	}
	if queue, _ := b.desk.LettersWaiting(t.Context()); len(queue) != 1 || queue[0].Kind != "correction" {
		t.Errorf("queue %+v", queue)
	}
}

// A partner that wants our state as data gets it with each letter, approved with
// it; the file's number rises with what was approved before.
func TestTheStateGoesWithTheLetter(t *testing.T) {
	b := newBureau(t)
	b.hand("erp", cases.ItemAffected)
	for issue, kind := range []string{"partner-request", "status"} {
		b.clock = b.clock.Add(time.Hour)
		l := b.draft(kind, "asahi")[0]
		if len(l.Attachments) != 1 || l.Attachments[0].Name != "cve-2021-44228-asahi.json" || !strings.Contains(l.Text, l.Attachments[0].Name) {
			t.Fatalf("%s: attached %+v\n%s", kind, l.Attachments, l.Text)
		}
		if want := fmt.Sprintf(`"version": "%d"`, issue+1); !strings.Contains(string(l.Attachments[0].Data), want) {
			t.Errorf("%s lacks %s:\n%s", kind, want, l.Attachments[0].Data)
		}
		must(t, b.desk.ApproveLetter(t.Context(), l.ID, "部長"))
		l = b.letter(l.ID)
		changed := l
		changed.Attachments = []cases.Attachment{{Name: l.Attachments[0].Name, Type: l.Attachments[0].Type, Data: []byte("{}")}}
		if wordsDigest(l) != l.Digest || wordsDigest(changed) == l.Digest {
			t.Error("the digest does not cover what is attached")
		}
	}
	out := b.outbox()
	if got := out[len(out)-1].Notice.Letter.Attachments; len(got) != 1 || !strings.Contains(string(got[0].Data), "known_affected") {
		t.Errorf("leaves with %+v", got)
	}
	for _, l := range b.draft("status", "nordvik") {
		if len(l.Attachments) > 0 {
			t.Error("a partner that may not know our systems got a list of them")
		}
	}
	weekly := b.round(tokyo(12, 17, 10)).Weekly
	if len(weekly) == 0 || len(weekly[0].Attachments) != 1 {
		t.Errorf("weekly: %+v", weekly)
	}
}

// Who is told less than everything gets no file that names our systems, whatever
// the inventory says.
func TestTheClassStandsOverTheFile(t *testing.T) {
	b := newBureau(t)
	o := b.p.currentOffice()
	o.Partners[2].Class = "summary"
	b.p.SetOffice(o)
	if l := b.draft("status", "asahi")[0]; len(l.Attachments) > 0 || strings.Contains(l.Text, "VEX") {
		t.Errorf("attached %+v", l.Attachments)
	}
}
