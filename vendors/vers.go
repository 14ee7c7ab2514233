package vendors

import (
	"regexp"
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
}

// versRange writes spans as a VERS range (ECMA-427): vers:npm/>=1.0|<1.5|2.0.
// A span open at both ends makes the whole range all versions.
func versRange(scheme string, spans []span) string {
	if len(spans) == 0 {
		return ""
	}
	var parts []string
	for _, s := range spans {
		c := s.constraints()
		if len(c) == 0 {
			parts = []string{"*"}
			break
		}
		parts = append(parts, c...)
	}
	return "vers:" + scheme + "/" + strings.Join(unique(parts), "|")
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
	leadingNumber = regexp.MustCompile(`^[vV]?[0-9]`)
	wildcardTail  = regexp.MustCompile(`^(.*?)([0-9]+)\.[*xX]$`)
	compareWords  = regexp.MustCompile(`^(<=|>=|<|>|=|==)\s*([^\s<>=]+)$`)
)

// isVersion says whether s looks like one version rather than words about some.
func isVersion(s string) bool {
	return s != "" && len(s) <= 100 && strings.ContainsAny(s, "0123456789") &&
		!strings.ContainsAny(s, " \t\n<>=,;") && !strings.HasSuffix(s, "*")
}

// upTo gives the upper bound of a span. "5.10.*" inclusive is everything below
// 5.11.
func upTo(bound string, inclusive bool) (string, bool) {
	if m := wildcardTail.FindStringSubmatch(bound); m != nil {
		n, err := strconv.ParseUint(m[2], 10, 32)
		if err == nil && inclusive {
			return m[1] + strconv.FormatUint(n+1, 10), false
		}
		return m[1] + m[2], false
	}
	return bound, inclusive
}

// comparisons reads ">= 1.0, < 1.5" and "5.10.*" as one span; ok is false for
// anything else.
func comparisons(words string) (s span, ok bool) {
	words = strings.TrimSpace(words)
	if m := wildcardTail.FindStringSubmatch(words); m != nil && !strings.ContainsAny(words, " <>=,") {
		to, _ := upTo(words, true)
		return span{from: m[1] + m[2], to: to}, true
	}
	for part := range strings.SplitSeq(words, ",") {
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
		s.to, s.toInclusive = upTo(version, op == "<=")
	case op[0] == '>' && s.from == "" && s.exact == "":
		s.from, s.fromExclusive = version, op == ">"
	default:
		return false
	}
	return true
}
