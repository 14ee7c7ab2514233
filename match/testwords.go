package match

import (
	"regexp"
	"strings"
)

// testNotes are what is said beside a version test, in Japanese.
var testNotes = map[string]string{
	"the item leaves open what the identifier asks for": "識別子が求める項目が台帳にない",
	"needs a platform that the item doesn't have":       "対象となる動作環境がこの資産にない",
	"needs a platform of which the item says nothing":   "対象となる動作環境かどうかが台帳にない",
	sayMore: "本文はほかの版も指している可能性がある",
	"a distribution's package: fixes are brought back into older versions": "ディストリビューションのパッケージ：版はそのままで修正されていることがある",
}

// testForms are the tests that could not be decided, in Japanese. What could be
// is notation: 2.14.1 in >=2.0, <2.15.0.
var testForms = []struct {
	form *regexp.Regexp
	ja   string
}{
	{regexp.MustCompile(`^(.*) can't be (?:ordered|tested) against (.*)$`), "$1 と $2 の前後を判定できない"},
	{regexp.MustCompile(`^(.*) may be in (.*): a part could not be read$`), "$1 は $2 に当たる可能性がある（一部を読み取れない）"},
	{regexp.MustCompile(`^(.*): no version range could be read$`), "$1：版の範囲を読み取れない"},
}

// testTerms are the words inside of tests.
var testTerms = strings.NewReplacer("(no version)", "（版の記載なし）", "any version", "全バージョン", "no version", "版なし")

// TestIn words the test of an evidence in ja; any other language leaves it in
// English.
func TestIn(lang, test string) string {
	if lang != "ja" || test == "" {
		return test
	}
	parts := strings.Split(test, "; ")
	for i, part := range parts {
		if note, ok := testNotes[part]; ok {
			parts[i] = note
			continue
		}
		for _, f := range testForms {
			if f.form.MatchString(part) {
				part = f.form.ReplaceAllString(part, f.ja)
				break
			}
		}
		parts[i] = testTerms.Replace(part)
	}
	return strings.Join(parts, "；")
}
