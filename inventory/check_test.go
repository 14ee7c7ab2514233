package inventory_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hansho/inventory"
	"hansho/inventory/dictionary"
)

func TestCheck(t *testing.T) {
	items := []inventory.Item{
		{ID: "cpe", CPE: "cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*"},
		{ID: "purl", PURL: "pkg:npm/left-pad@1.0.0"},
		{ID: "known", Vendor: "アパッチ", Product: "tomcat", Version: "9"},
		{ID: "edition", Product: "Windows 10 Pro"},
		{ID: "name is known", Name: "kintone"},
		{ID: "inside", Name: "受発注システム", Contains: []string{"Apache Log4j 2.14.1"}},
		{ID: "by name", Vendor: "あけぼの開発", Product: "勤怠くん", Version: "3"},
		{ID: "misspelt", Vendor: "サイボーズ", Product: "ガルウン"},
		{ID: "of another maker", Vendor: "あけぼの開発", Product: "Tomcat"},
		{ID: "a kind only", Vendor: "富士通", Product: "ノートPC"},
		{ID: "own name only", Name: "会計"},
	}
	nearest := map[string][]string{}
	var got []inventory.Finding
	for _, f := range inventory.Check(items, dictionary.Builtin()) {
		nearest[f.Item] = f.Nearest
		f.Nearest = nil
		got = append(got, f)
	}
	want := []inventory.Finding{
		{Item: "cpe", Known: inventory.Identified, By: "cpe", Version: true},
		{Item: "purl", Known: inventory.Identified, By: "purl", Version: true},
		{Item: "known", Known: inventory.Identified, By: "dictionary", Version: true},
		{Item: "edition", Known: inventory.Identified, By: "dictionary"},
		{Item: "name is known", Known: inventory.Identified, By: "dictionary"},
		{Item: "inside", Known: inventory.Identified, By: "contains", Version: true},
		{Item: "by name", Known: inventory.ByName, Version: true},
		{Item: "misspelt", Known: inventory.ByName},
		{Item: "of another maker", Known: inventory.ByName},
		{Item: "a kind only", Known: inventory.TooVague},
		{Item: "own name only", Known: inventory.TooVague},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n := nearest["misspelt"]; len(n) == 0 || n[0] != "Cybozu Garoon" {
		t.Errorf("nearest to サイボーズ ガルウン: %q", n)
	}
}
