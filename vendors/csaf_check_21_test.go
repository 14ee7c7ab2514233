package vendors

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"hansho/feeds"
)

// TestCSAF21InTime: what a document of 2031-12-16 tells may not be later.
func TestCSAF21InTime(t *testing.T) {
	const doc = `{"document":{"category":"csaf_base","csaf_version":"2.1","distribution":{"tlp":{"label":"%s"}},"title":"T","publisher":{"category":"vendor","name":"V","namespace":"https://v.example"},
"tracking":{"id":"T-1","status":"%s","version":"1","initial_release_date":"2031-12-16T10:00:00Z","current_release_date":"2031-12-16T10:00:00Z","revision_history":[{"date":"2031-12-16T10:00:00Z","number":"1","summary":"s"}]}},
"product_tree":{"full_product_names":[{"name":"P","product_id":"P"}]},"vulnerabilities":[{"product_status":{"known_affected":["P"]},%s}]}`
	for _, tt := range []struct{ label, status, says, want string }{
		{"CLEAR", "final", `"disclosure_date":"2031-12-16T09:00:00Z"`, ""},
		{"CLEAR", "final", `"disclosure_date":"2031-12-16T11:00:00Z"`, "6.1.45"},
		{"AMBER", "final", `"disclosure_date":"2031-12-16T11:00:00Z"`, ""},
		{"CLEAR", "draft", `"disclosure_date":"2031-12-16T11:00:00Z"`, ""},
		{"CLEAR", "final", `"metrics":[{"content":{"ssvc_v2":{"timestamp":"2031-12-17T00:00:00Z"}},"products":["P"]}]`, "6.1.49"},
		{"CLEAR", "interim", `"metrics":[{"content":{"epss":{"timestamp":"2031-12-17T00:00:00Z"}},"products":["P"]}]`, "6.1.51"},
		{"CLEAR", "final", `"first_known_exploitation_dates":[{"date":"2031-12-16T09:00:00Z","exploitation_date":"2031-12-15T09:00:00Z"}]`, ""},
		{"CLEAR", "final", `"first_known_exploitation_dates":[{"date":"2031-12-17T09:00:00Z","exploitation_date":"2031-12-15T09:00:00Z"}]`, "6.1.52"},
		{"CLEAR", "final", `"first_known_exploitation_dates":[{"date":"2031-12-15T08:00:00Z","exploitation_date":"2031-12-15T09:00:00Z"}]`, "6.1.53"},
	} {
		list, errs := ParseCSAF(strings.NewReader(fmt.Sprintf(doc, tt.label, tt.status, tt.says)), feeds.Meta{})
		got := slices.DeleteFunc(slices.Sorted(maps.Keys(testsOf(errs))), func(id string) bool {
			return !strings.HasPrefix(id, "6.1.45") && !strings.HasPrefix(id, "6.1.49") && !strings.HasPrefix(id, "6.1.5")
		})
		if strings.Join(got, " ") != tt.want || len(list) != 1 {
			t.Errorf("%s %s %s: %v, want %q", tt.label, tt.status, tt.says, got, tt.want)
		}
	}
}

// TestCSAF21Gone: a document that is taken back says why, since when, and nothing
// of products.
func TestCSAF21Gone(t *testing.T) {
	const revisions = `{"date":"2031-12-16T10:00:00Z","number":"1","summary":"s"},{"date":"2031-12-17T10:00:00Z","number":"2","summary":"s"}`
	const why = `{"category":"description","title":"Reasoning for Supersession","text":"x"}`
	const next = `{"category":"external","summary":"Superseding Document","url":"https://v.example/2"}`
	doc := func(category, lang, notes, references, history, rest string) string {
		return `{"document":{"category":"` + category + `","csaf_version":"2.1","lang":"` + lang + `","title":"T","notes":[` + notes + `],"references":[` + references + `],
"publisher":{"category":"vendor","name":"V","namespace":"https://v.example"},"tracking":{"id":"T-1","status":"final","version":"2","initial_release_date":"2031-12-16T10:00:00Z",
"current_release_date":"2031-12-17T10:00:00Z","revision_history":[` + history + `]}}` + rest + `}`
	}
	for name, tt := range map[string]struct{ doc, want string }{
		"good":            {doc("csaf_superseded", "en", why, next, revisions, ""), ""},
		"German":          {doc("csaf_superseded", "de", `{"category":"description","title":"Warum","text":"x"}`, "", revisions, ""), ""},
		"no reason":       {doc("csaf_superseded", "", "", next, revisions, ""), "6.1.27.14 6.1.27.18"},
		"products":        {doc("csaf_superseded", "", why, next, revisions, `,"product_tree":{"full_product_names":[{"name":"P","product_id":"P"}]}`), "6.1.27.15"},
		"no past":         {doc("csaf_superseded", "", why, next, `{"date":"2031-12-17T10:00:00Z","number":"2","summary":"s"}`, ""), "6.1.27.16"},
		"withdrawn":       {doc("csaf_withdrawn", "", why, "", revisions, ""), "6.1.27.17"},
		"nothing instead": {doc("csaf_superseded", "", why, "", revisions, ""), "6.1.27.19"},
	} {
		list, errs := ParseCSAF(strings.NewReader(tt.doc), feeds.Meta{})
		got := slices.DeleteFunc(slices.Sorted(maps.Keys(testsOf(errs))), func(id string) bool { return !strings.HasPrefix(id, "6.1.27.1") })
		if strings.Join(got, " ") != tt.want || len(list) != 1 || !list[0].Withdrawn {
			t.Errorf("%s: %v, want %q", name, got, tt.want)
		}
	}
}

func TestCSAF21RangeForm(t *testing.T) {
	for name, want := range map[string]bool{
		"vers:npm/>=2.2.0|<2.3.0": true, "<=2024.04": true, ">abc|<=def": true, "vers:all/*": true, "vers:x/!=3.2.0|<1.2": true,
		"all versions < 4.2.0": false, "<= 2024.04": false, "vers:npm/ >= 2.2.0": false, "vers:all/<3": false, "vers:x/<>3.2.0": false, "": false,
	} {
		c := checker{}
		if c.rangeForm(name); len(c.flaws) == 0 != want {
			t.Errorf("%q: %v", name, c.flaws)
		}
	}
}
