package version

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// The bounds of what is read: longer text is refused, not cut.
const (
	maxText        = 64 << 10
	maxConstraints = 512
)

// ErrNotVERS says that a text isn't a version range specifier.
var ErrNotVERS = errors.New("version: no VERS range")

// constraint is one comparator with its version, as VERS and operator notation
// both write it. An empty op is equality.
type constraint struct {
	op      string // "", "!=", "<", "<=", ">", ">="
	version string
}

// ParseVERS reads a version range specifier (ECMA-427, purl-spec VERS):
// vers:maven/>=2.0|<2.15.0, vers:npm/*, vers:none/*. Versions are
// percent-decoded. Constraints in an order that VERS doesn't allow are sorted
// where the scheme can order them; several upper bounds in a row, which real
// publishers write for the fixes of several branches, are read as such.
func ParseVERS(s string) (Range, Scheme, error) {
	if len(s) > maxText {
		return Range{}, "", fmt.Errorf("%w: %d bytes", ErrNotVERS, len(s))
	}
	rest, ok := cutPrefixFold(strings.TrimSpace(s), "vers:")
	if !ok {
		return Range{}, "", ErrNotVERS
	}
	kind, list, ok := strings.Cut(rest, "/")
	if !ok || kind == "" && strings.TrimSpace(list) != "all" {
		return Range{}, "", fmt.Errorf("%w: no scheme", ErrNotVERS)
	}
	scheme := versScheme(strings.ToLower(kind))
	list = strings.Trim(strings.TrimSpace(list), "|")
	switch {
	case strings.EqualFold(kind, "none"):
		return Range{Empty: true}, scheme, nil
	case list == "*" || strings.EqualFold(list, "all"):
		return All(), scheme, nil
	case list == "":
		return Range{}, scheme, fmt.Errorf("%w: no constraint", ErrNotVERS)
	}
	cs, err := versConstraints(list)
	if err != nil {
		return Range{}, scheme, err
	}
	r, err := constraintRange(cs, scheme)
	return r, scheme, err
}

func versScheme(kind string) Scheme {
	if s, ok := purlSchemes[kind]; ok {
		return s
	}
	switch s := Scheme(kind); s {
	case Windows, CiscoIOS, CiscoIOSXE, CiscoASA, Fortinet, PaloAlto:
		return s
	}
	return Generic
}

// versConstraints splits "a|b|c". Real documents put a product's name in front
// of the comparator ("PAN-OS<10.1"); the name is no part of the version.
func versConstraints(list string) ([]constraint, error) {
	fields := strings.Split(list, "|")
	if len(fields) > maxConstraints {
		return nil, fmt.Errorf("%w: %d constraints", ErrNotVERS, len(fields))
	}
	var cs []constraint
	for _, f := range fields {
		f = strings.TrimSpace(f)
		if f == "" {
			continue
		}
		if i := strings.IndexAny(f, "<>=!"); i > 0 && isName(f[:i]) {
			f = f[i:]
		}
		c, err := versConstraint(f)
		if err != nil {
			return nil, err
		}
		cs = append(cs, c)
	}
	return cs, nil
}

// isName says that s is words and no version.
func isName(s string) bool {
	s = strings.TrimSpace(s)
	return s != "" && isLetter(s[0]) && !strings.ContainsAny(s, "|%")
}

func versConstraint(f string) (constraint, error) {
	op, v := cutOp(f)
	v, err := url.PathUnescape(strings.TrimSpace(v))
	if err != nil {
		return constraint{}, fmt.Errorf("%w: %q", ErrNotVERS, f)
	}
	v = clean(v)
	if !hasDigit(v) || strings.ContainsAny(v, "<>=!|*") {
		return constraint{}, fmt.Errorf("%w: %q", ErrNotVERS, f)
	}
	return constraint{op: op, version: v}, nil
}

// cutOp takes a comparator off the front; "=" and "==" are equality.
func cutOp(s string) (op, rest string) {
	for _, o := range []string{"!=", "<>", "<=", "=<", ">=", "=>", "==", "<", ">", "=", "≦", "≧", "≤", "≥"} {
		if r, ok := strings.CutPrefix(s, o); ok {
			switch o {
			case "<>":
				o = "!="
			case "=<", "≦", "≤":
				o = "<="
			case "=>", "≧", "≥":
				o = ">="
			case "==", "=":
				o = ""
			}
			return o, r
		}
	}
	return "", s
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// constraintRange turns constraints into intervals as the VERS specification's
// containment does: sorted by version, each lower bound pairs with the next
// upper one.
func constraintRange(cs []constraint, s Scheme) (Range, error) {
	var r Range
	var bounds []constraint
	for _, c := range cs {
		switch c.op {
		case "":
			r.In = append(r.In, Exactly(c.version))
		case "!=":
			r.Not = append(r.Not, Exactly(c.version))
		default:
			bounds = append(bounds, c)
		}
	}
	if !sortConstraints(bounds, s) {
		return Range{}, fmt.Errorf("version: constraints can't be ordered: %v", cs)
	}
	for i := 0; i < len(bounds); {
		i = r.addBounds(bounds, i)
	}
	if len(r.In) == 0 && len(r.Not) > 0 {
		r.In = []Interval{{}}
	}
	return r, nil
}

// addBounds takes the next interval off sorted bounds: a lower bound with the
// upper one that follows it, or either alone. A run of bounds in one direction
// is that of several branches, which real publishers mean by it, and only
// where it can't be is it simplified as VERS says.
func (r *Range) addBounds(bounds []constraint, i int) int {
	lowers := i
	for ; i < len(bounds) && bounds[i].op[0] == '>'; i++ {
	}
	uppers := i
	for ; i < len(bounds) && bounds[i].op[0] == '<'; i++ {
	}
	los, his := bounds[lowers:uppers], bounds[uppers:i]
	var iv Interval
	if len(los) > 0 {
		iv.Lo = los[0].bound()
	}
	switch {
	case len(his) > 1:
		r.addFixes(iv.Lo, his)
		return i
	case len(his) == 1:
		iv.Hi = his[0].bound()
	case branched(los):
		r.addFixed(los)
		return i
	}
	r.In = append(r.In, iv)
	return i
}

// branched says that bounds can be those of several branches: more than one,
// each with a branch of its own.
func branched(cs []constraint) bool {
	seen := map[string]bool{"": true}
	for _, c := range cs {
		b := branchOf(c.version)
		if seen[b] {
			return false
		}
		seen[b] = true
	}
	return len(cs) > 1
}

// addFixed reads "10.1.9 or later, 10.2.4 or later": what is fixed in each
// branch, and all that is newer than the newest of them. It mirrors addFixes.
func (r *Range) addFixed(lowers []constraint) {
	for _, l := range lowers {
		branch := branchOf(l.version)
		before := Bound{Version: l.version, Inclusive: l.op == ">"}
		r.In = append(r.In, Interval{Branch: branch, Lo: l.bound()})
		r.Not = append(r.Not, Interval{Branch: branch, Hi: before})
	}
	r.In = append(r.In, Interval{Lo: lowers[len(lowers)-1].bound()})
	r.Maybe = append(r.Maybe, Interval{Lo: lowers[0].bound()})
}

// addFixes reads "before 10.1.9, 10.2.4 and 11.0.1": all that is older than the
// oldest of them, and in each branch what is older than its fix. What lies
// between the branches may be meant or not.
func (r *Range) addFixes(lo Bound, uppers []constraint) {
	if !branched(uppers) {
		r.In = append(r.In, Interval{Lo: lo, Hi: uppers[0].bound()})
		if len(uppers) > 1 {
			r.Maybe = append(r.Maybe, Interval{Lo: lo, Hi: uppers[len(uppers)-1].bound()})
		}
		return
	}
	r.In = append(r.In, Interval{Lo: lo, Hi: uppers[0].bound()})
	for i, u := range uppers {
		branch := branchOf(u.version)
		if branch == "" {
			continue
		}
		fixed := Bound{Version: u.version, Inclusive: u.op == "<"}
		if i > 0 {
			r.In = append(r.In, Interval{Branch: branch, Lo: lo, Hi: u.bound()})
		}
		r.Not = append(r.Not, Interval{Branch: branch, Lo: fixed})
	}
	r.Maybe = append(r.Maybe, Interval{Lo: lo, Hi: uppers[len(uppers)-1].bound()})
}

// VERS gives the range as a canonical VERS string of the scheme: sorted, each
// version percent-encoded. exact is false where VERS can't say all of it: doubts,
// an exception that is no single version, versions that can't be ordered.
func (r Range) VERS(s Scheme) (vers string, exact bool) {
	if s == "" {
		s = Generic
	}
	if r.Empty {
		return "vers:none/*", true
	}
	exact = !r.Partial && len(r.Maybe) == 0 && len(r.In) > 0
	var cs []constraint
	for _, iv := range r.In {
		if iv == (Interval{}) && len(r.In) == 1 && len(r.Not) == 0 {
			return "vers:" + string(s) + "/*", exact
		}
		cs = append(cs, iv.spelled().bounds()...)
	}
	for _, iv := range r.Not {
		if iv.Lo != iv.Hi || iv.Lo.Version == "" {
			exact = false
			continue
		}
		cs = append(cs, constraint{op: "!=", version: iv.Lo.Version})
	}
	exact = sortConstraints(cs, s) && exact
	var parts []string
	for _, c := range cs {
		if p := c.op + url.PathEscape(c.version); !slices.Contains(parts, p) {
			parts = append(parts, p)
		}
	}
	return "vers:" + string(s) + "/" + strings.Join(parts, "|"), exact
}

// spelled gives a branch as bounds: 8.x is from 8 to below 9.
func (iv Interval) spelled() Interval {
	if iv.Branch == "" {
		return iv
	}
	if iv.Lo.Version == "" {
		iv.Lo = Bound{Version: iv.Branch, Inclusive: true}
	}
	if iv.Hi.Version == "" {
		iv.Hi = Bound{Version: nextBranch(rawNums(iv.Branch))}
	}
	iv.Branch = ""
	return iv
}

// branchOf is a version's numbers without the last: 10.1 of 10.1.9-h3. Of two with
// a build or a pack behind, that is the last: 6.3 of 6.3-2967.
func branchOf(v string) string {
	nums := rawNums(v)
	if len(nums) == 2 && len(parseVersion(clean(v)).parts) > 0 {
		nums = append(nums, "")
	}
	if len(nums) < 2 {
		return ""
	}
	for i, n := range nums {
		if n == "" {
			nums[i] = "0"
		}
	}
	return strings.Join(nums[:len(nums)-1], ".")
}

func (c constraint) bound() Bound {
	return Bound{Version: c.version, Inclusive: strings.HasSuffix(c.op, "=")}
}

// sortConstraints sorts by version, and says whether every neighbour could be
// ordered.
func sortConstraints(cs []constraint, s Scheme) bool {
	ok := true
	slices.SortStableFunc(cs, func(a, b constraint) int {
		c, known := s.Compare(a.version, b.version)
		ok = ok && (known || a.version == b.version)
		if c == 0 {
			c = side(a.op) - side(b.op)
		}
		return c
	})
	return ok
}

// side orders bounds at one version so that <1 and >=1 part there, and >=1 and
// <=1 meet.
func side(op string) int {
	return slices.Index([]string{"<", ">=", "<=", ">"}, op)
}
