package inventory

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strings"
)

// sniffJSON notes the top-level keys of a JSON object, unwrapping the envelope
// that GitHub's API puts round an SBOM.
func (d *doc) sniffJSON() {
	if !strings.HasPrefix(strings.TrimSpace(d.text), "{") {
		return
	}
	if json.Unmarshal([]byte(d.text), &d.json) != nil {
		d.json = nil
		return
	}
	if inner := d.json["sbom"]; len(d.json) == 1 && len(inner) > 0 && inner[0] == '{' {
		d.text = string(inner)
		d.json = nil
		_ = json.Unmarshal(inner, &d.json) // valid, as a part of what was
	}
}

// wingetExport is what winget export writes.
type wingetExport struct {
	Sources []struct {
		Packages []struct {
			PackageIdentifier, Version string
		}
	}
}

func looksWingetExport(d *doc) bool { return d.json["Sources"] != nil }

func readWingetExport(d *doc) {
	var export wingetExport
	if err := json.Unmarshal([]byte(d.text), &export); err != nil {
		d.unreadable(err)
		return
	}
	for _, s := range export.Sources {
		for _, p := range s.Packages {
			it := Item{ID: tidy(p.PackageIdentifier), Version: tidy(p.Version)}
			it.Vendor = wingetVendor(it)
			it.Product = wingetProduct(it)
			d.addItem(it)
		}
	}
}

// looksJSONRows says that the text is a list of flat objects, or such objects
// one a line, as osquery and ConvertTo-Json write them, and not our own items.
func looksJSONRows(d *doc) bool {
	text := strings.TrimSpace(d.text)
	if d.json["items"] != nil || d.json["partners"] != nil || d.json["imports"] != nil {
		return false
	}
	first, ok := firstObject(text)
	if !ok {
		return false
	}
	own := keysOf(itemColumns)
	for key := range first {
		if !slices.Contains(own, key) && !slices.Contains(machineKeys, key) {
			return true
		}
	}
	return false
}

// firstObject is the first object of a list or of the text.
func firstObject(text string) (map[string]json.RawMessage, bool) {
	dec := json.NewDecoder(strings.NewReader(text))
	if strings.HasPrefix(text, "[") {
		if _, err := dec.Token(); err != nil {
			return nil, false
		}
	}
	var first map[string]json.RawMessage
	if err := dec.Decode(&first); err != nil {
		return nil, false
	}
	return first, len(first) > 0
}

// member is one key of an object with its value as a cell has it.
type member struct{ key, value string }

// readJSONRows reads the objects as the rows of a table whose headings are the
// keys.
func readJSONRows(d *doc) {
	objects, at := d.objects()
	var heading []string
	column := map[string]int{}
	for _, o := range objects {
		for _, m := range o {
			if _, ok := column[m.key]; !ok && len(heading) < maxColumns {
				column[m.key] = len(heading)
				heading = append(heading, m.key)
			}
		}
	}
	rows := []row{{0, heading}}
	for i, o := range objects {
		cells := make([]string, len(heading))
		for _, m := range o {
			if c, ok := column[m.key]; ok {
				cells[c] = m.value
			}
		}
		rows = append(rows, row{at[i], cells})
	}
	if !d.table(rows) {
		d.noHeading()
	}
}

// objects reads the objects, with the lines at which they end.
func (d *doc) objects() (objects [][]member, at []int) {
	dec := json.NewDecoder(strings.NewReader(d.text))
	dec.UseNumber()
	if strings.HasPrefix(strings.TrimSpace(d.text), "[") {
		_, _ = dec.Token() // the bracket that is there
	}
	line, offset := 1, 0
	for dec.More() && len(objects) < maxItems {
		o, err := object(dec, 0)
		if err != nil {
			d.problem(line, "", CodeSyntax, err.Error())
			return objects, at
		}
		end := int(dec.InputOffset())
		line += strings.Count(d.text[offset:end], "\n")
		offset = end
		objects, at = append(objects, o), append(at, line)
	}
	return objects, at
}

// object reads an object in the order of its keys. The result of a query that
// osquery logged is in its columns, which then count alone.
func object(dec *json.Decoder, depth int) ([]member, error) {
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, cmp.Or(err, errNoObject)
	}
	var members, columns []member
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, err
		}
		key, _ := t.(string)
		if key == "columns" && depth == 0 {
			if columns, err = object(dec, 1); err != nil {
				return nil, err
			}
			continue
		}
		var v any
		if err := dec.Decode(&v); err != nil {
			return nil, err
		}
		members = append(members, member{key, jsonText(v)})
	}
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	if columns != nil {
		return columns, nil
	}
	return members, nil
}

var errNoObject = errors.New("an entry isn't an object")

// jsonText is a scalar, or a list of them, as a cell has it; objects are nothing.
func jsonText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case []any:
		var parts []string
		for _, e := range v {
			if s := jsonText(e); s != "" {
				parts = append(parts, s)
			}
		}
		return strings.Join(parts, ",")
	}
	return ""
}
