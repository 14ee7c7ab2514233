package vendors

import (
	"regexp"
	"strings"

	"golang.org/x/text/width"

	"hansho/advisory"
	"hansho/feeds"
)

// role is what a column of a list holds.
type role string

const (
	roleNone       role = ""
	roleVendor     role = "vendor"
	roleProduct    role = "product"
	roleVersion    role = "version" // the version that the status is about
	roleAffected   role = "affected"
	roleFixed      role = "fixed"
	roleUnaffected role = "unaffected"
	roleStatus     role = "status"
	roleCVE        role = "cve"
	roleNotes      role = "notes"
	roleWorkaround role = "workaround"
	roleLink       role = "link"
	roleUpdated    role = "updated"
)

// column is one column of a table, sheet or record.
type column struct {
	role role
	cve  string // the CVE that a status column is about, where its heading names one
	asks bool   // the heading asks whether there is a flaw: あり, or versions, may answer
}

// headingWords are the words by which a heading shows what its column holds,
// tried in order: the particular before the general ("affected versions"
// before "version", "vendor link" before "vendor").
var headingWords = []struct {
	pattern *regexp.Regexp
	role    role
}{
	{regexp.MustCompile(`update available|reporter|^id$|^no$|^#$|category|type$|severity|cvss|owner`), roleNone},
	{regexp.MustCompile(`vulnerable.*not vulnerable|(?:un|not )affected.* affected|affected.* (?:un|not )affected`), roleStatus},
	{regexp.MustCompile(`(?:un|not ?)(?:affected|impacted|vulnerable).*versions?|^(?:un|not ?)(?:affected|impacted|vulnerable)$|影響を受けないバージョン`), roleUnaffected},
	{regexp.MustCompile(`(?:fix|patch|resolved|updated|remediated)\w* (?:in )?(?:version|release)|(?:version|release)s? (?:fix|patch)|^fix(?:ed)?(?: in)?$|^patch(?:ed|es)?$|修正.*(?:バージョン|版)|対策.*(?:バージョン|版)|^修正版$|修正済み`), roleFixed},
	{regexp.MustCompile(`(?:affected|impacted|vulnerable) (?:version|release)|(?:version|release)s? (?:affected|impacted|vulnerable)|(?:影響|対象|該当).*(?:バージョン|版)`), roleAffected},
	{regexp.MustCompile(`last ?(?:updated?|modified|checked)|^updated?(?: on| at)?$|^date|date$|更新日|最終更新|日付`), roleUpdated},
	{regexp.MustCompile(`workaround|mitigation|回避策|緩和策|暫定対策`), roleWorkaround},
	{regexp.MustCompile(`\blinks?\b|\burls?\b|\bsources?\b|references?|\brefs?\b|advisor(?:y|ies)|statement|bulletin|リンク|出典|情報源|参照|参考|掲載先`), roleLink},
	{regexp.MustCompile(`status|^state$|^(?:is )?(?:it )?(?:vulnerable|affected|impacted|exploitable)$|状況|状態|ステータス|影響|該当|対応`), roleStatus},
	{regexp.MustCompile(`version|^release|バージョン|^版$|^versie`), roleVersion},
	{regexp.MustCompile(`vendor|supplier|manufacturer|\bmaker\b|company|organi[sz]ation|developer|ベンダ|メーカ|製造元|製造者|開発元|提供元|会社|事業者|leverancier|fabrikant|hersteller|fournisseur`), roleVendor},
	{regexp.MustCompile(`product|software|application|\bapp\b|component|package|service|solution|system|^name$|製品|名称|ソフト|サービス|機器|システム|produkt|produit`), roleProduct},
	{regexp.MustCompile(`notes?|comments?|remarks?|details?|description|information|備考|注記|コメント|説明|詳細|メモ|opmerking|^remediation|^resolution|^actions?\b|^対処|^対策$`), roleNotes},
	{regexp.MustCompile(`^cves?(?: ids?)?$|脆弱性番号`), roleCVE},
}

// listRules are how one entry's list is read.
type listRules struct {
	doc      feeds.Meta
	headings map[string]role            // the mapping's own headings, folded
	words    map[string]advisory.Status // the mapping's own status words, folded
	cves     []string                   // what the list is about
	vendor   string                     // whose all the products are
	statuses map[string]advisory.Status // words met, as read: few differ in thousands of rows
	keys     map[string]column          // keys met in blocks, as read
}

func newListRules(doc feeds.Meta) *listRules {
	l := &listRules{doc: doc, headings: map[string]role{}, words: map[string]advisory.Status{}, statuses: map[string]advisory.Status{}, keys: map[string]column{}}
	for _, r := range []role{
		roleVendor, roleProduct, roleVersion, roleAffected, roleFixed, roleUnaffected,
		roleStatus, roleNotes, roleWorkaround, roleLink, roleUpdated, roleCVE,
	} {
		said := doc.Entry.Mapping[string(r)]
		if r == roleCVE {
			if l.cves = advisory.FindCVEs(said); len(l.cves) > 0 {
				continue
			}
		}
		if name, ok := strings.CutPrefix(said, "="); ok && r == roleVendor {
			l.vendor = strings.TrimSpace(name)
			continue
		}
		for _, heading := range strings.Split(said, "|") {
			if folded := foldHeading(heading); folded != "" {
				l.headings[folded] = r
			}
		}
	}
	for _, pair := range strings.Split(doc.Entry.Mapping["words"], ",") {
		if word, status, ok := strings.Cut(pair, "="); ok {
			l.words[foldHeading(word)] = advisory.Status(strings.TrimSpace(status))
		}
	}
	return l
}

// columns reads a row of headings. It is nil where they head no product list:
// nothing names a product, or nothing is said of it.
func (l *listRules) columns(headings []string) []column {
	columns := make([]column, len(headings))
	has := map[role]bool{}
	for i, h := range headings {
		columns[i] = l.column(h)
	}
	for i, c := range columns {
		if once[c.role] && c.cve == "" && i != l.chosen(columns, headings, c.role) {
			columns[i] = column{role: roleNotes}
		}
		has[columns[i].role] = true
	}
	named := has[roleVendor] || has[roleProduct]
	says := has[roleStatus] || has[roleLink] || has[roleAffected] || has[roleFixed] || has[roleUnaffected] || has[roleVersion]
	if !named || !says {
		return nil
	}
	return columns
}

// once are roles that one column has; others like it are remarks.
var once = map[role]bool{roleVendor: true, roleProduct: true, roleStatus: true, roleVersion: true}

// chosen is which of several columns of a role has it: the first, unless another
// asks what the list is about ("Vulnerable?" beside a status of the work), or
// isn't the version of something inside ("Version" beside "OpenSSL version").
func (l *listRules) chosen(columns []column, headings []string, r role) int {
	first := -1
	for i, c := range columns {
		switch {
		case c.role != r || c.cve != "":
		case c.asks, r == roleVersion && plainVersion.MatchString(foldHeading(headings[i])):
			return i
		case first < 0:
			first = i
		}
	}
	return first
}

// plainVersion heads the versions of the product itself.
var plainVersion = regexp.MustCompile(`^(?:product |製品の?)?(?:versions?|バージョン|版)$`)

func (l *listRules) column(heading string) column {
	folded := foldHeading(heading)
	if r, ok := l.headings[folded]; ok {
		return column{role: r, cve: firstCVE(heading)}
	}
	if cve := firstCVE(heading); cve != "" {
		return column{role: roleStatus, cve: cve}
	}
	for _, w := range headingWords {
		if w.pattern.MatchString(folded) {
			return column{role: w.role, asks: w.role == roleStatus && asksForFlaw.MatchString(folded)}
		}
	}
	return column{}
}

// asksForFlaw are headings below which "あり" says that there is a flaw; below
// others (対応, a fix) it may say the contrary.
var asksForFlaw = regexp.MustCompile(`^(?:影響|該当|脆弱性)(?:の?有無|の?状況)?$|^(?:is )?(?:it )?(?:vulnerable|affected|impacted|exploitable)\b|vulnerable.*not vulnerable|affected.*affected`)

func firstCVE(s string) string {
	if found := advisory.FindCVEs(s); len(found) > 0 {
		return found[0]
	}
	return ""
}

var (
	headingAside = regexp.MustCompile(`\([^)]*\)`)
	headingGaps  = regexp.MustCompile(`[\s_*:?!.,/\-]+`)
)

// foldHeading gives a heading in the form in which headings are compared:
// "Version(s) (see Status)" and "version" are one.
func foldHeading(s string) string {
	s = strings.ToLower(width.Fold.String(s))
	s = headingAside.ReplaceAllString(s, "")
	return strings.TrimSpace(headingGaps.ReplaceAllString(s, " "))
}

// status reads the words of a status cell, the entry's own before the common
// ones.
func (l *listRules) status(words string) advisory.Status {
	if s, ok := l.statuses[words]; ok {
		return s
	}
	s, ok := l.words[foldHeading(words)]
	if !ok {
		plain := plainWords(words)
		if long := oneLetter[strings.ToLower(plain)]; long != "" {
			plain = long
		}
		s = unconditional(plain, advisory.ParseStatus(turns.ReplaceAllString(plain, ", ")))
	}
	if len(l.statuses) < maxStatusWords {
		l.statuses[strings.Clone(words)] = s
	}
	return s
}

var (
	// turns lead from a status to the next: "not affected → affected".
	turns = regexp.MustCompile(`\s*(?:→|⇒|➡|->|=>)\s*`)
	// conditions are what a safety holds under.
	conditions = regexp.MustCompile(`(?i)\bif\b|\bonly\b|\bwhen\b|\bprovided\b|as long as|depend|場合|限り|限る|のみ|だけ|条件`)
)

// unconditional is a status without a safety that holds under a condition.
func unconditional(words string, s advisory.Status) advisory.Status {
	if s == advisory.StatusNotAffected && conditions.MatchString(words) {
		return advisory.StatusUnknown
	}
	return s
}

// maxStatusWords bounds the memory of status words met.
const maxStatusWords = 4096
