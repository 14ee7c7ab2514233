package advisory

import "regexp"

// Japanese publishers mark a title as new or updated before it or behind it.
var (
	markBehind = regexp.MustCompile(`\s*[（(【\[]\s*(公開|更新|新規|追記|再掲|最終更新)(?:[^（(）)】\]]{0,20})?\s*[）)】\]]\s*$`)
	markBefore = regexp.MustCompile(`^\s*(?:[【\[]\s*(?:更新|追記)\s*[】\]]|(?:更新|追記)\s*[：:])\s*`)
)

// CutUpdateMark takes off a title what marks it as new or updated (（更新）,
// 【追記】, 更新：) and says whether it says "updated".
func CutUpdateMark(title string) (bare string, updated bool) {
	bare = title
	if m := markBefore.FindString(bare); m != "" {
		bare, updated = bare[len(m):], true
	}
	for {
		m := markBehind.FindStringSubmatchIndex(bare)
		if m == nil {
			return bare, updated
		}
		switch bare[m[2]:m[3]] {
		case "更新", "追記", "最終更新":
			updated = true
		}
		bare = bare[:m[0]]
	}
}
