package feeds

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hansho/advisory"
)

func TestMappingFindsFields(t *testing.T) {
	feed := `<rss version="2.0" xmlns:cap="urn:cap"><channel><item><title>EX-7: Example Router (fixed in 2.1)</title>
		<link>https://e.example/advisory?id=7</link><guid>urn:7</guid><category>Router</category><category>Switch</category>
		<cap:severity>Moderate</cap:severity><cap:score>5.5</cap:score><description>CVE-2030-1111 for 2.0 and CVE-2030-2222 by mistake. State: Not affected</description></item></channel></rss>`
	entry := Entry{ID: "x", Lang: "en", Kind: advisory.KindAlert, Mapping: map[string]string{
		"id": `title ~ ^(EX-\d+)`, "title": `title ~ ^EX-\d+: (.*?)(?: \(|$)`, "cves": `description ~ (CVE-\S+) for`,
		"severity": "cap:severity", "score": "cap:score", "vendor": "=Example", "products": "categories ~ \\w+",
		"fixed": `title ~ fixed in ([\d.]+)`, "versions": `description ~ for ([\d.]+)`, "status": `description ~ State: (.*)`,
	}}
	got, errs := ParseRSS(strings.NewReader(feed), Meta{Entry: entry})
	if len(got) != 1 || len(errs) != 0 {
		t.Fatalf("%d, %v", len(got), errs)
	}
	a := got[0]
	claim := advisory.ProductStatus{Vendor: "Example", Product: "Router", Versions: "2.0", Fixed: "2.1", Status: advisory.StatusNotAffected}
	other := claim
	other.Product = "Switch"
	if diff := cmp.Diff([]advisory.ProductStatus{claim, other}, a.Products); diff != "" {
		t.Errorf("products (-want +got)\n%s", diff)
	}
	if a.ID != "x:EX-7" || a.Title != "Example Router" || !cmp.Equal(a.CVEs, []string{"CVE-2030-1111"}) ||
		a.Severity.Rating != "medium" || a.Severity.Score != 5.5 || a.Kind != advisory.KindAlert {
		t.Errorf("%+v", a)
	}
}

func TestMappingMistakes(t *testing.T) {
	for key, value := range map[string]string{
		"nonsense": "title", "id": "headline", "cves": "text ~ (", "title": "", "vendor": " ~ x",
	} {
		_, errs := ParseRSS(strings.NewReader(rss("")), Meta{Entry: Entry{ID: "x", Mapping: map[string]string{key: value}}})
		if len(errs) != 1 || !strings.Contains(errs[0].Error(), "mapping: ") {
			t.Errorf("%s: %q: %v", key, value, errs)
		}
	}
}

func TestItemIDs(t *testing.T) {
	tests := map[string]string{
		`<guid>EX-1</guid><link>https://e.example/1</link>`:                                 "EX-1",
		`<guid>https://e.example/a/EX-2.html</guid>`:                                        "EX-2",
		`<link>https://e.example/a/cisco-sa-thing?vs_f=x%26vs_k=1</link>`:                   "cisco-sa-thing",
		`<link>https://e.example/index.php?id=5</link>`:                                     "index.php?id=5",
		`<link>https://e.example/bulletins/aws</link>`:                                      "bulletins/aws",
		`<link>https://e.example/wr300206.html#2</link>`:                                    "wr300206#2",
		`<title>only a title</title>`:                                                       "ff58290004e335cc",
		`<guid isPermaLink="false">` + strings.Repeat("x", 200) + `</guid><title>t</title>`: "e3b98a4da31a127d",
	}
	for item, want := range tests {
		got, errs := ParseRSS(strings.NewReader(rss("<item>"+item+"</item>")), Meta{Entry: Entry{ID: "x"}})
		if len(got) != 1 || got[0].ID != "x:"+want {
			t.Errorf("%s: %v %v, want %s", item, ids(got), errs, want)
		}
	}
	if got, errs := ParseRSS(strings.NewReader(rss("<item><description>x</description></item>")), Meta{}); len(got) != 0 || len(errs) != 1 {
		t.Errorf("an item without any name: %v %v", got, errs)
	}
}

func TestSplitVersions(t *testing.T) {
	tests := map[string][2]string{
		"Apache Log4j-core 2.15.0より前の2系のバージョン":   {"Apache Log4j-core", "2.15.0より前の2系のバージョン"},
		"例示サーバー 7.4.0から7.4.2まで":                  {"例示サーバー", "7.4.0から7.4.2まで"},
		"FileZen V5.0.0からV5.0.10まで":              {"FileZen", "V5.0.0からV5.0.10まで"},
		"BIND 9.18.0 から 9.18.32 まで":              {"BIND", "9.18.0 から 9.18.32 まで"},
		"例示ルーター ファームウェア バージョン 1.2.3 およびそれ以前":     {"例示ルーター ファームウェア", "バージョン 1.2.3 およびそれ以前"},
		"Example Client すべてのバージョン":               {"Example Client", "すべてのバージョン"},
		"Example Server versions prior to 3.2.1": {"Example Server", "versions prior to 3.2.1"},
		"Microsoft Exchange Server 2019":         {"Microsoft Exchange Server 2019", ""},
		"Ｅｘａｍｐｌｅ　Ｓｅｒｖｅｒ　１．０未満":                   {"Example Server", "1.0未満"},
		"2.0から2.14.1まで":                          {"", "2.0から2.14.1まで"},
	}
	for line, want := range tests {
		product, versions := splitVersions(line)
		if product != want[0] || versions != want[1] {
			t.Errorf("splitVersions(%q) = %q, %q", line, product, versions)
		}
	}
}

// Addresses as seen from the feed's own place lead to where a reader would go.
func TestRelativeLinks(t *testing.T) {
	feed := `<rss version="2.0"><channel><title>x</title>` +
		`<item><title>a</title><link>/psirt/1.html</link></item><item><title>b</title><link>2.html</link></item>` +
		`<item><title>c</title><link>//other.example/3.html</link></item><item><title>d</title><link>https://example.com/4?a=1&amp;b=2</link></item>` +
		`<item><title>e</title><link>www.example.com/5.html</link></item></channel></rss>`
	got, errs := ParseRSS(strings.NewReader(feed), Meta{URL: "https://example.jp/security/feed.xml"})
	var links []string
	for _, a := range got {
		links = append(links, a.Links...)
	}
	want := []string{
		"https://example.jp/psirt/1.html", "https://example.jp/security/2.html", "https://other.example/3.html", "https://example.com/4?a=1&b=2",
		"https://www.example.com/5.html",
	}
	if !slices.Equal(links, want) || len(errs) > 0 {
		t.Errorf("%q %v, want %q", links, errs, want)
	}
}

// Marks of style don't belong to a title, what it speaks of does; the entries of
// a list stand on lines of their own, without gaps.
func TestTextOfMarkup(t *testing.T) {
	for in, want := range map[string]string{
		"BIOS &amp;amp; <b>update</b>": "BIOS & update", "XSS by <script> in A": "XSS by <script> in A", "情報を<br>更新": "情報を<br>更新",
	} {
		if got := titleLine(in); got != want {
			t.Errorf("titleLine(%q) = %q", in, got)
		}
	}
	const in = "<p>a</p><ul>\n<li>b</li>\n<li>c<ul><li>d</li></ul></li>\n</ul><p>e</p>\n\n\n\n<p>f</p>"
	if got, want := plainText(in), "a\n\n- b\n- c\n- d\n\ne\n\nf"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
