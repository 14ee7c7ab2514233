package killtest_test

import (
	"slices"
	"strings"
	"testing"

	"hansho/notify"
)

// TestAuditSees: an audit that sees nothing proves nothing.
func TestAuditSees(t *testing.T) {
	to := notify.Address{Channel: "slack", To: "#x"}
	news := func(id, title string, revision int) notify.Notice {
		n := notify.News{SourceView: notify.SourceView{Advisory: id, Title: title}, Revision: revision}
		return notify.Notice{Kind: notify.KindUpdate, News: []notify.News{n}}
	}
	sent := func(key string, n notify.Notice) notify.Delivery {
		return notify.Delivery{Key: key, Address: to, Notice: n, State: notify.Sent}
	}
	folded := func(key, into string, n notify.Notice) notify.Delivery {
		return notify.Delivery{Key: key, Address: to, Notice: n, State: notify.Folded, Error: into}
	}
	first, second := news("a", "e2e1r0 (CVE-2026-1)", 1), news("a", "e2e1r1 (CVE-2026-1)", 2)
	summary := notify.Notice{Kind: notify.KindSummary, News: second.News}
	tests := map[string]struct {
		rows        []notify.Delivery
		texts       map[string]string
		lost, again string
	}{
		"whole":              {[]notify.Delivery{sent("k1", first), sent("k2", second)}, map[string]string{"k1": "e2e1r0", "k2": "e2e1r1"}, "", ""},
		"folded":             {[]notify.Delivery{folded("k1", "k2", first), sent("k2", second)}, map[string]string{"k2": "e2e1r1"}, "", ""},
		"named in a summary": {[]notify.Delivery{folded("k1", "k2", first), sent("k2", summary)}, map[string]string{"k2": "CVE-2026-1"}, "", ""},
		"not in the summary": {[]notify.Delivery{folded("k1", "k2", first), sent("k2", summary)}, map[string]string{"k2": "CVE-2026-2"}, "is not in k2", ""},
		"an older state":     {[]notify.Delivery{folded("k1", "k2", first), sent("k2", second)}, map[string]string{"k2": "e2e1r0"}, "is not in k2", ""},
		"not taken":          {[]notify.Delivery{sent("k1", first), sent("k2", second)}, map[string]string{"k2": "e2e1r1"}, "taken false", ""},
		"never queued":       {[]notify.Delivery{sent("k2", second)}, map[string]string{"k2": "e2e1r1"}, "a 1 was never queued", ""},
		"twice":              {[]notify.Delivery{sent("k1", first), sent("k2", second), sent("k3", second)}, map[string]string{"k1": "e2e1r0", "k2": "e2e1r1", "k3": "e2e1r1"}, "", "as k2 and k3"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := rows{all: tt.rows, byKey: map[string]notify.Delivery{}, revisions: map[string]int{"a": 2}}
			for _, d := range tt.rows {
				r.byKey[d.Key] = d
			}
			var peer told
			for key, text := range tt.texts {
				peer.take(key, "#x", text)
			}
			posts, _ := peer.byKey()
			lost, again, _, _ := r.audit(to, func(string) bool { return true }, posts, func(d notify.Delivery) string { return d.Key })
			holds(t, "lost", lost, tt.lost)
			holds(t, "again", again, tt.again)
		})
	}
}

// holds says whether the list has a line with the words, or none where there are
// no words.
func holds(t *testing.T, what string, list []string, words string) {
	t.Helper()
	if (len(list) == 0) != (words == "") || words != "" && !slices.ContainsFunc(list, func(s string) bool { return strings.Contains(s, words) }) {
		t.Errorf("%s: got %q, want %q", what, list, words)
	}
}
