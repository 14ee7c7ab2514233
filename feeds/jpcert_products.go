package feeds

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"

	"hansho/advisory"
)

// maxBullet bounds, in runes, a line that names a product; more is a sentence.
const maxBullet = 160

// maxPageProducts bounds the claims that one page makes.
const maxPageProducts = 500

// entry is one line of a list of products: what it names, which versions, and
// which CVEs the list is about.
type entry struct {
	product, versions string
	cves              []string
	status            advisory.Status
	series            bool // only a branch, such as "11.1系"
	refined           bool // the lines below say which of it
}

var (
	onlyCVEs     = regexp.MustCompile(`^(?:[【\[(（]?\s*CVE-\d{4}-\d{4,}\s*[】\])）]?\s*(?:,|、|・|/|および|及び|と|:|：)?\s*)+$`)
	besideCVEs   = regexp.MustCompile(`\s*[(（]\s*CVE-\d{4}-\d{4,}[^()（）]*[)）]`)
	onlyVersions = regexp.MustCompile(`(?i)^(?:(?:バージョン|リリース|version|ver\.?|v)\s*)?\d[\w.\-]*(?:\s*(?:,|、|および|及び|または|と|/)\s*\d[\w.\-]*)*$`)
	exactVersion = regexp.MustCompile(`^(.*\S)\s+((?:バージョン\s*)?\d+(?:\.\d+){2,}[\w\-]*(?:\s*(?:,|、|および|及び|または|と|/)\s*\d+(?:\.\d+)+[\w.\-]*)*)$`)
	onlySeries   = regexp.MustCompile(`^(?:バージョン\s*)?\d+(?:\.\d+)*(?:\.x|(?:\.x)?\s*(?:系|シリーズ))$`)
	headSeries   = regexp.MustCompile(`^(.*\S)\s+(\d+(?:\.\d+)+)$`)
	opensList    = regexp.MustCompile(`次の|以下の|下記|対象となる|影響を受ける`)
	saysNotHit   = regexp.MustCompile(`影響を受けない|影響を受けません|影響はない|影響はありません|対象外|対象ではありません|該当しない|該当しません`)
)

// entries reads the list of a section: lines with a bullet name products, a line
// that has only versions belongs to what is named above it, and lines between
// them say whether what follows is hit.
func entries(lines []string) []entry {
	var out []entry
	r := listReader{status: advisory.StatusAffected}
	for _, l := range lines {
		l = oneLine(width.Fold.String(l))
		m := bullet.FindStringSubmatch(l)
		if m == nil {
			r.between(l)
			continue
		}
		if isProse(m[1]) || len(out) >= maxPageProducts {
			continue
		}
		if e, ok := r.entry(m[1], out); ok {
			out = append(out, e)
		}
	}
	return out
}

func isProse(l string) bool {
	return utf8.RuneCountInString(l) > maxBullet || strings.HasSuffix(l, "。") || strings.Contains(l, "ください")
}

// listReader is what the lines read so far say of the next one.
type listReader struct {
	head   string // the line above the bullets, where it names a product
	headed bool   // no bullet since then named one
	cves   []string
	status advisory.Status
}

// between reads a line without a bullet.
func (r *listReader) between(l string) {
	switch {
	case l == "":
		return
	case onlyCVEs.MatchString(l):
		r.cves = advisory.FindCVEs(l)
	case strings.HasSuffix(l, "。") || strings.HasSuffix(l, ":") || utf8.RuneCountInString(l) > 60:
		if opensList.MatchString(l) || saysNotHit.MatchString(l) {
			r.status = advisory.StatusAffected
			if saysNotHit.MatchString(l) {
				r.status = advisory.StatusNotAffected
			}
		}
		r.head, r.headed = "", false
	default:
		r.head, r.headed = l, true
	}
}

// entry reads the text of a bullet.
func (r *listReader) entry(text string, above []entry) (entry, bool) {
	if onlyCVEs.MatchString(text) {
		r.cves = advisory.FindCVEs(text)
		return entry{}, false
	}
	e := entry{cves: r.cves, status: r.status}
	if besideCVEs.MatchString(text) {
		e.cves = advisory.FindCVEs(text)
		text = besideCVEs.ReplaceAllString(text, "")
	}
	e.product, e.versions = splitVersions(text)
	if onlyVersions.MatchString(text) {
		e.product, e.versions = "", text
	}
	if e.product != "" {
		r.headed = false
		e.series = onlySeries.MatchString(e.versions)
		return e, true
	}
	return r.under(e, above)
}

// under gives a line that has only versions the product above it. Where that line
// named a branch, the versions are of the branch.
func (r *listReader) under(e entry, above []entry) (entry, bool) {
	if r.headed {
		e.product = strings.Trim(r.head, " :")
		if m := headSeries.FindStringSubmatch(e.product); m != nil && !onlySeries.MatchString(e.versions) {
			e.product, e.versions = m[1], m[2]+"系 "+e.versions
		}
		return e, e.product != ""
	}
	if len(above) == 0 {
		return e, false
	}
	last := &above[len(above)-1]
	if m := headSeries.FindStringSubmatch(last.product); m != nil && last.versions == "" {
		last.product, last.versions, last.series = m[1], m[2]+"系", true
	}
	e.product = last.product
	for i := len(above) - 1; i >= 0 && above[i].product == e.product; i-- {
		if above[i].series {
			above[i].refined = true
			e.versions = above[i].versions + " " + e.versions
			break
		}
	}
	return e, true
}

// splitVersions parts a line of affected products into the product and what is
// said of its versions, which is empty where nothing is.
func splitVersions(line string) (product, versions string) {
	line = oneLine(width.Fold.String(line))
	m := versionWords.FindStringIndex(line)
	if m == nil {
		if exact := exactVersion.FindStringSubmatch(line); exact != nil {
			return exact[1], exact[2]
		}
		return line, ""
	}
	start := m[0]
	if v := versionStart.FindStringIndex(line[:start]); v != nil {
		start = v[0]
	}
	// "X バージョン 2.0 から": the word before the number belongs to it.
	product = strings.TrimRight(strings.TrimSpace(line[:start]), "、,:：(（-の ")
	return strings.TrimSpace(product), strings.TrimSpace(line[start:])
}

// pageProducts makes claims of the lists of a page: what is hit, in which
// versions, what mends it, what helps meanwhile.
func pageProducts(s sections, title string) []advisory.ProductStatus {
	workaround := cutRunes(s.text(sectionWorkaround), maxWorkaround)
	fixes := pageFixes(s[sectionFix])
	list := slices.DeleteFunc(entries(s[sectionTarget]), func(e entry) bool { return e.refined })
	var out []advisory.ProductStatus
	for _, e := range list {
		p := advisory.ProductStatus{Product: e.product, Versions: e.versions, Status: e.status}
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
	for i, p := range out {
		if p.Status == advisory.StatusAffected {
			out[i].Fixed = fixesFor(ownFixes(fixes, out, p.Product), p.Product, p.Versions)
		}
	}
	if len(out) == 0 {
		out = titleClaims(s, title, fixes, workaround)
	}
	if newest := newestFix(s[sectionFix]); len(out) == 1 && newest != "" {
		out[0].Fixed = newest
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
)

// titleProducts gives the products that an alert's title names before its flaw.
func titleProducts(title string) []string {
	m := titleFlaw.FindStringSubmatch(title)
	if m == nil {
		return nil
	}
	var out []string
	for _, name := range titleAnd.Split(m[1], -1) {
		if name = strings.Trim(strings.TrimSpace(name), "「」"); name != "" {
			out = append(out, name)
		}
	}
	return out
}

// fix is a fixed version that a page names.
type fix struct{ product, version string }

// fixedStart parts "Apache Log4j 2.15.0" into product and version.
var fixedStart = regexp.MustCompile(`(?i)^(.*?)\s*((?:(?:バージョン|\b(?:version|ver\.?|v))\s*)?\d[\w.\-+]*(?:\s*\([^()]*\))?(?:\s*(?:(?:および|及び|または|又は|あるいは|もしくは)\s*それ以降|以降|以上|or later|and later))?(?:の.{0,20}?バージョン)?)$`)

// pageFixes gives the fixed versions that a section lists. One that stands
// without a product is of the product above it.
func pageFixes(lines []string) []fix {
	var out []fix
	head := ""
	for _, l := range lines {
		l = oneLine(width.Fold.String(l))
		m := bullet.FindStringSubmatch(l)
		if l == "" {
			continue
		}
		if m == nil {
			if head = l; isProse(l) || strings.HasSuffix(l, ":") || utf8.RuneCountInString(l) > 60 {
				head = ""
			}
			continue
		}
		if isProse(m[1]) {
			continue
		}
		if v := fixedStart.FindStringSubmatch(m[1]); v != nil {
			out = append(out, fix{product: firstOf(v[1], head), version: v[2]})
		}
	}
	return out
}
