package feeds

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"
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
	{sectionFix, []string{"対策", "解決策", "修正", "アップデート", "対応"}},
	{sectionSummary, []string{"概要"}},
}

var (
	numbered = regexp.MustCompile(`^(?:[IVXivx]{1,4}|[Ⅰ-Ⅹ]|\d{1,2}|[①-⑩])\s*[.．、:：)）]\s*(.{1,40})$`)
	marked   = regexp.MustCompile(`^[■◆●【\[<＜]\s*(.{1,30}?)\s*[】\]>＞]?$`)
	bullet   = regexp.MustCompile(`^[-－−–—・*•●○◯◆]\s*(.{2,})$`)
)

// headingOf says which section a line opens; ok is false for a line of text.
func headingOf(line string) (section, bool) {
	line = strings.TrimSpace(width.Fold.String(line))
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
	if romanHeading.MatchString(line) && isNumbered {
		return sectionOther, true
	}
	return 0, false
}

// romanHeading is the numbering of an alert's own sections, told from that of
// the steps in a list.
var romanHeading = regexp.MustCompile(`^(?:[IVX]{1,4}|[Ⅰ-Ⅹ])\s*[.．]`)

// steps is the numbering of lists.
var steps = regexp.MustCompile(`^(?:\d|[①-⑩])`)

// cutSections parts the lines by their headings. Where those are numbered in the
// Roman way, other numbers are those of steps and lists.
func cutSections(lines []string) sections {
	out := sections{}
	at := sectionHead
	roman := slices.ContainsFunc(lines, func(l string) bool {
		s, ok := headingOf(l)
		return ok && s != sectionOther && romanHeading.MatchString(l)
	})
	for _, l := range lines {
		s, ok := headingOf(l)
		if ok && !(roman && steps.MatchString(width.Fold.String(l))) {
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
