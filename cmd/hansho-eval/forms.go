package main

import (
	"fmt"

	"hansho/advisory"
	"hansho/internal/fold"
	"hansho/match"
)

// form is how some publisher writes a title: V is the maker, P the product.
type form struct{ name, format string }

// forms imitate titles that none of the real ones here has: JVN's and IPA's, JPCERT's
// over the years, and those of makers, distributions and plugin directories.
var forms = []form{
	{"JVN#: P における", "JVN#12345678: %[2]s におけるクロスサイトスクリプティングの脆弱性"},
	{"JVNVU#: V製Pにおける", "JVNVU#91234567: %[1]s製%[2]sにおける複数の脆弱性"},
	{"V の P 1.2.3 以前における", "%[1]s の %[2]s 1.2.3 以前における境界外書き込みに関する脆弱性"},
	{"P に SQL", "%[2]s に SQL インジェクションの脆弱性"},
	{"V 製「P」における", "%[1]s製「%[2]s」におけるアクセス制限不備の脆弱性"},
	{"アプリ「P」における", "スマートフォンアプリ「%[2]s」におけるサーバ証明書の検証不備の脆弱性"},
	{"「P」における (IPA)", "「%[2]s」における OS コマンド・インジェクションの脆弱性について(JVN#12345678)"},
	{"更新:P の対策について", "更新:%[2]s の脆弱性対策について(CVE-2023-12345)"},
	{"P の未修正の", "%[2]s の未修正の脆弱性に関する注意喚起(公開)"},
	{"P を狙う攻撃", "%[2]s の脆弱性を悪用する攻撃に関する注意喚起"},
	{"V P (English)", "%[1]s %[2]s Remote Code Execution Vulnerability"},
	{"CVE P: (English)", "CVE-2024-1234 %[2]s: Denial of Service Vulnerability"},
	{"P <= 1.2 (plugin)", "%[2]s <= 1.2.3 - Authenticated (Contributor+) Stored Cross-Site Scripting"},
	{"DSA P", "[SECURITY] [DSA 5678-1] %[2]s security update"},
	{"USN P", "USN-1234-1: %[2]s vulnerabilities"},
	{"Security update for P", "Security update available for %[2]s | APSB24-01"},
}

// everyForm is which products are written about in one form: one of so many, by hash.
const everyForm = 24

// formed measures each form on each half of its products, those of the table's own
// beside thousands of others.
func formed(m *match.Matcher, s *stock, products []product) []*score {
	var out []*score
	for i, f := range forms {
		halves := [...]*score{newScore("form: "+f.name, "developed", s), newScore("form: "+f.name, "held out", s)}
		for _, p := range products {
			h := hashed(fmt.Sprint(i, p.Vendor, "/", p.Product))
			if h%everyForm != 0 || placeholder(p) || fold.Name(p.Product) == "" {
				continue
			}
			title := fmt.Sprintf(f.format, p.Vendor, p.Product)
			halves[h/everyForm%2].count(title, s.truth([]product{p}), m.Match(&advisory.Advisory{Title: title}))
		}
		out = append(out, halves[:]...)
	}
	return out
}
