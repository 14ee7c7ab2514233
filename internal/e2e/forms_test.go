package e2e

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"hansho/cases"
	"hansho/inventory"
	"hansho/pipeline"
)

const formsConfig = `
poll: {only_named: true}
company: {name: みなと精工株式会社, department: 情報システム部, email: it@minato.example, contact: 内線 2222}
letters: {channel: mail, everyone: ["mail:all@minato.example"]}
forms:
  listen: LISTEN
  url: https://pages.e2e.example/hansho
  trusted_proxies: [127.0.0.1]
`

const formsInventory = `items:
  - {id: orders, name: 受発注システム, vendor: 例示開発, product: 受発注Web, version: "3.2", owner: 営業部, supplier: toto}
  - {id: edi, name: EDI, vendor: 例示開発, product: EDI連携, version: "1.8", owner: 購買部, supplier: toto}
partners:
  - {id: toto, company: 株式会社東都, role: supplier, lang: ja, class: full, email: [support@toto.example]}
  - {id: asahi, company: 旭重機株式会社, role: customer, lang: ja, class: summary, email: [matsumoto@asahi.example]}
  - {id: nordvik, company: Nordvik AS, role: customer, lang: en, class: summary, email: [dahl@nordvik.example]}
`

var pageLink = regexp.MustCompile(`https://pages\.e2e\.example/hansho/[ar]/[A-Z2-7]{26}`)

// link gives the page's address in a mail, as the daemon sees it behind its proxy.
func (w *workplace) link(to string) string {
	w.t.Helper()
	text := w.mailTo(to)
	found := pageLink.FindString(text)
	if found == "" {
		w.t.Fatalf("no link in the mail to %s:\n%s", to, text)
	}
	return "http://" + w.web + strings.TrimPrefix(found, "https://pages.e2e.example")
}

// browse asks for a page as a browser behind the proxy does; form is sent where it
// is not nil. It follows no redirect.
func (w *workplace) browse(page string, form url.Values) (int, string) {
	w.t.Helper()
	method := http.MethodGet
	if form != nil {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(w.t.Context(), method, page, strings.NewReader(form.Encode()))
	must(w.t, err)
	r.Header.Set("X-Forwarded-For", "203.0.113.5")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "https://pages.e2e.example")
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	must(w.t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	must(w.t, err)
	return resp.StatusCode, string(body)
}

// sends has a form taken.
func (w *workplace) sends(page string, form url.Values) {
	w.t.Helper()
	if code, body := w.browse(page, form); code != http.StatusSeeOther {
		w.t.Fatalf("sent %v to %s: %d\n%s", form, page, code, body)
	}
}

func (w *workplace) approveAll() {
	w.t.Helper()
	for _, l := range list[cases.Letter](w, "letter", "list", "--state", "queued") {
		w.hansho("letter", "approve", l.ID)
	}
}

func (w *workplace) standing(partner string) cases.Standing {
	w.t.Helper()
	for _, l := range list[pipeline.LedgerLine](w, "ledger") {
		if l.Partner == partner {
			return l.Standing
		}
	}
	return ""
}

// TestPartnersAndStaffAnswerByLinks: the mail that the relay got has a link, and
// what is answered there with a browser stands in the ledger, the enquiry and the
// reports.
func TestPartnersAndStaffAnswerByLinks(t *testing.T) {
	w := newWorkplace(t, formsConfig, formsInventory)
	w.hansho("case", "open", "CVE-2021-44228", "--name", "Log4Shell")
	w.hansho("case", "scope", "CVE-2021-44228", "orders", "edi")
	w.hansho("letter", "draft", "partner-request", "--case", "Log4Shell")
	w.hansho("enquiry", "open", "Log4Shell")
	w.approveAll()
	asahi, nordvik, toto := w.link("matsumoto@asahi.example"), w.link("dahl@nordvik.example"), w.link("support@toto.example")
	w.until("the ledger says sent", func() bool { return w.standing("asahi") == cases.StandSent && w.standing("nordvik") == cases.StandSent })

	for _, l := range list[cases.Letter](w, "letter", "list") {
		if mail := w.mailTo(strings.TrimPrefix(l.To[0], "mail:")); strings.TrimSpace(mail) != strings.TrimSpace(l.Text) {
			t.Errorf("%s: what was sent is not what was approved:\n%s\nwant\n%s", l.ID, mail, l.Text)
		}
	}
	before := w.hansho("ledger", "--json") + w.hansho("case", "show", "Log4Shell", "--json")
	for page, says := range map[string]string{asahi: "旭重機株式会社 御中", nordvik: "For Nordvik AS", toto: "受発注システム"} {
		for range 3 { // mail scanners look, too
			if code, body := w.browse(page, nil); code != http.StatusOK || !strings.Contains(body, says) {
				t.Fatalf("%s: %d\n%s", page, code, body)
			}
		}
	}
	if w.hansho("ledger", "--json")+w.hansho("case", "show", "Log4Shell", "--json") != before {
		t.Error("looking at the pages changed the ledger or the case")
	}

	w.sends(asahi, url.Values{"choice": {"investigating"}, "name": {"松本 <b>隆</b>"}})
	if got := w.standing("asahi"); got != cases.StandDontKnow {
		t.Errorf("asahi stands as %s after 調査中", got)
	}
	w.sends(asahi, url.Values{"choice": {"not_affected"}, "note": {"使用していません。\x1b[2J"}})
	w.sends(nordvik+"?lang=en", url.Values{"choice": {"affected"}, "note": {"two servers"}})
	if a, n := w.standing("asahi"), w.standing("nordvik"); a != cases.StandAnswered || n != cases.StandAnswered {
		t.Errorf("asahi stands as %s, nordvik as %s", a, n)
	}
	if out := w.hansho("ledger"); strings.Contains(out, "\x1b") || !strings.Contains(out, "使用していません") {
		t.Errorf("the ledger: %q", out)
	}
	for _, l := range list[pipeline.LedgerLine](w, "ledger") {
		if out := w.hansho("enquiry", "show", l.Letter); l.Partner == "asahi" && (!strings.Contains(out, "松本") || !strings.Contains(out, "[203.0.113.5]")) {
			t.Errorf("the answers to the letter: %q", out)
		}
	}

	w.sends(toto, url.Values{"choice.0": {"not_affected"}, "choice.1": {"affected"}, "fixed.1": {"3.2.1"}})
	e := list[cases.Enquiry](w, "enquiry", "list")
	if len(e) != 1 || len(e[0].Answers) != 1 || e[0].Answers[0].Remote != "203.0.113.5" || !strings.Contains(e[0].Answers[0].Text, "3.2.1") {
		t.Errorf("the enquiry holds %+v", e)
	}
	w.reportsByLink()

	w.hansho("case", "state", "Log4Shell", "closed")
	if code, _ := w.browse(asahi, nil); code != http.StatusNotFound {
		t.Errorf("the case is closed, and its page is answered with %d", code)
	}
	if code, _ := w.browse(asahi, url.Values{"choice": {"affected"}}); code != http.StatusNotFound {
		t.Errorf("the case is closed, and its page took an answer with %d", code)
	}
	for _, page := range []string{asahi, nordvik, toto} {
		if token := page[strings.LastIndex(page, "/")+1:]; strings.Contains(w.log(), token) {
			t.Errorf("the log holds the key to a page:\n%s", w.log())
		}
	}
}

// reportsByLink has staff report by the page of an awareness letter.
func (w *workplace) reportsByLink() {
	w.t.Helper()
	w.hansho("letter", "draft", "awareness", "--case", "Log4Shell")
	for _, l := range list[cases.Letter](w, "letter", "list", "--state", "queued") {
		w.hansho("letter", "send", l.ID)
	}
	staff := w.link("all@minato.example")
	if code, body := w.browse(staff, nil); code != http.StatusOK || !strings.Contains(body, "<option>営業部") {
		w.t.Fatalf("%s: %d\n%s", staff, code, body)
	}
	w.sends(staff, url.Values{"name": {"鈴木"}, "department": {"営業部"}, "uses": {"例示チャット、4.35\n例示会議"}})
	w.sends(staff, url.Values{"name": {"田中"}, "department": {"購買部"}, "nothing": {"yes"}})
	got := list[inventory.Report](w, "report", "list")
	if len(got) != 2 || got[0].Who != "鈴木" || got[0].Letter == "" {
		w.t.Fatalf("reports %+v", got)
	}
	if out := w.hansho("report", "list", "--lang", "en"); strings.Contains(out, "have not reported") {
		w.t.Errorf("every department has answered:\n%s", out)
	}
	w.hansho("report", "accept", got[0].ID)
	if out := w.hansho("case", "show", "Log4Shell", "--json"); !strings.Contains(out, got[0].Item().ID) {
		w.t.Errorf("what was accepted is not in the case:\n%s", out)
	}
}
