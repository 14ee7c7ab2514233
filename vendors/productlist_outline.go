package vendors

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// outlineNode is a heading, a bullet or a line of a document with what stands
// below it.
type outlineNode struct {
	line     mdLine
	rank     int
	children []*outlineNode
}

// The ranks of an outline: headings from 1 to 6, then what heads a part without
// being a heading, then bullets by their depth, a further line of a bullet below
// it, and lines of text, which head nothing.
const (
	rankBold   = 7 // a line in bold face, or above its definitions
	rankLead   = 8 // a line that ends in a colon
	rankBullet = 9
	rankText   = rankBullet + 2*maxListDepth + 2
)

func bulletRank(depth int) int { return rankBullet + 2*depth }

// heads says whether a node is a heading or stands for one.
func (n *outlineNode) heads() bool { return n.rank <= rankLead }

var (
	boldLine   = regexp.MustCompile(`^\s*(?:\*\*|__|(?i:<(?:b|strong)>))([^*<]+?)(?:\*\*|__|(?i:</(?:b|strong)>))\s*[:：]?\s*$`)
	underline  = regexp.MustCompile(`^\s*={2,}\s*$`)
	definition = regexp.MustCompile(`^\s{0,3}[:：]\s+(\S.*)$`)
	// marked is a heading or bullet in text without Markdown, as mails have it.
	marked    = regexp.MustCompile(`^\s*(?:[■●◆◇□▼▽]|[【〔]|[(（]\d{1,2}[)）]|[①-⑳])\s*\S`)
	dotBullet = regexp.MustCompile(`^\s*[・•‣▪◦]\s*(\S.*)$`)
	wikiTitle = regexp.MustCompile(`^(={2,6})\s*([^=].*?)\s*={2,6}\s*$`)
	leadLine  = regexp.MustCompile(`[:：]\s*$`)
)

// outlineOf puts the blocks of a document in each other. Tables of products are
// left to their reader. What stands after too many lines is left out, which is an
// error.
func (l *listRules) outlineOf(blocks []mdBlock) (*outlineNode, error) {
	b := outlineBuilder{rules: l, open: []*outlineNode{{}}}
	for i, block := range blocks {
		if i == 0 && frontMatter(block) {
			continue
		}
		b.block(block)
	}
	if b.count > maxOutlineLines {
		return b.open[0], fmt.Errorf("more than %d lines: those after them are read as tables and names only", maxOutlineLines)
	}
	return b.open[0], nil
}

// maxOutlineLines bounds the headings, bullets and lines that are read as blocks.
const maxOutlineLines = 200_000

type outlineBuilder struct {
	rules *listRules
	count int
	open  []*outlineNode // the root, and the nodes in which the next may stand
}

// add puts a node below the last one of a lower rank.
func (b *outlineBuilder) add(line mdLine, rank int) {
	line.text = unstruck(line.text)
	for len(b.open) > 1 && b.open[len(b.open)-1].rank >= min(rank, rankText) {
		b.open = b.open[:len(b.open)-1]
	}
	if b.count++; b.count > maxOutlineLines {
		return
	}
	n := &outlineNode{line: line, rank: rank}
	parent := b.open[len(b.open)-1]
	parent.children = append(parent.children, n)
	b.open = append(b.open, n)
}

var struckParts = regexp.MustCompile(`~~[^~]+~~|(?i:<(?:s|del|strike)>.*?</(?:s|del|strike)>)`)

// unstruck is a text without what is taken back.
func unstruck(text string) string {
	if !strings.Contains(text, "~~") && !strings.Contains(text, "</") || len(text) > maxMarked {
		return text
	}
	return struckParts.ReplaceAllString(text, " ")
}

// text adds a line of text, which ends the bullets and leads above it.
func (b *outlineBuilder) text(line mdLine) {
	b.close(rankLead)
	b.add(line, rankText)
}

// close ends what is open from a rank on.
func (b *outlineBuilder) close(rank int) {
	for len(b.open) > 1 && b.open[len(b.open)-1].rank >= rank {
		b.open = b.open[:len(b.open)-1]
	}
}

func (b *outlineBuilder) block(block mdBlock) {
	if block.level == 0 && len(block.lines) > 0 && !isTable(block) {
		block.lines = slices.DeleteFunc(slices.Clone(block.lines), isRow)
	}
	switch {
	case len(block.lines) == 0:
	case block.level > 0:
		b.add(block.lines[0], block.level)
	case isTable(block):
		b.table(block.lines)
	case block.item:
		b.item(block)
	default:
		b.paragraph(block)
	}
}

// frontMatter says whether a document's first block says how a page is made of
// it, between two rows of dashes.
func frontMatter(block mdBlock) bool {
	return block.underlined && block.lines[0].no == 2 && !slices.ContainsFunc(block.lines, func(line mdLine) bool {
		return !strings.Contains(line.text, ":")
	})
}

// isRow says whether a line is a table's, wherever it stands: behind the marks of a
// merge that went wrong too.
func isRow(line mdLine) bool { return strings.HasPrefix(strings.TrimSpace(line.text), "|") }

func isTable(block mdBlock) bool {
	return isRow(block.lines[0]) ||
		slices.ContainsFunc(block.lines, func(line mdLine) bool { return isDelimiter(line.text) })
}

// table reads a table of two columns that lists no products as lines of a key
// and its value: "| Status | Vulnerable |".
func (b *outlineBuilder) table(lines []mdLine) {
	var keyed []mdLine
	for i, line := range lines {
		cells := splitRow(line.text)
		if isDelimiter(line.text) {
			continue
		}
		if len(cells) != 2 || i+1 < len(lines) && isDelimiter(lines[i+1].text) && b.rules.columns(cells) != nil {
			return
		}
		keyed = append(keyed, mdLine{line.no, strings.TrimSpace(cells[0]) + ": " + cells[1]})
	}
	for _, line := range keyed {
		_, words, named := b.rules.statusLine(line.text)
		switch _, _, ok := b.rules.keyed(line.text); {
		case ok:
			b.text(line)
		case named && b.rules.saysStatus(words):
			b.add(line, bulletRank(1))
		}
	}
}

// item adds a bullet. Its further lines stand below it where they have a key of
// their own, and belong to the line before them where not.
func (b *outlineBuilder) item(block mdBlock) {
	rank := bulletRank(block.depth)
	for i, line := range block.lines {
		switch {
		case i == 0 && !block.more:
			b.add(line, rank)
		case i == 0 || b.stands(line.text):
			b.add(line, rank+1)
		case b.startsAnew(line.text):
			b.paragraph(mdBlock{lines: block.lines[i:], underlined: block.underlined})
			return
		default:
			b.goOn(line.text)
		}
	}
}

// startsAnew says whether a line that Markdown takes for a bullet's own, since no
// blank line is above it, heads what follows: a bullet's status must not become
// that of another product.
func (b *outlineBuilder) startsAnew(text string) bool {
	return boldLine.MatchString(text) || wikiTitle.MatchString(text) || b.leads(text) || marked.MatchString(text) && !b.says(text)
}

// stands says whether a further line of a bullet or paragraph says something of
// its own.
func (b *outlineBuilder) stands(text string) bool {
	_, _, ok := b.rules.keyed(text)
	return ok || len(b.rules.inline(text).links) > 0 && b.rules.inline(text).text == ""
}

// goOn adds a line to the text of the last node.
func (b *outlineBuilder) goOn(text string) {
	last := b.open[len(b.open)-1]
	if len(last.line.text) < maxMarked {
		last.line.text += " " + strings.TrimSpace(unstruck(text))
	}
}

// paragraph adds lines of text, of which some head what follows.
func (b *outlineBuilder) paragraph(block mdBlock) {
	lines := block.lines
	for i, line := range lines {
		next := ""
		if i+1 < len(lines) {
			next = lines[i+1].text
		}
		switch {
		case underline.MatchString(line.text):
		case wikiTitle.MatchString(line.text):
			m := wikiTitle.FindStringSubmatch(line.text)
			b.add(mdLine{line.no, m[2]}, len(m[1]))
		case dotBullet.MatchString(line.text):
			b.add(mdLine{line.no, dotBullet.FindStringSubmatch(line.text)[1]}, bulletRank(1))
		case marked.MatchString(line.text) && !b.says(line.text):
			b.add(mdLine{line.no, strings.Trim(line.text, " \t■●◆◇□▼▽【】〔〕")}, rankBold)
		case underline.MatchString(next):
			b.add(line, 1)
		case block.underlined && i+1 == len(lines) && (i == 0 || underline.MatchString(lines[i-1].text)):
			b.add(line, 2)
		case definition.MatchString(line.text):
			b.add(mdLine{line.no, definition.FindStringSubmatch(line.text)[1]}, bulletRank(1))
		case boldLine.MatchString(line.text) && !b.bareKey(line.text):
			b.add(line, rankBold)
		case definition.MatchString(next), i == 0 && b.headsLines(lines):
			b.add(line, rankBold)
		case i+1 == len(lines) && (leadLine.MatchString(line.text) || b.leads(line.text)):
			b.add(line, rankLead)
		default:
			b.text(line)
		}
	}
}

// bareKey says whether a bold line is a key whose value follows.
func (b *outlineBuilder) bareKey(text string) bool {
	_, value, ok := b.rules.keyed(text)
	return ok && value.text != ""
}

// says says whether a line gives a key's value or a name's status.
func (b *outlineBuilder) says(text string) bool {
	_, value, keyed := b.rules.keyed(text)
	_, _, named := b.rules.statusLine(text)
	return keyed && value.text != "" || named
}

// leads says whether a line is a sentence about the names below it: "The
// following products are not affected."
func (b *outlineBuilder) leads(text string) bool {
	_, explicit, rest, ok := b.rules.listed(text)
	return ok && explicit && rest == ""
}

// headsLines says whether the first line of a paragraph names what the others,
// a key and a value each, are about.
func (b *outlineBuilder) headsLines(lines []mdLine) bool {
	if len(lines) < 2 {
		return false
	}
	for i, line := range lines {
		if _, _, ok := b.rules.keyed(line.text); ok != (i > 0) {
			return false
		}
	}
	return true
}
