package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"hansho/match"
)

// reasonsIn finds the reasons in the matcher's source: what howMet lists, what is
// returned or set as one.
var reasonsIn = regexp.MustCompile(`(?m)(?:return |Why = |^\t"\w+": +)(?:fmt\.Sprintf\()?"([^"\n]{12,})"`)

func TestEveryReasonHasJapanese(t *testing.T) {
	source, err := os.ReadFile("../../match/explain.go")
	if err != nil {
		t.Fatal(err)
	}
	found := reasonsIn.FindAllStringSubmatch(string(source), -1)
	if len(found) < 15 {
		t.Fatalf("%d reasons", len(found))
	}
	for _, m := range found {
		why := strings.NewReplacer("%q", `"x"`, "%s", "x").Replace(m[1])
		if (words{lang: "ja"}).reason(why) == why {
			t.Errorf("no Japanese for %q", why)
		}
	}
}

func TestVerdictWords(t *testing.T) {
	for _, v := range []match.Verdict{match.Affected, match.Possible, match.UnderInvestigation, match.Fixed, match.NotAffected} {
		if got := (words{lang: "ja"}).verdict(v); !strings.Contains(got, "("+string(v)+")") {
			t.Errorf("%s: %q", v, got)
		}
		if got := (words{lang: "en"}).verdict(v); got != string(v) {
			t.Errorf("%s: %q", v, got)
		}
	}
}
