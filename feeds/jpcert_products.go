package feeds

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/width"

	"hansho/advisory"
)

// pageProducts makes claims of the lists of a page: what is hit, in which
// versions, what mends it, what helps meanwhile.
func pageProducts(s sections, title string) []advisory.ProductStatus {
	workaround := cutRunes(s.text(sectionWorkaround), maxWorkaround)
	fixes := pageFixes(s[sectionFix])
	out := listClaims(entries(s[sectionTarget]), title, workaround)
	if len(out) == 0 {
		out = listClaims(proseEntries(s[sectionTarget], titleProducts(title)), title, workaround)
	}
	for i, p := range out {
		if p.Status == advisory.StatusAffected && p.Fixed == "" {
			out[i].Fixed = fixesFor(ownFixes(fixes, out, p.Product), p.Product, p.Versions)
		}
	}
	if !slices.ContainsFunc(out, func(p advisory.ProductStatus) bool { return p.Status == advisory.StatusAffected }) {
		out = append(out, titleClaims(s, title, fixes, workaround)...)
	}
	if newest, updated := newestFix(s[sectionFix]); len(out) == 1 && newest != "" && (updated || out[0].Fixed == "") {
		out[0].Fixed = newest
	}
	return out
}

// listClaims makes claims of the lines of a list. Versions of which no line says
// whose they are belong to the title's product, where it names one.
func listClaims(list []entry, title, workaround string) []advisory.ProductStatus {
	names := titleProducts(title)
	var out []advisory.ProductStatus
	for _, e := range list {
		if e.product == "" && len(names) == 1 {
			e.product = names[0]
		}
		if e.refined || e.product == "" {
			continue
		}
		p := advisory.ProductStatus{Product: e.product, Versions: e.versions, Status: e.status, Fixed: e.fixed, Note: e.note}
		if e.status == advisory.StatusAffected {
			p.Workaround = workaround
		}
		if len(e.cves) == 0 {
			e.cves = []string{""}
		}
		for _, cve := range e.cves {
			p.CVE = cve
			out = append(out, p)
		}
	}
	return out
}

var (
	hitSentence = regexp.MustCompile(`^(.{2,120}?)\s*(?:が|は)、?\s*(?:本|これらの|当該|この|同)?(?:脆弱性の|の)?(?:影響を受け(?:ます|る)|対象(?:です|となります|となる))`)
	sentenceAdd = regexp.MustCompile(`^(?:なお|また|ただし|さらに)、\s*`)
	anyOf       = regexp.MustCompile(`^(?:上記|それ|これ|以下|次|下記|すべて|全て|該当|対象|本製品|当該)`)
)

// proseEntries reads the sentences that say what is hit, where no list does. A
// subject is believed where the title names it too, or where it has versions.
func proseEntries(lines, names []string) []entry {
	var out []entry
	for _, l := range withoutSources(lines) {
		for s := range strings.SplitSeq(oneLine(width.Fold.String(l)), "。") {
			s = sentenceAdd.ReplaceAllString(strings.TrimSpace(s), "")
			m := hitSentence.FindStringSubmatch(s)
			if m == nil || ifOnly.MatchString(s) || saysNotHit.MatchString(s) || len(out) >= maxPageProducts {
				continue
			}
			product, versions, note := splitNoted(m[1])
			if anyOf.MatchString(product) || versions == "" && !slices.ContainsFunc(names, func(n string) bool { return foldName(n) == foldName(product) }) {
				continue
			}
			out = append(out, entry{product: product, versions: versions, note: note, cves: advisory.FindCVEs(s), status: advisory.StatusAffected})
		}
	}
	return out
}

// titleClaims are about what the title names, where no list names anything. What
// the text says of versions is of one product only.
func titleClaims(s sections, title string, fixes []fix, workaround string) []advisory.ProductStatus {
	names := titleProducts(title)
	var out []advisory.ProductStatus
	for _, name := range names {
		p := advisory.ProductStatus{Product: name, Status: advisory.StatusAffected, Workaround: workaround, Fixed: fixesFor(fixes, name, "")}
		if len(names) == 1 {
			p.Versions = cutRunes(oneLine(strings.Join(s[sectionTarget], " ")), 300)
		}
		out = append(out, p)
	}
	return out
}

var (
	titleFlaw = regexp.MustCompile(`^(?:注意喚起[:：]\s*)?(.{2,80}?)\s*(?:における|に関する|の)(?:.{0,60}?)脆弱性`)
	titleAnd  = regexp.MustCompile(`、|および|及び|ならびに|並びに`)
	titleRest = regexp.MustCompile(`(?:など|等)$`)
)

// titleProducts gives the products that an alert's title names before its flaw.
func titleProducts(title string) []string {
	m := titleFlaw.FindStringSubmatch(title)
	if m == nil {
		return nil
	}
	var out []string
	for _, name := range titleAnd.Split(m[1], -1) {
		if name = strings.Trim(titleRest.ReplaceAllString(strings.TrimSpace(name), ""), "「」 "); name != "" {
			out = append(out, name)
		}
	}
	return out
}
