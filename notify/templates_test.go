package notify_test

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"hansho/advisory"
	"hansho/match"
	"hansho/notify"
	"hansho/notify/notifytest"
)

var update = flag.Bool("update", false, "write the golden files anew")

var embedded = sync.OnceValues(func() (*notify.Templates, error) { return notify.LoadTemplates(nil, nil) })

func templates(t testing.TB) *notify.Templates {
	t.Helper()
	ts, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	return ts
}

// TestGolden holds every text of every kind of notice against the files in
// testdata, both ways: a text without a file fails, and a file without a text.
// The end of a silence says whose it was, and what came meanwhile or that nothing
// did.
func TestWordsOfASilenceThatEnded(t *testing.T) {
	n := notifytest.Notice(notify.KindUpdate, "ja")
	n.Step = &notify.Step{Kind: "wake", Who: "山田", Text: "保守の時間に対応", Until: n.At}
	for i := range n.Case.Items {
		n.Case.Items[i].Moved = false
	}
	const ended, nothing = "山田 が止めていた通知の期限（2021年12月14日(火) 10:30 JST）になりました。止めた理由：保守の時間に対応", "新しい動きはありませんでした"
	for _, news := range [][]notify.News{n.News, nil} {
		n.News = news
		doc, err := templates(t).Render(n, notify.Reply)
		if err != nil {
			t.Fatal(err)
		}
		text := doc.Text()
		if strings.Count(text, ended) != 1 || strings.Contains(text, nothing) != (news == nil) {
			t.Errorf("with %d news:\n%s", len(news), text)
		}
	}
}

// Where all that is known of a revision is that there was one, the page is named.
func TestWordsOfARevisionWithoutDetail(t *testing.T) {
	for lang, want := range map[string]string{"ja": "変更点は公式ページをご確認ください", "en": "its page says what changed"} {
		n := notifytest.Notice(notify.KindUpdate, lang)
		n.News = []notify.News{{SourceView: n.News[0].SourceView, Revised: true, Changes: []advisory.Change{{Field: "history", Before: "更新", After: "更新 2"}}}}
		doc, err := templates(t).Render(n, notify.Reply)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(doc.Text(), want) {
			t.Errorf("%s lacks %q:\n%s", lang, want, doc.Text())
		}
	}
}

// A list that says only that there is a workaround is no instruction.
func TestWordsOfAWorkaroundThatIsOnlyStated(t *testing.T) {
	for lang, want := range map[string]string{"ja": "回避策：情報源に「回避策あり」と記載されています", "en": "Workaround: the source says that there is one"} {
		n := notifytest.Notice(notify.KindNew, lang)
		n.Case.Items[0].Verdict, n.Case.Items[0].State, n.Case.Items[0].Fixed, n.Case.Items[0].Workaround = match.Affected, "", "", advisory.WorkaroundStated
		doc, err := templates(t).Render(n, notify.Root)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(doc.Text(), want) || strings.Contains(doc.Text(), advisory.WorkaroundStated) {
			t.Errorf("%s lacks %q:\n%s", lang, want, doc.Text())
		}
	}
}

// What is told in another place than it was meant for says so, once.
func TestInsteadSaysSo(t *testing.T) {
	for _, kind := range notify.Kinds {
		if kind == notify.KindLetter {
			continue
		}
		for lang, want := range map[string]string{"ja": "宛てですが", "en": "meant for"} {
			n := notifytest.Notice(kind, lang)
			n.InsteadOf = &notify.Address{Channel: "slack", To: "#security"}
			whole, err := templates(t).Whole(n)
			if err != nil {
				t.Fatal(err)
			}
			reply, err := templates(t).Render(n, notify.Reply)
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range []string{whole.Text(), reply.Text()} {
				if strings.Count(text, want) != 1 || !strings.Contains(text, "slack:#security") {
					t.Errorf("%s %s doesn't say so, once:\n%s", kind, lang, text)
				}
			}
		}
	}
}

func TestGolden(t *testing.T) {
	got := map[string]string{}
	ts := templates(t)
	for _, lang := range notify.Langs {
		for _, kind := range notify.Kinds {
			for _, form := range []notify.Form{notify.Root, notify.Reply} {
				doc, err := ts.Render(notifytest.Notice(kind, lang), form)
				if err != nil {
					t.Fatal(err)
				}
				name := fmt.Sprintf("%s/%s-%s", lang, kind, form)
				got[name+".txt"] = "Subject: " + doc.Subject + "\n\n" + doc.Text()
				got[name+".html"] = doc.HTML()
			}
		}
	}
	golden(t, filepath.Join("testdata", "golden"), got)
}

func golden(t *testing.T, dir string, got map[string]string) {
	t.Helper()
	for name, text := range got {
		if strings.Contains(text, "**") {
			t.Errorf("%s: marks of bold are shown as they stand:\n%s", name, text)
		}
	}
	if *update {
		for name, text := range got {
			path := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, path))
		want[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("words changed (-golden +got); run with -update and read them:\n%s", diff)
	}
}

func TestNothingFromOutsideBecomesMarkup(t *testing.T) {
	ts := templates(t)
	for _, lang := range notify.Langs {
		for _, kind := range notify.Kinds {
			for _, form := range []notify.Form{notify.Root, notify.Reply} {
				doc, err := ts.Render(notifytest.HostileNotice(kind, lang), form)
				if err != nil {
					t.Fatal(err)
				}
				checkHarmless(t, fmt.Sprintf("%s %s %s", lang, kind, form), doc)
			}
		}
	}
}

func checkHarmless(t *testing.T, name string, doc notify.Doc) {
	t.Helper()
	page, err := goquery.NewDocumentFromReader(strings.NewReader(doc.HTML()))
	if err != nil {
		t.Fatal(err)
	}
	if page.Find("script, b, img, m, at, blockquote, pre, body h1 + h1").Length() > 0 {
		t.Errorf("%s: text from outside became an element:\n%s", name, doc.HTML())
	}
	page.Find("a").Each(func(_ int, a *goquery.Selection) {
		if href := a.AttrOr("href", ""); strings.Contains(href, "evil") || !strings.HasPrefix(href, "https://") {
			t.Errorf("%s: links to %s", name, href)
		}
	})
	if text := page.Find("body").Text(); !strings.Contains(text, "<b>html</b>") || strings.ContainsAny(text, "\x00\x1b\u202e") {
		t.Errorf("%s: doesn't show the text as it stands: %s", name, text)
	}
	if strings.ContainsAny(doc.Subject, "\n\r\x00\u202e") {
		t.Errorf("%s: subject is %q", name, doc.Subject)
	}
}

func TestReversalNamesWhatTurned(t *testing.T) {
	n := notifytest.Notice(notify.KindUpdate, "ja")
	n.Kind = notify.KindReversal
	n.Case.Items[1].Reversed = true
	doc, err := templates(t).Render(n, notify.Reply)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(doc.Text(), "・文書管理システム") || strings.Contains(doc.Text(), "・受発注システム") {
		t.Errorf("doesn't name the item that turned, and only it:\n%s", doc.Text())
	}
}

func TestRowsOfOneListAreOneSource(t *testing.T) {
	n := notifytest.Notice(notify.KindNew, "ja")
	row := n.Case.Sources[2]
	for i := range 5 {
		row.Title, row.Updated = fmt.Sprint("製品", i), row.Updated.Add(time.Hour)
		n.Case.Sources = append(n.Case.Sources, row)
	}
	doc, err := templates(t).Render(n, notify.Root)
	if err != nil {
		t.Fatal(err)
	}
	const want = "・例示一覧：Cisco、VMware、製品0、製品1、製品2 ほか 2 件 <https://list.example/log4shell>（2021年12月14日(火) 14:50 JST）"
	if text := doc.Text(); !strings.Contains(text, want) || strings.Count(text, "例示一覧") != 1 {
		t.Errorf("want one line %q in:\n%s", want, text)
	}
}

func TestOverride(t *testing.T) {
	ts, err := notify.LoadTemplates(fstest.MapFS{
		"ja/new.md.tmpl":         {Data: []byte(`{{define "new/subject"}}[弊社] {{.Case.Name}}{{end}}`)},
		"ja/letter-memo.md.tmpl": {Data: []byte(`{{define "letter-memo/subject"}}覚書{{end}}{{define "letter-memo/body"}}{{.Case.Name}}*の件*{{end}}`)},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	n := notifytest.Notice(notify.KindNew, "ja")
	n.Case.Name = "*<b>名前</b>*"
	doc, err := ts.Render(n, notify.Root)
	if err != nil || doc.Subject != "[弊社] *<b>名前</b>*" {
		t.Errorf("subject %q, %v", doc.Subject, err)
	}
	if !strings.Contains(doc.Markdown, "当社の対象") {
		t.Error("the other texts are gone")
	}
	l, err := ts.RenderLetter("memo", "ja", notify.LetterData{Case: *n.Case})
	if err != nil || l.Text != "*<b>名前</b>*の件\n" {
		t.Errorf("letter %q, %v", l.Text, err)
	}
	if _, err := ts.RenderLetter("memo", "en", notify.LetterData{}); err == nil || !strings.Contains(err.Error(), "awareness") {
		t.Errorf("a letter that isn't there: %v", err)
	}
}

func TestMistakesInTemplatesAreNamed(t *testing.T) {
	tests := map[string]struct{ src, want string }{
		"syntax":        {"\n{{define \"new/root\"}}\n{{if}}{{end}}{{end}}", "ja/x.md.tmpl:3: missing value for if"},
		"field":         {"{{define \"new/root\"}}\n\n{{.Case.Nmae}}{{end}}", "ja/x.md.tmpl:3:"},
		"field in loop": {"{{define \"new/root\"}}{{range .Case.Items}}\n{{.Ownr}}{{end}}{{end}}", "ja/x.md.tmpl:2:"},
		"minimal":       {"{{define \"new/root\"}}{{(index .Case.Items 0).Name}}{{end}}", "ja/x.md.tmpl:1:"},
		"function":      {"{{define \"new/root\"}}{{upper .Case.Name}}{{end}}", "function \"upper\" not defined"},
		"name":          {"x\n\n{{define \"nwe/root\"}}{{end}}", "ja/x.md.tmpl:3: no text is called \"nwe/root\""},
		"struct":        {"{{define \"new/root\"}}{{.Case}}{{end}}", "can't be printed"},
		"letter":        {"{{define \"letter-awareness/body\"}}\n{{.From.Fax}}{{end}}", "ja/x.md.tmpl:2:"},
	}
	for name, tt := range tests {
		_, err := notify.LoadTemplates(fstest.MapFS{"ja/x.md.tmpl": {Data: []byte(tt.src)}}, nil)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
	}
}

func TestAllMistakesAtOnce(t *testing.T) {
	_, err := notify.LoadTemplates(fstest.MapFS{
		"ja/a.md.tmpl": {Data: []byte("{{if}}")}, "en/b.md.tmpl": {Data: []byte("{{end}}")},
	}, nil)
	if err == nil || !strings.Contains(err.Error(), "ja/a.md.tmpl:1") || !strings.Contains(err.Error(), "en/b.md.tmpl:1") {
		t.Errorf("got %v", err)
	}
}

func TestTextsBesideAllLanguages(t *testing.T) {
	ts := templates(t)
	doc, err := ts.Render(notifytest.Notice(notify.KindNew, "fr"), notify.Root)
	if err != nil || doc.Lang != "ja" {
		t.Errorf("%q, %v", doc.Lang, err)
	}
}

// TestTranslationsDefineTheSame keeps the languages level.
func TestTranslationsDefineTheSame(t *testing.T) {
	files := func(lang string) []string {
		names, err := filepath.Glob(filepath.Join("templates", lang, "*.md.tmpl"))
		if err != nil || len(names) == 0 {
			t.Fatal(names, err)
		}
		var out []string
		for _, n := range names {
			out = append(out, filepath.Base(n))
		}
		return out
	}
	if diff := cmp.Diff(files("ja"), files("en")); diff != "" {
		t.Errorf("files (-ja +en):\n%s", diff)
	}
}

func BenchmarkRender(b *testing.B) {
	ts := templates(b)
	n := notifytest.Notice(notify.KindNew, "ja")
	for b.Loop() {
		doc, err := ts.Render(n, notify.Root)
		if err != nil {
			b.Fatal(err)
		}
		_ = doc.HTML()
	}
}
