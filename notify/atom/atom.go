// Package atom keeps an Atom feed of what was told: a file that any web server
// can serve and any feed reader can follow.
package atom

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"hansho/notify"
	"hansho/notify/markup"
)

// Options are what a feed needs.
type Options struct {
	Path      string
	Title     string
	ID        string // of the feed, a URI that never changes; made from Title where empty
	Link      string // where the feed is served
	Keep      int    // entries; 100 where zero
	Templates *notify.Templates
}

// Channel adds entries to one feed.
type Channel struct {
	opts Options
	mu   sync.Mutex
}

var _ notify.Channel = (*Channel)(nil)

// New makes a channel.
func New(o Options) (*Channel, error) {
	if o.Path == "" {
		return nil, errors.New("atom: path is needed")
	}
	if o.Title == "" {
		o.Title = "hansho"
	}
	if o.ID == "" {
		o.ID = "urn:hansho:feed:" + strings.Join(strings.Fields(o.Title), "-")
	}
	if o.Keep == 0 {
		o.Keep = 100
	}
	if o.Templates == nil {
		return nil, errors.New("atom: no templates")
	}
	return &Channel{opts: o}, nil
}

// feed and entry are RFC 4287 as far as it is written here.
type feed struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Author  string   `xml:"author>name"`
	Link    *link    `xml:"link"`
	Entries []entry  `xml:"entry"`
}

type entry struct {
	ID      string  `xml:"id"`
	Title   string  `xml:"title"`
	Updated string  `xml:"updated"`
	Links   []link  `xml:"link"`
	Content content `xml:"content"`
}

type link struct {
	Rel  string `xml:"rel,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type content struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

// Deliver adds one entry in front. An entry with the delivery's key that is
// there already is replaced, so that nothing comes twice.
func (c *Channel) Deliver(_ context.Context, m notify.Message) (notify.Receipt, error) {
	e, err := c.entry(m.Delivery)
	if err != nil {
		return notify.Receipt{}, &notify.Permanent{Err: fmt.Errorf("atom: %w", err)}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	f, err := c.read()
	if err != nil {
		return notify.Receipt{}, fmt.Errorf("atom: %w", err)
	}
	f.Entries = slices.DeleteFunc(f.Entries, func(o entry) bool { return o.ID == e.ID })
	f.Entries = append([]entry{e}, f.Entries[:min(len(f.Entries), c.opts.Keep-1)]...)
	f.Updated = e.Updated
	if err := c.write(f); err != nil {
		return notify.Receipt{}, fmt.Errorf("atom: %w", err)
	}
	return notify.Receipt{ID: e.ID, At: m.Delivery.Created}, nil
}

func (c *Channel) entry(d notify.Delivery) (entry, error) {
	doc, err := c.opts.Templates.Whole(d.Notice)
	if err != nil {
		return entry{}, err
	}
	e := entry{
		ID: "urn:hansho:" + d.Key, Title: clean(doc.Subject), Updated: d.Created.UTC().Format(time.RFC3339),
		Content: content{Type: "html", Text: clean(doc.HTML())},
	}
	if d.Notice.Case != nil {
		for _, s := range d.Notice.Case.Sources[:min(len(d.Notice.Case.Sources), 1)] {
			if u := markup.SafeURL(s.Link); u != "" {
				e.Links = []link{{Rel: "related", Href: u}}
			}
		}
	}
	return e, nil
}

// clean drops what XML 1.0 can't hold.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, s)
}

// read gives the feed as it stands; a new one where there is none.
func (c *Channel) read() (feed, error) {
	f := feed{}
	raw, err := os.ReadFile(c.opts.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return f, err
	default:
		if err := xml.Unmarshal(raw, &f); err != nil {
			return f, fmt.Errorf("%s is not a feed of ours: %w", c.opts.Path, err)
		}
	}
	f.ID, f.Title, f.Author = c.opts.ID, c.opts.Title, "hansho"
	if c.opts.Link != "" {
		f.Link = &link{Rel: "self", Href: c.opts.Link}
	}
	return f, nil
}

// write puts the feed in place of the old one at once, so that a reader never
// sees half of it.
func (c *Channel) write(f feed) error {
	raw, err := xml.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(c.opts.Path), ".atom-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	_, err = tmp.Write(append([]byte(xml.Header), raw...))
	if err := errors.Join(err, tmp.Chmod(0o644), tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), c.opts.Path)
}
