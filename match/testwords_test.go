package match

import "testing"

func TestTestIn(t *testing.T) {
	for test, want := range map[string]string{
		"":                         "",
		"2.14.1 in >=2.0, <2.15.0": "2.14.1 in >=2.0, <2.15.0",
		"(no version) can't be ordered against <2.0":                      "（版の記載なし） と <2.0 の前後を判定できない",
		"R5 can't be tested against 1.2":                                  "R5 と 1.2 の前後を判定できない",
		"1.2 may be in <2.0 ?: a part could not be read":                  "1.2 は <2.0 ? に当たる可能性がある（一部を読み取れない）",
		"1.2 in any version; needs a platform that the item doesn't have": "1.2 in 全バージョン；対象となる動作環境がこの資産にない",
	} {
		if got := TestIn("ja", test); got != want {
			t.Errorf("%q: %q, want %q", test, got, want)
		}
		if got := TestIn("en", test); got != test {
			t.Errorf("%q in English: %q", test, got)
		}
	}
}
