package feeds

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// DictProduct is one product of the MyJVN product dictionary: the names by
// which JVN iPedia calls it, with its CPE.
type DictProduct struct {
	Vendor    string // マイクロソフト
	VendorEN  string // English name, where the dictionary has one
	VendorCPE string // cpe:/:microsoft; CPE 2.2, or 2.3 in the JSON forms
	Product   string // empty in a list of vendors
	ProductEN string
	CPE       string // cpe:/a:microsoft:access
}

// ParseDictionary reads the MyJVN product dictionary: the published feed
// (myjvn_product_*.rdf, myjvn_vendor_*.rdf) or an answer of getProductList or
// getVendorList, as XML or JSON. A list of vendors gives entries without a
// product. It reads a stream vendor by vendor; limit bounds its bytes.
func ParseDictionary(r io.Reader, limit int64) ([]DictProduct, []error) {
	if limit <= 0 {
		limit = DefaultMaxBytes
	}
	text, err := readText(r, Meta{Entry: Entry{MaxBytes: limit}})
	if err != nil {
		return nil, []error{fmt.Errorf("feeds: dictionary: %w", err)}
	}
	shape, err := Classify(text, ShapeXML, ShapeJSON)
	if err != nil {
		return nil, []error{fmt.Errorf("feeds: dictionary: %w", err)}
	}
	read := readDictionaryXML
	if shape == ShapeJSON {
		read = readDictionaryJSON
	}
	products, errs := read(text)
	for i, err := range errs {
		errs[i] = fmt.Errorf("feeds: dictionary: %w", err)
	}
	return products, errs
}

// dictVendor is one vendor of the XML form.
type dictVendor struct {
	Name     string `xml:"vname,attr"`
	CPE      string `xml:"cpe,attr"`
	Products []struct {
		Name string `xml:"pname,attr"`
		CPE  string `xml:"cpe,attr"`
	} `xml:"Product"`
}

func readDictionaryXML(text string) ([]DictProduct, []error) {
	if err := myJVNStatus(text); err != nil {
		return nil, []error{err}
	}
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict = false
	var (
		out  []DictProduct
		seen bool
	)
	for {
		tok, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return out, []error{&UnreadableError{Reason: ReasonBroken, Err: err}}
		}
		start, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		seen = seen || start.Name.Local == "VendorInfo"
		if start.Name.Local != "Vendor" {
			continue
		}
		var v dictVendor
		if err := d.DecodeElement(&v, &start); err != nil {
			return out, []error{&UnreadableError{Reason: ReasonBroken, Err: err}}
		}
		out = append(out, v.products()...)
	}
	if !seen {
		return nil, []error{&UnreadableError{Reason: ReasonFormat, Detail: "no VendorInfo"}}
	}
	return out, nil
}

func (v dictVendor) products() []DictProduct {
	vendor := DictProduct{Vendor: oneLine(v.Name), VendorCPE: strings.TrimSpace(v.CPE)}
	if len(v.Products) == 0 {
		return []DictProduct{vendor}
	}
	out := make([]DictProduct, 0, len(v.Products))
	for _, p := range v.Products {
		d := vendor
		d.Product, d.CPE = oneLine(p.Name), strings.TrimSpace(p.CPE)
		out = append(out, d)
	}
	return out
}

// dictJSON is the JSON form, whose outer key was seen with - and with _.
type dictJSON struct {
	Dash   *dictVendors `json:"jvn-product-dictionary"`
	Under  *dictVendors `json:"jvn_product_dictionary"`
	Status *myJVNState  `json:"status"`
}

type dictVendors struct {
	Vendors []struct {
		Name     string            `json:"vname"`
		Names    map[string]string `json:"vname_i18n"`
		NamesOld map[string]string `json:"vname_i18"`
		CPE      string            `json:"cpe"`
		Products []struct {
			Name  string            `json:"pname"`
			Names map[string]string `json:"pname_i18n"`
			IDs   many[struct {
				CPE string `json:"cpe"`
			}] `json:"product_ids"`
		} `json:"products"`
	} `json:"vendors"`
}

func readDictionaryJSON(text string) ([]DictProduct, []error) {
	var doc dictJSON
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		return nil, []error{&UnreadableError{Reason: ReasonBroken, Err: err}}
	}
	if err := doc.Status.err(); err != nil {
		return nil, []error{err}
	}
	list := doc.Dash
	if list == nil {
		list = doc.Under
	}
	if list == nil {
		return nil, []error{&UnreadableError{Reason: ReasonFormat, Detail: "JSON without a product dictionary"}}
	}
	var out []DictProduct
	for _, v := range list.Vendors {
		vendor := DictProduct{Vendor: oneLine(v.Name), VendorEN: firstOf(v.Names["en"], v.NamesOld["en"]), VendorCPE: v.CPE}
		if len(v.Products) == 0 {
			out = append(out, vendor)
		}
		for _, p := range v.Products {
			d := vendor
			d.Product, d.ProductEN = oneLine(p.Name), p.Names["en"]
			if len(p.IDs) > 0 {
				d.CPE = p.IDs[0].CPE
			}
			out = append(out, d)
		}
	}
	return out, nil
}
