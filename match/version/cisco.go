package version

import "strings"

// compareCisco orders IOS XE, ASA and NX-OS versions. The numbers of two
// trains (15.2(7)E3, 15.4(1)T) count apart, so only versions of one train are
// ordered; a version with a train is not ordered against one without.
func compareCisco(a, b string) (int, bool) {
	x, y := parseVersion(a), parseVersion(b)
	if train(x) != train(y) {
		return 0, false
	}
	return compareParsed(x, y, func(p, q part) bool {
		if p.word == q.word || p.rank == rankEnd || q.rank == rankEnd {
			return true
		}
		return p.rank == rankLetter && q.rank == rankLetter || p.rank == rankNumber && q.rank == rankNumber
	})
}

// compareIOS orders IOS versions of one train, and releases (12.4, 15.1) where the
// numbering gives an order over trains: each release follows from the T train of
// the one before and ends in its own mainline (12.4, 15.1M), so 12.4(24)T comes
// before 15.1(4)M; and a release without a maintenance number (15.0) stands for
// all of its trains. Within one release, and for the technology trains (SE, JA),
// the numbers of two trains say nothing of each other.
func compareIOS(a, b string) (int, bool) {
	if c, ok := compareCisco(a, b); ok {
		return c, true
	}
	x, y := parseVersion(a), parseVersion(b)
	if x.none || y.none || !x.isRelease() && !y.isRelease() && !(mainline[train(x)] && mainline[train(y)]) {
		return 0, false
	}
	c := compareNums(x.release(), y.release())
	return c, c != 0
}

// mainline are the trains that follow each other.
var mainline = map[string]bool{"": true, "m ": true, "t ": true}

// isRelease says that p names a release alone: 15.0.
func (p parsed) isRelease() bool { return p.written == 2 && len(p.parts) == 0 }

// release is the first two numbers: 15.1 of 15.1(4)M.
func (p parsed) release() []string { return p.nums[:min(2, len(p.nums))] }

// train is the letters that name the branch of a Cisco version: E of
// 15.2(7)E3, I of NX-OS 7.0(3)I5(2). A rebuild letter (17.3.4a) is none.
func train(p parsed) string {
	var b strings.Builder
	for _, pt := range p.parts {
		if pt.word != "" && pt.rank != rankLetter {
			b.WriteString(pt.word)
			b.WriteByte(' ')
		}
	}
	return b.String()
}
