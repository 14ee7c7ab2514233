package vendors

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// page puts a list into a page with what pages have around it.
func page(list string) string {
	return "<!DOCTYPE html>\n<html><head><title>Products: affected</title><script>if (a < b) document.write('<li>Gate: affected')</script></head>\n<body><nav><ul><li><a href=\"https://akane.example/\">Status: affected</a></li></ul></nav>\n<main><h1>Our answer to CVE-2031-1000</h1>\n<p>Last updated: 2031-12-14. Nobody is affected.</p>\n" +
		list + "\n<h2>Contact</h2><ul><li>Mail: <a href=\"https://akane.example/mail\">here</a></li></ul></main>\n<footer><ul><li>Gate: affected</li></ul></footer></body></html>\n"
}

func TestHTMLLists(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{
			"headings and bullets", "<h2>Akane Works</h2><h3>Gate</h3><ul><li><b>Status:</b> Vulnerable</li><li>Affected versions: &lt;= 2.3</li>\n<li>Fixed in: 2.4</li><li>Link: <a href=\"/gate\">advisory</a></li></ul><h3>Mail</h3><ul><li>Status: Not affected</li></ul>",
			[]string{"akane-works/gate |  | <= 2.3 | affected | 2.4", "akane-works/mail |  |  | not_affected"},
		},
		{
			"terms and descriptions", "<dl><dt>Gate</dt><dd>Status: affected</dd><dd>Fixed in: 2.4</dd><dt>Mail</dt><dd>not affected</dd></dl>",
			[]string{"gate |  |  | affected | 2.4", "mail |  |  | not_affected"},
		},
		{
			"terms that are keys", "<h2>Gate</h2><dl><dt>Status</dt><dd>Affected</dd><dt>Affected versions</dt><dd>1.0</dd><dd>1.1</dd></dl><h2>Mail</h2><dl><dt>Status</dt><dd>Not affected</dd></dl>",
			[]string{"gate |  | 1.0, 1.1 | affected", "mail |  |  | not_affected"},
		},
		{
			"a bullet each", "<h2>Products</h2><ul><li><strong>Gate</strong> – not affected (<a href='https://akane.example/1'>source</a>)<li>Mail: affected</ul>",
			[]string{"gate |  |  | not_affected", "mail |  |  | affected"},
		},
		{
			"names below a status", "<h3>Affected products</h3><ul><li>Gate 1.0 – 2.3</li><li>Mail</li></ul><h3>影響を受けない製品</h3><ul><li>門番</li></ul>",
			[]string{"gate |  | 1.0 – 2.3 | affected", "mail |  |  | affected", "門番 |  |  | not_affected"},
		},
		{
			"a table", "<table><caption>x</caption><thead><tr><th>Vendor</th><th>Product</th><th>Version</th><th>Status</th></tr></thead><tbody><tr><td rowspan=\"2\">Akane</td><td><p>Gate</p></td><td>1.0<br>1.1</td><td>Vulnerable</td></tr><tr><td>Mail | Box</td><td></td><td>Not affected</td></tr><tr><td>Aoi</td><td>Router</td><td>&lt; 3</td><td>Fixed</td></tr></tbody></table>",
			[]string{"akane/gate |  | 1.0 1.1 | affected", "akane/mail-box |  |  | not_affected", "aoi/router |  |  | fixed | 3"},
		},
		{
			"a table below its title", "<table><tr><td colspan=3>Our products</td></tr><tr><td>製品名</td><td>影響有無</td><td>修正バージョン</td></tr><tr><td>門番</td><td>あり</td><td>2.4</td></tr><tr><td>庭</td><td>なし</td><td>-</td></tr></table>",
			[]string{"門番 |  |  | affected | 2.4", "庭 |  |  | not_affected"},
		},
		{
			"a table of keys", "<h2>Gate</h2><table><tr><th>Status</th><td>Vulnerable</td></tr><tr><th>Fixed in</th><td>2.4</td></tr></table>",
			[]string{"gate |  |  | affected | 2.4"},
		},
	} {
		as, errs := parse(t, page(tt.text), "statement", nil)
		if diff := cmp.Diff(tt.want, short(lines(as))); diff != "" || len(errs) > 0 {
			t.Errorf("%s: %s %v", tt.name, diff, errs)
		}
		as, errs = parse(t, "# Sheet\n\n"+tt.text+"\n\nThe end.\n", "list.md", nil)
		if diff := cmp.Diff(tt.want, short(lines(as))); diff != "" || len(errs) > 0 {
			t.Errorf("%s in Markdown: %s %v", tt.name, diff, errs)
		}
	}
}

func TestDetailsInMarkdown(t *testing.T) {
	as, errs := parse(t, "<details><summary>Akane Works</summary>\n\n- Gate: not affected\n- Mail: affected\n\n</details>\n<details>\n<summary><b>Aoi</b></summary>\n\n| Product | Status |\n|---|---|\n| Router | Vulnerable |\n\n</details>\n", "list.md", nil)
	want := []string{"aoi/router |  |  | affected", "akane-works/gate |  |  | not_affected", "akane-works/mail |  |  | affected"}
	if diff := cmp.Diff(want, short(lines(as))); diff != "" || len(errs) > 0 {
		t.Error(diff, errs)
	}
}

// A page that came instead of a list, or has none, is an error and no list.
func TestPagesWithoutAList(t *testing.T) {
	links := "<ul>" + strings.Repeat("<li><a href=\"https://akane.example/\">Gate</a></li>", 5) + "</ul>"
	for name, text := range map[string]string{
		"list.md": page("<ul><li>Gate: affected</li></ul>"), // Markdown lies there
		"links":   page(links),
		"sign in": "<!DOCTYPE html><html><head><title>Sign in</title></head><body><form><p>Status: signed out</p></form></body></html>",
		"denied":  "<html><head><title>Access Denied</title></head><body><h1>Access Denied</h1><ul><li>Gate: affected</li></ul></body></html>",
		"open":    "<!DOCTYPE html><html><body>" + strings.Repeat("<table><tr><td>", 3_000),
		"deep":    "<!DOCTYPE html><html><body>" + strings.Repeat("<ul><li>", 30_000),
		"wide":    "<!DOCTYPE html><html><body><table>" + strings.Repeat("<tr>"+strings.Repeat("<td rowspan=1000 colspan=1000>x", 20), 200),
	} {
		as, errs := parse(t, text, name, nil)
		if len(as) > 0 || len(errs) == 0 {
			t.Errorf("%s: read as %q", name, lines(as))
		}
	}
}

// A page whose tags have no ends, as HTML allows.
func TestHTMLWithoutEnds(t *testing.T) {
	for _, text := range []string{
		"<html><head><title>x</title><meta charset=utf-8><body><h2>Akane</h2><ul><li>Gate: affected<li>Mail: not affected</ul>",
		"<html><head><title>x</title><script>var a = '<h2>Aoi</h2>'</script><h2>Akane</h2><p>Gate: affected<p>Mail: not affected",
		"<!doctype html><title>x</title><h2>Akane</h2><table><tr><th>Product<th>Status<tr><td>Gate<td>Vulnerable<tr><td>Mail<td>Not affected</table>",
	} {
		as, errs := parse(t, text, "raw.html", nil)
		if diff := cmp.Diff([]string{"akane/gate |  |  | affected", "akane/mail |  |  | not_affected"}, short(lines(as))); diff != "" || len(errs) > 0 {
			t.Errorf("%s: %s %v", text, diff, errs)
		}
	}
}
