//go:build !race

package main

import (
	"testing"

	"hansho/internal/realdata"
)

// TestCrossedLists holds the matcher to what it reached between two lists that
// strangers wrote. By hand, two of the pairs beyond the plain spelling are wrong
// in each direction.
func TestCrossedLists(t *testing.T) {
	if testing.Short() {
		t.Skip("reads every revision of a list")
	}
	lists, err := data{dir: realdata.Dir(t)}.productLists()
	if err != nil {
		t.Fatal(err)
	}
	for i, items := range lists {
		sc := crossed(items, lists[1-i])
		if p, r := sc.precision(), sc.recall(); p < 0.96 || r < 0.98 || sc.docs < 2000 {
			t.Errorf("%s: %d documents, precision %.3f, recall %.3f", sc.set, sc.docs, p, r)
		}
	}
}

func TestPlainKey(t *testing.T) {
	for _, c := range []struct {
		a, b product
		same bool
	}{
		{product{Vendor: "Example Inc.", Product: "Example® Server (on-prem)"}, product{Vendor: "example", Product: "Server"}, true},
		{product{Vendor: "[Example](https://example.com)", Product: "Web-Server"}, product{Vendor: "Example", Product: "web server"}, true},
		{product{Vendor: "Example", Product: "Server"}, product{Vendor: "Example", Product: "Server 2"}, false},
		{product{Vendor: "Example", Product: "Server"}, product{Vendor: "Other", Product: "Server"}, false},
	} {
		if got := plainKey(c.a) == plainKey(c.b); got != c.same {
			t.Errorf("%v and %v: %v", c.a, c.b, got)
		}
	}
}
