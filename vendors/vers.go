package vendors

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// span is one stretch of versions in a publisher's structured words. The zero
// value of a bound is open.
type span struct {
	exact         string // one version; the bounds are then empty
	from, to      string
	fromExclusive bool
	toInclusive   bool
	line          bool // to is where the next line begins, of a wildcard: no fix
}

// versRanges writes spans as VERS ranges (ECMA-427): vers:npm/>=1.0|<1.5|2.0.
// Mostly that is one. A range is read as sorted, so spans are only written
// together where that can't change what they say: "below 5" and "from 3" side by
// side would read as "from 3 to 5". A span open at both ends is all versions.
func versRanges(scheme string, spans []span) []string {
	var out []string
	for _, group := range groupSpans(spans) {
		var parts []string
		for _, s := range group {
			c := s.constraints()
			if len(c) == 0 {
				return []string{"vers:" + scheme + "/*"}
			}
			parts = append(parts, c...)
		}
		out = append(out, "vers:"+scheme+"/"+strings.Join(unique(parts), "|"))
	}
	return out
}

// groupSpans parts spans into those that may stand in one range: single
// versions and two-sided spans, with the spans open below where they surely end
// before those begin; then the rest of each kind.
func groupSpans(spans []span) [][]span {
	var closed, below, above []span
	for _, s := range spans {
		switch {
		case s.from == "" && s.to != "":
			below = append(below, s)
		case s.from != "" && s.to == "":
			above = append(above, s)
		default:
			closed = append(closed, s)
		}
	}
	if len(closed) > 0 && len(below) > 0 && allBefore(below, closed) {
		below, closed = append(below, closed...), nil
	}
	if len(above) > 0 && allBefore(below, above) && allBefore(closed, above) {
		return compactGroups(below, append(closed, above...))
	}
	return compactGroups(below, closed, above)
}

// compactGroups drops what is empty.
func compactGroups(groups ...[]span) [][]span {
	return slices.DeleteFunc(groups, func(g []span) bool { return len(g) == 0 })
}

// maxPairs bounds what allBefore compares.
const maxPairs = 10_000

// allBefore says that each of a surely ends before each of b begins.
func allBefore(a, b []span) bool {
	if len(a)*len(b) > maxPairs {
		return false
	}
	for _, x := range a {
		for _, y := range b {
			end, begin := x.to+x.exact, y.from+y.exact
			if end != begin && !surelyBelow(end, begin) {
				return false
			}
		}
	}
	return true
}

// surelyBelow orders dotted numbers and nothing else: false is "can't tell".
func surelyBelow(a, b string) bool {
	if !dotted.MatchString(a) || !dotted.MatchString(b) {
		return false
	}
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(as), len(bs)) {
		x, y := numberAt(as, i), numberAt(bs, i)
		if x != y {
			return x < y
		}
	}
	return false
}

func numberAt(parts []string, i int) uint64 {
	if i >= len(parts) {
		return 0
	}
	n, err := strconv.ParseUint(parts[i], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func (s span) constraints() []string {
	if s.exact != "" {
		return []string{versQuote(s.exact)}
	}
	var c []string
	if s.from != "" {
		c = append(c, operator('>', !s.fromExclusive)+versQuote(s.from))
	}
	if s.to != "" {
		c = append(c, operator('<', s.toInclusive)+versQuote(s.to))
	}
	return c
}

func operator(sign byte, inclusive bool) string {
	if inclusive {
		return string(sign) + "="
	}
	return string(sign)
}

// versQuote percent-encodes what has a meaning inside a VERS range.
func versQuote(version string) string {
	const special = "%|<>=!*, "
	if !strings.ContainsAny(version, special) {
		return version
	}
	var b strings.Builder
	for i := range len(version) {
		if c := version[i]; strings.IndexByte(special, c) >= 0 {
			b.WriteString("%" + strings.ToUpper(strconv.FormatUint(uint64(c)+0x100, 16)[1:]))
			continue
		}
		b.WriteByte(version[i])
	}
	return b.String()
}

// openBounds are the words with which publishers leave a bound open.
var openBounds = map[string]bool{
	"": true, "*": true, "0": true, "-": true, "n/a": true, "unspecified": true, "unknown": true,
	"all": true, "all versions": true, "any": true, "next of": true, "none": true, "0.0.0": true,
}

// isOpen says whether a bound is none: one of the words, or a wildcard with
// nothing to order before it (such as "log4j-core*").
func isOpen(bound string) bool {
	bound = strings.ToLower(strings.TrimSpace(bound))
	return openBounds[bound] || strings.HasSuffix(bound, "*") && !leadingNumber.MatchString(bound)
}

var (
	dotted        = regexp.MustCompile(`^[0-9]{1,9}(\.[0-9]{1,9})*$`)
	leadingNumber = regexp.MustCompile(`^[vV]?[0-9]`)
	wildcardTail  = regexp.MustCompile(`^(.*?)([0-9]+)(?:\.[*xX]|\*)$`)
	compareWords  = regexp.MustCompile(`^(<=|>=|<|>|==|=)\s*([^\s<>=]+(?: [^\s<>=]+){0,2})$`)
)

// isVersion says whether s looks like one version rather than words about some.
func isVersion(s string) bool {
	return s != "" && len(s) <= 100 && strings.ContainsAny(s, "0123456789") &&
		!strings.ContainsAny(s, " \t\n<>=,;") && !strings.HasSuffix(s, "*")
}

// end gives the span its upper bound. A wildcard there stands for the greatest of
// its line, inclusive or not: "5.10.*" is everything below 5.11.
func (s *span) end(bound string, inclusive bool) {
	if next, ok := nextLine(bound); ok {
		s.to, s.toInclusive, s.line = next, false, true
		return
	}
	s.to, s.toInclusive = bound, inclusive
}

// nextLine is what follows the line of a wildcard: 5.11 for 5.10.*.
func nextLine(wildcard string) (string, bool) {
	m := wildcardTail.FindStringSubmatch(wildcard)
	if m == nil {
		return "", false
	}
	n, err := strconv.ParseUint(m[2], 10, 32)
	return m[1] + strconv.FormatUint(n+1, 10), err == nil
}

// comparisons reads ">= 1.0, < 1.5", ">=1.0|<1.5" and "5.10.*" as one span; ok is
// false for anything else.
func comparisons(words string) (s span, ok bool) {
	words = strings.TrimSpace(words)
	if m := wildcardTail.FindStringSubmatch(words); m != nil && !strings.ContainsAny(words, " <>=,") {
		s := span{from: m[1] + m[2]}
		s.end(words, true)
		return s, true
	}
	for part := range strings.SplitSeq(strings.ReplaceAll(words, "|", ","), ",") {
		m := compareWords.FindStringSubmatch(strings.TrimSpace(part))
		if m == nil || !s.add(m[1], m[2]) {
			return span{}, false
		}
	}
	return s, true
}

// add narrows the span by one comparison; false where it already has that bound.
func (s *span) add(op, version string) bool {
	switch {
	case op[0] == '=' && *s == span{}:
		s.exact = version
	case op[0] == '<' && s.to == "" && s.exact == "":
		s.end(version, op == "<=")
	case op[0] == '>' && s.from == "" && s.exact == "":
		s.from, s.fromExclusive = version, op == ">"
	default:
		return false
	}
	return true
}

// readVERS takes a VERS range apart: its scheme and the spans that its
// constraints make in their order. ok is false where a constraint can't be
// read. Some publishers write the product's name into a constraint
// ("vers:generic/PAN-OS<10.2"); it is cut.
func readVERS(text, product string) (scheme string, spans []span, ok bool) {
	scheme, list, found := strings.Cut(strings.TrimPrefix(text, "vers:"), "/")
	if !found || list == "" {
		return "", nil, false
	}
	if list == "*" {
		return scheme, []span{{}}, true
	}
	var open span
	for c := range strings.SplitSeq(list, "|") {
		c = strings.TrimSpace(cutPrefixFold(strings.TrimSpace(c), product))
		m := versConstraint.FindStringSubmatch(c)
		if m == nil || m[1] == "!=" {
			return "", nil, false
		}
		version, err := url.PathUnescape(m[2])
		if err != nil {
			return "", nil, false
		}
		spans, open = extend(spans, open, m[1], cutProduct(version, product))
	}
	if open != (span{}) {
		spans = append(spans, open)
	}
	return scheme, spans, true
}

var versConstraint = regexp.MustCompile(`^(<=|>=|!=|<|>|=|)\s*([^<>=!|]+)$`)

// extend adds one constraint to the spans; open is a span whose end is still to
// come.
func extend(spans []span, open span, op, version string) ([]span, span) {
	if op == "" || op == "=" {
		return append(spans, span{exact: version}), open
	}
	if op[0] == '>' {
		if open != (span{}) {
			spans = append(spans, open)
		}
		return spans, span{from: version, fromExclusive: op == ">"}
	}
	open.to, open.toInclusive = version, op == "<="
	return append(spans, open), span{}
}

// cutProduct cuts a product's name, and the word Version, before a version:
// "FortiOS 6.4.0" is 6.4.0, and so is "FortiOS/6.4.0".
func cutProduct(version, product string) string {
	named := strings.TrimSpace(version)
	v := strings.TrimSpace(cutPrefixFold(named, product))
	if v != named {
		v = strings.TrimSpace(strings.TrimPrefix(v, "/"))
	}
	v = strings.TrimSpace(cutPrefixFold(v, "version "))
	if v == "" {
		return version
	}
	return v
}

// cutPrefixFold cuts prefix from s whatever the case.
func cutPrefixFold(s, prefix string) string {
	if prefix != "" && len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):]
	}
	return s
}
