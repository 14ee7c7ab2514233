package pipeline

import (
	"slices"
	"strings"
	"testing"

	"hansho/advisory"
	"hansho/cases"
	"hansho/notify"
)

// row is a line of a list that gives a product and its maker's page, and no
// status.
func row(product, page string) advisory.Advisory {
	return adv("list:"+strings.ToLower(product), kind(advisory.KindList, advisory.TrustCommunity), func(a *advisory.Advisory) {
		a.Title, a.Links = product, []string{"https://list.example/"}
		a.Products = []advisory.ProductStatus{{Product: product, Status: advisory.StatusUnknown, Link: page}}
	})
}

// status is a maker's word on a product.
func status(product string, s advisory.Status) advisory.Advisory {
	return adv("maker:"+strings.ToLower(product), kind(advisory.KindAdvisory, advisory.TrustMaker), func(a *advisory.Advisory) {
		a.Title, a.Products = "word on it", []advisory.ProductStatus{{Product: product, Status: s}}
	})
}

func (b *bureau) enquiries() []cases.Enquiry {
	b.t.Helper()
	list, err := b.desk.Enquiries(b.t.Context(), "")
	must(b.t, err)
	return list
}

func itemIn(t *testing.T, n notify.Notice, id string) notify.ItemView {
	t.Helper()
	i := slices.IndexFunc(n.Case.Items, func(v notify.ItemView) bool { return v.ID == id })
	if i < 0 {
		t.Fatalf("%s is not in the notice: %+v", id, n.Case.Items)
	}
	return n.Case.Items[i]
}

func TestTheMakerHasSpokenAndItsSupplierIsAsked(t *testing.T) {
	b := newBureau(t)
	_, told := b.poll("list", row("Log4j", "https://maker.example/1"), row("EDIserver", "https://edi.example/1"))
	wantKinds(t, told, notify.KindUpdate)
	if it := itemIn(t, told[0], "edi"); it.Spoken != "https://edi.example/1" || it.Enquiry != notify.EnquiryDrafted {
		t.Errorf("the notice: %+v", it)
	}
	if told[0].News[0].Statement != "https://maker.example/1" {
		t.Errorf("the news offers no link: %+v", told[0].News[0])
	}
	list := b.enquiries()
	if len(list) != 1 || list[0].Partner != "toto" || !slices.Equal(list[0].Items, []string{"edi", "orders"}) || list[0].By != self {
		t.Fatalf("enquiries %+v", list)
	}
	if l := b.letter(list[0].Letter); l.State != cases.LetterQueued || !l.Outside || !strings.Contains(l.Text, "EDI") || len(b.outbox()) != 0 {
		t.Errorf("the letter doesn't wait: %+v", l)
	}

	_, told = b.poll("list", row("Log4j", "https://maker.example/2"))
	wantKinds(t, told, notify.KindUpdate)
	if ch := told[0].News[0].Changes; len(ch) != 1 || ch[0].Field != "links" || ch[0].After != "https://maker.example/2" {
		t.Errorf("a changed link: %+v", ch)
	}
	b.poll("list", row("Log4j", "https://maker.example/2"))
	if again := b.enquiries(); len(again) != 1 || again[0].Letter != list[0].Letter {
		t.Errorf("asked again: %+v", again)
	}
}

func TestASupplierIsAskedOnceOfAllThatALaterRevisionAdds(t *testing.T) {
	b := newBureau(t)
	b.poll("list", row("Log4j", "https://maker.example/1"))
	b.poll("list", row("EDIserver", "https://edi.example/1"))
	list := b.enquiries()
	if len(list) != 1 || !slices.Equal(list[0].Items, []string{"edi", "orders"}) {
		t.Fatalf("one letter lists both: %+v", list)
	}
	queue, err := b.desk.LettersWaiting(t.Context())
	must(t, err)
	if len(queue) != 1 || queue[0].ID != list[0].Letter || !strings.Contains(queue[0].Text, "受発注システム") || !strings.Contains(queue[0].Text, "EDI") {
		t.Errorf("queue %+v", queue)
	}
}

func TestWhatComesAfterTheLetterLeftIsAskedInAnother(t *testing.T) {
	b := newBureau(t)
	b.poll("list", row("Log4j", "https://maker.example/1"))
	must(t, b.desk.ApproveLetter(t.Context(), b.enquiries()[0].Letter, "部長"))
	b.poll("list", row("EDIserver", "https://edi.example/1"), row("Log4j", "https://maker.example/2"))
	list := b.enquiries()
	if len(list) != 2 || !slices.Equal(list[0].Items, []string{"orders"}) || !slices.Equal(list[1].Items, []string{"edi"}) {
		t.Fatalf("enquiries %+v", list)
	}
	if list[0].Letter == list[1].Letter {
		t.Error("a letter that left was written anew")
	}
}

func TestWhereASourceGivesAStatusNobodyIsAsked(t *testing.T) {
	for _, s := range []advisory.Status{advisory.StatusAffected, advisory.StatusNotAffected, advisory.StatusFixed, advisory.StatusUnderInvestigation} {
		t.Run(string(s), func(t *testing.T) {
			b := newBureau(t)
			b.poll("maker", status("Log4j", s))
			_, told := b.poll("list", row("Log4j", "https://maker.example/1"))
			if list := b.enquiries(); len(list) > 0 {
				t.Errorf("enquiries %+v", list)
			}
			for _, n := range told {
				if it := itemIn(t, n, "orders"); it.Spoken != "" {
					t.Errorf("%+v", it)
				}
			}
		})
	}
}

func TestAQuestionThatAnsweredItselfIsDropped(t *testing.T) {
	b := newBureau(t)
	b.poll("list", row("Log4j", "https://maker.example/1"), row("EDIserver", "https://edi.example/1"))
	first := b.enquiries()[0]
	b.poll("maker", status("Log4j", advisory.StatusNotAffected))
	if e := b.enquiries()[0]; !slices.Equal(e.Items, []string{"edi"}) || strings.Contains(b.letter(e.Letter).Text, "受発注") {
		t.Errorf("one of two is answered: %+v", e)
	}
	b.hand("edi", cases.ItemNotAffected)
	b.poll("maker", status("Log4j", advisory.StatusFixed))
	e := b.enquiries()[0]
	if l := b.letter(e.Letter); e.Closed.IsZero() || l.State != cases.LetterRejected || l.By != self {
		t.Errorf("both are answered: %+v, letter %s by %s", e, l.State, l.By)
	}
	if first.ID != e.ID {
		t.Errorf("%s became %s", first.ID, e.ID)
	}
}

func TestWhatAPersonOpenedOrRejectedStaysSo(t *testing.T) {
	b := newBureau(t)
	b.poll("list", row("Log4j", "https://maker.example/1"))
	must(t, b.desk.RejectLetter(t.Context(), b.enquiries()[0].Letter, "部長", "電話で確認する"))
	b.poll("list", row("Log4j", "https://maker.example/2"))
	if queue, _ := b.desk.LettersWaiting(t.Context()); len(queue) > 0 {
		t.Errorf("a person said no: %+v", queue)
	}
	list, err := b.desk.OpenEnquiries(t.Context(), "CVE-2021-44228", "toto", "山田")
	must(t, err)
	b.poll("maker", status("Log4j", advisory.StatusFixed))
	if e := b.enquiries()[0]; e.By != "山田" || !e.Closed.IsZero() || !slices.Equal(e.Items, list[0].Items) {
		t.Errorf("a person's enquiry was changed: %+v", e)
	}
}

func TestWhatNobodyCanBeAskedAboutIsSaidOnTheCase(t *testing.T) {
	b := newBench(t, log4j())
	b.first("list")
	_, told := b.poll("list", row("Log4j", "https://maker.example/1"))
	wantKinds(t, told, notify.KindNew)
	if it := itemIn(t, told[0], "orders"); it.Spoken == "" || it.Enquiry != notify.EnquiryNobody {
		t.Errorf("the notice: %+v", it)
	}
	b.poll("list", row("Log4j", "https://maker.example/2"))
	said := 0
	for _, e := range b.cases()[0].Timeline {
		if e.Kind == "enquiry" && e.Ref == "orders" && e.Text == noContact {
			said++
		}
	}
	if said != 1 {
		t.Errorf("said %d times: %+v", said, b.cases()[0].Timeline)
	}
}
