package vendors

import (
	"maps"
	"slices"
)

// affectedNow demands of each vulnerability of a security advisory that it names
// what is affected (6.1.27.12), and of each fixed product that another version of it
// is (6.1.27.13). Both are 2.1's.
func (c *checker) affectedNow() {
	lines := c.d.ProductTree.lines()
	for i := range c.d.Vulnerabilities {
		v := &c.d.Vulnerabilities[i]
		if len(v.Status["known_affected"]) == 0 {
			c.flaw("6.1.27.12", "%s has no affected product", v.name())
		}
		affected := lines.of(slices.Concat(v.Status["first_affected"], v.Status["known_affected"], v.Status["last_affected"]))
		// Not those first fixed: a hotfix stands there by itself, as in the standard's
		// own example, and no version of a hotfix is affected.
		for _, id := range v.Status["fixed"] {
			if !affected.cover(lines, id) {
				c.flaw("6.1.27.13", "product %q is fixed, and no version of it is affected", id)
			}
		}
	}
}

// productLines tell by id which product it is a version of: by its vendor and name,
// then by what it is in or on, each part closed by a zero.
type productLines map[string]string

// lines reads them from the branches and the paths that begin there. Products that no
// branch names have none: where their name ends and their version begins, nobody says.
func (t *csafTree) lines() productLines {
	l, paths := productLines{}, productLines{}
	for _, b := range t.Branches {
		l.branch(b, branchPath{}, 0)
	}
	for _, p := range t.Paths {
		if line := l[p.Beginning]; line != "" && len(p.Steps) <= maxBranchDepth {
			paths[p.Product.ID] = line + p.where()
		}
	}
	maps.Copy(l, paths)
	return l
}

// where is what a product is in or on, up to what is installed with it: that makes it
// another version of itself.
func (p *csafPath) where() string {
	where := ""
	for _, step := range p.Steps {
		if step.Category == "installed_with" {
			break
		}
		where += step.Category + " " + step.Next + "\x00"
	}
	return where
}

func (l productLines) branch(b csafBranch, path branchPath, depth int) {
	if depth > maxBranchDepth {
		return
	}
	path = path.with(b)
	if b.Product != nil && path.product != "" {
		l[b.Product.ID] = path.vendor + "\x00" + path.product + "\x00"
	}
	for _, child := range b.Branches {
		l.branch(child, path, depth+1)
	}
}

// lineSet are the lines of some products; "" is there where one has none.
type lineSet map[string]bool

func (l productLines) of(ids []string) lineSet {
	set := lineSet{}
	for _, id := range ids {
		set[l[id]] = true
	}
	return set
}

// cover says whether one of the set is, or may be, another version of a product. What
// is affected anywhere is so in any place.
func (s lineSet) cover(lines productLines, id string) bool {
	line := lines[id]
	if line == "" || s[""] {
		return len(s) > 0
	}
	for i := range line {
		if line[i] == 0 && s[line[:i+1]] {
			return true
		}
	}
	return false
}
