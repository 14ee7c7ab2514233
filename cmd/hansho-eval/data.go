package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"

	"hansho/advisory"
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

// document is a title with what it is about.
type document struct {
	Title    string    `json:"title"`
	CVEs     []string  `json:"cves"`
	Products []product `json:"products"`
}

// open opens a file; .gz reads as what it holds.
func (d data) open(name string) (io.ReadCloser, error) {
	f, err := os.Open(filepath.Join(d.dir, name))
	if err != nil || !strings.HasSuffix(name, ".gz") {
		return f, err
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return struct {
		io.Reader
		io.Closer
	}{z, f}, nil
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
func (d data) alertTitles() ([]document, error) {
	rows, err := d.rows("ja/jpcert-alert-titles-dev.tsv")
	if err != nil {
		return nil, err
	}
	wanted := map[string][]product{}
	for _, r := range rows {
		if len(r) > 2 && r[2] != "" {
			for _, cve := range strings.Split(r[2], ",") {
				wanted[cve] = nil
			}
		}
	}
	if err := d.cpes(wanted); err != nil {
		return nil, err
	}
	var out []document
	for _, r := range rows {
		doc := document{Title: r[1]}
		if len(r) > 2 {
			for _, cve := range strings.Split(r[2], ",") {
				doc.Products = append(doc.Products, wanted[cve]...)
			}
		}
		if len(doc.Products) > 0 {
			out = append(out, doc)
		}
	}
	return out, nil
}

// cpes fills in what NVD says of the CVEs that are keys of wanted.
func (d data) cpes(wanted map[string][]product) error {
	years, err := filepath.Glob(filepath.Join(d.dir, "nvd", "nvdcve-1.1-*.json.gz"))
	if err != nil {
		return err
	}
	for _, path := range years {
		f, err := d.open("nvd/" + filepath.Base(path))
		if err != nil {
			return err
		}
		err = vendors.ReadNVD(f, func(a advisory.Advisory, err error) bool {
			if err == nil {
				if _, ok := wanted[a.CVEs[0]]; ok {
					for _, c := range a.Configs {
						wanted[a.CVEs[0]] = appendCPEs(wanted[a.CVEs[0]], c)
					}
				}
			}
			return true
		})
		f.Close()
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
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

// list is a product list of the Log4Shell days.
type list struct {
	name string
	rows []product
}

// productLists reads CISA's tables: vendor and product in the first two columns.
func (d data) productLists() ([]list, error) {
	paths, err := filepath.Glob(filepath.Join(d.dir, "log4shell", "cisagov-lists", "software_list_*.md"))
	if err != nil {
		return nil, err
	}
	out := list{name: "CISA Log4Shell list, own rows"}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		out.rows = append(out.rows, tableRows(string(text))...)
	}
	return []list{out}, nil
}

// tableRows reads the Markdown table whose first column is the vendor.
func tableRows(text string) []product {
	var out []product
	inside := false
	for line := range strings.Lines(text) {
		cells := strings.Split(line, "|")
		if len(cells) < 4 {
			inside = false
			continue
		}
		vendor, name := strings.TrimSpace(cells[1]), strings.TrimSpace(cells[2])
		switch {
		case vendor == "Vendor":
			inside = true
		case inside && vendor != "" && name != "" && !strings.HasPrefix(vendor, "--") && !strings.HasPrefix(vendor, ":-"):
			out = append(out, product{Vendor: vendor, Product: name})
		}
	}
	return out
}
