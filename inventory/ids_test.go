package inventory

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func idsOf(items ...Item) []string {
	named, _ := nameItems(items)
	var out []string
	for _, it := range named {
		out = append(out, it.ID)
	}
	return out
}

func TestIDs(t *testing.T) {
	for name, c := range map[string]struct {
		items []Item
		want  []string
	}{
		"the name":                    {[]Item{{Name: "受発注　システム"}}, []string{"受発注-システム"}},
		"name and product":            {[]Item{{Name: "受発注", Product: "Apache Tomcat"}}, []string{"受発注-apache-tomcat"}},
		"a name that has the product": {[]Item{{Name: "社内 Slack", Product: "Slack"}}, []string{"社内-slack"}},
		"an identifier as given":      {[]Item{{CPE: "cpe:/a:apache:log4j:2.0"}, {PURL: "pkg:npm/x@1"}}, []string{"cpe:/a:apache:log4j:2.0", "pkg:npm/x@1"}},
		"one that is declared":        {[]Item{{ID: "web", Name: "甲"}, {Name: "web", Owner: "乙"}}, []string{"web", "web-" + digest("", "", "", "", "乙", "", "", "")}},
		"marks only":                  {[]Item{{Name: "★"}}, []string{"item-" + digest("★", "")}},
		"no path and no markup":       {[]Item{{Name: "../../etc/passwd"}, {Name: "<b>x</b>"}}, []string{"etc-passwd", "b-x-b"}},
	} {
		if diff := cmp.Diff(c.want, idsOf(c.items...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// An id follows what an item is, not its version nor its place in the file.
func TestIDsStay(t *testing.T) {
	a := Item{Name: "端末", Owner: "総務", Version: "1"}
	b := Item{Name: "端末", Owner: "経理", Version: "1"}
	c := Item{Name: "端末", Owner: "経理", Version: "2"}
	first := idsOf(a, b, c)
	again := idsOf(c, a, b)
	if first[0] != again[1] || first[1] != again[2] || first[2] != again[0] {
		t.Errorf("ids follow the order: %q, %q", first, again)
	}
	updated := a
	updated.Version = "3"
	if got := idsOf(updated, b, c); got[0] != first[0] {
		t.Errorf("an update made %s of %s", got[0], first[0])
	}
	if len(slices.Compact(slices.Sorted(slices.Values(first)))) != 3 {
		t.Errorf("ids aren't one's own: %q", first)
	}
}
