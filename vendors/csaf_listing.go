package vendors

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"
)

// csafListing is a place that lists documents: a ROLIE feed, or a folder with
// changes.csv or index.txt.
type csafListing struct {
	URL string `json:"url"`
	TLP string `json:"tlp,omitempty"` // label of the feed; empty for folders
}

// csafKey is an OpenPGP key of a provider.
type csafKey struct {
	URL         string `json:"url"`
	Fingerprint string `json:"fingerprint"`
}

// csafProvider is what hansho reads of a provider-metadata.json.
type csafProvider struct {
	Listings []csafListing `json:"listings"`
	Keys     []csafKey     `json:"keys,omitempty"`
}

// csafListed is one document in a listing.
type csafListed struct {
	URL       string    `json:"url"`
	Updated   time.Time `json:"updated"`
	Hashes    []string  `json:"hashes,omitempty"` // addresses of .sha512 and .sha256
	Signature string    `json:"signature,omitempty"`
}

// providerMetadata is the form of provider-metadata.json (CSAF 2.0, section
// 7.1.7), of 2.1 too.
type providerMetadata struct {
	CanonicalURL  string    `json:"canonical_url"`
	Keys          []csafKey `json:"public_openpgp_keys"`
	Distributions []struct {
		DirectoryURL string `json:"directory_url"`
		Directory    struct {
			URL string `json:"url"` // 2.1
			TLP string `json:"tlp_label"`
		} `json:"directory"`
		Rolie struct {
			Feeds []struct {
				URL string `json:"url"`
				TLP string `json:"tlp_label"`
			} `json:"feeds"`
		} `json:"rolie"`
	} `json:"distributions"`
}

// readProvider reads provider-metadata.json. Feeds are preferred to folders
// with the same documents: only they say which label a document has.
func readProvider(body []byte, at *url.URL) (csafProvider, error) {
	var m providerMetadata
	if err := json.Unmarshal(body, &m); err != nil {
		return csafProvider{}, err
	}
	var feeds, folders []csafListing
	for _, d := range m.Distributions {
		for _, f := range d.Rolie.Feeds {
			feeds = append(feeds, csafListing{URL: f.URL, TLP: tlp(f.TLP)})
		}
		if dir := cmp.Or(d.Directory.URL, d.DirectoryURL); dir != "" {
			folders = append(folders, csafListing{URL: strings.TrimSuffix(dir, "/") + "/changes.csv", TLP: tlp(d.Directory.TLP)})
		}
	}
	p := csafProvider{Keys: m.Keys, Listings: feeds}
	if len(feeds) == 0 {
		p.Listings = folders
	}
	if len(p.Listings) == 0 {
		return p, errors.New("provider metadata names no distribution")
	}
	return p, p.resolve(at)
}

// resolve checks the addresses. A provider may distribute from another site
// (CISA does from GitHub), then by https only.
func (p *csafProvider) resolve(at *url.URL) error {
	for i, l := range p.Listings {
		u, err := at.Parse(l.URL)
		if err != nil || u.Host == "" {
			return fmt.Errorf("distribution %.80q: not an address", l.URL)
		}
		if !sameSite(at, u) && u.Scheme != "https" {
			return fmt.Errorf("distribution on %s: another site, and not by https", u.Hostname())
		}
		p.Listings[i].URL = u.String()
	}
	for i, k := range p.Keys {
		u, err := at.Parse(k.URL)
		if err != nil || u.Scheme != "https" && !sameSite(at, u) {
			return fmt.Errorf("key %.80q: not an address by https", k.URL)
		}
		p.Keys[i].URL = u.String()
	}
	return nil
}

// The ways in which a listing can be served.
type listingKind int

const (
	notAListing listingKind = iota
	isProvider
	isFeed
	isChanges
	isIndex
)

// kindOfListing tells by the content, as addresses don't.
func kindOfListing(body []byte) listingKind {
	trimmed := bytes.TrimLeft(bytes.TrimPrefix(body, utf8BOM), " \t\r\n")
	if len(trimmed) > 0 && trimmed[0] == '{' {
		var probe struct {
			Feed          json.RawMessage `json:"feed"`
			Distributions json.RawMessage `json:"distributions"`
			Metadata      string          `json:"metadata_version"`
		}
		// A broken document is told by whoever reads it.
		_ = json.Unmarshal(trimmed, &probe)
		switch {
		case probe.Feed != nil:
			return isFeed
		case probe.Distributions != nil || probe.Metadata != "":
			return isProvider
		}
		return notAListing
	}
	line, _, _ := bytes.Cut(trimmed, []byte("\n"))
	name, date, dated := strings.Cut(string(bytes.TrimSpace(line)), ",")
	if _, err := parseTime(strings.Trim(date, `" `)); dated && err == nil {
		return isChanges
	}
	if strings.HasSuffix(strings.Trim(name, `" `), ".json") {
		return isIndex
	}
	return notAListing
}

// maxListed bounds the rows of a listing; Red Hat's has some 60,000.
const maxListed = 1_000_000

// readListing reads a feed, changes.csv or index.txt served at an address. Rows
// that can't be used are errors beside the others.
func readListing(body []byte, at *url.URL) ([]csafListed, []error) {
	body = bytes.TrimPrefix(body, utf8BOM)
	switch kindOfListing(body) {
	case isFeed:
		return readFeed(body, at)
	case isChanges, isIndex:
		return readRows(body, at)
	}
	return nil, []error{errors.New("neither a ROLIE feed nor changes.csv nor index.txt")}
}

// rolieFeed is the form of a ROLIE feed (RFC 8322) as CSAF uses it.
type rolieFeed struct {
	Feed struct {
		Entry []struct {
			ID      string `json:"id"`
			Updated string `json:"updated"`
			Content struct {
				Src string `json:"src"`
			} `json:"content"`
			Link []rolieLink `json:"link"`
		} `json:"entry"`
	} `json:"feed"`
}

type rolieLink struct {
	Rel  string `json:"rel"`
	Ref  string `json:"ref"` // what CISA wrote for rel
	Href string `json:"href"`
}

func readFeed(body []byte, at *url.URL) ([]csafListed, []error) {
	var f rolieFeed
	if err := json.Unmarshal(body, &f); err != nil {
		return nil, []error{err}
	}
	var list []csafListed
	var errs []error
	for _, e := range f.Feed.Entry {
		d, err := rolieDocument(e.Content.Src, e.Link, at)
		if err == nil {
			d.Updated, err = parseTime(e.Updated)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%.100s: %w", e.ID, err))
			continue
		}
		list = append(list, d)
	}
	return list, errs
}

// rolieDocument finds the addresses of one entry: the link to itself, else the
// content's.
func rolieDocument(src string, links []rolieLink, at *url.URL) (csafListed, error) {
	var d csafListed
	self := ""
	for _, l := range links {
		switch cmp.Or(l.Rel, l.Ref) {
		case "self":
			self = l.Href
		case "hash":
			if u, err := linked(at, l.Href); err == nil {
				d.Hashes = append(d.Hashes, u.String())
			}
		case "signature":
			if u, err := linked(at, l.Href); err == nil {
				d.Signature = u.String()
			}
		}
	}
	u, err := linked(at, cmp.Or(self, src))
	if err != nil {
		return d, err
	}
	d.URL = u.String()
	return d, nil
}

// readRows reads the rows of changes.csv (path and date) and of index.txt (path
// alone). Hashes and signature lie beside each document by name.
func readRows(body []byte, at *url.URL) ([]csafListed, []error) {
	rows := csv.NewReader(bytes.NewReader(body))
	rows.FieldsPerRecord, rows.LazyQuotes, rows.TrimLeadingSpace = -1, true, true
	var list []csafListed
	var errs []error
	for len(list) < maxListed {
		row, err := rows.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return list, append(errs, err)
		}
		d, err := rowDocument(row, folderOf(at))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if d.URL != "" {
			list = append(list, d)
		}
	}
	return list, errs
}

func rowDocument(row []string, folder *url.URL) (csafListed, error) {
	name := strings.TrimSpace(row[0])
	if !strings.HasSuffix(name, ".json") { // a heading, an empty line
		return csafListed{}, nil
	}
	u, err := below(folder, name)
	if err != nil {
		return csafListed{}, err
	}
	d := csafListed{URL: u.String()}
	d.Hashes, d.Signature = []string{d.URL + ".sha512", d.URL + ".sha256"}, d.URL+".asc"
	if len(row) > 1 {
		if d.Updated, err = parseTime(row[1]); err != nil {
			return csafListed{}, fmt.Errorf("%.100s: %w", name, err)
		}
	}
	return d, nil
}

// oldestFirst sorts by date, then address.
func oldestFirst(list []csafListed) {
	slices.SortFunc(list, func(a, b csafListed) int {
		if d := a.Updated.Compare(b.Updated); d != 0 {
			return d
		}
		return strings.Compare(a.URL, b.URL)
	})
}
