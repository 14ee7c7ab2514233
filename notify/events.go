package notify

import (
	"regexp"
	"strings"

	"hansho/cases"
)

// eventForms are the lines that hansho writes into a case's timeline, which is
// kept in English, and how they read in Japanese.
var eventForms = []struct {
	form *regexp.Regexp
	ja   string
}{
	{regexp.MustCompile(`^opened by hand$`), "手動で事案を開いた"},
	{regexp.MustCompile(`^named (.+)$`), "「$1」と名付けた"},
	{regexp.MustCompile(`^goes by (.+) as well$`), "$1 を同じ事案とした"},
	{regexp.MustCompile(`^in scope: (.+)$`), "対象に加えた：$1"},
	{regexp.MustCompile(`^no longer quiet$`), "通知を再開した"},
	{regexp.MustCompile(`^assigned to (.+)$`), "$1 を担当者にした"},
	{regexp.MustCompile(`^split off (.+)$`), "$1 を別の事案に分けた"},
	{regexp.MustCompile(`^split from (.+)$`), "$1 から分けた"},
	{regexp.MustCompile(`^answered$`), "回答あり"},
	{regexp.MustCompile(`^no longer needed$`), "問い合わせは不要になった"},
	{regexp.MustCompile(`^automatic reply$`), "自動返信"},
	{regexp.MustCompile(`^bounced: (.+)$`), "不達：$1"},
	{regexp.MustCompile(`^(.+): not written: (.+)$`), "$1：作成できなかった（$2）"},
	{regexp.MustCompile(`^nobody to ask: .+$`), "問い合わせ先が台帳にない（供給元のメールアドレス）"},
}

// statesJA are the words for a state of an item or a case, as they stand in a
// timeline.
var statesJA = map[string]string{
	string(cases.ItemUnknown): "未確認", string(cases.ItemAsked): "問い合わせ中", string(cases.ItemAffected): "影響あり",
	string(cases.ItemNotAffected): "影響なし", string(cases.ItemMitigated): "回避策適用済み", string(cases.ItemFixed): "対策済み",
	string(cases.Open): "対応中", string(cases.Contained): "封じ込め済み", string(cases.Closed): "終結",
	string(cases.CheckClean): "異常なし", string(cases.CheckSuspicious): "要調査", string(cases.CheckDone): "実施済み",
}

// EventText gives what a line of a case's timeline says, in ja or en: what hansho
// wrote in the reader's language, what people and sources wrote as it is.
func EventText(e cases.Event, lang string) string {
	if lang != "ja" {
		return e.Text
	}
	switch e.Kind {
	case "state", "reversal", "conflict":
		return stateWordsJA(e.Text)
	case "check": // point, state, finding
		point, rest, _ := strings.Cut(e.Text, " ")
		return strings.TrimSpace(point + " " + stateWordsJA(rest))
	case "note", "ack", "merge", "enquiry", "letter", "snooze":
		for _, f := range eventForms {
			if f.form.MatchString(e.Text) {
				return f.form.ReplaceAllString(e.Text, f.ja)
			}
		}
	}
	return e.Text
}

// stateWordsJA writes the state with which a line begins, or the step from one to
// another, in Japanese.
func stateWordsJA(text string) string {
	first, rest, _ := strings.Cut(text, " ")
	ja, ok := statesJA[first]
	if !ok {
		return text
	}
	if to, isStep := strings.CutPrefix(rest, "→ "); isStep {
		rest = "→ " + stateWordsJA(to)
	}
	return strings.TrimSpace(ja + " " + rest)
}

// in gives the step with what hansho itself wrote in a language. Behind a state, and
// at a point of a checklist, the words are a person's.
func (s Step) in(lang string) *Step {
	if s.State == "" && s.Kind != "check" {
		s.Text = EventText(cases.Event{Kind: s.Kind, Text: s.Text}, lang)
	}
	return &s
}
