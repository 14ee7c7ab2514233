package vendors

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// revisionNumber is a version of a document: an integer or a semantic version.
type revisionNumber struct {
	semantic      bool
	parts         [3]int
	pre           string
	text, release string // release is the text without build metadata
}

var (
	integerVersion  = regexp.MustCompile(`^(0|[1-9][0-9]{0,8})$`)
	semanticVersion = regexp.MustCompile(`^([0-9]{1,9})\.([0-9]{1,9})\.([0-9]{1,9})(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$`)
)

// readRevision reads a number; ok is false where it is neither form, which the
// schema tells.
func readRevision(text string) (n revisionNumber, ok bool) {
	n.text = text
	n.release, _, _ = strings.Cut(text, "+")
	if integerVersion.MatchString(text) {
		n.parts[0], _ = strconv.Atoi(text)
		return n, true
	}
	m := semanticVersion.FindStringSubmatch(text)
	if m == nil {
		return n, false
	}
	n.semantic, n.pre = true, m[4]
	for i := range n.parts {
		n.parts[i], _ = strconv.Atoi(m[i+1]) // nine digits fit
	}
	return n, true
}

// history runs the tests on versions and revision history (6.1.14, 6.1.16 to
// 6.1.22, 6.1.30).
func (c *checker) history() {
	tracking := &c.d.Document.Tracking
	version, ok := readRevision(tracking.Version)
	if !ok {
		return
	}
	list, numbers := c.sortedHistory()
	c.versionKinds(version, numbers)
	c.versionStatus(version, numbers)
	c.order(list, numbers)
	c.gaps(numbers)
	if len(numbers) == 0 {
		return
	}
	newest := numbers[len(numbers)-1]
	have, want := version.release, newest.release
	if tracking.Status == "draft" { // a draft's pre-release part may differ
		have, _, _ = strings.Cut(have, "-")
		want, _, _ = strings.Cut(want, "-")
	}
	if have != want {
		c.flaw("6.1.16", "version %s, but the newest revision is %s", version.text, newest.text)
	}
}

// sortedHistory is the history by date, and the numbers in it that can be read.
func (c *checker) sortedHistory() ([]csafRevision, []revisionNumber) {
	list := slices.Clone(c.d.Document.Tracking.RevisionHistory)
	slices.SortStableFunc(list, func(a, b csafRevision) int {
		x, _ := parseTime(a.Date)
		y, _ := parseTime(b.Date)
		if d := x.Compare(y); d != 0 {
			return d
		}
		m, _ := readRevision(a.Number)
		n, _ := readRevision(b.Number)
		return compareRevisions(m, n)
	})
	var numbers []revisionNumber
	for _, r := range list {
		if n, ok := readRevision(r.Number); ok {
			numbers = append(numbers, n)
		}
	}
	return list, numbers
}

// compareRevisions orders numbers; a pre-release is before its release.
func compareRevisions(a, b revisionNumber) int {
	if d := slices.Compare(a.parts[:], b.parts[:]); d != 0 {
		return d
	}
	switch {
	case a.pre == b.pre:
		return 0
	case a.pre == "":
		return 1
	case b.pre == "":
		return -1
	}
	return slices.CompareFunc(strings.Split(a.pre, "."), strings.Split(b.pre, "."), comparePre)
}

// comparePre orders identifiers of a pre-release: numbers as numbers, and
// before words.
func comparePre(a, b string) int {
	x, errX := strconv.Atoi(a)
	y, errY := strconv.Atoi(b)
	switch {
	case errX == nil && errY == nil:
		return x - y
	case errX == nil:
		return -1
	case errY == nil:
		return 1
	}
	return strings.Compare(a, b)
}

// versionKinds finds integers and semantic versions in one document (6.1.30).
func (c *checker) versionKinds(version revisionNumber, numbers []revisionNumber) {
	for _, n := range numbers {
		if n.semantic != version.semantic {
			c.flaw("6.1.30", "versions %s and %s are of two kinds", version.text, n.text)
		}
	}
}

// versionStatus checks numbers against the document's status (6.1.17 to 6.1.20).
func (c *checker) versionStatus(version revisionNumber, numbers []revisionNumber) {
	status := c.d.Document.Tracking.Status
	released := status == "final" || status == "interim"
	if status != "draft" && (version.parts[0] == 0 || version.pre != "") {
		c.flaw("6.1.17", "version %s with status %s", version.text, status)
	}
	if status != "draft" && version.pre != "" {
		c.flaw("6.1.20", "version %s is a pre-release with status %s", version.text, status)
	}
	for _, n := range numbers {
		if released && n.parts[0] == 0 {
			c.flaw("6.1.18", "revision %s in a released document", n.text)
		}
		if n.pre != "" {
			c.flaw("6.1.19", "revision %s is a pre-release", n.text)
		}
	}
}

// order finds revisions whose numbers fall as their dates rise (6.1.14).
func (c *checker) order(list []csafRevision, numbers []revisionNumber) {
	if len(numbers) != len(list) {
		return
	}
	for i := 1; i < len(numbers); i++ {
		if compareRevisions(numbers[i-1], numbers[i]) > 0 {
			c.flaw("6.1.14", "revision %s is newer than %s", numbers[i-1].text, numbers[i].text)
		}
	}
}

// gaps finds numbers that are missing where the dates put them (6.1.21) or given
// twice (6.1.22).
func (c *checker) gaps(numbers []revisionNumber) {
	seen, given := map[string]bool{}, map[int]bool{}
	for _, n := range numbers {
		if seen[n.release] {
			c.flaw("6.1.22", "revision %s is given twice", n.text)
		}
		seen[n.release], given[n.parts[0]] = true, true
	}
	last := 0
	for _, n := range numbers {
		next := last + 1
		last = max(last, n.parts[0])
		switch {
		case n.parts[0] <= next:
		case given[next]:
			c.flaw("6.1.21", "revision %d is dated after %s", next, n.text)
		default:
			c.flaw("6.1.21", "no revision %d before %s", next, n.text)
		}
	}
}
