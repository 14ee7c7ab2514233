package main

import (
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"hansho/advisory"
	"hansho/inventory"
	"hansho/match"
	"hansho/match/cpe"
	"hansho/vendors"
)

// everyDescription is which of NVD's entries are read, one of so many by hash, and
// versionsEach how many versions of a product stand in the inventory.
const (
	everyDescription = 4
	versionsEach     = 6
)

// heard counts what English descriptions alone say of running versions, against
// what NVD's configurations say of them.
type heard struct {
	affected, affectedWrong int // called affected; of these NVD leaves out the version
	silent, silentWrong     int // called not affected; of these NVD holds the version
	possible                int // left open
}

// versionsHeard tests the versions that stand in NVD's ranges against NVD's
// descriptions. Only items that the configuration is about are counted.
func versionsHeard(d data) (heard, error) {
	advisories, err := d.described()
	if err != nil {
		return heard{}, err
	}
	identified, named := versioned(advisories)
	truth, _ := match.New(identified)
	text, _ := match.New(named)
	var h heard
	for i := range advisories {
		held := map[string]match.Verdict{}
		for _, m := range truth.Match(&advisories[i]) {
			held[m.Item] = m.Verdict
		}
		for _, m := range text.Match(&advisory.Advisory{ID: advisories[i].ID, Summary: advisories[i].Summary}) {
			if v, ok := held[m.Item]; ok {
				h.count(m.Verdict, v)
			}
		}
	}
	return h, nil
}

func (h *heard) count(told, held match.Verdict) {
	switch {
	case told == match.Affected:
		h.affected++
		if held.Silent() {
			h.affectedWrong++
		}
	case told.Silent():
		h.silent++
		if !held.Silent() {
			h.silentWrong++
		}
	default:
		h.possible++
	}
}

// print writes the figures as the table's last line.
func (h heard) print(w io.Writer) {
	fmt.Fprintf(w, "\nversions in NVD's descriptions: %d affected (NVD's ranges leave out %d), %d not affected (NVD's ranges hold %d), %d left open\n",
		h.affected, h.affectedWrong, h.silent, h.silentWrong, h.possible)
}

// described reads entries of NVD with one configuration.
func (d data) described() ([]advisory.Advisory, error) {
	years, err := filepath.Glob(filepath.Join(d.dir, "nvd", "nvdcve-1.1-*.json.gz"))
	if err != nil {
		return nil, err
	}
	var out []advisory.Advisory
	for _, path := range years {
		f, err := d.open("nvd/" + filepath.Base(path))
		if err != nil {
			return nil, err
		}
		err = vendors.ReadNVD(f, func(a advisory.Advisory, err error) bool {
			if err == nil && len(a.Configs) == 1 && hashed(a.ID)%everyDescription == 0 {
				out = append(out, a)
			}
			return true
		})
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return out, nil
}

// versioned makes items of the products and versions in configurations, once by
// CPE and once by name.
func versioned(advisories []advisory.Advisory) (identified, named []inventory.Item) {
	products := map[cpe.Name]map[string]bool{}
	for i := range advisories {
		gatherVersions(products, advisories[i].Configs)
	}
	order := func(a, b cpe.Name) int { return strings.Compare(a.String(), b.String()) }
	for _, n := range slices.SortedFunc(maps.Keys(products), order) {
		for i, v := range slices.Sorted(maps.Keys(products[n])) {
			if i == versionsEach {
				break
			}
			id := strings.Replace(n.String(), ":*:", ":"+v+":", 1)
			identified = append(identified, inventory.Item{ID: id, CPE: id})
			named = append(named, inventory.Item{ID: id, Vendor: spoken(n.Get(cpe.Vendor)), Product: spoken(n.Get(cpe.Product)), Version: v})
		}
	}
	return identified, named
}

// gatherVersions collects the bounds of every product.
func gatherVersions(products map[cpe.Name]map[string]bool, configs []advisory.Config) {
	for _, c := range configs {
		for _, m := range c.Matches {
			n, err := cpe.Parse(m.CPE)
			if err != nil {
				continue
			}
			n = n.Product()
			for _, v := range []string{m.StartIncluding, m.StartExcluding, m.EndIncluding, m.EndExcluding} {
				if v == "" {
					continue
				}
				if products[n] == nil {
					products[n] = map[string]bool{}
				}
				products[n][v] = true
			}
		}
		gatherVersions(products, c.Children)
	}
}

// spoken is a word of a CPE as people write it.
func spoken(v cpe.Value) string {
	return strings.ReplaceAll(string(v), "_", " ")
}
