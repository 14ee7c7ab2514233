package vendors

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"sync"

	"hansho/match/version"
)

// weaknessTable is each name that a weakness of CWE had, with the first and last
// version of the list in which it had it.
//
//go:embed cwe.tsv
var weaknessTable string

// csafWeakness is a weakness as a document names it.
type csafWeakness struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Version string `json:"version"` // of the list; 2.1
}

// weaknesses finds those that CWE doesn't have under that name, in the version of
// the list that the document gives, else in any (6.1.11).
func (c *checker) weaknesses(v *csafVulnerability) {
	known := knownWeaknesses()
	for _, w := range append(slices.Clone(v.CWEs), v.CWE) {
		switch names := known.names(w); {
		case w.ID == "" || known.tooNew(w) || slices.Contains(names, w.Name):
		case len(names) == 0:
			c.flaw("6.1.11", "%s is no weakness of CWE %s", w.ID, w.Version)
		default:
			c.flaw("6.1.11", "%s is called %q, not %q", w.ID, names[len(names)-1], w.Name)
		}
	}
}

// weaknessList is CWE in the versions that we know.
type weaknessList struct {
	versions []string // in order
	newest   int      // the highest id
	byID     map[string][]weaknessName
}

// weaknessName is a name, and from which of the versions to which it was in use.
type weaknessName struct {
	name        string
	first, last int
}

var knownWeaknesses = sync.OnceValue(func() weaknessList {
	l := weaknessList{byID: map[string][]weaknessName{}}
	for line := range strings.Lines(weaknessTable) {
		line = strings.TrimSuffix(line, "\n")
		if versions, ok := strings.CutPrefix(line, "# versions: "); ok {
			l.versions = strings.Fields(versions)
		}
		if f := strings.Split(line, "\t"); len(f) == 4 {
			id := "CWE-" + f[0]
			l.byID[id] = append(l.byID[id], weaknessName{f[1], slices.Index(l.versions, f[2]), slices.Index(l.versions, f[3])})
			l.newest = max(l.newest, number(id))
		}
	}
	return l
})

// number is that of a weakness's id, 0 where it has none.
func number(id string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(id, "CWE-"))
	return n
}

// names are those that a weakness has in its version of the list, or had in any.
func (l weaknessList) names(w csafWeakness) []string {
	at := slices.Index(l.versions, w.Version)
	var names []string
	for _, n := range l.byID[w.ID] {
		if w.Version == "" || n.first <= at && at <= n.last {
			names = append(names, n.name)
		}
	}
	return names
}

// tooNew says that a later version of the list than our last may have it, which
// isn't held against a document.
func (l weaknessList) tooNew(w csafWeakness) bool {
	if w.Version == "" {
		return number(w.ID) > l.newest
	}
	c, ok := version.Generic.Compare(w.Version, l.versions[len(l.versions)-1])
	return ok && c > 0
}
