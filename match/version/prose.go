package version

// ProseRange is one range that a text states, and where.
type ProseRange struct {
	Interval
	Span Span
	// Not says that the text takes the interval out: "except 2.3.1".
	Not bool
}

// ParseProse finds the version ranges that a text states, and what it could
// not read.
func ParseProse(text string) (ranges []ProseRange, unread []Span) {
	return nil, nil
}

func parseProse(text string, info ParseInfo) (Range, ParseInfo) {
	info.Read = nil
	return Range{}, info
}
