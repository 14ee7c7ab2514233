package match

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hansho/advisory"
	"hansho/inventory"
)

const (
	flash   = "cpe:2.3:a:adobe:flash_player:11.2.202.1:*:*:*:*:*:*:*"
	windows = "cpe:2.3:o:microsoft:windows_10:1809:*:*:*:*:*:*:*"
	linux   = "cpe:2.3:o:linux:linux_kernel:4.19:*:*:*:*:*:*:*"
)

// running is the configuration "Flash before 11.2.202.5 on Windows".
func running() advisory.Config {
	return advisory.Config{Operator: "AND", Children: []advisory.Config{
		{Operator: "OR", Matches: []advisory.CPEMatch{{CPE: "cpe:2.3:a:adobe:flash_player:*:*:*:*:*:*:*:*", Vulnerable: true, EndExcluding: "11.2.202.5"}}},
		{Operator: "OR", Matches: []advisory.CPEMatch{{CPE: "cpe:2.3:o:microsoft:windows_10:*:*:*:*:*:*:*:*"}}},
	}}
}

func TestRunningOn(t *testing.T) {
	items := []inventory.Item{
		{ID: "alone", CPE: flash},
		{ID: "on windows", CPE: flash, Contains: []string{windows}},
		{ID: "on linux", CPE: flash, Contains: []string{linux}},
		{ID: "platform only", CPE: windows},
		{ID: "patched", CPE: "cpe:2.3:a:adobe:flash_player:11.2.202.5:*:*:*:*:*:*:*", Contains: []string{windows}},
	}
	a := &advisory.Advisory{Configs: []advisory.Config{running()}}
	want := map[string]Verdict{"alone": Possible, "on windows": Affected, "on linux": Possible, "patched": Fixed}
	if diff := cmp.Diff(want, verdicts(build(t, items).Match(a))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	want = map[string]Verdict{"alone": NotAffected, "on windows": Affected, "on linux": NotAffected, "patched": Fixed}
	if diff := cmp.Diff(want, verdicts(build(t, items, CompleteItems()).Match(a))); diff != "" {
		t.Errorf("complete items (-want +got)\n%s", diff)
	}
	want = map[string]Verdict{"on windows": Affected}
	if diff := cmp.Diff(want, verdicts(build(t, items, CompleteItems(), LoudOnly()).Match(a))); diff != "" {
		t.Errorf("loud only (-want +got)\n%s", diff)
	}
}

func TestConfigMatches(t *testing.T) {
	const item = "cpe:2.3:a:example:tool:1.5:rc1:*:*:*:wordpress:*:*"
	m := build(t, []inventory.Item{{ID: "x", CPE: item}, {ID: "open", CPE: "cpe:2.3:a:example:tool:*:*:*:*:*:*:*:*"}})
	const none = Verdict("")
	for _, c := range []struct {
		match   advisory.CPEMatch
		x, open Verdict
	}{
		{advisory.CPEMatch{CPE: "cpe:2.3:a:example:tool:*:*:*:*:*:*:*:*"}, Affected, Affected},
		{advisory.CPEMatch{CPE: "cpe:2.3:a:example:tool:1.5:*:*:*:*:*:*:*"}, Affected, Possible},
		{advisory.CPEMatch{CPE: "cpe:2.3:a:example:tool:1.5:rc1:*:*:*:*:*:*"}, Affected, Possible},
		{advisory.CPEMatch{CPE: "cpe:2.3:a:example:tool:1.5:rc2:*:*:*:*:*:*"}, NotAffected, Possible},
		{advisory.CPEMatch{CPE: "cpe:2.3:a:example:tool:1.6:*:*:*:*:*:*:*"}, NotAffected, Possible},
		{advisory.CPEMatch{CPE: "cpe:2.3:a:example:tool:1.*:*:*:*:*:*:*:*"}, Affected, Possible},
		{advisory.CPEMatch{CPE: "cpe:2.3:a:example:tool:*:*:*:*:*:wordpress:*:*"}, Affected, Possible},
		{advisory.CPEMatch{CPE: "cpe:2.3:a:example:tool:*:*:*:*:*:joomla\\!:*:*"}, none, Possible},
		{advisory.CPEMatch{CPE: "cpe:2.3:a:example:tool:*:*:*:*:*:*:*:*", EndExcluding: "1.5"}, Possible, Possible}, // rc1 of the version that ends the range
		{advisory.CPEMatch{CPE: "cpe:2.3:a:example:tool:*:*:*:*:*:*:*:*", EndIncluding: "1.5.0"}, Affected, Possible},
		{advisory.CPEMatch{CPE: "cpe:2.3:a:example:tool:*:*:*:*:*:*:*:*", StartExcluding: "1.5"}, NotAffected, Possible},
		{advisory.CPEMatch{CPE: "cpe:2.3:a:example:tool:*:*:*:*:*:*:*:*", StartIncluding: "1\\.4", EndExcluding: "2"}, Affected, Possible},
		{advisory.CPEMatch{CPE: "cpe:/a:example:tool:1.5"}, Affected, Possible},
		{advisory.CPEMatch{CPE: "cpe:2.3:a:example:*:1.5:*:*:*:*:*:*:*"}, Affected, Possible},
		{advisory.CPEMatch{CPE: "cpe:2.3:a:example:other:*:*:*:*:*:*:*:*"}, none, none},
		{advisory.CPEMatch{CPE: "cpe:2.3:a:example"}, none, none},
	} {
		c.match.Vulnerable = true
		got := verdicts(m.Match(&advisory.Advisory{Configs: []advisory.Config{{Matches: []advisory.CPEMatch{c.match}}}}))
		if got["x"] != c.x || got["open"] != c.open {
			t.Errorf("%+v: %q and %q, want %q and %q", c.match, got["x"], got["open"], c.x, c.open)
		}
	}
}

func TestConfigLogic(t *testing.T) {
	in := advisory.CPEMatch{CPE: flash, Vulnerable: true}
	out := advisory.CPEMatch{CPE: "cpe:2.3:a:adobe:flash_player:12:*:*:*:*:*:*:*", Vulnerable: true}
	m := build(t, []inventory.Item{{ID: "x", CPE: flash}})
	or := func(ms ...advisory.CPEMatch) advisory.Config { return advisory.Config{Operator: "OR", Matches: ms} }
	and := func(cs ...advisory.Config) advisory.Config { return advisory.Config{Operator: "AND", Children: cs} }
	not := func(c advisory.Config) advisory.Config { c.Negate = true; return c }
	for name, c := range map[string]struct {
		config advisory.Config
		want   Verdict
	}{
		"or":                {or(out, in), Affected},
		"or out":            {or(out), NotAffected},
		"and":               {and(or(in), or(in)), Affected},
		"and out":           {and(or(in), or(out)), NotAffected},
		"and other product": {and(or(in), or(advisory.CPEMatch{CPE: linux, Vulnerable: true})), NotAffected},
		"negated":           {and(or(in), not(or(out))), Affected},
		"negated in":        {and(or(in), not(or(in))), NotAffected},
		"nested":            {and(and(or(out, in), or(in))), Affected},
		"platform in an or": {or(out, advisory.CPEMatch{CPE: flash}), NotAffected},
		"matches beside":    {advisory.Config{Operator: "AND", Matches: []advisory.CPEMatch{in, out}}, NotAffected},
	} {
		if got := verdicts(m.Match(&advisory.Advisory{Configs: []advisory.Config{c.config}})); got["x"] != c.want {
			t.Errorf("%s: %q, want %q", name, got["x"], c.want)
		}
	}
}

func TestStatementsAreAlternatives(t *testing.T) {
	m := build(t, []inventory.Item{{ID: "x", CPE: flash}})
	a := &advisory.Advisory{Configs: []advisory.Config{
		{Matches: []advisory.CPEMatch{{CPE: "cpe:2.3:a:adobe:flash_player:9:*:*:*:*:*:*:*", Vulnerable: true}}},
		{Matches: []advisory.CPEMatch{{CPE: flash, Vulnerable: true}}},
	}}
	got := m.Match(a)
	if len(got) != 1 || got[0].Verdict != Affected || got[0].Evidence[0].Where != "configs[1]" {
		t.Errorf("got %+v", got)
	}
}
