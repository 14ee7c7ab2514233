package advisory

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFindCVEs(t *testing.T) {
	tests := []struct {
		text string
		want []string
	}{
		{"", []string{}},
		{"何もない", []string{}},
		{"（CVE-2026-25108）", []string{"CVE-2026-25108"}},
		{"cve-2021-44228、CVE-2021-44228 CVE-2021-4104", []string{"CVE-2021-4104", "CVE-2021-44228"}},
		{"ＣＶＥ－２０２１－４４２２８", []string{"CVE-2021-44228"}},
		{"CVE‐2021‐44228 CVE–2021–44229", []string{"CVE-2021-44228", "CVE-2021-44229"}},
		{"CVE 2021-44228", []string{"CVE-2021-44228"}},
		{"CAN-2003-0109", []string{"CVE-2003-0109"}},
		{"CVE-2014-00160", []string{"CVE-2014-0160"}},
		{"CVE-2021-10000 CVE-2021-9999 CVE-2020-99999", []string{"CVE-2020-99999", "CVE-2021-9999", "CVE-2021-10000"}},
		{"CVE-2021-123", []string{}},
		{"CVE-2021-0000", []string{}},
		{"CVE-1821-1234", []string{}},
		{"CVE-2021-123456789012345", []string{}},
		{"XCVE-2021-44228", []string{}},
		{"https://example.com/CVE-2021-44228.html?x=cve-2021-45046", []string{"CVE-2021-44228", "CVE-2021-45046"}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, FindCVEs(tt.text)); diff != "" {
			t.Errorf("FindCVEs(%q): (-want +got)\n%s", tt.text, diff)
		}
	}
}

func TestFindCVEsAcrossTexts(t *testing.T) {
	got := FindCVEs("CVE-2022-0002 と", "CVE-2022-0001", "CVE-2022-0002")
	if diff := cmp.Diff([]string{"CVE-2022-0001", "CVE-2022-0002"}, got); diff != "" {
		t.Error(diff)
	}
}

func FuzzFindCVEs(f *testing.F) {
	f.Add("CVE-2021-44228 ＣＶＥ－２０２１－４４２２８")
	f.Add("CVE-\xff2021-44228")
	f.Fuzz(func(t *testing.T, s string) {
		ids := FindCVEs(s)
		if again := FindCVEs(ids...); !cmp.Equal(ids, again) {
			t.Errorf("not stable: %q then %q", ids, again)
		}
	})
}
