package match

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"hansho/advisory"
	"hansho/internal/fold"
	"hansho/inventory"
)

// VendorWide meets titles that speak of a maker's products as a whole: a month's
// security updates, "Oracle 製品", "バッファロー製無線LANルーター". They name none of
// its products, so a Matcher finds nothing in them; but who runs something of the
// maker's has to look.
type VendorWide struct {
	vendors []vendorItems
	kinds   map[string]inventory.Kind // by item

	families map[string]*family   // by maker and line
	lines    map[string][]*family // by the first word of the line
}

type vendorItems struct {
	folded string // a name of the maker, as in fold.Name
	name   string
	maker  string // one name for all the maker's names
	items  []string
}

// wholeOfAMaker are the words by which a title speaks of all that a maker makes,
// as in fold.Name: "製品", "セキュリティ更新プログラム", "critical patch update".
var wholeOfAMaker = regexp.MustCompile(`製品|セキュリティ *(?:更新|情報|アップデ|パッチ)|月例|定例|クリティカル *パッチ|critical patch update|security (?:update|bulletin|patch day)|patch tuesday|(?:monthly|quarterly) (?:security )?(?:update|patch|rollup)`)

// shortestMaker is how many letters a maker's name must have to be looked for,
// but where a title begins with it ("HP 製品"):
// shorter ones (HP, SAP's are found by their products) are parts of other words.
const shortestMaker = 3

// NewVendorWide indexes items by all the names of their makers.
func NewVendorWide(items []inventory.Item, names Names) *VendorWide {
	index := map[string]*vendorItems{}
	w := &VendorWide{kinds: map[string]inventory.Kind{}, families: map[string]*family{}, lines: map[string][]*family{}}
	for _, it := range items {
		vendor := cmp.Or(it.Vendor, maker(names, cmp.Or(it.Product, it.Name)))
		if vendor == "" || it.Vendor == "" && (it.CPE != "" || it.PURL != "") {
			continue
		}
		all := append([]string{vendor}, names.VendorAliases(vendor)...)
		w.addFamily(&it, all, names)
		one := oneName(all)
		for _, name := range all {
			f := fold.Name(name)
			if f == "" {
				continue
			}
			v := index[f]
			if v == nil {
				v = &vendorItems{folded: f, name: name, maker: one}
				index[f] = v
			}
			if !slices.Contains(v.items, it.ID) {
				v.items = append(v.items, it.ID)
			}
		}
	}
	for _, it := range items {
		w.kinds[it.ID] = it.Kind
	}
	for _, v := range index {
		slices.Sort(v.items)
		w.vendors = append(w.vendors, *v)
	}
	slices.SortFunc(w.vendors, func(a, b vendorItems) int {
		return longFirst(a.folded, b.folded)
	})
	return w
}

// oneName chooses the first of a maker's names in the order of their folded
// forms, so that all its names give the same.
func oneName(names []string) string {
	folded := make([]string, 0, len(names))
	for _, n := range names {
		folded = append(folded, fold.Name(n))
	}
	return slices.Min(folded)
}

var monthInTitle = regexp.MustCompile(`(20\d\d) *年 *(1[0-2]|0?[1-9]) *月`)

// Bulletin names the month's round of a maker's updates that a title speaks of,
// such as "bulletin/microsoft/2021-12", so that what several publishers say of it
// is one case; empty where the title speaks of none.
func (w *VendorWide) Bulletin(a *advisory.Advisory) string {
	title := fold.Name(a.Title)
	month := monthInTitle.FindStringSubmatch(title)
	if month == nil || !wholeOfAMaker.MatchString(title) {
		return ""
	}
	for _, v := range w.vendors {
		if v.standsIn(title) {
			return fmt.Sprintf("bulletin/%s/%s-%02s", v.maker, month[1], month[2])
		}
	}
	return ""
}

// vendorConfidence is low: nothing says that any one of the products is hit.
const vendorConfidence = 0.2

// Match gives every item of a maker that the title speaks of as a whole, as
// possible; where it speaks of a sort of device, those that are declared as such
// or as nothing in particular.
func (w *VendorWide) Match(a *advisory.Advisory) []Match {
	title := fold.Name(a.Title)
	whole := wholeOfAMaker.MatchString(title)
	var out []Match
	seen := map[string]bool{}
	for _, v := range w.vendors {
		at := v.find(title)
		if at < 0 {
			continue
		}
		kinds := devicesAfter(title[at+len(v.folded):])
		if !whole && kinds == nil {
			continue
		}
		for _, id := range v.items {
			if seen[id] || !whole && w.kinds[id] != "" && !slices.Contains(kinds, w.kinds[id]) {
				continue
			}
			seen[id] = true
			out = append(out, Match{
				Item: id, Advisory: a.ID, Verdict: Possible, Confidence: vendorConfidence, Claim: -1,
				Evidence: []Evidence{{Method: "vendor", Item: v.name, Found: a.Title, Where: "title"}},
			})
		}
	}
	slices.SortFunc(out, func(a, b Match) int { return strings.Compare(a.Item, b.Item) })
	return out
}

// Company is a Matcher for a company's own items, which also hears what is said
// of a maker's products as a whole.
type Company struct {
	*Matcher
	wide *VendorWide
}

// NewCompany builds a Company; the errors are those of New.
func NewCompany(items []inventory.Item, names Names, opts ...Option) (*Company, []error) {
	m, errs := New(items, append(opts, WithNames(names))...)
	return &Company{Matcher: m, wide: NewVendorWide(items, names)}, errs
}

// MatchWith is Matcher.MatchWith and, of a public warning, the items of a line that
// the title speaks of as a whole. Where nothing is found, it gives the items of a
// maker whose products the title means together, and of a list's row those of the
// maker that the row is about.
func (c *Company) MatchWith(a *advisory.Advisory, others []advisory.Advisory) []Match {
	found := c.Matcher.MatchWith(a, others)
	warning := a.Kind == advisory.KindAlert || a.Kind == advisory.KindRoundup ||
		a.Kind == advisory.KindAdvisory && a.Trust == advisory.TrustCoordinator && len(a.Products)+len(a.Configs) == 0
	if warning {
		found = c.join(found, c.wide.inFamilies(a))
	}
	switch {
	case len(found) > 0:
		return found
	case warning:
		return c.wide.Match(a)
	case a.Kind == advisory.KindList:
		return c.wide.row(a)
	}
	return nil
}

// join adds matches of further items, in the order of the inventory.
func (c *Company) join(found, more []Match) []Match {
	before := len(found)
	for _, m := range more {
		if !slices.ContainsFunc(found, func(f Match) bool { return f.Item == m.Item }) {
			found = append(found, m)
		}
	}
	if len(found) > before {
		c.sort(found)
	}
	return found
}

// row gives every item of a maker whose name is all that a list's row says: that
// it has published a statement, or that its products are hit. Which, it doesn't
// say; that all are safe is for the maker to say of each.
func (w *VendorWide) row(a *advisory.Advisory) []Match {
	for i, p := range a.Products {
		silent := p.Status == advisory.StatusNotAffected || p.Status == advisory.StatusFixed || p.Status == advisory.StatusUnknown && p.Link == ""
		if silent || p.Vendor != "" && p.Product != "" {
			continue
		}
		name := cmp.Or(p.Vendor, p.Product)
		folded := fold.Name(name)
		at, ok := slices.BinarySearchFunc(w.vendors, folded, func(v vendorItems, name string) int { return longFirst(v.folded, name) })
		if !ok {
			continue
		}
		var out []Match
		for _, id := range w.vendors[at].items {
			out = append(out, Match{
				Item: id, Advisory: a.ID, Verdict: Possible, Confidence: vendorConfidence, Claim: i,
				Evidence: []Evidence{{Method: "vendor", Item: w.vendors[at].name, Found: name, Where: fmt.Sprintf("products[%d]", i)}},
			})
		}
		return out
	}
	return nil
}

// longFirst is the order of makers' names: a longer one is looked for first.
func longFirst(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) }

// Bulletin is VendorWide.Bulletin for public warnings.
func (c *Company) Bulletin(a *advisory.Advisory) string {
	if a.Kind != advisory.KindAlert {
		return ""
	}
	return c.wide.Bulletin(a)
}

// standsIn says whether a maker is named in a folded title.
func (v vendorItems) standsIn(title string) bool { return v.find(title) >= 0 }

// find says where in a folded title a maker is named; -1 where it is not.
func (v vendorItems) find(title string) int {
	if utf8.RuneCountInString(v.folded) < shortestMaker && !strings.HasPrefix(title, v.folded+"製") {
		return -1
	}
	return findWord(title, v.folded)
}

// findWord says where a folded name stands in a folded text as a word: not
// inside a longer one of the same script, unless what follows is of the words
// that go with a maker's name ("マイクロソフトセキュリティ更新プログラム").
func findWord(text, name string) int {
	for from := 0; ; {
		i := strings.Index(text[from:], name)
		if i < 0 {
			return -1
		}
		start, end := from+i, from+i+len(name)
		before, _ := utf8.DecodeLastRuneInString(text[:start])
		after, _ := utf8.DecodeRuneInString(text[end:])
		first, _ := utf8.DecodeRuneInString(name)
		last, _ := utf8.DecodeLastRuneInString(name)
		follows := strings.HasPrefix(text[end:], "セキュリティ") || strings.HasPrefix(text[end:], "製")
		if script(before) != script(first) && (script(after) != script(last) || follows) {
			return start
		}
		from = end
	}
}

// script tells letters that run on as one word from those that don't; 0 is
// what never does.
func script(r rune) int {
	switch {
	case r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)), unicode.Is(unicode.Latin, r):
		return 1
	case unicode.Is(unicode.Katakana, r), r == 'ー':
		return 2
	case unicode.Is(unicode.Han, r):
		return 3
	case unicode.Is(unicode.Hiragana, r):
		return 4
	}
	return 0
}
