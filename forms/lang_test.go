package forms_test

import (
	"net/http"
	"strings"
	"testing"

	"hansho/notify"
)

func TestWhoReadsThePageInEnglishReadsWhoAsksInEnglish(t *testing.T) {
	s := newSite(t, nil)
	q := s.desk.questions["ja-partner-request"]
	q.Senders = map[string]notify.Sender{"ja": q.From, "en": {Company: "Minato Seiko Co., Ltd."}}
	s.desk.questions["ja-partner-request"] = q
	for lang, want := range map[string]string{"": "みなと精工株式会社", "ja": "みなと精工株式会社", "en": "Minato Seiko Co., Ltd."} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/a/ja-partner-request?lang="+lang, nil)
		if err != nil {
			t.Fatal(err)
		}
		if page := s.do(r).Body.String(); !strings.Contains(page, "<strong>"+want+"</strong>") {
			t.Errorf("%q: %s", lang, page)
		}
	}
}
