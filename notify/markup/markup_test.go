package markup

import (
	"fmt"
	"html"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"github.com/clipperhouse/uax29/v2/graphemes"
	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	tests := map[string]struct {
		md   string
		want Doc
	}{
		"heading":  {"# 件名 *x*", Doc{{Kind: Heading, Level: 1, Spans: []Span{{Text: "件名 "}, {Text: "x", Small: true}}}}},
		"japanese": {"対策版が\n**2.16.0** に\\\n変わる", Doc{{Spans: []Span{{Text: "対策版が "}, {Text: "2.16.0", Bold: true}, {Text: " に"}, {Break: true}, {Text: "変わる"}}}}},
		"wide":     {"一行目\n二行目", Doc{{Spans: []Span{{Text: "一行目二行目"}}}}},
		"link":     {"[a](<https://example.com/?a=1&amp;b>)", Doc{{Spans: []Span{{Text: "a", URL: "https://example.com/?a=1&amp;b"}}}}},
		"bad link": {"[a](javascript:1)", Doc{{Spans: []Span{{Text: "a"}}}}},
		"html":     {"<b>x</b> y", Doc{{Spans: []Span{{Text: "<b>x</b> y"}}}}},
		"block":    {"<script>\nx\n</script>", Doc{{Kind: Code, Spans: []Span{{Text: "<script>\nx\n</script>", Code: true}}}}},
		"image":    {"![x](https://evil.example/a.png)", Doc{{Spans: []Span{{Text: "x"}}}}},
		"entity":   {`\&lt; &lt; &amp;lt; &#65;`, Doc{{Spans: []Span{{Text: "&lt; < &lt; A"}}}}},
		"escaped":  {`**「強調」**\ の`, Doc{{Spans: []Span{{Text: "「強調」", Bold: true}, {Text: "の"}}}}},
		"list":     {"1. a\n2. b\n   - c", Doc{{Kind: List, Ordered: true, Items: []Doc{{{Spans: []Span{{Text: "a"}}}}, {{Spans: []Span{{Text: "b"}}}, {Kind: List, Items: []Doc{{{Spans: []Span{{Text: "c"}}}}}}}}}}},
		"right":    {strings.Repeat("　", 20) + "以上", Doc{{Align: Right, Spans: []Span{{Text: "以上"}}}}},
		"center":   {strings.Repeat("　", 10) + "記", Doc{{Align: Center, Spans: []Span{{Text: "記"}}}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Parse(tt.md)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestSafeURL(t *testing.T) {
	for in, want := range map[string]string{
		"https://example.com/a?b=c&d=%E3%81%82#x": "https://example.com/a?b=c&d=%E3%81%82#x",
		"  http://example.com/あ ":                 "http://example.com/%E3%81%82",
		"https://例え.jp/":                          "https://%E4%BE%8B%E3%81%88.jp/",
		"mailto:a@example.com":                    "mailto:a@example.com",
		"javascript:alert(1)":                     "", "JAVASCRIPT:alert(1)": "", "data:text/html,x": "", "//example.com/": "", "/x": "", "": "",
		"https://user:pass@example.com/": "", "https:///x": "", "java\tscript:x": "", "file:///etc/passwd": "",
		"https://example.com/" + strings.Repeat("a", 3000): "",
		"https://example.com/a(b)<c>\"d\"|e":               "https://example.com/a%28b%29%3Cc%3E%22d%22%7Ce",
	} {
		if got := SafeURL(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// FuzzEscape holds that whatever comes from outside is text, and the same text,
// wherever a template puts it.
func FuzzEscape(f *testing.F) {
	for _, s := range []string{
		"", "# a", "- a", "1. a", "12) b", "===", "---", "***", "> q", "    code", "`x`", "``` x", "~~~", "[a](b)", "<b>", "&amp;", "\\", "a\\", "*a*", "_a_", "![x](y)",
		"http://example.com", "<https://example.com>", "|a|b|\n|-|-|", "\u3000x", "a\n\n# b", "\r\n- x", "\u2028- x", "[x]: https://evil.example", "a\u202eb", "👨‍👩‍👧", "e\u0301", "\xff", "&#x3c;", "1\\. x", "+", "=", ":", "\t- a",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want := strings.Join(strings.Fields(Clean(s)), " ")
		for _, frame := range []string{"%s", "a %s b", "- %s\n- x", "**x** %s", "# %s", "- a\\\n  %s", "「%s」", "%s\n\nx", "- a\n  - %s", "*%s*"} {
			doc := Parse(fmt.Sprintf(frame, Escape(s)))
			empty := Parse(fmt.Sprintf(frame, "x"))
			if len(doc) != len(empty) && want != "" {
				t.Fatalf("%q in %q makes %d blocks, not %d: %+v", s, frame, len(doc), len(empty), doc)
			}
			if text := all2(doc); !strings.Contains(text, want) {
				t.Fatalf("%q in %q reads %q", s, frame, text)
			}
			if hasLink(doc) {
				t.Fatalf("%q in %q links", s, frame)
			}
		}
		for _, line := range strings.Split(string(EscapeLines(s)), "\\\n") {
			if d := Parse(line); len(d) > 1 || len(d) == 1 && d[0].Kind != Paragraph {
				t.Fatalf("%q has a line %q that is %+v", s, line, d)
			}
		}
		if d := Parse(string(EscapeLines(s))); len(d) > 1 || len(d) == 1 && (d[0].Kind != Paragraph || hasLink(d)) {
			t.Fatalf("lines of %q are %+v", s, d)
		}
		if d := Parse("x " + string(CodeSpan(s)) + " y"); len(d) != 1 || !strings.Contains(all2(d), want) {
			t.Fatalf("code of %q is %+v", s, d)
		}
		if d := Parse("x " + string(Link(s, "https://example.com/"+s)) + " y"); len(d) != 1 {
			t.Fatalf("link of %q is %+v", s, d)
		}
	})
}

// all2 gives all words of a text.
func all2(d Doc) string {
	var b strings.Builder
	for _, block := range d {
		b.WriteString(Plain(block.Spans) + "\n" + all2(block.Blocks))
		for _, item := range block.Items {
			b.WriteString(all2(item))
		}
	}
	return b.String()
}

func hasLink(d Doc) bool {
	for _, b := range d {
		for _, s := range b.Spans {
			if s.URL != "" {
				return true
			}
		}
		for _, item := range b.Items {
			if hasLink(item) {
				return true
			}
		}
	}
	return false
}

// FuzzCut holds that a cut keeps to its limit and between graphemes.
func FuzzCut(f *testing.F) {
	f.Add("脆弱性👨‍👩‍👧‍👦が公表されました", 4)
	f.Add("e\u0301e\u0301e\u0301", 2)
	f.Add("🇯🇵🇯🇵", 3)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		if !utf8.ValidString(s) || limit < 0 || limit > 1000 {
			return
		}
		got := Cut(s, limit)
		if n := utf8.RuneCountInString(got); n > limit {
			t.Fatalf("%q cut to %d has %d", s, limit, n)
		}
		if got == s || limit == 0 {
			return
		}
		rest := strings.TrimSuffix(got, Ellipsis)
		boundary := map[int]bool{0: true}
		at := 0
		for g := graphemes.FromString(s); g.Next(); {
			at += len(g.Value())
			boundary[at] = true
		}
		if trimmed := strings.TrimRight(s[:len(rest)], " \n"); !strings.HasPrefix(s, rest) || !boundary[len(rest)] && trimmed == rest && !boundary[len(rest)+1] {
			t.Fatalf("%q cut to %d is %q: between the parts of a character", s, limit, got)
		}
	})
}

// FuzzMarkdown holds that no text makes the writers fail, or write HTML that is
// not ours.
func FuzzMarkdown(f *testing.F) {
	f.Add("# a\n\n- b\n  - c\n\n> d\n\n```\ne\n```\n\n---\n*f* `g` [h](https://example.com)", 50)
	f.Add(strings.Repeat("> ", 100)+"x", 3)
	f.Add(strings.Repeat("- ", 100)+"x", 3)
	f.Add("1. a\n\n   b\n\n   - c\n\n2. d", 1)
	f.Fuzz(func(t *testing.T, md string, limit int) {
		if len(md) > 4000 {
			return
		}
		d := Parse(md)
		_ = Text(d)
		page, err := goquery.NewDocumentFromReader(strings.NewReader(Page(md, "ja", d)))
		if err != nil {
			t.Fatal(err)
		}
		if page.Find("script, img, iframe, b, i, u, form, input, object, svg").Length() > 0 || page.Find("td [onclick], td [src]").Length() > 0 {
			t.Fatalf("HTML from outside:\n%s", HTML(d))
		}
		limit = max(limit%5000, 0)
		short, _ := Fit(d, limit, func(n int) string { return fmt.Sprintf("ほか %d 件", n) })
		if n := short.Len(); n > limit {
			t.Fatalf("%d characters, limit %d", n, limit)
		}
	})
}

func TestFitHidesWholeEntries(t *testing.T) {
	var md strings.Builder
	md.WriteString("# 題\n\n")
	for i := range 200 {
		fmt.Fprintf(&md, "- 項目%03d 受発注システムの対策版 [詳細](https://example.com/%03d)\n", i, i)
	}
	md.WriteString("\n締めの言葉")
	d, cut := Fit(Parse(md.String()), 500, func(n int) string { return fmt.Sprintf("ほか %d 件", n) })
	text := Text(d)
	shown := strings.Count(text, "https://example.com/")
	if !cut || !strings.Contains(text, fmt.Sprintf("ほか %d 件", 200-shown)) || !strings.HasSuffix(text, "締めの言葉\n") || shown < 5 {
		t.Errorf("cut %v, %d shown:\n%s", cut, shown, text)
	}
	if again, cut := Fit(d, 500, nil); cut || len(again) != len(d) {
		t.Error("what fits is cut again")
	}
}

func TestLinksAreNeverCutApart(t *testing.T) {
	spans := []Span{{Text: "前の文"}, {Text: strings.Repeat("あ", 50), URL: "https://example.com/long/address"}, {Text: "後の文"}}
	for limit := range 60 {
		for _, s := range CutSpans(spans, limit) {
			if s.URL != "" && s.URL != "https://example.com/long/address" {
				t.Fatalf("limit %d: address %q", limit, s.URL)
			}
		}
	}
}

func TestText(t *testing.T) {
	md := "# 題\n\n## 節\n\n本文 [会社](https://example.com/) と [https://example.com/](https://example.com/)\n\n1. 一\\\n   続き\n2. 二\n   - 中\n\n> 引用\n\n---\n\n```\ncode\n```"
	want := "題\n\n■ 節\n本文 会社 <https://example.com/> と https://example.com/\n\n1. 一\n   続き\n2. 二\n   ・中\n\n> 引用\n\n----------------------------------------\n\ncode\n"
	if diff := cmp.Diff(want, Text(Parse(md))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTextInEnglish(t *testing.T) {
	md := "# Title\n\n## Where we stand 状況\n\nwords\n\n- one\\\n  more\n  - in it\n\n1. first"
	want := "Title\n=====\n\nWhere we stand 状況\n-------------------\n\nwords\n\n- one\n  more\n  - in it\n\n1. first\n"
	if diff := cmp.Diff(want, TextIn("en", Parse(md))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if TextIn("ja", Parse(md)) != Text(Parse(md)) {
		t.Error("Japanese differs")
	}
}

func TestHTMLEscapes(t *testing.T) {
	d := Doc{{Spans: []Span{{Text: `<&">`, URL: `https://example.com/?a="&b`}, {Text: "<x>", Code: true, Bold: true, Small: true}}}}
	got := HTML(d)
	for _, want := range []string{html.EscapeString(`<&">`), "&lt;x&gt;", `a=&#34;&amp;b`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
}

func BenchmarkFit(b *testing.B) {
	var md strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&md, "- 項目%d 受発注システムの対策版\n", i)
	}
	d := Parse(md.String())
	for b.Loop() {
		Fit(d, 8000, func(n int) string { return fmt.Sprint(n) })
	}
}
