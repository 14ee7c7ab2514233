package vendors

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// mdBlock is one block of a Markdown document that holds text: a heading, a
// paragraph, a list item.
type mdBlock struct {
	level      int // of a heading, 0 for others
	item       bool
	html       bool // a piece of HTML
	depth      int  // of the list that an item stands in, 1 is the outermost
	more       bool // a further paragraph of the same item
	underlined bool // with dashes below, as headings may be written
	lines      []mdLine
}

type mdLine struct {
	no   int // 1 is the first of the document
	text string
}

// markdownBlocks reads the blocks of a document in order. Goldmark finds them
// and reads no markup inside: that would cost ten times as much, for cells that
// mostly have none. Code is skipped: it shows how to contribute a row. Indented
// text counts as text, since hands that type lists indent them anyhow.
func markdownBlocks(source string) []mdBlock {
	src := []byte(source)
	doc := parser.NewParser(parser.WithBlockParsers(
		util.Prioritized(parser.NewThematicBreakParser(), 200),
		util.Prioritized(parser.NewListParser(), 300),
		util.Prioritized(parser.NewListItemParser(), 400),
		util.Prioritized(parser.NewATXHeadingParser(), 600),
		util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
		util.Prioritized(parser.NewBlockquoteParser(), 800),
		util.Prioritized(parser.NewHTMLBlockParser(), 900),
		util.Prioritized(parser.NewParagraphParser(), 1000),
	)).Parse(text.NewReader(src))
	c := blockCollector{src: src, line: 1}
	_ = ast.Walk(doc, c.visit) // visit gives no error
	return c.blocks
}

type blockCollector struct {
	src    []byte
	blocks []mdBlock
	at     int // offset up to which lines are counted
	line   int // number of the line at that offset
}

func (c *blockCollector) visit(n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering || n.Type() != ast.TypeBlock {
		return ast.WalkContinue, nil
	}
	b := mdBlock{}
	switch n := n.(type) {
	case *ast.Heading:
		b.level = n.Level
	case *ast.Paragraph, *ast.TextBlock:
		b.item = n.Parent() != nil && n.Parent().Kind() == ast.KindListItem
		b.depth = listDepth(n)
		b.more = b.item && n.PreviousSibling() != nil
	case *ast.HTMLBlock:
		if n.HTMLBlockType == ast.HTMLBlockType2 { // a comment
			return ast.WalkSkipChildren, nil
		}
		b.html = n.Lines().Len() > 0
	default:
		return ast.WalkContinue, nil
	}
	segments := n.Lines()
	for i := range segments.Len() {
		s := segments.At(i)
		b.lines = append(b.lines, mdLine{c.lineAt(s.Start), strings.TrimRight(string(s.Value(c.src)), "\r\n")})
	}
	b.underlined = !b.item && len(b.lines) > 0 && dashesBelow.Match(c.after(segments))
	c.blocks = append(c.blocks, b)
	return ast.WalkSkipChildren, nil
}

var dashesBelow = regexp.MustCompile(`^ {0,3}-{2,}[ \t]*(?:\r?\n|$)`)

// after is what stands below a block, as far as a row of dashes may reach.
func (c *blockCollector) after(segments *text.Segments) []byte {
	at := segments.At(segments.Len() - 1).Stop
	if next := bytes.IndexByte(c.src[at:], '\n'); at > 0 && c.src[at-1] != '\n' && next >= 0 {
		at += next + 1
	}
	return c.src[at:min(len(c.src), at+maxHeading)]
}

// maxListDepth bounds how deep bullets stand in one another; deeper ones count
// as standing there.
const maxListDepth = 12

func listDepth(n ast.Node) int {
	depth := 0
	for up := n.Parent(); up != nil && depth < maxListDepth; up = up.Parent() {
		if up.Kind() == ast.KindListItem {
			depth++
		}
	}
	return depth
}

// lineAt gives the number of the line at an offset. Offsets come in order.
func (c *blockCollector) lineAt(offset int) int {
	if offset > c.at {
		c.line += bytes.Count(c.src[c.at:offset], []byte{'\n'})
		c.at = offset
	}
	return c.line
}

// readMarkdown reads a document's tables and blocks; where it has no table, also
// its headings, bullets and lines with a name and an address.
func (l *listRules) readMarkdown(source string) ([]listRow, []error) {
	var blocks []mdBlock
	for _, b := range markdownBlocks(source) {
		if b.html {
			blocks = append(blocks, l.withHTML(b)...)
			continue
		}
		blocks = append(blocks, b)
	}
	rows, used, tables, errs := l.readOutline(blocks)
	if tables {
		return rows, errs
	}
	return append(rows, l.readNames(blocks, used)...), errs
}

// readOutline reads tables and blocks. It gives the lines that were read as
// blocks, and whether there was a table of a list or of something like it.
func (l *listRules) readOutline(blocks []mdBlock) (rows []listRow, used map[int]bool, tables bool, errs []error) {
	t := tableReader{rules: l, heads: map[string][]column{}, above: headingScope{reader: blockReader{rules: l}}}
	for _, b := range blocks {
		t.block(b)
	}
	rows, used, err := l.readBlocks(blocks)
	if err != nil {
		t.errs = append(t.errs, err)
	}
	return append(t.rows, rows...), used, len(t.rows) > 0 || t.foreign, t.errs
}
