package advisory_test

import (
	"testing"

	"hansho/advisory"
)

func TestCutUpdateMark(t *testing.T) {
	tests := map[string]struct {
		bare    string
		updated bool
	}{
		"例示の脆弱性に関する注意喚起 (公開)":         {"例示の脆弱性に関する注意喚起", false},
		"例示の脆弱性に関する注意喚起 (更新)":         {"例示の脆弱性に関する注意喚起", true},
		"例示の脆弱性【2026年3月1日更新】":         {"例示の脆弱性【2026年3月1日更新】", false}, // a date first is no mark that we know
		"例示の脆弱性【更新 2026/3/1】（追記）":     {"例示の脆弱性", true},
		"【更新】例示の脆弱性":                  {"例示の脆弱性", true},
		"更新：例示の脆弱性対策について":             {"例示の脆弱性対策について", true},
		"[追記]例示の脆弱性":                  {"例示の脆弱性", true},
		"更新プログラムの提供を装う例示(CVE-2031-1)": {"更新プログラムの提供を装う例示(CVE-2031-1)", false},
		"(更新)": {"", true},
		"":     {"", false},
	}
	for title, tt := range tests {
		if bare, updated := advisory.CutUpdateMark(title); bare != tt.bare || updated != tt.updated {
			t.Errorf("CutUpdateMark(%q) = %q, %v; want %q, %v", title, bare, updated, tt.bare, tt.updated)
		}
	}
}
