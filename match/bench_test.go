package match

import (
	"fmt"
	"runtime"
	"testing"

	"hansho/advisory"
	"hansho/inventory"
)

// fleet is n items of as many products as a company of that size has: each
// product runs in so many places, some by CPE, some by purl, some by name alone.
func fleet(n, places int) []inventory.Item {
	items := make([]inventory.Item, n)
	for i := range items {
		p := i / places
		it := inventory.Item{ID: fmt.Sprint("item-", i), Version: fmt.Sprintf("%d.%d", i%7, p%13)}
		switch p % 3 {
		case 0:
			it.CPE = fmt.Sprintf("cpe:2.3:a:vendor%d:product%d:%s:*:*:*:*:*:*:*", p%5000, p, it.Version)
		case 1:
			it.PURL = fmt.Sprintf("pkg:maven/org.vendor%d/product%d@%s", p%5000, p, it.Version)
		default:
			it.Vendor, it.Product = fmt.Sprintf("Vendor%d", p%5000), fmt.Sprintf("Product%d Manager", p)
		}
		items[i] = it
	}
	copy(items, log4jItems())
	return items
}

func BenchmarkMatch(b *testing.B) {
	a := advisory.Advisory{
		Title:   "Apache Log4j における任意のコードが実行可能な脆弱性",
		Summary: "Apache Log4j には任意のコードが実行可能な脆弱性が存在します。",
		Products: []advisory.ProductStatus{
			{Vendor: "Apache Software Foundation", Product: "Apache Log4j", CPE: "cpe:/a:apache:log4j", Versions: "2.0-beta9 から 2.14.1 まで", Status: advisory.StatusAffected},
		},
	}
	for _, size := range sizes {
		m := build(b, fleet(size.items, size.places))
		b.Run(size.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if len(m.Match(&a)) == 0 {
					b.Fatal("no match")
				}
			}
		})
	}
}

// fleetSize is how many items there are, and in how many places each product runs.
type fleetSize struct{ items, places int }

// sizes are those of companies, and the hardest of each: no product twice.
var sizes = []fleetSize{{1_000, 10}, {100_000, 10}, {1_000_000, 10}, {100_000, 1}, {1_000_000, 1}}

func (s fleetSize) String() string {
	if s.places == 1 {
		return fmt.Sprint(s.items, " distinct")
	}
	return fmt.Sprint(s.items)
}

func BenchmarkBuild(b *testing.B) {
	for _, size := range sizes {
		b.Run(size.String(), func(b *testing.B) { benchmarkBuild(b, fleet(size.items, size.places)) })
	}
}

// benchmarkBuild also reports what the index takes beside the items.
func benchmarkBuild(b *testing.B, items []inventory.Item) {
	var before, after runtime.MemStats
	var m *Matcher
	for b.Loop() {
		m = nil
		runtime.GC()
		runtime.ReadMemStats(&before)
		m = build(b, items)
		runtime.GC()
		runtime.ReadMemStats(&after)
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(len(items)), "heap-B/item")
	runtime.KeepAlive(m)
}
