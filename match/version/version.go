// Package version orders versions and reads version ranges. Each scheme is
// compared by its own rules, and what can't be ordered or read is said to be
// so: unknown is never safe.
//
// [Parse] reads what a source says of versions (a VERS range, an operator
// notation, Japanese or English prose) into a [Range], and [Range.Contains]
// tests a version against it with three answers: in, out, unknown.
package version

// A Comparer orders two versions of one scheme: cmp is negative, zero or
// positive as a is older than, equal to or newer than b; ok is false where the
// scheme can't order the two.
type Comparer interface {
	Compare(a, b string) (cmp int, ok bool)
}

// maxVersion is the longest text, in bytes, that is looked at as one version.
const maxVersion = 128

// Compare orders a and b by the rules of s; see [Comparer]. A scheme that this
// package doesn't know is compared as Generic.
func Compare(s Scheme, a, b string) (cmp int, ok bool) {
	return s.Compare(a, b)
}

// Compare makes a Scheme the Comparer of its versions.
func (s Scheme) Compare(a, b string) (cmp int, ok bool) {
	a, b = clean(a), clean(b)
	if !plausible(a) || !plausible(b) {
		return 0, false
	}
	switch s {
	case SemVer, NPM, Golang, Cargo, NuGet:
		return compareSemVer(a, b, s)
	case Maven:
		return compareMaven(a, b)
	case Deb:
		return compareDeb(a, b)
	case RPM:
		return compareRPM(a, b)
	case PEP440:
		return comparePEP440(a, b)
	case Gem:
		return compareGem(a, b)
	case CiscoIOS:
		return compareIOS(a, b)
	case CiscoIOSXE, CiscoASA:
		return compareCisco(a, b)
	case Windows:
		return compareWindows(a, b)
	}
	return compareGeneric(a, b)
}

// clean folds the width of a version and drops the space around it.
func clean(v string) string {
	if isPlain(v) {
		return v
	}
	f, _ := fold(v)
	return trimSpace(f)
}

// isPlain says that v holds nothing that clean changes.
func isPlain(v string) bool {
	for i := 0; i < len(v); i++ {
		if v[i] >= 0x80 || v[i] <= ' ' && (i == 0 || i == len(v)-1 || v[i] != ' ') {
			return false
		}
	}
	return true
}

// plausible refuses what no scheme would call a version: text without a digit,
// in another script, or too long to be one.
func plausible(v string) bool {
	if v == "" || len(v) > maxVersion {
		return false
	}
	digit := false
	for i := 0; i < len(v); i++ {
		if v[i] >= 0x7f || v[i] < ' ' {
			return false
		}
		digit = digit || isDigit(v[i])
	}
	return digit
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isLetter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
func isAlnum(c byte) bool { return isDigit(c) || isLetter(c) }
