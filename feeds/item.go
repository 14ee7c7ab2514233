package feeds

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	ext "github.com/mmcdole/gofeed/extensions"

	"hansho/advisory"
)

// feedItem is one item of an RSS, RDF, Atom or JSON feed.
type feedItem struct {
	*gofeed.Item
	About string // rdf:about
}

// readFeed reads the items of a feed one by one, so that what is broken in one
// costs no other. The errors are of single items, or one of the whole document.
func readFeed(text string) ([]feedItem, []error) {
	shape, err := Classify(text, ShapeXML, ShapeJSON)
	if err != nil {
		return nil, []error{err}
	}
	if shape == ShapeJSON {
		return readJSONFeed(text)
	}
	doc, err := cutXML(text, "item", "entry")
	if err != nil {
		return nil, []error{err}
	}
	switch strings.ToLower(doc.Root) {
	case "rss", "rdf", "feed":
	default:
		return nil, []error{&UnreadableError{Reason: ReasonFormat, Detail: fmt.Sprintf("root element <%.40s> is no feed", doc.Root)}}
	}
	return readItems(doc)
}

// groupSize is how many items are handed to gofeed at a time: a document of its
// own for each costs more than the reading.
const groupSize = 50

func readItems(doc cutDocument) ([]feedItem, []error) {
	r := itemReader{doc: doc, parser: gofeed.NewParser(), out: make([]feedItem, 0, len(doc.Items))}
	for from := 0; from < len(doc.Items); from += groupSize {
		r.group(from, min(from+groupSize, len(doc.Items)))
	}
	if err := doc.wellFormed(); err != nil {
		r.errs = append(r.errs, err)
	}
	return r.out, r.errs
}

type itemReader struct {
	doc    cutDocument
	parser *gofeed.Parser
	out    []feedItem
	errs   []error
}

// group reads some items together, and one by one where that doesn't give each
// of them.
func (r *itemReader) group(from, to int) {
	var usable []cutItem
	var at []int
	for n, cut := range r.doc.Items[from:to] {
		if cut.Err != nil {
			r.errs = append(r.errs, itemError(from+n, cut.About, cut.Err))
		}
		if cut.to > 0 {
			usable, at = append(usable, cut), append(at, from+n)
		}
	}
	if got, err := r.parse(usable...); err == nil {
		r.out = append(r.out, got...)
		return
	}
	for n, cut := range usable {
		got, err := r.parse(cut)
		if err != nil {
			r.errs = append(r.errs, itemError(at[n], cut.About, &UnreadableError{Reason: ReasonBroken, Err: err}))
			continue
		}
		r.out = append(r.out, got...)
	}
}

func (r *itemReader) parse(cuts ...cutItem) ([]feedItem, error) {
	feed, err := r.parser.ParseString(r.doc.XML(cuts...))
	if err != nil {
		return nil, err
	}
	if len(feed.Items) != len(cuts) {
		return nil, fmt.Errorf("%d items in place of %d", len(feed.Items), len(cuts))
	}
	out := make([]feedItem, len(cuts))
	for n, item := range feed.Items {
		out[n] = feedItem{Item: item, About: cuts[n].About}
	}
	return out, nil
}

func readJSONFeed(text string) ([]feedItem, []error) {
	feed, err := gofeed.NewParser().ParseString(text)
	if err != nil {
		return nil, []error{&UnreadableError{Reason: ReasonFormat, Err: err}}
	}
	if feed.FeedVersion == "" && len(feed.Items) == 0 { // any JSON reads as a feed without items
		return nil, []error{&UnreadableError{Reason: ReasonFormat, Detail: "JSON, and no JSON feed"}}
	}
	items := make([]feedItem, 0, len(feed.Items))
	for _, item := range feed.Items {
		items = append(items, feedItem{Item: item})
	}
	return items, nil
}

func itemError(i int, about string, err error) error {
	if about != "" {
		return fmt.Errorf("item %d (%.200s): %w", i+1, about, err)
	}
	return fmt.Errorf("item %d: %w", i+1, err)
}

// key is what identifies the item in its feed: rdf:about, the GUID, the link.
func (i feedItem) key() string {
	return strings.TrimSpace(cmp.Or(i.About, i.GUID, i.Link))
}

// ext gives the first value of an extension element, such as dc:identifier.
func (i feedItem) ext(prefix, name string) string {
	for _, e := range i.exts(prefix, name) {
		if v := strings.TrimSpace(e.Value); v != "" {
			return v
		}
	}
	return ""
}

// exts gives an extension's elements. Dublin Core, which gofeed keeps apart, is
// given as if it were like the others.
func (i feedItem) exts(prefix, name string) []ext.Extension {
	if prefix != "dc" || i.DublinCoreExt == nil {
		return i.Extensions[prefix][name]
	}
	var values []string
	switch name {
	case "date":
		values = i.DublinCoreExt.Date
	case "identifier":
		values = i.DublinCoreExt.Identifier
	case "creator":
		values = i.DublinCoreExt.Creator
	case "subject":
		values = i.DublinCoreExt.Subject
	}
	out := make([]ext.Extension, 0, len(values))
	for _, v := range values {
		out = append(out, ext.Extension{Name: name, Value: v})
	}
	return append(out, i.Extensions[prefix][name]...)
}

// dates gives when the item was published and updated: what it says in
// dcterms, or else in its date. Both are zero where it says nothing readable.
func (i feedItem) dates(in *time.Location) (published, updated time.Time) {
	first := func(texts ...string) time.Time {
		for _, s := range texts {
			if t, ok := parseDate(s, in); ok {
				return t
			}
		}
		return time.Time{}
	}
	updated = first(i.ext("dcterms", "modified"), i.Updated, i.ext("dc", "date"))
	published = first(i.ext("dcterms", "issued"), i.ext("dcterms", "created"), i.Published, i.ext("dc", "date"), i.Updated)
	if updated.IsZero() || updated.Before(published) {
		updated = published
	}
	return published, updated
}

// readText reads a document to the limit of its entry and decodes it.
func readText(r io.Reader, doc Meta) (string, error) {
	limit := doc.Entry.MaxBytes
	if limit <= 0 {
		limit = DefaultMaxBytes
	}
	body, err := readLimited(r, limit)
	switch {
	case errors.Is(err, errTooLarge):
		return "", &UnreadableError{Reason: ReasonTooMuch, Detail: fmt.Sprintf("more than %d bytes", limit)}
	case err != nil:
		return "", &UnreadableError{Reason: ReasonBroken, Err: err}
	}
	return DecodeText(body, doc.ContentType), nil
}

// parseFeed reads a document as a feed and makes an advisory of each item. The
// errors name the source.
func parseFeed(r io.Reader, doc Meta, source string, read func(feedItem) (advisory.Advisory, error)) ([]advisory.Advisory, []error) {
	text, err := readText(r, doc)
	if err != nil {
		return nil, []error{fmt.Errorf("feeds: %s: %w", source, err)}
	}
	items, errs := readFeed(text)
	for _, item := range items {
		item.resolve(firstOf(doc.URL, doc.Entry.URL))
	}
	return advisoriesOf(items, errs, source, read)
}

// resolve makes the item's addresses absolute: some feeds write them as seen
// from their own place.
func (i feedItem) resolve(base string) {
	from, err := url.Parse(base)
	if err != nil || from.Host == "" {
		return
	}
	absolute := func(address string) string {
		address = strings.TrimSpace(address)
		if strings.HasPrefix(address, "www.") {
			address = "//" + address
		}
		u, err := from.Parse(address)
		if address == "" || err != nil {
			return address
		}
		return u.String()
	}
	i.Link = absolute(i.Link)
	for n, l := range i.Links {
		i.Links[n] = absolute(l)
	}
}

// advisoriesOf makes an advisory of each item. Where an id comes twice, the
// newer one wins.
func advisoriesOf(items []feedItem, errs []error, source string, read func(feedItem) (advisory.Advisory, error)) ([]advisory.Advisory, []error) {
	out := make([]advisory.Advisory, 0, len(items))
	at := make(map[string]int, len(items))
	for n, item := range items {
		a, err := read(item)
		if err != nil {
			errs = append(errs, itemError(n, item.key(), err))
			continue
		}
		advisory.Normalize(&a)
		if prev, ok := at[a.ID]; ok {
			out[prev] = newer(out[prev], a)
			continue
		}
		at[a.ID] = len(out)
		out = append(out, a)
	}
	for n, err := range errs {
		errs[n] = fmt.Errorf("feeds: %s: %w", source, err)
	}
	return out, errs
}

// newer gives the later of two states of one advisory in one document,
// published when the earlier one was.
func newer(a, b advisory.Advisory) advisory.Advisory {
	if b.Updated.After(a.Updated) {
		a, b = b, a
	}
	if b.Published.Before(a.Published) {
		a.Published = b.Published
	}
	for _, r := range b.History {
		if !slices.Contains(a.History, r) {
			a.History = append(a.History, r)
		}
	}
	slices.SortStableFunc(a.History, func(x, y advisory.Revision) int { return x.Date.Compare(y.Date) })
	return a
}

// sourceID is the catalogue id of a document's entry, or the format's own name.
func sourceID(doc Meta, format string) string { return cmp.Or(doc.Entry.ID, format) }

// zoneOfEntry is the zone of dates that state none.
func zoneOfEntry(e Entry) *time.Location {
	if e.Lang == "ja" {
		return tokyo
	}
	return time.UTC
}
