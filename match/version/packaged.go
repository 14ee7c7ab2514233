package version

import (
	"cmp"
	"regexp"
	"strings"

	pep440 "github.com/aquasecurity/go-pep440-version"
	deb "github.com/knqyf263/go-deb-version"
	rpm "github.com/knqyf263/go-rpm-version"
)

// The looks of the package managers' versions. The libraries behind them order
// any text, so what does not look right never reaches them; a run of 19 digits
// would overflow them.
var (
	debLook   = regexp.MustCompile(`^(\d{1,9}:)?\d[0-9A-Za-z.+~-]*$`)
	rpmLook   = regexp.MustCompile(`^(\d{1,9}:)?[0-9A-Za-z][0-9A-Za-z._+~^-]*$`)
	longDigit = regexp.MustCompile(`\d{19}`)
)

// compareDeb orders by deb-version(7).
func compareDeb(a, b string) (int, bool) {
	if !fits(debLook, a, b) {
		return 0, false
	}
	x, errX := deb.NewVersion(a)
	y, errY := deb.NewVersion(b)
	if errX != nil || errY != nil {
		return 0, false
	}
	return x.Compare(y), true
}

// compareRPM orders by rpm-version(7). Where only one of the two carries a
// release, it is left out of the comparison, as RPM itself does.
func compareRPM(a, b string) (int, bool) {
	if !fits(rpmLook, a, b) {
		return 0, false
	}
	return rpm.NewVersion(a).Compare(rpm.NewVersion(b)), true
}

func fits(look *regexp.Regexp, vs ...string) bool {
	for _, v := range vs {
		if !look.MatchString(v) || longDigit.MatchString(v) {
			return false
		}
	}
	return true
}

// comparePEP440 orders by PEP 440.
func comparePEP440(a, b string) (int, bool) {
	if longDigit.MatchString(a) || longDigit.MatchString(b) {
		return 0, false
	}
	x, errX := pep440.Parse(a)
	y, errY := pep440.Parse(b)
	if errX != nil || errY != nil {
		return 0, false
	}
	return x.Compare(y), true
}

var semVerLook = regexp.MustCompile(`^[vV]?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$`)

// compareSemVer orders by SemVer 2.0.0 section 11, taking missing numbers as
// zero; a fourth number is NuGet's alone.
func compareSemVer(a, b string, s Scheme) (int, bool) {
	x, y := semVerLook.FindStringSubmatch(a), semVerLook.FindStringSubmatch(b)
	if x == nil || y == nil || s != NuGet && (x[4] != "" || y[4] != "") {
		return 0, false
	}
	for i := 1; i <= 4; i++ {
		if c := compareDigits(strings.TrimLeft(x[i], "0"), strings.TrimLeft(y[i], "0")); c != 0 {
			return c, true
		}
	}
	px, py := x[5], y[5]
	if s == NuGet {
		px, py = strings.ToLower(px), strings.ToLower(py)
	}
	return comparePrerelease(px, py), true
}

// comparePrerelease orders what follows the hyphen; nothing is the release.
func comparePrerelease(a, b string) int {
	switch {
	case a == b:
		return 0
	case a == "":
		return 1
	case b == "":
		return -1
	}
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(as), len(bs)) {
		if c := compareIdentifier(as[i], bs[i]); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(as), len(bs))
}

func compareIdentifier(a, b string) int {
	an, bn := allDigits(a), allDigits(b)
	switch {
	case an && bn:
		return compareDigits(strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0"))
	case an:
		return -1
	case bn:
		return 1
	}
	return strings.Compare(a, b)
}

func allDigits(s string) bool {
	return s != "" && digitsEnd(s, 0) == len(s)
}

var gemLook = regexp.MustCompile(`^\d+(\.[0-9A-Za-z]+)*(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$`)

// compareGem orders by Gem::Version: a word anywhere makes a prerelease, words
// come before numbers, trailing zeros say nothing.
func compareGem(a, b string) (int, bool) {
	if !fits(gemLook, a, b) {
		return 0, false
	}
	x, y := gemSegments(a), gemSegments(b)
	for i := range max(len(x), len(y)) {
		p, q := "", ""
		if i < len(x) {
			p = x[i]
		}
		if i < len(y) {
			q = y[i]
		}
		if c := compareGemSegment(p, q); c != 0 {
			return c, true
		}
	}
	return 0, true
}

// gemSegments splits into numbers without leading zeros (zero is empty) and
// words, as Gem::Version scans them, and drops zeros before a word or the end.
func gemSegments(v string) []string {
	v = strings.ReplaceAll(v, "-", ".pre.")
	var out []string
	for i := 0; i < len(v); {
		j := i
		switch {
		case isDigit(v[i]):
			j = digitsEnd(v, i)
			out = append(out, strings.TrimLeft(v[i:j], "0"))
		case isLetter(v[i]):
			j = wordEnd(v, i)
			for len(out) > 0 && out[len(out)-1] == "" && !hasWord(out) {
				out = out[:len(out)-1]
			}
			out = append(out, v[i:j])
		default:
			j++
		}
		i = j
	}
	for len(out) > 0 && out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	return out
}

func hasWord(segments []string) bool {
	for _, s := range segments {
		if s != "" && isLetter(s[0]) {
			return true
		}
	}
	return false
}

func compareGemSegment(p, q string) int {
	pw, qw := p != "" && isLetter(p[0]), q != "" && isLetter(q[0])
	switch {
	case pw && qw:
		return strings.Compare(p, q)
	case pw:
		return -1
	case qw:
		return 1
	}
	return compareDigits(p, q)
}
