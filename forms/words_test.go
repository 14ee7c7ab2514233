package forms

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hansho/cases"
)

// Every word that a page or the code asks for is there in both languages, and no
// other.
func TestEveryWordIsThere(t *testing.T) {
	quoted, asked := map[string]bool{}, map[string]bool{}
	for _, c := range cases.Choices {
		asked["choice."+string(c)] = true
	}
	for _, c := range (answerForm{}).ItemChoices() {
		asked["item."+string(c)] = true
	}
	for _, m := range []string{"gone", "busy", "full", "broken", "elsewhere", "failed"} {
		asked[m], asked[m+".lead"] = true, true
	}
	asked["lang.ja"], asked["lang.en"] = true, true
	word, call := regexp.MustCompile(`"([a-z.0-9]+)"`), regexp.MustCompile(`(?:\.Say|\.say\() ?"([a-z.0-9]*[a-z0-9])"`)
	for _, text := range sources(t) {
		for _, m := range word.FindAllStringSubmatch(text, -1) {
			quoted[m[1]] = true
		}
		for _, m := range call.FindAllStringSubmatch(text, -1) {
			asked[m[1]] = true
		}
	}
	for k := range asked {
		if pair := lines[k]; pair[0] == "" || pair[1] == "" {
			t.Errorf("%q has no words", k)
		}
	}
	for k := range lines {
		if !asked[k] && !quoted[k] {
			t.Errorf("nothing says %q", k)
		}
	}
}

// sources are the pages and the code but for the words themselves.
func sources(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, pattern := range []string{"*.go", "pages/*.html"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range paths {
			if strings.HasSuffix(p, "_test.go") || p == "words.go" {
				continue
			}
			text, err := os.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, string(text))
		}
	}
	return out
}

func TestSplitVersion(t *testing.T) {
	for line, want := range map[string][2]string{
		"例示チャット、4.35":            {"例示チャット", "4.35"},
		"Example, v2.0 beta":     {"Example", "v2.0 beta"},
		"Example，2021":           {"Example", "2021"},
		"Example 365":            {"Example 365", ""},
		"Slack、Zoom":             {"Slack、Zoom", ""},
		"Example, Inc. Tool 9 x": {"Example, Inc. Tool 9 x", ""},
		"、1":                     {"、1", ""},
		"A,":                     {"A,", ""},
		"A, B, 3":                {"A, B", "3"},
	} {
		if p, v := splitVersion(line); p != want[0] || v != want[1] {
			t.Errorf("%q: %q and %q, want %q", line, p, v, want)
		}
	}
}
