package inventory

import "testing"

func TestInsteadOf(t *testing.T) {
	item, partner := []string{"name", "vendor", "owner", "version"}, []string{"id", "company", "title", "email"}
	for _, c := range []struct {
		key   string
		known []string
		want  string
	}{
		{"vendr", item, "vendor"},
		{"department", item, "owner"},
		{"department", partner, "title"}, // the partner's own
		{"バージョン", item, "version"},
		{"バージョン", partner, "id, company, title, email"},
	} {
		if got := insteadOf(c.key, c.known); got != c.want {
			t.Errorf("%s: %q, want %q", c.key, got, c.want)
		}
	}
}
