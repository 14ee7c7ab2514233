package vendors

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hansho/feeds"
)

// Lists without tables, as other hands type them.
func TestNamesAsTyped(t *testing.T) {
	const preamble = "# Sheet\n\nA list by hand, see https://list.example/about for more.\n\n# SECTION 0-9\n"
	for line, want := range map[string]string{
		"3Ways : https://e.example/1":                                        "3ways |  |  | unknown |  |  |  | e.example/1",
		"**Akane** : https://e.example/1":                                    "akane |  |  | unknown |  |  |  | e.example/1",
		"1. Akane; https://e.example/1":                                      "akane |  |  | unknown |  |  |  | e.example/1",
		"- Akane → <https://e.example/1>":                                    "akane |  |  | unknown |  |  |  | e.example/1",
		"Akane Works: LINK https://e.example/1":                              "akane-works |  |  | unknown |  |  |  | e.example/1",
		"Akane : login needed https://e.example/1":                           "akane |  |  | unknown |  |  | login needed | e.example/1",
		"Akane (not vulnerable) : https://e.example/1":                       "akane |  |  | not_affected |  |  |  | e.example/1",
		"Akane（影響なし）: https://e.example/1":                                   "akane |  |  | not_affected |  |  |  | e.example/1",
		"Akane : https://e.example/1 (under investigation)":                  "akane |  |  | under_investigation |  |  |  | e.example/1",
		"Akane : https://e.example/1 (fixed link)":                           "akane |  |  | unknown |  |  | (fixed link) | e.example/1",
		"Akane (formerly Aoi) : https://e.example/1":                         "akane-formerly-aoi |  |  | unknown |  |  |  | e.example/1",
		"#### Akane : [one](https://e.example/1) [two](https://e.example/2)": "akane |  |  | unknown |  |  | two | e.example/1",
	} {
		as, errs := parse(t, preamble+line+"\n", "list.md", nil)
		if diff := cmp.Diff([]string{want}, lines(as)); diff != "" || len(errs) > 0 {
			t.Errorf("%s: %s %v", line, diff, errs)
		}
	}
}

// Tables whose answers are letters, signs and dashes.
func TestAnswersAsTyped(t *testing.T) {
	const table = "Vendor;Product;Vulnerable (Y/N);Fixed Version;Remediation\n"
	for row, want := range map[string]string{
		"Akane;Ledger;Y;2.4;":                   "akane/ledger |  |  | affected | 2.4 |  |  | ",
		"Akane;Ledger;n;-;":                     "akane/ledger |  |  | not_affected |  |  |  | ",
		"Akane;Ledger;✅ Yes;N/A;Upgrade to 2.4": "akane/ledger |  |  | affected |  |  | Upgrade to 2.4 | ",
		"Akane;Ledger;:x: Not affected;;":       "akane/ledger |  |  | not_affected |  |  |  | ",
		"Akane;Ledger;❌;;":                      "akane/ledger |  |  | unknown |  |  | ❌ | ",
		"Akane;Ledger;はい;2.4;":                  "akane/ledger |  |  | affected | 2.4 |  |  | ",
		"Akane;Ledger;?;;":                      "akane/ledger |  |  | unknown |  |  | ? | ",
	} {
		as, errs := parse(t, table+row+"\n", "list.csv", nil)
		if diff := cmp.Diff([]string{want}, lines(as)); diff != "" || len(errs) > 0 {
			t.Errorf("%s: %s %v", row, diff, errs)
		}
	}
}

// A cell that says only whether there is one says what its heading asks.
func TestAnswersInJapanese(t *testing.T) {
	for sheet, want := range map[string]string{
		"ベンダー,製品,影響有無\nあかね,門番,あり\n":                                        "あかね/門番 |  |  | affected |  |  |  | ",
		"ベンダー,製品,影響\nあかね,門番,なし\n":                                          "あかね/門番 |  |  | not_affected |  |  |  | ",
		"ベンダー,製品,該当\nあかね,門番,無\n":                                           "あかね/門番 |  |  | not_affected |  |  |  | ",
		"ベンダー,製品,対応\nあかね,門番,なし\n":                                          "あかね/門番 |  |  | unknown |  |  | なし | ",
		"ベンダー,製品,対応状況\nあかね,門番,あり\n":                                        "あかね/門番 |  |  | unknown |  |  | あり | ",
		"ベンダー,製品,影響を受けるバージョン,状況\nあかね,門番,なし,\n":                             "あかね/門番 |  |  | unknown |  |  |  | ",
		"Vendor,Product,Affected versions,Fixed in\nAkane,Gate,< 3,no\n":   "akane/gate |  | < 3 | affected |  |  |  | ",
		"Vendor,Product,Affected versions,Fixed in\nAkane,Gate,None,2.4\n": "akane/gate |  |  | fixed | 2.4 |  |  | ",
	} {
		as, errs := parse(t, sheet, "list.csv", nil)
		if diff := cmp.Diff([]string{want}, lines(as)); diff != "" || len(errs) > 0 {
			t.Errorf("%s: %s %v", sheet, diff, errs)
		}
	}
}

// A safety that holds under a condition, or no longer, is none, in tables as well.
func TestConditionsInCells(t *testing.T) {
	for cell, want := range map[string]string{
		"Not vuln if JNDI is off":         "unknown",
		"Not affected (cloud only)":       "unknown",
		"影響なし（クラウド版のみ）":                   "unknown",
		"Not affected -> Affected":        "affected",
		"影響なし→影響あり":                       "affected",
		"Not vulnerable (uses log4j 1.x)": "not_affected",
	} {
		as, errs := parse(t, "Vendor;Product;Status\nAkane;Gate;"+cell+"\n", "list.csv", nil)
		if len(errs) > 0 || len(as) != 1 || string(as[0].Products[0].Status) != want {
			t.Errorf("%s: %q %v, want %s", cell, lines(as), errs, want)
		}
	}
	for cell, want := range map[string]string{
		"Yes (1.0 - 2.3)": "affected 1.0 - 2.3", "No, uses no Java": "not_affected ", "No, but 2.x is": "unknown ", "はい、1.0": "affected 1.0", "1.0 - 2.3": "affected 1.0 - 2.3",
	} {
		as, errs := parse(t, "Vendor;Product;Vulnerable?\nAkane;Gate;"+cell+"\n", "list.csv", nil)
		if len(errs) > 0 || len(as) != 1 || string(as[0].Products[0].Status)+" "+as[0].Products[0].Versions != want {
			t.Errorf("%s: %q %v, want %s", cell, lines(as), errs, want)
		}
	}
}

// Of two columns that could say a thing, the one that is meant is read.
func TestColumnsThatSayTheSame(t *testing.T) {
	for table, want := range map[string]string{
		"Vendor,Product,Version,OpenSSL version,Status\nBroadcom,Symantec Endpoint Protection Manager,14.3 RU5,3.0.2,Vulnerable\n":                                     "broadcom/symantec-endpoint-protection-manager | 14.3 RU5 | affected",
		"Vendor,Product,OpenSSL version,Version,Status\nBroadcom,Symantec Endpoint Protection Manager,3.0.2,14.3 RU5,Vulnerable\n":                                     "broadcom/symantec-endpoint-protection-manager | 14.3 RU5 | affected",
		"Supplier,Product,Version,Status Spring4shell,Confirmed vulnerable / under investigation / not vulnerable\nF5,NGINX,,Not applicable,Not vulnerable\n":          "f5/nginx |  | not_affected",
		"Supplier,Product,Version,Status Spring4shell,Confirmed vulnerable / under investigation / not vulnerable\nSolarwinds,Web Help Desk,,Uses Spring,Vulnerable\n": "solarwinds/web-help-desk |  | affected",
		"Vendor,Product,Status,Vulnerable?\nAkane,Gate,Closed,Yes\n":                                                                                                   "akane/gate |  | affected",
		"会社名,製品名,対応状況,影響有無\nあかね,門番,回答済み,あり\n":                                                                                                                          "あかね/門番 |  | affected",
		"Vendor,Product,Affected,Not affected\nAkane,Gate,1.0 - 2.3,3.0\n":                                                                                             "akane/gate | 1.0 - 2.3 | affected; akane/gate | 3.0 | not_affected",
		"Vendor,Product,Affected,Not affected\nAkane,Gate,Yes,No\n":                                                                                                    "akane/gate |  | affected",
		"Vendor,Product,Affected versions,Impacted releases\nAkane,Gate,1.0,2.0\n":                                                                                     "akane/gate | 1.0, 2.0 | affected",
	} {
		as, errs := parse(t, table, "list.csv", nil)
		var got []string
		for _, a := range as {
			for _, p := range a.Products {
				got = append(got, strings.TrimPrefix(a.ID, "list:")+" | "+p.Versions+" | "+string(p.Status))
			}
		}
		if diff := cmp.Diff(want, strings.Join(got, "; ")); diff != "" || len(errs) > 0 {
			t.Errorf("%s: %s %v", table, diff, errs)
		}
	}
}

// TestFixedIsNotSafe: that a fix exists makes nobody safe who runs what came
// before it.
func TestFixedIsNotSafe(t *testing.T) {
	const head = "| Vendor | Product | %s |\n|---|---|---|---|---|\n| Akane | Gate | %s |\n"
	for _, tt := range []struct{ columns, cells, want string }{
		{"Status | Affected versions | Fixed in", "Fixed | 3.0 and earlier | 3.1", "affected 3.0 and earlier, fixed 3.1"},
		{"Status | Affected versions | Fixed in", "Fixed | all | 3.1", "fixed , fixed 3.1"},
		{"Status | Affected versions | Fixed in", "Fixed | 2.0 - 2.3 |", "affected 2.0 - 2.3, fixed "},
		{"Status | Affected versions | Fixed in", "Fixed | Cloud |", "fixed Cloud, fixed "},
		{"Status | Affected versions | Fixed in", "対応済み | 3.0以前 | 3.1", "affected 3.0以前, fixed 3.1"},
		{"Version | Status | Notes", "<= 3.1 | Fix | fixed in 3.2", "affected <= 3.1, fixed 3.2"},
		{"Version | Status | Notes", "3.2 | Fix |", "fixed , fixed 3.2"},
		{"Version | Status | Notes", "< 3.2 | Fix |", "fixed , fixed 3.2"},
		{"Version | Status | Notes", "1.0 - 2.3 | Vulnerable (fixed in 2.4) |", "affected 1.0 - 2.3, fixed 2.4"},
		{"Version | Status | Notes", " | Affected - patched |", "affected , fixed "},
		{"Version | Status | Notes", " | Not vulnerable (patched) |", "not_affected , fixed "},
	} {
		list, errs := ParseProductList(strings.NewReader(fmt.Sprintf(head, tt.columns, tt.cells)), feeds.Meta{URL: "https://x.example/l.md"})
		if len(list) != 1 {
			t.Fatalf("%+v: %v", tt, errs)
		}
		p := list[0].Products[0]
		if got := fmt.Sprintf("%s %s, fixed %s", p.Status, p.Versions, p.Fixed); got != tt.want {
			t.Errorf("%s: %s: %q, want %q", tt.columns, tt.cells, got, tt.want)
		}
	}
}
