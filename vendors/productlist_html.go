package vendors

import (
	"bytes"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"hansho/feeds"
)

// HTML is read as the Markdown that would look like it: headings, bullets and
// tables, with what is marked inside a line left as it is. A page has a great
// deal around its list; its links alone make no entries.

// readHTML reads a page's tables and blocks.
func (l *listRules) readHTML(text []byte) ([]listRow, []error) {
	rows, _, _, errs := l.readOutline(l.htmlBlocks(text, 1))
	if len(rows) == 0 {
		errs = append(errs, errors.New("html: no table and no block names a product and says something of it"))
	}
	return rows, errs
}

// isHTML says whether a text is a page, as servers send them.
func isHTML(text []byte) bool {
	shape, _ := feeds.Classify(string(text[:min(len(text), 4096)]))
	return shape == feeds.ShapeHTML
}

// htmlParts are tags of which an HTML part of a Markdown document has one, if it
// is more than a line with a link.
var htmlParts = regexp.MustCompile(`(?i)<(?:h[1-6]|li|dt|tr|summary)[\s>]`)

// withHTML reads a piece of HTML in a Markdown document as blocks.
func (l *listRules) withHTML(b mdBlock) []mdBlock {
	var text bytes.Buffer
	for _, line := range b.lines {
		text.WriteString(line.text + "\n")
	}
	if !htmlParts.Match(text.Bytes()) {
		return []mdBlock{b}
	}
	return l.htmlBlocks(text.Bytes(), b.lines[0].no)
}

// htmlBlocks reads the blocks of a document token by token: a tree would cost as
// much as it is deep.
func (l *listRules) htmlBlocks(text []byte, line int) []mdBlock {
	h := htmlReader{rules: l, tokens: html.NewTokenizer(bytes.NewReader(text)), line: line}
	for {
		kind := h.tokens.Next()
		raw := h.tokens.Raw()
		if kind == html.ErrorToken {
			h.endTable()
			h.end()
			return h.blocks
		}
		lines := bytes.Count(raw, []byte{'\n'})
		h.token(kind, string(raw))
		h.line += lines
	}
}

type htmlReader struct {
	rules  *listRules
	tokens *html.Tokenizer
	blocks []mdBlock
	line   int
	skip   atom.Atom // what is passed over until its end

	text  strings.Builder // of the block or cell being read
	at    int             // the line at which it begins
	level int             // of the heading being read
	depth int             // of the list
	first bool            // the next block is the first of its item
	table *htmlTable      // being read
}

// skipped are elements that hold nothing of the page's text.
var skipped = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Nav: true, atom.Footer: true, atom.Noscript: true, atom.Template: true,
	atom.Head: true, atom.Aside: true, atom.Pre: true, atom.Svg: true, atom.Select: true, atom.Button: true,
}

// headParts are what stands in a head; any other tag ends it.
var headParts = map[atom.Atom]bool{
	atom.Title: true, atom.Meta: true, atom.Link: true, atom.Base: true, atom.Style: true, atom.Script: true, atom.Noscript: true, atom.Template: true,
}

// htmlLevels are what heads a part; a term heads its descriptions.
var htmlLevels = map[atom.Atom]int{
	atom.H1: 1, atom.H2: 2, atom.H3: 3, atom.H4: 4, atom.H5: 5, atom.H6: 6, atom.Summary: 6, atom.Dt: rankBold,
}

// htmlBreaks end the line before them.
var htmlBreaks = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.Section: true, atom.Article: true, atom.Main: true, atom.Header: true, atom.Details: true,
	atom.Br: true, atom.Hr: true, atom.Blockquote: true, atom.Ul: true, atom.Ol: true, atom.Dl: true, atom.Li: true, atom.Dd: true,
}

func (h *htmlReader) token(kind html.TokenType, raw string) {
	if kind == html.TextToken {
		h.write(raw)
		return
	}
	if kind != html.StartTagToken && kind != html.SelfClosingTagToken && kind != html.EndTagToken {
		return
	}
	name, _ := h.tokens.TagName()
	tag := atom.Lookup(name)
	if h.skip == atom.Head && kind == html.StartTagToken && !headParts[tag] { // a head needs no end of its own
		h.skip = 0
	}
	switch {
	case h.skip != 0:
		if kind == html.EndTagToken && tag == h.skip {
			h.skip = 0
		}
	case skipped[tag] && kind == html.StartTagToken:
		h.skip = tag
	case h.inTable(tag, kind, raw):
	case kind == html.EndTagToken:
		h.close(tag, raw)
	default:
		h.open(tag, raw)
	}
}

// write adds to what is being read, with line breaks as blanks.
func (h *htmlReader) write(s string) {
	if h.skip != 0 || h.text.Len() > maxMarked {
		return
	}
	if h.text.Len() == 0 {
		if strings.TrimSpace(s) == "" {
			return
		}
		h.at = h.line
	}
	h.text.WriteString(strings.NewReplacer("\n", " ", "\r", " ", "\u00a0", " ", "&nbsp;", " ").Replace(s))
}

func (h *htmlReader) open(tag atom.Atom, raw string) {
	if !htmlBreaks[tag] && htmlLevels[tag] == 0 {
		h.write(raw)
		return
	}
	h.end()
	h.level = htmlLevels[tag]
	switch tag {
	case atom.Ul, atom.Ol:
		h.depth = min(h.depth+1, maxListDepth)
	case atom.Li, atom.Dd:
		h.depth, h.first = max(h.depth, 1), true
	}
}

func (h *htmlReader) close(tag atom.Atom, raw string) {
	if !htmlBreaks[tag] && htmlLevels[tag] == 0 {
		h.write(raw)
		return
	}
	h.end()
	switch tag {
	case atom.Ul, atom.Ol:
		h.depth = max(h.depth-1, 0)
	case atom.Dl:
		h.depth = 0
	}
}

// end puts down the block being read.
func (h *htmlReader) end() {
	text := strings.TrimSpace(h.text.String())
	h.text.Reset()
	if text != "" {
		b := mdBlock{level: h.level, lines: []mdLine{{h.at, text}}}
		if b.level == 0 && h.depth > 0 {
			b.item, b.depth, b.more = true, h.depth, !h.first
			h.first = false
		}
		h.blocks = append(h.blocks, b)
	}
	h.level = 0
}

// htmlTable is a table being read as rows of Markdown.
type htmlTable struct {
	depth  int // tables in its cells
	cells  []string
	cell   bool
	span   [2]int // of the cell: columns and rows
	rows   [][]string
	lines  []int
	holds  map[int]heldCell // by column
	atLine int
}

// heldCell is a cell that stands in the next rows as well.
type heldCell struct {
	text string
	rows int
}

// maxSpan bounds how far a cell may stretch.
const maxSpan = 1000

// inTable reads the tags of a table, and says whether this was one: what else
// stands in a cell is text.
func (h *htmlReader) inTable(tag atom.Atom, kind html.TokenType, raw string) bool {
	t, starts := h.table, kind != html.EndTagToken
	switch {
	case t == nil && (tag != atom.Table || !starts):
		return false
	case t == nil:
		h.end()
		h.table = &htmlTable{holds: map[int]heldCell{}}
	case tag == atom.Table && starts:
		t.depth++
	case tag == atom.Table && t.depth > 0:
		t.depth--
	case tag == atom.Table:
		h.endTable()
	case t.depth > 0 && (tag == atom.Td || tag == atom.Th || tag == atom.Tr), htmlBreaks[tag], htmlLevels[tag] > 0:
		h.write(" ")
	case tag == atom.Tr:
		h.endRow()
	case tag == atom.Td, tag == atom.Th:
		h.endCell()
		if starts {
			t.cell, t.span = true, h.spans()
			h.text.Reset()
		}
	default:
		h.write(raw)
	}
	return true
}

// spans reads how far a cell stretches.
func (h *htmlReader) spans() [2]int {
	span := [2]int{1, 1}
	for {
		key, value, more := h.tokens.TagAttr()
		n, err := strconv.Atoi(string(value))
		switch {
		case err != nil || n < 1:
		case string(key) == "colspan":
			span[0] = min(n, maxColumns)
		case string(key) == "rowspan":
			span[1] = min(n, maxSpan)
		}
		if !more {
			return span
		}
	}
}

func (h *htmlReader) endCell() {
	t := h.table
	if !t.cell {
		h.text.Reset()
		return
	}
	t.cell = false
	h.held()
	if len(t.cells) == 0 || t.atLine == 0 {
		t.atLine = h.line
	}
	text := strings.ReplaceAll(strings.TrimSpace(h.text.String()), "|", `\|`)
	h.text.Reset()
	for i := range t.span[0] {
		if len(t.cells) > maxColumns {
			return
		}
		if t.span[1] > 1 {
			t.holds[len(t.cells)] = heldCell{text, t.span[1] - 1}
		}
		if i > 0 {
			text = ""
		}
		t.cells = append(t.cells, text)
	}
}

// held puts into the row the cells that go on from the rows above.
func (h *htmlReader) held() {
	t := h.table
	for {
		held, ok := t.holds[len(t.cells)]
		if !ok {
			return
		}
		if held.rows--; held.rows == 0 {
			delete(t.holds, len(t.cells))
		} else {
			t.holds[len(t.cells)] = held
		}
		t.cells = append(t.cells, held.text)
	}
}

func (h *htmlReader) endRow() {
	t := h.table
	h.endCell()
	if len(t.cells) > 0 {
		h.held()
		t.rows, t.lines = append(t.rows, t.cells), append(t.lines, t.atLine)
	}
	t.cells, t.atLine = nil, 0
}

// maxTitleRows is how far below its beginning a table's headings may stand.
const maxTitleRows = 3

// endTable puts down the table being read, from its row of headings on.
func (h *htmlReader) endTable() {
	if h.table == nil {
		return
	}
	h.endRow()
	t := h.table
	h.table = nil
	if len(t.rows) == 0 {
		return
	}
	head := 0
	for i := range min(len(t.rows), maxTitleRows) {
		cells := h.plain(t.rows[i])
		long := slices.ContainsFunc(cells, func(c string) bool { return len(c) > maxHeading })
		if !long && h.rules.columns(cells) != nil {
			head = i
			break
		}
	}
	var b mdBlock
	for i, row := range t.rows[head:] {
		b.lines = append(b.lines, mdLine{t.lines[head+i], "| " + strings.Join(row, " | ") + " |"})
		if i == 0 {
			b.lines = append(b.lines, mdLine{t.lines[head], "|" + strings.Repeat("-|", len(row))})
		}
	}
	h.blocks = append(h.blocks, b)
}

// plain gives cells without what is marked in them.
func (h *htmlReader) plain(cells []string) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = h.rules.inline(c).text
	}
	return out
}
