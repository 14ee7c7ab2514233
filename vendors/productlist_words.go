package vendors

import (
	"regexp"
	"strings"
	"unicode"

	"hansho/advisory"
)

// emojiName is an emoji as Markdown writes it: :white_check_mark:.
var emojiName = regexp.MustCompile(`:[a-z0-9_+-]{2,40}:`)

// plainWords are a status cell's words without the signs that only paint them; a
// sign alone stays, since it may mean either.
func plainWords(words string) string {
	plain := emojiName.ReplaceAllString(words, " ")
	plain = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.So, r) || unicode.Is(unicode.Sk, r) || r == '\ufe0f' || r == '\u200d' {
			return ' '
		}
		return r
	}, plain)
	if plain = strings.Join(strings.Fields(plain), " "); plain == "" {
		return strings.TrimSpace(words)
	}
	return plain
}

// oneLetter are the answers of columns that ask "vulnerable?".
var oneLetter = map[string]string{"y": "yes", "n": "no", "はい": "yes", "いいえ": "no"}

var (
	// nameAside is a remark in brackets after a name.
	nameAside = regexp.MustCompile(`^(.*\S)\s*[(（\[]([^()（）\[\]]+)[)）\]]\s*$`)
	// wordBeforeLink announces an address and says nothing.
	wordBeforeLink = regexp.MustCompile(`(?i)[\s:：\-–—]+(?:source|link|here|url|see|statement|advisory|reference|リンク|参照)s?\s*[:：]?$`)
	statusRemark   = regexp.MustCompile(`(?i)^(?:is |are )?(?:not |un|non[- ]?)?(?:vulnerable|vuln|affected|impacted)$|^(?:under |in |still )?investigati(?:on|ng)$|^(?:fixed|patched)$|^(?:影響|該当)(?:あり|有り|なし|無し|を受けない|を受ける|しない|する)$|^調査中$|^対策済み?$`)
	// spacedColon parts a name from the rest where hands type it with a blank.
	spacedColon = regexp.MustCompile(`^(.*?\S)\s+[:：]\s+(\S.*)$`)
)

// splitName takes off a name what stands between it and its address: words that
// announce the address, a remark after a colon, a status in brackets.
func (l *listRules) splitName(name string) (rest, note, status string) {
	name = strings.Trim(wordBeforeLink.ReplaceAllString(name, ""), nameEnds)
	if m := spacedColon.FindStringSubmatch(name); m != nil {
		name, note = strings.Trim(m[1], nameEnds), strings.Trim(m[2], nameEnds)
	}
	if m := nameAside.FindStringSubmatch(name); m != nil && l.saysStatus(m[2]) {
		name, status = strings.Trim(m[1], nameEnds), m[2]
	}
	if status == "" && l.saysStatus(note) {
		note, status = "", note
	}
	return name, note, status
}

// saysStatus says whether a remark is a status and nothing besides: "login needed"
// and "fixed link" are none.
func (l *listRules) saysStatus(remark string) bool {
	remark = strings.Trim(remark, "()（）[] .")
	return statusRemark.MatchString(remark) && l.status(remark) != advisory.StatusUnknown
}
