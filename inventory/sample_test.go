package inventory_test

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"hansho/inventory"
	"hansho/inventory/dictionary"
)

// The sample that people start from must be without a fault, of every kind, and
// known to the dictionary wherever its products are public.
func TestSample(t *testing.T) {
	raw, err := os.ReadFile("../examples/inventory.yaml")
	if err != nil {
		t.Fatal(err)
	}
	inv, problems := inventory.Load("../examples/inventory.yaml")
	if len(problems) > 0 {
		t.Errorf("problems: %v", problems)
	}
	if n := strings.Count(string(raw), "  - id: "); n != len(inv.Items)+len(inv.Partners) {
		t.Errorf("%d entries in the file, %d items and %d partners read", n, len(inv.Items), len(inv.Partners))
	}
	kinds := map[inventory.Kind]int{}
	for _, it := range inv.Items {
		kinds[it.Kind]++
	}
	for _, k := range []inventory.Kind{inventory.KindServer, inventory.KindClient, inventory.KindNetwork, inventory.KindIoT, inventory.KindCloud, inventory.KindLibrary} {
		if kinds[k] < 3 {
			t.Errorf("%d items of kind %s", kinds[k], k)
		}
	}
	for _, f := range inventory.Check(inv.Items, dictionary.Builtin()) {
		if f.Known != inventory.Identified && f.Item != "IO-006" { // made by an invented company
			t.Errorf("%s is known %s only; near: %q", f.Item, f.Known, f.Nearest)
		}
	}
	ids := map[string]bool{}
	for _, it := range inv.Items {
		ids[it.ID] = true
	}
	for _, p := range inv.Partners {
		for _, id := range p.Items {
			tagged := slices.ContainsFunc(inv.Items, func(it inventory.Item) bool { return slices.Contains(it.Tags, id) })
			if !ids[id] && !tagged {
				t.Errorf("partner %s names %q, which is neither an item nor a tag", p.ID, id)
			}
		}
	}
	again, _ := inventory.Read("../examples/inventory.yaml", bytes.NewReader(raw))
	if len(again.Items) != len(inv.Items) {
		t.Errorf("Read gives %d items, Load %d", len(again.Items), len(inv.Items))
	}
}
