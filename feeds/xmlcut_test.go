package feeds

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// titlesOf reads a feed and gives its titles and the number of errors.
func titlesOf(text string) (titles []string, errs []error) {
	items, errs := readFeed(text)
	for _, i := range items {
		titles = append(titles, i.Title)
	}
	return titles, errs
}

func rss(items string) string {
	return `<?xml version="1.0"?><rss version="2.0"><channel><title>feed</title>` + items + `</channel></rss>`
}

func TestBrokenItemsCostNoOther(t *testing.T) {
	good := `<item><title>good</title><link>https://e.example/g</link></item>`
	tests := []struct {
		name   string
		text   string
		titles []string
		errors int
	}{
		{"all well", rss(good + good), []string{"good", "good"}, 0},
		{"unclosed title", rss(good + `<item><title>open<link>https://e.example/1</link></item>` + good), []string{"good", "open", "good"}, 1},
		{"unclosed item", rss(`<item><title>open</title>` + good), []string{"open", "good"}, 1},
		{"unclosed last item", rss(good + `<item><title>open</title>`), []string{"good", "open"}, 1},
		{"stray end tag", rss(`<item></b><title>stray</title></item>` + good), []string{"stray", "good"}, 1},
		{"html that has no end tags", rss(`<item><title>a</title><description>x<br>y<img src="1"></description></item>` + good), []string{"a", "good"}, 0},
		{"bare signs", rss(`<item><title>x & y < z</title></item>` + good), []string{"x & y < z", "good"}, 0},
		{"item named in CDATA and comment", rss(`<item><title><![CDATA[</item><item>]]>x</title><!-- <item> --></item>` + good), []string{"</item><item>x", "good"}, 0},
		{"cut in the middle", `<rss version="2.0"><channel>` + good + `<item><title>cut`, []string{"good", "cut"}, 2},
		{"cut in a tag", `<rss version="2.0"><channel>` + good + `<item><ti`, []string{"good", ""}, 2},
		{"cut between items", `<rss version="2.0"><channel>` + good, []string{"good"}, 1},
		{"bad attribute outside", `<rss version="2.0"><channel>` + good + `<status code= 0></status></channel></rss>`, []string{"good"}, 1},
		{"atom", `<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>a</title><id>1</id></entry><entry><title>b</entry></feed>`, []string{"a", "b"}, 1},
		{"prefixed rss 1.0", `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:rss="http://purl.org/rss/1.0/"><rss:item rdf:about='x'><rss:title>p</rss:title></rss:item></rdf:RDF>`, []string{"p"}, 0},
		{"empty feed", rss(""), nil, 0},
	}
	for _, tt := range tests {
		titles, errs := titlesOf(tt.text)
		if diff := cmp.Diff(tt.titles, titles); diff != "" || len(errs) != tt.errors {
			t.Errorf("%s: %d errors %v, want %d; titles (-want +got)\n%s", tt.name, len(errs), errs, tt.errors, diff)
		}
	}
}

func TestHostileXML(t *testing.T) {
	tests := map[string]struct {
		text string
		want Reason
	}{
		"entity":        {`<!DOCTYPE rss [<!ENTITY a "b">]><rss><channel><item><title>&a;</title></item></channel></rss>`, ReasonHostile},
		"outside file":  {`<!DOCTYPE rss [ <!ENTITY x SYSTEM "file:///etc/passwd"> ]><rss/>`, ReasonHostile},
		"parameter":     {`<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://e.example/x"> %p;]><rss/>`, ReasonHostile},
		"deep":          {rss("<item>" + strings.Repeat("<a>", 10_000) + "</item>"), ReasonHostile},
		"big root":      {`<rss x="` + strings.Repeat("y", maxRootTag) + `"><channel/></rss>`, ReasonHostile},
		"no root":       {`<?xml version="1.0"?>`, ReasonFormat},
		"other root":    {`<html5><item/></html5>`, ReasonFormat},
		"open doctype":  {`<!DOCTYPE rss [ <rss>`, ReasonBroken},
		"no feed, page": {`<html><body/></html>`, ReasonHTML},
	}
	for name, tt := range tests {
		items, errs := readFeed(tt.text)
		if len(items) != 0 || len(errs) != 1 || reasonOf(errs[0]) != tt.want {
			t.Errorf("%s: %d items, %v, want %q", name, len(items), errs, tt.want)
		}
	}
}

func TestHarmlessDoctype(t *testing.T) {
	titles, errs := titlesOf(`<!DOCTYPE rss PUBLIC "-//X//DTD RSS 0.91//EN" "http://e.example/rss.dtd">` + rss(`<item><title>x</title></item>`))
	if len(titles) != 1 || len(errs) != 0 {
		t.Errorf("%v, %v", titles, errs)
	}
}

func TestHugeItem(t *testing.T) {
	titles, errs := titlesOf(rss(`<item><title>` + strings.Repeat("x", maxItemBytes) + `</title></item><item><title>good</title></item>`))
	if len(titles) != 1 || len(errs) != 1 || reasonOf(errs[0]) != ReasonTooMuch {
		t.Errorf("%d titles, %v", len(titles), errs)
	}
}

func FuzzReadFeed(f *testing.F) {
	f.Add(rss(`<item><title>open<link>x</link></item>`))
	f.Add(`<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>a</title></entry></feed>`)
	f.Add(`<rdf:RDF><item rdf:about="x"><title>a<br></title></item></rdf:RDF>`)
	f.Add(`<!DOCTYPE rss [<!ENTITY`)
	f.Fuzz(func(t *testing.T, text string) {
		items, _ := readFeed(text)
		if n := strings.Count(text, "<"); len(items) > n+strings.Count(text, "{") {
			t.Errorf("%d items of %d tags", len(items), n)
		}
	})
}

func BenchmarkReadFeed(b *testing.B) {
	var items strings.Builder
	for i := range 500 {
		fmt.Fprintf(&items, `<item><guid>%d</guid><title>例示製品における脆弱性（CVE-2030-%05d）</title><link>https://e.example/%d</link><pubDate>Fri, 01 Mar 2030 00:00:00 +0900</pubDate><description>説明が少し続く。</description></item>`, i, i+1, i)
	}
	text := rss(items.String())
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, errs := readFeed(text); len(errs) > 0 {
			b.Fatal(errs)
		}
	}
}
