package vendors

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hansho/feeds"
)

const rssFeed = `<?xml version="1.0"?><rss version="2.0"><channel><title>Akane Works PSIRT</title>
<link>https://akane.example/psirt</link><description>d</description><language>ja</language>
<item><title>AKANE-1: Ledger (CVE-2031-1000)</title><link>https://akane.example/psirt/1</link><pubDate>Mon, 15 Dec 2031 00:00:00 GMT</pubDate></item>
<item><title>AKANE-2: Tools</title><link>https://akane.example/psirt/2</link><pubDate>Tue, 16 Dec 2031 00:00:00 GMT</pubDate></item>
</channel></rss>`

const atomFeed = `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>News</title><id>x</id>
<entry><id>e1</id><title>One</title><link href="https://akane.example/n/1"/><updated>2031-12-15T00:00:00Z</updated></entry></feed>`

func providerDoc(at string) string {
	return fmt.Sprintf(`{"canonical_url":"%s/.well-known/csaf/provider-metadata.json","metadata_version":"2.0","role":"csaf_provider",
"publisher":{"category":"vendor","name":"Akane Works","namespace":"https://akane.example"},"distributions":[]}`, at)
}

// found writes candidates: "format id publisher items where".
func found(cs []Candidate) []string {
	var out []string
	for _, c := range cs {
		out = append(out, fmt.Sprintf("%s %s %q %d %s", c.Entry.Format, c.Entry.ID, c.Entry.Publisher, c.Items, c.Found))
	}
	return out
}

func TestDiscover(t *testing.T) {
	s, at := serve(t, map[string]string{
		"/psirt": `<html><head><link rel="alternate" type="application/rss+xml" href="/psirt/feed"><link rel="alternate" hreflang="en" href="/en"></head>
<body><a href="news.atom">Atom</a> <a href="/gone.rss">RSS</a> <a href="/contact">contact</a> <a href="javascript:rss()">RSS</a></body></html>`,
		"/psirt/feed": rssFeed,
		"/news.atom":  atomFeed,
		"/contact":    "<html>us</html>",
		"/list.md":    table("A=Fix", "B=Fix", "C=Not vuln"),
		"/two.md":     table("A=Fix"),
	})
	s.docs["/.well-known/csaf/provider-metadata.json"] = providerDoc(at)
	s.docs["/.well-known/security.txt"] = "Contact: mailto:psirt@akane.example\nCSAF: " + at + "/other/provider-metadata.json\n"
	s.docs["/other/provider-metadata.json"] = providerDoc(at)
	s.docs["/rolie.json"] = `{"feed":{"id":"x","entry":[{"format":{"schema":"https://docs.oasis-open.org/csaf/csaf/v2.0/csaf_json_schema.json","version":"2.0"},"category":[{"scheme":"urn:ietf:params:rolie:category:information-type","term":"csaf"}]}]}}`

	for address, want := range map[string][]string{
		"/psirt": {
			`csaf 127-0-0-1-csaf "Akane Works" 0 its CSAF provider metadata`,
			`csaf 127-0-0-1-csaf-2 "Akane Works" 0 its security.txt`,
			`rss 127-0-0-1 "Akane Works PSIRT" 2 a feed link of the page`,
			`rss 127-0-0-1-2 "News" 1 a feed link of the page`,
		},
		"/psirt/feed": {`rss 127-0-0-1 "Akane Works PSIRT" 2 the address itself`},
		"/list.md":    {`product-list list-list "list.md" 3 the address itself`},
		"/rolie.json": {`csaf 127-0-0-1-csaf "" 0 the address itself`},
	} {
		got, err := Discover(t.Context(), testClient(), at+address)
		if diff := cmp.Diff(want, found(got)); diff != "" || err != nil {
			t.Errorf("%s: %v %s", address, err, diff)
		}
		for _, c := range got {
			for _, err := range Check(c.Entry) {
				t.Errorf("%s: the entry can't be used: %v", address, err)
			}
			if c.Items > 0 && (len(c.Preview) == 0 || !strings.HasPrefix(c.Entry.ID, c.Preview[0].Source)) {
				t.Errorf("%s: preview %+v", address, c.Preview)
			}
		}
	}
	feed, err := Discover(t.Context(), testClient(), at+"/psirt/feed")
	if err != nil || feed[0].Entry.Lang != "ja" || feed[0].Entry.Page != "https://akane.example/psirt" || !strings.Contains(feed[0].Preview[0].Title, "AKANE-") {
		t.Errorf("%v %+v", err, feed)
	}
}

func TestDiscoverNothing(t *testing.T) {
	_, at := serve(t, map[string]string{"/": "<html><a href='/x'>nothing</a></html>", "/robots.txt": "Sitemap: https://akane.example/a\nSee: https://akane.example/b\nAnd: https://akane.example/c\n"})
	for _, address := range []string{at + "/", at + "/robots.txt", at + "/missing", "ftp://akane.example/", "http://", "javascript:alert(1)"} {
		if got, err := Discover(t.Context(), testClient(), address); err == nil {
			t.Errorf("%s: found %v", address, found(got))
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Discover(ctx, testClient(), at+"/"); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}

func TestRawAddress(t *testing.T) {
	for in, want := range map[string]string{
		"https://github.com/o/r/blob/main/a/b.md":   "https://raw.githubusercontent.com/o/r/main/a/b.md",
		"https://gist.github.com/o/b66db3a06c2955a": "https://gist.githubusercontent.com/o/b66db3a06c2955a/raw",
		"https://akane.example/blob/x":              "https://akane.example/blob/x",
	} {
		if got := rawAddress(in); got != want {
			t.Errorf("%s → %s, want %s", in, got, want)
		}
	}
}

func TestIDOf(t *testing.T) {
	for _, c := range []struct{ address, format, want string }{
		{"https://www.akane.co.jp/rss.xml", "rss", "akane"},
		{"https://cert-portal.akane.com/x", "csaf", "akane-csaf"},
		{"https://raw.githubusercontent.com/o/r/main/Software_List.md", productListFormat, "software-list-list"},
		{"https://gist.githubusercontent.com/Owner/b66/raw", productListFormat, "owner-list"},
		{"http://192.0.2.7/feed", "rss", "192-0-2-7"},
	} {
		if got := idOf(c.address, c.format); got != c.want {
			t.Errorf("%s → %s, want %s", c.address, got, c.want)
		}
	}
}

func FuzzSniff(f *testing.F) {
	f.Add(rssFeed, "https://akane.example/feed")
	f.Add(atomFeed, "https://akane.example/feed")
	f.Add(providerDoc("https://akane.example"), "https://akane.example/x.json")
	f.Add(table("A=Fix"), "https://akane.example/x.md")
	f.Fuzz(func(t *testing.T, text, address string) {
		c, err := candidate(&feeds.Document{URL: address, Body: []byte(text)}, "")
		if err != nil {
			return
		}
		if !entryID.MatchString(c.Entry.ID) {
			t.Errorf("id %q of %q", c.Entry.ID, address)
		}
	})
}

// Whom a feed speaks of is guessed from its title; what is no name is left open.
func TestCoversOf(t *testing.T) {
	for title, want := range map[string][]string{
		"Akane Works PSIRT":             {"akane works"},
		"あかね製作所 セキュリティ情報":               {"あかね製作所"},
		"Akane Security Advisories RSS": {"akane"},
		"Security Bulletins":            {},
		"News | Akane":                  {"akane"},
		"akane.example":                 {},
	} {
		if diff := cmp.Diff(want, coversOf(sniffed{format: "rss", publisher: title})); diff != "" {
			t.Errorf("%s: %s", title, diff)
		}
	}
}
