package pipeline

import (
	"strings"
	"testing"

	"hansho/advisory"
)

func TestACaseOpenedByHandHasAName(t *testing.T) {
	b := newBureau(t)
	for _, tt := range []struct{ key, name, id, want string }{
		{"カーメンの件", "", "case:name/カーメンの件", "カーメンの件"},
		{"Log4Shell", "", "case:name/Log4Shell", "Log4Shell"},
		{"", "Spring4Shell", "case:name/Spring4Shell", "Spring4Shell"},
		{"cve-2031-0001", "", "case:CVE-2031-0001", "CVE-2031-0001"},
		{"JVNVU#97237586", "", "case:JVNVU#97237586", "JVNVU#97237586"},
		{"CVE-2031-0002", "Nextshell", "case:CVE-2031-0002", "Nextshell"},
	} {
		c, err := b.desk.Open(t.Context(), tt.key, tt.name, "山田")
		must(t, err)
		if got := b.p.View(c).Name; c.ID != tt.id || got != tt.want {
			t.Errorf("%q %q: %s is called %q", tt.key, tt.name, c.ID, got)
		}
		for _, ref := range []string{tt.want, c.ID} {
			if found, err := b.desk.Case(t.Context(), ref); err != nil || found.ID != c.ID {
				t.Errorf("%s: found %q, %v", ref, found.ID, err)
			}
		}
	}
}

func TestTwoCasesDoNotGoByOneName(t *testing.T) {
	b := newBureau(t)
	named, err := b.desk.Open(t.Context(), "Nextshell", "", "山田")
	must(t, err)
	b.poll("jpcert", adv("jpcert:at310001", func(a *advisory.Advisory) { a.CVEs = []string{"CVE-2031-0001"} }))
	if _, err = b.desk.Open(t.Context(), "CVE-2031-0001", "Nextshell", "山田"); err == nil || !strings.Contains(err.Error(), "case merge") {
		t.Errorf("a second case by the name: %v", err)
	}
	_, err = b.desk.Merge(t.Context(), "CVE-2031-0001", "Nextshell", "山田")
	must(t, err)
	if c, err := b.desk.Case(t.Context(), "Nextshell"); err != nil || c.ID != "case:CVE-2031-0001" || named.ID == c.ID {
		t.Errorf("%s, %v", c.ID, err)
	}
}

func TestTheCVEOfANamedCaseBringsWhatIsKnown(t *testing.T) {
	b := newBureau(t)
	named, err := b.desk.Open(t.Context(), "Nextshell", "", "山田")
	must(t, err)
	c, err := b.desk.Open(t.Context(), "CVE-2031-0009", "Nextshell", "山田")
	must(t, err)
	if c.ID != named.ID || len(c.CVEs) != 1 {
		t.Fatalf("%s %v", c.ID, c.CVEs)
	}
	b.poll("jpcert", adv("jpcert:at310009", func(a *advisory.Advisory) { a.CVEs = []string{"CVE-2031-0009"} }))
	if c, err := b.desk.Case(t.Context(), "CVE-2031-0009"); err != nil || c.ID != named.ID || len(c.Statements) != 1 {
		t.Errorf("%s heard %d, %v", c.ID, len(c.Statements), err)
	}
}
