package feeds

// AlarmKind says what is odd about a source. The values are stored.
type AlarmKind string

// The kinds of alarm, and what their details are.
const (
	AlarmMoved  AlarmKind = "moved"  // for good; the new address
	AlarmEmpty  AlarmKind = "empty"  // the document holds nothing; how many items it had
	AlarmJump   AlarmKind = "jump"   // of the number of items: "500 → 4812"
	AlarmFuture AlarmKind = "future" // dates in the future; the items
	AlarmGap    AlarmKind = "gap"    // the feed ran over between two polls; no detail
	AlarmBroken AlarmKind = "broken" // a part of it can't be read; the error
)

// Alarm says that a source may no longer be what it was.
type Alarm struct {
	Kind   AlarmKind
	Detail string
}

// String is the alarm in English, for logs and the command line.
func (a Alarm) String() string {
	switch a.Kind {
	case AlarmMoved:
		return "the address has moved for good to " + a.Detail
	case AlarmEmpty:
		return "the document is empty, where it had " + a.Detail + " items before"
	case AlarmJump:
		return "a sudden jump in the number of items: " + a.Detail
	case AlarmFuture:
		return "dated in the future: " + a.Detail
	case AlarmGap:
		return "the feed overflowed since the last poll and the gap could not be filled"
	}
	return a.Detail
}

// Alarm adds a warning that people are told of.
func (b *Batch) Alarm(kind AlarmKind, detail string) {
	a := Alarm{Kind: kind, Detail: detail}
	b.Warnings = append(b.Warnings, a.String())
	b.Health = append(b.Health, a)
}
