package match

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"hansho/advisory"
	"hansho/inventory"
)

// lore is Names that also know which names are looser.
type lore struct {
	aliases
	own, near map[string][]string
	known     map[string]bool // vendor/product
}

func (l lore) VendorNames(name string) []string       { return l.own[name] }
func (l lore) NearAliases(_, product string) []string { return l.near[product] }
func (l lore) Maker(string) string                    { return "" }
func (l lore) WellKnown(vendor, product string) bool  { return l.known[vendor+"/"+product] }

// descent knows that Newco took over Oldco, that a Phone runs PhoneOS, and who makes
// Droid.
func descent() lore {
	return lore{
		aliases: aliases{
			"Newco": {"ニューコ", "Oldco"}, "Oldco": {"Newco", "ニューコ"},
			"PhoneOS": {"Phone"}, "Phone": {"PhoneOS"},
			"Web Server": {"webd"}, "webd": {"Web Server"},
		},
		own:   map[string][]string{"Newco": {"ニューコ"}},
		near:  map[string][]string{"PhoneOS": {"Phone"}, "Phone": {"PhoneOS"}},
		known: map[string]bool{"Newco/Droid": true},
	}
}

func TestWhoIsMeantAmongNamesakes(t *testing.T) {
	item := func(vendor, product string) inventory.Item {
		return inventory.Item{ID: vendor + "/" + product, Vendor: vendor, Product: product}
	}
	for _, c := range []struct {
		why, title string
		items      []inventory.Item
		want       string
	}{
		{
			"the maker named, not the one that it took over", "ニューコの Vaultkeeper における脆弱性",
			[]inventory.Item{item("Newco", "Vaultkeeper"), item("Oldco", "Vaultkeeper")},
			"Newco/Vaultkeeper",
		},
		{
			"a product that is only known under the former maker", "ニューコの Vaultkeeper における脆弱性",
			[]inventory.Item{item("Oldco", "Vaultkeeper")},
			"Oldco/Vaultkeeper",
		},
		{
			"one maker, spelled in two ways, has one product", "ニューコの Vaultkeeper における脆弱性",
			[]inventory.Item{item("Newco", "Vaultkeeper"), item("Newco, Inc.", "Newco Vaultkeeper")},
			"Newco, Inc./Newco Vaultkeeper Newco/Vaultkeeper",
		},
		{
			"a name that may be another product's gives way to the product of that name", "Newco PhoneOS の脆弱性",
			[]inventory.Item{item("Newco", "PhoneOS"), item("Newco", "Phone")},
			"Newco/PhoneOS",
		},
		{
			"and stands for it where there is none", "Newco PhoneOS の脆弱性",
			[]inventory.Item{item("Newco", "Phone")},
			"Newco/Phone",
		},
		{
			"other names of one product are as good as its own", "Newco Web Server の脆弱性",
			[]inventory.Item{item("Newco", "Web Server"), item("Newco", "webd")},
			"Newco/Web Server Newco/webd",
		},
		{
			"without a maker, whom everybody knows by the name", "Droid における脆弱性",
			[]inventory.Item{item("Newco", "Droid"), item("Elsewhere", "Droid")},
			"Newco/Droid",
		},
		{
			"JVN iPedia leaves a maker out that is called as the product", "Spindleにおける脆弱性",
			[]inventory.Item{item("Spindle プロジェクト", "Spindle"), item("Elsewhere", "Spindle")},
			"Spindle プロジェクト/Spindle",
		},
		{
			"others leave out any", "Spindle における脆弱性",
			[]inventory.Item{item("Spindle プロジェクト", "Spindle"), item("Elsewhere", "Spindle")},
			"Elsewhere/Spindle Spindle プロジェクト/Spindle",
		},
		{
			"a maker's name inside another's", "Institute of Newco製Vaultkeeper に複数の脆弱性",
			[]inventory.Item{item("Newco", "Vaultkeeper"), item("Institute of Newco", "Vaultkeeper")},
			"Institute of Newco/Vaultkeeper",
		},
		{
			"nothing tells who: both may be", "Vaultkeeper における脆弱性",
			[]inventory.Item{item("Elsewhere", "Vaultkeeper"), item("Somewhere", "Vaultkeeper")},
			"Elsewhere/Vaultkeeper Somewhere/Vaultkeeper",
		},
		{
			"a name without its number means the releases", "Newco Vaultkeeper の脆弱性",
			[]inventory.Item{item("Newco", "Vaultkeeper 10"), item("Newco", "Vaultkeeper 2019")},
			"Newco/Vaultkeeper 10 Newco/Vaultkeeper 2019",
		},
		{
			"but no model of the line", "Newco Copystation の脆弱性",
			[]inventory.Item{item("Newco", "Copystation 232")},
			"",
		},
		{
			"releases of another maker's", "Vaultkeeper の脆弱性",
			[]inventory.Item{item("Newco", "Vaultkeeper"), item("Elsewhere", "Vaultkeeper 5")},
			"Newco/Vaultkeeper",
		},
		{
			"an item without a maker may be anybody's", "Droid における脆弱性",
			[]inventory.Item{item("Newco", "Droid"), item("", "Droid")},
			"/Droid Newco/Droid",
		},
		{
			"with the maker named too", "Newco Vaultkeeper における脆弱性",
			[]inventory.Item{item("Newco", "Vaultkeeper"), item("", "Vaultkeeper 5")},
			"/Vaultkeeper 5 Newco/Vaultkeeper",
		},
		{
			"who went to the maker whom everybody knows", "Droid における脆弱性",
			[]inventory.Item{item("Newco", "Droid"), item("Oldco", "Droid"), item("Elsewhere", "Droid")},
			"Newco/Droid Oldco/Droid",
		},
		{
			"a list whose first product isn't in the inventory", "Newco Phone and Viewer の脆弱性",
			[]inventory.Item{item("Newco", "Viewer"), item("Elsewhere", "Viewer")},
			"Newco/Viewer",
		},
		{
			"a maker by its full name", "Newco Software, Inc.のVaultkeeperにおける脆弱性",
			[]inventory.Item{item("Newco", "Vaultkeeper"), item("Elsewhere", "Vaultkeeper")},
			"Newco/Vaultkeeper",
		},
		{
			"a model with what it is", "Newco VK9000 の脆弱性",
			[]inventory.Item{item("Newco", "VK9000 Gigabit VPN Router"), item("Newco", "VK9000 無線LANルーター"), item("Newco", "VK9000 Manager")},
			"Newco/VK9000 Gigabit VPN Router Newco/VK9000 無線LANルーター",
		},
		{
			"a maker's name with a hyphen is part of the product's", "Newco Expedition OS Command Injection Vulnerability",
			[]inventory.Item{item("Newco", "Newco-OS"), item("Newco", "Expedition")},
			"Newco/Expedition",
		},
	} {
		m := build(t, c.items, WithNames(descent()))
		got := strings.Join(slices.Sorted(maps.Keys(verdicts(m.Match(&advisory.Advisory{Title: c.title})))), " ")
		if got != c.want {
			t.Errorf("%s: %s\n got %q\nwant %q", c.why, c.title, got, c.want)
		}
	}
}

// TestTitleThatIsAClaim: what stands inside the name of a list's row is no mention.
func TestTitleThatIsAClaim(t *testing.T) {
	m := build(t, officeItems())
	row := advisory.ProductStatus{Vendor: "Example", Product: "public services: Firefox, Vim", Status: advisory.StatusAffected}
	if got := m.Match(&advisory.Advisory{Title: "Example public services: Firefox, Vim", Products: []advisory.ProductStatus{row}}); len(got) > 0 {
		t.Errorf("a row's own name met %v", got)
	}
	if got := m.Match(&advisory.Advisory{Title: "Firefox の脆弱性", Products: []advisory.ProductStatus{row}}); len(got) != 1 {
		t.Errorf("a title beside a claim: %v, want Firefox", got)
	}
}
