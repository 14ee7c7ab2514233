package notify_test

import (
	"strings"
	"testing"

	"hansho/cases"
	"hansho/notify"
	"hansho/notify/notifytest"
)

func TestWhatHanshoWroteIntoATimelineIsInJapanese(t *testing.T) {
	for e, want := range map[cases.Event]string{
		{Kind: "note", Text: "opened by hand"}:                           "手動で事案を開いた",
		{Kind: "note", Text: "in scope: a, b"}:                           "対象に加えた：a, b",
		{Kind: "state", Text: "unknown → not_affected"}:                  "未確認 → 影響なし",
		{Kind: "state", Text: "open → closed 対応が終わった"}:                   "対応中 → 終結 対応が終わった",
		{Kind: "state", Text: "mitigated affected systems are off"}:      "回避策適用済み affected systems are off",
		{Kind: "check", Text: "auth suspicious 深夜のログイン"}:                 "auth 要調査 深夜のログイン",
		{Kind: "letter", Text: "bounced: 550 5.1.1 unknown"}:             "不達：550 5.1.1 unknown",
		{Kind: "advisory", Text: "answered"}:                             "answered", // a source's own title
		{Kind: "enquiry", Text: "answered"}:                              "回答あり",
		{Kind: "revision", Text: "affected → fixed"}:                     "affected → fixed",
		{Kind: "note", Text: "we opened by hand"}:                        "we opened by hand",
		{Kind: "enquiry", Text: "nobody to ask: no supplier whatsoever"}: "問い合わせ先が台帳にない（供給元のメールアドレス）",
	} {
		if got := notify.EventText(e, "ja"); got != want {
			t.Errorf("%s %q: %q, want %q", e.Kind, e.Text, got, want)
		}
		if got := notify.EventText(e, "en"); got != e.Text {
			t.Errorf("%q in English: %q", e.Text, got)
		}
	}
}

func TestAStepIsToldInTheReadersLanguage(t *testing.T) {
	ts := templates(t)
	for _, tt := range []struct {
		step notify.Step
		want string
	}{
		{notify.Step{Kind: "note", Text: "in scope: crm"}, "対象に加えた：crm"},
		{notify.Step{Kind: "state", Text: "open → closed"}, "対応中 → 終結"},
		{notify.Step{Kind: "state", State: "mitigated", Text: "affected systems are off"}, "affected systems are off"},
		{notify.Step{Kind: "check", Text: "the clean copy differs"}, "the clean copy differs"},
	} {
		n := notifytest.Notice(notify.KindUpdate, "ja")
		n.Step, n.News = &tt.step, nil
		doc, err := ts.Render(n, notify.Reply)
		if err != nil || !strings.Contains(doc.Text(), tt.want) {
			t.Errorf("%+v: %v\n%s", tt.step, err, doc.Text())
		}
	}
}
