package version

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// render words all that was read from an expression, for tables.
func render(text string) string {
	r, info := Parse(text, "")
	var parts []string
	for _, iv := range r.In {
		parts = append(parts, iv.String())
	}
	for _, iv := range r.Not {
		parts = append(parts, "not "+iv.String())
	}
	for _, iv := range r.Maybe {
		parts = append(parts, "maybe "+iv.String())
	}
	for _, s := range info.Unread {
		parts = append(parts, "unread "+s.In(text))
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, " or ")
}

// expressions is the table of testdata/expressions.tsv: what is read from each
// expression, one a line.
func expressions(t testing.TB) map[string]string {
	t.Helper()
	b, err := os.ReadFile("testdata/expressions.tsv")
	if err != nil {
		t.Fatal(err)
	}
	table := map[string]string{}
	for line := range strings.Lines(string(b)) {
		if text, want, ok := strings.Cut(strings.TrimRight(line, "\n"), "\t"); ok && line[0] != '#' {
			table[text] = want
		}
	}
	if len(table) < 300 {
		t.Fatalf("%d expressions", len(table))
	}
	return table
}

func TestExpressions(t *testing.T) {
	for text, want := range expressions(t) {
		if got := render(text); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

// versionForms are the shapes of versions that the phrasings are tried with, an
// older and a newer one each.
var versionForms = [][2]string{
	{"1.2", "1.10"},
	{"1.2.3", "1.2.15"},
	{"10.0.0.1", "10.0.12.0"},
	{"2.0-beta9", "2.14.1"},
	{"1.8.0_392", "1.8.0_401"},
	{"2021.3.6", "2022.1.2"},
	{"1.0.2k", "1.0.2u"},
	{"15.2(7)E3", "15.2(7)E8"},
	{"R80.40", "R81.20"},
	{"v3.1", "v3.6"},
	{"10.2.4-h2", "10.2.9"},
	{"V100R001C00", "V100R001C10"},
	{"9.16(2)", "9.16(3)14"},
	{"6.0 SP1", "6.0 SP3"},
	{"8u392", "8u401"},
	{"5.10.0-60", "5.10.0-153"},
	{"1.0.0-rc1", "1.0.0"},
	{"7.0.0", "7.0.15"},
}

// phrasings are ways to say an interval; A is the older, B the newer version.
var phrasings = []struct {
	say  string
	want func(a, b string) Interval
}{
	{"B より前のバージョン", lessThan},
	{"Bより前", lessThan},
	{"B 未満", lessThan},
	{"B よりも前のバージョン", lessThan},
	{"B より前の全てのバージョン", lessThan},
	{"before B", lessThan},
	{"prior to B", lessThan},
	{"versions earlier than B", lessThan},
	{"all versions before B", lessThan},
	{"< B", lessThan},
	{"B 以前", atMost},
	{"B以前のバージョン", atMost},
	{"B およびそれ以前", atMost},
	{"B 及びそれ以前のバージョン", atMost},
	{"B までのバージョン", atMost},
	{"B 以下", atMost},
	{"through B", atMost},
	{"up to and including B", atMost},
	{"B and earlier", atMost},
	{"B or earlier", atMost},
	{"B (and earlier)", atMost},
	{"<= B", atMost},
	{"B and prior versions", atMost},
	{"A 以降", fromOn},
	{"A 以上", fromOn},
	{"A およびそれ以降のバージョン", fromOn},
	{"A and later", fromOn},
	{"A or newer", fromOn},
	{">= A", fromOn},
	{"since A", fromOn},
	{"A から B まで", closedRange},
	{"AからBまでのバージョン", closedRange},
	{"A ～ B", closedRange},
	{"A 以上 B 以下", closedRange},
	{"A 以降、B 以前", closedRange},
	{"A through B", closedRange},
	{"A to B", closedRange},
	{"from A to B", closedRange},
	{"between A and B", closedRange},
	{">= A, <= B", closedRange},
	{"A - B", closedRange},
	{"A から B より前のバージョン", halfOpen},
	{"A 以上 B 未満", halfOpen},
	{"A から B 未満", halfOpen},
	{"from A before B", halfOpen},
	{"A and later, prior to B", halfOpen},
	{">=A <B", halfOpen},
}

func lessThan(_, b string) Interval    { return Interval{Hi: Bound{b, false}} }
func atMost(_, b string) Interval      { return Interval{Hi: Bound{b, true}} }
func fromOn(a, _ string) Interval      { return Interval{Lo: Bound{a, true}} }
func closedRange(a, b string) Interval { return Interval{Lo: Bound{a, true}, Hi: Bound{b, true}} }
func halfOpen(a, b string) Interval    { return Interval{Lo: Bound{a, true}, Hi: Bound{b, false}} }

// TestPhrasings says every interval in every phrasing and reads it back.
func TestPhrasings(t *testing.T) {
	marks := []string{"", "Ver.", "バージョン ", "version "}
	names := []string{"", "Example Server ", "ファームウェア ", "製品 "}
	tails := []string{"", "（CVE-2025-0355）", "。", " (Windows)"}
	tried, failed := 0, 0
	for _, form := range versionForms {
		for i, ph := range phrasings {
			for j, mark := range marks {
				if mark != "" && (isLetter(form[0][0]) || strings.ContainsAny(ph.say, "<>")) {
					continue
				}
				say := strings.NewReplacer("A", mark+form[0], "B", mark+form[1]).Replace(ph.say)
				text := names[(i+j)%len(names)] + say + tails[(i+2*j)%len(tails)]
				tried++
				r, info := Parse(text, "")
				want := ph.want(form[0], form[1])
				if len(r.In) != 1 || r.In[0] != want || len(r.Not)+len(r.Maybe)+len(info.Unread) > 0 {
					failed++
					t.Errorf("%s: got %s, want %s", text, render(text), want)
				}
			}
		}
	}
	t.Logf("%d phrasings, %d not read back", tried, failed)
}

// TestLists joins phrasings to lists: a table cell names the ranges of several
// branches.
func TestLists(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	seps := []string{"、", ", ", "\n", "; ", " および ", "。"}
	for range 2000 {
		var texts, want []string
		for range 2 + rng.IntN(3) {
			major := 1 + rng.IntN(30)
			a, b := fmt.Sprintf("%d.%d.0", major, rng.IntN(5)), fmt.Sprintf("%d.%d.%d", major, 5+rng.IntN(9), 1+rng.IntN(20))
			say := []string{"A から B まで", "A 以上 B 未満", "A ～ B", "A から B より前"}[rng.IntN(4)]
			iv := closedRange(a, b)
			if strings.HasSuffix(say, "未満") || strings.HasSuffix(say, "前") {
				iv = halfOpen(a, b)
			}
			texts = append(texts, strings.NewReplacer("A", a, "B", b).Replace(say))
			want = append(want, iv.String())
		}
		text := strings.Join(texts, seps[rng.IntN(len(seps))])
		if got := render(text); got != strings.Join(want, " or ") {
			t.Fatalf("%q: got %s, want %s", text, got, strings.Join(want, " or "))
		}
	}
}

func TestSpans(t *testing.T) {
	text := "Ｅｘａｍｐｌｅ　２．０から２．１４．１まで、3.0 系は対象外です"
	ranges, unread := ParseProse(text)
	if len(ranges) != 2 || len(unread) != 0 {
		t.Fatalf("%v %v", ranges, unread)
	}
	if got := ranges[0].Span.In(text); got != "２．０から２．１４．１まで" {
		t.Errorf("span %q", got)
	}
	if got := ranges[1].Span.In(text); got != "3.0 系" || !ranges[1].Not {
		t.Errorf("span %q, not %v", got, ranges[1].Not)
	}
}

func FuzzParseProse(f *testing.F) {
	// A part of them: seeds count towards the executions of a short run.
	for i, text := range slices.Sorted(maps.Keys(expressions(f))) {
		if i%8 == 0 {
			f.Add(text)
		}
	}
	f.Add(strings.Repeat("1.0 から ", 200))
	f.Fuzz(func(t *testing.T, text string) {
		ranges, unread := ParseProse(text)
		spans := unread
		for _, r := range ranges {
			spans = append(spans, r.Span)
			if r.Lo.Version == "" && r.Lo.Inclusive || r.Hi.Version == "" && r.Hi.Inclusive {
				t.Errorf("%q: a bound without a version: %+v", text, r)
			}
		}
		for _, s := range spans {
			if s.Start < 0 || s.End > len(text) || s.Start > s.End {
				t.Fatalf("%q: span %v", text, s)
			}
			if utf8.ValidString(text) && !utf8.ValidString(s.In(text)) {
				t.Errorf("%q: span %v cuts a rune", text, s)
			}
		}
		r, info := Parse(text, "")
		_ = r.Why(r.Contains(info.Scheme, "1.0"), info.Scheme, "1.0")
	})
}

// TestHostileProse wants time to grow with the text, not faster.
func TestHostileProse(t *testing.T) {
	for _, unit := range []string{"1.0 ", "1.0,", "(", "before ", "1.0 から", "1", "5, ", "1.0(", "before 1.0, ", "and ", "8 系 ", "x.", "1.0 (", "not affected 1.0 ", "を除く", "1.0-"} {
		short := testing.AllocsPerRun(1, func() { ParseProse(strings.Repeat(unit, 2000/len(unit))) })
		long := testing.AllocsPerRun(1, func() { ParseProse(strings.Repeat(unit, 20000/len(unit))) })
		if long > 20*(short+50) {
			t.Errorf("%q: %v allocations for 2 kB, %v for 20 kB", unit, short, long)
		}
	}
	if _, unread := ParseProse(strings.Repeat("1", maxText+1)); len(unread) != 1 {
		t.Error("a text beyond the limit was read")
	}
}

func BenchmarkParseProse(b *testing.B) {
	texts := []string{
		"7.4.0 から 7.4.2 まで、7.2.0 から 7.2.6 まで、6.4 の全バージョン",
		"Example Server before 2.2.5, 2.3.x before 2.3.3, and 2.4.x before 2.4.1 allows remote attackers to read arbitrary files.",
	}
	for i := 0; b.Loop(); i++ {
		ParseProse(texts[i%2])
	}
}
