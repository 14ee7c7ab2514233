package version

import "strings"

// compareCisco orders IOS, IOS XE, ASA and NX-OS versions. The numbers of two
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
