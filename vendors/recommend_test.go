package vendors

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hansho/feeds"
)

type aliases map[string][]string

func (a aliases) Aliases(name string) []string { return a[name] }

var wanted = []Wanted{
	{ID: "fw", Vendor: "フォーティネット", Product: "FortiGate 60F"},
	{ID: "sw", Name: "Cisco Catalyst 9300"},
	{ID: "web", CPE: "cpe:2.3:a:f5:nginx:1.20.1:*:*:*:*:*:*:*"},
	{ID: "lib", PURL: "pkg:golang/golang.org/x/net@v0.1.0"},
	{ID: "gw", Vendor: "NEC", Product: "UNIVERGE IX"},
	{ID: "own", Name: "受発注システム"},
}

func TestCover(t *testing.T) {
	entries := catalogue(t)
	known := aliases{"フォーティネット": {"fortinet"}}
	got := map[string]Coverage{}
	for _, c := range Cover(entries, wanted, known) {
		got[c.Item] = c
	}
	for id, could := range map[string][]string{
		"fw": {"fortinet"}, "sw": {"cisco", "cisco-csaf"}, "web": nil, "lib": {"osv"}, "gw": nil, "own": nil,
	} {
		if diff := cmp.Diff(could, got[id].Could); diff != "" {
			t.Errorf("%s could be covered by: %s", id, diff)
		}
	}
	if gw := got["gw"]; gw.Blind() || !cmp.Equal(gw.By, []string{"jvn", "jvndb"}) || len(gw.Pages) != 1 || gw.Pages[0].ID != "nec" {
		t.Errorf("NEC's maker has no feed and JVN speaks for it: %+v", gw)
	}
	if web := got["web"]; !web.Blind() || len(web.Pages) == 0 || web.Pages[0].ID != "f5" {
		t.Errorf("nginx: %+v", web)
	}
	if own := got["own"]; !own.Blind() || len(own.General) < 5 {
		t.Errorf("a system of our own is covered by the general sources alone: %+v", own)
	}
}

func TestRecommend(t *testing.T) {
	entries := []feeds.Entry{
		{ID: "a", Covers: []string{"akane"}},
		{ID: "b", Covers: []string{"benten", "akane ledger"}},
		{ID: "on", Covers: []string{"akane"}, Enabled: true},
		{ID: "none", Covers: []string{"akane"}, Format: FormatNone},
		{ID: "list", Covers: []string{"akane"}, Format: productListFormat},
		{ID: "all", Covers: []string{"*"}},
	}
	items := []Wanted{
		{ID: "1", Vendor: "Akane", Product: "Ledger"},
		{ID: "2", Vendor: "Benten", Product: "Mail"},
		{ID: "3", Vendor: "AkaneKo", Product: "Other"},
		{ID: "4", Product: "x", Aliases: []string{"Benten Mail"}},
	}
	var got []string
	for _, r := range Recommend(entries, items, nil) {
		got = append(got, r.Entry.ID)
		got = append(got, r.Items...)
	}
	if diff := cmp.Diff([]string{"b", "1", "2", "4", "a", "1"}, got); diff != "" {
		t.Error(diff)
	}
}
