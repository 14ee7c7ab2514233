package notify_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hansho/notify"
	"hansho/notify/notifytest"
)

// letter is what the golden letters of a kind are written from.
func letter(kind, detail string) notify.LetterData {
	d := notifytest.Letter()
	d.Items, d.Detail = d.Case.Items, detail
	d.Since, d.NextReport = notifytest.At.AddDate(0, 0, -4), notifytest.At.AddDate(0, 0, 7)
	switch kind {
	case "weekly":
		quiet := d.Case
		quiet.Name, quiet.CVEs = "Google Chrome の解放済みメモリ使用の脆弱性", []string{"CVE-2021-4102"}
		d.Progress = []notify.Progress{
			{
				Case: d.Case, Items: d.Items, News: d.Case.Sources,
				Moves: []notify.Move{{Item: d.Items[2], From: "affected", To: "mitigated"}, {Item: d.Items[1], To: "asked"}},
			},
			{Case: quiet},
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

// TestLetterGolden holds the letters that the other golden files leave out, at
// each level of detail where the level matters.
func TestLetterGolden(t *testing.T) {
	got := map[string]string{}
	ts := templates(t)
	for _, lang := range notify.Langs {
		for _, kind := range ts.Letters(lang) {
			if kind == "awareness" || kind == "supplier-request" {
				continue
			}
			details := []string{"full"}
			if slices.Contains([]string{"partner-request", "status", "weekly", "correction"}, kind) {
				details = []string{"full", "summary", "minimal"}
			}
			for _, detail := range details {
				l, err := ts.RenderLetter(kind, lang, letter(kind, detail))
				if err != nil {
					t.Fatal(err)
				}
				got[lang+"/"+kind+"-"+detail+".txt"] = "Subject: " + l.Subject + "\n\n" + l.Text
				got[lang+"/"+kind+"-"+detail+".html"] = l.HTML
			}
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
