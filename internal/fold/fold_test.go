package fold

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNameMakesSpellingsOne(t *testing.T) {
	for _, same := range [][]string{
		{"Windows Server 2016", "windows_server_2016", "ＷＩＮＤＯＷＳ　Ｓｅｒｖｅｒ２０１６", "Windows-Server 2016", "Windows‐Server–2016"},
		{"サーバー", "サーバ", "ｻｰﾊﾞ", "ｻｰﾊﾞｰ", "サーバー"},
		{"サン・マイクロシステムズ", "サンマイクロシステムズ", "ｻﾝ･ﾏｲｸﾛｼｽﾃﾑｽﾞ", "サン マイクロシステムズ"},
		{"マイクロ・フォーカス", "マイクロフォーカス", "マイクロ フォーカス"},
		{"コンピューターソフト", "コンピュータソフト"},
		{"Windowsサーバー", "Windows サーバ"},
		{"Café", "Cafe\u0301", "CAFÉ"},
	} {
		for _, s := range same[1:] {
			if Name(s) != Name(same[0]) {
				t.Errorf("Name(%q) = %q, Name(%q) = %q", s, Name(s), same[0], Name(same[0]))
			}
		}
	}
}

func TestNameKeepsWordsApart(t *testing.T) {
	for _, pair := range [][2]string{
		{"サーバー", "サバ"},
		{"キー", "キ"},
		{"ビール", "ビル"},
		{"①", "1"},
		{"C++", "C"},
		{"C#", "C"},
		{".NET", "NET"},
		{"7.0", "70"},
		{"1.2", "1 2"},
		{"log4j", "log4net"},
		{"はーと", "はと"},
	} {
		if Name(pair[0]) == Name(pair[1]) {
			t.Errorf("%q and %q both fold to %q", pair[0], pair[1], Name(pair[0]))
		}
	}
}

func TestNameReads(t *testing.T) {
	for in, want := range map[string]string{
		"Apache Log4j":      "apache log4j",
		"internet_explorer": "internet explorer",
		"CG-WGR1200":        "cg wgr1200",
		"JP1/VERITAS":       "jp1veritas",
		"":                  "",
		"（）":                "",
		"Node.js":           "node .js",
		"富士通 サーバー":          "富士通サーバ",
	} {
		if got := Name(in); got != want {
			t.Errorf("Name(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestTokensKeepTheOriginal(t *testing.T) {
	const text = "ｻｰﾊﾞｰ用のＷｉｎｄｏｗｓ１０、Log4j。"
	var got []string
	for _, tok := range Tokens(text) {
		got = append(got, tok.Text+"="+text[tok.Start:tok.End])
	}
	want := []string{
		"サ=ｻｰ", "バ=ﾊﾞｰ", "用=用", "の=の", "windows=Ｗｉｎｄｏｗｓ", "10=１０", "log=Log", "4=4", "j=j",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tokens (-want +got):\n%s", diff)
	}
}

func TestTokensKnowTheirGap(t *testing.T) {
	var got []Gap
	for _, tok := range Tokens("A B-C、D\nE1") {
		got = append(got, tok.Gap)
	}
	if diff := cmp.Diff([]Gap{Break, Spaced, Spaced, Break, Break, Glued}, got); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
}

func FuzzTokens(f *testing.F) {
	for _, s := range []string{"Apache Log4j 2.15.0", "ｻｰﾊﾞｰ・ソフト", "ーー", "\xff\xfeﾞ", "C++.NET", "①②", "İ", "a\u0301\u0302"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		end := 0
		for _, tok := range Tokens(s) {
			if tok.Text == "" || tok.Start < 0 || tok.End > len(s) || tok.Start >= tok.End || tok.End < end {
				t.Fatalf("Tokens(%q): bad token %+v after %d", s, tok, end)
			}
			end = tok.End
		}
		if name := Name(s); Name(name) != name {
			t.Fatalf("Name(%q) = %q, which folds on to %q", s, name, Name(name))
		}
	})
}

func BenchmarkName(b *testing.B) {
	for b.Loop() {
		Name("Microsoft Windows Server 2016")
	}
}

func BenchmarkTokens(b *testing.B) {
	text := strings.Repeat("Apache Log4j における任意のコードが実行可能な脆弱性。", 40)
	b.SetBytes(int64(len(text)))
	var buf []Token
	for b.Loop() {
		buf = AppendTokens(buf[:0], text)
	}
}
