package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"hansho/advisory"
	"hansho/feeds"
	"hansho/vendors"
)

// data reads the captured documents below a folder.
type data struct{ dir string }

// product is one entry of a dictionary, a label or a list's row.
type product struct {
	Vendor  string `json:"vendor"`
	Product string `json:"product"`
	CPE     string `json:"cpe"`
}

// document is a title, perhaps with its text, and what it is about.
type document struct {
	Title    string    `json:"title"`
	Text     string    `json:"text"`
	CVEs     []string  `json:"cves"`
	Products []product `json:"products"`
}

// open opens a file; .gz and .zst read as what they hold.
func (d data) open(name string) (io.ReadCloser, error) {
	f, err := os.Open(filepath.Join(d.dir, name))
	if err != nil {
		return nil, err
	}
	var r io.Reader = f
	switch filepath.Ext(name) {
	case ".gz":
		r, err = gzip.NewReader(f)
	case ".zst":
		r, err = zstd.NewReader(f)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return struct {
		io.Reader
		io.Closer
	}{r, f}, nil
}

// rows reads a tab-separated file without its heading.
func (d data) rows(name string) ([][]string, error) {
	f, err := d.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	rows, err := r.ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return rows[1:], nil
}

func (d data) dictionary() ([]product, error) {
	rows, err := d.rows("ja/jvn-dictionary/products.tsv.gz")
	var out []product
	for _, r := range rows {
		if len(r) >= 6 {
			out = append(out, product{Vendor: r[2], Product: r[4], CPE: r[5]})
		}
	}
	return out, err
}

func (d data) labelled() ([]document, error) {
	f, err := d.open("ja/labelled-dev.jsonl")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []document
	dec := json.NewDecoder(bufio.NewReader(f))
	for {
		var doc document
		if err := dec.Decode(&doc); err == io.EOF {
			return out, nil
		} else if err != nil {
			return nil, fmt.Errorf("labelled: entry %d: %w", len(out), err)
		}
		out = append(out, doc)
	}
}

// alertTitles reads JPCERT's titles, labelled with the CPEs that NVD gives for
// their CVEs. Titles none of whose CVEs NVD has here are left out.
func (d data) alertTitles(cves map[string][]product) ([]document, error) {
	rows, err := d.rows("ja/jpcert-alert-titles-dev.tsv")
	if err != nil {
		return nil, err
	}
	var out []document
	for _, r := range rows {
		doc := document{Title: r[1]}
		if len(r) > 2 {
			for _, cve := range strings.Split(r[2], ",") {
				doc.Products = append(doc.Products, cves[cve]...)
			}
		}
		if len(doc.Products) > 0 {
			out = append(out, doc)
		}
	}
	return out, nil
}

// cves reads what products NVD's years give for each CVE, by CPE vendor and
// product.
func (d data) cves() (map[string][]product, error) {
	years, err := filepath.Glob(filepath.Join(d.dir, "nvd", "nvdcve-1.1-*.json.gz"))
	if err != nil {
		return nil, err
	}
	out := map[string][]product{}
	for _, path := range years {
		f, err := d.open("nvd/" + filepath.Base(path))
		if err != nil {
			return nil, err
		}
		err = vendors.ReadNVD(f, func(a advisory.Advisory, err error) bool {
			if err == nil {
				out[a.CVEs[0]] = vulnerable(a.Configs)
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

// vulnerable lists the products of configurations, each once.
func vulnerable(configs []advisory.Config) []product {
	var list []product
	for _, c := range configs {
		list = appendCPEs(list, c)
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(list, func(p product) bool {
		known := seen[cpeKey(p.CPE)]
		seen[cpeKey(p.CPE)] = true
		return known
	})
}

func appendCPEs(list []product, c advisory.Config) []product {
	for _, m := range c.Matches {
		if m.Vulnerable {
			list = append(list, product{CPE: m.CPE})
		}
	}
	for _, child := range c.Children {
		list = appendCPEs(list, child)
	}
	return list
}

// exploited reads CISA's KEV: English titles, each with its maker and product.
func (d data) exploited() ([]document, error) {
	paths, err := filepath.Glob(filepath.Join(d.dir, "kev", "kev_2*.json.zst"))
	if err != nil || len(paths) == 0 {
		return nil, err
	}
	f, err := d.open("kev/" + filepath.Base(slices.Max(paths)))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	list, errs := feeds.ParseKEV(f, feeds.Meta{})
	if len(errs) > 0 {
		return nil, errs[0]
	}
	out := make([]document, len(list))
	for i, a := range list {
		out[i] = document{Title: a.Title, CVEs: a.CVEs}
		for _, p := range a.Products {
			out[i].Products = append(out[i].Products, product{Vendor: p.Vendor, Product: p.Product})
		}
	}
	return out, nil
}

// list is a product list of the Log4Shell days.
type list struct {
	name  string
	short string // whose it is
	rows  []product
}

// productLists reads CISA's tables: vendor and product in the first two columns.
func (d data) productLists() ([]list, error) {
	paths, err := filepath.Glob(filepath.Join(d.dir, "log4shell", "cisagov-lists", "software_list_*.md"))
	if err != nil {
		return nil, err
	}
	out := list{name: "CISA Log4Shell list, own rows", short: "CISA"}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		out.rows = append(out.rows, tableRows(string(text))...)
	}
	ncsc, err := d.ncsc()
	return []list{out, ncsc}, err
}

// tableRows reads the Markdown table whose first column is the vendor.
func tableRows(text string) []product {
	var out []product
	inside := false
	for line := range strings.Lines(text) {
		cells := strings.Split(html.UnescapeString(line), "|")
		if len(cells) < 4 {
			inside = false
			continue
		}
		vendor, name := strings.TrimSpace(cells[1]), strings.TrimSpace(cells[2])
		switch {
		case vendor == "Vendor" || vendor == "Supplier":
			inside = true
		case inside && vendor != "" && name != "" && !strings.HasPrefix(vendor, "--") && !strings.HasPrefix(vendor, ":-"):
			out = append(out, product{Vendor: vendor, Product: name})
		}
	}
	return out
}
