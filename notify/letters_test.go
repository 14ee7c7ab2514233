package notify_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hansho/advisory"
	"hansho/notify"
	"hansho/notify/notifytest"
)

// letter is what the golden letters of a kind are written from.
func letter(kind, detail string) notify.LetterData {
	d := notifytest.Letter()
	d.Detail = detail
	if kind != "supplier-request" {
		d.Items = d.Case.Items
	}
	d.Since, d.NextReport = notifytest.At.AddDate(0, 0, -4), notifytest.At.AddDate(0, 0, 7)
	switch kind {
	case "weekly":
		quiet := d.Case
		quiet.Name, quiet.CVEs = "Google Chrome の解放済みメモリ使用の脆弱性", []string{"CVE-2021-4102"}
		d.Progress = []notify.Progress{
			{
				Case: d.Case, Items: d.Items, News: d.Case.Sources, Since: d.Since, Did: notify.Deeds{Asked: 2, Answered: 1, Examined: 1, Warned: true},
				Moves: []notify.Move{{Item: d.Items[2], From: "affected", To: "mitigated"}, {Item: d.Items[3], From: "asked", To: "not_affected"}, {Item: d.Items[1], To: "asked"}},
			},
			{Case: quiet, Since: d.Since},
		}
		d.Case = notify.CaseView{}
	case "correction":
		d.Earlier = &notify.EarlierLetter{Subject: "Log4Shell への対応状況のお知らせ", Date: notifytest.At.AddDate(0, 0, -1)}
		d.Corrections = []notify.Correction{{Item: d.Items[0], Said: "not_affected"}}
	case "reminder":
		d.Earlier = &notify.EarlierLetter{Subject: "Log4Shell に関するご確認のお願い", Date: notifytest.At.AddDate(0, 0, -2)}
		d.Items = d.Items[1:2]
	}
	return d
}

// inEnglish is a letter to and from people whose names are in English, as the
// configuration and the inventory have them.
func inEnglish(d notify.LetterData) notify.LetterData {
	full := d.From.Name != ""
	d.From = notify.Sender{Company: "Reiji Trading Co., Ltd.", Department: "Information Systems, Security"}
	d.To = notify.Recipient{Company: "Keiyo Information Services", Title: "Customer Support"}
	if full {
		d.From.Name, d.From.Phone, d.From.Email, d.From.Hours = "Taro Yamada", "+81 3 0000 0000 (ext. 1234)", "security@example.co.jp", "weekdays 9:00–18:00 JST"
		d.To = notify.Recipient{Company: "Nordvik Maskin AS", Title: "Head of Quality", Person: "Ingrid Dahl"}
	}
	d.Case.Summary = "" // one in Japanese is left out of an English letter
	if d.Earlier != nil {
		earlier := *d.Earlier
		earlier.Subject = "Log4Shell: our status as of Mon 13 Dec"
		d.Earlier = &earlier
	}
	return d
}

// levels are the levels of detail at which a kind of letter reads differently.
func levels(kind string) []string {
	if slices.Contains([]string{"partner-request", "status", "weekly", "correction"}, kind) {
		return []string{"full", "summary", "minimal"}
	}
	return []string{"full"}
}

// sparse is a letter of which little is known: one item, a headline for a name,
// an office without a person, nobody's telephone, no rating.
func sparse(kind string) notify.LetterData {
	d := letter(kind, "summary")
	d.Case.Name, d.Case.CVEs = "例示 製品の脆弱性対策について(2021年12月)", []string{"CVE-2021-0001"}
	d.Case.Severity, d.Case.Exploited, d.Case.Summary, d.Case.Sources = advisory.Severity{}, false, "", nil
	d.From = notify.Sender{Company: "株式会社例示商会", Department: "情報システム部"}
	d.To = notify.Recipient{Company: "京葉情報サービス株式会社 御中", Title: "カスタマーサポート"}
	d.ReportTo, d.ReplyBy, d.Token, d.Weekday = "", time.Time{}, "", "Friday"
	d.Items, d.Case.Items = d.Items[:1], d.Case.Items[:min(1, len(d.Case.Items))]
	for i := range d.Progress {
		d.Progress[i].Case.Sources, d.Progress[i].News, d.Progress[i].Moves = nil, nil, nil
		d.Progress[i].Did = notify.Deeds{Answered: 1}
		d.Progress[i].Items = d.Items
	}
	return d
}

// others are letters that a kind's own don't show.
func others() map[string]notify.LetterData {
	pending := letter("reminder", "full")
	pending.Earlier.Pending = notifytest.At.AddDate(0, 0, -1)
	more := letter("partner-request", "full")
	more.Attached, more.FormURL = []string{"cve-2021-44228-asahi.json"}, "https://hansho.example.co.jp/a/0123456789abcdef"
	idle := letter("weekly", "summary")
	idle.Progress = nil
	out := map[string]notify.LetterData{"reminder/pending": pending, "partner-request/attached": more, "weekly/idle": idle}
	for _, kind := range []string{"awareness", "awareness-owners", "awareness-management"} {
		again, same := letter(kind, "full"), letter(kind, "full")
		again.Again = &notify.Again{
			Since: fourDaysBefore(again.Date), Exploited: true, Rerated: true, Rating: "high", CVEs: []string{"CVE-2021-45046"}, News: again.Case.Sources[:1],
		}
		if kind != "awareness" {
			again.Again.Moves = []notify.Move{{Item: again.Items[2], From: "affected", To: "mitigated"}, {Item: again.Items[1], To: "asked"}}
		}
		same.Again = &notify.Again{Since: fourDaysBefore(same.Date), Rating: "critical"}
		out[kind+"/again"], out[kind+"/same"] = again, same
	}
	return out
}

func fourDaysBefore(t time.Time) time.Time { return t.AddDate(0, 0, -4) }

// TestLetterGolden holds every letter against the files in testdata, both ways:
// at each level of detail where the level matters, with little known, and what
// else changes the words. A kind without a file fails.
func TestLetterGolden(t *testing.T) {
	got := map[string]string{}
	ts := templates(t)
	for _, lang := range notify.Langs {
		put := func(kind, variant string, d notify.LetterData) {
			if lang == "en" {
				d = inEnglish(d)
			}
			l, err := ts.RenderLetter(kind, lang, d)
			if err != nil {
				t.Fatal(err)
			}
			name := lang + "/" + kind + "-" + variant
			got[name+".txt"], got[name+".html"] = "Subject: "+l.Subject+"\n\n"+l.Text, l.HTML
		}
		for _, kind := range ts.Letters(lang) {
			for _, detail := range levels(kind) {
				put(kind, detail, letter(kind, detail))
			}
			put(kind, "sparse", sparse(kind))
		}
		for name, d := range others() {
			kind, variant, _ := strings.Cut(name, "/")
			put(kind, variant, d)
		}
	}
	golden(t, filepath.Join("testdata", "letters"), got)
}

// A letter to the outside never promises to be complete, says where the latest
// stands, and at the lesser levels of detail names no system of ours.
func TestLettersKeepTheirManners(t *testing.T) {
	ts := templates(t)
	honest := map[string]string{"ja": "網羅", "en": "may not be complete"}
	for _, lang := range notify.Langs {
		for _, kind := range ts.Letters(lang) {
			for _, detail := range []string{"full", "summary", "minimal"} {
				l, err := ts.RenderLetter(kind, lang, letter(kind, detail))
				if err != nil {
					t.Fatal(err)
				}
				if !strings.Contains(l.Text, honest[lang]) && kind != "guide" || !strings.Contains(l.Text, "jpcert.or.jp") {
					t.Errorf("%s %s: promises too much, or doesn't say where the latest stands:\n%s", lang, kind, l.Text)
				}
				outside := slices.Contains([]string{"partner-request", "status", "weekly", "correction"}, kind)
				if outside && detail != "full" && strings.Contains(l.Text, "受発注システム") {
					t.Errorf("%s %s at %s names a system", lang, kind, detail)
				}
			}
		}
	}
}

// Minimal tells no numbers, but must not sound safe while something is open.
func TestMinimalDetailIsNotRosy(t *testing.T) {
	ts := templates(t)
	d := letter("status", "minimal")
	for state, want := range map[string]string{
		"affected": "影響を受けるシステムがある", "mitigated": "影響を受けるシステムがある", "asked": "確認しております", "unknown": "確認しております", "fixed": "影響は確認されておりません",
	} {
		one := d.Case.Items[0]
		one.State = state
		d.Items = []notify.ItemView{one}
		l, err := ts.RenderLetter("status", "ja", d)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(l.Text, want) {
			t.Errorf("%s: %s", state, l.Text)
		}
	}
}

func TestRewriteMakesAllFormsAnew(t *testing.T) {
	ts := templates(t)
	l, err := ts.RenderLetter("status", "ja", letter("status", "full"))
	if err != nil {
		t.Fatal(err)
	}
	got := ts.Rewrite(l, "ja", "新しい\n件名", "# 見出し\n\n本文<script>")
	if got.Subject != "新しい 件名" || !strings.Contains(got.Text, "本文") || strings.Contains(got.HTML, "<script>") || !strings.Contains(got.HTML, "見出し") {
		t.Errorf("%+v", got)
	}
}
