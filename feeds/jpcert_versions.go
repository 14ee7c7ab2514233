package feeds

import (
	"regexp"
	"strings"

	"golang.org/x/text/width"
)

// What a version looks like: a number, a word before it, and what makers put
// behind it ("8 Update 251", "7 r.5002", "(2020.009.20074)").
const (
	versionPrefix = `(?:(?:バージョン|リリース|ビルド|\b(?:versions?|ver|v|build(?:info)?|release|rev|r\.|(?:cumulative |critical )?(?:update|patch)|service pack)\b\.?|\b(?:ver|v|cu|sp))\s*[:.]?\s*)`
	versionSuffix = `(?:\s+(?:r\.|update|u|patch|critical patch|build|hotfix|p)\s*\d[\w.\-]*)`
	servicePack   = `\d+\.\d+ sp\s?\d+` + versionSuffix + `?`
	versionNumber = `(?:` + servicePack + `|\(?\d[\w.\-+]*(?:\(\w[\w.]*\)[\w.]*)?` + versionSuffix + `?\)?)`
	versionAnd    = `\s*(?:,|、|・|/|および|及び|ならびに|または|又は|と|\bor\b|\band\b)\s*`
	versionsNext  = `(?:` + versionAnd + versionPrefix + `?` + versionNumber + `)*`
	// versionSure is what can't be the end of a name: three numbers, a word
	// before it, a letter within, two in a row.
	versionSure = `(?:` + versionPrefix + versionNumber + `|\d+(?:\.\d+){2,}[\w\-+]*|\d+(?:\.\d+)+[A-Za-z]\d[\w.\-]*|\d{1,2}(?:\.\d+)*` + versionSuffix +
		`|` + servicePack + `|\(\d+(?:\.\d+)+\)|\d+(?:\.\d+)*\.x|\d+\.\d+[\w.\-]*` + versionAnd + `\d+\.\d+[\w.\-]*)`
)

var (
	// rangeWords are what Japanese and English prose puts behind a version to
	// make it a range.
	rangeWords = regexp.MustCompile(`(?i)より前|未満|(?:および|及び|または|又は|あるいは|もしくは)?\s*それ(?:以前|以降|以後|より前)|以前|以下|以上|以降|以後|から|まで|より後|系|シリーズ|[~〜～]|\s[-–—]\s*v?\d|すべて|全て|全バージョン|いずれのバージョン|prior to|before|and earlier|and below|and older|through|or earlier|all versions|<=?`)
	// standsAlone are those that say something with no version before them.
	standsAlone = regexp.MustCompile(`(?i)^(?:すべて|全て|全バージョン|いずれのバージョン|prior to|before|all versions|<)`)
	// rangeStart finds the version that a range begins with.
	rangeStart = regexp.MustCompile(`(?i)(?:\bversions?\s*|` + versionPrefix + `?` + versionNumber + versionsNext + `\s*(?:系)?\s*(?:の)?\s*(?:(?:および|及び|と|または|又は|あるいは|もしくは|,|、)\s*)?)$`)
	sureAtEnd  = regexp.MustCompile(`(?i)^(.*?(?:[^\x00-\x7F]|\)|\s))(` + versionSure + versionsNext + `)(?:\s*のバージョン)?$`)
	allVersion = regexp.MustCompile(`(?i)^` + versionPrefix + `?` + versionNumber + versionsNext + `$`)
	noteAtEnd  = regexp.MustCompile(`^(.*\S)\s*(\([^()]*\))$`)
	noteCounts = regexp.MustCompile(`すべて|全て|全バージョン|より前|以前|以降|以上|以下|未満|から|まで|除|のみ|含|場合|CVE-`)
	inBrackets = regexp.MustCompile(`\((\d[\w.\-]*)\)`)
)

// splitVersions parts a line of products into the product and what is said of
// its versions, which is empty where nothing is.
func splitVersions(line string) (product, versions string) {
	product, versions, _ = splitNoted(line)
	return product, versions
}

// splitNoted does the same, reads versions in brackets, and takes off a remark in
// brackets behind the versions that bounds nothing: an edition, a platform.
func splitNoted(line string) (product, versions, note string) {
	line = oneLine(width.Fold.String(line))
	if m := noteAtEnd.FindStringSubmatch(line); m != nil {
		aside := strings.Trim(m[2], "()")
		p, v := splitPlain(m[1])
		within, bounds := splitPlain(aside)
		switch counts := noteCounts.MatchString(aside); {
		case !counts && v != "":
			return p, v, aside
		case counts && v == "" && bounds != "": // "NAME (its versions)"
			return m[1], bounds, within
		}
	}
	product, versions = splitPlain(line)
	return product, versions, ""
}

func splitPlain(line string) (product, versions string) {
	start := rangeIn(line)
	if start < 0 {
		m := sureAtEnd.FindStringSubmatchIndex(line)
		if m == nil {
			return line, ""
		}
		start = m[4]
	}
	// "X バージョン 2.0 から": the word before the number belongs to it.
	product = strings.TrimRight(strings.TrimSpace(line[:start]), "、,:：(（-の ")
	return product, inBrackets.ReplaceAllString(strings.TrimSpace(line[start:]), "$1")
}

// rangeIn says where in a line a range begins, below 0 where there is none.
func rangeIn(line string) int {
	for _, m := range rangeWords.FindAllStringIndex(line, 32) {
		v := rangeStart.FindStringIndex(line[:m[0]])
		if line[m[0]:m[1]] == "シリーズ" && (v == nil || !strings.Contains(line[v[0]:m[0]], ".")) {
			continue // "SMA 100シリーズ" is a name
		}
		if v != nil {
			return v[0]
		}
		if standsAlone.MatchString(line[m[0]:m[1]]) {
			return m[0]
		}
	}
	return -1
}
