package dictionary_test

import (
	"bufio"
	"strings"
	"testing"

	"hansho/internal/realdata"
	"hansho/inventory/dictionary"
)

// jvn reads the products of JVN iPedia's dictionary.
func jvn(t testing.TB) []dictionary.Product {
	t.Helper()
	var out []dictionary.Product
	sc := bufio.NewScanner(realdata.Open(t, "ja/jvn-dictionary/products.tsv.gz"))
	for sc.Scan() {
		if f := strings.Split(sc.Text(), "\t"); len(f) == 6 && f[0] != "vid" {
			out = append(out, dictionary.Product{Vendor: f[2], VendorCPE: f[3], Name: f[4], CPE: f[5]})
		}
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// Every product of the real dictionary, asked for by its maker and name, must
// be found; and with one character left out, suggested.
func TestRealDictionary(t *testing.T) {
	products := jvn(t)
	d := dictionary.Builtin()
	d.Add(products)
	var lost, asked, first, five int
	for i, p := range products {
		if len(d.ProductAliases(p.Vendor, p.Name)) == 0 && len(d.Lookup(p.Vendor+" "+p.Name)) == 0 && len(d.Lookup(p.Name)) == 0 {
			if lost++; lost <= 5 {
				t.Logf("not found: %s %s", p.Vendor, p.Name)
			}
		}
		name := []rune(p.Name)
		if i%400 != 0 || len(name) < 6 {
			continue
		}
		asked++
		typed := string(name[:3]) + string(name[4:])
		for j, s := range d.Suggest(typed, 5) {
			if s.Matched == p.Name || strings.EqualFold(s.Matched, p.Name) {
				five++
				if j == 0 {
					first++
				}
				break
			}
		}
	}
	t.Logf("%d products; not found %d; of %d typed with a character missing, first %d, among five %d", len(products), lost, asked, first, five)
	if lost > len(products)/1000 {
		t.Errorf("%d of %d products aren't found by their own name", lost, len(products))
	}
	if five < asked*9/10 {
		t.Errorf("%d of %d misspelt names are suggested", five, asked)
	}
}

func BenchmarkSuggest(b *testing.B) {
	d := dictionary.Builtin()
	d.Add(jvn(b))
	d.Suggest("warm", 1)
	for b.Loop() {
		d.Suggest("Microsft Exchange Sever", 10)
	}
}

func BenchmarkAdd(b *testing.B) {
	products := jvn(b)
	for b.Loop() {
		dictionary.Builtin().Add(products)
	}
}
