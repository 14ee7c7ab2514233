package notify

import "testing"

// A fix that is told in words stands by itself; a version within a sentence of ours.
func TestIsSentence(t *testing.T) {
	for fix, want := range map[string]bool{
		"2.17.1, 2.12.4, 2.3.2": false, "8 Update 261": false, "V2024.3": false, "7.2.2あるいはそれ以降": false, "KB5055519": false, "5.5.1 or later": false,
		"Example has released updates.": true, "Users should upgrade to the latest release of Media Server (>= 1.5).": true, "修正版を適用してください。7.2": true,
		"see https://example.com/7": true,
	} {
		if got := isSentence(fix); got != want {
			t.Errorf("isSentence(%q) = %v", fix, got)
		}
	}
}
