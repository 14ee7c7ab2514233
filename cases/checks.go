package cases

import "time"

// CheckState is what came of one point of a checklist. The values are stored.
type CheckState string

// The states of a point; one that nobody looked at has none.
const (
	CheckClean      CheckState = "clean"      // looked at, nothing found
	CheckSuspicious CheckState = "suspicious" // something was found
	CheckDone       CheckState = "done"       // a thing to do that was done
)

// Valid says whether s is one of the states.
func (s CheckState) Valid() bool {
	return s == CheckClean || s == CheckSuspicious || s == CheckDone
}

// Check is what somebody found at one point of an item's checklist.
type Check struct {
	State   CheckState
	Finding string
	By      string
	At      time.Time
}

// mergeChecks keeps of each point what was found last.
func (it *Item) mergeChecks(others map[string]Check) {
	for point, c := range others {
		it.Check(point, c)
	}
}

// Check keeps what was found at a point. What was found later stands; of two at
// one instant, the one that is suspicious.
func (it *Item) Check(point string, c Check) {
	if it.Checks == nil {
		it.Checks = map[string]Check{}
	}
	old, ok := it.Checks[point]
	if !ok || c.At.After(old.At) || c.At.Equal(old.At) && c.State == CheckSuspicious {
		it.Checks[point] = c
	}
}
