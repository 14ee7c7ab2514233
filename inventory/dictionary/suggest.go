package dictionary

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"sync"

	"hansho/internal/fold"
	"hansho/internal/typo"
)

// Suggestion is a product that may be meant by a name.
type Suggestion struct {
	Entry
	Matched string  `json:"matched"` // the name of the product that is near
	Score   float64 `json:"score"`   // 0–1; 1 is the same name
}

// gramIndex finds names that share pairs of characters with a query. It is made
// at the first question.
type gramIndex struct {
	once     *sync.Once
	names    []gramName
	postings map[gram][]int32 // pair of characters → names
}

type gramName struct {
	product int32
	name    int16  // which of the product's names
	grams   uint16 // how many different pairs it has
}

type gram [2]rune

func (g *gramIndex) reset() { *g = gramIndex{once: new(sync.Once)} }

// Bounds of a question.
const (
	maxQuery   = 100 // characters
	candidates = 200 // names that are compared character by character
	worstScore = 0.35
	// leastShared is the share of pairs below which no score can be reached.
	leastShared = 0.2
)

// Suggest gives the products whose names are nearest to one that was typed
// imperfectly, in Japanese or English, best first. At most limit are given.
func (d *Dictionary) Suggest(name string, limit int) []Suggestion {
	name = string([]rune(name)[:min(len([]rune(name)), maxQuery)])
	queries, makers := d.readings(name)
	best := map[int32]Suggestion{}
	for _, q := range queries {
		for _, c := range d.near(q) {
			n := d.grams.names[c]
			p := d.products[n.product]
			s := likeness(q, fold.Name(p.names[n.name]))
			if makers[p.vendor] {
				s = s + (1-s)*0.5
			}
			if int(n.product) < d.builtin {
				s += (1 - s) * 0.05
			}
			if s >= worstScore && s > best[n.product].Score {
				best[n.product] = Suggestion{Entry: d.entry(n.product), Matched: p.names[n.name], Score: math.Round(s*1000) / 1000}
			}
		}
	}
	return ranked(best, limit)
}

func ranked(best map[int32]Suggestion, limit int) []Suggestion {
	out := make([]Suggestion, 0, len(best))
	for _, s := range best {
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b Suggestion) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(len(a.Product), len(b.Product)), cmp.Compare(a.Product, b.Product), cmp.Compare(a.Vendor, b.Vendor))
	})
	return out[:min(len(out), max(limit, 0))]
}

// readings are the ways to take a query: as a product's name, and where it
// begins with a maker, as what follows; with the makers that it names.
func (d *Dictionary) readings(name string) (queries []string, makers map[int32]bool) {
	queries, makers = []string{fold.Name(name)}, map[int32]bool{}
	for _, cut := range wordStarts(name) {
		if vs := d.vendorsNamed(name[:cut]); len(vs) > 0 {
			for _, v := range vs {
				makers[v] = true
			}
			queries = append(queries, fold.Name(name[cut:]))
		}
	}
	return queries, makers
}

// near gives the names that share most pairs of characters with a folded query.
func (d *Dictionary) near(query string) []int32 {
	d.index()
	grams := gramsOf(query)
	if len(grams) == 0 {
		return nil
	}
	shared := make([]uint16, len(d.grams.names))
	var touched []int32
	for _, g := range grams {
		for _, n := range d.grams.postings[g] {
			if shared[n] == 0 {
				touched = append(touched, n)
			}
			shared[n]++
		}
	}
	dice := func(n int32) float64 {
		return 2 * float64(shared[n]) / float64(len(grams)+int(d.grams.names[n].grams))
	}
	touched = slices.DeleteFunc(touched, func(n int32) bool { return dice(n) < leastShared })
	slices.SortFunc(touched, func(a, b int32) int { return cmp.Or(cmp.Compare(dice(b), dice(a)), cmp.Compare(a, b)) })
	return touched[:min(len(touched), candidates)]
}

// likeness of two folded names: how many of the characters and pairs they share,
// more where one holds all words of the other.
func likeness(query, name string) float64 {
	if query == name {
		return 1
	}
	q, n := []rune(query), []rune(name)
	edits := 1 - float64(typo.Edits(q, n))/float64(max(len(q), len(n)))
	score := 0.6*edits + 0.4*pairs(gramsOf(query), gramsOf(name))
	if w := wordsWithin(query, name); w > 0 {
		score = max(score, 0.6+0.35*w*float64(min(len(q), len(n)))/float64(max(len(q), len(n))))
	}
	return score
}

func pairs(a, b []gram) float64 {
	n := 0
	for _, g := range a {
		if slices.Contains(b, g) {
			n++
		}
	}
	return 2 * float64(n) / float64(len(a)+len(b))
}

// wordsWithin says whether all words of the shorter name stand in the other.
func wordsWithin(a, b string) float64 {
	if len(a) > len(b) {
		a, b = b, a
	}
	if a == "" || !strings.Contains(" "+b+" ", " "+a+" ") {
		return 0
	}
	return 1
}

// gramsOf are the different pairs of characters of a folded name, with its ends.
func gramsOf(name string) []gram {
	var out []gram
	before := ' '
	for _, r := range name + " " {
		if g := (gram{before, r}); !slices.Contains(out, g) && g != (gram{' ', ' '}) {
			out = append(out, g)
		}
		before = r
	}
	return out
}

// index makes the index over all names, once.
func (d *Dictionary) index() {
	d.grams.once.Do(func() {
		d.grams.postings = map[gram][]int32{}
		for p, entry := range d.products {
			for i, name := range entry.names {
				grams := gramsOf(fold.Name(name))
				id := int32(len(d.grams.names))
				d.grams.names = append(d.grams.names, gramName{int32(p), int16(i), uint16(len(grams))})
				for _, g := range grams {
					d.grams.postings[g] = append(d.grams.postings[g], id)
				}
			}
		}
	})
}
