package inventory

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/xuri/excelize/v2"
)

// block is a merged cell: its first column, counted from 1, and its rows.
type block struct{ column, top, bottom int }

// maxMerges bounds the merged cells of a sheet.
const maxMerges = 200_000

// mergesOf reads the merged cells of a sheet from its XML. The library's own
// reader lays out a matrix as large as the cells claim to be, which for one
// merge over the whole sheet is seventeen thousand million fields.
func mergesOf(book *excelize.File, sheet string) ([]block, error) {
	part, ok := sheetPart(book, sheet)
	if !ok {
		return nil, nil
	}
	var blocks []block
	dec := xml.NewDecoder(bytes.NewReader(part))
	for len(blocks) < maxMerges {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return blocks, err
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "mergeCell" {
			if b, ok := blockOf(attribute(start, "ref")); ok {
				blocks = append(blocks, b)
			}
		}
	}
	return blocks, nil
}

// blockOf reads A3:B7.
func blockOf(ref string) (block, bool) {
	from, to, ok := strings.Cut(ref, ":")
	if !ok {
		return block{}, false
	}
	column, top, err := excelize.CellNameToCoordinates(from)
	if err != nil {
		return block{}, false
	}
	_, bottom, err := excelize.CellNameToCoordinates(to)
	return block{column, top, bottom}, err == nil && column <= maxColumns
}

// sheetPart finds the XML of a sheet by the workbook's relationships.
func sheetPart(book *excelize.File, sheet string) ([]byte, bool) {
	var workbook struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	var relationships struct {
		All []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if !unmarshalPart(book, "xl/workbook.xml", &workbook) || !unmarshalPart(book, "xl/_rels/workbook.xml.rels", &relationships) {
		return nil, false
	}
	for _, s := range workbook.Sheets {
		for _, r := range relationships.All {
			if s.Name == sheet && s.ID == r.ID {
				return bookPart(book, r.Target)
			}
		}
	}
	return nil, false
}

func unmarshalPart(book *excelize.File, name string, to any) bool {
	part, ok := bookPart(book, name)
	return ok && xml.Unmarshal(part, to) == nil
}

// bookPart is a part by its name, or by a target relative to the workbook.
func bookPart(book *excelize.File, target string) ([]byte, bool) {
	for _, name := range []string{strings.TrimPrefix(target, "/"), path.Join("xl", target)} {
		if v, ok := book.Pkg.Load(name); ok {
			part, ok := v.([]byte)
			return part, ok
		}
	}
	return nil, false
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
