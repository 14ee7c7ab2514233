package vendors

import (
	"regexp"
	"slices"
	"strings"

	"hansho/advisory"
)

// Lists in blocks: a heading, a bold line or a bullet names a maker or product,
// and bullets below say what holds of it, a key and a value each:
//
//	### Gate
//	- Status: Vulnerable
//	- Fixed in: 2.4
//
// A key is a column heading and a block is a row. Beside that are read bullets
// that give a name and its status, and names below a heading such as "Products
// not affected".

// readBlocks reads the blocks of a document, and gives the lines that it read.
// Where nothing in it says a status, versions or a fix, it is no list.
func (l *listRules) readBlocks(blocks []mdBlock) ([]listRow, map[int]bool, error) {
	b := blockReader{rules: l, used: map[int]bool{}, firm: map[int]bool{}}
	root, err := l.outlineOf(blocks)
	b.section(root, b.title(root), blockScope{})
	if !b.says {
		return nil, nil, err
	}
	for _, w := range b.weak {
		if b.firm[w.rank] {
			b.rows = append(b.rows, w.row)
			b.used[w.row.line] = true
		}
	}
	slices.SortStableFunc(b.rows, func(x, y listRow) int { return x.line - y.line })
	return b.rows, b.used, err
}

type blockReader struct {
	rules *listRules
	rows  []listRow
	weak  []weakRow
	used  map[int]bool // lines that belong to a row
	firm  map[int]bool // ranks of headings that have rows
	says  bool         // a status, version or fix was read
}

// weakRow is a block that names a link or a remark and no status: a row where
// its like are.
type weakRow struct {
	rank int
	row  listRow
}

// blockScope is what holds of all below a heading.
type blockScope struct {
	vendor string
	status string // words
	cves   []string
	depth  int
}

// maxOutline bounds how deep sections are followed.
const maxOutline = 24

// title gives the only heading of the first level that could be a name: it names
// the list, and no maker. Where nothing else heads anything, it may name the
// product. A changelog under a heading of the same level makes nothing of it.
func (b *blockReader) title(root *outlineNode) *outlineNode {
	var title *outlineNode
	for _, n := range root.children {
		switch {
		case n.rank != 1 || title != nil && !b.rules.maker(strings.Trim(b.rules.tidy(n.line.text), nameEnds)):
		case title != nil:
			return nil
		default:
			title = n
		}
	}
	return title
}

// section reads a node and all below it, and says whether that gave rows.
func (b *blockReader) section(n, title *outlineNode, in blockScope) bool {
	if in.depth++; in.depth > maxOutline {
		return false
	}
	s := b.subject(n, in)
	if n == title && slices.ContainsFunc(n.children, (*outlineNode).heads) {
		s = blockSubject{}
	}
	s.passes = s.passes || n == title
	if s.aside {
		return false
	}
	before := len(b.rows)
	r := blockRecord{blockReader: b, node: n, subject: s, scope: in.below(s), title: title}
	r.start()
	for _, child := range n.children {
		r.child(child)
	}
	r.likes()
	r.end()
	if len(b.rows) > before && n.rank > 0 {
		b.firm[n.rank] = true
	}
	return len(b.rows) > before
}

// below is what holds below a subject.
func (in blockScope) below(s blockSubject) blockScope {
	if s.maker != "" {
		in.vendor = s.maker
	}
	if s.section != "" {
		in.status = s.section
	}
	in.cves = append(slices.Clip(in.cves), s.cves...)
	return in
}

// blockRecord reads one block: the facts on its subject, which may give several
// rows where a product or version is named again.
type blockRecord struct {
	*blockReader
	node    *outlineNode
	subject blockSubject
	scope   blockScope
	title   *outlineNode
	last    int // line of the last fact

	row    listRow
	names  []string // products that one key lists
	said   bool     // a fact was read
	firmly bool     // of them one that makes a row
	keyed  bool     // a key named the product
	maker  bool     // a key named the maker
	first  bool     // makers' keys stand before products'
	rested bool     // what the heading says went into a row
	inside bool     // products stand in the block

	listing bool           // bullets were read
	count   int            // bullets that gave a name and a status
	unread  []*outlineNode // bullets that gave neither a fact nor a status
}

// start begins the block's first row with what its heading says.
func (r *blockRecord) start() {
	s := r.subject
	r.row = listRow{line: r.node.line.no, vendor: s.vendor, product: s.product, version: s.version, links: s.links, cves: r.scope.cves}
	if s.status != "" {
		r.row.statuses = []listStatus{{words: s.status}}
		r.said, r.firmly = true, true
	}
	r.said = r.said || len(s.links) > 0
}

// safe says whether the heading says that what stands below isn't affected.
func (r *blockRecord) safe() bool {
	return r.scope.status != "" && r.rules.status(r.scope.status) == advisory.StatusNotAffected
}

// mayEnd takes back that all below a heading is safe where something else may
// begin: a sentence after bullets, a heading that speaks of fixes or is no name.
func (r *blockRecord) mayEnd(n *outlineNode) {
	if !r.safe() || n.rank < rankText && !n.heads() {
		r.listing = r.listing || n.rank < rankText
		return
	}
	if n.rank >= rankText && r.listing || n.heads() && (otherStatus.MatchString(n.line.text) || !r.rules.nameable(strings.Trim(r.rules.tidy(n.line.text), nameEnds))) {
		r.scope.status = ""
	}
}

// otherStatus are words of headings that speak of anything but safety.
var otherStatus = regexp.MustCompile(`(?i)vuln|affect|impact|fix|patch|updat|upgrad|action|requir|investigat|pending|except|影響|該当|対応|対策|修正|更新|調査|除く`)

// child reads what stands directly below the block's heading.
func (r *blockRecord) child(n *outlineNode) {
	r.mayEnd(n)
	text := n.line.text
	words, explicit, rest, ok := r.rules.listed(text)
	if ok && (explicit || rest != "" || len(n.children) > 0) && r.list(n, words, explicit, rest) {
		return
	}
	if c, cell, ok := r.rules.keyed(text); ok && (!n.heads() || cell.text != "" && c.role != roleProduct && c.role != roleVendor) {
		r.fact(n, c, cell)
		return
	}
	if c, ok := r.rules.key(text); ok && n.heads() && r.headed(n, c) {
		return
	}
	if n.heads() || len(n.children) > 0 && !r.stated(n) {
		r.inside = r.section(n, r.title, r.inner()) || r.inside
		return
	}
	r.leaf(n)
}

// inner is the scope of a subject inside this one.
func (r *blockRecord) inner() blockScope {
	in := r.scope
	switch {
	case r.node.rank == 0:
	case r.row.vendor != "":
		in.vendor = r.row.vendor
	case in.vendor == "" && !r.subject.passes:
		in.vendor = r.subject.product
	}
	return in
}

// stated says whether a node with others below is a line of its own all the same:
// a name and its status, on which the others remark.
func (r *blockRecord) stated(n *outlineNode) bool {
	_, _, ok := r.rules.statusLine(n.line.text)
	if !ok {
		return false
	}
	return !slices.ContainsFunc(n.children, func(c *outlineNode) bool {
		_, _, keyed := r.rules.keyed(c.line.text)
		return keyed
	})
}

// leaf reads a line without a key.
func (r *blockRecord) leaf(n *outlineNode) {
	text := n.line.text
	cell := r.rules.inline(text)
	plain := r.rules.tidy(text)
	name, words, named := r.rules.statusLine(text)
	switch {
	case n.rank >= rankText && r.node.rank == 0 && !named:
	case named && statusName.MatchString(name) && !n.heads():
		r.put(n, column{role: roleStatus}, cellText{words, cell.links})
	case plain != "" && r.rules.saysStatus(plain) || startsStatus(plain) && n.rank < rankText && !named && !strings.ContainsAny(plain, ":："):
		r.put(n, column{role: roleStatus}, cellText{plain, cell.links})
	case named && (n.rank < rankText || r.terse(n)):
		r.status(n, name, words, cell.links)
	case plain == "" && len(cell.links) > 0:
		r.put(n, column{role: roleLink}, cell)
	case r.scope.status != "" && n.rank < rankText:
		r.below(n, cell.links)
	case n.rank < rankText:
		r.unread = append(r.unread, n)
	}
}

// likes puts down the bullets of which a name but no status could be read, where
// most of the bullets beside them give one: they are of the list as well.
func (r *blockRecord) likes() {
	var rows []listRow
	for _, n := range r.unread {
		name, rest := r.rules.nameAndRest(n.line.text)
		cell := r.rules.inline(n.line.text)
		product, versions := partVersions(name)
		painted := cell.text != plainWords(cell.text)
		if versions != "" && hasStatusPart(versions) {
			versions, rest = "", joined(versions, rest)
		}
		if r.rules.nameable(product) && (rest != "" || versions != "" || painted || len(cell.links) > 0) {
			rows = append(rows, listRow{line: n.line.no, vendor: r.inner().vendor, product: product, version: versions, notes: rest, links: cell.links, cves: r.scope.cves})
		}
	}
	if r.count < len(rows) {
		return
	}
	for _, row := range rows {
		r.emit(row, true)
	}
}

// terse says whether a line of text is nothing but a name and a status: other
// lines are prose.
func (r *blockRecord) terse(n *outlineNode) bool {
	_, words, _ := r.rules.statusLine(n.line.text)
	return r.rules.saysStatus(statusWord.ReplaceAllString(words, ""))
}

// status puts down a name and its status as a row of its own, or, where a version
// is all that is named, a row of the block's product.
func (r *blockRecord) status(n *outlineNode, name, words string, links []string) {
	words, notes := partRemark(words)
	row := listRow{line: n.line.no, links: links, cves: r.scope.cves, notes: notes, statuses: []listStatus{{words: words}}}
	if versionOnly.MatchString(name) {
		if r.row.product == "" && r.row.vendor == "" {
			return
		}
		row.vendor, row.product, row.version = r.row.vendor, r.row.product, name
		r.rested = true
	} else {
		row.vendor, r.inside = r.inner().vendor, true
		row.product, row.version = partVersions(name)
	}
	if row.vendor == "" && partWords.MatchString(row.product) {
		return
	}
	if row.fixed = fixedInNotes(words); row.fixed != "" {
		row.hasFixed = true
		row.affected, row.hasAffected, row.version = row.version, row.version != "", ""
	}
	if r.scope.status != "" && r.rules.status(words) == advisory.StatusFixed {
		row.statuses, row.notes = []listStatus{{words: r.scope.status}}, words
	}
	r.count++
	r.emit(row, r.rules.statusKnown(words))
	r.use(n)
}

// below puts down a name that stands below a heading which gives the status.
func (r *blockRecord) below(n *outlineNode, links []string) {
	name, rest := r.rules.nameAndRest(n.line.text)
	product, versions := partVersions(name)
	if !r.rules.nameable(product) {
		return
	}
	row := listRow{line: n.line.no, vendor: r.inner().vendor, product: product, version: versions, links: links, cves: r.scope.cves}
	row.statuses = []listStatus{{words: r.scope.status}}
	if row.version == "" && hasDigit(rest) && versionOnly.MatchString(strings.TrimSpace(rest)) {
		row.version, rest = rest, ""
	}
	if row.notes = rest; r.safe() && reserves.MatchString(rest) {
		row.statuses = []listStatus{{words: rest}} // "except 2.x"
	}
	if row.fixed = fixedInNotes(rest); row.fixed != "" {
		row.hasFixed = true
	}
	r.inside = true
	r.emit(row, true)
	r.use(n)
}

// list reads a key or heading below which all have one status, and says whether
// it did.
func (r *blockRecord) list(n *outlineNode, words string, explicit bool, rest string) bool {
	in := r.inner()
	in.status = words
	if rest == "" {
		if !explicit && r.node.rank >= rankBullet {
			return false
		}
		r.inside = r.section(n, r.title, in) || r.inside
		return true
	}
	if !explicit && (r.subject.product != "" || r.subject.vendor != "") {
		return false
	}
	names := namesIn(r.rules.tidy(rest))
	if slices.ContainsFunc(names, func(s string) bool { return !r.rules.nameable(s) }) || len(names) == 0 {
		return false
	}
	if explicit && r.rules.status(words) == advisory.StatusAffected && r.node.rank > 0 {
		r.names, r.said, r.firmly = append(r.names, names...), true, true
		r.use(n)
		return true
	}
	r.inside = true
	for _, name := range names {
		product, versions := partVersions(name)
		r.emit(listRow{line: n.line.no, vendor: in.vendor, product: product, version: versions, cves: in.cves, statuses: []listStatus{{words: words}}}, true)
	}
	r.use(n)
	return true
}

// headed reads a heading that is a key: what stands below is its value.
func (r *blockRecord) headed(n *outlineNode, c column) bool {
	if r.subject.passes && r.row.product == "" && r.row.vendor == "" && c.role != roleProduct && c.role != roleVendor {
		return false
	}
	for _, child := range n.children {
		_, _, named := r.rules.statusLine(child.line.text)
		_, _, keyed := r.rules.keyed(child.line.text)
		if child.heads() || named || keyed || c.role == roleFixed && !isVersions(r.rules.tidy(child.line.text)) {
			return false
		}
	}
	if names := c.role == roleProduct || c.role == roleVendor; len(n.children) == 0 || names && len(n.children) > 1 {
		return false
	}
	r.fact(n, c, cellText{})
	return true
}

// fact reads a key with its value, which may stand below it, and keys below it.
func (r *blockRecord) fact(n *outlineNode, c column, cell cellText) {
	var keys []*outlineNode
	var values []string
	for _, child := range n.children {
		_, _, keyed := r.rules.keyed(child.line.text)
		if _, _, named := r.rules.statusLine(child.line.text); keyed || named || len(child.children) > 0 {
			keys = append(keys, child)
			continue
		}
		if len(values) > 0 && child.rank >= rankText { // the text goes on
			continue
		}
		below := r.rules.inline(child.line.text)
		cell.links = append(cell.links, below.links...)
		if below.text != "" && len(values) < maxColumns {
			values = append(values, below.text)
		}
	}
	switch {
	case cell.text == "" && c.role == roleProduct && len(values) > 1:
		r.names = append(r.names, values...)
		r.said = true
	case cell.text == "":
		cell.text = cutRunes(strings.Join(values, ", "), maxCell)
		r.put(n, c, cell)
	default:
		r.put(n, c, cell)
	}
	r.use(n)
	for _, k := range keys {
		r.child(k)
	}
}

// put puts a fact into the row, or into the next where the row has it already.
func (r *blockRecord) put(n *outlineNode, c column, cell cellText) {
	if cell.text == "" && len(cell.links) == 0 {
		return
	}
	if c.asks && isVersions(cell.text) {
		c.role, c.asks = roleAffected, false
	}
	if r.again(n, c) {
		r.next(n, c)
	}
	r.last = n.line.no
	switch c.role {
	case roleProduct:
		r.product(cell)
	case roleVendor:
		r.row.set(c, cell)
		r.maker, r.first = true, r.first || !r.keyed
	default:
		r.row.set(c, cell)
	}
	r.said = true
	r.firmly = r.firmly || c.role == roleStatus || c.role == roleAffected || c.role == roleFixed || c.role == roleUnaffected
	r.says = r.says || c.role == roleStatus && r.rules.statusKnown(cell.text) || c.role != roleStatus && r.firmly && hasDigit(cell.text)
}

// product takes the name that a key gives; the heading then names the maker,
// unless it only says the product in other words.
func (r *blockRecord) product(cell cellText) {
	if generic.MatchString(cell.text) && !allProducts[strings.ToLower(cell.text)] && !partWords.MatchString(cell.text) {
		return // "Product: name of the product"
	}
	heading := r.row.product
	r.row.product, r.keyed = cell.text, true
	r.row.links = append(r.row.links, cell.links...)
	if r.row.vendor == "" && heading != "" && !r.subject.passes && !overlaps(heading, cell.text) {
		r.row.vendor = heading
	}
	if r.row.vendor == "" {
		r.row.vendor = r.scope.vendor
	}
}

// overlaps says whether one name holds the other.
func overlaps(a, b string) bool {
	a, b = slugOf("", a), slugOf("", b)
	return strings.Contains(a, b) || strings.Contains(b, a)
}

// again says whether a fact begins another row: another product, version or
// status than the row's, or, below a blank line, the first product that a key
// names.
func (r *blockRecord) again(n *outlineNode, c column) bool {
	hasStatus := slices.ContainsFunc(r.row.statuses, func(s listStatus) bool { return s.cve == c.cve })
	parted := r.firmly && r.last > 0 && n.line.no > r.last+1
	switch c.role {
	case roleVendor:
		return r.maker || r.keyed && r.first || parted
	case roleProduct:
		return r.keyed || parted && !r.maker
	case roleVersion:
		return r.row.version != "" && (hasStatus || r.row.hasFixed)
	case roleStatus:
		return hasStatus && r.row.version != ""
	}
	return false
}

// next ends the row and begins another with the names that still hold.
func (r *blockRecord) next(n *outlineNode, c column) {
	row, keyed := r.row, r.keyed
	r.end()
	r.row = listRow{line: n.line.no, vendor: row.vendor, product: row.product, cves: r.scope.cves}
	r.names, r.said, r.firmly, r.keyed, r.maker = nil, false, false, keyed, false
	switch c.role {
	case roleVendor:
		r.row.vendor, r.row.product, r.keyed = "", "", false
	case roleProduct:
		r.row.product = ""
		if !keyed {
			r.row.vendor = r.scope.vendor
		}
	}
}

// end puts down the row, or one for each product that it lists.
func (r *blockRecord) end() {
	if r.scope.status != "" && len(r.row.statuses) == 0 && !r.inside && !r.rested && r.node.heads() && r.subject.section == "" {
		r.row.statuses = []listStatus{{words: r.scope.status}}
		r.firmly = true
	}
	if r.row.product == "" && len(r.names) == 0 && r.row.vendor == "" || !r.said && !r.firmly {
		return
	}
	if len(r.names) > 0 {
		r.asMaker()
	}
	if len(r.names) > 0 && len(r.row.statuses) == 0 && !r.row.hasAffected && !r.row.hasFixed {
		r.row.statuses = []listStatus{{words: "affected"}}
	}
	if len(r.names) == 0 {
		r.emit(r.row, r.firmly)
	}
	for _, name := range r.names {
		row := r.row
		row.product, row.version = partVersions(name)
		row.version = firstOf(row.version, r.row.version)
		r.emit(row, r.firmly)
	}
}

// asMaker makes the name of a block the maker's, where products stand in it.
func (r *blockRecord) asMaker() {
	if r.row.vendor == "" && !r.keyed {
		r.row.vendor, r.row.product = r.row.product, ""
	}
}

// emit puts down a row. One without a status, versions or a fix waits until it
// is known whether others like it have them.
func (r *blockRecord) emit(row listRow, firm bool) {
	if row.vendor == "" {
		row.vendor = r.scope.vendor
	}
	if row.product == row.vendor {
		row.vendor = ""
	}
	if row.product == "" && row.vendor == "" {
		return
	}
	row.product, row.vendor = cutRunes(row.product, maxName), cutRunes(row.vendor, maxName)
	if !firm {
		r.weak = append(r.weak, weakRow{r.node.rank, row})
		return
	}
	r.rows = append(r.rows, row)
	r.used[row.line] = true
	for _, s := range row.statuses {
		r.says = r.says || r.rules.statusKnown(s.words)
	}
}

// use marks the lines of a fact as read.
func (r *blockRecord) use(n *outlineNode) {
	r.used[n.line.no] = true
	for _, child := range n.children {
		if len(child.children) == 0 {
			r.used[child.line.no] = true
		}
	}
}
