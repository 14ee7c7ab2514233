package notifytest

import (
	"hansho/advisory"
	"hansho/match"
	"hansho/notify"
)

// Hostile is text that would ping people, break out of the markup or fake it,
// wherever it lands.
const Hostile = "<!channel> <@U12345678> @here @channel [toall] [To:1] <at>all</at> <m userId=\"all\"> &lt;!here&gt; *bold* _i_ `code` " +
	"[a](https://evil.example/) <https://evil.example/|bank> ![x](https://evil.example/y.png)\n# head\n- item\n> quote\n\n---\n```\n<b>html</b> <script>alert(1)</script>\u202Egnp {{.Case}} \x00\x1b[31m"

// HostileNotice is a notice of a kind all of whose words came from an attacker.
func HostileNotice(kind notify.Kind, lang string) notify.Notice {
	const h = Hostile
	s := notify.SourceView{Advisory: h, Source: h, Publisher: h, Title: h, Link: "javascript:alert(1)"}
	c := notify.CaseView{
		ID: h, Name: h, Summary: h, Acked: h, CVEs: []string{h}, Severity: advisory.Severity{Rating: h}, Sources: []notify.SourceView{s},
		Items: []notify.ItemView{{
			ID: h, Name: h, Product: h, Owner: h, Kind: h, Verdict: match.Affected, State: h, Fixed: h, Workaround: h, Link: "data:text/html,x",
			Evidence: []match.Evidence{{Method: h, Item: h, Found: h, Test: h, Result: h, Source: h}},
		}},
	}
	return notify.Notice{
		Kind: kind, Lang: lang, At: At, Case: &c, Cases: []notify.CaseView{c},
		News:   []notify.News{{SourceView: s, Revised: true, Changes: []advisory.Change{{Field: "fixed", About: h, Before: h, After: h}, {Field: h, About: h, After: h}}}},
		Source: &notify.SourceHealth{ID: h, Publisher: h, Page: "javascript:alert(1)", Error: h},
		Digest: &notify.Digest{OldestSource: h, Uncovered: []string{h}, Failing: []string{h}, Gaps: []string{h}, Stuck: []notify.Stuck{{To: h, Waiting: 1}}},
		Told:   []string{h},
		Letter: &notify.Letter{ID: h, Subject: h, Text: h},
	}
}
