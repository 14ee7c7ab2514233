package feeds

import (
	"bytes"
	"encoding/json"

	"hansho/advisory"
)

// many reads a JSON value that converters from XML write bare where there is
// one and as a list where there are several.
type many[T any] []T

// UnmarshalJSON reads one value or a list of them.
func (m *many[T]) UnmarshalJSON(b []byte) error {
	if b = bytes.TrimSpace(b); len(b) > 0 && b[0] == '[' {
		return json.Unmarshal(b, (*[]T)(m))
	}
	var one T
	if err := json.Unmarshal(b, &one); err != nil {
		return err
	}
	*m = many[T]{one}
	return nil
}

// xmlText is an element with attributes, which converters write as an object
// with its text, or as a bare string where it has none.
type xmlText string

// UnmarshalJSON reads a string, or the text of an object.
func (x *xmlText) UnmarshalJSON(b []byte) error {
	var o struct {
		Text string `json:"text"`
	}
	if json.Unmarshal(b, &o) == nil {
		*x = xmlText(o.Text)
		return nil
	}
	var s string
	err := json.Unmarshal(b, &s)
	*x = xmlText(s)
	return err
}

// convertedVulinfo is a VULDEF entry as converters of XML write it in JSON.
type convertedVulinfo struct {
	Title       string `json:"title"`
	Description struct {
		Overview string `json:"overview"`
	} `json:"vulinfodescription"`
	Affected struct {
		Items many[struct {
			Name     string       `json:"name"`
			Product  string       `json:"productname"`
			CPE      xmlText      `json:"cpe"`
			Versions many[string] `json:"versionnumber"`
		}] `json:"affecteditem"`
	} `json:"affected"`
	Impact struct {
		CVSS many[struct {
			Version string `json:"version"`
			Base    string `json:"base"`
			Vector  string `json:"vector"`
		}] `json:"cvss"`
	} `json:"impact"`
	Solution struct {
		Items many[struct {
			Description string `json:"description"`
		}] `json:"solutionitem"`
	} `json:"solution"`
	Related struct {
		Items many[struct {
			Type string `json:"type"`
			Name string `json:"name"`
			ID   string `json:"vulinfoid"`
			URL  string `json:"url"`
		}] `json:"relateditem"`
	} `json:"related"`
	History struct {
		Items many[struct {
			Date string `json:"datetime"`
			Text string `json:"description"`
		}] `json:"historyitem"`
	} `json:"history"`
	First  string `json:"datefirstpublished"`
	Last   string `json:"datelastupdated"`
	Public string `json:"datepublic"`
}

// parseConverted reads a VULDEF entry that was converted from XML to JSON.
func parseConverted(id string, data json.RawMessage, doc Meta, source string) (advisory.Advisory, error) {
	var c convertedVulinfo
	if err := json.Unmarshal(data, &c); err != nil {
		return advisory.Advisory{}, &UnreadableError{Reason: ReasonBroken, Err: err}
	}
	v := vulinfo{ID: id}
	d := &v.Data
	d.Title, d.Overview, d.First, d.Last, d.Public = c.Title, c.Description.Overview, c.First, c.Last, c.Public
	for _, s := range c.Solution.Items {
		d.Solution = append(d.Solution, s.Description)
	}
	for _, x := range c.Affected.Items {
		d.Affected = append(d.Affected, affectedItem{Name: x.Name, Product: x.Product, CPE: string(x.CPE), Versions: x.Versions})
	}
	for _, x := range c.Impact.CVSS {
		d.CVSS = append(d.CVSS, vulinfoCVSS(x))
	}
	for _, x := range c.Related.Items {
		d.Related = append(d.Related, relatedItem(x))
	}
	for _, x := range c.History.Items {
		d.History = append(d.History, historyItem(x))
	}
	return v.advisory(doc, source)
}
