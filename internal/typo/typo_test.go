package typo

import "testing"

func TestEdits(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"vendor", "vendor", 0},
		{"vender", "vendor", 1},
		{"veisron", "version", 2},
		{"owenr", "owner", 1},
		{"バージョン", "バジョン", 1},
		{"kitten", "sitting", 3},
	} {
		if got := Edits([]rune(c.a), []rune(c.b)); got != c.want {
			t.Errorf("Edits(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
		if got := Edits([]rune(c.b), []rune(c.a)); got != c.want {
			t.Errorf("Edits(%q, %q) = %d, want %d", c.b, c.a, got, c.want)
		}
	}
}
