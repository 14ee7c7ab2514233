package notify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"hansho/cases"
	"hansho/notify/markup"
)

// maxNamed is how many CVE ids a sentence names.
const maxNamed = 4

// isJapanese says whether text holds Japanese characters.
func isJapanese(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Han) })
}

// nameIn gives the case's name and CVE ids as a letter in the language can say
// them: a name in Japanese is none in English, and a CVE id is not said twice.
func nameIn(lang string, c CaseView) (name string, cves []string) {
	name, cves = c.Name, c.CVEs
	if lang != "ja" && isJapanese(name) {
		name = ""
	}
	if slices.Contains(cves, name) {
		name = ""
	}
	return name, cves
}

// titled says whether a case's name is a headline that somebody published, and
// not what people call the matter.
func titled(name string) bool {
	if strings.HasSuffix(name, "脆弱性") {
		return false
	}
	lower := strings.ToLower(name)
	return slices.ContainsFunc([]string{"脆弱性", "について", "に関する", "注意喚起", "お知らせ", "更新", "アップデート", "vulnerabilit", "update", "advisory", "release"},
		func(w string) bool { return strings.Contains(lower, w) })
}

// topic names the case's matter as a heading does.
func topic(lang string) func(CaseView) markup.Safe {
	return func(c CaseView) markup.Safe {
		name, cves := nameIn(lang, c)
		switch {
		case name == "" && len(cves) > 0:
			name = cves[0]
		case name == "" && lang == "ja":
			name = "公表された脆弱性"
		case name == "":
			name = "a published vulnerability"
		case lang == "ja" && titled(name):
			return "「" + markup.Escape(name) + "」"
		}
		out := markup.Escape(name)
		if lang == "ja" && isASCIIEnd(name) {
			out += " "
		}
		return out
	}
}

// headline names the case's matter with its CVE ids, for a section of its own.
func headline(lang string) func(CaseView) markup.Safe {
	return func(c CaseView) markup.Safe {
		name, cves := nameIn(lang, c)
		ids := named(lang, cves)
		switch {
		case name == "" || ids == "":
			return markup.Escape(cmp.Or(name, ids, strings.TrimSpace(string(topic(lang)(c)))))
		case lang == "ja":
			return markup.Escape(name + "（" + ids + "）")
		}
		return markup.Escape(name + " (" + ids + ")")
	}
}

func isASCIIEnd(s string) bool { return s != "" && s[len(s)-1] < 0x80 }

// matter names it within a sentence: in Japanese a noun that ends in 脆弱性, in
// English "the vulnerability …".
func matter(lang string) func(CaseView) markup.Safe {
	return func(c CaseView) markup.Safe {
		name, cves := nameIn(lang, c)
		ids := named(lang, cves)
		if lang == "ja" {
			return markup.Escape(matterJA(name, ids))
		}
		return markup.Escape(matterEN(name, ids))
	}
}

func matterJA(name, ids string) string {
	in := ""
	if ids != "" {
		in = "（" + ids + "）"
	}
	switch {
	case name == "":
		return "脆弱性" + in
	case strings.HasSuffix(name, "脆弱性"):
		return name + in
	case titled(name):
		return "「" + name + "」に関する脆弱性" + in
	}
	return name + in + "と呼ばれる脆弱性"
}

func matterEN(name, ids string) string {
	switch {
	case name == "" && ids == "":
		return "a vulnerability"
	case name == "":
		return "the vulnerability " + ids
	case ids != "":
		ids = " (" + ids + ")"
	}
	if titled(name) {
		return "the vulnerability published as “" + name + "”" + ids
	}
	return "the vulnerability known as " + name + ids
}

// named lists CVE ids, the first few by name.
func named(lang string, cves []string) string {
	comma, more := ", ", " and %d more"
	if lang == "ja" {
		comma, more = "、", " ほか %d 件"
	}
	n := min(len(cves), maxNamed)
	text := strings.Join(cves[:n], comma)
	if rest := len(cves) - n; rest > 0 {
		text += fmt.Sprintf(more, rest)
	}
	return text
}

// addressed gives the lines of a letter's address. In Japanese the last line of
// the reader's name carries the honorific, once: 様 for a person, 御中 for an
// office.
func addressed(lang string) func(Recipient) []markup.Safe {
	return func(r Recipient) []markup.Safe {
		company, person := bare(r.Company), bare(r.Person)
		if lang != "ja" {
			return present(person, r.Title, company)
		}
		lines := present(company, r.Title, person)
		if len(lines) == 0 {
			return nil
		}
		honorific := cmp.Or(r.Honorific, "御中")
		if person != "" {
			if honorific = r.Honorific; honorific == "" || honorific == "御中" {
				honorific = "様"
			}
		}
		lines[len(lines)-1] += "　" + markup.Escape(honorific)
		return lines
	}
}

// bare takes an honorific off a name: some ledgers write it with the name.
func bare(name string) string {
	name = strings.TrimSpace(name)
	for _, h := range []string{"御中", "様", "さま"} {
		if cut, ok := strings.CutSuffix(name, h); ok {
			return strings.TrimSpace(cut)
		}
	}
	return name
}

func present(lines ...string) []markup.Safe {
	var out []markup.Safe
	for _, l := range lines {
		if safe := markup.Escape(l); strings.TrimSpace(string(safe)) != "" {
			out = append(out, safe)
		}
	}
	return out
}

// plural is a number with its noun.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprint(n, " ", many)
}

// Shift is how many items went from one group to another, of those that a letter
// without names tells apart: safe, mitigated, affected, open.
type Shift struct {
	From, To string // From is empty for items that are new to the case
	N        int
}

// group is where a letter without names counts an item.
func group(state string) string {
	switch s := cases.ItemState(state); s {
	case cases.ItemFixed, cases.ItemNotAffected:
		return "safe"
	case cases.ItemMitigated, cases.ItemAffected:
		return string(s)
	}
	return "open"
}

// shifts counts moves between groups, the best news last.
func shifts(moves []Move) []Shift {
	var out []Shift
	for _, m := range moves {
		s := Shift{To: group(m.To)}
		if m.From != "" {
			s.From = group(m.From)
		}
		if s.From == s.To {
			continue
		}
		i := slices.IndexFunc(out, func(o Shift) bool { return o.From == s.From && o.To == s.To })
		if i < 0 {
			out, i = append(out, s), len(out)
		}
		out[i].N++
	}
	order := []string{"affected", "open", "mitigated", "safe"}
	slices.SortFunc(out, func(a, b Shift) int {
		return cmp.Or(slices.Index(order, a.To)-slices.Index(order, b.To), cmp.Compare(a.From, b.From))
	})
	return out
}
