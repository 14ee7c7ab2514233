package match

import (
	"fmt"
	"iter"

	"hansho/advisory"
	"hansho/inventory"
)

// Names knows by what other names vendors and products go. The product
// dictionary is one.
type Names interface {
	// VendorAliases lists other names of a vendor: マイクロソフト for Microsoft,
	// the CPE word, former names.
	VendorAliases(name string) []string
	// ProductAliases lists other names of a vendor's product.
	ProductAliases(vendor, product string) []string
}

// Kinship is what Names may know beside: which of the other names are looser.
type Kinship interface {
	// VendorNames lists the vendor's own other names, without those of the makers
	// that it came from, went to or took over.
	VendorNames(name string) []string
	// NearAliases lists those of ProductAliases that may stand for a product
	// apart: of the same line, or what runs on it.
	NearAliases(vendor, product string) []string
	// Maker gives the maker of a product that is named without one, as ledgers do;
	// empty where the name doesn't tell.
	Maker(product string) string
	// WellKnown says that everybody knows the product as that very vendor's.
	WellKnown(vendor, product string) bool
}

// Option changes how a Matcher is built.
type Option func(*builder)

// WithNames lets items be met under the other names of their vendor and product.
func WithNames(n Names) Option {
	return func(b *builder) { b.names = n }
}

// WithShields makes product names known that the company doesn't run. They
// match nothing, but a shorter name inside one of them is then no match: Office
// in LibreOffice Online, Tomcat in Tomcat Native.
func WithShields(products iter.Seq2[string, string]) Option {
	return func(b *builder) { b.shields = products }
}

// CompleteItems says that an item names all that runs together with it, so that
// a platform which a configuration asks for and the item doesn't have is absent,
// not unknown. It is right for lists of CPE names; a company's inventory hardly
// ever says on what a thing runs.
func CompleteItems() Option {
	return func(b *builder) { b.m.complete = true }
}

// LoudOnly leaves out matches that are fixed or not affected. Reading a whole
// database against a long inventory is then several times faster.
func LoudOnly() Option {
	return func(b *builder) { b.m.loud = true }
}

// Matcher is an index over an inventory. It is read-only after New, so any
// number of goroutines may share it; the cost of a call follows what the
// advisory says, not how long the inventory is.
type Matcher struct {
	items    []inventory.Item
	facets   []facet
	cpes     map[string]*cpeGroup // by vendor:product
	wild     []cpeEntry           // whose vendor or product is a pattern
	purls    map[string][]int32   // facets, by type/namespace/name
	words    map[string][]int32   // entities without a CPE, by what a CPE would call the product
	names    nameIndex
	aliases  Names
	complete bool
	loud     bool
}

// facet is one way in which an item can be met: as itself, or as something that
// it contains.
type facet struct {
	item    int32
	part    int32  // index in Contains, or itself
	version string // as declared: the version, else that of the CPE or purl
	// packaged says that a distribution made a package of it, and brings fixes
	// back into versions that upstream calls affected.
	packaged bool
}

// itself is the part of a facet that stands for the whole item.
const itself = -1

// New builds a Matcher. Bad identifiers (a CPE or purl that can't be read) are
// reported one by one, with the item's id; the item is then matched by what else
// it says of itself. The items must not be changed while the Matcher is used.
func New(items []inventory.Item, opts ...Option) (*Matcher, []error) {
	b := newBuilder(items)
	for _, opt := range opts {
		opt(b)
	}
	b.m.aliases = b.names
	b.kinship, _ = b.names.(Kinship)
	for i := range items {
		b.add(int32(i))
	}
	if b.shields != nil {
		for vendor, product := range b.shields {
			b.shield(vendor, product)
		}
	}
	b.finish()
	return b.m, b.errs
}

// Match lists the items that an advisory concerns, each with the one verdict
// that follows from all that the advisory says, in the order of the inventory.
func (m *Matcher) Match(a *advisory.Advisory) []Match {
	return m.decide(a, m.hits(a))
}

// hits is every way in which an advisory meets the inventory.
func (m *Matcher) hits(a *advisory.Advisory) []hit {
	f := finder{m: m, a: a}
	f.configs()
	for i := range a.Products {
		f.claim(i)
	}
	if len(a.Configs) == 0 && !a.Withdrawn {
		f.text()
	}
	return f.found
}

// finder gathers the hits of one advisory.
type finder struct {
	m     *Matcher
	a     *advisory.Advisory
	found []hit
}

// builder holds what only building needs.
type builder struct {
	m        *Matcher
	names    Names
	kinship  Kinship // of names; nil where they know none
	shields  iter.Seq2[string, string]
	errs     []error
	entities map[string]int32
	trie     *trieBuilder
}

func newBuilder(items []inventory.Item) *builder {
	return &builder{
		m: &Matcher{
			items: items,
			cpes:  map[string]*cpeGroup{},
			purls: map[string][]int32{},
			words: map[string][]int32{},
		},
		entities: map[string]int32{},
		trie:     newTrieBuilder(),
	}
}

// finish brings the indexes into the form in which they are read.
func (b *builder) finish() {
	for _, g := range b.m.cpes {
		g.sort()
	}
	b.m.names.trie = b.trie.trie
}

func (b *builder) fail(i int32, err error) {
	id := b.m.items[i].ID
	b.errs = append(b.errs, fmt.Errorf("match: item %q: %w", id, err))
}
