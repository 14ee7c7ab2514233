package version

import (
	"strings"
	"unicode/utf8"
)

// fold narrows full-width forms (３．４ to 3.4, ～ to 〜) and no-break spaces. at
// holds for each byte of the result, and for its end, the byte of s where the
// rune it came from starts; it is nil where nothing had to be changed.
func fold(s string) (folded string, at []int32) {
	if !needsFold(s) {
		return s, nil
	}
	var b strings.Builder
	b.Grow(len(s))
	at = make([]int32, 0, len(s)+1)
	for i, r := range s {
		n := b.Len()
		b.WriteRune(narrow(r))
		for range b.Len() - n {
			at = append(at, int32(i))
		}
	}
	return b.String(), append(at, int32(len(s)))
}

func needsFold(s string) bool {
	for _, r := range s {
		if r >= 0x80 && (r == utf8.RuneError || narrow(r) != r) {
			return true
		}
	}
	return false
}

// narrow is the ASCII form of one rune that stands for it in Japanese or
// typographic text. It leaves ①, ㈱ and Ⅲ alone: they are not digits of a version.
func narrow(r rune) rune {
	switch {
	case r == '〜' || r == '∼' || r == '～':
		return '〜' // from … to …: unlike ~ never a part of a version
	case r >= 0xFF01 && r <= 0xFF5E:
		return r - 0xFEE0
	case r == '　' || r == '\u00a0' || r == '\u202f' || r == '\u2009' || r == '\t':
		return ' '
	case r >= '\u2010' && r <= '\u2015' || r == '−':
		return '-'
	}
	return r
}

func trimSpace(s string) string { return strings.TrimSpace(s) }
