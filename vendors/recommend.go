package vendors

import (
	"slices"
	"strings"

	"hansho/feeds"
	"hansho/internal/fold"
)

// Aliases knows the names under which vendors and products go: マイクロソフト is
// microsoft. A name without aliases has none.
type Aliases interface {
	Aliases(name string) []string
}

// Wanted is a thing that a company runs, as far as the choice of sources needs
// it.
type Wanted struct {
	ID, Name, Vendor, Product, CPE, PURL string
	Aliases                              []string
}

// Recommendation is a source that would speak of things the company runs and is
// not polled.
type Recommendation struct {
	Entry feeds.Entry
	Items []string // ids of what it covers, sorted
}

// Coverage says which sources speak of one thing.
type Coverage struct {
	Item    string        // its id
	By      []string      // polled sources that name its vendor or product
	General []string      // polled sources that speak of everything
	Could   []string      // sources of the catalogue that would, if they were polled
	Pages   []feeds.Entry // publishers without a feed: a page for people, and a note
}

// Blind says that no polled source names the thing.
func (c Coverage) Blind() bool { return len(c.By) == 0 }

// everything in Entry.Covers is a source that speaks of all vendors.
const everything = "*"

// Recommend gives the sources that aren't polled and name something the company
// runs, most things first. Product lists are not recommended: they belong to
// one crisis.
func Recommend(entries []feeds.Entry, items []Wanted, aliases Aliases) []Recommendation {
	covered := map[string][]string{}
	for _, c := range Cover(entries, items, aliases) {
		for _, id := range c.Could {
			covered[id] = append(covered[id], c.Item)
		}
	}
	var out []Recommendation
	for _, e := range entries {
		if ids := covered[e.ID]; len(ids) > 0 {
			slices.Sort(ids)
			out = append(out, Recommendation{Entry: e, Items: slices.Compact(ids)})
		}
	}
	slices.SortStableFunc(out, func(a, b Recommendation) int { return len(b.Items) - len(a.Items) })
	return out
}

// Cover says for each item which sources speak of it, in the order of items.
func Cover(entries []feeds.Entry, items []Wanted, aliases Aliases) []Coverage {
	coverers := newCoverers(entries)
	out := make([]Coverage, 0, len(items))
	for _, item := range items {
		names := namesOf(item, aliases)
		c := Coverage{Item: item.ID}
		for _, k := range coverers {
			if k.general && k.entry.Enabled {
				c.General = append(c.General, k.entry.ID)
			}
			if !k.covers(names) {
				continue
			}
			switch {
			case k.entry.Enabled:
				c.By = append(c.By, k.entry.ID)
			case k.entry.Format == FormatNone:
				c.Pages = append(c.Pages, k.entry)
			default:
				c.Could = append(c.Could, k.entry.ID)
			}
		}
		out = append(out, c)
	}
	return out
}

// coverer is an entry with what it covers, folded.
type coverer struct {
	entry   feeds.Entry
	general bool
	words   []string // as spaced writes them
}

func newCoverers(entries []feeds.Entry) []coverer {
	out := make([]coverer, 0, len(entries))
	for _, e := range entries {
		if e.Format == productListFormat {
			continue
		}
		k := coverer{entry: e}
		for _, w := range e.Covers {
			if w == everything {
				k.general = true
			} else if words := spaced(w); words != "" {
				k.words = append(k.words, words)
			}
		}
		out = append(out, k)
	}
	return out
}

// covers says whether a word of the entry stands in one of the names.
func (k coverer) covers(names []string) bool {
	return slices.ContainsFunc(k.words, func(w string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return strings.Contains(n, w) })
	})
}

// namesOf gives an item's names, as spaced writes them: what it is called, and the vendor, product or ecosystem in its identifiers.
func namesOf(item Wanted, aliases Aliases) []string {
	vendor, product := cpeNames(item.CPE)
	plain := append([]string{item.Vendor + " " + item.Product, item.Name, vendor + " " + product, purlWords(item.PURL)}, item.Aliases...)
	for _, name := range []string{item.Vendor, item.Product} {
		if name != "" && aliases != nil {
			plain = append(plain, aliases.Aliases(name)...)
		}
	}
	var names []string
	for _, p := range plain {
		names = append(names, spaced(p))
	}
	return names
}

// spaced gives the words of a name, folded, each with a blank before and after,
// so that words are looked up as whole words; empty where it has none.
func spaced(name string) string {
	var b strings.Builder
	for _, t := range fold.Tokens(name) {
		b.WriteByte(' ')
		b.WriteString(t.Text)
	}
	if b.Len() > 0 {
		b.WriteByte(' ')
	}
	return b.String()
}

// purlWords gives the ecosystem of a package URL.
func purlWords(purl string) string {
	kind, _, _ := strings.Cut(strings.TrimPrefix(purl, "pkg:"), "/")
	switch kind {
	case purl:
		return ""
	case "golang":
		return "go"
	case "gem":
		return "rubygems"
	case "composer":
		return "packagist"
	case "cargo":
		return "crates.io"
	}
	return kind
}
