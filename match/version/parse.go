package version

import "fmt"

// Span is a part of a source text: byte offsets on rune boundaries, end
// excluded.
type Span struct{ Start, End int }

// In gives the words of the span in text.
func (s Span) In(text string) string {
	if s.Start < 0 || s.End > len(text) || s.Start > s.End {
		return ""
	}
	return text[s.Start:s.End]
}

// ParseInfo says how a range was read.
type ParseInfo struct {
	Notation string // vers, constraint, prose; empty where nothing was read
	Scheme   Scheme // by which its versions are ordered: the notation's own, else the hint
	Read     []Span // the words that the range was read from
	Unread   []Span // what looks like a version and could not be read
}

// Parse reads what a source says of versions in whatever notation: a VERS
// range, operators or intervals, else Japanese or English prose. hint is the
// scheme by which they are ordered, where the product says it. A part that
// can't be read makes the range Partial; a text that names no version gives the
// zero Range.
func Parse(text string, hint Scheme) (Range, ParseInfo) {
	info := ParseInfo{Scheme: hint, Read: []Span{{0, len(text)}}}
	if hint == "" {
		info.Scheme = Generic
	}
	r, s, err := ParseVERS(text)
	if s != "" && (s != Generic || hint == "") {
		info.Scheme = s
	}
	switch {
	case err == nil:
		info.Notation = "vers"
		return r, info
	case s != "": // it is VERS, but a broken one
		return Range{Partial: true}, ParseInfo{Notation: "vers", Scheme: info.Scheme, Unread: info.Read}
	}
	if r, err := ParseConstraint(text, info.Scheme); err == nil {
		info.Notation = "constraint"
		return r, info
	}
	return parseProse(text, info)
}

// Test says whether version is in the range that text describes, and why:
// "2.14.1 in >=2.0-beta9, <2.15.0".
func Test(text, version string, hint Scheme) (res Result, why string) {
	r, info := Parse(text, hint)
	res = r.Contains(info.Scheme, version)
	return res, r.Why(res, info.Scheme, version)
}

// Why words the result of a test of version against r, for a reader.
func (r Range) Why(res Result, s Scheme, version string) string {
	if version == "" {
		version = "(no version)"
	}
	switch {
	case r.IsZero():
		return fmt.Sprintf("%s: no version range could be read", version)
	case res == In:
		return fmt.Sprintf("%s in %s", version, r.holding(s, version))
	case res == Out:
		return fmt.Sprintf("%s not in %s", version, r)
	case r.Partial:
		return fmt.Sprintf("%s may be in %s: a part could not be read", version, r)
	}
	return fmt.Sprintf("%s can't be ordered against %s", version, r)
}

// holding names the interval that holds version.
func (r Range) holding(s Scheme, version string) string {
	for _, iv := range r.In {
		if iv.Contains(s, version) == In {
			return iv.String()
		}
	}
	return r.String()
}
