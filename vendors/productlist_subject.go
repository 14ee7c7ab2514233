package vendors

import (
	"regexp"
	"strings"

	"hansho/advisory"
)

// blockSubject is what a heading says.
type blockSubject struct {
	vendor, product string
	version, status string
	links           []string
	cves            []string
	section         string // the status of all below it, in words
	maker           string // whose all below it is
	passes          bool   // names no maker: what holds outside holds below it
	aside           bool   // heads a part of the document that isn't the list
}

var (
	nameParts = regexp.MustCompile(`^(.*?\S)(?:\s+[-–—|]\s+|[:：]\s+|：)(\S.*)$`)
	// ofMaker is a heading that names a maker: "Akane's products".
	ofMaker  = regexp.MustCompile(`(?i)^(.*?\S)(?:'s?)?\s+(?:products?|services|(?:security )?advisory|product status)$|^(.*?\S)(?:の)?(?:製品|サービス)(?:一覧)?$`)
	cveAside = regexp.MustCompile(`(?i)\s*[(（\[]?\s*CVE-\d{4}-\d{4,}(?:\s*[,/&]\s*CVE-\d{4}-\d{4,})*\s*[)）\]]?`)
)

// subject reads a heading, or what stands for one.
func (b *blockReader) subject(n *outlineNode, in blockScope) blockSubject {
	if n.rank == 0 {
		return blockSubject{passes: true}
	}
	text := n.line.text
	cell := b.rules.inline(text)
	s := blockSubject{links: cell.links, cves: advisory.FindCVEs(cell.text)}
	if words, explicit, rest, ok := b.rules.listed(text); ok && rest == "" && (explicit || n.heads()) {
		return blockSubject{section: words, passes: true, cves: s.cves}
	}
	if c, value, ok := b.rules.keyed(text); ok && value.text != "" {
		return b.keyedSubject(s, c, value.text)
	}
	name, words, ok := b.rules.statusLine(text)
	if !ok {
		name, words = strings.Trim(b.rules.tidy(text), nameEnds), ""
	}
	s.status = words
	return b.named(s, strings.Trim(cveAside.ReplaceAllString(name, " "), nameEnds), in)
}

// keyedSubject is a heading such as "Product: Gate".
func (b *blockReader) keyedSubject(s blockSubject, c column, value string) blockSubject {
	value = strings.Trim(value, nameEnds)
	switch c.role {
	case roleVendor:
		s.vendor, s.maker = value, value
	case roleProduct:
		s.product, s.version = partVersions(value)
	default:
		s.passes = true
	}
	return s
}

// named reads the name in a heading: a product, or a maker and its product.
func (b *blockReader) named(s blockSubject, name string, in blockScope) blockSubject {
	switch {
	case asideName.MatchString(name):
		return blockSubject{aside: true}
	case letterHeading.MatchString(name), !b.rules.nameable(name):
		return blockSubject{passes: true, cves: s.cves}
	}
	if m := ofMaker.FindStringSubmatch(name); m != nil && b.rules.nameable(m[1]+m[2]) {
		name = m[1] + m[2]
	}
	s.product, s.version = partVersions(name)
	if m := nameParts.FindStringSubmatch(s.product); m != nil && in.vendor == "" && b.rules.maker(m[1]) && b.rules.nameable(m[2]) {
		s.vendor, s.product = m[1], m[2]
	}
	s.passes = !b.rules.maker(name)
	return s
}

// listed reads a line below which, or after which, all have one status:
// "Products not affected: Gate, Mail".
func (l *listRules) listed(text string) (words string, explicit bool, rest string, ok bool) {
	if len(text) > maxCell || !hasStatusPart(text) {
		return "", false, "", false
	}
	plain := l.tidy(text)
	head, rest := plain, ""
	if at := strings.IndexAny(plain, ":："); at >= 0 {
		head, rest = plain[:at], strings.TrimLeft(plain[at:], ":： ")
	}
	words, explicit, ok = sectionStatus(head)
	return words, explicit, rest, ok
}

// nameAndRest parts a name from remarks on it.
func (l *listRules) nameAndRest(text string) (name, rest string) {
	if m := boldName.FindStringSubmatch(text); m != nil {
		return strings.Trim(l.tidy(m[1]), nameEnds), strings.Trim(l.tidy(m[2]), nameEnds+"()（）")
	}
	plain := strings.Trim(l.tidy(text), nameEnds)
	if _, versions := partVersions(plain); versions != "" && !prose.MatchString(plain) {
		return plain, ""
	}
	for _, at := range lineBreaks.FindAllStringIndex(plain[:min(len(plain), maxKeyLine)], 1) {
		return plain[:at[0]], unbracket(plain[at[1]:])
	}
	return plain, ""
}
