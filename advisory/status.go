package advisory

import (
	"regexp"
	"strings"
)

// statusWord is a pattern over folded status words and what it means.
type statusWord struct {
	pattern *regexp.Regexp
	status  Status
}

// statusWords are tried in order, so what denies stands before what it denies
// and what is only promised before what is done. They read one phrase.
var statusWords = []statusWord{
	// A safety that holds under a condition only is not safety.
	{regexp.MustCompile(`by default|default config|if not |unless|partial(?:ly)? not|except`), StatusUnknown},
	{regexp.MustCompile(`under.?investigation|investigat|being (?:assessed|reviewed|analy[sz]ed)|in review|in triage|^triage|pending (?:analysis|review)|調査中|確認中|検証中|精査中`), StatusUnderInvestigation},
	{regexp.MustCompile(`not (?:yet )?(?:known|clear|confirmed|determined)|unknown|undetermined|tbd|tba|^n/?a$|^-+$|^\?+$|see notes?|不明|未確認|未定|情報提供済|回答なし|情報なし`), StatusUnknown},
	{regexp.MustCompile(`(?:no|not|un|non|never|nicht|n't) ?-?(?:be )?(?:believed to be |currently |known )?(?:\w+ly )?(?:vul|affect|impact|exploitable|susceptible)|known not affected|component not present|code not (?:present|reachable)|not in execute path|cannot be controlled|mitigations? already exist|not present|^no$|^safe$`), StatusNotAffected},
	{regexp.MustCompile(`影響(?:は|を|が)?(?:ない|無い|なし|無し|ありません|受けない|受けません|受けず)|該当(?:製品|バージョン)?(?:は|が)?(?:なし|無し|しない|しません|ない|ありません|せず)|対象(?:外|ではない|ではありません)|(?:非|不)該当|脆弱性(?:は|が)?(?:なし|無し|存在しない|ない)|使用していない`), StatusNotAffected},
	{regexp.MustCompile(`(?:fix|patch|update|workaround|hotfix|upgrade|remediation)(?:es|s)? (?:\w+ ){0,2}(?:expected|pending|planned|scheduled|in progress|upcoming|to be|tbd|soon|will be)|(?:awaiting|pending|no|without|unfixed|not) ?(?:a )?(?:fix|patch)|unfixed|unpatched|won'?t fix|will not fix|wontfix|needed|対応予定|修正予定|対策予定|未修正|未対応|対応中|修正中|準備中`), StatusAffected},
	{regexp.MustCompile(`workaround|mitigat|緩和|回避策`), StatusAffected},
	{regexp.MustCompile(`^(?:is |are |still )?(?:vulnerable|vuln|affected|impacted|yes)\b[^a-z]*(?:but |until |before |and )?(?:fix|patch|resolved|remediated|corrected)|^(?:影響あり|影響有り|該当あり|該当)[^ ]*(?:修正|対策|対応|解決)済`), StatusAffected},
	{regexp.MustCompile(`fix|patched|resolved|remediated|corrected|^update available|修正済|対策済|対応済|解決済|修正版|アップデート済`), StatusFixed},
	{regexp.MustCompile(`vul|affected|impacted|exploitable|susceptible|^yes$|first affected|last affected|known affected|recommended update|影響(?:が|を)?(?:あり|有り|ある|受け)|影響あり|該当(?:製品|バージョン)?(?:が|は)?(?:あり|有り|する|ある)|^該当$|^対象$|脆弱`), StatusAffected},
}

// statusBreaks part a cell that says several things ("Fix, Workaround").
var statusBreaks = regexp.MustCompile(`[,;|/、。；\n]+| and | und |&|および|及び`)

// loudness orders statuses for a cell that says several: what needs action is
// never hidden by what doesn't.
var loudness = map[Status]int{
	StatusNotAffected: 1, StatusUnknown: 2, StatusFixed: 3, StatusUnderInvestigation: 4, StatusAffected: 5,
}

// ParseStatus normalises a publisher's own words for a status, in English or
// Japanese ("Not vuln", "Not Affected", "known_not_affected", "該当製品なし",
// "脆弱性情報提供済み"). Of several in one cell the loudest counts, and words
// that are not understood, or that say "safe" only under a condition, are
// StatusUnknown: unknown is never safe.
func ParseStatus(words string) Status {
	folded := foldStatus(words)
	if folded == "" || folded == "n/a" {
		return StatusUnknown
	}
	best := Status("")
	for _, part := range statusBreaks.Split(folded, -1) {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		if s := statusOf(part); best == "" || loudness[s] > loudness[best] {
			best = s
		}
	}
	if best == "" {
		return StatusUnknown
	}
	return best
}

func statusOf(phrase string) Status {
	for _, w := range statusWords {
		if w.pattern.MatchString(phrase) {
			return w.status
		}
	}
	return StatusUnknown
}

// maxStatus bounds what is read as status words; more is prose.
const maxStatus = 400

func foldStatus(words string) string {
	if len(words) > maxStatus {
		words = cutRunes(words, maxStatus/4)
	}
	s := strings.ToLower(foldWidth(words))
	s = strings.Map(func(r rune) rune {
		switch r {
		case '_', '*', '`', '~', '\t', '\u00a0', '　', '(', ')', '.':
			return ' '
		case '’':
			return '\''
		}
		return r
	}, s)
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\r' }), " ")
}

// cutRunes gives the first n runes of s.
func cutRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
