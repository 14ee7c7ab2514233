// Package notifytest gives tests of channels and templates the same notices: a
// week of Log4Shell as a company of middle size would have been told of it, in
// our own words, and text that tries to break out of wherever it is put.
package notifytest

import (
	"time"

	"hansho/advisory"
	"hansho/match"
	"hansho/notify"
)

// At is when the samples are told: 14 December 2021, 10:30 in Tokyo.
var At = time.Date(2021, 12, 14, 1, 30, 0, 0, time.UTC)

// Notice gives the sample of a kind in a language.
func Notice(kind notify.Kind, lang string) notify.Notice {
	c := Case()
	n := notify.Notice{Kind: kind, Lang: lang, At: At, Case: &c, Urgent: true}
	switch kind {
	case notify.KindUpdate:
		n.News = []notify.News{revised(), {
			SourceView: ipa(), Digest: "d2", Revision: 1, Exploited: true,
			Rated: &advisory.Severity{Rating: "critical", Score: 10}, Was: "high",
		}, listRow("Cisco")}
		c.Items[0].Moved, c.Items[0].Was = true, match.Possible
		c.Items[1].Moved = true
		c.Items[3].Moved, c.Items[3].Was = true, match.UnderInvestigation
	case notify.KindReversal:
		n.News = []notify.News{{SourceView: vendor(), Digest: "d3", Revision: 4, Revised: true, Changes: []advisory.Change{
			{Field: "status", About: "例示製作所 文書管理システム", Before: "not_affected", After: "affected"},
		}}}
		c.Items = c.Items[1:2]
		c.Items[0].Verdict, c.Items[0].State = match.Affected, "affected"
		n.Told = []string{"営業部", "株式会社サンプル商事"}
	case notify.KindSummary:
		n.Case, n.Cases = nil, []notify.CaseView{c, chrome()}
	case notify.KindDigest:
		n.Case, n.Urgent = nil, false
		n.Digest = &notify.Digest{
			Since: At.AddDate(0, 0, -7), Until: At, Sources: 12, Polls: 2016, OldestSuccess: At.Add(-3 * time.Hour), OldestSource: "ipa",
			Items: 214, Uncovered: []string{"入退室管理システム", "複合機 3F"},
			Stuck: []notify.Stuck{{To: "slack:#security", Waiting: 3}, {To: "teams", Waiting: 1, Parked: 2}},
		}
	case notify.KindSourceDown, notify.KindSourceUp, notify.KindSourceOdd:
		n.Case, n.Urgent = nil, false
		n.Source = &notify.SourceHealth{
			ID: "jvndb", Publisher: "JVN iPedia", Page: "https://jvndb.jvn.jp/", LastSuccess: At.Add(-26 * time.Hour), FailedSince: At.Add(-25 * time.Hour),
			Error:  "feeds: jvndb: fetch https://jvndb.jvn.jp/ja/rss/jvndb_new.rdf: 503 Service Unavailable",
			Alarms: []notify.Alarm{{Kind: "jump", Detail: "500 → 4812"}, {Kind: "moved", Detail: "https://jvndb.jvn.jp/new.rdf"}, {Kind: "gap"}},
		}
	case notify.KindReminder:
		n.Text = ""
	case notify.KindLetter:
		n.Case = nil
		n.Letter = &notify.Letter{ID: "letter-1", Kind: "status", Subject: "Log4Shell への対応状況について", Text: "関係者各位\n\n12月14日時点の対応状況をお知らせします。\n以上"}
	}
	return n
}

// Case is Log4Shell on its fifth day.
func Case() notify.CaseView {
	return notify.CaseView{
		ID: "case:CVE-2021-44228", Name: "Log4Shell", CVEs: []string{"CVE-2021-44228", "CVE-2021-45046"},
		Severity:  advisory.Severity{Rating: "critical", Score: 10, Vectors: []string{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"}},
		Exploited: true,
		Summary:   "Java のログ出力ライブラリ Apache Log4j に、細工した文字列を記録させるだけで遠隔から任意のコードを実行できる脆弱性があります。\n攻撃が広く観測されています。",
		Items:     items(),
		Sources:   []notify.SourceView{jpcert(), ipa(), listRow("Cisco").SourceView, listRow("VMware").SourceView},
	}
}

// listRow is a row of a product list, that names a maker and its statement.
func listRow(maker string) notify.News {
	return notify.News{SourceView: notify.SourceView{
		Advisory: "list:" + maker, Source: "list", Publisher: "Example list", PublisherJA: "例示一覧", Title: maker,
		Link: "https://list.example/log4shell", Updated: At.Add(-40 * time.Minute),
	}, Digest: "d4", Revision: 1, Statement: "https://psirt.example/" + maker}
}

func items() []notify.ItemView {
	const workaround = "JndiLookup クラスをクラスパスから削除する"
	return []notify.ItemView{
		{
			ID: "order", Name: "受発注システム", Product: "Apache Log4j 2.14.1", Owner: "情報システム部", Kind: "server", Exposure: "internet",
			Verdict: match.Affected, State: "affected", Fixed: "2.16.0", Workaround: workaround,
			Evidence: []match.Evidence{{Method: "contains", Item: "Apache Log4j 2.14.1", Found: "Apache Log4j", Where: "products[0]", Test: "2.14.1 in >=2.0-beta9, <2.16.0", Result: "in"}},
		},
		{
			ID: "docs", Name: "文書管理システム", Product: "例示製作所 文書管理システム 5.2", Owner: "総務部", Kind: "server",
			Verdict: match.Possible, State: "asked",
			Evidence: []match.Evidence{{Method: "text", Item: "例示製作所", Found: "例示製作所 文書管理システム", Where: "summary"}},
		},
		{
			ID: "vcenter", Name: "仮想基盤", Product: "VMware vCenter Server 7.0.1", Owner: "情報システム部", Kind: "server",
			Verdict: match.Affected, State: "mitigated", Fixed: "7.0 Update 3c", Workaround: "vmsa-2021-0028 の手順を適用する",
			Evidence: []match.Evidence{{Method: "cpe", Item: "cpe:2.3:a:vmware:vcenter_server:7.0.1:*:*:*:*:*:*:*", Found: "cpe:/a:vmware:vcenter_server", Where: "products[3]", Test: "7.0.1 in 7.0", Result: "in", Source: "VMware VMSA-2021-0028"}},
		},
		{ID: "web", Name: "コーポレートサイト", Product: "nginx 1.20.2", Owner: "広報部", Kind: "server", Verdict: match.NotAffected, State: "not_affected"},
	}
}

func jpcert() notify.SourceView {
	return notify.SourceView{
		Advisory: "jpcert:at210050", Source: "jpcert", Publisher: "JPCERT/CC", Title: "Apache Log4jの任意のコード実行の脆弱性（CVE-2021-44228）に関する注意喚起",
		Link: "https://www.jpcert.or.jp/at/2021/at210050.html", Updated: At.Add(-90 * time.Minute),
	}
}

func ipa() notify.SourceView {
	return notify.SourceView{
		Advisory: "ipa:alert20211213", Source: "ipa", Publisher: "IPA", Title: "Apache Log4j の脆弱性対策について(CVE-2021-44228)",
		Link: "https://www.ipa.go.jp/security/ciadr/vul/alert20211213.html", Updated: At.Add(-3 * time.Hour),
	}
}

func vendor() notify.SourceView {
	return notify.SourceView{
		Advisory: "reiji:2021-007", Source: "reiji", Publisher: "Reiji Works", PublisherJA: "例示製作所", Title: "弊社製品への Log4j 脆弱性の影響（第4報）",
		Link: "https://reiji.example.co.jp/psirt/2021-007", Updated: At.Add(-20 * time.Minute),
	}
}

func revised() notify.News {
	return notify.News{SourceView: jpcert(), Digest: "d1", Revision: 3, Revised: true, Changes: []advisory.Change{
		{Field: "fixed", About: "Apache Log4j", Before: "2.15.0", After: "2.16.0"},
		{Field: "exploited", Before: "false", After: "true"},
		{Field: "cves", After: "CVE-2021-45046"},
		{Field: "summary", Before: "Log4j に脆弱性があります。", After: "Log4j に脆弱性があります。2.15.0 の修正は不十分でした。"},
		{Field: "workaround", About: "Apache Log4j", Before: "log4j2.formatMsgNoLookups を true にする。\n再起動が必要です。", After: "JndiLookup クラスをクラスパスから削除する。\nlog4j2.formatMsgNoLookups による回避は不十分でした。\n再起動が必要です。"},
		{Field: "history", After: "2021-12-14 「III. 対策」、「IV. 回避策」の追記"},
		{Field: "history", After: "更新"},
	}}
}

func chrome() notify.CaseView {
	return notify.CaseView{
		ID: "case:CVE-2021-4102", Name: "Google Chrome の解放済みメモリ使用の脆弱性", CVEs: []string{"CVE-2021-4102"},
		Severity: advisory.Severity{Rating: "high", Score: 8.8},
		Items:    []notify.ItemView{{ID: "pc", Name: "社内 PC", Product: "Google Chrome 96.0.4664.93", Owner: "情報システム部", Verdict: match.Possible}},
		Sources:  []notify.SourceView{{Advisory: "jvndb:x", Source: "jvndb", Publisher: "JVN iPedia", Title: "Google Chrome", Link: "https://jvndb.jvn.jp/", Updated: At}},
	}
}

// Letter is what the sample letters are written from.
func Letter() notify.LetterData {
	c := Case()
	return notify.LetterData{
		Date: At, Case: c, Items: c.Items[1:2],
		From: notify.Sender{
			Company: "株式会社例示商会", Department: "情報システム部 セキュリティ担当", Name: "山田 太郎",
			Phone: "03-0000-0000（内線 1234）", Email: "security@example.co.jp", Hours: "平日 9:00〜18:00（夜間・休日は自動音声の案内に従ってください）",
		},
		To:       notify.Recipient{Company: "株式会社例示製作所", Title: "品質保証部 部長", Person: "佐藤 花子"},
		ReportTo: "security@example.co.jp", ReplyBy: At.AddDate(0, 0, 3), Token: "HS-7Q4M",
	}
}
