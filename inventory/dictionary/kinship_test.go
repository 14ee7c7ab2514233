package dictionary

import (
	"slices"
	"testing"
)

func TestNearAliasesAreOfProductsApart(t *testing.T) {
	d := Builtin()
	for _, c := range []struct{ vendor, product, near, same string }{
		{"Apple", "iOS", "iPhone", "Apple iOS"},
		{"アップル", "iPhone", "iOS", ""},
		{"Apple", "Apple iPhone", "iOS", ""},
		{"Adobe", "Acrobat", "", "Acrobat DC"},
		{"Fortinet", "FortiGate 100F", "FortiOS", ""},
		{"Fortinet", "FortiGate", "FortiOS", ""},
		{"Macromedia", "Flash Player", "Adobe Flash Player", ""}, // its maker went to Adobe
		{"Apache", "httpd", "", "Apache HTTP Server"},
		{"Microsoft", "IE", "", "Internet Explorer"},
	} {
		all, near := d.ProductAliases(c.vendor, c.product), d.NearAliases(c.vendor, c.product)
		if c.near != "" && (!slices.Contains(all, c.near) || !slices.Contains(near, c.near)) {
			t.Errorf("%s %s: %q isn't near: %q of %q", c.vendor, c.product, c.near, near, all)
		}
		if c.same != "" && (!slices.Contains(all, c.same) || slices.Contains(near, c.same)) {
			t.Errorf("%s %s: %q isn't the same: near are %q of %q", c.vendor, c.product, c.same, near, all)
		}
	}
}

func TestVendorNamesAreItsOwn(t *testing.T) {
	d := Builtin()
	if got := d.VendorNames("VMware"); !slices.Contains(got, "ヴイエムウェア") || slices.Contains(got, "Broadcom") {
		t.Errorf("VMware's own names: %q", got)
	}
	if got := d.VendorNames("no such maker"); len(got) > 0 {
		t.Errorf("a maker that isn't known: %q", got)
	}
}

func TestWellKnownIsOfThatVeryMaker(t *testing.T) {
	d := Builtin()
	d.Add([]Product{{Vendor: "サムスン", VendorCPE: "samsung", Name: "Android", CPE: "cpe:/o:samsung:android"}})
	for _, c := range []struct {
		vendor, product string
		want            bool
	}{
		{"Google", "Android", true},
		{"グーグル", "Android", true},
		{"サムスン", "Android", false},
		{"Oracle", "Solaris", true},
		{"", "Android", false},
		{"Google", "no such product", false},
	} {
		if got := d.WellKnown(c.vendor, c.product); got != c.want {
			t.Errorf("WellKnown(%q, %q) = %v", c.vendor, c.product, got)
		}
	}
}
