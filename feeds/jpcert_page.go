package feeds

import (
	"regexp"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"

	"hansho/advisory"
)

var (
	jpcertNumber = regexp.MustCompile(`JPCERT[-/](?:CC-)?AT-(\d{4})-(\d{4})`)
	jpcertFile   = regexp.MustCompile(`/(at\d{6})\.(?:html|txt)`)
	firstIssue   = regexp.MustCompile(`(\d{4}[-/年]\d{1,2}[-/月]\d{1,2}日?)\s*[（(]\s*(?:新規|初版|公開)`)
	lastUpdate   = regexp.MustCompile(`最終更新\s*[:：]?\s*(\d{4}[-/年]\d{1,2}[-/月]\d{1,2}日?)|(\d{4}[-/年]\d{1,2}[-/月]\d{1,2}日?)\s*[（(]\s*更新`)
	historyLine  = regexp.MustCompile(`^(?:[-・*•●○■]\s*)?(\d{4}[-/年]\s*\d{1,2}[-/月]\s*\d{1,2}日?)\s*[:：]?\s*(.+)$`)
)

// parseJPCERTPage reads the page of one alert: what the feed leaves out.
func parseJPCERTPage(text string, doc Meta) (advisory.Advisory, error) {
	page, err := goquery.NewDocumentFromReader(strings.NewReader(text))
	if err != nil {
		return advisory.Advisory{}, &UnreadableError{Reason: ReasonBroken, Err: err}
	}
	lines := pageLines(page)
	body := strings.Join(lines, "\n")
	id, link := jpcertPageID(page, doc.URL, body)
	sections := cutSections(lines)
	if id == "" || len(sections) < 2 {
		return advisory.Advisory{}, htmlInstead(text)
	}
	source := sourceID(doc, "jpcert")
	title, _ := advisory.CutUpdateMark(titleLine(pageTitle(page)))
	a := advisory.Advisory{
		ID: source + ":" + id, Source: source, Kind: advisory.KindAlert, Lang: "ja",
		Trust: trustOr(doc, advisory.TrustCoordinator), Title: firstOf(title, "JPCERT/CC "+id),
		Summary: cutRunes(sections.text(sectionSummary), maxSummary), Refs: []string{id}, Links: []string{link},
		History: pageHistory(sections[sectionHistory]),
	}
	a.Products = pageProducts(sections, a.Title)
	a.CVEs = advisory.FindCVEs(a.Title, sections.but(sectionReference, sectionHistory))
	a.Refs = append(a.Refs, jvnRef.FindAllString(body, -1)...)
	a.Exploited = attackTitle.MatchString(a.Title) || saysExploited(sections.but(sectionReference, sectionHistory, sectionDetection))
	a.Links = append(a.Links, pageLinks(page)...)
	a.Published, a.Updated = pageDates(body, a.History)
	advisory.Normalize(&a)
	return a, nil
}

// pageRoots are where the text of an alert stands, in the layouts that
// JPCERT/CC has used, newest first.
var pageRoots = []string{"div.at", "article", "#main", "main", "#contents", ".contents_container", "body"}

// pageRoot gives the innermost of the known places that holds the alert.
func pageRoot(page *goquery.Document) *goquery.Selection {
	for _, selector := range pageRoots {
		if s := page.Find(selector).First(); s.Length() > 0 && strings.Contains(s.Text(), "概要") {
			return s
		}
	}
	return page.Find("body")
}

// pageLines gives the text of the alert as lines without outer space.
func pageLines(page *goquery.Document) []string {
	root := pageRoot(page)
	flattenTables(root)
	html, err := root.Html()
	if err != nil {
		return nil
	}
	if root.Find("pre").Length() == 0 { // where lines end is said by <br> alone
		html = strings.ReplaceAll(brokenLine.ReplaceAllString(html, "$1$2"), "\n", " ")
	}
	lines := strings.Split(unescape(stripTags(html)), "\n")
	for i, l := range lines {
		lines[i] = oneLine(l)
	}
	return lines
}

func pageTitle(page *goquery.Document) string {
	title := page.Find("title").First().Text()
	if og, ok := page.Find(`meta[property="og:title"]`).Attr("content"); ok {
		title = og
	}
	return firstOf(page.Find(".page_title_area h3").First().Text(), title)
}

// jpcertPageID gives the alert's id and address, from where it was served or
// from what it says of itself.
func jpcertPageID(page *goquery.Document, served, body string) (id, link string) {
	og, _ := page.Find(`meta[property="og:url"]`).Attr("content")
	canonical, _ := page.Find(`link[rel="canonical"]`).Attr("href")
	for _, address := range []string{served, canonical, og} {
		if m := jpcertFile.FindStringSubmatch(address); m != nil {
			return m[1], address
		}
	}
	if m := jpcertNumber.FindStringSubmatch(body); m != nil {
		id = "at" + m[1][2:] + m[2]
		return id, "https://www.jpcert.or.jp/at/" + m[1] + "/" + id + ".html"
	}
	return "", ""
}

// pageLinks gives the links of the alert's text to other places.
func pageLinks(page *goquery.Document) []string {
	var out []string
	pageRoot(page).Find("a[href]").Each(func(_ int, s *goquery.Selection) {
		href, _ := s.Attr("href")
		if strings.HasPrefix(href, "http") && !strings.Contains(href, "twitter.com/intent") && len(out) < 100 {
			out = append(out, href)
		}
	})
	return out
}

func pageHistory(lines []string) []advisory.Revision {
	var out []advisory.Revision
	for _, l := range lines {
		m := historyLine.FindStringSubmatch(l)
		if m == nil {
			continue
		}
		if t, ok := parseDate(strings.ReplaceAll(m[1], " ", ""), tokyo); ok {
			out = append(out, advisory.Revision{Date: t.UTC(), Text: strings.TrimSpace(m[2])})
		}
	}
	return out
}

// pageDates gives when the alert came out and when it was last changed.
func pageDates(body string, history []advisory.Revision) (published, updated time.Time) {
	if m := firstIssue.FindStringSubmatch(body); m != nil {
		published, _ = parseDate(m[1], tokyo)
	}
	for _, m := range lastUpdate.FindAllStringSubmatch(body, -1) {
		if t, ok := parseDate(firstOf(m[1], m[2]), tokyo); ok && t.After(updated) {
			updated = t
		}
	}
	if n := len(history); n > 0 {
		if published.IsZero() {
			published = history[0].Date
		}
		if updated.Before(history[n-1].Date) {
			updated = history[n-1].Date
		}
	}
	return published, updated
}

// mergePage adds what an alert's page says to what the feed said of it.
func mergePage(item, page advisory.Advisory) advisory.Advisory {
	item.Summary = firstOf(page.Summary, item.Summary)
	item.CVEs = append(page.CVEs, item.CVEs...)
	item.Refs = append(item.Refs, page.Refs...)
	item.Links = append(item.Links, page.Links...)
	item.Products, item.Exploited = page.Products, page.Exploited
	if len(page.History) > 0 {
		item.History = page.History
	}
	if item.Updated.After(item.Published) && !page.Published.IsZero() && page.Published.Before(item.Updated) {
		item.Published = page.Published
	}
	if page.Updated.After(item.Updated) {
		item.Updated = page.Updated
	}
	advisory.Normalize(&item)
	return item
}
