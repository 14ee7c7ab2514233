package feeds

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"

	"github.com/mmcdole/gofeed"

	"hansho/advisory"
)

// errNoID is an item that can't be told from others.
var errNoID = errors.New("no identifier, link or title")

var (
	jvnRef      = regexp.MustCompile(`JVN(?:VU)?#\d{8}`)
	quotedNames = regexp.MustCompile(`「([^「」]{1,80})」`)
	aboutFlaw   = regexp.MustCompile(`(?:における|の|に)[^「」]*(?:脆弱性|問題|不備)`)
)

// ParseIPA reads IPA's 重要なセキュリティ情報 feed, or the JSON of its icat
// service. An update comes as a further item with the same rdf:about: they are
// one advisory, in its newest state, published when the oldest was.
func ParseIPA(r io.Reader, doc Meta) ([]advisory.Advisory, []error) {
	source := sourceID(doc, "ipa")
	text, err := readText(r, doc)
	if err != nil {
		return nil, []error{fmt.Errorf("feeds: %s: %w", source, err)}
	}
	items, errs := readIPA(text)
	return countMarks(advisoriesOf(items, errs, source, func(i feedItem) (advisory.Advisory, error) {
		return ipaItem(i, doc)
	}))
}

func readIPA(text string) ([]feedItem, []error) {
	if shapeOf(headOf(text)) == ShapeJSON {
		return readICAT(text)
	}
	return readFeed(text)
}

func ipaItem(i feedItem, doc Meta) (advisory.Advisory, error) {
	source := sourceID(doc, "ipa")
	link := firstOf(i.About, i.Link)
	id := ipaID(link)
	if id == "" {
		return advisory.Advisory{}, errNoID
	}
	title, updated := advisory.CutUpdateMark(titleLine(i.Title))
	a := advisory.Advisory{
		ID: source + ":" + id, Source: source, Kind: advisory.KindAlert, Lang: "ja",
		Trust: trustOr(doc, advisory.TrustCoordinator), Title: firstOf(title, "IPA "+id),
		Summary: plainText(firstOf(i.Description, i.Content)), Links: []string{link},
		Refs: jvnRef.FindAllString(title, -1), Products: quotedProducts(title),
	}
	a.CVEs = advisory.FindCVEs(a.Title, a.Summary)
	a.Published, a.Updated = markedDates(i, updated)
	a.History = markedHistory(a, updated)
	return a, nil
}

// ipaID is the part of the address that names the page: its folder (a fiscal
// year) and file, since file names come again every year.
func ipaID(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	last := lastSegment(u.Path)
	if last == "" {
		return ""
	}
	for n := len(parts) - 2; n >= 0; n-- {
		if number(parts[n]) > 1990 {
			return parts[n] + "/" + last
		}
	}
	return last
}

// quotedProducts makes claims of the product names that a title puts in 「」
// before it speaks of a flaw.
func quotedProducts(title string) []advisory.ProductStatus {
	var out []advisory.ProductStatus
	for _, m := range quotedNames.FindAllStringSubmatchIndex(title, -1) {
		if !aboutFlaw.MatchString(title[m[1]:]) && !strings.Contains(title[m[1]:], "「") {
			continue
		}
		out = append(out, advisory.ProductStatus{Product: title[m[2]:m[3]], Status: advisory.StatusAffected})
	}
	return out
}

// icat is the JSON of IPA's サイバーセキュリティ注意喚起サービス.
type icat struct {
	Items []struct {
		Title string `json:"item_title"`
		Link  string `json:"item_link"`
		Date  string `json:"item_date"`
	} `json:"itemdata"`
	MessageID string `json:"messageid"`
	Message   string `json:"message"`
}

func readICAT(text string) ([]feedItem, []error) {
	var doc icat
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		return nil, []error{&UnreadableError{Reason: ReasonBroken, Err: err}}
	}
	if doc.MessageID != "" {
		return nil, []error{&UnreadableError{Reason: ReasonAPI, Detail: doc.MessageID + " " + cutRunes(oneLine(doc.Message), 200)}}
	}
	if doc.Items == nil {
		return nil, []error{&UnreadableError{Reason: ReasonFormat, Detail: "no itemdata"}}
	}
	items := make([]feedItem, 0, len(doc.Items))
	for _, i := range doc.Items {
		items = append(items, feedItem{Item: &gofeed.Item{Title: i.Title, Link: i.Link, Published: i.Date}})
	}
	return items, nil
}
