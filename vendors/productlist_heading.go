package vendors

import (
	"slices"
	"strings"
)

// headingScope follows the headings of a document: tables that have no column for
// the maker or the status stand below headings that say it.
type headingScope struct {
	reader blockReader
	open   []scopedHeading
}

type scopedHeading struct {
	level int
	scope blockScope
}

// see takes notice of a block that is a heading, or stands for one.
func (h *headingScope) see(b mdBlock) {
	level := b.level
	if level == 0 && len(b.lines) == 1 && !b.item && boldLine.MatchString(b.lines[0].text) {
		level = rankBold
	}
	if level == 0 || len(b.lines) == 0 || len(b.lines[0].text) > maxCell {
		return
	}
	for len(h.open) > 0 && h.open[len(h.open)-1].level >= level {
		h.open = h.open[:len(h.open)-1]
	}
	in := h.scope()
	s := h.reader.subject(&outlineNode{line: b.lines[0], rank: level}, in)
	in.cves = nil
	if s.section != "" {
		in.status = s.section
	}
	if level > 1 && !s.passes && !s.aside && in.vendor == "" && s.status == "" {
		in.vendor = firstOf(s.vendor, s.product)
	}
	h.open = append(h.open, scopedHeading{level, in})
}

func (h *headingScope) scope() blockScope {
	if len(h.open) == 0 {
		return blockScope{}
	}
	return h.open[len(h.open)-1].scope
}

// fill puts into a table's row what its headings say and its columns don't.
func (h *headingScope) fill(r *listRow, columns []column) {
	in := h.scope()
	has := func(r role) bool { return slices.ContainsFunc(columns, func(c column) bool { return c.role == r }) }
	if in.vendor != "" && !has(roleVendor) && !strings.EqualFold(in.vendor, r.product) {
		r.vendor = in.vendor
	}
	if in.status != "" && !has(roleStatus) {
		r.statuses = []listStatus{{words: in.status}}
	}
}
