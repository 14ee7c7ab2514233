package pipeline

import (
	"testing"
	"time"

	"hansho/advisory"
	"hansho/cases"
)

// In December 2021 the fix of the first week was no fix in the second.
func TestAClosedCaseIsReopenedByWhatMatters(t *testing.T) {
	row := func(fixed, title string) advisory.Advisory {
		return adv("list:log4j", kind(advisory.KindAdvisory, advisory.TrustMaker), product("Log4j", advisory.StatusAffected, ""), func(a *advisory.Advisory) {
			a.Title, a.Products[0].Fixed, a.Updated = title, fixed, time.Date(2021, 12, 20, 0, 0, 0, 0, time.UTC)
		})
	}
	for name, tt := range map[string]struct {
		next advisory.Advisory
		want cases.State
	}{
		"another title":               {row("2.15.0", "Log4j, again"), cases.Closed},
		"another version has the fix": {row("2.16.0", "Log4j"), cases.Open},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBureau(t)
			b.poll("list", row("2.15.0", "Log4j"))
			_, err := b.desk.SetItem(t.Context(), "CVE-2021-44228", "orders", cases.Hand{State: cases.ItemFixed, Fixed: "2.15.0", Who: "山田"})
			must(t, err)
			_, err = b.desk.SetState(t.Context(), "CVE-2021-44228", cases.Closed, "山田", "")
			must(t, err)
			b.poll("list", tt.next)
			c, err := b.desk.Case(t.Context(), "CVE-2021-44228")
			must(t, err)
			if c.State != tt.want {
				t.Errorf("it is %s, want %s: %+v", c.State, tt.want, c.Items["orders"])
			}
		})
	}
}
