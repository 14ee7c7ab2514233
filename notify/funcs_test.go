package notify

import (
	"slices"
	"testing"

	"hansho/advisory"
)

// The first word of attacks is told once: by the news, not as a change too.
func TestOtherChanges(t *testing.T) {
	exploited, fixed := advisory.Change{Field: "exploited", After: "true"}, advisory.Change{Field: "fixed", After: "2.17.1"}
	n := News{Changes: []advisory.Change{exploited, fixed}}
	if got := otherChanges(n); !slices.Equal(got, n.Changes) {
		t.Errorf("where the case was known to be exploited: %v", got)
	}
	n.Exploited = true
	if got := otherChanges(n); !slices.Equal(got, []advisory.Change{fixed}) {
		t.Errorf("with the first word of attacks: %v", got)
	}
	second := advisory.Change{Field: "history", Before: "更新", After: "更新 2"}
	if got := otherChanges(News{Changes: []advisory.Change{second, fixed}}); !slices.Equal(got, []advisory.Change{fixed}) {
		t.Errorf("a revision that is told: %v", got)
	}
	if got := otherChanges(News{Changes: []advisory.Change{second}}); !slices.Equal(got, []advisory.Change{second}) || !unsaid(second) {
		t.Errorf("a revision that isn't: %v", got)
	}
}

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
