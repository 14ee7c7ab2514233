package advisory

import "testing"

func TestParseStatus(t *testing.T) {
	tests := map[Status][]string{
		StatusNotAffected: {
			"Not vuln", "Not vul", "Not Vuln", "not vulnerable", "Not Affected", "not affected.", "NOT_AFFECTED",
			"known_not_affected", "unaffected", "Unaffected", "Not impacted", "not  vuln\t", "**Not vuln**",
			"non-vulnerable", "No impact", "component_not_present", "vulnerable_code_not_in_execute_path",
			"影響なし", "影響を受けない", "影響を受けません", "影響はありません", "該当製品なし", "該当なし", "対象外", "非該当",
			"ＮＯＴ　ＶＵＬＮ", "Isn't vulnerable", "Currently not affected", "not directly affected",
		},
		StatusAffected: {
			"Vulnerable", "vuln", "Vuln", "Affected", "affected", "known_affected", "first_affected", "Impacted",
			"Workaround", "Mitigation", "workaround available", "Vulnerable, Fix", "Fix, Workaround", "Fix/Workaround",
			"fix expected on Dec 14th", "patch pending", "Patches planned", "No fix", "Not fixed", "will not fix",
			"影響あり", "影響を受ける", "該当製品あり", "該当", "対象", "脆弱性あり", "修正予定", "未対応",
			"Vulnerable, not affected",
		},
		StatusFixed: {
			"Fix", "Fixed", "fix available", "fixed in 7.6.0", "Patched", "resolved", "first_fixed", "Not vuln, Fix",
			"修正済み", "対策済", "対応済み", "修正版あり",
		},
		StatusUnderInvestigation: {
			"Under investigation", "Investigation", "investigating", "under_investigation", "調査中", "確認中",
			"該当製品あり（調査中）", "該当製品なし（調査中）", "in_triage",
		},
		StatusUnknown: {
			"", " ", "-", "N/A", "unknown", "Unknown", "TBD", "See notes", "不明", "脆弱性情報提供済み", "未確認", "情報提供済み",
			"Not vuln by default", "Default configuration is not vulnerable", "something else entirely", "？",
			"not yet known whether vulnerable",
		},
	}
	for want, words := range tests {
		for _, w := range words {
			if got := ParseStatus(w); got != want {
				t.Errorf("ParseStatus(%q) = %s, want %s", w, got, want)
			}
		}
	}
}

// What was normalised once stays what it is.
func TestParseStatusOfItsOwnValues(t *testing.T) {
	for _, s := range []Status{StatusAffected, StatusFixed, StatusNotAffected, StatusUnderInvestigation, StatusUnknown} {
		if got := ParseStatus(string(s)); got != s {
			t.Errorf("ParseStatus(%q) = %s", s, got)
		}
	}
}

func FuzzParseStatus(f *testing.F) {
	f.Add("Not vuln, Fix")
	f.Add("該当製品なし（調査中）")
	f.Fuzz(func(t *testing.T, s string) {
		if _, ok := loudness[ParseStatus(s)]; !ok {
			t.Errorf("ParseStatus(%q) is no status", s)
		}
	})
}
