package feeds

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// The bounds on an XML document.
const (
	maxDepth     = 256     // of nested elements
	maxItems     = 200_000 // in one document
	maxItemBytes = 8 << 20 // of one item
	maxTag       = 64 << 10
	maxRootTag   = 16 << 10
)

// cutItem is one item of an XML document as written, cut out so that what is
// broken in it costs no other.
type cutItem struct {
	Name  string // local name of the element
	About string // its rdf:about, unescaped; empty where it has none
	Err   error  // what was broken in it; nil where nothing was

	from, to int // in the text; both 0 where the item can't be used at all
	repairs  []repair
}

// cutDocument is an XML document cut into its items.
type cutDocument struct {
	Root  string // local name of the root element
	Items []cutItem
	Short bool // the text ends before the root element does

	text string
	root tag
}

// Head gives all before the first item, or the whole text where there is none.
func (d *cutDocument) Head() string {
	for _, item := range d.Items {
		if item.to > 0 {
			return d.text[:item.from]
		}
	}
	return d.text
}

// RootTag gives the start tag of the root element.
func (d *cutDocument) RootTag() string { return d.text[d.root.from:d.root.to] }

// XML builds a small document around items: the root's start tag, for the
// namespaces, the items with their repairs, the end tags.
func (d *cutDocument) XML(items ...cutItem) string {
	var b strings.Builder
	b.WriteString(d.RootTag())
	wrap := d.Root == "rss"
	if wrap {
		b.WriteString("<channel>")
	}
	for _, item := range items {
		from := item.from
		for _, r := range item.repairs {
			if r.at < from || r.at > item.to {
				continue
			}
			b.WriteString(d.text[from:r.at])
			b.WriteString(r.text)
			from = r.at + r.skip
		}
		b.WriteString(d.text[from:item.to])
	}
	if wrap {
		b.WriteString("</channel>")
	}
	b.WriteString("</" + d.root.name + ">")
	return b.String()
}

// wellFormed says what is broken in a document outside its items, which are
// looked at one by one.
func (d *cutDocument) wellFormed() error {
	if d.Short {
		return &UnreadableError{Reason: ReasonBroken, Detail: "it ends in the middle"}
	}
	var rest strings.Builder
	from := 0
	for _, item := range d.Items {
		if item.to > 0 {
			rest.WriteString(d.text[from:item.from])
			from = item.to
		}
	}
	rest.WriteString(d.text[from:])
	decoder := xml.NewDecoder(strings.NewReader(rest.String()))
	decoder.Entity = xml.HTMLEntity
	decoder.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	for {
		switch _, err := decoder.RawToken(); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return &UnreadableError{Reason: ReasonBroken, Detail: "outside its items", Err: err}
		}
	}
}

// cutXML cuts the elements of the given local names out of a document. It
// expands nothing and follows nothing: a document that declares entities of its
// own is refused, and so is one that nests too deep or holds too many items.
func cutXML(text string, names ...string) (cutDocument, error) {
	c := cutter{text: text, names: names}
	if err := c.run(); err != nil {
		return cutDocument{}, err
	}
	if c.root.local == "" {
		return cutDocument{}, &UnreadableError{Reason: ReasonFormat, Detail: "no XML element"}
	}
	if c.root.to-c.root.from > maxRootTag {
		return cutDocument{}, &UnreadableError{Reason: ReasonHostile, Detail: "an oversized root element"}
	}
	return cutDocument{Root: c.root.local, Items: c.items, Short: len(c.stack) > 0, text: text, root: c.root}, nil
}

// tag is one start or end tag in the text.
type tag struct {
	name, local string
	from, to    int // text[from:to] is the tag
	end, empty  bool
}

// openTag is a start tag that waits for its end tag.
type openTag struct {
	tag
	next int // where the tag after it begins, which is where a forgotten end tag belongs; 0 is not known yet
}

type cutter struct {
	text  string
	names []string
	root  tag
	items []cutItem

	stack   []openTag
	item    int      // index in the stack at which the present item opened; -1 outside
	repairs []repair // of the present item
	issues  []string // of the present item
}

// repair puts text into an item in place of some bytes of it, often none.
type repair struct {
	at, skip int
	text     string
}

func (c *cutter) run() error {
	c.item = -1
	for pos := 0; ; {
		t, next, err := c.nextTag(pos)
		if err != nil {
			return err
		}
		if t == nil {
			break
		}
		pos = next
		if err := c.take(*t); err != nil {
			return err
		}
	}
	if c.item >= 0 {
		c.forced("the document ends within it", len(c.text))
	}
	return nil
}

// take follows one tag.
func (c *cutter) take(t tag) error {
	if len(c.stack) > 0 && c.stack[len(c.stack)-1].next == 0 {
		c.stack[len(c.stack)-1].next = t.from
	}
	if t.end {
		return c.takeEnd(t)
	}
	if c.root.name == "" {
		c.root = t
	}
	if slices.Contains(c.names, t.local) && !t.empty && (c.item < 0 || t.name == c.stack[c.item].name) {
		if c.item >= 0 { // the one before was never closed
			c.forced("its end tag is missing", t.from)
		}
		c.item, c.repairs, c.issues = len(c.stack), nil, nil
	}
	if !t.empty {
		c.stack = append(c.stack, openTag{tag: t})
	}
	if len(c.stack) > maxDepth {
		return &UnreadableError{Reason: ReasonHostile, Detail: fmt.Sprintf("elements nested deeper than %d", maxDepth)}
	}
	return nil
}

// forced ends the present item, which has no end tag of its own, at an offset.
func (c *cutter) forced(why string, end int) {
	at := c.item
	c.issues = append(c.issues, why)
	c.unwind(at+1, end)
	c.repairs = append(c.repairs, repair{at: end, text: "</" + c.stack[at].name + ">"})
	c.close(end)
	c.stack = c.stack[:at]
}

// takeEnd matches an end tag with the innermost start tag of its name; the
// start tags between were never closed.
func (c *cutter) takeEnd(t tag) error {
	at := len(c.stack) - 1
	for at >= 0 && c.stack[at].name != t.name {
		at--
	}
	if c.item >= 0 && at < c.item {
		if at >= 0 { // an outer element ends: so does the item
			c.forced("its end tag is missing", t.from)
			c.stack = c.stack[:at]
			return nil
		}
		c.issues = append(c.issues, "</"+t.name+"> closes nothing")
		c.repairs = append(c.repairs, repair{at: t.from, text: "<" + t.name + ">"})
		return nil
	}
	if at < 0 {
		return nil
	}
	c.unwind(at+1, t.from)
	if at == c.item {
		c.close(t.to)
	}
	c.stack = c.stack[:at]
	return nil
}

// unwind closes the elements of the stack from the index on. In feeds they are
// leaves: a forgotten end tag belongs before the next tag.
func (c *cutter) unwind(from, end int) {
	for i := len(c.stack) - 1; i >= from; i-- {
		o := c.stack[i]
		if c.item >= 0 {
			if !isVoid(o.local) {
				c.issues = append(c.issues, "<"+o.name+"> is never closed")
			}
			at := o.next
			if at == 0 || at > end {
				at = end
			}
			c.repairs = append(c.repairs, repair{at: at, text: "</" + o.name + ">"})
		}
	}
	c.stack = c.stack[:from]
}

// isVoid names the elements of HTML that have no end tag.
func isVoid(name string) bool {
	switch strings.ToLower(name) {
	case "br", "hr", "img", "input", "link", "meta", "wbr", "area", "col":
		return true
	}
	return false
}

// close ends the present item at an offset.
func (c *cutter) close(end int) {
	open := c.stack[c.item].tag
	item := cutItem{Name: open.local, About: attribute(c.text[open.from:open.to], "about")}
	switch {
	case len(c.items) >= maxItems:
		item.Err = &UnreadableError{Reason: ReasonTooMuch, Detail: fmt.Sprintf("more than %d items", maxItems)}
	case end-open.from > maxItemBytes:
		item.Err = &UnreadableError{Reason: ReasonTooMuch, Detail: fmt.Sprintf("an item of %d bytes", end-open.from)}
	default:
		slices.SortStableFunc(c.repairs, func(x, y repair) int { return x.at - y.at })
		item.from, item.to, item.repairs = open.from, end, c.repairs
		if len(c.issues) > 0 {
			item.Err = &UnreadableError{Reason: ReasonBroken, Detail: strings.Join(c.issues[:min(len(c.issues), 3)], ", ")}
		}
	}
	if len(c.items) <= maxItems {
		c.items = append(c.items, item)
	}
	c.item, c.repairs, c.issues = -1, nil, nil
}

// nextTag finds the next start or end tag from pos on, past comments, CDATA,
// processing instructions and the document type.
func (c *cutter) nextTag(pos int) (*tag, int, error) {
	for {
		i := strings.IndexByte(c.text[pos:], '<')
		if i < 0 {
			return nil, 0, nil
		}
		pos += i
		rest := c.text[pos:]
		switch {
		case strings.HasPrefix(rest, "<!--"):
			pos = after(c.text, pos, "-->")
		case strings.HasPrefix(rest, "<![CDATA["):
			pos = after(c.text, pos, "]]>")
		case strings.HasPrefix(rest, "<?"):
			pos = after(c.text, pos, "?>")
		case strings.HasPrefix(rest, "<!"):
			end, err := doctype(rest)
			if err != nil {
				return nil, 0, err
			}
			pos += end
		default:
			if t, ok := readTag(c.text, pos); ok {
				return &t, t.to, nil
			}
			if c.item >= 0 { // a bare "<" in text
				c.repairs = append(c.repairs, repair{at: pos, skip: 1, text: "&lt;"})
			}
			pos++
		}
	}
}

// after gives the offset behind the next end mark, or the end of the text.
func after(text string, pos int, mark string) int {
	if i := strings.Index(text[pos:], mark); i >= 0 {
		return pos + i + len(mark)
	}
	return len(text)
}

// doctype passes a document type declaration, and refuses one that declares
// entities: they are how XML is made to read files or to grow without bound.
func doctype(rest string) (int, error) {
	depth := 0
	for i := range len(rest) {
		switch rest[i] {
		case '[':
			depth++
		case ']':
			depth--
		case '>':
			if depth <= 0 {
				if strings.Contains(rest[:i], "<!ENTITY") {
					return 0, &UnreadableError{Reason: ReasonHostile, Detail: "it declares entities of its own"}
				}
				return i + 1, nil
			}
		}
	}
	return 0, &UnreadableError{Reason: ReasonBroken, Detail: "a declaration that never ends"}
}

// readTag reads the tag at text[pos], minding quoted attribute values.
func readTag(text string, pos int) (tag, bool) {
	t := tag{from: pos}
	i := pos + 1
	if i < len(text) && text[i] == '/' {
		t.end = true
		i++
	}
	start := i
	for i < len(text) && isNameByte(text[i]) {
		i++
	}
	if i == start {
		return tag{}, false
	}
	t.name = text[start:i]
	t.local = t.name[strings.LastIndexByte(t.name, ':')+1:]
	quote := byte(0)
	for ; i < len(text) && i-pos < maxTag; i++ {
		switch b := text[i]; {
		case quote != 0:
			if b == quote {
				quote = 0
			}
		case (b == '"' || b == '\'') && !t.end:
			quote = b
		case b == '>':
			t.to = i + 1
			t.empty = !t.end && text[i-1] == '/'
			return t, true
		case b == '<':
			return tag{}, false
		}
	}
	return tag{}, false
}

func isNameByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' ||
		b == ':' || b == '_' || b == '-' || b == '.' || b >= 0x80
}

// attribute gives the value of the attribute with a local name in a start tag.
func attribute(startTag, local string) string {
	for rest := startTag; ; {
		i := strings.Index(rest, local)
		if i < 0 {
			return ""
		}
		value := strings.TrimLeft(rest[i+len(local):], " \t\r\n")
		before := rest[max(i-1, 0)]
		if (before == ':' || before == ' ' || before == '\n' || before == '\t') && strings.HasPrefix(value, "=") {
			return unescape(quoted(strings.TrimLeft(value[1:], " \t\r\n")))
		}
		rest = rest[i+len(local):]
	}
}

func quoted(s string) string {
	if s == "" || s[0] != '"' && s[0] != '\'' {
		return ""
	}
	if end := strings.IndexByte(s[1:], s[0]); end >= 0 {
		return s[1 : 1+end]
	}
	return ""
}
