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

// maxHead bounds, in runes, a line that heads a list.
const maxHead = 60

// maxPageProducts bounds the claims that one page makes.
const maxPageProducts = 500

// entry is one line of a list of products: what it names, which versions, and
// which CVEs the list is about.
type entry struct {
	product, versions, note, fixed string

	cves    []string
	status  advisory.Status
	series  bool // only a branch, such as "11.1系"
	refined bool // the lines below say which of it
}

var (
	onlyCVEs   = regexp.MustCompile(`^(?:[【\[(]?\s*CVE-\d{4}-\d{4,}\s*[】\])]?\s*(?:,|、|・|/|および|及び|と|:)?\s*)+$`)
	besideCVEs = regexp.MustCompile(`\s*\([^()]*CVE-\d{4}-\d{4,}[^()]*\)`)
	onlySeries = regexp.MustCompile(`^(?:バージョン\s*)?\d+(?:\.\d+)*(?:\.x|(?:\.x)?\s*(?:系|シリーズ))$`)
	headSeries = regexp.MustCompile(`^(.*\S)\s+(\d+(?:\.\d+)+)$`)
	opensList  = regexp.MustCompile(`次の|以下の|下記|次に|対象となる|影響を受ける`)
	pointsDown = regexp.MustCompile(`次の|以下の|下記`)
	saysNotHit = regexp.MustCompile(`影響を受けない|影響を受けません|影響(?:は|を受けること)?(?:ない|なし|ありません)|対象外|対象ではありません|該当しない|該当しません|(?i:not affected)`)
	ifOnly     = regexp.MustCompile(`条件|場合|限り|設定`)
	ofProducts = regexp.MustCompile(`製品|バージョン|ソフトウェア|システム|機器`)
	safeBullet = regexp.MustCompile(`^(.{2,80}?)\s*(?:については|は|:)\s*(?:本|これらの|当該)?(?:脆弱性の)?(?:影響を受けません|影響はありません|対象外です|対象外|影響なし)。?$`)
	newStretch = regexp.MustCompile(`^\(?更新\)?\s*[:：]?\s*\d{4}`)
	leadNames  = regexp.MustCompile(`(?:次|以下|下記)の(?:バージョン|リリース)の\s*(.{2,60}?)\s*(?:が|は|において|に)|(?:影響を受ける|対象となる)\s*(.{2,60}?)\s*の(?:バージョン|リリース)は`)
)

// entries reads the list of a section: lines with a bullet name products, a line
// that has only versions belongs to what is named above it, and lines between
// them say whether what follows is hit.
func entries(lines []string) []entry {
	r := listReader{status: advisory.StatusAffected}
	for _, l := range withoutSources(lines) {
		if len(r.out) >= maxPageProducts {
			break
		}
		if cells := tableCells(l); cells != nil {
			r.row(cells)
			continue
		}
		if l = oneLine(width.Fold.String(l)); l != "" {
			r.columns = nil
		}
		if m := bullet.FindStringSubmatch(l); m != nil {
			r.bullet(m[1])
			continue
		}
		r.between(l)
	}
	return r.out
}

func isProse(l string) bool {
	return utf8.RuneCountInString(l) > maxBullet || strings.HasSuffix(l, "。") || strings.Contains(l, "ください")
}

// listReader is what the lines read so far say of the next one.
type listReader struct {
	out     []entry
	head    string // the line above the bullets, where it names a product
	headed  bool   // no bullet since then named one
	lead    string // the product of which a sentence says that its versions follow
	cves    []string
	status  advisory.Status
	columns []listColumn // of the table that is being read
	skip    bool         // what follows are conditions or steps, no products
}

// bullet reads the text of a line with a bullet.
func (r *listReader) bullet(text string) {
	if m := safeBullet.FindStringSubmatch(text); m != nil && !ifOnly.MatchString(text) {
		r.add(m[1], advisory.StatusNotAffected)
		return
	}
	if !r.skip && !isProse(text) {
		r.add(text, r.status)
	}
}

func (r *listReader) add(text string, status advisory.Status) {
	if onlyCVEs.MatchString(text) {
		r.cves = advisory.FindCVEs(text)
		return
	}
	e := entry{cves: r.cves, status: status}
	if besideCVEs.MatchString(text) {
		e.cves = advisory.FindCVEs(text)
		text = besideCVEs.ReplaceAllString(text, "")
	}
	e.product, e.versions, e.note = splitNoted(text)
	if allVersion.MatchString(text) {
		e.product, e.versions = "", text
	}
	r.put(e)
}

func (r *listReader) put(e entry) {
	if e.product != "" {
		r.headed = false
		e.series = onlySeries.MatchString(e.versions)
		r.out = append(r.out, e)
		return
	}
	if e, ok := r.under(e); ok {
		r.out = append(r.out, e)
	}
}

// between reads a line without a bullet.
func (r *listReader) between(l string) {
	switch {
	case l == "":
		return
	case newStretch.MatchString(l):
		r.head, r.headed, r.lead, r.cves, r.skip, r.status = "", false, "", nil, false, advisory.StatusAffected
	case onlyCVEs.MatchString(l):
		r.cves, r.skip = advisory.FindCVEs(l), false
	case strings.HasSuffix(l, "。") || utf8.RuneCountInString(l) > maxHead || opensList.MatchString(l):
		r.sentence(l)
	case r.plainEntry(l):
		r.add(l, r.status)
	default:
		if cves := advisory.FindCVEs(l); len(cves) > 0 {
			r.cves = cves
		}
		r.head, r.headed, r.skip = strings.TrimRight(l, " :"), true, false
	}
}

// plainEntry says whether a line without a bullet names a product with its
// versions: some pages only break their lines.
func (r *listReader) plainEntry(l string) bool {
	if r.skip || strings.HasSuffix(l, ":") || strings.HasPrefix(l, "※") || strings.HasPrefix(l, "注") {
		return false
	}
	product, versions := splitVersions(l)
	return product != "" && versions != "" && !onlySeries.MatchString(versions)
}

// sentence reads what stands between lists: it opens the next one.
func (r *listReader) sentence(l string) {
	r.head, r.headed = "", false
	if !opensList.MatchString(l) {
		return
	}
	r.status, r.skip, r.lead = advisory.StatusAffected, ifOnly.MatchString(l) && !ofProducts.MatchString(l), ""
	if saysNotHit.MatchString(l) && pointsDown.MatchString(l) {
		r.status = advisory.StatusNotAffected
	}
	if m := leadNames.FindStringSubmatch(l); m != nil {
		r.lead = firstOf(m[1:]...)
	}
	if pointsDown.MatchString(l) {
		r.cves = advisory.FindCVEs(l)
	}
}

// under gives a line that has only versions the product above it. Where that line
// named a branch, the versions are of the branch.
func (r *listReader) under(e entry) (entry, bool) {
	if r.headed {
		e.product = r.head
		if m := headSeries.FindStringSubmatch(e.product); m != nil && !onlySeries.MatchString(e.versions) {
			e.product, e.versions = m[1], m[2]+"系 "+e.versions
		}
		return e, e.product != ""
	}
	if len(r.out) == 0 || r.lead != "" && r.out[len(r.out)-1].product == r.lead {
		e.product = r.lead
		return e, true // the title says of what, where no sentence does
	}
	last := &r.out[len(r.out)-1]
	if m := headSeries.FindStringSubmatch(last.product); m != nil && last.versions == "" {
		last.product, last.versions, last.series = m[1], m[2]+"系", true
	}
	e.product = last.product
	if last.versions == "" {
		last.refined = true
		return e, true
	}
	for i := len(r.out) - 1; i >= 0 && r.out[i].product == e.product; i-- {
		if r.out[i].series {
			r.out[i].refined = true
			e.versions = r.out[i].versions + " " + e.versions
			break
		}
	}
	return e, true
}

var webAddress = regexp.MustCompile(`^\(?https?://`)

// withoutSources empties the stretches of lines that say where something is
// written: a publisher, a title, an address.
func withoutSources(lines []string) []string {
	out := slices.Clone(lines)
	for i, l := range lines {
		if !webAddress.MatchString(l) {
			continue
		}
		for j := i; j >= 0 && j > i-4 && lines[j] != ""; j-- {
			if s := lines[j]; bullet.MatchString(s) || strings.HasSuffix(s, "。") || tableCells(s) != nil || newStretch.MatchString(s) {
				break
			}
			out[j] = ""
		}
	}
	return out
}
