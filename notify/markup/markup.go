// Package markup holds the text of a message before it has a form: a small
// tree of headings, paragraphs and lists, read from a constrained Markdown and
// written as HTML, as plain text or, by a channel's own package, as blocks and
// cards. Raw HTML, images and automatic links do not exist in it, so that what
// was escaped on the way in can't become anything on the way out.
package markup

// BlockKind says what a block is.
type BlockKind int

// The kinds of block.
const (
	Paragraph BlockKind = iota
	Heading             // Level 1 to 3
	List                // Items; Ordered
	Quote               // Blocks
	Code                // one span
	Rule
)

// Doc is a text: its blocks from top to bottom.
type Doc []Block

// Block is one piece of a text.
type Block struct {
	Kind    BlockKind
	Level   int
	Align   Align // of a paragraph
	Ordered bool
	Spans   []Span
	Items   []Doc // the entries of a list
	Hidden  int   // entries that Fit left out; the last of Items says so
	Blocks  Doc   // what is quoted
}

// Align says where the lines of a paragraph stand. In the source a paragraph that
// begins with ten ideographic spaces stands in the middle, one that begins with
// twenty on the right, as 記 and 以上 do in a Japanese letter.
type Align int

// The alignments.
const (
	Left Align = iota
	Center
	Right
)

// Span is a run of text in one style.
type Span struct {
	Text  string
	URL   string // http, https, mailto or tel; empty where it is no link
	Bold  bool
	Small bool // *emphasis* in the source: small print
	Code  bool
	Break bool // a line break; the rest is empty
}

// SmallPrint says that the block is a paragraph of small print alone.
func (b Block) SmallPrint() bool {
	if b.Kind != Paragraph || len(b.Spans) == 0 {
		return false
	}
	for _, s := range b.Spans {
		if !s.Small && !s.Break {
			return false
		}
	}
	return true
}
