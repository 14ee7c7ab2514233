package inventory

import (
	"encoding/json"
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
			it.Product = strings.ReplaceAll(strings.TrimPrefix(it.ID, it.Vendor+"."), ".", " ")
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

// readJSONRows reads the objects as the rows of a table whose headings are the
// keys.
func readJSONRows(d *doc) {
	objects, at := d.objects()
	var heading []string
	column := map[string]int{}
	for _, o := range objects {
		for _, key := range sortedKeys(o) {
			if _, ok := column[key]; !ok && len(heading) < maxColumns {
				column[key] = len(heading)
				heading = append(heading, key)
			}
		}
	}
	rows := []row{{0, heading}}
	for i, o := range objects {
		cells := make([]string, len(heading))
		for key, value := range o {
			if c, ok := column[key]; ok {
				cells[c] = jsonText(value)
			}
		}
		rows = append(rows, row{at[i], cells})
	}
	if !d.table(rows) {
		d.noHeading()
	}
}

// objects reads the objects with the lines at which they end. A query's result
// that osquery logged is in its columns.
func (d *doc) objects() (objects []map[string]any, at []int) {
	dec := json.NewDecoder(strings.NewReader(d.text))
	dec.UseNumber()
	if strings.HasPrefix(strings.TrimSpace(d.text), "[") {
		_, _ = dec.Token() // the bracket that is there
	}
	line, offset := 1, 0
	for dec.More() && len(objects) < maxItems {
		var o map[string]any
		if err := dec.Decode(&o); err != nil {
			d.problem(line, "", CodeSyntax, err.Error())
			return objects, at
		}
		if columns, ok := o["columns"].(map[string]any); ok {
			o = columns
		}
		end := int(dec.InputOffset())
		line += strings.Count(d.text[offset:end], "\n")
		offset = end
		objects, at = append(objects, o), append(at, line)
	}
	return objects, at
}

func sortedKeys(o map[string]any) []string {
	keys := make([]string, 0, len(o))
	for k := range o {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

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
