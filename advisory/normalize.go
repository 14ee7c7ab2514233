package advisory

import (
	"net/url"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Normalize brings an advisory into the form in which it is stored and printed:
// white space cleaned, CVE ids in normal form and sorted, links without
// tracking parameters, repeats dropped, no list nil, times in UTC and Updated
// never before Published. One without a title is called by its publisher's id.
// The order of products and links stays the
// publisher's. Parsers call it last.
func Normalize(a *Advisory) {
	if a.Title = oneLine(a.Title); a.Title == "" {
		_, a.Title, _ = strings.Cut(a.ID, ":")
	}
	a.Summary = cleanText(a.Summary)
	a.CVEs = normalCVEs(a.CVEs)
	a.Links = normalLinks(a.Links)
	a.Refs = uniqueLines(a.Refs)
	a.Severity.Vectors = uniqueLines(a.Severity.Vectors)
	a.Products = normalProducts(a.Products)
	a.Published, a.Updated = a.Published.UTC(), a.Updated.UTC()
	if a.Published.IsZero() {
		a.Published = a.Updated
	}
	if a.Updated.Before(a.Published) {
		a.Updated = a.Published
	}
}

// CleanLink takes the parameters that only follow a reader's steps (utm_…,
// Cisco's vs_…) from a link. What is not a link is given back trimmed.
func CleanLink(link string) string {
	link = strings.TrimSpace(link)
	u, err := url.Parse(link)
	if err != nil || u.Host == "" {
		return link
	}
	u.Host = strings.ToLower(u.Host)
	if u.RawQuery != "" {
		u.RawQuery = cleanQuery(u.RawQuery)
	}
	return u.String()
}

// cleanQuery keeps the other parameters as they are written, in their order.
func cleanQuery(raw string) string {
	kept := strings.Split(raw, "&")
	kept = slices.DeleteFunc(kept, func(p string) bool {
		name, _, _ := strings.Cut(p, "=")
		return isTracking(strings.TrimPrefix(strings.ToLower(name), "amp;"))
	})
	return strings.Join(kept, "&")
}

func isTracking(name string) bool {
	switch name {
	case "fbclid", "gclid", "yclid", "msclkid", "mc_cid", "mc_eid", "igshid", "cmpid", "_hsenc", "_hsmi", "source_rss":
		return true
	}
	return strings.HasPrefix(name, "utm_") || strings.HasPrefix(name, "vs_") || strings.HasPrefix(name, "at_custom")
}

func normalCVEs(ids []string) []string {
	out := make([]string, 0, len(ids))
	for _, id := range ids {
		if found := FindCVEs(id); len(found) == 1 {
			id = found[0]
		}
		if id = strings.TrimSpace(id); id != "" {
			out = append(out, id)
		}
	}
	return SortCVEs(out)
}

func normalLinks(links []string) []string {
	out := make([]string, 0, len(links))
	for _, l := range links {
		if l = CleanLink(l); l != "" && !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out
}

func uniqueLines(in []string) []string {
	out := make([]string, 0, len(in))
	for _, s := range in {
		if s = oneLine(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func normalProducts(in []ProductStatus) []ProductStatus {
	out := make([]ProductStatus, 0, len(in))
	seen := make(map[ProductStatus]bool, len(in))
	for _, p := range in {
		p.Vendor, p.Product = oneLine(p.Vendor), oneLine(p.Product)
		p.CPE, p.PURL = strings.TrimSpace(p.CPE), strings.TrimSpace(p.PURL)
		p.Versions, p.Fixed = oneLine(p.Versions), oneLine(p.Fixed)
		p.Workaround, p.Note = cleanText(p.Workaround), cleanText(p.Note)
		p.Link = CleanLink(p.Link)
		if p.Status == "" {
			p.Status = StatusUnknown
		}
		if !seen[p] {
			seen[p] = true
			out = append(out, p)
		}
	}
	return out
}

// oneLine joins the words of s by single spaces and drops control characters.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(norm.NFC.String(printable(s)), unicode.IsSpace), " ")
}

// cleanText keeps the lines of s, each cleaned, with at most one empty line
// between two paragraphs.
func cleanText(s string) string {
	lines := strings.Split(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n"), "\n")
	out := make([]string, 0, len(lines))
	for _, l := range lines {
		l = oneLine(l)
		if l == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		out = append(out, l)
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}

// printable drops what no reader sees: control and format characters (which can
// also turn the direction of text) and broken UTF-8.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == unicode.ReplacementChar, unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}
