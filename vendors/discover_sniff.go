package vendors

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net"
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/publicsuffix"

	"hansho/advisory"
	"hansho/feeds"
)

// sniffed is what a document looks like.
type sniffed struct {
	format, publisher, page, lang string
	kind                          advisory.Kind
	container                     bool // leads to documents and says nothing itself
}

// sniff says which format reads a document, by its outer form.
func sniff(text, address string) (sniffed, bool) {
	shape, _ := feeds.Classify(text)
	u, err := url.Parse(address)
	if err != nil {
		return sniffed{}, false
	}
	switch {
	case shape == feeds.ShapeHTML:
		return sniffed{}, false
	case path.Base(u.Path) == "changes.csv":
		return sniffed{format: "csaf", kind: advisory.KindAdvisory, publisher: u.Hostname(), container: true}, true
	case shape == feeds.ShapeXML && (listShapes[path.Ext(u.Path)] == "" || listShapes[path.Ext(u.Path)] == shapeHTML):
		return sniffXML(text)
	case shape == feeds.ShapeJSON:
		if s, ok := sniffJSON(text); ok {
			return s, true
		}
	}
	rows, _ := newListRules(feeds.Meta{URL: address}).read([]byte(text))
	list := len(rows) >= minListRows && path.Ext(u.Path) != ".txt"
	return sniffed{format: productListFormat, kind: advisory.KindList, publisher: path.Base(u.Path), lang: "en"}, list
}

// minListRows is how many rows make a text a product list: any text may hold a
// name with a link.
const minListRows = 3

// maxSniff is how much of an XML document is looked at.
const maxSniff = 64 << 10

// sniffXML reads a feed's root and its channel's title, link and language.
func sniffXML(text string) (sniffed, bool) {
	text = text[:min(len(text), maxSniff)]
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict = false
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // the text is UTF-8 by now
	s := sniffed{format: "rss", kind: advisory.KindAdvisory, lang: "en"}
	if strings.Contains(text, "http://jvn.jp/rss/mod_sec/") {
		s.format, s.lang = "jvn", "ja"
	}
	root := ""
	for depth := 0; ; {
		t, err := d.Token()
		if err != nil {
			break
		}
		switch t := t.(type) {
		case xml.StartElement:
			depth++
			name := t.Name.Local
			if root == "" {
				root = strings.ToLower(name)
			}
			if name == "item" || name == "entry" {
				return s, isFeedRoot(root)
			}
			if s.note(name, t, d) {
				depth--
			}
		case xml.EndElement:
			depth--
		}
	}
	return s, isFeedRoot(root)
}

func isFeedRoot(root string) bool { return root == "rss" || root == "rdf" || root == "feed" }

// note reads an element of a feed's head, and says whether it read its end too.
func (s *sniffed) note(name string, start xml.StartElement, d *xml.Decoder) bool {
	for _, a := range start.Attr {
		if a.Name.Local == "lang" {
			s.lang = a.Value
		}
		if name == "link" && a.Name.Local == "href" && s.page == "" {
			s.page = a.Value
		}
	}
	var into *string
	switch name {
	case "title":
		into = &s.publisher
	case "link":
		into = &s.page
	case "language":
		into = &s.lang
	default:
		return false
	}
	var text string
	if d.DecodeElement(&text, &start) == nil && strings.TrimSpace(text) != "" && (*into == "" || name == "language") {
		*into = strings.TrimSpace(text)
	}
	return true
}

// sniffJSON knows a CSAF provider or ROLIE feed, a JSON feed and CISA's KEV by
// their own keys.
func sniffJSON(text string) (sniffed, bool) {
	var head struct {
		CanonicalURL    string          `json:"canonical_url"`
		MetadataVersion string          `json:"metadata_version"`
		Publisher       json.RawMessage `json:"publisher"`
		Feed            json.RawMessage `json:"feed"`
		Version         json.RawMessage `json:"version"`
		Title           string          `json:"title"`
		HomePage        string          `json:"home_page_url"`
		Language        string          `json:"language"`
		CatalogVersion  string          `json:"catalogVersion"`
	}
	if json.Unmarshal([]byte(text), &head) != nil {
		return sniffed{}, false
	}
	var publisher struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
	}
	_ = json.Unmarshal(head.Publisher, &publisher) // of another shape in other documents
	switch {
	case head.CanonicalURL != "" && head.MetadataVersion != "":
		return sniffed{format: "csaf", kind: advisory.KindAdvisory, lang: "en", publisher: publisher.Name, page: publisher.Namespace, container: true}, true
	case bytes.Contains(head.Feed, []byte("csaf_2.")) || bytes.Contains(head.Feed, []byte("urn:ietf:params:rolie")):
		return sniffed{format: "csaf", kind: advisory.KindAdvisory, lang: "en", container: true}, true
	case bytes.Contains(head.Version, []byte("jsonfeed.org")):
		return sniffed{format: "rss", kind: advisory.KindAdvisory, publisher: head.Title, page: head.HomePage, lang: cmp.Or(head.Language, "en")}, true
	case head.CatalogVersion != "":
		return sniffed{format: "kev", kind: advisory.KindExploited, publisher: head.Title, lang: "en"}, true
	}
	return sniffed{}, false
}

var (
	feedType = regexp.MustCompile(`(?i)rss|atom|rdf|feed\+json`)
	feedName = regexp.MustCompile(`(?i)\b(?:rss|atom|rdf|feed|feeds|csaf)\b|\.(?:rdf|rss|atom)\b|フィード`)
)

// feedLinks gives a page's links to feeds: those that it declares, then the
// anchors that look like one.
func feedLinks(doc *feeds.Document) ([]string, error) {
	text := feeds.DecodeText(doc.Body, doc.ContentType)
	page, err := goquery.NewDocumentFromReader(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(cmp.Or(doc.FinalURL, doc.URL))
	if err != nil {
		return nil, err
	}
	var links []string
	add := func(href string) {
		u, err := base.Parse(strings.TrimSpace(href))
		if err == nil && (u.Scheme == "http" || u.Scheme == "https") {
			u.Fragment = ""
			links = append(links, u.String())
		}
	}
	page.Find(`link[rel~="alternate"][href]`).Each(func(_ int, s *goquery.Selection) {
		if feedType.MatchString(s.AttrOr("type", "")) {
			add(s.AttrOr("href", ""))
		}
	})
	page.Find("a[href]").Each(func(_ int, s *goquery.Selection) {
		href := s.AttrOr("href", "")
		if feedName.MatchString(href) || feedName.MatchString(s.Text()) {
			add(href)
		}
	})
	links = unique(links)
	if len(links) == 0 {
		return nil, errors.New("the page has no feed links")
	}
	return links, nil
}

var (
	blobPage = regexp.MustCompile(`^https://github\.com/([^/]+/[^/]+)/(?:blob|raw)/(.+)$`)
	gistPage = regexp.MustCompile(`^https://gist\.github\.com/([^/]+/[0-9a-f]+)/?(?:#.*)?$`)
)

// rawAddress gives the address of the document behind a page of GitHub's.
func rawAddress(address string) string {
	if m := blobPage.FindStringSubmatch(address); m != nil {
		return "https://raw.githubusercontent.com/" + m[1] + "/" + m[2]
	}
	if m := gistPage.FindStringSubmatch(address); m != nil {
		return "https://gist.githubusercontent.com/" + m[1] + "/raw"
	}
	return address
}

var notInID = regexp.MustCompile(`[^a-z0-9]+`)

// maxID is the length of an id made from an address.
const maxID = 36

// idOf makes an id from an address: the publisher's part of its host, with the
// file's name for a product list, since one host has many.
func idOf(address, format string) string {
	u, err := url.Parse(address)
	if err != nil {
		return format
	}
	host := strings.ToLower(u.Hostname())
	name := host
	if site, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil && net.ParseIP(host) == nil {
		suffix, _ := publicsuffix.PublicSuffix(site)
		name = strings.TrimSuffix(site, "."+suffix)
	}
	switch format {
	case productListFormat:
		base := path.Base(u.Path)
		name = strings.TrimSuffix(base, path.Ext(base))
		if name == "raw" { // a gist's address ends in its owner, its number and "raw"
			name = strings.Trim(strings.SplitN(u.Path, "/", 3)[1], "/")
		}
		name += "-list"
	case "csaf":
		name += "-csaf"
	}
	id := strings.Trim(notInID.ReplaceAllString(strings.ToLower(name), "-"), "-")
	id = strings.Trim(id[:min(len(id), maxID)], "-")
	return cmp.Or(id, format)
}
