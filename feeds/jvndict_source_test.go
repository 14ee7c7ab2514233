package feeds

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

// dictionaryServer answers getProductList over so many products.
func dictionaryServer(t *testing.T, total *int) Entry {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, _ := strconv.Atoi(r.FormValue("startItem"))
		limit, _ := strconv.Atoi(r.FormValue("maxCountItem"))
		var b strings.Builder
		b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><Result xmlns="http://jvndb.jvn.jp/myjvn/Results"><VendorInfo xml:lang="ja"><Vendor vname="架空" cpe="cpe:/:kaku" vid="1">`)
		for i := start; i < start+limit && i <= *total; i++ {
			fmt.Fprintf(&b, `<Product pname="製品%d" cpe="cpe:/a:kaku:p%d" pid="%d"/>`, i, i, i)
		}
		b.WriteString(`</Vendor></VendorInfo></Result>`)
		fmt.Fprint(w, b.String())
	}))
	t.Cleanup(srv.Close)
	return Entry{ID: "jvn-dictionary", Format: "jvn-dictionary", URL: srv.URL + "/myjvn?method=getProductList&feed=hnd"}
}

func TestDictionarySource(t *testing.T) {
	total := 2*dictionaryPage + 5
	e := dictionaryServer(t, &total)
	src, err := newDictionarySource(e, NewClient(Options{HostSpacing: -1}), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	b, c, err := src.Fetch(t.Context(), nil)
	if err != nil || len(b.Products) != total || b.Requests != 3 {
		t.Fatalf("first: %d products in %d requests, %v", len(b.Products), b.Requests, err)
	}
	if b, c, err = src.Fetch(t.Context(), c); !errors.Is(err, ErrUnchanged) || len(b.Products) != 0 {
		t.Fatalf("again: %d products, %v", len(b.Products), err)
	}
	total++
	if b, c, err = src.Fetch(t.Context(), c); err != nil || len(b.Products) != total {
		t.Fatalf("one more: %d products, %v", len(b.Products), err)
	}
	total = dictionaryPage
	kept := string(c)
	if _, c, err = src.Fetch(t.Context(), c); err == nil || string(c) != kept {
		t.Fatalf("half lost: %v, cursor %s", err, c)
	}
}
