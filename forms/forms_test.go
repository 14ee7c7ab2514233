package forms_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"hansho/cases"
	"hansho/forms"
	"hansho/inventory"
	"hansho/notify"
	"hansho/notify/notifytest"
)

var update = flag.Bool("update", false, "write the golden files")

var (
	errGone = errors.New("gone")
	errFull = errors.New("full")
	jst     = time.FixedZone("JST", 9*60*60)
	day     = time.Date(2021, 12, 14, 1, 30, 0, 0, time.UTC)
)

// desk is a fake that keeps what it is given.
type desk struct {
	questions map[string]notify.Question
	fails     error
	answers   []cases.Answer
	reports   []inventory.Report
}

func (d *desk) Question(_ context.Context, token string) (notify.Question, error) {
	q, ok := d.questions[token]
	if !ok {
		return q, errGone
	}
	return q, nil
}

func (d *desk) AnswerQuestion(_ context.Context, token string, a cases.Answer) error {
	if d.fails != nil {
		return d.fails
	}
	a.At = day.Add(time.Hour)
	d.answers = append(d.answers, a)
	q := d.questions[token]
	q.Last = &a
	d.questions[token] = q
	return nil
}

func (d *desk) ReportUse(_ context.Context, _ string, list []inventory.Report) error {
	if d.fails == nil {
		d.reports = append(d.reports, list...)
	}
	return d.fails
}

func (d *desk) written() int { return len(d.answers) + len(d.reports) }

func question(lang, kind string) notify.Question {
	q := notify.Question{
		Letter: "20211214-" + kind, Kind: kind, Lang: lang, Date: day, Due: "2021-12-17", Reference: "HS-ABCD-EFGH",
		Subject: "【ご協力のお願い】Log4Shell への対応について（みなと精工株式会社）", To: "旭重機株式会社",
		Form: cases.Form{Case: "Log4Shell", CVEs: []string{"CVE-2021-44228"}},
		From: notify.Sender{Company: "みなと精工株式会社", Department: "情報システム部", Name: "小林", Phone: "03-0000-0000", Email: "joho@minato.example", Hours: "平日 9:00〜18:00"},
	}
	if lang == "en" {
		q.Subject, q.To = "Log4Shell: our status, and a request for your cooperation (Minato Seiko Co., Ltd.)", "Nordvik AS"
		q.From = notify.Sender{Company: "Minato Seiko Co., Ltd.", Department: "Information Systems", Email: "joho@minato.example"}
	}
	switch kind {
	case "supplier-request":
		q.Form.Items = []cases.FormItem{{ID: "orders", Title: "受発注システム (受発注Web 3.2)"}, {ID: "edi", Title: "EDI"}}
	case "awareness":
		q.Form.Staff, q.To, q.Due, q.Reference = true, "", "", ""
		q.Departments = []string{"営業部", "経理部", "情報システム部"}
	}
	return q
}

// site is the pages with a desk: the token of a page is its language and kind.
type site struct {
	t    testing.TB
	desk *desk
	h    http.Handler
	now  time.Time
}

func newSite(t testing.TB, change func(*forms.Options)) *site {
	t.Helper()
	s := &site{t: t, desk: &desk{questions: map[string]notify.Question{}}, now: day}
	for _, lang := range notify.Langs {
		for _, kind := range []string{"partner-request", "supplier-request", "awareness"} {
			s.desk.questions[lang+"-"+kind] = question(lang, kind)
		}
	}
	o := forms.Options{
		Desk: s.desk, Gone: errGone, Full: errFull, URL: "https://pages.example/", Zone: jst,
		Now: func() time.Time { return s.now },
	}
	if change != nil {
		change(&o)
	}
	h, err := forms.New(o)
	if err != nil {
		t.Fatal(err)
	}
	s.h = h
	return s
}

func (s *site) do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	return w
}

func (s *site) get(path string) *httptest.ResponseRecorder {
	return s.do(httptest.NewRequest(http.MethodGet, path, nil))
}

func send(path string, fields url.Values) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(fields.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return r
}

func (s *site) send(path string, fields url.Values) *httptest.ResponseRecorder {
	return s.do(send(path, fields))
}

var style = regexp.MustCompile(`(?s)<style>.*</style>`)

// golden compares a page, but for its style sheet, which is a file of its own.
func golden(t *testing.T, name, got string) {
	t.Helper()
	got = style.ReplaceAllString(got, "<style>…</style>")
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

var (
	answered = url.Values{"choice": {"investigating"}, "note": {"委託先に確認しています。\n17日に見込みをお知らせします。"}, "name": {"佐藤 花子"}}
	supplied = url.Values{
		"choice.0": {"affected"}, "fixed.0": {"3.2.1（12月16日）"}, "workaround.0": {"JndiLookup クラスを削除"},
		"choice.1": {"not_affected"}, "note": {"https://toto.example/notice"},
	}
	reported = url.Values{"name": {"鈴木 一郎"}, "department": {"営業部"}, "uses": {"例示チャット、4.35\n\n・例示会議\r\nExample 365"}, "remarks": {"出先で使用"}}
)

func TestPages(t *testing.T) {
	for _, lang := range notify.Langs {
		s := newSite(t, nil)
		golden(t, "partner-"+lang+".html", s.get("/a/"+lang+"-partner-request").Body.String())
		golden(t, "supplier-"+lang+".html", s.get("/a/"+lang+"-supplier-request").Body.String())
		golden(t, "report-"+lang+".html", s.get("/r/"+lang+"-awareness").Body.String())
		golden(t, "wrong-"+lang+".html", s.send("/a/"+lang+"-partner-request", url.Values{"choice": {"other"}, "name": {`"><b>`}}).Body.String())
		golden(t, "wrong-report-"+lang+".html", s.send("/r/"+lang+"-awareness", url.Values{"department": {"x"}, "uses": {"y"}, "nothing": {"yes"}}).Body.String())
		s.send("/a/"+lang+"-partner-request", answered)
		golden(t, "thanks-"+lang+".html", s.get("/a/"+lang+"-partner-request?done=1").Body.String())
		golden(t, "again-"+lang+".html", s.get("/a/"+lang+"-partner-request").Body.String())
		golden(t, "thanks-report-"+lang+".html", s.get("/r/"+lang+"-awareness?done=1").Body.String())
	}
	golden(t, "gone.html", newSite(t, nil).get("/a/nobody").Body.String())
}

func TestAnswers(t *testing.T) {
	for name, tt := range map[string]struct {
		page   string
		fields url.Values
		want   cases.Answer
	}{
		"partner": {"ja-partner-request", answered, cases.Answer{
			From: "佐藤 花子", Choice: cases.ChoiceInvestigating, Pending: true,
			Text: "影響の有無：調査中（まだ分からない）\n\n委託先に確認しています。\n17日に見込みをお知らせします。",
		}},
		"partner in English": {"ja-partner-request?lang=en", url.Values{"choice": {"not_affected"}}, cases.Answer{
			Choice: cases.ChoiceNotAffected, Text: "Affected: No, we are not affected",
		}},
		"supplier": {"ja-supplier-request", supplied, cases.Answer{
			Choice: cases.ChoiceAffected,
			Text:   "■ 受発注システム (受発注Web 3.2)：影響を受ける\n　対策版：3.2.1（12月16日）\n　回避策：JndiLookup クラスを削除\n■ EDI：影響を受けない\n\nhttps://toto.example/notice",
		}},
		"supplier who knows half": {"ja-supplier-request", url.Values{"choice.0": {"not_affected"}, "choice.1": {"investigating"}}, cases.Answer{
			Choice: cases.ChoiceInvestigating, Pending: true,
			Text: "■ 受発注システム (受発注Web 3.2)：影響を受けない\n■ EDI：調査中（まだ分からない）",
		}},
	} {
		s := newSite(t, nil)
		w := s.send("/a/"+tt.page, tt.fields)
		if w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "?done=1") {
			t.Errorf("%s: %d to %q\n%s", name, w.Code, w.Header().Get("Location"), w.Body)
			continue
		}
		tt.want.At, tt.want.Remote = day.Add(time.Hour), "192.0.2.1"
		if diff := cmp.Diff([]cases.Answer{tt.want}, s.desk.answers); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestASupplierOfVeryMuchAnswersForAllAtOnce(t *testing.T) {
	s := newSite(t, nil)
	q := question("ja", "supplier-request")
	for i := range 31 {
		q.Form.Items = append(q.Form.Items, cases.FormItem{ID: fmt.Sprint(i), Title: "x"})
	}
	s.desk.questions["many"] = q
	s.send("/a/many", url.Values{"choice.0": {"not_affected"}})
	if len(s.desk.answers) != 1 || !strings.Contains(s.desk.answers[0].Text, "すべての製品・サービス") {
		t.Errorf("kept %+v", s.desk.answers)
	}
}

func TestReports(t *testing.T) {
	common := inventory.Report{Who: "鈴木 一郎", Department: "営業部", Remarks: "出先で使用", Remote: "192.0.2.1"}
	with := func(product, version string) inventory.Report {
		r := common
		r.Product, r.Version = product, version
		return r
	}
	for name, tt := range map[string]struct {
		fields map[string]string
		want   []inventory.Report
	}{
		"lines":   {nil, []inventory.Report{with("例示チャット", "4.35"), with("例示会議", ""), with("Example 365", "")}},
		"nothing": {map[string]string{"uses": "", "nothing": "yes"}, []inventory.Report{with("", "")}},
		"another department": {map[string]string{"department": "-", "other": " 新 設\t部", "uses": "A"}, []inventory.Report{
			{Who: "鈴木 一郎", Department: "新 設 部", Remarks: "出先で使用", Remote: "192.0.2.1", Product: "A"},
		}},
	} {
		s := newSite(t, nil)
		fields := url.Values{}
		for k, v := range reported {
			fields[k] = v
		}
		for k, v := range tt.fields {
			fields.Set(k, v)
		}
		if w := s.send("/r/ja-awareness", fields); w.Code != http.StatusSeeOther {
			t.Errorf("%s: %d\n%s", name, w.Code, w.Body)
		}
		if diff := cmp.Diff(tt.want, s.desk.reports); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestWhatIsWrongIsSaidAndNothingKept(t *testing.T) {
	long := strings.Repeat("字", 5000)
	for name, tt := range map[string]struct {
		page   string
		fields url.Values
		says   string
	}{
		"no choice":       {"/a/ja-partner-request", url.Values{"note": {"残す言葉"}}, "残す言葉"},
		"no such choice":  {"/a/ja-partner-request", url.Values{"choice": {"fixed"}}, "一つ選んでください"},
		"other, unsaid":   {"/a/ja-partner-request", url.Values{"choice": {"other"}, "note": {" \u3000\u200b "}}, "内容をご記入"},
		"too long":        {"/a/ja-partner-request", url.Values{"choice": {"affected"}, "note": {long}}, "4000 文字以内"},
		"one item unsaid": {"/a/ja-supplier-request", url.Values{"choice.0": {"affected"}, "choice.2": {"affected"}}, "一つ選んでください"},
		"other for item":  {"/a/ja-supplier-request", url.Values{"choice.0": {"other"}, "choice.1": {"affected"}}, "一つ選んでください"},
		"nobody":          {"/r/ja-awareness", url.Values{"department": {"営業部"}, "uses": {"A"}}, "お名前をご記入"},
		"no department":   {"/r/ja-awareness", url.Values{"name": {"A"}, "department": {"知らない部"}, "uses": {"A"}}, "部署を選ぶか"},
		"other unsaid":    {"/r/ja-awareness", url.Values{"name": {"A"}, "department": {"-"}, "uses": {"A"}}, "部署を選ぶか"},
		"nothing at all":  {"/r/ja-awareness", url.Values{"name": {"A"}, "department": {"営業部"}, "uses": {"\n ・\n"}}, "使っているものをご記入"},
		"both":            {"/r/ja-awareness", url.Values{"name": {"A"}, "department": {"営業部"}, "uses": {"A"}, "nothing": {"1"}}, "どちらか一方"},
		"long line":       {"/r/ja-awareness", url.Values{"name": {"A"}, "department": {"営業部"}, "uses": {strings.Repeat("長", 201)}}, "1 行 200 文字以内"},
		"many lines":      {"/r/ja-awareness", url.Values{"name": {"A"}, "department": {"営業部"}, "uses": {strings.Repeat("a\n", 101)}}, "100 行以内"},
	} {
		s := newSite(t, nil)
		w := s.send(tt.page, tt.fields)
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), tt.says) || s.desk.written() > 0 {
			t.Errorf("%s: %d, %d kept, want 422 and %q:\n%s", name, w.Code, s.desk.written(), tt.says, w.Body)
		}
	}
}

func TestLookingChangesNothing(t *testing.T) {
	s := newSite(t, nil)
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodDelete, http.MethodPatch, "PROPFIND"} {
		for _, page := range []string{"/a/ja-partner-request", "/a/ja-supplier-request", "/r/ja-awareness"} {
			for _, fields := range []url.Values{answered, supplied, reported} {
				r := send(page+"?"+fields.Encode(), fields)
				r.Method = method
				if w := s.do(r); w.Code >= 500 {
					t.Errorf("%s %s: %d", method, page, w.Code)
				}
			}
		}
	}
	if n := s.desk.written(); n > 0 {
		t.Errorf("%d things were written by looking: %+v %+v", n, s.desk.answers, s.desk.reports)
	}
}

func TestEveryWrongAddressIsAnsweredAlike(t *testing.T) {
	s := newSite(t, nil)
	want := s.get("/a/ja-nobody")
	if want.Code != http.StatusNotFound {
		t.Fatalf("%d", want.Code)
	}
	for _, path := range []string{"/", "/a/", "/a/ja-awareness", "/r/ja-partner-request", "/r/x", "/a/x/y", "/admin", "/a/%2e%2e%2f", "/a/" + strings.Repeat("x", 5000), "/a/ja-nobody?done=1"} {
		for _, r := range []*http.Request{httptest.NewRequest(http.MethodGet, path, nil), send(path, answered)} {
			w := s.do(r)
			if w.Code != want.Code || w.Body.String() != want.Body.String() || fmt.Sprint(w.Header()) != fmt.Sprint(want.Header()) {
				t.Errorf("%s %.50s: %d %v", r.Method, path, w.Code, w.Header())
			}
		}
	}
	if s.desk.written() > 0 {
		t.Error("something was written")
	}
}

func TestErrorsOfTheDesk(t *testing.T) {
	for _, tt := range []struct {
		fails error
		code  int
		says  string
	}{
		{fmt.Errorf("letter: %w", errGone), http.StatusNotFound, "開けません"},
		{fmt.Errorf("letter: %w", errFull), http.StatusConflict, "上限"},
		{errors.New("disk full at /srv/secret"), http.StatusInternalServerError, "保存されていません"},
		{context.DeadlineExceeded, http.StatusServiceUnavailable, "混み合って"},
	} {
		s := newSite(t, nil)
		s.desk.fails = tt.fails
		for _, w := range []*httptest.ResponseRecorder{s.send("/a/ja-partner-request", answered), s.send("/r/ja-awareness", reported)} {
			if w.Code != tt.code || !strings.Contains(w.Body.String(), tt.says) || strings.Contains(w.Body.String(), "/srv/secret") {
				t.Errorf("%v: %d\n%s", tt.fails, w.Code, w.Body)
			}
		}
	}
}

func TestHeadersProtectEveryAnswer(t *testing.T) {
	s := newSite(t, nil)
	for _, w := range []*httptest.ResponseRecorder{
		s.get("/a/ja-partner-request"), s.get("/nowhere"), s.get("/robots.txt"), s.send("/a/ja-partner-request", nil),
		s.send("/a/ja-partner-request", answered), s.get("/a/ja-partner-request?done=1"),
	} {
		h := w.Header()
		csp := h.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%d: the policy %q lacks %s", w.Code, csp, want)
			}
		}
		for name, want := range map[string]string{
			"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow", "X-Content-Type-Options": "nosniff",
			"Referrer-Policy": "same-origin", "X-Frame-Options": "DENY",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%d: %s is %q, want %q", w.Code, name, got, want)
			}
		}
		if strings.Contains(csp, "unsafe") || strings.Contains(strings.ToLower(w.Body.String()), "<script") || h.Get("Set-Cookie") != "" {
			t.Errorf("%d: scripts or cookies", w.Code)
		}
	}
}

func TestOnlyOurOwnFormsAreTaken(t *testing.T) {
	for name, tt := range map[string]struct {
		header map[string]string
		want   int
	}{
		"our page":                      {map[string]string{"Sec-Fetch-Site": "same-origin"}, http.StatusSeeOther},
		"another site":                  {map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, http.StatusForbidden},
		"a sibling":                     {map[string]string{"Sec-Fetch-Site": "same-site", "Origin": "https://other.pages.example"}, http.StatusForbidden},
		"an old browser, by our proxy":  {map[string]string{"Sec-Fetch-Site": "", "Origin": "https://pages.example"}, http.StatusSeeOther},
		"an old browser, another site":  {map[string]string{"Sec-Fetch-Site": "", "Origin": "https://evil.example"}, http.StatusForbidden},
		"an old browser, from no place": {map[string]string{"Sec-Fetch-Site": "", "Origin": "null"}, http.StatusForbidden},
		"several parts":                 {map[string]string{"Content-Type": "multipart/form-data; boundary=x"}, http.StatusUnsupportedMediaType},
		"text":                          {map[string]string{"Content-Type": "text/plain"}, http.StatusUnsupportedMediaType},
		"JSON":                          {map[string]string{"Content-Type": "application/json"}, http.StatusUnsupportedMediaType},
	} {
		s := newSite(t, nil)
		r := send("/a/ja-partner-request", answered)
		r.Host = "127.0.0.1:8090"
		for k, v := range tt.header {
			r.Header.Del(k)
			if v != "" {
				r.Header.Set(k, v)
			}
		}
		if w := s.do(r); w.Code != tt.want || (w.Code == http.StatusSeeOther) != (s.desk.written() == 1) {
			t.Errorf("%s: %d with %d kept, want %d", name, w.Code, s.desk.written(), tt.want)
		}
	}
}

func TestBodiesAreBounded(t *testing.T) {
	s := newSite(t, nil)
	if w := s.send("/a/ja-partner-request", url.Values{"choice": {"affected"}, "note": {strings.Repeat("x", 600<<10)}}); w.Code != http.StatusRequestEntityTooLarge || s.desk.written() > 0 {
		t.Errorf("%d", w.Code)
	}
	r := send("/a/ja-partner-request", nil)
	r.Body = io.NopCloser(strings.NewReader("choice=affected&note=%zz"))
	if w := s.do(r); w.Code != http.StatusBadRequest || s.desk.written() > 0 {
		t.Errorf("broken escapes: %d", w.Code)
	}
}

func TestTooMuchFromOneAddress(t *testing.T) {
	s := newSite(t, nil)
	from := func(addr string) int {
		r := send("/a/ja-partner-request", answered)
		r.RemoteAddr = addr
		return s.do(r).Code
	}
	refused := 0
	for range 100 {
		if from("203.0.113.7:1000") == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused != 40 {
		t.Errorf("%d of 100 at once were refused, want 40", refused)
	}
	if got := from("203.0.113.8:1000"); got != http.StatusSeeOther {
		t.Errorf("another address: %d", got)
	}
	s.now = s.now.Add(10 * time.Second)
	if got := from("203.0.113.7:2000"); got != http.StatusSeeOther {
		t.Errorf("after a while: %d", got)
	}
}

func TestWhoseWordIsTakenOnTheCaller(t *testing.T) {
	for name, tt := range map[string]struct {
		proxies   []string
		from      string
		forwarded []string
		want      string
	}{
		"no proxy":              {nil, "203.0.113.7:1", []string{"198.51.100.1"}, "203.0.113.7"},
		"a proxy we don't know": {nil, "127.0.0.1:1", []string{"198.51.100.1"}, ""},
		"our proxy":             {[]string{"127.0.0.1/32"}, "127.0.0.1:1", []string{"198.51.100.1"}, "198.51.100.1"},
		"our proxy, and lies":   {[]string{"127.0.0.1/32"}, "127.0.0.1:1", []string{"10.9.9.9, 198.51.100.1"}, "198.51.100.1"},
		"two proxies of ours":   {[]string{"127.0.0.1/32", "10.0.0.0/8"}, "127.0.0.1:1", []string{"192.0.2.9, 198.51.100.1", "10.1.1.1"}, "198.51.100.1"},
		"no address":            {[]string{"127.0.0.1/32"}, "127.0.0.1:1", []string{"<script>"}, ""},
		"IPv6":                  {[]string{"::1/128"}, "[::1]:1", []string{"2001:db8::5"}, "2001:db8::5"},
		"IPv4 in IPv6":          {[]string{"127.0.0.1/32"}, "[::ffff:127.0.0.1]:1", []string{"::ffff:198.51.100.1"}, "198.51.100.1"},
		"with a port":           {[]string{"127.0.0.1/32"}, "127.0.0.1:1", []string{"198.51.100.1:4711"}, "198.51.100.1"},
		"nothing said":          {[]string{"127.0.0.1/32"}, "127.0.0.1:1", nil, ""},
	} {
		s := newSite(t, func(o *forms.Options) {
			for _, p := range tt.proxies {
				o.Proxies = append(o.Proxies, netip.MustParsePrefix(p))
			}
		})
		r := send("/a/ja-partner-request", answered)
		r.RemoteAddr = tt.from
		r.Header["X-Forwarded-For"] = tt.forwarded
		if s.do(r); len(s.desk.answers) != 1 || s.desk.answers[0].Remote != tt.want {
			t.Errorf("%s: %+v, want %q", name, s.desk.answers, tt.want)
		}
	}
}

func TestAProxyMayLeaveItsPath(t *testing.T) {
	s := newSite(t, func(o *forms.Options) { o.URL = "https://portal.example/hansho/" })
	for path, want := range map[string]int{
		"/hansho/a/ja-partner-request": http.StatusOK, "/a/ja-partner-request": http.StatusOK,
		"/hanshoa/ja-partner-request": http.StatusNotFound, "/hansho": http.StatusNotFound,
	} {
		if w := s.get(path); w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
	}
}

// skeleton is a page without its words: its elements and their attributes, but for
// the values that were written.
func skeleton(t *testing.T, page string) string {
	t.Helper()
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			tok := z.Token()
			var attrs []string
			for _, a := range tok.Attr {
				if a.Key == "value" {
					a.Val = ""
				}
				attrs = append(attrs, a.Key+"="+a.Val)
			}
			slices.Sort(attrs)
			fmt.Fprintln(&b, tok.Type, tok.Data, attrs)
		}
	}
}

// harmless is as long as a text.
func harmless(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || !unicode.IsPrint(r) {
			return r
		}
		return 'x'
	}, text)
}

// What is written by hostile hands comes back as words, never as markup.
func TestHostileWordsStayWords(t *testing.T) {
	hostile := []string{
		notifytest.Hostile, `"><script>alert(1)</script>`, `'/onfocus=alert(1) autofocus x='`, `</textarea><img src=x onerror=alert(1)>`,
		`</title><style>*{display:none}</style>`, "{{.Q}}", "javascript:alert(1)", "=cmd|' /C calc'!A0", "\x1b]0;title\a\x1b[2J", "<!--", "&#60;b&#62;",
	}
	for _, evil := range hostile {
		s := newSite(t, nil)
		fields := func(words string) url.Values {
			return url.Values{"note": {words}, "name": {words}, "choice.0": {words}, "fixed.0": {words}, "workaround.0": {words}, "department": {words}, "other": {words}, "uses": {words}, "remarks": {words}}
		}
		for _, page := range []string{"/a/ja-partner-request", "/a/ja-supplier-request", "/r/ja-awareness"} {
			got, want := s.send(page, fields(evil)), s.send(page, fields(harmless(evil)))
			if got.Code != http.StatusUnprocessableEntity || skeleton(t, got.Body.String()) != skeleton(t, want.Body.String()) {
				t.Errorf("%s with %q: %d, the page has other elements:\n%s", page, evil, got.Code, got.Body)
			}
			if strings.ContainsAny(got.Body.String(), "\x1b\x00\a\u202e\u2066") {
				t.Errorf("%s with %q: control characters in the page", page, evil)
			}
		}
		s.send("/a/ja-partner-request", url.Values{"choice": {"affected"}, "note": {evil}, "name": {evil}})
		if w := s.get("/a/ja-partner-request?done=1"); strings.Contains(w.Body.String(), evil) && evil != "" {
			t.Errorf("the page shows anybody what was written: %q", evil)
		}
		for _, a := range s.desk.answers {
			if strings.ContainsAny(a.From+a.Text, "\x1b\x00\a\u202e\u2066") || strings.Contains(a.From, "\n") {
				t.Errorf("kept as it came: %+v", a)
			}
		}
	}
}

// Our own words are escaped, too: a case may be called anything.
func TestHostileQuestionsStayWords(t *testing.T) {
	s := newSite(t, nil)
	q := question("ja", "supplier-request")
	evil := `"><script>alert(1)</script>`
	q.Subject, q.To, q.Form.Case, q.Form.CVEs, q.Form.Items[0].Title, q.From.Company = evil, evil, evil, []string{evil}, evil, evil
	s.desk.questions["evil"] = q
	if w := s.get("/a/evil"); strings.Contains(w.Body.String(), "<script") || skeleton(t, w.Body.String()) == "" {
		t.Errorf("not escaped:\n%s", w.Body)
	}
}

// Whatever is sent, the pages answer, and keep only what is within bounds.
func FuzzForms(f *testing.F) {
	for _, v := range []url.Values{answered, supplied, reported, {}} {
		f.Add([]byte(v.Encode()), "lang=en")
	}
	f.Add([]byte("%zz;=&&choice=affected"), "done")
	f.Add([]byte("choice=affected&note=%ff%fe%00&name=%e2%80%ae"), "lang=xx&lang=en")
	f.Add([]byte("name=a&department=-&other=b&uses=%e3%80%81%2c1%0a%2c%0a%ef%bc%8c9"), "")
	s := newSite(f, nil)
	f.Fuzz(func(t *testing.T, body []byte, query string) {
		s.now = s.now.Add(time.Minute) // so that nobody asks too much
		s.desk.answers, s.desk.reports = nil, nil
		for _, page := range []string{"/a/ja-partner-request", "/a/en-supplier-request", "/r/ja-awareness"} {
			r := send(page, nil)
			r.URL.RawQuery = query
			r.Body = io.NopCloser(strings.NewReader(string(body)))
			if w := s.do(r); w.Code >= 500 || w.Code == http.StatusOK {
				t.Fatalf("%s: %d", page, w.Code)
			}
		}
		for _, a := range s.desk.answers {
			if !slices.Contains(cases.Choices, a.Choice) || strings.ContainsAny(a.From, "\n\x00") || len(a.Text) > 1<<20 {
				t.Fatalf("kept %+v", a)
			}
		}
		for _, r := range s.desk.reports {
			if r.Who == "" || r.Department == "" || strings.ContainsAny(r.Who+r.Department+r.Product+r.Version, "\n\x00") {
				t.Fatalf("kept %+v", r)
			}
		}
	})
}
