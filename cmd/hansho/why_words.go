package main

import (
	"regexp"

	"hansho/match"
)

// reasons are the matcher's reasons in Japanese.
var reasons = map[string]string{
	"the CPE names meet":                    "CPE名が一致",
	"the package URLs are of one package":   "purlが同じパッケージ",
	"vendor and product are the same":       "ベンダーと製品が同じ",
	"the name stands in the text":           "本文に名前がある",
	"the configuration covers the CPE name": "適用範囲の条件にCPE名が含まれる",
	"same product name, another vendor":     "製品名は同じだが、別のベンダー",
	"same product name, but an everyday word, and the vendor is missing on one side":                 "製品名は同じだが一般的な語で、片方にベンダーがない",
	"same vendor, another product with a word in common":                                             "ベンダーは同じだが、一部の語だけが共通する別の製品",
	"same CPE product, another vendor":                                                               "CPEの製品は同じだが、別のベンダー",
	"part of a vendor's name":                                                                        "ベンダー名の一部",
	"stands where the title tells of the weakness":                                                   "脆弱性の説明の中にある語",
	"named as what something else is made for or runs on":                                            "別の製品の対象・動作環境として挙がっている",
	"named as a part of something else":                                                              "別の製品の部品として挙がっている",
	"another vendor's":                                                                               "別のベンダーのもの",
	"an everyday word without its vendor":                                                            "ベンダーのない一般的な語",
	"written like a word of the sentence, without its vendor":                                        "文中の普通の語として書かれ、ベンダーがない",
	"the name alone could mean products of several vendors, or another product is meant more surely": "名前だけでは複数のベンダーの製品があり得る、または別の製品のほうが確か",
}

// reasonForms are the reasons that quote something.
var reasonForms = []struct {
	form *regexp.Regexp
	ja   string
}{
	{regexp.MustCompile(`^same CPE product, but (.+) is (.+), not (.+)$`), "CPEの製品は同じだが、$1 が $3 ではなく $2"},
	{regexp.MustCompile(`^inside the longer name (.+)$`), "より長い名前 $1 の一部"},
	{regexp.MustCompile(`^goes on as a longer name: (.+)$`), "より長い名前 $1 に続いている"},
}

// reason says in the reader's language how an item met an advisory, or what kept
// them apart. A reason without Japanese words stays as it is.
func (w words) reason(why string) string {
	if w.lang == "en" {
		return why
	}
	if ja, ok := reasons[why]; ok {
		return ja
	}
	for _, f := range reasonForms {
		if f.form.MatchString(why) {
			return f.form.ReplaceAllString(why, f.ja)
		}
	}
	return why
}

// result is the outcome of a version test in the reader's language.
func (w words) result(res string) string {
	switch res {
	case "in":
		return w.say("result.in")
	case "out":
		return w.say("result.out")
	case "unknown":
		return w.say("result.unknown")
	}
	return res
}

// verdict is a verdict in the reader's language, with the word that machines use.
func (w words) verdict(v match.Verdict) string {
	switch v {
	case match.Affected:
		return w.say("verdict.affected")
	case match.Possible:
		return w.say("verdict.possible")
	case match.UnderInvestigation:
		return w.say("verdict.investigated")
	case match.Fixed:
		return w.say("verdict.fixed")
	case match.NotAffected:
		return w.say("verdict.not_affected")
	}
	return string(v)
}
