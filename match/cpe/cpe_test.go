package cpe

import (
	"strings"
	"testing"
)

// specified are the examples of NISTIR 7695, sections 6.1 and 6.2.
var specified = []struct{ wfn, uri, fs string }{
	{
		`wfn:[part="a",vendor="microsoft",product="internet_explorer",version="8\.0\.6001",update="beta"]`,
		`cpe:/a:microsoft:internet_explorer:8.0.6001:beta`,
		`cpe:2.3:a:microsoft:internet_explorer:8.0.6001:beta:*:*:*:*:*:*`,
	},
	{
		`wfn:[part="a",vendor="microsoft",product="internet_explorer",version="8\.*",update="sp?"]`,
		`cpe:/a:microsoft:internet_explorer:8.%02:sp%01`,
		`cpe:2.3:a:microsoft:internet_explorer:8.*:sp?:*:*:*:*:*:*`,
	},
	{
		`wfn:[part="a",vendor="microsoft",product="internet_explorer",version="8\.\*",update="sp\?"]`,
		`cpe:/a:microsoft:internet_explorer:8.%2a:sp%3f`,
		`cpe:2.3:a:microsoft:internet_explorer:8.\*:sp\?:*:*:*:*:*:*`,
	},
	{
		`wfn:[part="a",vendor="hp",product="insight_diagnostics",version="7\.4\.0\.1570",update=NA,sw_edition="online",target_sw="win2003",target_hw="x64"]`,
		`cpe:/a:hp:insight_diagnostics:7.4.0.1570:-:~~online~win2003~x64~`,
		`cpe:2.3:a:hp:insight_diagnostics:7.4.0.1570:-:*:*:online:win2003:x64:*`,
	},
	{
		`wfn:[part="a",vendor="hp",product="openview_network_manager",version="7\.51",target_sw="linux"]`,
		`cpe:/a:hp:openview_network_manager:7.51::~~~linux~~`,
		`cpe:2.3:a:hp:openview_network_manager:7.51:*:*:*:*:linux:*:*`,
	},
	{
		`wfn:[part="a",vendor="foo\\bar",product="big\$money_manager_2010",sw_edition="special",target_sw="ipod_touch",target_hw="80gb"]`,
		`cpe:/a:foo%5cbar:big%24money_manager_2010:::~~special~ipod_touch~80gb~`,
		`cpe:2.3:a:foo\\bar:big\$money_manager_2010:*:*:*:*:special:ipod_touch:80gb:*`,
	},
	{
		`wfn:[part="a",vendor="foo\~bar",product="big\~money_2010"]`,
		`cpe:/a:foo%7ebar:big%7emoney_2010`,
		`cpe:2.3:a:foo\~bar:big\~money_2010:*:*:*:*:*:*:*:*`,
	},
}

func TestBindings(t *testing.T) {
	for _, c := range specified {
		for _, binding := range []string{c.uri, c.fs, strings.ToUpper(c.fs[:3]) + c.fs[3:]} {
			n, err := Parse(binding)
			if err != nil {
				t.Errorf("%v", err)
				continue
			}
			if n.WFN() != c.wfn {
				t.Errorf("Parse(%s)\n got %s\nwant %s", binding, n.WFN(), c.wfn)
			}
			if n.URI() != c.uri {
				t.Errorf("URI of %s\n got %s\nwant %s", binding, n.URI(), c.uri)
			}
			if n.String() != c.fs {
				t.Errorf("String of %s\n got %s\nwant %s", binding, n, c.fs)
			}
		}
	}
}

func TestParseReadsAsSpecified(t *testing.T) {
	for binding, want := range map[string]string{
		"cpe:/a:foo~bar:big%7emoney_2010":                         `wfn:[part="a",vendor="foo\~bar",product="big\~money_2010"]`,
		"cpe:/A:Apache:Log4J":                                     `wfn:[part="a",vendor="apache",product="log4j"]`,
		"cpe:/o:linux":                                            `wfn:[part="o",vendor="linux"]`,
		"cpe:/:sun":                                               `wfn:[vendor="sun"]`,
		"cpe:/a:x:y:8:%02":                                        `wfn:[part="a",vendor="x",product="y",version="8"]`,
		`cpe:2.3:a:x:y:\-:-:*:*:*:*:*:*`:                          `wfn:[part="a",vendor="x",product="y",version="\-",update=NA]`,
		`cpe:2.3:a:tag1216:tagger:??1.0:*:*:*:*:*:*:*`:            `wfn:[part="a",vendor="tag1216",product="tagger",version="??1\.0"]`,
		`cpe:2.3:a:x:y\:z:1:*:*:*:*:node.js:*:*`:                  `wfn:[part="a",vendor="x",product="y\:z",version="1",target_sw="node\.js"]`,
		`cpe:2.3:a:notepad-plus-plus:notepad\+\+:7:*:*:*:*:*:*:*`: `wfn:[part="a",vendor="notepad\-plus\-plus",product="notepad\+\+",version="7"]`,
	} {
		n, err := Parse(binding)
		if err != nil {
			t.Errorf("%v", err)
		} else if n.WFN() != want {
			t.Errorf("Parse(%s)\n got %s\nwant %s", binding, n.WFN(), want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, s := range []string{
		"",
		"log4j",
		"cpe:2.3:a:b",
		"cpe:2.3:a:b:c:d:e:f:g:h:i:j:k:l",
		"cpe:2.3:x:b:c:*:*:*:*:*:*:*:*",
		"cpe:2.3:a:hp:insight_diagnostics:7.4.*.1570:*:*:*:*:*:*:*",
		"cpe:2.3:a:b::*:*:*:*:*:*:*:*",
		`cpe:2.3:a:b:c\:*:*:*:*:*:*:*:*`,
		"cpe:2.3:a:b:**:*:*:*:*:*:*:*:*",
		"cpe:2.3:a:b c:d:*:*:*:*:*:*:*:*",
		"cpe:2.3:a:マイクロソフト:d:*:*:*:*:*:*:*:*",
		"cpe:/a:foo%5cbar:big%24money_2010%07:::~~special~ipod_touch~80gb~",
		"cpe:/a:foo:bar:12.%02.1234",
		"cpe:/a:b:c:d:e:f:g:h",
		"cpe:/a:b:c:::~x~y",
		"cpe:/a:b%",
		"cpe:/a:" + strings.Repeat("b", maxName),
	} {
		if n, err := Parse(s); err == nil {
			t.Errorf("Parse(%q) = %s, want an error", s, n.WFN())
		}
	}
}

// versionOf is a value as it stands in a formatted string.
func versionOf(t *testing.T, s string) Value {
	t.Helper()
	n, err := Parse("cpe:2.3:a:v:p:" + s + ":*:*:*:*:*:*:*")
	if err != nil {
		t.Fatal(err)
	}
	return n.Get(Version)
}

func TestMeets(t *testing.T) {
	for _, c := range []struct {
		src, tgt string
		want     Relation
	}{
		{"1.0.1f", "1.0.1?", Subset},
		{"1.0.1f", "1.0.*", Subset},
		{"1.1.0", "1.0.*", Disjoint},
		{"*", "1.0.*", Superset},
		{"1.0.*", "1.0.*", Equal},
		{"1.*", "1.0.*", Subset},
		{"-", "1.0.*", Disjoint},
		{"1.0.*", "1.0.1f", Superset},
		{"1.0", "1.1", Disjoint},
	} {
		if got := Meets(versionOf(t, c.src), versionOf(t, c.tgt)); got != c.want {
			t.Errorf("%s meets %s: %v, want %v", c.src, c.tgt, got, c.want)
		}
	}
}

func TestCompareValues(t *testing.T) {
	value := func(s string) Value { return versionOf(t, s) }
	for _, c := range []struct {
		src, tgt string
		want     Relation
	}{ // NISTIR 7696, table 6-2, row by row
		{"*", "*", Equal},
		{"*", "-", Superset},
		{"*", "i", Superset},
		{"*", "m*", Undefined},
		{"-", "*", Subset},
		{"-", "-", Equal},
		{"-", "i", Disjoint},
		{"-", "m?", Undefined},
		{"i", "i", Equal},
		{"i", "k", Disjoint},
		{"i", "m*", Undefined},
		{"i", "-", Disjoint},
		{"i", "*", Subset},
		{"m*", "mail", Superset},
		{"m*", "x", Disjoint},
		{"m*", "*", Subset},
		{"m*", "-", Disjoint},
		{"m*", "m*", Undefined},
		{"8.*", "8.0.6001", Superset},
		{"*.1", "2.1", Superset},
		{"*b??", "ab12", Superset},
		{"*b??", "ab1", Superset},
		{"*b??", "ab123", Disjoint},
		{"?b", "ab", Superset},
		{"?b", "b", Superset},
		{"?b", "aab", Disjoint},
		{"*ab*", "xxabyy", Superset},
		{`a\*`, "a*", Undefined},
		{`a\*`, `a\*`, Equal},
		{`a\*`, "ab", Disjoint},
	} {
		if got := CompareValues(value(c.src), value(c.tgt)); got != c.want {
			t.Errorf("%s to %s: %s, want %s", c.src, c.tgt, got, c.want)
		}
	}
}

func TestCompareNames(t *testing.T) {
	for _, c := range []struct {
		src, tgt string
		want     Relation
	}{
		{"cpe:/a:adobe", "cpe:/a:adobe:reader:9.3.2", Superset},
		{"cpe:/a:adobe:reader:9.3.2", "cpe:/a:adobe", Subset},
		{"cpe:/a:adobe:reader", "cpe:2.3:a:adobe:reader:*:*:*:*:*:*:*:*", Equal},
		{"cpe:/a:adobe:reader:9.%02", "cpe:/a:adobe:reader:9.3.2:-", Superset},
		{"cpe:/a:adobe:reader", "cpe:/a:adobe:acrobat", Disjoint},
		{"cpe:/a:adobe::9", "cpe:/a:adobe:reader", Undefined},
		{"cpe:2.3:o:microsoft:windows_7:-:sp1:*:*:*:*:*:*", "cpe:2.3:o:microsoft:windows_7:-:-:*:*:*:*:*:*", Disjoint},
	} {
		if got := Compare(must(t, c.src), must(t, c.tgt)).Relation(); got != c.want {
			t.Errorf("%s to %s: %s, want %s", c.src, c.tgt, got, c.want)
		}
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		src, tgt string
		version  bool
		want     Relation
	}{
		{"cpe:/a:v:p", "cpe:/a:v:p:1", true, Superset},
		{"cpe:/a:v:p:2", "cpe:/a:v:p:1", true, Disjoint},
		{"cpe:/a:v:p:2", "cpe:/a:v:p:1", false, Equal},
		{"cpe:2.3:a:v:p:*:*:*:*:*:wordpress:*:*", "cpe:/a:v:p:1", true, Subset},
		{"cpe:2.3:a:v:p:*:*:*:*:*:wordpress:*:*", "cpe:2.3:a:v:p:1:*:*:*:*:joomla:*:*", true, Disjoint},
		{"cpe:/a:v:p:1", "cpe:/a:v:p:1.%02", true, Disjoint},
	} {
		if got := Match(must(t, c.src), must(t, c.tgt), c.version); got != c.want {
			t.Errorf("Match(%s, %s) = %s, want %s", c.src, c.tgt, got, c.want)
		}
	}
}

func must(t *testing.T, s string) Name {
	t.Helper()
	n, err := Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func FuzzParse(f *testing.F) {
	for _, c := range specified {
		f.Add(c.uri)
		f.Add(c.fs)
	}
	f.Add(`cpe:2.3:a:disney:where\'s_my_perry?_free:1.5.1:*:*:*:*:android:*:*`)
	f.Fuzz(func(t *testing.T, s string) {
		n, err := Parse(s)
		if err != nil {
			return
		}
		again, err := Parse(n.String())
		if err != nil || !again.Equal(n) {
			t.Fatalf("Parse(%q) = %s, whose formatted string reads as %s, %v", s, n.WFN(), again.WFN(), err)
		}
		if r := Compare(n, n).Relation(); r != Equal && r != Undefined {
			t.Fatalf("%s is %s to itself", n.WFN(), r)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*"); err != nil {
			b.Fatal(err)
		}
	}
}
