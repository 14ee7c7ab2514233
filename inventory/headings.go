package inventory

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"hansho/internal/fold"
)

// bracketed is what headings carry beside their name: 名称（必須）, Version [text].
var bracketed = regexp.MustCompile(`[(（\[［【<＜〔][^)）\]］】>＞〕]*[)）\]］】>＞〕]`)

// maxHeading is the longest heading that is looked at, in characters.
const maxHeading = 40

// heads finds the column that a heading names.
type heads[T any] struct {
	columns []column[T]
	exact   map[string]int // folded heading → index in columns
	unread  map[string]bool
}

func newHeads[T any](columns []column[T]) heads[T] {
	h := heads[T]{columns: columns, exact: map[string]int{}, unread: map[string]bool{}}
	for i, c := range columns {
		for _, name := range append([]string{c.key}, c.headings...) {
			if key := fold.Name(name); h.exact[key] == 0 {
				h.exact[key] = i + 1
			}
		}
	}
	for _, name := range unread {
		h.unread[headingKey(name)] = true
	}
	return h
}

// keyed gives the column of a key.
func (h heads[T]) keyed(key string) *column[T] {
	for i := range h.columns {
		if h.columns[i].key == key {
			return &h.columns[i]
		}
	}
	return nil
}

// headingKey folds a heading, or keeps a bare mark such as #.
func headingKey(heading string) string {
	if key := fold.Name(bracketed.ReplaceAllString(heading, "")); key != "" {
		return key
	}
	return strings.TrimSpace(heading)
}

// find gives the column of a heading, or says that a heading without a column
// is known to be of no use. A longer heading that ends in a known one means the
// same (使用ソフトウェア名), for in Japanese the noun comes last.
func (h heads[T]) find(heading string) (c *column[T], known bool) {
	for _, part := range headingParts(heading) {
		key := headingKey(part)
		if i := h.exact[key]; i > 0 {
			return &h.columns[i-1], true
		}
		if i := h.exact[strings.TrimSuffix(key, "名称")]; i > 0 { // メーカー名称 is メーカー
			return &h.columns[i-1], true
		}
		if key == "" || h.unread[key] {
			return nil, true
		}
	}
	key := headingKey(heading)
	for cut := range key {
		if cut == 0 || utf8.RuneCountInString(key[cut:]) < 2 || key[cut] < utf8.RuneSelf {
			continue
		}
		if i := h.exact[key[cut:]]; i > 0 {
			return &h.columns[i-1], true
		}
		if h.unread[key[cut:]] {
			return nil, true
		}
	}
	return nil, counts.MatchString(key)
}

// counts are headings of dates, numbers and sums of whatever: 契約終了日, 利用者数.
var counts = regexp.MustCompile(`.[日年月数費額欄]$`)

// headingParts gives the heading and, where it offers a choice (メーカー／ベンダー),
// its parts; and a name that a program wrote in one as words.
func headingParts(heading string) []string {
	parts := []string{heading}
	if s := spaced(heading); s != heading {
		parts = append(parts, s)
	}
	for p := range strings.FieldsFuncSeq(heading, func(r rune) bool { return strings.ContainsRune("/／・\n\r", r) }) {
		parts = append(parts, p)
	}
	return parts
}

// count is how many different columns a row of cells names.
func (h heads[T]) count(cells []string) int {
	seen := map[string]bool{}
	for _, cell := range cells {
		if cell == "" || utf8.RuneCountInString(cell) > maxHeading {
			continue
		}
		if c, _ := h.find(cell); c != nil {
			seen[c.key] = true
		}
	}
	return len(seen)
}

// The headings of the two tables that a company keeps.
var (
	itemHeads    = newHeads(itemColumns)
	partnerHeads = newHeads(partnerColumns)
)
