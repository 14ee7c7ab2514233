package main

import (
	"strings"
	"testing"
)

func TestPrintTableAlignsJapanese(t *testing.T) {
	var b strings.Builder
	if err := printTable(&b, []string{"ID\t発行元\t形式", "ipa\t情報処理推進機構\trss", "kev\tCISA\t\x1b[31mjson\u202e"}); err != nil {
		t.Fatal(err)
	}
	want := "ID   発行元            形式\nipa  情報処理推進機構  rss\nkev  CISA              [31mjson\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestCut(t *testing.T) {
	for _, tt := range []struct {
		in    string
		limit int
		want  string
	}{
		{"脆弱性対策情報", 14, "脆弱性対策情報"},
		{"脆弱性対策情報", 8, "脆弱性…"},
		{"abc", 2, "a…"},
		{"", 3, ""},
	} {
		if got := cut(tt.in, tt.limit); got != tt.want {
			t.Errorf("cut(%q, %d) = %q, want %q", tt.in, tt.limit, got, tt.want)
		}
	}
}
