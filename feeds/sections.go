package feeds

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"

	"hansho/advisory"
)

// section is a part of an alert by what it is about.
type section int

const (
	sectionHead section = iota
	sectionSummary
	sectionTarget
	sectionFix
	sectionWorkaround
	sectionDetection
	sectionReference
	sectionHistory
	sectionOther
)

// sections are the lines of an alert by section.
type sections map[section][]string

// sectionWords name a section by the words of its heading, tried in order.
var sectionWords = []struct {
	section section
	words   []string
}{
	{sectionHistory, []string{"改訂履歴", "更新履歴", "改版履歴"}},
	{sectionReference, []string{"参考情報", "参考文献", "関連情報", "参考"}},
	{sectionWorkaround, []string{"回避策", "ワークアラウンド", "緩和策", "軽減策", "暫定対策"}},
	{sectionDetection, []string{"侵害", "痕跡", "検出", "調査", "確認方法"}},
	{sectionTarget, []string{"対象", "影響を受ける", "該当する"}},
	{sectionFix, []string{"対策", "解決策", "修正", "アップデート"}},
	{sectionSummary, []string{"概要"}},
}

var (
	numbered = regexp.MustCompile(`^(?:[IVXivx]{1,4}|[Ⅰ-Ⅹ]|\d{1,2}|[①-⑩])\s*[.．、:：)）]\s*(.{1,40})$`)
	marked   = regexp.MustCompile(`^[■◆●【\[<＜]\s*(.{1,30}?)\s*[】\]>＞]?$`)
	bullet   = regexp.MustCompile(`^[-－−–—・*•●○◯◆]\s*(.{2,})$`)
)

// headingOf says which section a line opens; ok is false for a line of text.
func headingOf(line string) (section, bool) {
	name := line
	if m := numbered.FindStringSubmatch(line); m != nil {
		name = m[1]
	} else if m := marked.FindStringSubmatch(line); m != nil {
		name = m[1]
	} else if utf8.RuneCountInString(line) > 8 {
		return 0, false
	}
	isNumbered := numbered.MatchString(line)
	if strings.HasSuffix(name, "。") {
		return 0, false
	}
	for _, s := range sectionWords {
		for _, w := range s.words {
			if name == w || isNumbered && strings.Contains(name, w) {
				return s.section, true
			}
		}
	}
	if isNumbered && romanHeading.MatchString(line) {
		return sectionOther, true
	}
	return 0, false
}

// romanHeading is the numbering of an alert's own sections, told from that of
// the steps in a list.
var romanHeading = regexp.MustCompile(`^(?:[IVX]{1,4}|[Ⅰ-Ⅹ])\s*[.．]`)

func cutSections(lines []string) sections {
	out := sections{}
	at := sectionHead
	for _, l := range lines {
		if s, ok := headingOf(l); ok {
			at = s
			continue
		}
		out[at] = append(out[at], l)
	}
	return out
}

// text gives the lines of a section as one text.
func (s sections) text(at section) string {
	return strings.TrimSpace(strings.Join(s[at], "\n"))
}

// but gives the text of all sections but some.
func (s sections) but(out ...section) string {
	var b strings.Builder
	for at := sectionHead; at <= sectionOther; at++ {
		skip := false
		for _, o := range out {
			skip = skip || o == at
		}
		if !skip {
			b.WriteString(s.text(at) + "\n")
		}
	}
	return b.String()
}

// versionWords are what Japanese and English prose puts behind a version to
// make it a range.
var versionWords = regexp.MustCompile(`(?i)より前|未満|(?:および|及び|または|又は|あるいは|もしくは)?\s*それ(?:以前|以降|以後)|以前|以下|以上|以降|から|まで|より後|系|～|〜|すべて|全て|全バージョン|prior to|before|and earlier|through|or earlier|<=?|<`)

// versionStart finds the version that a range begins with, with the word that
// announces it.
var versionStart = regexp.MustCompile(`(?i)\bversions?\s*$|(?:(?:バージョン|リリース|\b(?:version|ver\.?|v|r))\s*)?\d[\w.\-+()]*\s*(?:系)?\s*(?:の)?\s*(?:および|及び|と|または|又は|,|、)?\s*$`)

var (
	updateHead = regexp.MustCompile(`^更新\s*[:：]\s*\d{4}`)
	released   = regexp.MustCompile(`(?:公開|リリース|提供)(?:し|され)(?:まし|てい|てお)|アップデートを推奨`)
	versionNo  = regexp.MustCompile(`\d+(?:\.\d+)+[\w.\-]*`)
)

// newestFix gives the fixed versions that the newest update of an alert names
// in a sentence ("バージョン2.16.0…を公開しました"): they overtake the list
// above it. It is empty where no update names any.
func newestFix(lines []string) string {
	newest, inUpdate := []string(nil), false
	fresh := false
	for _, l := range lines {
		if updateHead.MatchString(l) {
			inUpdate, fresh = true, true
			continue
		}
		if !inUpdate || !released.MatchString(l) {
			continue
		}
		versions := versionNo.FindAllString(width.Fold.String(l), -1)
		if len(versions) == 0 {
			continue
		}
		if fresh {
			newest, fresh = nil, false
		}
		for _, v := range versions {
			if !slices.Contains(newest, v) {
				newest = append(newest, v)
			}
		}
	}
	return strings.Join(newest, ", ")
}

// ownFixes leaves out the fixes that name another of the products exactly.
func ownFixes(fixes []fix, products []advisory.ProductStatus, product string) []fix {
	return slices.DeleteFunc(slices.Clone(fixes), func(f fix) bool {
		return f.product != product && slices.ContainsFunc(products, func(p advisory.ProductStatus) bool { return p.Product == f.product })
	})
}

// fixesFor gives the fixed versions that belong to a product, those of the same
// branch where there are such.
func fixesFor(fixes []fix, product, versions string) string {
	var all, branch []string
	for _, f := range fixes {
		if !sameProduct(f.product, product) {
			continue
		}
		all = append(all, f.version)
		if b := branchOf(f.version); b != "" && strings.Contains(versions, b) {
			branch = append(branch, f.version)
		}
	}
	if len(branch) > 0 {
		all = branch
	}
	return strings.Join(all, ", ")
}

var branchNumbers = regexp.MustCompile(`\d+\.\d+\.`)

// branchOf gives the "7.4." of 7.4.3.
func branchOf(version string) string { return branchNumbers.FindString(version) }

// sameProduct compares names loosely: one may go on where the other ends
// (Apache Log4j, Apache Log4j-core).
func sameProduct(a, b string) bool {
	fold := strings.NewReplacer(" ", "", "-", "", "_", "", "　", "")
	a, b = strings.ToLower(fold.Replace(a)), strings.ToLower(fold.Replace(b))
	return a == "" || strings.HasPrefix(a, b) || strings.HasPrefix(b, a)
}
