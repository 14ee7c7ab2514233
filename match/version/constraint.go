package version

import (
	"errors"
	"regexp"
	"strings"
)

// ErrNotConstraint says that a text isn't in operator or interval notation.
var ErrNotConstraint = errors.New("version: no constraint notation")

var (
	// opVersion is one comparator and its version, with what may stand between
	// two of them.
	opVersion = regexp.MustCompile(`^[\s,;&]*(?:and\b|&&)?\s*(<=|>=|=<|=>|==|!=|<>|<|>|=|≦|≧|≤|≥|~>|\^|~)\s*([vV]?\d[0-9A-Za-z._+:~()-]*)`)
	// opRest is what may stay over at the end of a list of comparators.
	opRest = regexp.MustCompile(`^[\s,;.]*$`)
	// boundLook is a version inside of interval notation.
	boundLook = regexp.MustCompile(`^[vV]?\d[0-9A-Za-z._+:~-]*$`)
	// mavenSpan is one interval in Maven's and NuGet's notation.
	mavenSpan = regexp.MustCompile(`^\s*,?\s*([\[(])\s*([^\[\](),]*?)\s*(?:(,)\s*([^\[\](),]*?)\s*)?([\])])`)
)

// ParseConstraint reads operator notation (">= 1.0, < 2.0", "<7.4.3",
// ">=1.0 <2.0 || =3.1", "^1.2") and interval notation ("[1.0,2.0)"). Anything
// else in the text, a name or a word, is an error.
func ParseConstraint(text string, s Scheme) (Range, error) {
	if len(text) > maxText || strings.ContainsAny(text, "～〜") { // a Japanese "to", no tilde
		return Range{}, ErrNotConstraint
	}
	text, _ = fold(text)
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "[") || strings.HasPrefix(text, "(") {
		return parseIntervals(text)
	}
	var r Range
	for _, alt := range strings.Split(text, "||") {
		cs, err := opConstraints(alt)
		if err != nil {
			return Range{}, err
		}
		one, err := constraintRange(cs, s)
		if err != nil {
			return Range{}, err
		}
		if contradict(cs, one) {
			return Range{}, ErrNotConstraint
		}
		r.In = append(r.In, one.In...)
		r.Not = append(r.Not, one.Not...)
		r.Maybe = append(r.Maybe, one.Maybe...)
	}
	return r, nil
}

// contradict finds ">3, <2": all comparators of one list hold together, so the
// two open intervals that VERS would read are not what is meant.
func contradict(cs []constraint, r Range) bool {
	return len(cs) == 2 && len(r.In) == 2 && cs[0].op != "" && cs[1].op != "" && cs[0].op[0] != cs[1].op[0]
}

func opConstraints(s string) ([]constraint, error) {
	var cs []constraint
	for {
		m := opVersion.FindStringSubmatchIndex(s)
		if m == nil || len(cs) > maxConstraints {
			break
		}
		op, v := s[m[2]:m[3]], strings.TrimRight(s[m[4]:m[5]], ".-+~:")
		if low := strings.ToLower(v); wildLook.MatchString(low) || blurLook.MatchString(low) || strings.Contains(v, "..") {
			return nil, ErrNotConstraint
		}
		s = s[m[5]:]
		switch op {
		case "^", "~", "~>":
			cs = append(cs, caret(op, v)...)
		default:
			op, _ = cutOp(op)
			cs = append(cs, constraint{op: op, version: v})
		}
	}
	if len(cs) == 0 || !opRest.MatchString(s) {
		return nil, ErrNotConstraint
	}
	return cs, nil
}

// caret spells out ^1.2.3 (below 2), ~1.2.3 (below 1.3) and Ruby's ~>.
func caret(op, v string) []constraint {
	nums := rawNums(v)
	keep := 1
	switch {
	case op == "^":
		for keep < len(nums) && nums[keep-1] == "" {
			keep++
		}
	case op == "~>":
		keep = max(1, len(nums)-1)
	default:
		keep = min(2, len(nums))
	}
	return []constraint{{op: ">=", version: v}, {op: "<", version: nextBranch(nums[:min(keep, len(nums))])}}
}

// nextBranch is the version after the last of a branch: 1.3 for 1.2.
func nextBranch(nums []string) string {
	out := make([]string, len(nums))
	for i, n := range nums {
		out[i] = n
		if n == "" {
			out[i] = "0"
		}
	}
	if len(out) > 0 {
		out[len(out)-1] = increment(out[len(out)-1])
	}
	return strings.Join(out, ".")
}

// increment adds one to a decimal number of any length.
func increment(n string) string {
	b := []byte(n)
	for i := len(b) - 1; i >= 0; i-- {
		if b[i] != '9' {
			b[i]++
			return string(b)
		}
		b[i] = '0'
	}
	return "1" + string(b)
}

// parseIntervals reads Maven's "[1.0,2.0)", "(,1.0],[1.2,)", "[1.5]".
func parseIntervals(s string) (Range, error) {
	var r Range
	for len(s) > 0 && len(r.In) < maxConstraints {
		m := mavenSpan.FindStringSubmatch(s)
		if m == nil {
			return Range{}, ErrNotConstraint
		}
		s = s[len(m[0]):]
		iv := Interval{
			Lo: Bound{Version: m[2], Inclusive: m[1] == "[" && m[2] != ""},
			Hi: Bound{Version: m[4], Inclusive: m[5] == "]" && m[4] != ""},
		}
		if m[3] == "" {
			if m[2] == "" {
				return Range{}, ErrNotConstraint
			}
			iv = Exactly(m[2])
		}
		for _, b := range []Bound{iv.Lo, iv.Hi} {
			if b.Version != "" && !boundLook.MatchString(b.Version) {
				return Range{}, ErrNotConstraint
			}
		}
		r.In = append(r.In, iv)
	}
	if len(r.In) == 0 || s != "" {
		return Range{}, ErrNotConstraint
	}
	return r, nil
}
